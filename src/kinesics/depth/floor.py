"""The floor of a depth picture: a level plane low in the view, found by sampling, refined by least squares, kept over time.

After RANSAC (Fischler and Bolles, 1981). Only points whose neighbours lie level are sampled; a plane with a room below it is a
table, not a floor. Where no floor is seen (a segmented recording, a close-up) there is none, and nothing is made up.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..errors import UsageError
from ..geometry import upright_axes
from ..types import Array, Camera

UP = np.array([0.0, -1.0, 0.0])  # of a camera that is level

_POINTS = 4800  # of the picture that are looked at
_TRIALS = 160
_NOISE, _NOISE_FAR = 0.018, 0.004  # metres a floor point may be off: at the camera, and times the square of its distance
_LEAST_AREA, _LEAST_SPREAD = 0.35, 0.1  # square metres seen, metres of standard deviation both ways
_BELOW = 0.06  # share of the floor's area that may be seen below it (reflections, noise)
_HEIGHTS = (0.15, 4.5)  # metres of a camera above its floor
_AGREE = (math.cos(math.radians(3.0)), 0.06)  # two finds of one floor: cosine between them, metres


@dataclass(frozen=True)
class Floor:
    """A plane in camera axes: a point p (metres; x right, y down, z away) is `normal @ p + height` metres above it.

    Attributes:
        normal: (3,) unit, upwards.
        height: of the camera above the floor, metres.
    """

    normal: Array
    height: float

    @property
    def pitch(self) -> float:
        """Degrees by which the camera looks down."""
        return math.degrees(math.atan2(-float(self.normal[2]), -float(self.normal[1])))

    @property
    def roll(self) -> float:
        """Degrees by which the camera is turned about its axis."""
        return math.degrees(math.asin(float(np.clip(self.normal[0], -1, 1))))

    def above(self, points: Array) -> Array:
        """(..., 3) metres to (...,) metres above the floor."""
        return np.asarray(np.asarray(points, float) @ self.normal + self.height)


def find_floor(
    depth: Array,
    camera: Camera,
    *,
    up: Array | None = None,
    tilt: float | None = None,
    hide: Array | None = None,
    seed: int = 0,
) -> Floor | None:
    """The floor that a depth picture shows, or None.

    Args:
        depth: (h, w) metres, 0 or not finite where nothing was measured.
        camera: of the picture.
        up: (3,) roughly upwards (a recording's gravity, turned round); a level camera if None.
        tilt: degrees by which the floor may differ from that; 12 when `up` is given, else 50.
        hide: (h, w) bool, pixels that are not to be looked at (people).
        seed: of the sampling.

    Raises:
        UsageError: `up` is no direction.
    """
    tilt = (50.0 if up is None else 12.0) if tilt is None else tilt
    up = UP if up is None else np.asarray(up, float)
    if up.shape != (3,) or not np.isfinite(up).all() or not np.linalg.norm(up) > 1e-6:
        raise UsageError(f"up: expected three numbers that say where up is, got {up}")
    up = up / np.linalg.norm(up)
    points, level, area = _sampled(depth, camera, up, tilt, hide)
    if level.sum() < 40:
        return None
    return _settled(area, points, points[level], up, math.cos(math.radians(tilt)), np.random.default_rng(seed))


def _sampled(depth: Array, camera: Camera, up: Array, tilt: float, hide: Array | None) -> tuple[Array, Array, float]:
    """Points of a coarse grid (n, 3), whether the surface there is level (n,), and a point's square metres at one metre."""
    step = max(1, round(math.sqrt(depth.size / _POINTS)))
    z = np.asarray(depth[step // 2 :: step, step // 2 :: step], float)
    known = np.isfinite(z) & (z > 0.1) & (z < 10)
    if hide is not None:
        known &= ~hide[step // 2 :: step, step // 2 :: step]
    z = np.where(known, z, 0.0)
    rows, columns = np.mgrid[0 : z.shape[0], 0 : z.shape[1]] * step + step // 2
    grid = camera.unproject(np.stack([columns, rows], -1), z)  # (h, w, 3)
    level = np.zeros(z.shape, bool)
    if min(z.shape) > 2:
        across, down = grid[1:-1, 2:] - grid[1:-1, :-2], grid[2:, 1:-1] - grid[:-2, 1:-1]
        whole = known[1:-1, 2:] & known[1:-1, :-2] & known[2:, 1:-1] & known[:-2, 1:-1] & known[1:-1, 1:-1]
        whole &= (np.abs(across[..., 2]) < 0.5) & (np.abs(down[..., 2]) < 1.5)
        normal = np.cross(across, down)  # towards the camera or away, see the sign below
        length = np.linalg.norm(normal, axis=-1)
        cosine = np.abs(normal @ up) / np.maximum(length, 1e-9)
        level[1:-1, 1:-1] = whole & (cosine > math.cos(math.radians(min(tilt + 15, 70))))
    return grid[known], level[known], step * step / (camera.fx * camera.fy)


def _settled(area: float, points: Array, level: Array, up: Array, upright: float, rng: np.random.Generator) -> Floor | None:
    """The best plane of all trials, fitted to what lies on it; None if it is not much of a floor."""
    picks = level[rng.integers(0, len(level), (_TRIALS, 3))]  # (trials, 3, 3)
    normals = np.cross(picks[:, 1] - picks[:, 0], picks[:, 2] - picks[:, 0])
    length = np.linalg.norm(normals, axis=1)
    normals /= np.maximum(length, 1e-12)[:, None]
    normals *= np.where(normals @ up < 0, -1.0, 1.0)[:, None]
    heights = -(normals * picks[:, 0]).sum(axis=1)
    fine = (length > 1e-4) & (normals @ up > upright) & (heights > _HEIGHTS[0]) & (heights < _HEIGHTS[1])
    if not fine.any():
        return None
    normals, heights = normals[fine], heights[fine]
    some = points[::4]
    weight, slack = np.minimum(some[:, 2], 4.0) ** 2, _slack(some)
    off = normals @ some.T + heights[:, None]  # (trials, n)
    score = ((np.abs(off) < slack) * weight).sum(axis=1) - 2 * ((off < -3 * slack) * weight).sum(axis=1)
    best = int(score.argmax())
    floor: Floor | None = Floor(normals[best], float(heights[best]))
    for share in (1.5, 1.0, 1.0):
        floor = None if floor is None else _refined(floor, level, up, upright, share)
    return floor if floor is not None and _is_floor(floor, points, level, area) else None


def _slack(points: Array) -> Array:
    return np.asarray(_NOISE + _NOISE_FAR * points[:, 2] ** 2)


def _refined(floor: Floor, level: Array, up: Array, upright: float, share: float) -> Floor | None:
    """Least squares along the depth axis's noise: near points count more."""
    slack = _slack(level)
    on = np.abs(floor.above(level)) < share * slack
    if on.sum() < 20:
        return None
    weight = 1 / slack[on] ** 2 * np.minimum(level[on, 2], 4.0) ** 2
    middle = (level[on] * weight[:, None]).sum(axis=0) / weight.sum()
    away = level[on] - middle
    normal = np.linalg.eigh((away * weight[:, None]).T @ away)[1][:, 0]
    normal = normal * (1.0 if normal @ up > 0 else -1.0)
    height = -float(normal @ middle)
    if normal @ up < upright or not _HEIGHTS[0] < height < _HEIGHTS[1]:
        return None
    return Floor(normal, height)


def _is_floor(floor: Floor, points: Array, level: Array, patch: float) -> bool:
    """Whether enough of it is seen, both ways, and next to nothing below it."""
    on = level[np.abs(floor.above(level)) < _slack(level)]
    if len(on) < 30:
        return False
    area = patch * points[:, 2] ** 2
    ground = patch * (on[:, 2] ** 3 / floor.height).sum()  # a pixel's patch of the floor grows with the slant
    below = area[floor.above(points) < -0.05 - 3 * _slack(points)].sum()
    plan = on @ upright_axes(floor.normal)[[0, 2]].T
    spread = np.sqrt(np.linalg.eigvalsh(np.cov(plan.T)))
    return bool(ground > _LEAST_AREA and below < _BELOW * ground and spread[0] > _LEAST_SPREAD)


class FloorKeeper:
    """Looks for the floor now and then and keeps what several looks agree on.

    Args:
        camera: of the pictures.
        up: as `find_floor`.
        pause: seconds between looks once the floor is known; at first it is looked for four times a second.
    """

    def __init__(self, camera: Camera, *, up: Array | None = None, pause: float = 2.0) -> None:
        self.camera, self.up, self.pause = camera, up, pause
        self.reset()

    def reset(self) -> None:
        """Forget the floor."""
        self.floor: Floor | None = None
        self._looks = self._against = 0
        self._next = -math.inf

    def update(self, depth: Array, time: float, hide: Array | None = None) -> Floor | None:
        """The floor as known after this picture; arguments as `find_floor`, time in seconds."""
        if time < self._next:
            return self.floor
        self._next = time + (self.pause if self._looks >= 4 else 0.25)
        found = find_floor(depth, self.camera, up=self.up, hide=hide)
        if found is None:
            return self.floor
        if self.floor is None:
            self.floor, self._looks, self._against = found, 1, 0
        elif float(found.normal @ self.floor.normal) > _AGREE[0] and abs(found.height - self.floor.height) < _AGREE[1]:
            self._looks, self._against = min(self._looks + 1, 12), 0
            normal = self.floor.normal + (found.normal - self.floor.normal) / self._looks
            height = self.floor.height + (found.height - self.floor.height) / self._looks
            self.floor = Floor(normal / np.linalg.norm(normal), height)
        else:  # the camera was moved, if others say so too
            self._against += 1
            if self._against >= 3:
                self.floor, self._looks, self._against = found, 1, 0
        return self.floor
