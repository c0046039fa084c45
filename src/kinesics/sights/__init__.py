"""What a pretrained net sees in one square of a picture, said in the picture's own pixels.

One module a net: how it is fed, what comes out. Whole bodies, hands, faces and outlines of people are built on these.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES = {
    "BodyNet": "body",
    "BodySight": "body",
    "FaceNet": "face",
    "FaceSight": "face",
    "HandNet": "hand",
    "HandSight": "hand",
    "SelfieNet": "selfie",
    "SpotDetector": "spots",
    "Turned": "turned",
    "face_square": "face",
}

__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from .body import BodyNet as BodyNet
    from .body import BodySight as BodySight
    from .face import FaceNet as FaceNet
    from .face import FaceSight as FaceSight
    from .face import face_square as face_square
    from .hand import HandNet as HandNet
    from .hand import HandSight as HandSight
    from .selfie import SelfieNet as SelfieNet
    from .spots import SpotDetector as SpotDetector
    from .turned import Turned as Turned


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
