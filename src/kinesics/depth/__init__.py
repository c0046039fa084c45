"""A depth picture to people: every pixel gets a part of the body, parts and votes become joints, joints a skeleton in metres.

After Shotton et al., "Real-time human pose recognition in parts from single depth images" (2011), Girshick et al., "Efficient
regression of general-activity human poses from depth images" (2011), and glimpse. Nothing heavy is
imported before it is asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES: dict[str, str] = {
    "Forest": "forest",
    "VOTED": "anatomy",
    "millimetres": "features",
}

__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from .anatomy import VOTED as VOTED
    from .features import millimetres as millimetres
    from .forest import Forest as Forest


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
