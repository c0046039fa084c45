"""What an imperfect segmentation keeps of people: ragged edges, holes, lost pieces, and leftovers of what they touch.

First, before the sensor, `leave_things` draws what is not theirs and will be kept all the same; then, after it, `cut_out` says
which pixels are kept. In between, pixels of `owner` that are -2 - i are nobody's and kept with person i.
"""

from __future__ import annotations

import numba
import numpy as np

from ..types import Array
from .chance import bits, fresh, share
from .kinematics import JOINTS
from .scenery import box, draw_things, floor_around, rod
from .viewpoints import Viewpoint
from .zbuffer import Box

_FEET = [JOINTS.index(f"{side}_{name}") for side in ("left", "right") for name in ("foot", "heel", "ankle")]
_PELVIS = JOINTS.index("hip_center")


def leave_things(
    rng: np.random.Generator, view: Viewpoint, joints: Array, depth: Array, parts: Array, owner: Array
) -> tuple[list[Box], bool]:
    """Now and then: the floor round somebody's feet, a piece of furniture that touches somebody, another one's arm.

    Args:
        rng: of all chance.
        view: the camera.
        joints: (n, 35, 3) metres in the world.
        depth: (h, w) float32, inf where nothing is; changed in place, as are `parts` and `owner`.
        parts: (h, w) uint8.
        owner: (h, w) int8.

    Returns:
        boxes of what was drawn, and whether floor was left.
    """
    boxes: list[Box] = []
    who = int(rng.integers(len(joints)))
    floor, furniture, arm = rng.random(3) < (0.3, 0.12, 0.06)
    if floor:
        boxes.append(_leave_floor(rng, view, joints[who, _FEET], who, depth, parts, owner))
    things = []
    pelvis = joints[who, _PELVIS]
    if furniture:
        size = rng.uniform(0.04, 0.5, 3)
        beside = (size / 2 + (0.15, 0.4, 0.15)) * rng.uniform(-1, 1, 3)
        things.append(box(pelvis + beside, size, rng.uniform(0, 90)))
    if arm:
        start = joints[who, rng.integers(joints.shape[1])] + rng.normal(0, 0.04, 3)
        along = rng.normal(0, (1.0, 0.4, 0.5))
        end = start + along / np.linalg.norm(along) * rng.uniform(0.15, 0.7)
        things.append(rod(start, end, rng.uniform(0.03, 0.06)))
    return boxes + draw_things(things, view, depth, parts, owner, -2 - who), bool(floor)


def _leave_floor(
    rng: np.random.Generator, view: Viewpoint, feet: Array, who: int, depth: Array, parts: Array, owner: Array
) -> Box:
    radius, camera = float(0.05 + 0.2 * rng.random() ** 2), view.camera
    feet = view.seen(feet)
    feet = feet[feet[:, 2] > 0.3]
    if not len(feet):
        return (0, 0, 0, 0)
    at, reach = camera.project(feet), 1.2 * radius * max(camera.fx, camera.fy) / feet[:, 2:]
    low, high = np.floor((at - reach).min(axis=0)), np.ceil((at + reach).max(axis=0))
    left, top = (int(v) for v in np.clip(low, 0, (camera.width, camera.height)))
    right, bottom = (int(v) for v in np.clip(high, 0, (camera.width, camera.height)))
    lens = np.array([camera.fx, camera.fy, camera.cx, camera.cy])
    span = (left, top, right, bottom)
    floor_around(feet, radius, view.floor, lens, span, -2 - who, depth, parts, owner)
    return span


def cut_out(
    rng: np.random.Generator,
    view: Viewpoint,
    corner: tuple[int, int],
    depth: Array,
    drawn: Array,
    owner: Array,
    *,
    floor: bool,
    damage: bool,
) -> Array:
    """Which person's cut-out each pixel is in.

    Edges are ragged; sometimes a rim of one pixel is missing, or the soles (unless `floor` was left round them); there are
    small holes, and sometimes a larger piece is lost, in `depth` too.

    Args:
        rng: of all chance.
        view: the camera.
        corner: column and row of the first pixel of the arrays in the camera's picture.
        depth: (h, w) float32 as the sensor gave it, 0 where nothing is; changed where pieces are lost.
        drawn: (h, w) float32 before the sensor.
        owner: (h, w) int8 as drawn.
        floor: floor was left in the picture.
        damage: False: exactly what was drawn and the sensor returned.

    Returns:
        (h, w) int8: number of the person, -1 for none.
    """
    kept = np.empty_like(owner)
    _assign(depth, drawn, owner, kept)
    if not damage:
        return kept
    ragged, rim, soles, pieces = rng.random(4)
    if ragged < 0.7:
        kept = _swizzled(kept, owner, float(ragged), fresh(rng))
    if rim < 0.2:
        kept = _eroded(kept)
    if not floor and soles < 0.35:
        camera = view.camera
        lens = np.array([camera.fx, camera.fy, camera.cx - corner[0], camera.cy - corner[1]])
        _without_soles(kept, depth, view.floor, lens, 0.15 * soles)
    here = np.flatnonzero(kept >= 0)
    if len(here):
        radii = list(rng.uniform(0.5, 2.5, rng.poisson(1.5)))
        if pieces < 0.1:  # metres
            radii.append(rng.uniform(0.03, 0.1) * view.camera.fx / max(float(np.median(depth.ravel()[here])), 0.3))
        at = rng.choice(here, len(radii))
        _punched(kept, depth, at // kept.shape[1], at % kept.shape[1], np.array(radii))
    return kept


@numba.njit(cache=True, nogil=True)
def _assign(depth: Array, drawn: Array, owner: Array, kept: Array) -> None:
    """People's pixels to them, leftovers to whom they touch, what a sensor put beside an edge to whose edge it is."""
    height, width = depth.shape
    for y in range(height):
        for x in range(width):
            who = owner[y, x]
            if depth[y, x] == 0:
                who = -1
            elif who < -1:
                who = -2 - who
            elif who == -1 and drawn[y, x] == 0:
                for v in range(max(y - 1, 0), min(y + 2, height)):
                    for u in range(max(x - 1, 0), min(x + 2, width)):
                        if owner[v, u] >= 0 and abs(depth[v, u] - depth[y, x]) < 0.05:
                            who = owner[v, u]
            kept[y, x] = who


@numba.njit(cache=True, nogil=True)
def _swizzled(kept: Array, owner: Array, strength: float, state: Array) -> Array:
    """Each pixel is kept with whom one beside it is kept; what the sensor lost inside of somebody makes no one else lost."""
    out = kept.copy()
    height, width = kept.shape
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            word = bits(state)
            v, u = y + int(3 * share(word, 1)) - 1, x + int(3 * share(word, 2)) - 1
            if kept[y, x] >= 0 and share(word, 0) < strength and (kept[v, u] >= 0 or owner[v, u] == -1):
                out[y, x] = kept[v, u]
    return out


@numba.njit(cache=True, nogil=True)
def _eroded(kept: Array) -> Array:
    out = kept.copy()
    height, width = kept.shape
    for y in range(1, height - 1):
        for x in range(1, width - 1):
            who = kept[y, x]
            if kept[y - 1, x] != who or kept[y + 1, x] != who or kept[y, x - 1] != who or kept[y, x + 1] != who:
                out[y, x] = -1
    return out


@numba.njit(cache=True, nogil=True)
def _without_soles(kept: Array, depth: Array, floor: Array, lens: Array, height: float) -> None:
    """Drop what is lower than `height` metres over the floor."""
    for y in range(kept.shape[0]):
        for x in range(kept.shape[1]):
            if kept[y, x] >= 0:
                slope = floor[0] * (x - lens[2]) / lens[0] + floor[1] * (y - lens[3]) / lens[1] + floor[2]
                if slope * depth[y, x] + floor[3] < height:
                    kept[y, x] = -1


@numba.njit(cache=True, nogil=True)
def _punched(kept: Array, depth: Array, rows: Array, columns: Array, radii: Array) -> None:
    """Discs of no return."""
    for k in range(rows.shape[0]):
        reach = int(radii[k]) + 1
        for y in range(max(rows[k] - reach, 0), min(rows[k] + reach + 1, kept.shape[0])):
            for x in range(max(columns[k] - reach, 0), min(columns[k] + reach + 1, kept.shape[1])):
                if (y - rows[k]) ** 2 + (x - columns[k]) ** 2 <= radii[k] ** 2:
                    kept[y, x], depth[y, x] = -1, 0
