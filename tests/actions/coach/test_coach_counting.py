"""The coach counts what made people do, from any camera, and says why a try does not count."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from kinesics.actions.coach import Session, coach_clip, exercise_from_example, exercises, parse_exercise
from kinesics.testing.exercising import MOVES, Try, exercise_clip
from kinesics.types import PoseSequence, skeleton

REPEATED = ("squat", "deadlift", "lunge", "push-up", "biceps-curl")
SIDEWAYS = {"plank": 0.0, "tree": 90.0, "warrior-ii": 90.0, "triangle": 90.0}  # azimuths from which holds are seen


def _off(session: Session, truth: list[Try]) -> float:
    """The largest error of any time of any repetition, seconds."""
    counted = [rep for rep in session.repetitions if rep.counted]
    pairs = zip(counted, truth, strict=True)
    return max(max(abs(r.start - t.start), abs(r.bottom - t.bottom), abs(r.end - t.end)) for r, t in pairs)


@pytest.mark.parametrize("move", REPEATED)
@pytest.mark.parametrize(
    "how",
    [
        {"azimuth": 0, "tries": 2},
        {"azimuth": 35, "fps": 10, "distance": 3},
        {"azimuth": -40, "mirror": True, "drop": 0.15},
        {"azimuth": 20, "pitch": 15, "fps": 5},
        {"azimuth": 70, "three_d": True, "noise": 0.006, "fps": 15},
        {"azimuth": 20, "fps": 60, "seconds": 1.3, "rest": 0.6, "tries": 2},
    ],
    ids=["side", "near, 10 fps", "mirrored, joints lost", "from above, 5 fps", "3D", "quick, 60 fps"],
)
def test_repetitions_are_counted_at_their_times(move: str, how: dict[str, Any]) -> None:
    clip, truth = exercise_clip(move, **{"tries": 3, "noise": 0.004, **how})
    session = coach_clip(clip, move)
    assert session.count == len(truth) and not any(rep.why_not for rep in session.repetitions)
    assert _off(session, truth) < 0.3


@pytest.mark.parametrize("move", ["squat", "biceps-curl"])
def test_repetitions_from_the_front_are_counted(move: str) -> None:
    clip, truth = exercise_clip(move, 3, azimuth=90, noise=0.004)
    session = coach_clip(clip, move)
    assert session.count == 3
    assert _off(session, truth) < 0.35  # a knee that bends towards the camera shows late


@pytest.mark.parametrize("move", SIDEWAYS)
@pytest.mark.parametrize(
    "how", [{}, {"fps": 10, "three_d": True, "noise": 0.008}, {"drop": 0.15}], ids=["2D", "3D", "joints lost"]
)
def test_a_hold_is_timed(move: str, how: dict[str, Any]) -> None:
    clip, _ = exercise_clip(move, 1, seconds=8, azimuth=SIDEWAYS[move], **{"noise": 0.004, "fps": 15, **how})
    session = coach_clip(clip, move)
    assert 4.5 < session.seconds < 7.5  # two of the eight seconds are the way there and back
    assert session.count == 0 and len([hold for hold in session.holds if hold.counted]) == 1


@pytest.mark.parametrize("move", ["walk", "idle"])
@pytest.mark.parametrize("azimuth", [0, 45, 90])
def test_who_walks_or_stands_exercises_nothing(move: str, azimuth: float) -> None:
    clip, _ = exercise_clip(move, 1, seconds=4, azimuth=azimuth, noise=0.006, distance=7, fps=15)
    for name in exercises():
        session = coach_clip(clip, name)
        assert session.count == 0 and session.seconds == 0, name


@pytest.mark.parametrize("move", REPEATED)
def test_half_a_repetition_does_not_count_and_says_how_much_is_missing(move: str) -> None:
    clip, _ = exercise_clip(move, [1.0, 0.35 if move == "push-up" else 0.5, 1.0], azimuth=10, noise=0.004, fps=15)
    first, half, last = coach_clip(clip, move).repetitions
    assert first.counted and last.counted and not half.counted
    assert "°" in half.why_not and "needed" in half.why_not
    assert any(word in half.why_not for word in ("deep", "low", "bent"))


def test_a_repetition_in_no_time_does_not_count() -> None:
    clip, _ = exercise_clip("squat", 2, seconds=0.5, azimuth=10)
    session = coach_clip(clip, "squat")
    assert session.count == 0
    assert all(rep.why_not.startswith("too fast") for rep in session.repetitions)


def test_what_the_end_cuts_off_is_told_as_not_finished() -> None:
    clip, truth = exercise_clip("squat", 2)
    cut = clip[clip.times < truth[1].bottom + 0.2]
    session = coach_clip(cut, "squat")
    assert session.count == 1
    assert "ends before it is finished" in session.repetitions[-1].why_not
    assert session.advice() == ""  # that is nobody's fault


def test_tries_follow_each_other() -> None:
    clip, _ = exercise_clip("squat", [1, 0.6, 1, 1, 0.6], rest=0.5, noise=0.01)
    tries = coach_clip(clip, "squat").repetitions
    assert all(one.start <= one.bottom <= one.end for one in tries)
    assert all(a.end <= b.start + 1e-6 for a, b in itertools.pairwise(tries))


@pytest.mark.parametrize("factor", [0.001, 0.3, 5.0])
def test_size_in_the_picture_does_not_matter(factor: float) -> None:
    clip, _ = exercise_clip("squat", 2, azimuth=30)
    scaled = PoseSequence(clip.points * factor, clip.scores, clip.times, clip.skeleton)
    assert [r.counted for r in coach_clip(scaled, "squat").repetitions] == [True, True]


def test_who_is_too_small_is_told_so() -> None:
    clip, _ = exercise_clip("squat", 2, azimuth=30)
    session = coach_clip(PoseSequence(clip.points * 0.1, clip.scores, clip.times, clip.skeleton), "squat")
    assert session.count == 0
    assert session.repetitions[0].why_not.startswith("too small to judge")
    assert session.camera.problems[0].startswith("too small") and not session.camera.fine


def test_without_feet_the_coach_asks_to_step_back() -> None:
    clip, _ = exercise_clip("squat", 2)
    scores = clip.scores.copy()
    scores[..., [clip.skeleton.joints.index(f"{side}_ankle") for side in ("left", "right")]] = 0
    session = coach_clip(PoseSequence(clip.points, scores, clip.times, clip.skeleton), "squat")
    assert session.count == 0 and session.camera.problems == ("too close: feet not seen; step back",)
    assert session.advice() == session.camera.problems[0]


def test_the_far_side_need_not_be_seen() -> None:
    clip, _ = exercise_clip("squat", 2, azimuth=10)
    scores = np.where([name.startswith("right") for name in clip.skeleton.joints], 0.0, clip.scores)
    session = coach_clip(PoseSequence(clip.points, scores, clip.times, clip.skeleton), "squat")
    assert session.count == 2 and session.repetitions[0].symmetry is None


def test_who_walks_up_to_the_camera_makes_no_repetition() -> None:
    clip, _ = exercise_clip("squat", 1)
    grown = clip.points * np.linspace(1.0, 1.7, len(clip))[:, None, None, None]
    session = coach_clip(PoseSequence(grown, clip.scores, clip.times, clip.skeleton), "squat")
    assert [rep.why_not for rep in session.repetitions] in (["nearer or farther than before"], ["the feet moved"])


def test_an_exercise_shown_once_is_counted_afterwards() -> None:
    shown, _ = exercise_clip("squat", 1, azimuth=15)
    mine = parse_exercise(exercise_from_example(shown, "my squat"))
    clip, _ = exercise_clip("squat", [1, 1, 0.4], azimuth=-20, noise=0.004)
    assert coach_clip(clip, mine).count == 2
    walking, _ = exercise_clip("walk", 1, distance=7)
    assert coach_clip(walking, mine).count == 0


def test_a_posture_shown_is_held_afterwards() -> None:
    shown, _ = exercise_clip(lambda p, t: MOVES["warrior-ii"](1.0, t), 1, azimuth=90)
    mine = parse_exercise(exercise_from_example(shown, "my warrior"))
    clip, _ = exercise_clip("warrior-ii", 1, seconds=8, azimuth=80)
    assert 4 < coach_clip(clip, mine).seconds < 8


def test_a_clip_without_people_has_nothing_to_tell_but_that() -> None:
    empty = PoseSequence(np.full((5, 1, 17, 2), np.nan), np.zeros((5, 1, 17)), np.arange(5.0), skeleton("coco17"))
    session = coach_clip(empty, "squat")
    assert (session.count, session.person) == (0, -1)
    assert session.camera.problems[0].startswith("nobody seen")
