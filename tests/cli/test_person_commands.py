"""`kinesics fit`, `render` and `transfer` as somebody types them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kinesics.cli import main
from kinesics.errors import WeightsError
from kinesics.formats import write_sequence
from kinesics.pipeline import fit_person
from kinesics.types import PoseSequence, skeleton
from kinesics.viewer import load_person


@pytest.fixture(scope="module")
def person(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A person of one picture's worth of footage, in a file."""
    place = tmp_path_factory.mktemp("person") / "me.kin"
    try:
        fit_person(data / "video" / "asl" / "eat.mkv", place, consent="said yes", pose="fast", longest=0.2)
    except WeightsError as error:
        pytest.skip(str(error))
    return place


@pytest.fixture(scope="module")
def poses(person: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    held = load_person(person)
    points = np.repeat(held.points[:1, None], 5, 0) + np.arange(5)[:, None, None, None]
    clip = PoseSequence(points, np.repeat(held.scores[:1, None], 5, 0), np.arange(5) / 10, skeleton("wholebody133"))
    place = tmp_path_factory.mktemp("poses") / "dance.jsonl"
    write_sequence(place, clip)
    return place


def test_fit_tells_what_it_made(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip, out = str(data / "video" / "asl" / "eat.mkv"), tmp_path / "me.kin"
    status = main(["fit", clip, "-o", str(out), "--pose", "fast", "--keyframes", "3", "--json", "--licence", "mine"])
    told = capsys.readouterr()
    if "weights" in told.err and status == 2:
        pytest.skip(told.err)
    values = json.loads(told.out.splitlines()[-1])
    assert status == 0 and values["keyframes"] == 3 == len(load_person(out)) and values["licence"] == "mine"
    assert "consent" in told.err and values["bytes"] == out.stat().st_size


def test_render_and_its_json(person: Path, poses: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.mp4"
    assert main(["render", str(poses), "--person", str(person), "-o", str(out), "--json", "--tier", "0"]) == 0
    values = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert values["pictures"] == 5 and values["tiers"] == {"t0": 5} and out.stat().st_size > 1000


def test_render_in_real_time_and_within_a_budget(person: Path, poses: Path, tmp_path: Path) -> None:
    given = ["render", str(poses), "--person", str(person), "-q"]
    assert main([*given, "-o", str(tmp_path / "a.mp4"), "--realtime"]) == 0
    assert main([*given, "-o", str(tmp_path / "b.mp4"), "--budget", "5000"]) == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["fit", "nothing.mp4", "-o", "a.kin"], "no such file"),
        (["fit", "empty.mp4", "-o", "a.kin"], "empty"),
        (["fit", "words.txt", "-o", "a.kin"], "words.txt"),
        (["fit", "words.txt", "-o", "no/a.kin"], "no folder"),
        (["fit", "words.txt", "-o", "a.kin", "--keyframes", "999"], "256"),
        (["render", "words.txt", "--person", "PERSON", "-o", "a.mp4"], "words.txt"),
        (["render", "POSES", "--person", "words.txt", "-o", "a.mp4"], "kinesics fit"),
        (["render", "POSES", "--person", "PERSON", "-o", "a.doc"], "a.doc"),
        (["render", "POSES", "--person", "PERSON", "-o", "a.mp4", "--tier", "9"], "tier"),
        (["render", "POSES", "--person", "PERSON", "-o", "a.mp4", "--tier", "0", "--realtime"], "exclude"),
        (["render", "POSES", "--person", "PERSON", "-o", "a.mp4", "--background", "blue"], "#20c040"),
        (["transfer", "words.txt", "--person", "PERSON", "-o", "a.mp4"], "words.txt"),
        (["transfer", "words.txt", "--person", "missing.kin", "-o", "a.mp4"], "missing.kin"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_line_and_leaves_nothing(
    given: list[str],
    words: str,
    person: Path,
    poses: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "words.txt").write_text("no film\n")
    (tmp_path / "empty.mp4").touch()
    names = {"PERSON": str(person), "POSES": str(poses)}
    assert main([names.get(word, word) for word in given]) == 2
    told = capsys.readouterr().err.strip().splitlines()
    assert told[-1].startswith("kinesics: ") and words in told[-1] and "Traceback" not in "".join(told)
    assert {path.name for path in tmp_path.iterdir()} == {"words.txt", "empty.mp4"}
