from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.errors import UsageError
from kinesics.metrics.temporal import jitter, lag
from kinesics.pose import Smoother, smooth_clip, steady_clip
from kinesics.types import Array, People, PoseSequence, skeleton

COCO = skeleton("coco17")


def walk(t: int = 120, fps: float = 30.0, noise: float = 2.0, size: float = 300.0) -> tuple[Array, Array, Array]:
    """A person who walks and swings: times (t,), true (t, 17, 2) and measured joints."""
    rng = np.random.default_rng(9)
    times = np.arange(t) / fps
    rest = rng.uniform(0, size, (17, 2))
    swing = 0.1 * size * np.sin(2 * np.pi * 0.7 * times[:, None] + np.arange(17))
    true = rest + np.stack([swing + 0.3 * size * times[:, None], swing / 3], axis=-1)
    return times, true, true + rng.normal(0, noise, true.shape)


def person(points: Array, identity: int = 1, score: Array | float = 0.9, size: float = 300.0) -> People:
    scores = np.broadcast_to(score, 17).copy()
    low = np.nanmin(points, axis=0)
    return People([[*low, *(low + size)]], [0.9], points[None], scores[None], COCO, [identity])


def filtered(times: Array, measured: Array, smoother: Smoother | None = None) -> Array:
    smoother = smoother or Smoother()
    return np.array([smoother.update(person(z), t).points[0] for t, z in zip(times, measured, strict=True)])


def test_smoothing_calms_and_does_not_lag() -> None:
    times, true, measured = walk()
    result = filtered(times, measured)
    assert jitter(result) < jitter(measured) / 2.5
    assert abs(lag(true, result)) < 0.5
    assert np.abs(result - true).mean() < 0.85 * np.abs(measured - true).mean()


def test_steady_movement_is_followed_without_delay() -> None:
    times = np.arange(60) / 30
    true = np.random.default_rng(1).uniform(0, 300, (17, 2)) + np.stack([200 * times, -50 * times], axis=-1)[:, None]
    assert np.abs(filtered(times, true) - true)[30:].max() < 1.0


def test_size_of_the_person_does_not_matter() -> None:
    times, _, measured = walk()
    small = Smoother()
    tenth = [small.update(person(z / 10, size=30.0), t).points[0] for t, z in zip(times, measured, strict=True)]
    assert np.array(tenth) * 10 == pytest.approx(filtered(times, measured), rel=1e-4, abs=0.02)


def test_dropped_frames_and_half_the_rate_are_survived() -> None:
    times, true, measured = walk()
    keep = np.random.default_rng(3).random(len(times)) > 0.4
    result = filtered(times[keep], measured[keep])
    assert np.abs(result - true[keep])[5:].mean() < 1.05 * np.abs(measured - true).mean()


def test_a_doubtful_joint_moves_less() -> None:
    times, true, _ = walk(noise=0)
    moved = []
    for score in (0.9, 0.05):
        smoother = Smoother()
        for t, z in zip(times[:30], true[:30], strict=True):
            smoother.update(person(z), t)
        off = true[30] + 20
        moved.append(np.abs(smoother.update(person(off, score=score), times[30]).points[0] - true[30]).mean())
    assert moved[1] < 0.4 * moved[0]


def test_missing_joints_stay_missing_and_come_back_where_they_are() -> None:
    times, true, _ = walk(noise=0)
    smoother = Smoother()
    for t, z in zip(times[:30], true[:30], strict=True):
        smoother.update(person(z), t)
    scores = np.full(17, 0.9)
    scores[4] = 0
    gone = smoother.update(person(true[30], score=scores), times[30])
    assert np.isnan(gone.points[0, 4]).all() and np.isfinite(gone.points[0, 5]).all()
    back = smoother.update(person(true[90]), times[90])
    assert back.points[0] == pytest.approx(true[90], abs=1)  # two seconds later: a new start


def test_people_do_not_mix_and_rows_without_id_pass() -> None:
    times, _, measured = walk(40)
    alone = filtered(times, measured)
    smoother = Smoother()
    for i, (t, z) in enumerate(zip(times, measured, strict=True)):
        one, two, none = person(z), person(z + 500, 2), person(z, -1)
        both = People(
            *(np.concatenate([getattr(p, f) for p in (two, none, one)]) for f in ("boxes", "score", "points", "point_scores")),
            COCO,
            [2, -1, 1],
        )
        result = smoother.update(both, t)
        assert result.ids.tolist() == [2, -1, 1] and result.points[2] == pytest.approx(alone[i])
        assert np.array_equal(result.points[1], both.points[1]) and np.array_equal(result.boxes, both.boxes)


def test_reset_equals_new_and_a_standing_clock_is_fine() -> None:
    times, _, measured = walk(20)
    smoother = Smoother()
    first = filtered(times, measured, smoother)
    assert np.isfinite(smoother.update(person(measured[0]), times[-1]).points).all()
    smoother.reset()
    assert np.array_equal(filtered(times, measured, smoother), first)
    with pytest.raises(UsageError, match="cutoff > 0"):
        Smoother(cutoff=0)


def test_a_recorded_clip_is_smoothed_without_any_lag() -> None:
    times, true, measured = walk()
    clip = PoseSequence(measured[:, None], np.ones((len(times), 1, 17)), times, COCO)
    result = smooth_clip(clip).points[:, 0]
    assert jitter(result) < jitter(measured) / 2.5 and abs(lag(true, result)) < 0.1


def fidget(t: int = 100, fps: float = 30.0) -> tuple[Array, Array]:
    """Times and a whole body at rest but for hands and a face that move as those of a signer: (t, 133, 2)."""
    times = np.arange(t) / fps
    rng = np.random.default_rng(2)
    points = np.repeat(
        np.concatenate([rng.uniform(0, 400, (23, 2)), rng.uniform(150, 250, (68, 2)), rng.uniform(0, 50, (42, 2))])[None], t, 0
    )
    points[:, 91:112] += [300, 200]
    points[:, 95] += 20 * np.sin(2 * np.pi * 4 * times)[:, None]  # a thumb, four times a second
    points[:, 23 + 62, 1] += 6 * np.sin(2 * np.pi * 4 * times)  # a lip
    return times, points


def kept(times: Array, was: Array, now: Array) -> float:
    """How much of a swing of 4 Hz is left."""
    wave = np.exp(2j * np.pi * 4 * times)
    return float(abs((now - now.mean()) @ wave) / abs((was - was.mean()) @ wave))


def test_fingers_and_lips_are_followed_where_a_body_would_be_calmed() -> None:
    times, points = fidget()
    clip = PoseSequence(points[:, None], np.full((len(times), 1, 133), 0.9), times, skeleton("wholebody133"))
    for result in (smooth_clip(clip).points[:, 0], smooth_clip(clip, causal=True).points[:, 0]):
        assert kept(times, points[:, 95, 0], result[:, 95, 0]) > 0.9 and kept(times, points[:, 85, 1], result[:, 85, 1]) > 0.75
    noise = np.random.default_rng(1).normal(0, 1, points.shape)
    noisy = PoseSequence((points + noise)[:, None], clip.scores, times, clip.skeleton)
    still = [i for i in range(133) if i not in (95, 85)]
    assert jitter(smooth_clip(noisy).points[:, 0, still]) < jitter((points + noise)[:, still]) / 2


@given(st.integers(0, 999), st.floats(0, 0.9), st.booleans())
@settings(max_examples=10, deadline=None)
def test_smoothing_moves_with_the_picture_and_keeps_what_is_missing(seed: int, lost: float, causal: bool) -> None:
    rng = np.random.default_rng(seed)
    points, scores = rng.uniform(0, 400, (12, 2, 133, 2)), rng.uniform(0.1, 1, (12, 2, 133))
    scores[rng.random(scores.shape) < lost] = 0
    clip = PoseSequence(points, scores, np.cumsum(rng.uniform(0.01, 0.5, 12)), skeleton("wholebody133"))
    result = smooth_clip(clip, causal=causal)
    assert np.array_equal(np.isnan(result.points), np.isnan(clip.points)) and np.array_equal(result.scores, clip.scores)
    moved = PoseSequence(clip.points + [300, -40], scores, clip.times, clip.skeleton)
    assert np.allclose(smooth_clip(moved, causal=causal).points, result.points + [300, -40], atol=0.02, equal_nan=True)
    assert smooth_clip(clip.person(1), causal=causal) == result.person(1)


def test_a_steadied_clip_trembles_less_and_goes_where_it_went() -> None:
    times = np.arange(60) / 30
    rng = np.random.default_rng(3)
    path = np.stack([100 + 80 * times, 50 + 20 * np.sin(times)], -1)
    points = np.repeat(path[:, None, None], 17, 2) + rng.normal(0, 1.5, (60, 1, 17, 2))
    scores = np.ones((60, 1, 17))
    scores[20:25, 0, 4] = 0
    clip = PoseSequence(points, scores, times, skeleton("coco17"))
    calm = steady_clip(clip)
    inner = slice(5, -5)
    off = np.nanmean(np.abs(calm.points[inner, 0] - path[inner, None]))
    assert off < 0.6 * np.nanmean(np.abs(clip.points[inner, 0] - path[inner, None]))
    assert (calm.scores == clip.scores).all() and np.isnan(calm.points[20:25, 0, 4]).all()
    assert np.isfinite(calm.points[scores > 0]).all()
