"""The only place where stages meet: a picture or a video goes in, Scenes come out, Scenes go to files."""

from __future__ import annotations

from .find import find_people
from .record import record
from .watch import watch

__all__ = ["find_people", "record", "watch"]
