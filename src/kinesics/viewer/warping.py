"""Where each place of the wanted picture is found in a keyframe: a field of displacements drawn by the lines of the body.

After Beier and Neely, "Feature-based image metamorphosis" (SIGGRAPH 1992): every bone carries the places around it along; a
place keeps its distance to the bone and its share of the bone's length, so that a limb that is seen shortened does not
grow thin. Bones near a place count more.
"""

from __future__ import annotations

import numba
import numpy as np

from ..types import Array
from .footage import SIZE

__all__ = ["BONES", "GRID", "LAYERS", "drawn_joints", "flow_field"]

GRID = 64
"""Width and height of the coarse grid on which displacements, weights and nets live."""
_L, _R = 91, 112


def _hand(part: int, first: int) -> list[tuple[int, int, int, float]]:
    palm = [(part, first, first + 5, 7.0), (part, first, first + 17, 7.0), (part, first + 5, first + 17, 7.0)]
    return palm + [(part, first + base, first + base + 3, 5.0) for base in (1, 5, 9, 13, 17)]


# part of `pose_distance.PARTS`, joints at both ends, pixels within which the line rules alone
_LINES: list[tuple[int, int, int, float]] = [
    *[(0, 5, 6, 22.0), (0, 11, 12, 22.0), (0, 5, 11, 22.0), (0, 6, 12, 22.0)],
    *[(1, 3, 4, 16.0), (1, 23 + 36, 23 + 45, 8.0), (1, 23 + 48, 23 + 54, 6.0), (1, 23 + 27, 23 + 8, 8.0)],
    *[(2, 5, 7, 14.0), (2, 7, 9, 11.0), (3, 6, 8, 14.0), (3, 8, 10, 11.0)],
    *[(4, 11, 13, 16.0), (4, 13, 15, 13.0), (4, 12, 14, 16.0), (4, 14, 16, 13.0)],
    *_hand(5, _L),
    *_hand(6, _R),
]
BONES: Array = np.array([line[1:3] for line in _LINES], np.int32)
"""(b, 2) joints of `wholebody133` between which the lines run."""
_PART: Array = np.array([line[0] for line in _LINES], np.int32)
_REACH: Array = np.array([line[3] for line in _LINES], np.float32)
LAYERS = ("trunk", "left", "right")
"""What moves by itself: trunk with head and legs, each arm with its hand."""
_OF_LAYER = {"trunk": (0, 1, 4), "left": (2, 5), "right": (3, 6)}
LEAST = 0.15  # score below which a joint draws nothing
ROOM = 24.0  # pixels beyond the canvas where a joint is still believed


def drawn_joints(points: Array, scores: Array) -> Array:
    """(k,) bool: which of the joints (k, 2) are sure enough, and on the canvas or just beside it."""
    inside = (points > -ROOM).all(-1) & (points < SIZE + ROOM).all(-1)  # NaN is not
    return np.asarray((scores > LEAST) & inside)


def flow_field(wanted: Array, wanted_scores: Array, held: Array, held_scores: Array, layer: str) -> Array:
    """(64, 64, 2) float32: canvas pixels to go from a place of the wanted picture to where the keyframe shows it.

    Args:
        wanted: (133, 2) the pose that is to be drawn, canvas pixels.
        wanted_scores: (133,); joints below 0.15 draw nothing.
        held: (133, 2) the keyframe's pose.
        held_scores: (133,).
        layer: of `LAYERS`: whose bones draw.

    A pose without a single bone in common gives no displacement.
    """
    ok = drawn_joints(wanted, wanted_scores) & drawn_joints(held, held_scores)
    use = np.isin(_PART, _OF_LAYER[layer]) & ok[BONES].all(-1)
    lines = BONES[use]
    field = np.zeros((GRID, GRID, 2), np.float32)
    if len(lines):
        to, back = wanted.astype(np.float32), held.astype(np.float32)
        _draw(to[lines[:, 0]], to[lines[:, 1]], back[lines[:, 0]], back[lines[:, 1]], _REACH[use], SIZE / GRID, field)
    return field


@numba.njit(cache=True, nogil=True, fastmath=True)
def _draw(p: Array, q: Array, a: Array, b: Array, reach: Array, step: float, field: Array) -> None:
    """p, q ends of the wanted lines, a, b of the held ones; a place off the line keeps its distance to it."""
    n = len(p)
    lines = np.empty((n, 10), np.float32)
    for i in range(n):
        dx, dy = q[i, 0] - p[i, 0], q[i, 1] - p[i, 1]
        ex, ey = b[i, 0] - a[i, 0], b[i, 1] - a[i, 1]
        length, other = max(np.sqrt(dx * dx + dy * dy), np.float32(1)), max(np.sqrt(ex * ex + ey * ey), np.float32(1))
        lines[i, 0], lines[i, 1] = dx / length, dy / length
        lines[i, 2], lines[i, 3] = ex / other, ey / other
        lines[i, 4], lines[i, 5] = length, other
        # a very short line has no direction of its own: it only moves
        sure = min(length, other)
        turn = min(max((sure - 4) / 12, 0.0), 1.0)
        cos = turn * (lines[i, 0] * lines[i, 2] + lines[i, 1] * lines[i, 3]) + (1 - turn)
        sin = turn * (lines[i, 0] * lines[i, 3] - lines[i, 1] * lines[i, 2])
        norm = max(np.sqrt(cos * cos + sin * sin), 1e-3)
        lines[i, 6], lines[i, 7] = cos / norm, sin / norm
        lines[i, 8] = min(max(other / length, 0.5), 2.0)
        lines[i, 9] = reach[i] * reach[i]
    for row in range(field.shape[0]):
        y = np.float32((row + 0.5) * step)
        for column in range(field.shape[1]):
            x = np.float32((column + 0.5) * step)
            sx, sy, total = np.float32(0), np.float32(0), np.float32(0)
            for i in range(n):
                rx, ry = x - p[i, 0], y - p[i, 1]
                ux, uy = lines[i, 0], lines[i, 1]
                along, beside = rx * ux + ry * uy, ry * ux - rx * uy
                over = along - min(max(along, np.float32(0)), lines[i, 4])
                near = over * over + beside * beside + lines[i, 9]
                weight = lines[i, 9] / (near * near)
                inside = (along - over) * lines[i, 8] + over
                cos, sin = lines[i, 6], lines[i, 7]
                vx, vy = cos * ux - sin * uy, sin * ux + cos * uy
                sx += weight * (a[i, 0] + inside * vx - beside * vy - x)
                sy += weight * (a[i, 1] + inside * vy + beside * vx - y)
                total += weight
            field[row, column, 0], field[row, column, 1] = sx / total, sy / total
