"""Frames of any rate to moments of one rate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_clips import KINDS, UNNAMED, one_by_one, wandering

from kinesics.actions.grid import HOLD, Grid, grid_clip, moment_count
from kinesics.errors import ShapeError
from kinesics.types import Array, PoseSequence


def streamed(clip: PoseSequence, rate: float) -> tuple[Array, Array]:
    grid = Grid(rate)
    parts = [grid.push(*frame) for frame in one_by_one(clip)]
    return np.concatenate([p for p, _ in parts]), np.concatenate([k for _, k in parts])


def equal(a: tuple[Array, Array], b: tuple[Array, Array]) -> bool:
    """The same moments known, and the same places of what is known."""
    (points, known), (others, seen) = a, b
    return np.array_equal(known, seen) and np.allclose(points[known], others[seen], rtol=0, atol=1e-5)


@pytest.mark.parametrize(("body", "dims", "people", "lose"), KINDS)
@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 999), rate=st.floats(8, 35), gaps=st.booleans())
def test_frame_by_frame_gives_what_the_whole_clip_gives(
    body: str, dims: int, people: int, lose: float, seed: int, rate: float, gaps: bool
) -> None:
    clip = wandering(body, dims, people, lose, seed=seed, frames=30, gaps=gaps)
    whole = grid_clip(clip, rate)
    assert equal(whole, streamed(clip, rate))
    assert len(whole[0]) == moment_count(clip.times, rate)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999), share=st.floats(0.1, 0.9))
def test_no_moment_looks_ahead(seed: int, share: float) -> None:
    clip = wandering(lose=0.2, seed=seed, gaps=True)
    early = grid_clip(clip[: max(1, int(share * len(clip)))], 15.0)
    late = grid_clip(clip, 15.0)
    assert equal(early, (late[0][: len(early[0])], late[1][: len(early[0])]))


@pytest.mark.parametrize("fps", [9.0, 24.0, 30.0, 59.94])
def test_steady_motion_is_the_same_at_any_frame_rate(fps: float) -> None:
    times = np.arange(int(3 * fps)) / fps + 100.0
    speed, start = np.array([0.5, -1.0]), np.arange(12.0).reshape(6, 2)
    points = (start + (times - 100.0)[:, None, None] * speed)[:, None]
    moments, known = grid_clip(PoseSequence(points, np.ones(points.shape[:3]), times, UNNAMED), 20.0)
    wanted = start + (np.arange(len(moments)) / 20.0)[:, None, None] * speed
    assert known.all() and abs(len(moments) / 20.0 - 3) < 0.2
    assert np.allclose(moments[:, 0], wanted, atol=1e-5)


def test_a_lost_joint_keeps_its_place_for_a_while_and_then_is_missing() -> None:
    times = np.arange(61) / 20.0
    points = np.repeat(np.arange(12.0).reshape(1, 1, 6, 2), 61, 0) + times[:, None, None, None]
    scores = np.ones((61, 1, 6))
    scores[21:, 0, 3] = 0  # last seen at 1.0 s
    moments, known = grid_clip(PoseSequence(points, scores, times, UNNAMED), 20.0)
    at = np.arange(len(moments)) / 20.0
    assert known[at <= 1.0 + HOLD - 0.01, 0, 3].all() and not known[at > 1.0 + HOLD + 0.01, 0, 3].any()
    held = known[:, 0, 3] & (at >= 1.0)
    assert np.allclose(moments[held, 0, 3], points[20, 0, 3])
    assert known[:, 0, [0, 1, 2, 4, 5]].all()


def test_numbers_at_joints_that_are_not_seen_change_nothing() -> None:
    clip = wandering(lose=0.4, seed=3)
    rng = np.random.default_rng(0)
    one, other = Grid(18.0), Grid(18.0)
    for points, scores, time in one_by_one(clip):
        garbage = np.where((scores == 0)[..., None], rng.normal(0, 1e6, points.shape), points)
        assert equal(one.push(points, scores, time), other.push(garbage, scores, time))


def test_an_hour_without_frames_costs_one_moment() -> None:
    clip = wandering(seed=1, frames=20)
    later = np.where(np.arange(20) >= 10, clip.times + 3600, clip.times)
    grid = Grid(20.0)
    counts = [len(grid.push(*f)[0]) for f in one_by_one(PoseSequence(clip.points, clip.scores, later, clip.skeleton))]
    assert counts[10] == 1 and max(counts) <= 3


def test_late_frames_are_ignored_and_other_bodies_refused() -> None:
    grid = Grid(20.0)
    clip = wandering(seed=1, frames=3)
    (a, b, c) = one_by_one(clip)
    grid.push(*a), grid.push(*c)
    moments, known = grid.push(*b)
    assert moments.shape == (0, 1, 20, 3) and known.shape == (0, 1, 20)
    with pytest.raises(ShapeError, match=r"as before: \(1, 20, 3\), got \(2, 20, 3\)"):
        grid.push(np.zeros((2, 20, 3)), np.ones((2, 20)), 99.0)


def test_no_frames_give_no_moments() -> None:
    moments, known = grid_clip(wandering(frames=5)[:0], 20.0)
    assert moments.shape == (0, 1, 20, 3) and known.shape == (0, 1, 20) and moment_count(np.zeros(0), 20.0) == 0
