"""Signs of life: whether a body in a depth picture has ever moved, be it by the millimetres by which people sway and breathe.

Single pixels are too noisy for that, the means of some hundred are not.
"""

from __future__ import annotations

import numpy as np

from ..types import Array
from .grouping import Bodies

_APART = 0.5  # seconds between the two pictures that are compared, at least
_TILES = (4, 2)  # a body's box is cut into so many rows and columns
_LEAST = 80  # pixels of a tile that counts
_NEAR = 120.0  # millimetres: a pixel that changed by more shows something else now
_MOVED = 4.0  # millimetres
_NOISE, _NOISE_FAR = 2.0, 2.5e-6  # millimetres of one pixel: at the camera, and times the square of the depth


class LifeSigns:
    """Watches bodies from picture to picture."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._old: tuple[Array, float] | None = None
        self._next: tuple[Array, float] | None = None
        self._alive, self._since = np.zeros(0, bool), np.zeros(0)

    def update(self, bodies: Bodies, time: float) -> tuple[Array, Array]:
        """What is known of the bodies of this picture.

        Returns:
            (n,) bool, it has moved since it was seen first; (n,) seconds for which it has been watched.
        """
        before = bodies.before
        known = before >= 0
        alive = np.zeros(len(bodies), bool)
        since = np.full(len(bodies), time)
        alive[known], since[known] = self._alive[before[known]], self._since[before[known]]
        if self._next is None or time - self._next[1] >= _APART:
            self._old, self._next = self._next, (bodies.depth, time)
        if self._old is not None and self._old[0].shape == bodies.depth.shape:
            for i in np.flatnonzero(~alive):
                if since[i] <= self._old[1]:
                    alive[i] = _moved(bodies, int(i), self._old[0])
        self._alive, self._since = alive, since
        return alive, time - since


def _moved(bodies: Bodies, i: int, old: Array) -> bool:
    """Whether the mean depth of a part of the body has changed since the old picture."""
    x1, y1, x2, y2 = bodies.regions.boxes[i]
    rows, columns = np.nonzero(bodies.regions.labels[y1:y2, x1:x2] == i + 1)
    now, then = bodies.depth[y1:y2, x1:x2][rows, columns].astype(float), old[y1:y2, x1:x2][rows, columns].astype(float)
    off = now - then
    same = (then > 0) & (np.abs(off) < _NEAR)
    tile = rows * _TILES[0] // max(int(y2 - y1), 1) * _TILES[1] + columns * _TILES[1] // max(int(x2 - x1), 1)
    count = np.bincount(tile[same], minlength=_TILES[0] * _TILES[1])
    mean = np.bincount(tile[same], off[same], minlength=len(count)) / np.maximum(count, 1)
    noise = (_NOISE + _NOISE_FAR * float(now.mean()) ** 2) * 1.5 / np.sqrt(np.maximum(count, 1))
    return bool(((count >= _LEAST) & (np.abs(mean) > _MOVED + 4 * noise)).any())
