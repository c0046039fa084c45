"""A function of the user's, called for each shot; what it says is kept as JSON."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from ..functions import PICTURES, SCENES, ShotView, call_function, load_function
from ..spreading import Spread
from ..thumbnails import thumbnail

if TYPE_CHECKING:
    from ...types import Array, Frame, Scene
    from ..config import Config
    from . import Clip, Shot

__all__ = ["Function"]

LONGEST = 480  # pixels of a picture's longer side
EVERY = 0.25  # seconds between pictures
PEOPLE = frozenset({"people", "faces", "search"})  # jobs that look for people


class Function:
    """Gathers what the function is shown of each shot; a shot waits until the Scenes have come as far as its end."""

    faces, shots = False, True

    def __init__(self, clip: Clip, config: Config) -> None:
        self.scenes = bool(PEOPLE & set(config.jobs))
        self._path = clip.path
        self._name = config.function or ""
        self._function = load_function(self._name)
        self._pictures: Spread[Array] = Spread(PICTURES, EVERY)
        self._people: Spread[Scene] = Spread(SCENES, 0.0)
        self._waiting: list[tuple[Shot, list[tuple[float, Array]]]] = []
        self._rows: list[dict[str, Any]] = []

    @staticmethod
    def check(config: Config) -> None:
        """Raise a `UsageError` if the function cannot be imported."""
        load_function(config.function or "")

    def frame(self, frame: Frame) -> None:
        """Keep a small picture, now and then; not of damage."""
        if not frame.corrupt:
            self._pictures.add(frame.time, lambda: thumbnail(frame, LONGEST))

    def scene(self, scene: Scene) -> None:
        """Keep it, and ask about the shots that are whole by now."""
        self._people.add(scene.time, lambda: dataclasses.replace(scene, frame=None, timing={}))  # times differ from run to run
        while self._waiting and self._waiting[0][0].end <= scene.time:
            self._ask(*self._waiting.pop(0))

    def shot(self, shot: Shot) -> None:
        """Ask about it, or wait for its last Scenes."""
        self._waiting.append((shot, self._pictures.take(shot.start, shot.end)))
        if not self.scenes:
            self.end()

    def end(self) -> None:
        """Ask about all that wait."""
        while self._waiting:
            self._ask(*self._waiting.pop(0))

    def rows(self) -> list[dict[str, Any]]:
        """Rows since the last time."""
        rows, self._rows = self._rows, []
        return rows

    def _ask(self, shot: Shot, pictures: list[tuple[float, Array]]) -> None:
        scenes = [scene for _, scene in self._people.take(shot.start, shot.end)]
        times, images = [time for time, _ in pictures], [image for _, image in pictures]
        view = ShotView(self._path, shot.index, shot.start, shot.end, shot.before, times, images, scenes)
        value = call_function(self._function, view, self._name.rpartition(":")[0])
        self._rows.append({"shot": shot.index, "start": shot.start, "end": shot.end, "value": value})
