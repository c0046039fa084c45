"""People who touch in a depth picture, cut apart: by where they stood a moment ago, or by their trunks seen from above."""

from __future__ import annotations

import numpy as np

from ..types import Array, Camera
from .regions import Regions, grow, measure, overlap

_PART = 0.15  # share of a body: what holds so much of two bodies is both
_CORE = 0.17  # metres about the axis of a body that are surely its own
_APART = 0.3  # metres between the axes of two bodies
_TRUNK = 0.14  # square metres seen of a trunk


def keep_apart(r: Regions, last: Regions, before: Array, depth: Array, camera: Camera, axes: Array) -> tuple[Regions, Array]:
    """Cut pieces that hold parts of several bodies of the picture before.

    Args:
        r: pieces.
        last: bodies of the picture before.
        before: (h, w) uint16 millimetres of that picture.
        depth: of this one.
        camera: of both.
        axes: (3, 3) as `find_regions`.

    Returns:
        the pieces, and (n, bodies) pixels that each shares with each body.
    """
    shared = overlap(r.labels, len(r), last.labels, len(last), depth, before)
    several = shared > _PART * last.pixels
    labels = r.labels
    for i in np.flatnonzero(several.sum(axis=1) > 1).tolist():
        stands = np.array([_axis(last, j) for j in np.flatnonzero(several[i]).tolist()])
        labels = _parted(labels, r, i, stands, depth, camera, axes)
    if labels is r.labels:
        return r, shared
    r = measure(depth, labels, int(labels.max(initial=0)), camera, axes)
    return r, overlap(r.labels, len(r), last.labels, len(last), depth, before)


def tell_apart(found: Regions, new: Array, depth: Array, camera: Camera, axes: Array) -> Regions:
    """Bodies (n,) that are `new` and hold several trunks, cut."""
    labels = found.labels
    for i in np.flatnonzero(new).tolist():
        stands = _trunks(found, labels, depth, camera, axes, i)
        if len(stands) > 1:
            labels = _parted(labels, found, i, stands, depth, camera, axes)
    return found if labels is found.labels else measure(depth, labels, int(labels.max(initial=0)), camera, axes)


def _trunks(r: Regions, labels: Array, depth: Array, camera: Camera, axes: Array, i: int) -> Array:
    """(m, 2) axes of the trunks that a piece holds, seen from above; one in most cases."""
    if max(r.size[i, 0] / 0.75, r.size[i, 2] / 0.9) < 1 or r.size[i, 1] < 0.9:
        return _axis(r, i)[None]
    x1, y1, x2, y2 = r.boxes[i]
    rows, columns = np.nonzero(labels[y1:y2:2, x1:x2:2] == i + 1)
    rows, columns = 2 * rows + y1, 2 * columns + x1
    places = _plan(rows, columns, depth, camera, axes)
    area = 4 * places[:, 2] ** 2 / (camera.fx * camera.fy)
    cells = np.floor((places[:, [0, 2]] - places[:, [0, 2]].min(axis=0)) / 0.1).astype(int)
    kinds, cell = np.unique(cells, axis=0, return_inverse=True)
    mass = np.bincount(cell.ravel(), area)
    square = ((kinds[:, None] - kinds[None]) ** 2).sum(-1)
    near, close = square <= 4, (square <= 1) @ mass  # within 20 cm, within 10
    around = near @ mass
    top = np.full(len(kinds), -np.inf)
    np.maximum.at(top, cell.ravel(), places[:, 1])
    start = places[:, [0, 2]].min(axis=0)
    chosen: list[int] = []
    for k in np.argsort(-around, kind="stable").tolist():
        if around[k] < _TRUNK or top[near[k]].max() < r.high[i, 1] - 0.35 * r.size[i, 1]:
            continue
        if all(_valley(kinds, close, k, c) for c in chosen):
            chosen.append(k)
    return np.asarray(start + 0.1 * (kinds[chosen] + 0.5)) if len(chosen) > 1 else _axis(r, i)[None]


def _valley(kinds: Array, close: Array, k: int, c: int) -> bool:
    """Whether two cells are apart, with less between them than at either."""
    way = kinds[c] - kinds[k]
    steps = int(np.abs(way).max())
    if steps < 4:
        return False
    line = np.rint(kinds[k] + np.linspace(0, 1, steps + 1)[1:-1, None] * way).astype(int)
    table = {tuple(kind): float(value) for kind, value in zip(kinds.tolist(), close, strict=True)}
    return bool(min(table.get(tuple(cell), 0.0) for cell in line.tolist()) < 0.6 * min(close[k], close[c]))


def _parted(labels: Array, r: Regions, i: int, stands: Array, depth: Array, camera: Camera, axes: Array) -> Array:
    """Give the pixels of piece i to the people who stand at (m, 2), by the way over the surface from what is surely theirs."""
    off = np.linalg.norm(stands[:, None] - stands[None], axis=-1)
    keep = [a for a in range(len(stands)) if all(off[a, b] > _APART for b in range(a))]
    if len(keep) < 2:
        return labels
    x1, y1, x2, y2 = r.boxes[i]
    inside = labels[y1:y2, x1:x2] == i + 1
    rows, columns = np.nonzero(inside)
    places = _plan(rows + y1, columns + x1, depth, camera, axes)[:, [0, 2]]
    away = np.linalg.norm(places[:, None] - stands[keep][None], axis=-1)  # (n, m)
    nearest, first = away.argmin(axis=1), int(labels.max()) + 1
    names = np.array([i + 1, *range(first, first + len(keep) - 1)], np.int32)
    seeds = np.zeros(inside.shape, np.int32)
    seeds[rows, columns] = np.where(away.min(axis=1) < _CORE, names[nearest], 0)
    cut = labels.copy()
    cut[y1:y2, x1:x2][inside] = grow(labels[y1:y2, x1:x2], inside, seeds, np.ascontiguousarray(depth[y1:y2, x1:x2]))[inside]
    return cut


def _axis(r: Regions, i: int) -> Array:
    """(2,) where a body's axis stands: sideways and forwards, the median of what is seen."""
    return np.asarray(np.median(r.samples[i][:, [0, 2]], axis=0))


def _plan(rows: Array, columns: Array, depth: Array, camera: Camera, axes: Array) -> Array:
    """(n, 3) places of pixels: sideways, upwards, forwards."""
    points = camera.unproject(np.stack([columns, rows], -1), depth[rows, columns] * 0.001)
    return np.asarray(points @ axes.T)
