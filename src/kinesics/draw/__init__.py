"""Scenes to pictures people like to look at: overlays, a timeline, a contact sheet.

`kinesics.draw` is this folder and, as `ks.draw(picture, people)`, the function of the same name: whichever of the two a program
touches first, both work.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from .contact_sheet import ContactSheetRecorder, contact_sheet
from .painter import Painter, draw
from .timeline import TimelineRecorder, timeline

__all__ = ["ContactSheetRecorder", "Painter", "TimelineRecorder", "contact_sheet", "draw", "timeline"]


class _Callable(ModuleType):
    def __call__(self, *args: Any, **options: Any) -> Any:
        return draw(*args, **options)


sys.modules[__name__].__class__ = _Callable
