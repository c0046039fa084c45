"""Other performances of the same clips."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_clips import KINDS, wandering

from kinesics.actions.augment import Strength, augment
from kinesics.actions.layout import Layout, learn_layout
from kinesics.actions.training_set import TrainingSet, training_set

NONE = Strength(pace=0, crop=0, turn=0, size=0, noise=0, lose=0, mirror=False)


def made(body: str, dims: int, people: int, lose: float, flat: bool = False) -> tuple[TrainingSet, Layout]:
    clips = [wandering(body, dims, people, lose, seed=seed, frames=30 + 5 * seed) for seed in range(6)]
    layout = learn_layout(clips, flat=flat)
    return training_set(clips, layout), layout


@pytest.mark.parametrize(("body", "dims", "people", "lose"), KINDS)
def test_other_performances_have_the_same_form(body: str, dims: int, people: int, lose: float) -> None:
    data, layout = made(body, dims, people, lose)
    kept = data.points.copy(), data.known.copy(), data.lengths.copy()
    points, known, lengths = augment(
        data.points, data.known, data.lengths, layout, Strength(mirror=people == 1), np.random.default_rng(0)
    )
    assert points.shape == data.points.shape and known.shape == data.known.shape
    assert points.dtype == np.float32 and known.dtype == bool and np.isfinite(points[known]).all()
    assert (lengths >= 6).all() and (lengths <= points.shape[1]).all()
    assert not np.allclose(points, data.points)
    for before, after in zip(kept, (data.points, data.known, data.lengths), strict=True):
        assert np.array_equal(before, after)
    again = augment(data.points, data.known, data.lengths, layout, Strength(mirror=people == 1), np.random.default_rng(0))
    assert all(np.array_equal(a, b) for a, b in zip((points, known, lengths), again, strict=True))


def test_without_strength_nothing_changes() -> None:
    data, layout = made("kinect20", 3, 1, 0.2)
    points, known, lengths = augment(data.points, data.known, data.lengths, layout, NONE, np.random.default_rng(0))
    assert np.array_equal(lengths, data.lengths) and np.array_equal(known, data.known)
    assert np.allclose(points[known], data.points[known], atol=1e-5)


def test_clips_in_3d_are_seen_from_aside_in_a_picture() -> None:
    data, layout = made("kinect20", 3, 1, 0.0, flat=True)
    points, _, _ = augment(data.points, data.known, data.lengths, layout, NONE, np.random.default_rng(0))
    assert points.shape[-1] == 2
    narrow = [np.ptp(p[..., 0]) / np.ptp(p[..., 1]) for p in (points, data.points)]
    assert narrow[0] != pytest.approx(narrow[1], rel=0.01)
    still = replace(NONE, view=0)
    straight = augment(data.points, data.known, data.lengths, layout, still, np.random.default_rng(0))[0]
    assert np.allclose(straight[..., 0], data.points[..., 0], atol=1e-4)


def test_a_mirrored_clip_has_left_and_right_swapped() -> None:
    data, layout = made("kinect20", 3, 1, 0.2)
    rng = np.random.default_rng(0)
    points, known, _ = augment(data.points, data.known, data.lengths, layout, replace(NONE, mirror=True), rng)
    order, flip = list(layout.mirror), np.array([-1, 1, 1])
    swapped = 0
    for i in range(len(data)):
        same = np.array_equal(known[i], data.known[i]) and np.allclose(points[i], data.points[i], atol=1e-4)
        other = np.array_equal(known[i], data.known[i][:, :, order])
        other = other and np.allclose(points[i], data.points[i][:, :, order] * flip, atol=1e-4)
        assert same != other
        swapped += other
    assert 0 < swapped < len(data)


def test_two_people_change_places_together_with_what_is_known_of_them() -> None:
    data, layout = made("coco17", 2, 2, 0.3)
    ways = []
    for seed in range(5):
        points, known, _ = augment(data.points, data.known, data.lengths, layout, NONE, np.random.default_rng(seed))
        for i in range(len(data)):
            for order in ([0, 1], [1, 0]):
                seen = data.known[i][:, order]
                if np.array_equal(known[i], seen) and np.allclose(points[i][seen], data.points[i][:, order][seen], atol=1e-4):
                    ways.append(order[0])
    assert len(ways) == 5 * len(data) and set(ways) == {0, 1}


def test_joints_are_lost_and_never_found() -> None:
    data, layout = made("kinect20", 3, 1, 0.1)
    known = augment(data.points, data.known, data.lengths, layout, replace(NONE, lose=1.0), np.random.default_rng(0))[1]
    assert not (known & ~data.known).any()
    lost = (data.known & ~known).any(2)  # (n, t, k)
    assert lost.any((1, 2)).all() and lost.any(1).sum(1).max() <= 5


def test_pace_and_crop_stay_within_what_is_asked_for() -> None:
    data, layout = made("kinect20", 3, 1, 0.0)
    rng = np.random.default_rng(0)
    faster = replace(NONE, pace=0.25)
    ratios = [augment(data.points, data.known, data.lengths, layout, faster, rng)[2] / data.lengths for _ in range(20)]
    assert np.min(ratios) < 0.9 and np.min(ratios) > np.exp(-0.25) - 0.1
    assert np.max(ratios) <= np.exp(0.25) + 0.1
    cropped = [augment(data.points, data.known, data.lengths, layout, replace(NONE, crop=0.1), rng)[2] for _ in range(20)]
    assert (np.array(cropped) >= 0.8 * data.lengths - 1).all() and (np.array(cropped) <= data.lengths).all()


def test_sets_of_clips_keep_what_is_known_and_cut_what_is_long() -> None:
    long, short = wandering("kinect20", 3, frames=400), wandering("kinect20", 3, seed=1, frames=3)
    nobody = wandering("kinect20", 3, lose=1.0)
    layout = learn_layout([long, short])
    data = training_set([long, nobody, short], layout)
    seconds = long.times[-1] - long.times[0]
    assert set(data.clips) == {0, 2} and (data.clips == 0).sum() == np.ceil(seconds / 5.5)
    assert (data.lengths <= 5.5 * layout.rate + 1).all() and (data.lengths >= 8).all()
    sizes = np.linalg.norm(data.points[:, :, 0, 1] - (data.points[:, :, 0, 12] + data.points[:, :, 0, 16]) / 2, axis=-1)
    assert 0.3 < np.median(sizes) < 3
    rows = data.of(np.array([2]))
    assert len(rows) == 1 and rows.points.shape[1] == rows.lengths.max()
