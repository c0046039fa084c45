"""Make `src/kinesics/faces/layout.npz`: where the 468 points of the face mesh lie on a filter's picture.

The net looks at rendered people who look into the camera, and at their mirror images; the mean is made symmetric.
Run: python tests/faces/bake_layout.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial import Delaunay

from kinesics.bodies.kinematics import DOFS
from kinesics.bodies.portraits import make_portrait, render
from kinesics.bodies.standpoints import close_up
from kinesics.faces.layout import EYES, LIPS, SIZE
from kinesics.sights import FaceNet, Turned, face_square
from kinesics.types import Array

MIDDLE, WIDTH = np.array([SIZE / 2, 300.0]), 190.0  # where the face is on the picture, and how wide
LINE = 1e-6


def meshes(people: int = 10) -> tuple[Array, Array]:
    """Meshes (n, 468, 3) of people and of their mirror images, mirrored back; width 1, centred."""
    net, plain, mirrored = FaceNet(), [], []
    for seed in range(people):
        portrait = make_portrait(np.random.default_rng(seed))
        shot = render(portrait, np.zeros(len(DOFS)), camera=close_up(portrait.actor.height))
        cover = shot.picture[..., 3:] / 255
        image = np.rint(shot.picture[..., :3] + (1 - cover) * 128).astype(np.uint8)
        plain.append(_look(net, image))
        mirrored.append(_look(net, np.ascontiguousarray(image[:, ::-1])) * [-1, 1, 1])
    return np.array(plain), np.array(mirrored)


def _look(net: FaceNet, image: Array) -> Array:
    square = Turned(256, 200, 270, 0)
    for _ in range(4):
        sight = net.look(image, square)
        square = face_square(sight.mesh)
    mesh = sight.mesh
    low, high = mesh.min(0), mesh.max(0)
    return (mesh - [*(low + high)[:2] / 2, mesh[:, 2].mean()]) / (high[0] - low[0])


def symmetric(plain: Array, mirrored: Array) -> tuple[Array, Array]:
    """Points (468, 3) and the index of each one's mirror image (468,)."""
    far = np.linalg.norm(plain.mean(0)[:, None] - mirrored.mean(0)[None], axis=-1)
    twin = linear_sum_assignment(far)[1]
    assert (twin[twin] == np.arange(len(twin))).all(), "the mirror is no mirror"
    points = (plain.mean(0) + mirrored.mean(0)[twin]) / 2
    points = (points + points[twin] * [-1, 1, 1]) / 2
    return points, twin


def triangles(points: Array, twin: Array) -> Array:
    """(t, 3), clockwise on the screen, symmetric; the lips are opened first, or they would be sewn together."""
    flat = points[:, :2].copy()
    line = flat[13, 1]
    lower = (flat[:, 1] > line) | np.isin(np.arange(len(flat)), LIPS[10:])
    lower &= ~np.isin(np.arange(len(flat)), LIPS[:11])
    flat[lower, 1] += 0.04 * np.clip(1 - (flat[lower, 0] / flat[308, 0] / 1.3) ** 2, 0, 1)
    half = np.flatnonzero(points[:, 0] > -LINE)
    rows = half[Delaunay(flat[half]).simplices]
    rows = _clockwise(rows, flat)
    a, b, c = (points[rows[:, i], :2] for i in range(3))
    rows = rows[(b - a)[:, 0] * (c - a)[:, 1] > (b - a)[:, 1] * (c - a)[:, 0] + 1e-6]  # slivers along the jaw turned over
    other = twin[rows][:, ::-1]
    return np.concatenate([rows, other])


def _clockwise(rows: Array, flat: Array) -> Array:
    a, b, c = (flat[rows[:, i]] for i in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    rows = np.where((area < 0)[:, None], rows[:, ::-1], rows)
    return rows[np.abs(area) > 1e-6]


def surroundings(points: Array, rows: Array) -> tuple[Array, Array]:
    """Points (r, 3) on the rest of the picture and the triangles (t, 3) that reach it, in pixels of the picture."""
    hull = Delaunay(points[:, :2])
    step = np.arange(-64, SIZE + 65, 64.0)
    grid = np.stack(np.meshgrid(step, step), -1).reshape(-1, 2)
    away = np.linalg.norm(grid[:, None] - points[None, :, :2], axis=-1)
    grid, away = (part[(hull.find_simplex(grid) < 0) & (away.min(1) > 22)] for part in (grid, away))
    near = np.argsort(away, axis=1)[:, :6]
    extra = np.column_stack([grid, points[near, 2].mean(1)])
    both = np.concatenate([points, extra])
    every = _clockwise(Delaunay(both[:, :2]).simplices, both[:, :2])
    return extra, every[(every >= len(points)).any(1)]


if __name__ == "__main__":
    found, mirror = symmetric(*meshes())
    skin = triangles(found, mirror)
    found = found * WIDTH + [*MIDDLE, 0]
    open_ = np.array([any(np.isin(row, ring).all() for ring in (*EYES, LIPS)) for row in skin])
    extra, rim = surroundings(found, skin)
    path = Path(__file__).parents[2] / "src/kinesics/faces/layout.npz"
    np.savez_compressed(
        path,
        points=np.concatenate([found, extra]).astype(np.float32),
        mirror=mirror.astype(np.int16),
        skin=skin[~open_].astype(np.int16),
        openings=skin[open_].astype(np.int16),
        rim=rim.astype(np.int16),
    )
    print(path.stat().st_size, len(skin), open_.sum(), len(extra), len(rim))
