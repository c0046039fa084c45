from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kinesics import KnownFaces, save_image
from kinesics.cli import main
from kinesics.errors import WeightsError
from kinesics.weights import find


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own file, with two names in it."""
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    place = tmp_path / "kinesics" / "faces" / "known.kin"
    place.parent.mkdir(parents=True)
    known = KnownFaces()
    known.enrol("anna", np.eye(128)[:2])
    known.enrol("ben", np.eye(128)[2])
    known.save(place)
    return place


@pytest.fixture
def picture(data: Path, tmp_path: Path) -> Path:
    try:
        find("face_resnet")
    except WeightsError as error:
        pytest.skip(str(error))
    from kinesics import open_source

    with open_source(str(data / "video" / "asl" / "help.mkv")) as frames:
        save_image(tmp_path / "me.jpg", next(iter(frames)).image)
    return tmp_path / "me.jpg"


def test_list_names_who_is_known(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["faces", "list"]) == 0
    assert capsys.readouterr().out == "anna  2\nben  1\n"
    assert main(["faces", "list", "--json", "--store", str(store.with_name("other.kin"))]) == 0
    assert json.loads(capsys.readouterr().out)["names"] == {}


def test_forget_takes_a_name_out_of_the_file_and_the_last_one_the_file(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["faces", "forget", "anna"]) == 0
    assert KnownFaces.load(store).names == ["ben"]
    assert main(["faces", "forget", "anna"]) == 2
    assert capsys.readouterr().err == "kinesics: nobody is known as 'anna'; known are ben\n"
    assert main(["faces", "forget", "ben"]) == 0
    assert not store.exists() and main(["faces", "list"]) == 0


def test_enrol_then_find_then_forget(store: Path, picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = picture.with_name("deep") / "mine.kin"
    assert main(["faces", "enrol", "me", str(picture), str(picture.with_name("no.jpg")), "--store", str(mine), "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["pictures"] == 1 and said.err.count("\n") == 1 and "no.jpg: cannot be read" in said.err
    assert main(["faces", "find", str(picture), "--known", str(mine), "--json"]) == 0
    (face,) = json.loads(capsys.readouterr().out)["faces"]
    assert face["name"] == "me" and face["score"] > 0.99
    assert main(["faces", "find", str(picture)]) == 0  # of the two who are made up, it is nobody
    assert capsys.readouterr().out.startswith("unknown")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["find", "x.jpg", "--known", "nowhere"], "nowhere: there is no such folder"),
        (["find", "nowhere.jpg"], "nowhere.jpg"),
        (["enrol", "unknown", "x.jpg"], "expected a name"),
        (["enrol", "me"], "Missing argument"),
        (["list", "--store", "."], "is a folder"),
    ],
    ids=lambda words: "-".join(words)[:24] if isinstance(words, list) else "",
)
def test_bad_usage_is_one_line_and_2(store: Path, words: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["faces", *words]) == 2
    error = capsys.readouterr().err
    assert says in error and error.count("\n") == 1 and error.startswith("kinesics: ")


def test_find_without_anybody_known_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert main(["faces", "find", "x.jpg"]) == 2
    assert "kinesics faces enrol NAME PICTURE" in capsys.readouterr().err


def test_without_the_net_enrolling_names_the_command(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from kinesics.pipeline import identity

    identity._encoder.cache_clear()
    monkeypatch.setattr("kinesics.weights.store.folders", lambda: [tmp_path])
    save_image(tmp_path / "x.png", np.zeros((64, 64, 3), np.uint8))
    assert main(["faces", "enrol", "me", str(tmp_path / "x.png")]) == 2
    assert "run: kinesics weights pull faces" in capsys.readouterr().err
