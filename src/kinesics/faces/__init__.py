"""Faces: where they are, which way they look, how much of them is covered, and what may be done with that."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES = {
    "Face": "records",
    "FaceFinder": "finding",
    "Gates": "records",
}

__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from .finding import FaceFinder as FaceFinder
    from .records import Face as Face
    from .records import Gates as Gates


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
