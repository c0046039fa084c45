"""Outlines of people: `PeopleMasks` of all in a picture, `PersonMask` of one, soft.

Nothing heavy is imported before it is asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES = {
    "PeopleMasks": "people_masks",
    "PersonMask": "person_mask",
}

__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from .people_masks import PeopleMasks as PeopleMasks
    from .person_mask import PersonMask as PersonMask


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
