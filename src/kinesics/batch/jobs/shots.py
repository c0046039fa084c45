"""Cuts, fades and dissolves: a row a shot, with a small picture of its middle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..spreading import Spread
from ..thumbnails import jpeg, thumbnail

if TYPE_CHECKING:
    from ...types import Array, Frame, Scene
    from ..config import Config
    from . import Clip, Shot

__all__ = ["Shots"]

LONGEST = 160  # pixels of a picture's longer side
EVERY = 0.1  # seconds between pictures that may be chosen


class Shots:
    """Keeps each shot as a row; pictures wait, small and few, until it is known which shot they are of."""

    scenes, faces, shots = False, False, True

    def __init__(self, clip: Clip, config: Config) -> None:
        self._rows: list[dict[str, Any]] = []
        self._pictures: Spread[Array] | None = Spread(16, EVERY) if config.pictures else None

    def frame(self, frame: Frame) -> None:
        """Keep a small picture of it, now and then; not of damage."""
        if self._pictures is not None and not frame.corrupt:
            self._pictures.add(frame.time, lambda: thumbnail(frame, LONGEST))

    def scene(self, scene: Scene) -> None:
        """Nothing."""

    def shot(self, shot: Shot) -> None:
        """Keep it."""
        facts = {"shot": shot.index, "start": shot.start, "end": shot.end, "frames": shot.frames}
        row = {**facts, "before": shot.before, "score": shot.score}
        if self._pictures is not None:
            kept = self._pictures.take(shot.start, shot.end)
            middle = (shot.start + shot.end) / 2
            row["picture"] = jpeg(min(kept, key=lambda one: abs(one[0] - middle))[1]) if kept else None
        self._rows.append(row)

    def end(self) -> None:
        """Nothing."""

    def rows(self) -> list[dict[str, Any]]:
        """Rows since the last time."""
        rows, self._rows = self._rows, []
        return rows
