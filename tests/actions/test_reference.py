"""Bodies in their own frame of reference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_clips import KINDS, wandering

from kinesics.actions.grid import grid_clip
from kinesics.actions.layout import Layout, learn_layout
from kinesics.actions.reference import MEMORY, Reference, facing
from kinesics.types import Array


def moments(
    body: str, dims: int, people: int, lose: float, seed: int = 0, turn: bool = False, frames: int = 40
) -> tuple[Array, Array, Layout]:
    """One clip on the grid, (1, t, p, k, d) and (1, t, p, k), and its layout."""
    clip = wandering(body, dims, people, lose, seed=seed, frames=frames)
    layout = replace(learn_layout([clip]), turn=turn and dims == 3 and body != "unnamed")
    points, known = grid_clip(clip, layout.rate)
    return points[None], known[None], layout


@pytest.mark.parametrize("turn", [False, True])
@pytest.mark.parametrize(("body", "dims", "people", "lose"), KINDS)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 999), cut=st.integers(1, 20))
def test_in_parts_it_places_as_at_once(body: str, dims: int, people: int, lose: float, turn: bool, seed: int, cut: int) -> None:
    points, known, layout = moments(body, dims, people, lose, seed, turn)
    placed, roots = Reference(layout).place(points, known)
    parts = Reference(layout)
    for start in [0, *range(cut, points.shape[1])]:
        stop = cut if start == 0 else start + 1
        new, root = parts.place(points[:, start:stop], known[:, start:stop])
        assert np.array_equal(new, placed[:, start:stop]) and np.array_equal(root, roots[:, start:stop])


@pytest.mark.parametrize(("body", "dims", "people", "lose"), KINDS)
def test_size_is_the_mean_so_far_and_fades_after_ten_seconds(body: str, dims: int, people: int, lose: float) -> None:
    points, known, layout = moments(body, dims, people, lose, frames=400)
    layout = replace(layout, rate=10.4)
    reference = Reference(layout)
    placed, _ = reference.place(points, known)
    count, size = 0.0, 1.0
    for t in range(points.shape[1]):
        alone = Reference(layout)
        alone.place(points[:, t : t + 1], known[:, t : t + 1])
        if alone.count[0]:
            count = min(count + 1, MEMORY * layout.rate)
            size += (alone.size[0] - size) / count
        apart = np.where(known[0, t][..., None], points[0, t] - points[0, t, :1, :1], 0) / size
        away = np.where(known[0, t][..., None] & known[0, t, :1, :1, None], placed[0, t] - placed[0, t, :1, :1], 0)
        assert np.allclose(away, np.where(known[0, t, :1, :1, None], apart, 0), rtol=1e-4, atol=1e-4)
    assert points.shape[1] > MEMORY * layout.rate and np.isclose(reference.size[0], size)


@pytest.mark.parametrize(("body", "dims", "people", "lose"), KINDS)
def test_size_does_not_matter(body: str, dims: int, people: int, lose: float) -> None:
    points, known, layout = moments(body, dims, people, lose)
    told = known[..., list(layout.roots + layout.necks)].all((-1, -2))[0] if layout.necks else known.any((-1, -2))[0]
    start = int(np.argmax(told))  # before, the size is not known
    placed, roots = Reference(layout).place(points[:, start:], known[:, start:])
    larger, others = Reference(layout).place(points[:, start:] * np.float32(250), known[:, start:])
    assert np.allclose(placed, larger, atol=1e-4) and np.allclose(roots, others, atol=1e-4)


@pytest.mark.parametrize("turn", [False, True])
@pytest.mark.parametrize(("body", "dims", "people", "lose"), KINDS)
def test_where_in_the_room_does_not_matter(body: str, dims: int, people: int, lose: float, turn: bool) -> None:
    points, known, layout = moments(body, dims, people, lose, turn=turn)
    placed, roots = Reference(layout).place(points, known)
    moved, others = Reference(layout).place(points + np.float32([3, -1, 5][:dims]), known)
    assert np.allclose(placed, moved, atol=1e-4) and np.allclose(roots, others, atol=1e-4)


@pytest.mark.parametrize("people", [1, 2])
@pytest.mark.parametrize("degrees", [35.0, 180.0, -90.0])
def test_where_people_face_does_not_matter_where_it_is_taken_out(degrees: float, people: int) -> None:
    points, known, layout = moments("kinect20", 3, people, 0.0, 2, turn=True)
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    about = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    turned = (points @ about.T).astype(np.float32)
    for a, b in zip(Reference(layout).place(points, known), Reference(layout).place(turned, known), strict=True):
        assert np.allclose(a, b, atol=1e-3)
    assert not np.allclose(turned, points, atol=0.1)


def test_a_body_that_faces_the_camera_faces_along_x() -> None:
    points, known, layout = moments("kinect20", 3, 1, 0.0)
    left, right = layout.across[0]
    points[..., left, :], points[..., right, :] = [0.2, 0, 3], [-0.2, 0, 3]
    only = replace(layout, across=(layout.across[0],))
    assert np.allclose(facing(points, known, only), [-0.4, 0], atol=1e-6)
    assert not facing(points, np.zeros_like(known), only).any()


@pytest.mark.parametrize("garbage", [1e6, -7.0, np.nan, np.inf])
def test_what_stands_at_unknown_joints_is_not_looked_at(garbage: float) -> None:
    points, known, layout = moments("kinect20", 3, 2, 0.4, turn=True)
    known &= np.random.default_rng(0).random(known.shape) < 0.8
    other = np.where(known[..., None], points, np.float32(garbage))
    (a, roots), (b, others) = Reference(layout).place(points, known), Reference(layout).place(other, known)
    assert np.array_equal(a, b) and np.array_equal(roots, others) and not a[~known].any()


def test_several_clips_are_placed_each_by_itself() -> None:
    clips = [moments("kinect20", 3, 1, 0.2, seed, turn=True, frames=60) for seed in range(3)]
    layout, t = clips[0][2], min(points.shape[1] for points, _, _ in clips)
    points, known = (np.concatenate([c[i][:, :t] for c in clips]) for i in (0, 1))
    placed, roots = Reference(layout).place(points, known)
    for i in range(3):
        alone, root = Reference(layout).place(points[i : i + 1], known[i : i + 1])
        assert np.array_equal(alone[0], placed[i]) and np.array_equal(root[0], roots[i])
