"""What stands around people in a depth picture: floor, walls, boxes, tables, chairs, rods; all of it labelled 0, nobody."""

from __future__ import annotations

import numba
import numpy as np

from ..types import Array
from .kinematics import turn
from .viewpoints import Viewpoint
from .zbuffer import NEAR, Box, draw_mesh

Mesh = tuple[Array, Array]

_FARTHEST = 10.0  # metres: what is beyond gives no return


def box(middle: Array, size: Array, yaw: float = 0.0) -> Mesh:
    """A box: (8, 3) corners and (12, 3) int32 faces; `size` along x, y, z before it is turned by `yaw` degrees."""
    signs = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
    corners = (signs * size) @ turn("y", np.array(yaw)).T + middle
    quads = np.array([(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)], np.int32)
    return corners, np.ascontiguousarray(np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]))


def rod(start: Array, end: Array, radius: float, sides: int = 8) -> Mesh:
    """A round rod from `start` to `end`, with closed ends: (2 * sides + 2, 3) corners, (4 * sides, 3) int32 faces."""
    along = end - start
    aside = np.cross(along, (1, 0, 0) if abs(along[0]) < 0.7 * np.linalg.norm(along) else (0, 1, 0))
    aside = aside / np.linalg.norm(aside)
    over = np.cross(along, aside) / np.linalg.norm(along)
    t = np.arange(sides)[:, None] * 2 * np.pi / sides
    ring = radius * (np.cos(t) * aside + np.sin(t) * over)
    corners = np.concatenate([start + ring, end + ring, [start, end]])
    i, j = np.arange(sides), np.roll(np.arange(sides), -1)
    low, high = np.full(sides, 2 * sides), np.full(sides, 2 * sides + 1)
    faces = [(i, j, i + sides), (j, j + sides, i + sides), (low, j, i), (high, i + sides, j + sides)]
    return corners, np.ascontiguousarray(np.concatenate([np.stack(face, axis=1) for face in faces]), np.int32)


def draw_things(things: list[Mesh], view: Viewpoint, depth: Array, parts: Array, owner: Array, number: int = -1) -> list[Box]:
    """Draw meshes of the world as nobody's, with `number` in `owner`; their boxes in the picture."""
    boxes = []
    for corners, faces in things:
        labels = np.zeros(len(faces), np.uint8)
        vertices = view.seen(corners).astype(np.float32)
        boxes.append(draw_mesh(vertices, faces, labels, view.camera, depth, parts, owner=(owner, number)))
    return boxes


def draw_room(rng: np.random.Generator, view: Viewpoint, people: Array, depth: Array, parts: Array, owner: Array) -> None:
    """A floor, walls behind and beside, furniture before and behind people who stand at `people` (n, 3), into the pictures."""
    far = float(people[:, 2].max())
    planes = [view.floor, _wall(view, rng.normal(180, 8), far + rng.uniform(0.6, 3.0))]
    for side in (-1, 1):
        if rng.random() < 0.35:
            beyond = float((side * people[:, 0]).max()) + rng.uniform(0.9, 2.5)
            planes.append(_wall(view, -side * 90 + rng.normal(0, 5), beyond))
    camera = view.camera
    _planes(np.array(planes), camera.fx, camera.fy, camera.cx, camera.cy, depth, parts, owner)
    things: list[Mesh] = []
    for _ in range(int(rng.integers(1, 6))):
        things += _furniture(rng, people)
    draw_things(things, view, depth, parts, owner)


def _wall(view: Viewpoint, facing: float, away: float) -> Array:
    """A wall that looks to `facing` degrees (0: along z) and passes at `away` metres from the world's origin behind it."""
    normal = np.array([np.sin(np.radians(facing)), 0, np.cos(np.radians(facing))])
    inside = view.rotation @ normal
    return np.array([*inside, away + normal @ view.position])


def _furniture(rng: np.random.Generator, people: Array) -> list[Mesh]:
    """Something on the floor, not where anybody stands."""
    for _ in range(8):
        place = people[rng.integers(len(people))] + rng.uniform((-1.6, 0, -0.9), (1.6, 0, 2.0))
        if np.linalg.norm((people - place)[:, [0, 2]], axis=1).min() > 0.55:
            break
    else:
        return []
    place = np.array([place[0], 0.0, place[2]])
    make = (_crate, _table, _chair, _post)[rng.choice(4, p=[0.35, 0.25, 0.25, 0.15])]
    return make(rng, place, float(rng.uniform(0, 360)))


def _crate(rng: np.random.Generator, place: Array, yaw: float) -> list[Mesh]:
    size = rng.uniform((0.2, 0.2, 0.2), (0.8, 1.1, 0.6))
    return [box(place - (0, size[1] / 2, 0), size, yaw)]


def _table(rng: np.random.Generator, place: Array, yaw: float) -> list[Mesh]:
    wide, tall, deep = rng.uniform((0.6, 0.65, 0.5), (1.4, 0.78, 0.8))
    return [box(place - (0, tall, 0), np.array([wide, 0.04, deep]), yaw), *_legs(place, wide, deep, tall, yaw)]


def _chair(rng: np.random.Generator, place: Array, yaw: float) -> list[Mesh]:
    wide, tall = rng.uniform((0.38, 0.4), (0.5, 0.5))
    back = turn("y", np.array(yaw)) @ np.array([0, -tall - 0.22, wide / 2])
    seat = box(place - (0, tall, 0), np.array([wide, 0.05, wide]), yaw)
    return [seat, box(place + back, np.array([wide, 0.45, 0.04]), yaw), *_legs(place, wide, wide, tall, yaw)]


def _post(rng: np.random.Generator, place: Array, yaw: float) -> list[Mesh]:
    return [rod(place, place - (0, rng.uniform(0.8, 2.2), 0), float(rng.uniform(0.03, 0.12)))]


def _legs(place: Array, wide: float, deep: float, tall: float, yaw: float) -> list[Mesh]:
    corners = np.array([[x * wide, 0, z * deep] for x in (-0.45, 0.45) for z in (-0.45, 0.45)]) @ turn("y", np.array(yaw)).T
    return [rod(place + corner, place + corner - (0, tall, 0), 0.025, 6) for corner in corners]


@numba.njit(cache=True, nogil=True)
def _planes(planes: Array, fx: float, fy: float, cx: float, cy: float, depth: Array, parts: Array, owner: Array) -> None:
    """Fill in the planes a x + b y + c z + d = 0 wherever they are the nearest."""
    for y in range(depth.shape[0]):
        for x in range(depth.shape[1]):
            for k in range(planes.shape[0]):
                slope = planes[k, 0] * (x - cx) / fx + planes[k, 1] * (y - cy) / fy + planes[k, 2]
                z = -planes[k, 3] / slope if slope != 0 else np.inf
                if NEAR <= z <= _FARTHEST and z < depth[y, x]:
                    depth[y, x], parts[y, x], owner[y, x] = z, 0, -1


@numba.njit(cache=True, nogil=True)
def floor_around(
    feet: Array, radius: float, floor: Array, lens: Array, span: Box, number: int, depth: Array, parts: Array, owner: Array
) -> None:
    """Fill in the floor within `radius` metres of any of `feet` (k, 3), as `number`'s, between pixels left, top, right, bottom.

    `floor` is the plane (4,) and `lens` fx, fy, cx, cy. Floor that is drawn already changes its owner.
    """
    for y in range(span[1], span[3]):
        for x in range(span[0], span[2]):
            u, v = (x - lens[2]) / lens[0], (y - lens[3]) / lens[1]
            slope = floor[0] * u + floor[1] * v + floor[2]
            z = -floor[3] / slope if slope != 0 else np.inf
            if not NEAR <= z <= _FARTHEST or z > depth[y, x] + 0.002:
                continue
            for k in range(feet.shape[0]):
                gap = (u * z - feet[k, 0]) ** 2 + (v * z - feet[k, 1]) ** 2 + (z - feet[k, 2]) ** 2
                if gap < radius * radius:
                    depth[y, x], parts[y, x], owner[y, x] = z, 0, number
                    break
