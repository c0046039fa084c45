"""Faces: where they are, which way they look, how much of them is covered, and what may be done with that."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES = {
    "Face": "records",
    "FaceEncoder": "embedding",
    "FaceFilter": "overlay",
    "FaceFinder": "finding",
    "FaceLayout": "layout",
    "Gates": "records",
    "KnownFaces": "known",
    "Naming": "naming",
    "Wearers": "wearing",
    "face_filter": "artwork",
    "filter_template": "layout",
}

__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from .artwork import face_filter as face_filter
    from .embedding import FaceEncoder as FaceEncoder
    from .finding import FaceFinder as FaceFinder
    from .known import KnownFaces as KnownFaces
    from .layout import FaceLayout as FaceLayout
    from .layout import filter_template as filter_template
    from .naming import Naming as Naming
    from .overlay import FaceFilter as FaceFilter
    from .records import Face as Face
    from .records import Gates as Gates
    from .wearing import Wearers as Wearers


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
