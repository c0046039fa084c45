from __future__ import annotations

import os
import stat
import zipfile
from pathlib import Path

import numpy as np
import pytest

from kinesics import KnownFaces
from kinesics.errors import FormatError, KinesicsError, ShapeError, SinkError, UsageError
from kinesics.faces.likeness import likeness
from kinesics.types import Array
from kinesics.weights.bundle import write_bundle


def person(seed: int, count: int = 3, spread: float = 0.3) -> Array:
    """Encodings of somebody made up: a direction of their own, and a little beside it."""
    random = np.random.default_rng(seed)
    middle, beside = random.normal(size=128), random.normal(size=(count, 128))
    rows = middle / np.linalg.norm(middle) + spread * beside / np.linalg.norm(beside, axis=1, keepdims=True)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.fixture
def known() -> KnownFaces:
    out = KnownFaces()
    for seed, name in enumerate(("anna", "Βασίλης", "carl")):
        out.enrol(name, person(seed))
    return out


def test_each_is_recognised_and_a_stranger_is_unknown(known: KnownFaces) -> None:
    probes = np.concatenate([person(seed, 4)[3:] for seed in (0, 1, 2, 9)])
    answers = known.recognise(probes)
    assert [name for name, _ in answers] == ["anna", "Βασίλης", "carl", "unknown"]
    assert all(0.9 < score <= 1 for _, score in answers)


def test_scores_are_probabilities_that_share_one_whole(known: KnownFaces) -> None:
    twin = KnownFaces()
    twin.enrol("anna", person(0))
    twin.enrol("anna's twin", person(0))
    (_, alone), (_, shared) = known.recognise(person(0)[0])[0], twin.recognise(person(0)[0])[0]
    assert alone > 0.95 and 0.4 < shared < 0.5


def test_a_name_is_given_above_the_middle_alone() -> None:
    known, middle = KnownFaces(), likeness().middle
    axis, other = np.eye(128, dtype=np.float32)[:2]
    known.enrol("x", axis)
    for cosine, name in ((middle + 0.01, "x"), (middle - 0.01, "unknown")):
        ((got, score),) = known.recognise(cosine * axis + np.sqrt(1 - cosine**2) * other)
        assert got == name and 0.5 < score < 0.6


def test_likeness_rises_with_the_cosine_and_is_even_at_its_middle() -> None:
    odds = likeness().odds(np.linspace(-1, 1, 50))
    assert (np.diff(odds) >= 0).all() and likeness().odds(np.array(likeness().middle)) == pytest.approx(1)
    assert likeness().mean.shape == (128,) and not likeness().mean.flags.writeable


def test_one_bad_picture_among_several_does_not_spoil_a_name() -> None:
    known = KnownFaces()
    known.enrol("anna", np.concatenate([person(0, 4), person(7, 1)]))
    assert known.recognise(person(0, 6)[5])[0][0] == "anna"
    assert known.recognise(person(7, 3)[2])[0][0] == "unknown"


def test_nobody_known_and_nothing_seen_are_unknown(known: KnownFaces) -> None:
    assert KnownFaces().recognise(person(0)) == [("unknown", 1.0)] * 3
    assert known.recognise(np.full((2, 128), np.nan)) == [("unknown", 0.0)] * 2
    assert known.recognise(np.zeros((0, 128))) == []


def test_enrolling_again_adds_and_nan_is_left_out(known: KnownFaces) -> None:
    assert known.enrol("anna", np.concatenate([person(0, 2), np.full((1, 128), np.nan)])) == 2
    assert known.count("anna") == 5 and known.count("nobody") == 0
    known.enrol("anna", person(0, 500))
    assert known.count("anna") == 200


@pytest.mark.parametrize("rows", [np.full((1, 128), np.nan), np.zeros((1, 128)), np.ones((2, 64)), np.zeros((0, 128))])
def test_what_is_no_face_is_not_enrolled(rows: Array) -> None:
    known = KnownFaces()
    with pytest.raises(ShapeError):
        known.enrol("anna", rows)
    assert known.names == []


@pytest.mark.parametrize("name", ["", "  ", "unknown", "a\nb", "x" * 101, "\x1b[31m"])
def test_a_name_that_cannot_be_shown_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="expected a name"):
        KnownFaces().enrol(name, person(0))


def test_written_and_read_answers_the_same(known: KnownFaces, tmp_path: Path) -> None:
    known.save(tmp_path / "known.kin")
    again = KnownFaces.load(tmp_path / "known.kin")
    assert again.names == known.names == ["anna", "carl", "Βασίλης"]
    probes = np.concatenate([person(seed, 4) for seed in range(5)])
    for (name, score), (other, value) in zip(known.recognise(probes), again.recognise(probes), strict=True):
        assert name == other and score == pytest.approx(value, abs=1e-6)


def test_an_empty_one_is_written_and_read(tmp_path: Path) -> None:
    KnownFaces().save(tmp_path / "known.kin")
    assert len(KnownFaces.load(tmp_path / "known.kin")) == 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_only_the_owner_may_read_it_also_where_another_file_was(known: KnownFaces, tmp_path: Path) -> None:
    path = tmp_path / "known.kin"
    for rest in (path, tmp_path / "known.kin.partial"):
        rest.write_bytes(b"old")
        rest.chmod(0o666)
    known.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [found.name for found in tmp_path.iterdir()] == ["known.kin"]


def test_who_is_forgotten_is_gone_from_the_file(known: KnownFaces, tmp_path: Path) -> None:
    path = tmp_path / "known.kin"
    known.save(path)
    known.forget("anna")
    known.save(path)
    with zipfile.ZipFile(path) as box:
        whole = b"".join(box.read(name) for name in box.namelist())
    assert b"anna" not in whole and b"carl" in whole
    again = KnownFaces.load(path)
    assert again.names == ["carl", "Βασίλης"] and again.recognise(person(0))[0][0] == "unknown"
    assert again.recognise(person(2))[0][0] == "carl"  # the others kept their own encodings


def test_forgetting_nobody_names_who_there_is(known: KnownFaces) -> None:
    with pytest.raises(UsageError, match=r"nobody is known as 'dora'; known are anna, carl"):
        known.forget("dora")


def test_files_of_other_kinds_are_refused(known: KnownFaces, tmp_path: Path) -> None:
    path = tmp_path / "x.kin"
    with pytest.raises(FormatError, match="no such file"):
        KnownFaces.load(path)
    write_bundle(path, {"kind": "actions"}, {})
    with pytest.raises(FormatError, match="kind 'actions'"):
        KnownFaces.load(path)
    write_bundle(path, {"kind": "known faces", "encoder": "other 3", "names": []}, known.parts())
    with pytest.raises(FormatError, match="other 3"):
        KnownFaces.load(path)
    write_bundle(path, {"kind": "known faces", "encoder": "face_resnet 1", "names": ["one"]}, known.parts())
    with pytest.raises(FormatError, match="damaged"):
        KnownFaces.load(path)


def test_a_place_that_cannot_be_written_is_one_error(known: KnownFaces, tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="nowhere"):
        known.save(tmp_path / "nowhere" / "known.kin")
    assert issubclass(SinkError, KinesicsError)
