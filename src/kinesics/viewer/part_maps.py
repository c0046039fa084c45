"""A pose as a stack of small pictures, one for each part of the body: what the nets are told about what is wanted.

Each part is a set of soft capsules about its bones. Parts have maps of their own: what is in front of what stays open to the
net, where one drawing in colours would decide it.
"""

from __future__ import annotations

import numba
import numpy as np

from ..types import Array
from .footage import SIZE
from .warping import GRID, drawn_joints

__all__ = ["MAPS", "part_maps"]

_L, _R = 91, 112


def _fingers(first: int) -> list[list[tuple[int, int, float]]]:
    palm = [(first, first + 5, 9.0), (first, first + 9, 9.0), (first, first + 17, 9.0), (first + 5, first + 17, 8.0)]
    return [palm, *[[(first + k, first + k + 1, 6.0) for k in range(base, base + 3)] for base in (1, 5, 9, 13, 17)]]


def _face(start: int, end: int) -> list[tuple[int, int, float]]:
    return [(23 + k, 23 + k + 1, 5.0) for k in range(start, end)]


_CAPSULES: list[list[tuple[int, int, float]]] = [
    [(5, 6, 26.0), (11, 12, 26.0), (5, 11, 26.0), (6, 12, 26.0)],
    [(3, 4, 30.0), (0, 1, 20.0), (0, 2, 20.0)],
    [(5, 7, 18.0)],
    [(7, 9, 14.0)],
    [(6, 8, 18.0)],
    [(8, 10, 14.0)],
    [(11, 13, 20.0), (13, 15, 16.0)],
    [(12, 14, 20.0), (14, 16, 16.0)],
    _face(36, 41) + _face(42, 47) + _face(17, 21) + _face(22, 26),
    _face(27, 30) + _face(31, 35),
    _face(48, 59),
    _face(0, 16),
    *_fingers(_L),
    *_fingers(_R),
]
MAPS = len(_CAPSULES)
"""How many maps a pose has: 24."""
_FLAT = [(part, *line) for part, lines in enumerate(_CAPSULES) for line in lines]
_OF = np.array([line[0] for line in _FLAT], np.int32)
_ENDS = np.array([line[1:3] for line in _FLAT], np.int32)
_WIDTH = np.array([line[3] for line in _FLAT], np.float32)


def part_maps(points: Array, scores: Array) -> Array:
    """(24, 64, 64) float32, 1 on a part's bones and falling to 0 about two of its thicknesses away.

    Args:
        points: (133, 2) canvas pixels.
        scores: (133,); joints below 0.15 and NaN draw nothing.
    """
    ok = drawn_joints(points, scores)
    use = ok[_ENDS].all(-1)
    maps = np.zeros((MAPS, GRID, GRID), np.float32)
    places = np.where(ok[:, None], points, 0).astype(np.float32)
    _capsules(places[_ENDS[use, 0]], places[_ENDS[use, 1]], _WIDTH[use], _OF[use], np.float32(SIZE / GRID), maps)
    return maps


@numba.njit(cache=True, nogil=True, fastmath=True)
def _capsules(starts: Array, ends: Array, widths: Array, of: Array, step: float, maps: Array) -> None:
    size = maps.shape[1]
    for i in range(len(starts)):
        far = 2.2 * widths[i]
        px, py, qx, qy = starts[i, 0], starts[i, 1], ends[i, 0], ends[i, 1]
        first, last = max(int((min(px, qx) - far) / step), 0), min(int((max(px, qx) + far) / step) + 1, size)
        top, bottom = max(int((min(py, qy) - far) / step), 0), min(int((max(py, qy) + far) / step) + 1, size)
        dx, dy = qx - px, qy - py
        squared = max(dx * dx + dy * dy, np.float32(1e-3))
        scale = np.float32(1) / (widths[i] * widths[i])
        for row in range(top, bottom):
            y = (row + np.float32(0.5)) * step - py
            for column in range(first, last):
                x = (column + np.float32(0.5)) * step - px
                share = min(max((x * dx + y * dy) / squared, np.float32(0)), np.float32(1))
                ex, ey = x - share * dx, y - share * dy
                value = np.exp(-(ex * ex + ey * ey) * scale)
                if value > maps[of[i], row, column]:
                    maps[of[i], row, column] = value
