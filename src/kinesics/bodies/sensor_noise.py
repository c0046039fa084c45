"""What depth sensors make of a perfect depth picture: steps, shadows, ragged edges, flying pixels, blur, loss.

Each profile takes a picture of metres with 0 where nothing is, and gives another one. All lengths in the picture follow from
the focal length, so that a cut-out of a picture fares like the whole.
"""

from __future__ import annotations

from collections.abc import Callable

import numba
import numpy as np

from ..errors import UsageError
from ..types import Array, Camera
from .chance import bits, fresh, normal, share

Sensor = Callable[[Array, Camera, np.random.Generator], Array]


def sense(name: str, depth: Array, camera: Camera, rng: np.random.Generator) -> Array:
    """A depth picture as a sensor would give it.

    Args:
        name: one of `SENSORS`.
        depth: (h, w) float32 metres along the axis, 0 where nothing is.
        camera: its focal length counts.
        rng: of all chance.

    Returns:
        (h, w) float32, another array.

    Raises:
        UsageError: no sensor is called so.
    """
    if name not in SENSORS:
        raise UsageError(f"sensor: there is no {name}; there are {', '.join(SENSORS)}")
    return SENSORS[name](np.ascontiguousarray(depth, np.float32), camera, rng)


def perfect(depth: Array, camera: Camera, rng: np.random.Generator) -> Array:
    """The picture itself."""
    return depth.copy()


def kinect1(depth: Array, camera: Camera, rng: np.random.Generator) -> Array:
    """Structured light, as in the first Kinect.

    Disparity comes in steps, which makes depth come in steps of about 2.85 mm at 1 m, growing with the square of the distance
    (Khoshelham and Elberink, "Accuracy and resolution of Kinect depth data for indoor mapping applications", 2012: 7 cm at
    5 m); 351.3 of them at 1 m (Barron and Malik, "Intrinsic scene properties from a single RGB-D image", 2013). It is found by
    matching small windows: before it is rounded it wanders by 0.4 of a step from patch to patch, and edges are ragged in blocks
    (the spreads of Nguyen, Izadi and Lovell, "Modeling Kinect sensor noise for improved 3D reconstruction and tracking", 2012),
    what is near grows a little. What the projector, 7.5 cm to one side, does not reach is lost, as is much of what is very
    thin, seen at a grazing angle, nearer than 0.5 m or far away.
    """
    out = np.zeros_like(depth)
    side = 1 if rng.random() < 0.5 else -1  # mirrored pictures are common
    cell = max(2, round(6 * camera.fx / _FOCAL))  # pixels of a window, about
    grid = (depth.shape[0] // cell + 3, depth.shape[1] // cell + 3)
    wander = rng.standard_normal(grid, np.float32)
    aside = np.clip(np.rint(rng.standard_normal((*grid, 2), np.float32) * (1.6 * camera.fx / _FOCAL)), -3, 3).astype(np.int8)
    _structured(depth, camera.fx, side, cell, wander, aside, fresh(rng), out)
    return out


def time_of_flight(depth: Array, camera: Camera, rng: np.random.Generator) -> Array:
    """Time of flight, as in the second and the third Kinect.

    The spread is 1.5 - 0.5 z + 0.3 z^2 mm (Fankhauser et al., "Kinect v2 for mobile robot navigation: evaluation and modeling",
    2015), and twice that towards grazing angles; light that comes over other surfaces bends the picture by a centimetre or so;
    pixels on an edge see both sides of it and lie in between.
    """
    out = np.zeros_like(depth)
    bias, wave = rng.normal(0, (0.003, 0.006))
    _flight(depth, camera.fx, bias, wave, rng.uniform(0, 6.28), rng.uniform(0.1, 0.6), fresh(rng), out)
    return out


def phone(depth: Array, camera: Camera, rng: np.random.Generator) -> Array:
    """The sensor of a telephone: few points, smoothed and enlarged, so that edges are soft and noise comes in patches.

    The size of a cell is that of 256 x 192 pixels at a common field of view, or up to twice that.
    """
    cell = max(2, round(camera.fx / 210 * rng.uniform(1.0, 2.2)))
    rows, columns = depth.shape[0] // cell + 2, depth.shape[1] // cell + 2
    out = np.zeros_like(depth)
    _patches(depth, cell, rng.uniform(0.001, 0.005), fresh(rng), np.zeros((rows, columns), np.float32), out)
    return out


def mixed(depth: Array, camera: Camera, rng: np.random.Generator) -> Array:
    """One of the others by chance."""
    chance, names = rng.random(), ("none", "kinect1", "tof", "phone")
    return SENSORS[names[(chance > 0.15) + (chance > 0.55) + (chance > 0.8)]](depth, camera, rng)


#: Profiles by name: (depth, camera, rng) to depth.
SENSORS: dict[str, Sensor] = {"none": perfect, "kinect1": kinect1, "tof": time_of_flight, "phone": phone, "mixed": mixed}

_DISPARITY = 351.3  # steps of disparity times metres
_BASELINE = 0.075
_FOCAL = 571.0  # of the first Kinect, for 640 x 480


@numba.njit(cache=True, nogil=True)
def _structured(depth: Array, fx: float, side: int, cell: int, wander: Array, aside: Array, state: Array, out: Array) -> None:
    height, width = depth.shape
    for y in range(height):
        reach = -1e9  # how far the projector's rays are blocked by what was nearer, in its own columns
        for i in range(width):
            x = i if side > 0 else width - 1 - i
            if depth[y, x] > 0:
                ray = i + fx * _BASELINE / depth[y, x]
                shaded = ray < reach - 0.75
                reach = max(reach, ray)
                if shaded:
                    continue
            v, u = y + aside[y // cell, x // cell, 0], x + aside[y // cell, x // cell, 1]
            v, u = min(max(v, 0), height - 1), min(max(u, 0), width - 1)
            if depth[v, u] == 0 and depth[y, x] == 0:
                continue
            word = bits(state)
            if depth[v, u] == 0 or (0 < depth[y, x] < depth[v, u]):  # what is near grows
                v, u = (v, u) if depth[v, u] == 0 and share(word, 0) < 0.5 else (y, x)
            z = depth[v, u]
            if not 0.5 <= z <= 8 or share(word, 1) < _loss(depth, v, u, fx):
                continue
            row, column = (y + 0.5) / cell, (x + 0.5) / cell
            steps = np.floor(_DISPARITY / z + 0.6 * _mixed(wander, row, column) + 0.5)
            out[y, x] = _DISPARITY / steps


@numba.njit(cache=True, nogil=True)
def _mixed(grid: Array, row: float, column: float) -> float:
    """Between four values of a grid."""
    i, j = int(row), int(column)
    a, b = row - i, column - j
    over, under = (1 - b) * grid[i, j] + b * grid[i, j + 1], (1 - b) * grid[i + 1, j] + b * grid[i + 1, j + 1]
    return float((1 - a) * over + a * under)


@numba.njit(cache=True, nogil=True)
def _loss(depth: Array, y: int, x: int, fx: float) -> float:
    """How likely no disparity is found: thin things, grazing angles, far away."""
    height, width = depth.shape
    z = depth[y, x]
    if not (0 < y < height - 1 and 0 < x < width - 1):
        return 0.0
    around, steepest = 0, np.float32(0)
    for v in range(y - 1, y + 2):
        for u in range(x - 1, x + 2):
            gap = abs(depth[v, u] - z)
            if gap < 0.15:
                around += 1
                steepest = max(steepest, gap)
    lost = 0.002 + 0.03 * max(z - 3.5, 0)
    if around < 5:
        lost += 0.3
    return float(lost + min(max(steepest * fx / z - 3.0, 0) / 6, 0.7))


@numba.njit(cache=True, nogil=True)
def _flight(depth: Array, fx: float, bias: float, wave: float, phase: float, flying: float, state: Array, out: Array) -> None:
    height, width = depth.shape
    for y in range(height):
        for x in range(width):
            z = np.float64(depth[y, x])
            if z == 0:
                continue
            z, slope, edge = _beside(depth, y, x, flying, bits(state))
            if z == 0:
                continue
            spread = (1.5 - 0.5 * z + 0.3 * z * z) * (1 + min(slope * fx / z / 4, 1)) / 1000
            bent = wave * np.sin(phase + 9 * x / fx + 5 * y / fx) + bias * z
            out[y, x] = z + bent + spread * normal(state) * (3 if edge else 1)


@numba.njit(cache=True, nogil=True)
def _beside(depth: Array, y: int, x: int, flying: float, word: np.uint64) -> tuple[float, float, bool]:
    """What a pixel sees when one beside it is at another distance; the steepest slope round it; whether there is an edge."""
    height, width = depth.shape
    z = np.float64(depth[y, x])
    slope, other = 0.0, z
    for k in range(4):
        v, u = y + (k == 0) - (k == 1), x + (k == 2) - (k == 3)
        if not (0 <= v < height and 0 <= u < width):
            continue
        gap = abs(depth[v, u] - z)
        if gap > 0.1:
            other = np.float64(depth[v, u])
        else:
            slope = max(slope, gap)
    if other == z:
        return z, slope, False
    if share(word, 0) < flying:
        mix = share(word, 1)
        if other == 0:  # what is behind a body is metres away, and mostly cut off with the background
            return (0.0 if mix > 0.6 else z + 0.5 * mix * mix), slope, True
        return z + mix * (other - z), slope, True
    return z, slope, True


@numba.njit(cache=True, nogil=True)
def _patches(depth: Array, cell: int, spread: float, state: Array, coarse: Array, out: Array) -> None:
    """Means of cells with a noise each, then between their middles in proportion."""
    height, width = depth.shape
    half = cell // 2
    for i in range(coarse.shape[0]):
        for j in range(coarse.shape[1]):
            total, seen = 0.0, 0
            for y in range(max(i * cell - half, 0), min(i * cell - half + cell, height)):
                for x in range(max(j * cell - half, 0), min(j * cell - half + cell, width)):
                    total += depth[y, x]
                    seen += depth[y, x] > 0
            if 2 * seen >= cell * cell:
                coarse[i, j] = total / seen * (1 + spread * normal(state))
    shift = half - (cell - 1) / 2
    for y in range(height):
        for x in range(width):
            out[y, x] = _between(coarse, (y + shift) / cell, (x + shift) / cell)


@numba.njit(cache=True, nogil=True)
def _between(coarse: Array, row: float, column: float) -> float:
    i, j = int(np.floor(row)), int(np.floor(column))
    total, weight = 0.0, 0.0
    for v in range(2):
        for u in range(2):
            a, b = min(max(i + v, 0), coarse.shape[0] - 1), min(max(j + u, 0), coarse.shape[1] - 1)
            if coarse[a, b] > 0:
                w = (row - i if v else 1 - row + i) * (column - j if u else 1 - column + j)
                total += w * coarse[a, b]
                weight += w
    return total / weight if weight > 0.5 else 0.0
