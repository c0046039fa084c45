"""Outlines as rings along the edges of pixels, and as COCO polygons.

Coordinates here are those of the COCO tools: 0 is the picture's left (upper) border and 1 the border between its first two
pixels, half a pixel more than where joints are counted from the centres of pixels.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .arrays import Array

__all__ = ["polygons", "rings"]


def rings(window: Array) -> list[tuple[Array, list[Array]]]:
    """Every piece of a window (hi, wi) bool as its outer ring and the rings of its holes.

    A ring is (m, 2) int32 x, y corners of pixels, exactly on the edge of the outline, turns only; pieces that meet in a corner
    are one. The borders are followed (Suzuki and Abe, Topological structural analysis of digitized binary images, 1985) in a
    window twice as large, where every pixel of a border lies next to just one corner of the pixels it was made of.
    """
    import cv2

    if not window.any():
        return []
    twice = np.repeat(np.repeat(window.view(np.uint8), 2, axis=0), 2, axis=1)
    found, tree = cv2.findContours(twice, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    corners = [_turns((np.asarray(ring)[:, 0] + 1) // 2) for ring in found]
    rows: Any = tree[0].tolist()  # next, previous, first hole, whose hole
    outer = {number: (corners[number], list[Array]()) for number, row in enumerate(rows) if row[3] < 0}
    for number, row in enumerate(rows):
        if row[3] >= 0:
            outer[row[3]][1].append(corners[number])
    return list(outer.values())


def polygons(x: int, y: int, window: Array, tolerance: float | None = None) -> list[list[float]]:
    """A window (hi, wi) bool with its upper left pixel at x, y as COCO polygons `[x1, y1, x2, y2, …]`, one a piece.

    A hole is cut out: the ring goes along a line to it, round it and back along the same line, so that tools that fill by the
    even-odd rule, those of COCO among them, leave it empty. With a tolerance of 0 the polygons fill exactly the same pixels.

    Args:
        x: of the upper left pixel of the window in the picture.
        y: the same.
        window: the outline.
        tolerance: pixels that an edge may move when corners are left out (Douglas and Peucker 1973). Holes that would be left
            without area are filled; pieces that would be keep their corners. None: 0.5, or a 200th of the root of the area.
    """
    if tolerance is None:
        tolerance = max(0.5, 0.005 * float(np.sqrt(np.count_nonzero(window))))
    done = []
    for outer, holes in rings(window):
        ring = _simple(outer, tolerance)
        ring = outer if len(ring) < 3 else ring
        for hole in holes:
            inner = _simple(hole, tolerance)
            ring = ring if len(inner) < 3 else _cut(ring, inner)
        done.append((ring + (x, y)).ravel().astype(float).tolist())
    return done


def _turns(ring: Array) -> Array:
    """Only the points of a closed ring (m, 2) at which it turns."""
    ring = ring[(ring != np.roll(ring, 1, axis=0)).any(axis=1)]
    into, out = ring - np.roll(ring, 1, axis=0), np.roll(ring, -1, axis=0) - ring
    return np.asarray(ring[into[:, 0] * out[:, 1] != into[:, 1] * out[:, 0]])


def _simple(ring: Array, tolerance: float) -> Array:
    """Fewer points for the same ring: of the middles of the sides of its pixels, which lie on a slope as its steps do not."""
    import cv2

    if tolerance <= 0:
        return ring
    steps = np.roll(ring, -1, axis=0) - ring
    counts = np.abs(steps).sum(axis=1)
    unit = np.repeat(np.sign(steps), counts, axis=0)
    middles = ring[0] + np.cumsum(unit, axis=0) - unit / 2
    return np.asarray(cv2.approxPolyDP(middles.astype(np.float32), tolerance, True))[:, 0]


def _cut(ring: Array, hole: Array) -> Array:
    """A ring that goes on to a hole at the hole's leftmost point, round it and back."""
    start = int(hole[:, 0].argmin())
    near = int(((ring - hole[start]) ** 2).sum(axis=1).argmin())
    hole = np.roll(hole, -start, axis=0)
    return np.concatenate([ring[: near + 1], hole, hole[:1], ring[near:]])
