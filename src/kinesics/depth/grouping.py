"""Pieces of a depth picture to bodies: what belongs to one person is put together.

What was one person a moment ago stays one, what was two stays two. Without a past, pieces one above the other or on both sides
of something nearer are one person, and a piece with two trunks side by side is two.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array, Camera
from .parting import keep_apart, tell_apart
from .regions import SAMPLES, Regions, measure, overlap

_MOST_PIECES = 24  # the largest; what is smaller than all of them is nobody's limb
_SPECK = 0.002  # square metres below which a piece is nothing
_NEAR = 0.28  # metres between a body and a piece that belongs to it
_AGAIN = 0.6  # the same for pieces that were one person a moment ago
_FRAGMENT = 0.14  # square metres: a larger piece is not just a limb
_TALLEST, _WIDEST = 2.35, 2.3  # metres
_AREA = (0.045, 1.7)  # square metres that are seen of a person
_AWAY = (0.35, 8.0)  # metres forwards
_LONGEST = 0.45  # metres: the least that is seen of a person, lengthwise
_FLAT, _FLAT_FAR = 0.014, 0.001  # metres of deviation from a plane: at the camera, times the square of the distance


@dataclass(frozen=True)
class Bodies:
    """Pieces that may be people.

    Attributes:
        regions: their measures; body i has the number i + 1 in `regions.labels`.
        depth: (h, w) uint16 millimetres, the picture they were found in.
        likely: (n,) 0 to 1, how much the shape speaks for a person.
        before: (n,) int, which body of the picture before it was, -1 for none.
    """

    regions: Regions
    depth: Array
    likely: Array
    before: Array

    def __len__(self) -> int:
        return len(self.regions)


def find_bodies(
    regions: Regions, depth: Array, camera: Camera, axes: Array, *, last: Bodies | None = None, height: float | None = None
) -> Bodies:
    """Who may be a person.

    Args:
        regions: the pieces, see `find_regions`.
        depth: (h, w) uint16 millimetres, the whole picture: it tells whether something nearer hides what lies between pieces.
        camera: of the picture.
        axes: (3, 3) as `find_regions`.
        last: what this gave for the picture before.
        height: metres of the camera above the floor, None where that is not known.
    """
    last = last if last is not None and last.depth.shape == depth.shape else None
    shared = np.zeros((len(regions), 0), int)
    if last is not None and len(last):
        regions, shared = keep_apart(regions, last.regions, last.depth, depth, camera, axes)
    merged = _merged(regions, shared, depth, camera, axes)
    new = np.ones(int(merged.max(initial=0)) + 1, bool)
    new[merged[shared.any(axis=1)]] = False
    found = tell_apart(_joined(regions, merged, depth, camera, axes), new[1:], depth, camera, axes)
    fit = np.array([_may_be(found, i, height) for i in range(len(found))], bool)
    bodies = _chosen(found, np.flatnonzero(fit))
    before = np.full(len(bodies), -1)
    if last is not None and len(last) and len(bodies):
        again = overlap(bodies.labels, len(bodies), last.regions.labels, len(last), depth, last.depth, 250)
        best = again.argmax(axis=1)
        before = np.where(again.max(axis=1) > 0.2 * np.minimum(bodies.pixels, last.regions.pixels[best]), best, -1)
    return Bodies(bodies, depth, np.array([_likely(bodies, i) for i in range(len(bodies))]), before)


def _joined(r: Regions, merged: Array, depth: Array, camera: Camera, axes: Array) -> Regions:
    """Pieces put together as (n,) numbers of bodies say; 0 is left out."""
    bodies = int(merged.max(initial=0))
    if np.array_equal(merged, np.arange(1, len(r) + 1)):
        return r
    if np.count_nonzero(merged) == bodies:  # every body is one piece, and already measured
        return _chosen(r, np.argsort(np.where(merged > 0, merged, len(r) + 1), kind="stable")[:bodies])
    names = np.concatenate([np.zeros(1, np.int32), merged.astype(np.int32)])
    return measure(depth, names[r.labels], bodies, camera, axes)


def _chosen(found: Regions, rows: Array) -> Regions:
    if len(rows) == len(found) and (np.diff(rows) > 0).all():
        return found
    names = np.zeros(len(found) + 1, np.int32)
    names[rows + 1] = np.arange(1, len(rows) + 1)
    kept = (a[rows] for a in (found.pixels, found.boxes, found.area, found.middle, found.low, found.high, found.samples))
    return Regions(names[found.labels], *kept)


def _may_be(r: Regions, i: int, height: float | None) -> bool:
    """Whether a piece has the size of a person, or of as much as is seen of one."""
    across, up, deep = r.size[i]
    if not (_AREA[0] <= r.area[i] <= _AREA[1] and _AWAY[0] <= r.middle[i, 2] <= _AWAY[1] and r.pixels[i] >= 80):
        return False
    if up > _TALLEST or across > _WIDEST or deep > _WIDEST or max(across, up, deep) < _LONGEST:
        return False
    return height is None or bool(r.high[i, 1] + height < 2.7 and r.low[i, 1] + height < 1.3)


def _likely(r: Regions, i: int) -> float:
    """A person is no board, and has some height or length."""
    away = r.samples[i] - r.samples[i].mean(axis=0)
    flat = float(np.linalg.svd(away, compute_uv=False)[-1]) / np.sqrt(SAMPLES)
    score = 0.9
    if flat < _FLAT + _FLAT_FAR * r.middle[i, 2] ** 2 and r.area[i] > 0.1:
        score *= 0.35
    if r.size[i].max() < 0.8:
        score *= 0.8
    return score


def _gap(r: Regions, i: int, j: int) -> tuple[float, int, int]:
    """Metres between two pieces, and the nearest sample of each."""
    off = r.samples[i][:, None] - r.samples[j][None]
    square = (off * off).sum(axis=-1)
    at = int(square.argmin())
    spacing = 0.5 * (np.sqrt(r.area[i] / SAMPLES) + np.sqrt(r.area[j] / SAMPLES))
    return max(float(np.sqrt(square.flat[at])) - float(spacing), 0.0), at // SAMPLES, at % SAMPLES


def _merged(r: Regions, shared: Array, depth: Array, camera: Camera, axes: Array) -> Array:
    """(n,) number of the body that each piece belongs to, 0 for none."""
    order = np.argsort(-r.area, kind="stable")[:_MOST_PIECES]
    order = order[(r.area[order] >= _SPECK) & (r.area[order] <= 1.3 * _AREA[1])]
    owner = np.full(len(r), -1)  # which body of the last picture a piece was of
    if shared.size:
        owner = np.where(shared.max(axis=1) > 0.3 * r.pixels, shared.argmax(axis=1), -1)
    group = np.zeros(len(r), np.int64)
    bodies: list[list[int]] = []  # pieces of each, the largest first
    lows, highs = np.zeros((len(order), 3)), np.zeros((len(order), 3))
    for i in order.tolist():
        count = len(bodies)
        room = np.maximum(r.low[i] - highs[:count], lows[:count] - r.high[i]).max(axis=1, initial=-np.inf)
        near = [n for n in np.flatnonzero(room < _AGAIN).tolist() if bodies[n]]
        gaps = {n: _belongs(r, i, bodies[n], owner, depth, camera, axes) for n in near}
        linked = [n for n in sorted(gaps, key=lambda n: gaps[n]) if np.isfinite(gaps[n])]
        if not linked:
            bodies.append([])
            lows[count], highs[count] = r.low[i], r.high[i]
            linked = [count]
        best = linked[0]
        joined = [i]
        for other in linked[1:]:  # a piece between two pieces of one person holds them together
            if owner[i] >= 0 and owner[bodies[other][0]] == owner[bodies[best][0]] == owner[i]:
                joined += bodies[other]
                bodies[other] = []
        bodies[best] += joined
        lows[best] = np.minimum(lows[best], r.low[joined].min(axis=0))
        highs[best] = np.maximum(highs[best], r.high[joined].max(axis=0))
    for number, pieces in enumerate((body for body in bodies if body), 1):
        group[pieces] = number
    return group


def _belongs(r: Regions, i: int, body: list[int], owner: Array, depth: Array, camera: Camera, axes: Array) -> float:
    """Metres between piece i and a body it belongs to; infinite if it is not of that body."""
    parts, head = np.array(body), body[0]
    low, high = np.minimum(r.low[parts].min(axis=0), r.low[i]), np.maximum(r.high[parts].max(axis=0), r.high[i])
    across, up, deep = high - low
    if up > _TALLEST or across > _WIDEST or deep > _WIDEST or r.area[parts].sum() + r.area[i] > _AREA[1]:
        return float(np.inf)
    room = np.maximum(np.maximum(r.low[i] - r.high[parts], r.low[parts] - r.high[i]), 0).max(axis=1)
    parts = parts[room < _AGAIN]
    if not len(parts):
        return float(np.inf)
    gap, part, one, other = min((g, p, a, b) for p in parts.tolist() for g, a, b in [_gap(r, i, p)])
    if owner[i] >= 0 and owner[head] >= 0:
        if owner[i] != owner[head]:
            return float(np.inf)
        if gap < 0.5 * _NEAR or _behind(r, i, part, one, other, depth, camera, axes):
            return gap  # a gap with nothing in it parts them: somebody steps away from a chair
    if r.area[i] < _FRAGMENT and gap < _NEAR and _touches(r.boxes[i], r.boxes[part]):
        return gap
    if gap < 1.25 * _NEAR and _stacked(r, i, part):
        return gap
    reach = _AGAIN if r.area[i] < _FRAGMENT else 1.6 * _NEAR
    return gap if gap < reach and _behind(r, i, part, one, other, depth, camera, axes) else float(np.inf)


def _touches(one: Array, other: Array, slack: int = 5) -> bool:
    return bool(
        one[0] <= other[2] + slack and other[0] <= one[2] + slack and one[1] <= other[3] + slack and other[1] <= one[3] + slack
    )


def _stacked(r: Regions, i: int, j: int) -> bool:
    """Whether one piece is above the other, over more than half of the narrower one."""
    shared = np.minimum(r.high[i], r.high[j]) - np.maximum(r.low[i], r.low[j])
    return bool(shared[0] > 0.5 * min(r.size[i, 0], r.size[j, 0]) and shared[2] > -0.1 and shared[1] < 0.05)


def _behind(r: Regions, i: int, j: int, one: int, other: int, depth: Array, camera: Camera, axes: Array) -> bool:
    """Whether two pieces at one distance are kept apart by something nearer, and are no wider together than one person."""
    across = max(r.high[i, 0], r.high[j, 0]) - min(r.low[i, 0], r.low[j, 0])
    a, b = r.samples[i, one], r.samples[j, other]
    if across > 1.2 or abs(a[2] - b[2]) > 0.35:
        return False
    line = a + np.linspace(0, 1, 13)[1:-1, None] * (b - a)  # (11, 3)
    seen = camera.project(line @ axes)
    columns, rows = np.rint(np.nan_to_num(seen, nan=-1)).astype(int).T
    fine = (columns >= 0) & (rows >= 0) & (columns < camera.width) & (rows < camera.height)
    if not fine.any():
        return False
    z = depth[rows[fine], columns[fine]]
    mine = (line @ axes)[fine, 2] * 1000
    between = np.abs(z.astype(float) - mine) > 60  # steps of the line that lie on neither piece
    return bool(between.any() and (z[between] > 0).all() and (z[between] < mine[between]).mean() > 0.8)
