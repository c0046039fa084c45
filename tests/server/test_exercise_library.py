"""Exercises that the desk keeps: listed, recorded, mended by hand, removed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from exercise_films import films

from kinesics.actions.coach import coach_clip, exercise
from kinesics.actions.coach import exercises as shipped
from kinesics.errors import FormatError, SinkError, UsageError
from kinesics.server.library.clip_bytes import pack_clip
from kinesics.server.library.exercises import exercises, record_exercise, remove_exercise
from kinesics.server.refusals import Absent
from kinesics.testing.exercising import exercise_clip


def named(folder: Path, name: str) -> dict[str, Any]:
    return next(row for row in exercises(folder) if row["name"] == name)


def lunges() -> bytes:
    return pack_clip(exercise_clip("lunge", 2, fps=15, azimuth=20)[0])


def test_every_exercise_that_ships_is_told_with_a_film(tmp_path: Path) -> None:
    rows = exercises(tmp_path)
    assert [row["name"] for row in rows] == sorted(shipped())
    for row in rows:
        assert row["error"] == ""
        assert not row["own"]
        assert len(row["film"]["points"]) == len(row["film"]["times"]) >= 8
        assert all(len(moment) == 17 for moment in row["film"]["points"])
        assert row["levels"]
        assert exercise(row["name"]).name == row["title"]
    json.dumps(rows, allow_nan=False)
    squat = named(tmp_path, "squat")
    assert squat["angles"] == [{"measure": "knee", "joints": ["hip", "knee", "ankle"], "sided": True}]
    assert squat["main"] == "knee"


def test_the_films_are_those_of_made_people(tmp_path: Path) -> None:
    for name, film in films().items():
        held = named(tmp_path, name)["film"]
        np.testing.assert_allclose(np.array(held["points"], float), np.array(film["points"], float), atol=0.2)
        assert held["times"] == film["times"]


def test_what_was_shown_is_kept_and_counts_what_is_shown_again(tmp_path: Path) -> None:
    row = record_exercise(tmp_path, "my lunge", lunges())
    assert row == named(tmp_path, "my lunge")
    assert row["own"]
    assert row["kind"] == "repetitions"
    assert row["film"]
    again, _ = exercise_clip("lunge", 3, fps=20, azimuth=25)
    assert coach_clip(again, tmp_path / "exercises" / "my lunge.toml").count == 3
    assert sorted(path.name for path in (tmp_path / "exercises").iterdir()) == ["my lunge.json", "my lunge.toml"]


def test_an_exercise_of_the_same_name_takes_its_place(tmp_path: Path) -> None:
    record_exercise(tmp_path, "mine", lunges())
    curl = pack_clip(exercise_clip("biceps-curl", 2, fps=15, azimuth=20)[0])
    assert record_exercise(tmp_path, "mine", curl)["main"].startswith("elbow")
    assert named(tmp_path, "mine")["main"].startswith("elbow")


def test_a_text_that_somebody_broke_is_told_with_its_mistake(tmp_path: Path) -> None:
    record_exercise(tmp_path, "mine", lunges())
    path = tmp_path / "exercises" / "mine.toml"
    path.write_text(path.read_text().replace('kind = "repetitions"', 'kind = "often"'))
    assert "mine.toml" in named(tmp_path, "mine")["error"]
    path.write_bytes(b"\xff\xfe")
    assert named(tmp_path, "mine")["error"]
    path.write_text("# " + "x" * 100_000)
    assert "larger" in named(tmp_path, "mine")["error"]
    assert len(exercises(tmp_path)) == len(shipped()) + 1


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "x" * 70, "a\nb", "squat", "Squat"])
def test_names_that_cannot_be_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        record_exercise(tmp_path, name, lunges())
    assert not (tmp_path / "exercises").exists() or not list((tmp_path / "exercises").iterdir())


def test_what_shows_nothing_is_refused_and_nothing_is_kept(tmp_path: Path) -> None:
    clip, _ = exercise_clip("squat", 1, fps=10)
    with pytest.raises(UsageError, match="last for"):
        record_exercise(tmp_path, "mine", pack_clip(clip[:4]))
    nobody = type(clip)(clip.points, clip.scores * 0, clip.times, clip.skeleton)
    with pytest.raises(UsageError, match="nobody"):
        record_exercise(tmp_path, "mine", pack_clip(nobody))
    with pytest.raises(FormatError):
        record_exercise(tmp_path, "mine", b"no clip")
    assert not (tmp_path / "exercises").exists() or not list((tmp_path / "exercises").iterdir())


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "exercises").write_text("a file")
    with pytest.raises(SinkError, match="could not be saved"):
        record_exercise(tmp_path, "mine", lunges())


def test_removed_is_gone_and_what_ships_stays(tmp_path: Path) -> None:
    record_exercise(tmp_path, "mine", lunges())
    remove_exercise(tmp_path, "mine")
    assert list((tmp_path / "exercises").iterdir()) == []
    with pytest.raises(Absent):
        remove_exercise(tmp_path, "mine")
    with pytest.raises(UsageError, match="ships"):
        remove_exercise(tmp_path, "squat")
