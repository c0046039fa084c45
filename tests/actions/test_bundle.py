"""Bundles: what is saved comes back, and nothing else is taken for it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_clips import fitted, shown

from kinesics import ActionClassifier
from kinesics.errors import FormatError, SinkError
from kinesics.weights.bundle import FORMAT, pack, read_bundle, unpack, write_bundle

HEAD: dict[str, Any] = {"kind": "toy", "classes": ["a/b", "ü" * 40], "rate": 18.5}
PARTS = {
    "head.npz": pack({"weight": np.arange(6.0).reshape(2, 3), "names": np.array(["x", "yz"])}),
    "net.onnx": b"\0\1onnx" * 9,
}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "toy.kin"
    write_bundle(path, HEAD, PARTS)
    return path


def refused(path: Path, kind: str | None = None) -> str:
    """The one line that it is refused with."""
    with pytest.raises(FormatError) as caught:
        read_bundle(path, kind)
    line = str(caught.value)
    assert "\n" not in line and str(path) in line
    return line


def test_what_is_written_is_read(saved: Path) -> None:
    head, parts = read_bundle(saved, "toy")
    assert {name: head[name] for name in HEAD} == HEAD and parts == PARTS and head["format"] == FORMAT
    arrays = unpack(parts["head.npz"])
    assert np.array_equal(arrays["weight"], np.arange(6.0).reshape(2, 3)) and arrays["names"].tolist() == ["x", "yz"]
    assert not list(saved.parent.glob("*.partial"))


def test_the_same_is_the_same_to_the_byte(saved: Path, tmp_path: Path) -> None:
    write_bundle(tmp_path / "again.kin", HEAD, PARTS)
    assert (tmp_path / "again.kin").read_bytes() == saved.read_bytes()


def test_no_flipped_byte_goes_unnoticed(saved: Path) -> None:
    whole, told = saved.read_bytes(), read_bundle(saved)
    noticed = 0
    for at in range(len(whole)):
        saved.write_bytes(whole[:at] + bytes([whole[at] ^ (0xFF if at % 9 == 0 else 1 << at % 8)]) + whole[at + 1 :])
        try:
            assert read_bundle(saved) == told, f"byte {at} changed what was read"
        except FormatError as error:
            noticed += 1
            assert "\n" not in str(error)
    assert noticed > 0.7 * len(whole)  # dates and the like, which nobody reads, are the rest


def test_every_shortened_file_is_refused(saved: Path) -> None:
    whole = saved.read_bytes()
    for length in range(0, len(whole), 7):
        saved.write_bytes(whole[:length])
        refused(saved)


@pytest.mark.parametrize(
    ("name", "data"),
    [("empty", b""), ("words", b"not a model\n"), ("pickle", pickle.dumps({"model": 1})), ("zeros", bytes(4096))],
)
def test_other_files_are_refused(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / f"{name}.kin"
    path.write_bytes(data)
    assert "no model" in refused(path)


def zipped(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as box:
        for name, data in parts.items():
            box.writestr(name, data)
    return path


@pytest.mark.parametrize(
    "said",
    [b"", b"[]", b"{", b"null", b'{"format": 1}', b'{"format": 1, "sha256": 3}', b'{"format": 1, "sha256": {"gone.npz": "0"}}'],
)
def test_zips_that_say_nothing_of_use_are_refused(tmp_path: Path, said: bytes) -> None:
    refused(zipped(tmp_path / "odd.kin", {"model.json": said}))


def test_other_zips_are_refused(tmp_path: Path) -> None:
    refused(zipped(tmp_path / "letters.zip", {"hello.txt": b"hello"}))


def test_a_part_that_was_exchanged_is_named(saved: Path) -> None:
    head, parts = read_bundle(saved)
    other = zipped(saved, {"model.json": json.dumps(head).encode(), **parts, "net.onnx": b"something else"})
    assert "net.onnx is not what was saved" in refused(other)


@pytest.mark.parametrize("number", [FORMAT + 1, 99, "1", None])
def test_newer_formats_are_refused(saved: Path, number: Any) -> None:
    head, parts = read_bundle(saved)
    zipped(saved, {"model.json": json.dumps({**head, "format": number}).encode(), **parts})
    assert "update kinesics" in refused(saved)


def test_another_kind_is_refused(saved: Path) -> None:
    assert "kind 'toy'; expected 'actions'" in refused(saved, "actions")


def test_a_bundle_that_unpacks_to_more_than_there_is_room_for_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kinesics.weights.bundle.LARGEST", 1 << 20)
    path = tmp_path / "bomb.kin"
    write_bundle(path, HEAD, {"zeros.npz": bytes(1 << 21)})
    assert path.stat().st_size < 1 << 13 and "more than 1 MB" in refused(path)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    assert "no such file" in refused(tmp_path / "gone.kin")
    assert "folder" in refused(tmp_path)


def test_saving_where_nothing_can_be_saved_keeps_what_was_there(saved: Path) -> None:
    before = saved.read_bytes()
    for path in (saved.parent / "no" / "such" / "folder.kin", saved.parent, Path(os.devnull), saved / "in a file.kin"):
        with pytest.raises(SinkError) as caught:
            write_bundle(path, HEAD, PARTS)
        assert "\n" not in str(caught.value)
    assert saved.read_bytes() == before and [p.name for p in saved.parent.iterdir()] == ["toy.kin"]


def test_a_full_disk_leaves_the_older_model(saved: Path) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    before = saved.read_bytes()
    os.symlink("/dev/full", f"{saved}.partial")
    with pytest.raises(SinkError, match=r"toy\.kin: the model could not be saved: No space left"):
        write_bundle(saved, HEAD, PARTS)
    assert saved.read_bytes() == before


def test_objects_are_neither_packed_nor_unpacked() -> None:
    with pytest.raises(ValueError, match="allow_pickle"):
        pack({"code": np.array([print], dtype=object)})
    box = io.BytesIO()
    np.savez(box, code=np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle"):
        unpack(box.getvalue())


@pytest.mark.parametrize("head", ["rocket", "statistics", "boost"])
def test_a_model_comes_back_as_it_was(tmp_path: Path, head: str) -> None:
    model, clips = fitted(head), [shown("raise"), shown("squat")[:20]]
    model.save(tmp_path / "model.kin")
    back = ActionClassifier.load(tmp_path / "model.kin")
    assert np.array_equal(back.predict_proba(clips), model.predict_proba(clips))
    assert np.array_equal(back.embed(clips), model.embed(clips))
    assert (back.classes_, back.skeleton_, back.layout_) == (model.classes_, model.skeleton_, model.layout_)
    assert back.parameters_ == model.parameters_ and back.unknown_ == model.unknown_
    assert np.array_equal(back.durations_, model.durations_, equal_nan=True)


def test_a_damaged_model_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "model.kin"
    fitted("statistics").save(path)
    whole = path.read_bytes()
    clip = [shown("raise")]
    for at in np.random.default_rng(0).integers(0, len(whole), 40):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        try:
            assert np.array_equal(ActionClassifier.load(path).predict_proba(clip), fitted("statistics").predict_proba(clip))
        except FormatError as error:
            assert "\n" not in str(error) and str(path) in str(error)


@pytest.mark.parametrize("change", ["features", "classes", "layout", "head", "skeleton", "shared", "weights"])
def test_a_model_with_parts_that_do_not_fit_is_refused(tmp_path: Path, change: str) -> None:
    path = tmp_path / "model.kin"
    fitted("statistics").save(path)
    head, parts = read_bundle(path)
    if change == "shared":
        parts["shared.npz"] = pack({"mean": np.zeros(3)})
    elif change == "weights":
        parts["head.npz"] = pack({"nothing": np.zeros(3)})
    else:
        head[change] = {"features": 99, "head": "magic", "layout": {"joints": []}}.get(change)
    zipped(path, {})
    with zipfile.ZipFile(path, "w") as box:
        hashes = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
        for name, data in {"model.json": json.dumps({**head, "sha256": hashes}).encode(), **parts}.items():
            box.writestr(name, data)
    with pytest.raises(FormatError, match="train"):
        ActionClassifier.load(path)
