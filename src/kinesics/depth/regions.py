"""Connected pieces of a depth picture: neighbouring pixels at nearly the same distance, with what can be measured on each.

Two passes and a union-find (Rosenfeld and Pfaltz, 1966) over pixels, then one pass that measures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from ..types import Array, Camera

#: A piece of fewer pixels is noise.
LEAST_PIXELS = 12
#: Points kept of each piece, to tell how near pieces are to each other.
SAMPLES = 48

_JUMP, _JUMP_FAR = 45, 0.016  # millimetres between neighbours of one piece: at the camera, and more for each metre away (share)


@dataclass(frozen=True)
class Regions:
    """Pieces of a picture; piece i has the number i + 1 in `labels`.

    Attributes:
        labels: (h, w) int32, 0 where there is none.
        pixels: (n,) how many.
        boxes: (n, 4) int x1 y1 x2 y2 pixels, the ends beyond the last.
        area: (n,) square metres as seen from the camera.
        middle: (n, 3) mean place: metres sideways (right), upwards, forwards (away) of the camera.
        low, high: (n, 3) the least and most of these.
        samples: (n, SAMPLES, 3) points of each, likewise.
    """

    labels: Array
    pixels: Array
    boxes: Array
    area: Array
    middle: Array
    low: Array
    high: Array
    samples: Array

    def __len__(self) -> int:
        return len(self.pixels)

    @property
    def size(self) -> Array:
        """(n, 3) metres across, up and deep."""
        return np.asarray(self.high - self.low)


def find_regions(depth: Array, keep: Array, camera: Camera, axes: Array, *, least: int = LEAST_PIXELS) -> Regions:
    """The connected pieces of what is to be kept.

    Args:
        depth: (h, w) uint16 millimetres.
        keep: (h, w) bool; 0 of `depth` is never kept.
        camera: of the picture.
        axes: (3, 3) rows sideways, upwards, forwards in camera axes, see `geometry.upright_axes`.
        least: pieces of fewer pixels are left out.
    """
    labels = np.zeros(depth.shape, np.int32)
    parents = np.empty(depth.size // 2 + 2, np.int32)
    count = _connect(depth, np.ascontiguousarray(keep), labels, parents, least)
    return measure(depth, labels, count, camera, axes)


def measure(depth: Array, labels: Array, count: int, camera: Camera, axes: Array) -> Regions:
    """What can be measured on the pieces 1 to `count` of `labels` (h, w) int32; the other arguments as `find_regions`."""
    pixels, area = np.zeros(count, np.int64), np.zeros(count)
    boxes = np.zeros((count, 4), np.int64)
    middle, low, high = np.zeros((count, 3)), np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    samples = np.zeros((count, SAMPLES, 3))
    lens = np.array([camera.fx, camera.fy, camera.cx, camera.cy])
    _measure(depth, labels, lens, np.ascontiguousarray(axes, np.float64), pixels, boxes, area, middle, low, high, samples)
    return Regions(labels, pixels, boxes, area, middle, low, high, samples)


def overlap(one: Array, count: int, other: Array, others: int, depth: Array, before: Array, slack: int = 150) -> Array:
    """(count, others) pixels that piece i + 1 of `one` shares with j + 1 of `other`, within `slack` millimetres of before."""
    shared = np.zeros((count, others), np.int64)
    _overlap(one, other, depth, before, slack, shared)
    return shared


def grow(labels: Array, inside: Array, seeds: Array, depth: Array) -> Array:
    """Give the pixels of `inside` (h, w) bool to the seed (h, w) int32 that is the fewest steps over the surface away.

    Pixels that no seed reaches keep 0.
    """
    out = np.where(inside, seeds, 0).astype(np.int32)
    queue = np.empty(labels.size, np.int32)
    _grow(np.ascontiguousarray(inside), out, depth, queue)
    return out


@numba.njit(cache=True, nogil=True, inline="always")
def _near(one: int, other: int) -> bool:
    off = one - other
    if off < 0:
        off = -off
    return off <= _JUMP + _JUMP_FAR * (one if one < other else other)


@numba.njit(cache=True, nogil=True)
def _root(parents: Array, label: int) -> int:
    while parents[label] != label:
        parents[label] = parents[parents[label]]
        label = parents[label]
    return int(label)


@numba.njit(cache=True, nogil=True)
def _join(parents: Array, one: int, other: int) -> int:
    a, b = _root(parents, one), _root(parents, other)
    if a < b:
        parents[b] = a
        return int(a)
    parents[a] = b
    return int(b)


@numba.njit(cache=True, nogil=True)
def _above(depth: Array, labels: Array, parents: Array, row: int, column: int, label: int) -> int:
    """The label of a pixel whose left neighbour gives `label` (0: none), once the three above have their say."""
    z = np.int64(depth[row, column])
    for at in range(max(column - 1, 0), min(column + 2, depth.shape[1])):
        above = labels[row - 1, at]
        if above != 0 and above != label and _near(z, np.int64(depth[row - 1, at])):
            label = above if label == 0 else _join(parents, label, above)
    return label


@numba.njit(cache=True, nogil=True)
def _connect(depth: Array, keep: Array, labels: Array, parents: Array, least: int) -> int:
    fresh = 0
    parents[0] = 0
    for row in range(depth.shape[0]):
        for column in range(depth.shape[1]):
            z = np.int64(depth[row, column])
            if z == 0 or not keep[row, column]:
                continue
            label = 0
            if column and labels[row, column - 1] and _near(z, np.int64(depth[row, column - 1])):
                label = labels[row, column - 1]
            if row:
                label = _above(depth, labels, parents, row, column, label)
            if label == 0:
                fresh += 1
                parents[fresh] = fresh
                label = fresh
            labels[row, column] = label
    return int(_numbered(labels, parents, fresh, least))


@numba.njit(cache=True, nogil=True)
def _numbered(labels: Array, parents: Array, fresh: int, least: int) -> int:
    """Give the pieces that are large enough the numbers 1, 2, 3 … in the order of their first pixels; how many there are."""
    sizes, names = np.zeros(fresh + 1, np.int32), np.zeros(fresh + 1, np.int32)
    flat = labels.ravel()
    for at in range(flat.size):
        if flat[at]:
            flat[at] = _root(parents, flat[at])
            sizes[flat[at]] += 1
    count = 0
    for label in range(1, fresh + 1):
        if sizes[label] >= least:
            count += 1
            names[label] = count
    for at in range(flat.size):
        flat[at] = names[flat[at]]
    return count


@numba.njit(cache=True, nogil=True)
def _measure(
    depth: Array,
    labels: Array,
    lens: Array,
    axes: Array,
    pixels: Array,
    boxes: Array,
    area: Array,
    middle: Array,
    low: Array,
    high: Array,
    samples: Array,
) -> None:
    kept = samples.shape[1]
    for label in labels.ravel():
        if label > 0:
            pixels[label - 1] += 1
    passed, place = np.zeros(len(pixels), np.int64), np.zeros(3)
    for row in range(depth.shape[0]):
        y = (row - lens[3]) / lens[1]
        for column in range(depth.shape[1]):
            i = labels[row, column] - 1
            if i < 0:
                continue
            z, x = depth[row, column] * 0.001, (column - lens[2]) / lens[0]
            area[i] += z * z
            for axis in range(3):
                place[axis] = z * (x * axes[axis, 0] + y * axes[axis, 1] + axes[axis, 2])
                middle[i, axis] += place[axis]
                low[i, axis] = min(low[i, axis], place[axis])
                high[i, axis] = max(high[i, axis], place[axis])
            if passed[i] == 0:
                boxes[i, 0], boxes[i, 1], boxes[i, 2] = column, row, column + 1
            boxes[i, 0] = min(boxes[i, 0], column)
            boxes[i, 2] = max(boxes[i, 2], column + 1)
            boxes[i, 3] = row + 1
            first, last = -(-passed[i] * kept // pixels[i]), -(-(passed[i] + 1) * kept // pixels[i])
            for k in range(first, last):  # a piece of fewer pixels than samples repeats some
                samples[i, k] = place
            passed[i] += 1
    for i in range(len(pixels)):
        area[i] /= lens[0] * lens[1]
        middle[i] /= max(pixels[i], 1)


@numba.njit(cache=True, nogil=True)
def _overlap(one: Array, other: Array, depth: Array, before: Array, slack: int, shared: Array) -> None:
    for row in range(one.shape[0]):
        for column in range(one.shape[1]):
            i, j = one[row, column] - 1, other[row, column] - 1
            if i >= 0 and j >= 0 and abs(np.int64(depth[row, column]) - np.int64(before[row, column])) <= slack:
                shared[i, j] += 1


@numba.njit(cache=True, nogil=True)
def _grow(inside: Array, out: Array, depth: Array, queue: Array) -> None:
    height, width = out.shape
    head = tail = 0
    for row in range(height):
        for column in range(width):
            if out[row, column]:
                queue[tail] = row * width + column
                tail += 1
    while head < tail:
        row, column = queue[head] // width, queue[head] % width
        head += 1
        for k in range(4):
            r, c = row + (k == 0) - (k == 1), column + (k == 2) - (k == 3)
            if r < 0 or c < 0 or r >= height or c >= width or out[r, c] or not inside[r, c]:
                continue
            if _near(np.int64(depth[row, column]), np.int64(depth[r, c])):
                out[r, c] = out[row, column]
                queue[tail] = r * width + c
                tail += 1
