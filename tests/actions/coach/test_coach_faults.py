"""Each fault of each exercise is found on made people who make it, in a picture and in metres."""

from __future__ import annotations

import pytest
from faulty_moves import FAULTY

from kinesics.actions.coach import coach_clip, exercise
from kinesics.testing.exercising import MOVES, Move, exercise_clip


@pytest.mark.parametrize(("name", "fault", "move", "azimuth", "counts"), FAULTY, ids=[f"{row[0]}: {row[1]}" for row in FAULTY])
@pytest.mark.parametrize("three_d", [False, True], ids=["2D", "3D"])
def test_a_fault_is_found(name: str, fault: str, move: Move, azimuth: float, counts: bool, three_d: bool) -> None:
    hold = exercise(name).kind == "hold"
    how = {"tries": 1, "seconds": 7.0} if hold else {"tries": 2}
    clip, _ = exercise_clip(move, **how, azimuth=azimuth, noise=0.004, three_d=three_d, fps=15)  # type: ignore[arg-type]
    session = coach_clip(clip, name)
    assert session.tries
    assert all(fault in [found.name for found in one.faults] for one in session.tries)
    assert all(one.counted == counts for one in session.tries)
    if not counts:
        assert any(one.why_not.startswith(fault) for one in session.tries)
    assert session.advice()


@pytest.mark.parametrize("name", ["squat", "deadlift", "lunge", "push-up", "biceps-curl"])
@pytest.mark.parametrize("three_d", [False, True], ids=["2D", "3D"])
def test_a_clean_repetition_has_no_fault(name: str, three_d: bool) -> None:
    clip, _ = exercise_clip(name, 2, azimuth=15, noise=0.003, three_d=three_d, fps=15)
    session = coach_clip(clip, name)
    assert session.count == 2
    assert session.faults == () and session.advice() == ""


def test_the_worst_fault_comes_first() -> None:
    leaning = next(row[2] for row in FAULTY if row[:2] == ("squat", "leaning forward"))

    def both(p: float, time: float) -> dict[str, object]:
        pose = leaning(p, time)
        for side in ("left", "right"):
            pose[f"{side}_knee"] = pose[f"{side}_knee"] * (1, 1, 1 - 0.6 * p)
        return pose

    clip, _ = exercise_clip(both, 2, azimuth=20, three_d=True)  # type: ignore[arg-type]
    first, *rest = coach_clip(clip, "squat").faults
    assert first[0].name == "knees falling inwards" and first[0].severity == 3 and first[1] == 2
    assert "leaning forward" in [fault.name for fault, _ in rest]


def test_uneven_sides_are_told() -> None:
    def one_arm(p: float, time: float) -> dict[str, object]:
        pose, rest = MOVES["biceps-curl"](p, time), MOVES["biceps-curl"](0.55 * p, time)
        return {name: rest[name] if name in ("left_wrist", "left_elbow") else at for name, at in pose.items()}

    even, _ = exercise_clip("biceps-curl", 1, azimuth=60)
    uneven, _ = exercise_clip(one_arm, 1, azimuth=60)  # type: ignore[arg-type]
    a, b = (coach_clip(clip, "biceps-curl").repetitions[0].symmetry for clip in (even, uneven))
    assert a is not None and b is not None
    assert a > 0.9 and 0.4 < b < 0.75
