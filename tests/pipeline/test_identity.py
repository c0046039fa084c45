from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

import numpy as np
import pytest

import kinesics as ks
from kinesics.errors import FormatError, SourceError, UsageError, WeightsError
from kinesics.faces import KnownFaces
from kinesics.pipeline.face_cache import FILE, FaceCache
from kinesics.pipeline.identity import enrol_pictures, faces_store
from kinesics.pipeline.who import find_known
from kinesics.types import Array
from kinesics.weights import find


@pytest.fixture(scope="module")
def net() -> None:
    try:
        find("face_resnet")
    except WeightsError as error:
        pytest.skip(str(error))


def first(data: Path, clip: str, at: int = 0) -> Array:
    with ks.open_source(str(data / "video" / "asl" / f"{clip}.mkv"), live=False) as frames:
        return next(frame.image for frame in frames if frame.index == at)


@pytest.fixture(scope="module")
def folder(data: Path, net: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One person by a picture, one by a folder, and everything that can be wrong."""
    place = tmp_path_factory.mktemp("known")
    (place / "carla").mkdir()
    ks.save_image(place / "anton.jpg", first(data, "help"))
    ks.save_image(place / "carla" / "1.png", first(data, "book"))
    ks.save_image(place / "carla" / "2.png", first(data, "book", 60))
    ks.save_image(place / "both.jpg", np.concatenate([first(data, "help"), first(data, "book")], axis=1))
    ks.save_image(place / "nobody.png", np.zeros((300, 300, 3), np.uint8))
    (place / "broken.jpg").write_bytes(b"no picture at all")
    (place / ".hidden").write_text("not looked at")
    return place


def test_a_folder_gives_names_and_one_line_for_each_file_of_no_use(folder: Path) -> None:
    lines: list[str] = []
    known = ks.known_faces(folder, say=lines.append)
    assert {name: known.count(name) for name in known.names} == {"anton": 1, "carla": 2}
    said = {Path(line.split(": ")[0]).name: line for line in lines}
    assert set(said) == {"both.jpg", "nobody.png", "broken.jpg"} and len(lines) == 3
    assert "2 faces are in it, expected one" in said["both.jpg"] and "no face was found" in said["nobody.png"]
    assert all("\n" not in line and line.endswith("left out") for line in lines)


def test_who_is_in_a_picture_from_left_to_right(folder: Path, data: Path) -> None:
    known = ks.known_faces(folder)
    image = np.concatenate([first(data, "learn"), first(data, "again"), first(data, "eat")], axis=1)
    faces = sorted(ks.find_faces(image), key=lambda face: float(face.box[0]))
    answers = ks.compare_faces(known, ks.face_encodings(image, faces))
    assert [name for name, _ in answers] == ["carla", "anton", "unknown"]
    assert all(score > 0.5 for _, score in answers)


def test_plain_arrays_can_be_compared_too(folder: Path, data: Path) -> None:
    (row,) = ks.face_encodings(folder / "anton.jpg")
    (answer,) = ks.compare_faces({"anton": row}, ks.face_encodings(first(data, "brother")))
    assert answer[0] == "anton"


def test_a_second_start_does_not_look_again_and_follows_the_pictures(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "known"
    shutil.copytree(folder, place)
    lines: list[str] = []
    before = ks.known_faces(place, say=lines.append)
    assert os.name == "nt" or stat.S_IMODE((place / FILE).stat().st_mode) == 0o600

    def looked(path: Path) -> None:
        raise AssertionError(f"looked at {path} again")

    monkeypatch.setattr("kinesics.pipeline.identity._one_face", looked)
    again: list[str] = []
    assert repr(ks.known_faces(place, say=again.append)) == repr(before) and again == lines
    (place / "anton.jpg").unlink()
    assert ks.known_faces(place).names == ["carla"]
    row = next(iter(before.recognise(np.zeros((1, 128), np.float32))))
    assert row[0] == "unknown"
    kept = FaceCache.open(place)
    assert sum(found[0] is not None for found in kept._read.values()) == 2  # anton's is gone from the file


def test_a_damaged_cache_is_made_anew(folder: Path, tmp_path: Path) -> None:
    place = tmp_path / "known"
    shutil.copytree(folder, place)
    (place / FILE).write_bytes(b"nonsense")
    assert ks.known_faces(place).names == ["anton", "carla"]
    assert len(FaceCache.open(place)._read) == 6


def test_what_is_no_folder_of_known_faces_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such folder"):
        ks.known_faces(tmp_path / "nowhere")
    with pytest.raises(SourceError, match="no picture in it"):
        ks.known_faces(tmp_path)
    (tmp_path / "x.kin").write_bytes(b"x")
    with pytest.raises(FormatError, match=r"x\.kin"):
        ks.known_faces(tmp_path / "x.kin")


def test_a_folder_without_a_single_face_is_an_error(net: None, tmp_path: Path) -> None:
    ks.save_image(tmp_path / "black.png", np.zeros((64, 64, 3), np.uint8))
    with pytest.raises(SourceError, match="none of 1 files"):
        ks.known_faces(tmp_path)


def test_a_saved_file_stands_for_a_folder(tmp_path: Path) -> None:
    known = KnownFaces()
    known.enrol("anna", np.eye(128)[0])
    known.save(tmp_path / "mine.kin")
    assert ks.known_faces(tmp_path / "mine.kin").names == ["anna"]


def test_enrolling_keeps_the_good_pictures_and_names_the_others(folder: Path) -> None:
    known, lines = KnownFaces(), list[str]()
    pictures = [folder / "anton.jpg", folder / "nobody.png", folder / "nowhere.jpg"]
    assert enrol_pictures(known, " anton ", pictures, say=lines.append) == 1
    assert known.names == ["anton"] and len(lines) == 2 and "cannot be read" in lines[1]
    with pytest.raises(SourceError, match="none of 1 pictures"):
        enrol_pictures(known, "nobody", [folder / "nobody.png"])
    with pytest.raises(UsageError, match="expected a name"):
        enrol_pictures(known, "", pictures)


def test_a_clip_is_searched_for_those_known(folder: Path, data: Path) -> None:
    (seen,) = find_known(data / "video" / "asl" / "learn.mkv", ks.known_faces(folder))
    assert seen.name == "carla" and seen.score > 0.9 and seen.end > 1.5 and seen.person >= 0
    (other,) = find_known(data / "video" / "asl" / "milk.mkv", ks.known_faces(folder))
    assert other.name == "unknown"


def test_the_store_lies_in_the_users_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert faces_store() == tmp_path / "kinesics/faces/known.kin" and not faces_store().parent.exists()
    monkeypatch.delenv("XDG_DATA_HOME")
    assert faces_store() == Path.home() / ".local/share/kinesics/faces/known.kin"
