"""Exercises as data: those that ship are sound, and what is wrong with one of your own is said key by key."""

from __future__ import annotations

import math
from importlib import resources
from pathlib import Path

import pytest

from kinesics.actions.coach import check_exercise, exercise, exercises, parse_exercise
from kinesics.errors import FormatError, UsageError

SHIPPED = ("biceps-curl", "deadlift", "lunge", "plank", "push-up", "squat", "tree", "triangle", "warrior-ii")
FINE = """
name = "knee raise"
[measures]
knee = "hip-knee-ankle"
[[phases]]
name = "down"
measure = "knee"
enter_above = 150
leave_below = 140
[[phases]]
name = "up"
measure = "knee.min"
enter_below = 100
leave_above = 110
[[limits]]
name = "leaning"
measure = "knee.max"
at_least = 120
advice = "Stand straight."
"""


def test_nine_exercises_ship() -> None:
    assert tuple(exercises()) == SHIPPED
    assert all(about.endswith(".") for about in exercises().values())


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_exercise_is_sound(name: str) -> None:
    one = exercise(name)
    assert one.kind == ("hold" if name in ("plank", "tree", "triangle", "warrior-ii") else "repetitions")
    assert all(limit.advice and math.isfinite(min(abs(limit.condition.low), abs(limit.condition.high))) for limit in one.limits)
    for phase in one.phases:
        assert phase.leave < phase.enter if phase.above else phase.leave > phase.enter
    text = resources.files("kinesics.actions.coach").joinpath("exercises", f"{name}.toml").read_text("utf-8")
    assert check_exercise(text) == []


@pytest.mark.parametrize("spelt", ["Push-Ups", "push_up", "pushup", "push up", "PUSH-UP"])
def test_names_are_found_however_they_are_spelt(spelt: str) -> None:
    assert exercise(spelt).name == "push-up"


def test_a_wrong_name_is_one_line_with_the_likely_one() -> None:
    with pytest.raises(UsageError, match=r"'sqaut', squat perhaps; there are biceps-curl, .*warrior-ii") as error:
        exercise("sqaut")
    assert "\n" not in str(error.value)


def test_an_exercise_of_ones_own_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(FINE, "utf-8")
    mine = exercise(path)
    assert (mine.name, mine.main, mine.needed()[:2]) == ("knee raise", "knee.min", ("knee.mean", "knee.min"))
    assert exercise(mine) is mine


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('name = "knee raise"', "name = 3", "name: expected some text in quotes, got 3"),
        ('knee = "hip-knee-ankle"', 'knee = "hip-nee-ankle"', "measures.knee: 'nee' in 'hip-nee-ankle' is no joint"),
        ('knee = "hip-knee-ankle"', 'knee = "hip"', "expected two or three joints"),
        ("leave_below = 140", "leave_below = 160", "phases[1].leave_below: expected a value below 150"),
        ("enter_below = 100", 'enter_below = "deep"', "phases[2].enter_below: expected a number, got 'deep'"),
        ("enter_below = 100", "enter_above = 100", "phases[2].enter_above: expected either enter_above with leave_below"),
        ('measure = "knee.min"', 'measure = "elbow"', "phases[2].measure: expected a name of [measures], knee; got 'elbow'"),
        ('measure = "knee.min"', 'measure = "knee.most"', "expected one of mean, left, right"),
        ("at_least = 120", "", "limits[1].at_most: expected at_least, at_most or both"),
        ("at_least = 120", "at_least = 120\nview = 'above'", "limits[1].view: expected one or more of side"),
        ("at_least = 120", "at_least = 120\nseverity = 9", "limits[1].severity: expected a number from 1 to 3"),
        ("at_least = 120", "at_least = 120\nduring = 'top'", "limits[1].during: expected the name of a phase, down, up"),
        ("at_least = 120", "at_least = 120\nspoil = true", "limits[1].spoil: nobody knows this key"),
        ('name = "knee raise"', 'name = "knee raise"\nkind = "hold"', "phases: expected none in a hold"),
        ("[measures]", "[measures", "this is no TOML"),
    ],
)
def test_a_mistake_is_named_with_its_key(old: str, new: str, words: str) -> None:
    assert check_exercise(FINE) == []
    broken = FINE.replace(old, new, 1)
    with pytest.raises(FormatError) as error:
        parse_exercise(broken, "mine.toml")
    text = str(error.value)
    assert text.startswith("mine.toml: ") and "\n" not in text
    assert any(words in mistake for mistake in check_exercise(broken)), text


def test_every_mistake_is_told_at_once() -> None:
    mistakes = check_exercise("kind = 'dance'")
    assert [m.split(": ")[1] for m in mistakes] == ["kind", "measures", "phases", "name"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"], ids=["missing", "no text"])
def test_a_file_that_cannot_be_read_is_one_line(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match="no exercise can be read there"):
        exercise(path)
