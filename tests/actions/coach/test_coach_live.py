"""The coach as a live action model: its labels, its people, its memory."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from kinesics.actions.coach import Coach, coach_clip
from kinesics.errors import UsageError
from kinesics.testing import check_live_actions
from kinesics.testing.exercising import exercise_clip
from kinesics.types import People, PoseSequence, skeleton


def _people(clip: PoseSequence, moment: int, identity: int = 0) -> People:
    points = clip.points[moment]
    boxes = np.concatenate([points[..., :2].min(1), points[..., :2].max(1)], axis=1)
    return People(boxes, np.ones(1), points, clip.scores[moment], clip.skeleton, np.array([identity]))


def _beside(a: People, b: People) -> People:
    rows = (np.concatenate([getattr(a, name), getattr(b, name)]) for name in ("boxes", "score", "points", "point_scores"))
    return People(*rows, a.skeleton, np.concatenate([a.ids, b.ids]))


def test_the_laws_of_live_actions_hold() -> None:
    check_live_actions(lambda: Coach("squat"))


def test_labels_tell_the_repetition_and_why_it_failed() -> None:
    clip, truth = exercise_clip("squat", [1.0, 0.5], azimuth=15)
    coach, told = Coach("squat"), []
    for t, time in enumerate(clip.times.tolist()):
        told += [(time, action) for action in coach.update(_people(clip, t), time)]
    labels = list(dict.fromkeys(action.label for _, action in told))
    assert labels == ["squat ready", "squat 1", "squat 1 done", "squat 2", "squat: not deep enough"]
    down = next(action for time, action in told if time > truth[0].bottom)
    assert down.why["phase"] == "moving" and down.why["knee"] < 100
    assert "size" not in down.why


def test_advice_comes_while_the_fault_lasts() -> None:
    clip, truth = exercise_clip(lambda p, t: _leaning(p), 1, azimuth=10)
    coach = Coach("squat")
    advice = {}
    for t, time in enumerate(clip.times.tolist()):
        for action in coach.update(_people(clip, t), time):
            advice[time] = action.why.get("advice", "")
    at = min(advice, key=lambda time: abs(time - truth[0].bottom))
    assert str(advice[at]).startswith("Keep the chest up")
    assert not advice[max(advice)]


def _leaning(p: float) -> dict[str, object]:
    from faulty_moves import _squat_leaning

    return _squat_leaning(p, 0.0)  # type: ignore[return-value]


def test_live_equals_the_whole_clip() -> None:
    clip, _ = exercise_clip("squat", 2, azimuth=25, noise=0.005, fps=15)
    coach = Coach("squat")
    for t, time in enumerate(clip.times.tolist()):
        coach.update(_people(clip, t), time)
    assert coach.finish() == coach_clip(clip, "squat")


def test_the_session_is_about_who_exercises_not_who_is_larger() -> None:
    clip, _ = exercise_clip("squat", 2, azimuth=20, fps=15)
    still, _ = exercise_clip("idle", 2, azimuth=20, fps=15)
    large = PoseSequence(still.points * 1.3 + 500, still.scores, still.times, still.skeleton)
    coach = Coach("squat")
    for t, time in enumerate(clip.times.tolist()):
        coach.update(_beside(_people(large, t, 4), _people(clip, t, 7)), time)
    assert coach.finish().person == 7 and coach.session.count == 2
    assert coach.sessions[4].count == 0


def test_a_new_id_at_the_same_place_goes_on() -> None:
    clip, truth = exercise_clip("squat", 2, azimuth=20, fps=15)
    coach = Coach("squat")
    for t, time in enumerate(clip.times.tolist()):
        coach.update(_people(clip, t, 1 if time < truth[0].bottom else 9), time)
    assert coach.finish().count == 2


def test_only_the_chosen_person_is_looked_at() -> None:
    clip, _ = exercise_clip("squat", 1, fps=15)
    coach = Coach("squat", person=3)
    for t, time in enumerate(clip.times.tolist()):
        assert coach.update(_people(clip, t, 2), time) == []
    assert coach.finish().person == 3 and coach.session.count == 0


def test_a_skeleton_without_the_joints_is_told() -> None:
    people = People(np.ones((1, 4)), np.ones(1), np.ones((1, 21, 2)), np.ones((1, 21)), skeleton("hand21"), np.zeros(1, int))
    with pytest.raises(UsageError, match=r"squat needs the joints left_shoulder or right_shoulder, .*hand21 has none"):
        Coach("squat").update(people, 0.0)


def test_memory_does_not_grow_with_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kinesics.actions.coach.follower.CURVE", 200)  # points of the curve that are kept
    clip, _ = exercise_clip("squat", 1, fps=10)
    frames = [_people(clip, t) for t in range(len(clip))]
    coach = Coach("squat")
    for i in range(300):
        coach.update(frames[i % len(frames)], i / 10)
    tracemalloc.start()
    for i in range(300, 900):
        coach.update(frames[i % len(frames)], i / 10)
    grown, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(coach.session.curve) <= 200 and coach.session.count > 18
    assert grown < 100_000  # repetitions are kept


def test_passers_by_are_forgotten() -> None:
    clip, _ = exercise_clip("idle", 1, fps=5)
    coach = Coach("squat")
    for i in range(60):
        moved = PoseSequence(clip.points[:1] + 3000 * i, clip.scores[:1], clip.times[:1], clip.skeleton)
        coach.update(_people(moved, 0, i), 3.0 * i)
    assert len(coach.sessions) <= 2


def test_times_that_do_not_rise_change_nothing() -> None:
    clip, _ = exercise_clip("squat", 1, fps=15)
    plain, stuttering = Coach("squat"), Coach("squat")
    for t, time in enumerate(clip.times.tolist()):
        plain.update(_people(clip, t), time)
        stuttering.update(_people(clip, t), time)
        stuttering.update(_people(clip, max(t - 3, 0)), time)
        stuttering.update(_people(clip, max(t - 3, 0)), time - 0.1)
    assert plain.finish().repetitions == stuttering.finish().repetitions
