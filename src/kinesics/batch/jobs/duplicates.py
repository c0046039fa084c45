"""What near-duplicates are found by: up to 16 moments of each shot, as hashes and a thumbnail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...types import Array
from ..cutting import LAG

if TYPE_CHECKING:
    from ...types import Frame, Scene
    from ..config import Config
    from . import Clip, Shot

__all__ = ["Duplicates"]

EVERY = 0.25  # seconds between two moments of a short shot
MOST = 16  # moments of a shot; with one more every second one is dropped, and from then on they are twice as far apart
EARLY = 0.01  # seconds by which a frame may be before its moment: containers round times
EDGE = 0.06  # seconds at a shot's end that are not looked at, if there is more: a cut may be told a frame late


class Duplicates:
    """Looks at moments that are counted from the last cut, so that a copy in another film is looked at at the same ones."""

    scenes, faces, shots = False, False, True

    def __init__(self, clip: Clip, config: Config) -> None:
        self._keep = config.pictures
        self._rows: list[dict[str, Any]] = []
        self._epoch, self._begin, self._next = -1, 0.0, 0.0
        self._recent: list[tuple[float, Array]] = []  # the last seconds, in which a shot's end may still be told
        self._settled: list[tuple[int, float, Array]] = []  # of the running shot before them, numbered
        self._passed = 0  # moments of the running shot that are no longer recent

    def frame(self, frame: Frame) -> None:
        """Look at it if its moment has come."""
        from ..duplicates.prints import thumbnail

        if frame.epoch != self._epoch:
            self._epoch, self._begin, self._next = frame.epoch, frame.time, frame.time
        if frame.time < self._next - EARLY:
            return
        self._next = self._begin + EVERY * (int((frame.time - self._begin + EARLY) / EVERY) + 1)
        self._recent.append((frame.time, thumbnail(frame)))
        while self._recent[0][0] < frame.time - LAG - 2 * EVERY:
            self._settled = _thinned([*self._settled, (self._passed, *self._recent.pop(0))])
            self._passed += 1

    def scene(self, scene: Scene) -> None:
        """Nothing."""

    def shot(self, shot: Shot) -> None:
        """Describe it."""
        looks = [*self._settled, *((self._passed + i, *look) for i, look in enumerate(self._recent))]
        looks = [look for look in looks if look[1] < shot.end - EDGE] or [look for look in looks[:1] if look[1] < shot.end]
        self._settled, self._passed = [], 0
        self._recent = [look for look in self._recent if look[0] >= shot.end]
        if looks:
            self._describe(shot, _thinned(looks))

    def end(self) -> None:
        """Nothing: all shots have been told."""

    def rows(self) -> list[dict[str, Any]]:
        """Rows since the last time."""
        rows, self._rows = self._rows, []
        return rows

    def _describe(self, shot: Shot, looks: list[tuple[int, float, Array]]) -> None:
        from ..duplicates.prints import change_prints, picture_prints

        stack = np.stack([small for _, _, small in looks])
        pictures, (changes, moves) = picture_prints(stack), change_prints(stack)
        detail = stack.std((1, 2), dtype=np.float64)
        for i, (_, time, small) in enumerate(looks):
            row: dict[str, Any] = {"shot": shot.index, "start": shot.start, "end": shot.end, "time": time}
            row |= {"hash": pictures[i].tobytes(), "change": changes[i].tobytes(), "moves": float(moves[i])}
            row |= {"detail": float(detail[i]), "small": None}
            if self._keep:
                row["small"] = small.round().astype(np.uint8).tobytes()
            self._rows.append(row)


def _thinned(looks: list[tuple[int, float, Array]]) -> list[tuple[int, float, Array]]:
    """At most 16 of them, evenly: those whose number is a multiple of the least power of two that leaves so few."""
    apart = 1
    while looks and looks[-1][0] // apart >= MOST:
        apart *= 2
    return [look for look in looks if look[0] % apart == 0]
