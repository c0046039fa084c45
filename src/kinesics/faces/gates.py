"""Whether there is enough of a face to be seen: turned away, or covered, and by what."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from ..sights import Turned
from ..types import Array
from .records import COVERS, Gates

__all__ = ["CELLS", "cover_maps", "face_cells", "gates_of", "turned_away"]

CELLS = 32  # a face's square is looked at in so many cells a side
YAW, PITCH = 42.0, 36.0  # degrees at which an overlay no longer fits
FADE = 0.10  # share of these limits over which it goes
COVERED, GOES = 0.21, 0.06  # share of a face that may be hidden, and over how much more or less an overlay fades
CERTAIN = 4.0  # log odds of a mesh's presence at which an overlay is drawn half


def turned_away(yaw: float, pitch: float) -> float:
    """How far a face is turned away, 0 to 1: 0.5 at the limit; unknown angles count as turned."""
    if not (math.isfinite(yaw) and math.isfinite(pitch)):
        return 1.0
    return _soft((math.hypot(yaw / YAW, pitch / PITCH) - 1) / FADE)


def face_cells(mesh: Array, square: Turned, cells: int = CELLS) -> Array:
    """(cells, cells) bool: which cells of a square are face, by the outline of the mesh (468, 2 or 3)."""
    at = _in_square(mesh[:, :2], square, cells)
    out = np.zeros((cells, cells), np.uint8)
    cv2.fillConvexPoly(out, cv2.convexHull(np.round(at).astype(np.int32)), 1)
    return out.astype(bool)


def cover_maps(
    square: Turned,
    size: tuple[int, int],
    hands: Sequence[Array] = (),
    others: Sequence[tuple[int, int, Array]] = (),
) -> dict[str, Array]:
    """Where a square is hidden by what is known: "edge", "hand" and "person", each (cells, cells) bool.

    Args:
        square: of a face.
        size: (width, height) of the picture.
        hands: (21, 2) pixels each.
        others: outlines of other people in front, as `Masks.window` gives them: x, y, (h, w) bool.
    """
    row, column = np.mgrid[:CELLS, :CELLS]
    places = square.back(np.stack([column, row], axis=-1).astype(float), CELLS)
    x, y = np.round(places[..., 0]).astype(int), np.round(places[..., 1]).astype(int)
    hand = np.zeros((CELLS, CELLS), np.uint8)
    for points in hands:
        _draw_hand(hand, np.asarray(points, float), square)
    person = np.zeros((CELLS, CELLS), bool)
    for left, top, window in others:
        inside = (x >= left) & (y >= top) & (x < left + window.shape[1]) & (y < top + window.shape[0])
        person[inside] |= window[y[inside] - top, x[inside] - left]
    return {"edge": (x < 0) | (y < 0) | (x >= size[0]) | (y >= size[1]), "hand": hand.astype(bool), "person": person}


def gates_of(
    angles: tuple[float, float],
    presence: float,
    face: Array,
    known: dict[str, Array],
    seen: tuple[Array, float] | None = None,
) -> Gates:
    """The gates of a face.

    Args:
        angles: yaw and pitch, degrees.
        presence: how sure the mesh is, 0 to 1: one that is less than certain is often made up.
        face: of `face_cells`.
        known: of `cover_maps`.
        seen: of `CoverNet.look`: the map and the share; None: not asked.
    """
    cells = max(int(face.sum()), 1)
    free = face.copy()
    by = dict.fromkeys(COVERS, 0.0)
    for name in ("edge", "hand", "person"):
        hit = free & known[name]
        by[name] = int(hit.sum()) / cells
        free &= ~hit
    if seen is not None:
        maps, share = cv2.resize(seen[0].transpose(1, 2, 0), (CELLS, CELLS)), seen[1]
        hidden = maps[..., 0] * face
        whole, rest = float(hidden.sum()), hidden * free
        trust = (share * cells / whole + 1) / 2 if whole > 0.02 * cells else 0.5  # both say how much; only the map says where
        by["hand"] += min(trust, 2.0) * float((rest * maps[..., 1]).sum()) / cells
        by["other"] = min(trust, 2.0) * float((rest * (1 - maps[..., 1])).sum()) / cells
    covered = min(sum(by.values()), 1.0)
    turned = turned_away(*angles)
    sure = min(max(presence, 1e-6), 1 - 1e-6)
    doubt = _soft((math.log(sure / (1 - sure)) - CERTAIN) / 2)
    return Gates(turned, covered, by, (1 - turned) * doubt * _soft((COVERED - covered) / GOES))


def _draw_hand(out: Array, points: Array, square: Turned) -> None:
    """Fill a hand's fingers and palm, as thick as they are for the hand's size."""
    if points.shape != (21, 2) or not np.isfinite(points).all():
        return
    at = np.clip(_in_square(points, square, CELLS), -1e4, 1e4)
    thick = max(round(0.18 * float(np.linalg.norm(at[9] - at[0]))), 1)
    cv2.fillConvexPoly(out, cv2.convexHull(np.round(at[[0, 1, 5, 9, 13, 17]]).astype(np.int32)), 1)
    for first in (1, 5, 9, 13, 17):
        cv2.polylines(out, [np.round(at[first : first + 4]).astype(np.int32)], False, 1, thick)


def _in_square(points: Array, square: Turned, cells: int) -> Array:
    matrix = square.matrix(cells)
    return np.asarray(np.asarray(points, float) @ matrix[:, :2].T + matrix[:, 2])


def _soft(value: float) -> float:
    return 1 / (1 + math.exp(-min(max(value, -50.0), 50.0)))
