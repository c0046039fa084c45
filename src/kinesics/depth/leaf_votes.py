"""Where the joints are from the pixels of a leaf: the densest places of the offsets, at most two a joint.

After Girshick et al., "Efficient regression of general-activity human poses from depth images" (2011): the densest place of the
offsets from pixels to a joint, found by mean shift, is worth more than their mean, which lies between left and right.
"""

from __future__ import annotations

import numba
import numpy as np

from ..types import Array

SAMPLE = 256  # pixels of a leaf that vote, at most
BANDWIDTH = 0.07  # metres
FARTHEST = 1.27  # metres along an axis: what votes farther is of little use, and a vote fits into three bytes of centimetres
_STARTS = 6
_GLANCE = 48  # points that tell how much is around a start
_ROUNDS = 4
_SECOND = 0.2  # share of the pixels that a second place must have
_BLUR = 0.06  # metres: votes are not told apart below it when the most useful are picked


@numba.njit(cache=True, nogil=True)
def _apart(points: Array, i: int, place: Array) -> float:
    """Square of a distance."""
    x, y, z = points[i, 0] - place[0], points[i, 1] - place[1], points[i, 2] - place[2]
    return float(x * x + y * y + z * z)


@numba.njit(cache=True, nogil=True)
def _climb(points: Array, size: int, near: float, place: Array) -> None:
    """From the sampled point with most around it to the densest place, by mean shift; `near` is a square distance."""
    best = -1.0
    start = np.empty(3)
    step = max(size // _GLANCE, 1)
    for s in range(min(_STARTS, size)):
        at = s * size // min(_STARTS, size)
        start[0], start[1], start[2] = points[at, 0], points[at, 1], points[at, 2]
        density = 0.0
        for i in range(0, size, step):
            density += max(1.0 - _apart(points, i, start) / near, 0.0)
        if density > best:
            best = density
            place[0], place[1], place[2] = start[0], start[1], start[2]
    inverse = 1.0 / (2.25 * near)
    for _ in range(_ROUNDS):
        total, x, y, z = 1e-12, 0.0, 0.0, 0.0
        for i in range(size):
            w = max(1.0 - _apart(points, i, place) * inverse, 0.0)
            w *= w
            total += w
            x += w * points[i, 0]
            y += w * points[i, 1]
            z += w * points[i, 2]
        place[0], place[1], place[2] = x / total, y / total, z / total


@numba.njit(cache=True, nogil=True)
def densest(points: Array, size: int, bandwidth: float, place: Array) -> tuple[int, float]:
    """The densest place among points[:size], put into `place`; those near it are moved to the end.

    Args:
        points: (n, 3) float32, reordered.
        size: how many of them count.
        bandwidth: metres.
        place: (3,) float64, written.

    Returns:
        how many are near, within twice the bandwidth, and their root mean square distance.
    """
    near = 4 * bandwidth * bandwidth
    _climb(points, size, near, place)
    there, squares, i = 0, 0.0, 0
    while i < size - there:
        d = _apart(points, i, place)
        if d < near:
            there += 1
            squares += d
            for axis in range(3):
                points[i, axis], points[size - there, axis] = points[size - there, axis], points[i, axis]
        else:
            i += 1
    return there, np.sqrt(squares / max(there, 1))


@numba.njit(cache=True, nogil=True)
def _keep(
    value: float, j: int, place: Array, share: float, spread: float, values: Array, leaf: int,
    joint: Array, offset: Array, weight: Array, spreads: Array,
) -> None:  # fmt: skip
    """Put a vote where it belongs among those of the leaf, the most useful first."""
    at = len(values) - 1
    if value <= values[at] or max(abs(place[0]), abs(place[1]), abs(place[2])) > FARTHEST:
        return
    while at > 0 and values[at - 1] < value:
        values[at], joint[leaf, at] = values[at - 1], joint[leaf, at - 1]
        for axis in range(3):
            offset[leaf, at, axis] = offset[leaf, at - 1, axis]
        weight[leaf, at], spreads[leaf, at] = weight[leaf, at - 1], spreads[leaf, at - 1]
        at -= 1
    values[at], joint[leaf, at] = value, j
    for axis in range(3):
        offset[leaf, at, axis] = np.int16(10 * round(100.0 * place[axis]))
    weight[leaf, at] = np.uint8(17 * min(max(round(15.0 * share), 1), 15))
    spreads[leaf, at] = np.uint8(min(np.ceil(100.0 * spread), 255.0))


@numba.njit(cache=True, nogil=True)
def _seen(
    first: int, last: int, order: Array, owners: Array, rows: Array, columns: Array,
    depth: Array, starts: Array, widths: Array, optics: Array, seen: Array, people: Array,
) -> int:  # fmt: skip
    """3D points of a leaf's pixels order[first:last], at most `SAMPLE`, evenly taken; how many."""
    size = min(last - first, SAMPLE)
    for s in range(size):
        k = order[first + s * (last - first) // size]
        i, r, c = owners[k], np.int64(rows[k]), np.int64(columns[k])
        z = np.float32(depth[starts[i] + r * widths[i] + c]) * np.float32(0.001)
        seen[s, 0], seen[s, 1], seen[s, 2] = (c - optics[i, 2]) * z / optics[i, 0], (r - optics[i, 3]) * z / optics[i, 1], z
        people[s] = i
    return size


@numba.njit(cache=True, nogil=True)
def find_votes(
    first: int, last: int, ends: Array, order: Array, owners: Array, rows: Array, columns: Array,
    depth: Array, starts: Array, widths: Array, optics: Array, joints: Array,
    joint: Array, offset: Array, weight: Array, spreads: Array,
) -> None:  # fmt: skip
    """The most useful votes of leaves first to last.

    Args:
        first: leaf.
        last: leaf, not included.
        ends: (leaves + 1,) where the pixels of a leaf begin in `order`.
        order: (pixels,) int32, leaf after leaf.
        owners: (pixels,) int32, which person a pixel is of.
        rows: of the pixels.
        columns: of the pixels.
        depth: of the samples, as `starts`, `widths`, `optics`, `joints`.
        starts: of the crops.
        widths: of the crops.
        optics: of the crops.
        joints: (n, joints, 3) float32 metres.
        joint: (leaves, k) uint8, written as in `Forest`.
        offset: (leaves, k, 3) int16, written.
        weight: (leaves, k) uint8, written.
        spreads: (leaves, k) uint8, written.
    """
    points, place = np.empty((SAMPLE, 3), np.float32), np.empty(3)
    seen, people = np.empty((SAMPLE, 3), np.float32), np.empty(SAMPLE, np.int32)
    values = np.empty(joint.shape[1])
    for leaf in range(first, last):
        size = _seen(ends[leaf], ends[leaf + 1], order, owners, rows, columns, depth, starts, widths, optics, seen, people)
        for at in range(len(values)):
            values[at] = 0.0
        for j in range(joints.shape[1]):
            known = 0
            for s in range(size):
                if np.isfinite(joints[people[s], j, 0]):
                    for axis in range(3):
                        points[known, axis] = joints[people[s], j, axis] - seen[s, axis]
                    known += 1
            left = known
            for _ in range(2):  # places: a second one, where left and right are mixed
                if left == 0 or left < _SECOND * known:
                    break
                near, spread = densest(points, left, BANDWIDTH, place)
                share = near / known
                value = share / (spread * spread + _BLUR * _BLUR)
                _keep(value, j, place, share, spread, values, leaf, joint, offset, weight, spreads)
                left -= near
