"""Draw people on pictures: overlays, a timeline, a contact sheet.

`kinesics.draw` is this folder and, as `ks.draw(picture, people)`, the function of the same name: whichever of the two a program
touches first, both work.
"""

from __future__ import annotations

import sys
from os import PathLike
from types import ModuleType
from typing import Any

from ..types import Array, People, Scene
from .contact_sheet import ContactSheetRecorder, contact_sheet
from .painter import Painter, draw
from .timeline import TimelineRecorder, timeline

__all__ = ["ContactSheetRecorder", "Painter", "TimelineRecorder", "contact_sheet", "draw", "timeline"]


class _Callable(ModuleType):
    def __call__(self, image: Array | str | PathLike[str], people: People | Scene, **options: Any) -> Array:
        return draw(image, people, **options)


sys.modules[__name__].__class__ = _Callable
