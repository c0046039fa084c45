"""A fitted person moved as it happens: proportions, place, and no jumps."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from kinesics.pipeline.driving import driven
from kinesics.pipeline.live_driving import LiveDriver, resting
from kinesics.pose import limb_lengths
from kinesics.testing.exercising import exercise_clip
from kinesics.types import Array, PoseSequence, skeleton
from kinesics.viewer import Person, load_person

WHOLE = skeleton("wholebody133")
BODY = list(range(5, 13))


@pytest.fixture(scope="module")
def person() -> Person:
    return load_person("default-full")


def moved(driver: LiveDriver, clip: PoseSequence, start: float = 0.0) -> tuple[Array, Array]:
    """(t, 133, 2) and (t, 133) of a clip fed moment by moment."""
    rows = zip(clip.points[:, 0], clip.scores[:, 0], clip.times.tolist(), strict=True)
    made = [driver.update(points, scores, clip.skeleton, start + time) for points, scores, time in rows]
    assert all(one is not None for one in made)
    return np.stack([one[0] for one in made if one]), np.stack([one[1] for one in made if one])


def test_who_moves_like_the_person_elsewhere_and_smaller_gives_its_own_poses(person: Person) -> None:
    driver = LiveDriver(person)
    order = np.random.default_rng(1).permutation(len(person))
    far = []
    for i, key in enumerate(order):
        made = driver.update(person.points[key] * 0.7 + (300, 40), person.scores[key], WHOLE, i / 10)
        if made is not None:
            seen = (person.scores[key] > 0.2) & (made[1] > 0.2)
            far.append(float(np.median(np.linalg.norm(made[0] - person.points[key], axis=1)[seen])))
    assert np.median(far[20:]) < 6  # of 512 pixels


@pytest.mark.parametrize("azimuth", [30.0, 90.0])
def test_live_differs_little_from_what_is_known_afterwards(person: Person, azimuth: float) -> None:
    clip, _ = exercise_clip("squat", 2, fps=15, azimuth=azimuth)
    live, _ = moved(LiveDriver(person), clip)
    after, _ = driven(clip, person, said=lambda line: None)
    apart = np.linalg.norm(live - after.points[:, 0, :, :2], axis=-1)[15:, BODY]
    assert np.median(apart) < 8
    assert np.ptp(live[:, 5, 1]) > 0.8 * np.ptp(after.points[:, 0, 5, 1])  # a squat goes down, and the window stays


def test_proportions_become_those_of_the_person(person: Person) -> None:
    clip, _ = exercise_clip("squat", 2, fps=15, azimuth=60)
    longer = clip.points.copy()
    longer[..., [13, 14, 15, 16], 1] += 80  # a made body with long legs
    points, scores = moved(LiveDriver(person), PoseSequence(longer, clip.scores, clip.times, clip.skeleton))
    made = limb_lengths(PoseSequence(points[20:, None], scores[20:, None], clip.times[20:], WHOLE))
    held = limb_lengths(
        PoseSequence(person.points[:, None], person.scores[:, None], np.arange(len(person), dtype=float), WHOLE)
    )
    for name in ("thigh", "shin", "upper_arm", "forearm"):
        assert made[name] == pytest.approx(held[name], rel=0.12), name


def test_the_past_alone_decides(person: Person) -> None:
    clip, _ = exercise_clip("squat", 1, fps=15, azimuth=60)
    whole, _ = moved(LiveDriver(person), clip)
    part, _ = moved(LiveDriver(person), clip[: len(clip) // 2])
    np.testing.assert_array_equal(part, whole[: len(part)])


def test_somebody_else_and_nobody_come_without_a_jump(person: Person) -> None:
    clip, _ = exercise_clip("squat", 1, fps=15, azimuth=60)
    driver = LiveDriver(person)
    first, _ = moved(driver, clip)
    driver.reset()
    other = PoseSequence(clip.points * 0.5 + (700, 100), clip.scores, clip.times, clip.skeleton)
    second, _ = moved(driver, other[20:], start=10.0)
    end = float(10.0 + clip.times[-1])
    gone = np.stack([driver.still(end + i / 15)[0] for i in range(1, 60)])
    path = np.concatenate([first, second, gone])[:, BODY]
    steps = np.linalg.norm(np.diff(path, axis=0), axis=-1)
    assert np.nanmax(steps) < 60
    shown = resting(person)[1] > 0.2
    assert np.abs(gone[-1] - resting(person)[0])[shown].max() < 1


def test_legs_that_are_not_seen_are_lent_and_legs_that_are_not_there_left_out(person: Person) -> None:
    clip, _ = exercise_clip("biceps-curl", 1, fps=15, azimuth=80)
    scores = clip.scores.copy()
    scores[..., 11:] = 0
    half = PoseSequence(clip.points, scores, clip.times, clip.skeleton)
    points, lent = moved(LiveDriver(person), half)
    assert (lent[:, [13, 14, 15, 16]] > 0).all()
    assert (points[:, 15, 1] > points[:, 13, 1]).all()
    assert (points[:, 13, 1] > points[:, 5, 1]).all()
    cut = load_person("default")
    _, none = moved(LiveDriver(cut), clip)
    assert not none[:, [15, 16]].any()


def test_nothing_without_shoulders(person: Person) -> None:
    clip, _ = exercise_clip("idle", 1, fps=5)
    scores = clip.scores.copy()
    scores[..., 5] = 0
    assert LiveDriver(person).update(clip.points[0, 0], scores[0, 0], clip.skeleton, 0.0) is None


def test_a_back_is_drawn_from_the_front_for_who_was_never_filmed_from_behind(person: Person) -> None:
    clip, _ = exercise_clip("idle", 1, fps=15, azimuth=90)
    width = clip.points[0, 0, 5, 0] - clip.points[0, 0, 6, 0]
    if width < 0:
        clip = dataclasses.replace(clip, points=clip.points[:, :, clip.skeleton.mirror_order])
    front = np.median(person.points[:, 5, 0] - person.points[:, 6, 0])
    assert front > 0
    driver = LiveDriver(person)
    moved(driver, clip)
    away = clip.points.copy()[:, :, clip.skeleton.mirror_order]
    points, _ = moved(driver, dataclasses.replace(clip, points=away), start=20.0)
    assert np.median(points[10:, 5, 0] - points[10:, 6, 0]) > 0
