from __future__ import annotations

import numpy as np
import pytest

from kinesics.bodies.zbuffer import draw_mesh
from kinesics.errors import ShapeError
from kinesics.types import Array, Camera

CAMERA = Camera(80, 60, 70.0, 70.0, 39.5, 29.5)


def canvas(camera: Camera) -> tuple[Array, Array]:
    shape = (camera.height, camera.width)
    return np.full(shape, np.inf, np.float32), np.zeros(shape, np.uint8)


def drawn(vertices: Array, faces: Array, camera: Camera = CAMERA, labels: Array | None = None) -> tuple[Array, Array]:
    depth, parts = canvas(camera)
    labels = np.ones(len(faces), np.uint8) if labels is None else labels.astype(np.uint8)
    draw_mesh(vertices.astype(np.float32), faces.astype(np.int32), labels, camera, depth, parts)
    return depth, parts


def ball(middle: tuple[float, float, float], radius: float, rings: int = 60) -> tuple[Array, Array]:
    """A sphere of 4 * rings^2 triangles, seen from outside anticlockwise."""
    polar, round_ = np.linspace(0, np.pi, rings + 1), np.arange(2 * rings) * np.pi / rings
    sine = np.sin(polar)[:, None]
    up = np.broadcast_to(np.cos(polar)[:, None], (rings + 1, 2 * rings))
    vertices = np.stack([sine * np.cos(round_), up, sine * np.sin(round_)], axis=-1)
    grid = np.arange(vertices.shape[0] * vertices.shape[1]).reshape(rings + 1, -1)
    a, b = grid[:-1], np.roll(grid, -1, axis=1)[:-1]
    c, d = grid[1:], np.roll(grid, -1, axis=1)[1:]
    faces = np.concatenate([np.stack([a, b, c], -1), np.stack([b, d, c], -1)]).reshape(-1, 3)
    return vertices.reshape(-1, 3) * radius + middle, faces


def rays(camera: Camera) -> Array:
    rows, columns = np.mgrid[: camera.height, : camera.width]
    return np.stack([(columns - camera.cx) / camera.fx, (rows - camera.cy) / camera.fy, np.ones(rows.shape)], axis=-1)


def test_depth_of_a_ball_is_where_the_rays_meet_it() -> None:
    middle, radius = np.array([0.1, -0.05, 2.0]), 0.6
    depth, _ = drawn(*ball((0.1, -0.05, 2.0), radius))
    way = rays(CAMERA)
    a, b = (way**2).sum(-1), way @ middle
    inside = b**2 - a * (middle @ middle - radius**2)
    expected = (b - np.sqrt(np.maximum(inside, 0))) / a
    core = inside > 0.1 * radius**2  # not at the rim, where the triangles' own chords matter
    assert np.isfinite(depth)[core].all() and not np.isfinite(depth)[inside < -0.01].any()
    np.testing.assert_allclose(depth[core], expected[core], atol=0.003)


@pytest.mark.parametrize("flip", [False, True])
def test_a_square_of_two_triangles_has_no_hole_and_no_double_pixel(flip: bool) -> None:
    rng = np.random.default_rng(3)
    faces = np.array([[0, 1, 2], [1, 3, 2]])[:, :: -1 if flip else 1]
    for _ in range(200):
        shift, turn, size = rng.uniform(-0.02, 0.02, 2), rng.choice([0, 0, rng.uniform(0, 6.3)]), rng.uniform(0.1, 0.5)
        corners = np.array([[-1, -1], [1, -1], [-1, 1], [1, 1]]) * size
        matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        flat = np.round((corners @ matrix + shift) * 70 * 256) / 70 / 256  # on the grid of the rasterizer
        square = np.column_stack([flat, np.ones(4)])
        seen = [np.isfinite(drawn(square, faces[[i]])[0]) for i in (0, 1)]
        assert not (seen[0] & seen[1]).any()
        both = seen[0] | seen[1]
        inner = ((rays(CAMERA)[..., :2] - shift) @ matrix.T / size).__abs__().max(-1) < 1 - 0.05 / size / 70
        assert both[inner].all()


def test_a_fan_covers_each_pixel_exactly_once() -> None:
    """Triangles round a point on a pixel's centre, all edges through pixel centres."""
    rim = np.array([[8, 0], [8, 8], [0, 8], [-8, 8], [-8, 0], [-8, -8], [0, -8], [8, -8]]) + [40, 30]
    flat = np.concatenate([[[40, 30]], rim]) - [CAMERA.cx, CAMERA.cy]
    fan = np.column_stack([flat / 70, np.ones(9)])
    faces = np.array([[0, i, i % 8 + 1] for i in range(1, 9)])
    count = sum(np.isfinite(drawn(fan, faces[[i]])[0]).astype(int) for i in range(8))
    assert count.max() == 1 and count.sum() == 256


def test_the_nearer_one_wins_whatever_comes_first() -> None:
    near, far = ball((0, 0, 1.5), 0.2), ball((0.1, 0, 2.5), 0.5)
    camera = CAMERA
    pictures = []
    for order in ((near, far), (far, near)):
        depth, parts = canvas(camera)
        owner = np.full(parts.shape, -1, np.int8)
        for mesh in order:
            who = 1 if mesh is near else 2
            labels = np.full(len(mesh[1]), who + 4, np.uint8)
            draw_mesh(mesh[0].astype(np.float32), mesh[1].astype(np.int32), labels, camera, depth, parts, owner=(owner, who))
        pictures.append((depth, parts, owner))
    for one, other in zip(*pictures, strict=True):
        np.testing.assert_array_equal(one, other)
    depth, parts, owner = pictures[0]
    assert parts[30, 40] == 5 and owner[30, 40] == 1 and set(np.unique(parts)) == {0, 5, 6}
    np.testing.assert_array_equal(owner == -1, np.isinf(depth))
    np.testing.assert_array_equal(np.where(owner > 0, owner + 4, 0), parts)


def test_a_mirrored_mesh_gives_the_mirrored_picture() -> None:
    rng = np.random.default_rng(0)
    vertices, faces = ball((0.23, 0.1, 2.0), 0.5, 12)
    vertices = vertices + rng.normal(0, 0.02, vertices.shape)
    labels = rng.integers(1, 32, len(faces))
    depth, parts = drawn(vertices, faces, labels=labels)
    other_depth, other_parts = drawn(vertices * [-1, 1, 1], faces[:, ::-1], labels=labels)
    assert (parts != other_parts[:, ::-1]).mean() < 0.002
    same = np.isfinite(depth) & np.isfinite(other_depth[:, ::-1]) & (parts == other_parts[:, ::-1])
    np.testing.assert_allclose(depth[same], other_depth[:, ::-1][same], atol=2e-3)


def test_the_picture_grows_with_the_camera_and_depth_stays() -> None:
    mesh = ball((0, 0, 2.0), 0.5)
    depth, _ = drawn(*mesh)
    large, _ = drawn(*mesh, CAMERA.resized(240, 180))
    assert np.isfinite(large).sum() == pytest.approx(9 * np.isfinite(depth).sum(), rel=0.03)
    core = np.isfinite(depth) & (depth < 1.8)
    np.testing.assert_allclose(large[1::3, 1::3][core], depth[core], atol=1e-3)  # the same rays


def test_faces_that_look_away_can_be_left_out() -> None:
    vertices, faces = ball((0, 0, 2.0), 0.5)
    both, _ = drawn(vertices, faces)
    depth, parts = canvas(CAMERA)
    labels = np.ones(len(faces), np.uint8)
    draw_mesh(vertices.astype(np.float32), faces.astype(np.int32), labels, CAMERA, depth, parts, closed=len(vertices))
    np.testing.assert_array_equal(depth, both)
    depth, parts = canvas(CAMERA)
    inside_out = np.ascontiguousarray(faces[:, ::-1]).astype(np.int32)
    draw_mesh(vertices.astype(np.float32), inside_out, labels, CAMERA, depth, parts, closed=len(vertices))
    core = both < 1.7
    assert (depth[core] > 1.95).all()  # only the far wall is left


@pytest.mark.parametrize("size", [(1, 1), (640, 480), (3, 200)])
def test_any_size_of_picture_works(size: tuple[int, int]) -> None:
    camera = Camera(*size, 100.0, 100.0, (size[0] - 1) / 2, (size[1] - 1) / 2)
    depth, parts = drawn(*ball((0, 0, 2.0), 0.5), camera)
    assert depth[size[1] // 2, size[0] // 2] == pytest.approx(1.5, abs=0.01)
    assert (np.isfinite(depth) == (parts == 1)).all()


def test_what_lies_outside_or_behind_or_is_no_number_is_not_drawn() -> None:
    vertices, faces = ball((0, 0, 0), 0.5)
    box = None
    for shift in ((9, 0, 2), (0, -9, 2), (0, 0, -2), (1e6, 0, 1), (np.nan, 0, 2), (0, 0, np.inf)):
        depth, parts = canvas(CAMERA)
        moved = (vertices + np.array(shift)).astype(np.float32)
        box = draw_mesh(moved, faces.astype(np.int32), np.ones(len(faces), np.uint8), CAMERA, depth, parts)
        assert np.isinf(depth).all() and not parts.any()
        assert box[2] <= box[0] or box[3] <= box[1]


def test_the_box_holds_all_that_was_changed() -> None:
    rng = np.random.default_rng(1)
    vertices, faces = ball((0, 0, 0), 0.4, 10)
    for _ in range(30):
        depth, parts = canvas(CAMERA)
        moved = (vertices + rng.uniform((-1.5, -1.5, 0.2), (1.5, 1.5, 3))).astype(np.float32)
        box = draw_mesh(moved, faces.astype(np.int32), np.ones(len(faces), np.uint8), CAMERA, depth, parts)
        outside = np.ones(depth.shape, bool)
        outside[box[1] : box[3], box[0] : box[2]] = False
        assert np.isinf(depth[outside]).all()


def test_wrong_arrays_are_refused_in_words() -> None:
    vertices, faces = ball((0, 0, 2), 0.5, 4)
    depth, parts = canvas(CAMERA)
    labels = np.ones(len(faces), np.uint8)
    with pytest.raises(ShapeError, match=r"vertices as \(n, 3\) float32"):
        draw_mesh(vertices, faces.astype(np.int32), labels, CAMERA, depth, parts)
    with pytest.raises(ShapeError, match="face_parts as"):
        draw_mesh(vertices.astype(np.float32), faces.astype(np.int32), labels[:3], CAMERA, depth, parts)
    with pytest.raises(ShapeError, match=r"depth as \(60, 80\) float32"):
        draw_mesh(vertices.astype(np.float32), faces.astype(np.int32), labels, CAMERA, depth[:5], parts)
