"""A person in a file, whole and damaged."""

from __future__ import annotations

import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from kinesics.errors import FormatError, SinkError
from kinesics.viewer import Person, load_person, save_person
from kinesics.viewer.person_file import SHIPPED
from kinesics.weights.bundle import pack, read_bundle, write_bundle


@pytest.fixture
def person() -> Person:
    rng = np.random.default_rng(3)
    boxes = np.array([[10, 20, 60, 90], [300, 200, 212, 312], [0, 0, 512, 512]], np.int32)
    encoded = tuple(
        cv2.imencode(".webp", rng.integers(0, 255, (int(h), int(w), 4), dtype=np.uint8))[1].tobytes() for _, _, w, h in boxes
    )
    points = rng.uniform(0, 512, (3, 133, 2)).astype(np.float32)
    scores = rng.uniform(0, 1, (3, 133)).astype(np.float32)
    points[1, 40:60], scores[1, 40:60] = np.nan, 0
    background = rng.integers(0, 255, (512, 512, 3), dtype=np.uint8)
    about = {"licence": "CC0-1.0", "consent": "Ada agreed, 3 May", "report": {"t1": 1.25, "kept": True}}
    nets = {"core": b"net", "head": b"other"}
    return Person("Ada", encoded, boxes, points, scores, background, nets, about, b"a trunk", 1)


def test_what_is_saved_is_loaded(person: Person, tmp_path: Path) -> None:
    save_person(tmp_path / "ada.kin", person)
    loaded = load_person(tmp_path / "ada.kin")
    assert (loaded.name, loaded.encoded, dict(loaded.nets), dict(loaded.about)) == (
        person.name,
        person.encoded,
        person.nets,
        person.about,
    )
    assert (loaded.trunk, loaded.trunk_key) == (person.trunk, person.trunk_key)
    for name in ("boxes", "points", "scores", "background"):
        assert np.array_equal(getattr(loaded, name), getattr(person, name), equal_nan=True), name
    assert np.array_equal(loaded.keyframe(1), person.keyframe(1))
    save_person(tmp_path / "again.kin", loaded)
    assert (tmp_path / "again.kin").read_bytes() == (tmp_path / "ada.kin").read_bytes()


def test_keyframes_can_be_looked_at_without_us(person: Person, tmp_path: Path) -> None:
    save_person(tmp_path / "ada.kin", person)
    with zipfile.ZipFile(tmp_path / "ada.kin") as box:
        assert cv2.imdecode(np.frombuffer(box.read("keyframes/000.webp"), np.uint8), -1).shape == (90, 60, 4)


def test_without_background_and_nets(person: Person, tmp_path: Path) -> None:
    plain = Person(person.name, person.encoded, person.boxes, person.points, person.scores)
    save_person(tmp_path / "plain.kin", plain)
    loaded = load_person(tmp_path / "plain.kin")
    assert loaded.background is None and not loaded.nets


def test_a_flipped_byte_is_found(person: Person, tmp_path: Path) -> None:
    path = tmp_path / "ada.kin"
    save_person(path, person)
    head, parts = read_bundle(path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x40
    path.write_bytes(data)
    with pytest.raises(FormatError, match=r"ada\.kin: .*kinesics fit"):
        load_person(path)
    assert head["consent"] == "Ada agreed, 3 May" and len(parts) == 8


@pytest.mark.parametrize("words", [b"", b"hello", b"PK\x03\x04 and then nothing"], ids=["empty", "text", "cut"])
def test_a_foreign_file_is_one_line(words: bytes, tmp_path: Path) -> None:
    path = tmp_path / "foreign.kin"
    path.write_bytes(words)
    with pytest.raises(FormatError, match=r"foreign\.kin: .*kinesics fit") as caught:
        load_person(path)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_model_of_another_kind_are_said(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"no such file.*kinesics fit"):
        load_person(tmp_path / "nobody.kin")
    write_bundle(tmp_path / "actions.kin", {"kind": "actions"}, {})
    with pytest.raises(FormatError, match=r"'actions'.*'person'"):
        load_person(tmp_path / "actions.kin")


@pytest.mark.parametrize("fault", ["size", "beyond", "count", "no poses", "background", "trunk"])
def test_a_bundle_that_is_no_person_is_said(fault: str, person: Person, tmp_path: Path) -> None:
    path = tmp_path / "odd.kin"
    save_person(path, person)
    head, parts = read_bundle(path)
    poses = {"points": person.points, "scores": person.scores, "boxes": person.boxes}
    if fault == "size":
        head["size"] = 256
    elif fault == "beyond":
        parts["poses.npz"] = pack({**poses, "boxes": person.boxes + 100})
    elif fault == "count":
        del parts["keyframes/002.webp"]
    elif fault == "trunk":
        parts["poses.npz"] = pack({**poses, "trunk_key": 3})
    elif fault == "no poses":
        parts["poses.npz"] = b"nothing"
    else:
        parts["background.webp"] = b"nothing"
    write_bundle(path, head, parts)
    with pytest.raises(FormatError, match=r"odd\.kin: no person that can be drawn"):
        load_person(path)


def test_a_place_that_cannot_be_written_leaves_nothing(person: Person, tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="could not be saved"):
        save_person(tmp_path / "no folder" / "ada.kin", person)
    assert not list(tmp_path.iterdir())


def test_the_default_is_there_or_it_is_said() -> None:
    if SHIPPED.is_file():
        assert len(load_person()) > 0
    else:
        with pytest.raises(FormatError, match="default person"):
            load_person()
