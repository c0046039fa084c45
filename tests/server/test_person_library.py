"""Persons that the desk keeps: shown, brought, checked before they are kept, taken along, removed."""

from __future__ import annotations

import base64
import dataclasses
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinesics.errors import FormatError, UsageError
from kinesics.server.guard.picture_header import checked_picture
from kinesics.server.library.persons import export_person, import_person, persons, remove_person
from kinesics.server.refusals import Absent
from kinesics.viewer import Artist, Person, load_person, save_person
from kinesics.weights.bundle import read_bundle, write_bundle


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A person of few keyframes, as a file."""
    whole = load_person("default-full")
    few = slice(0, 12)
    parts = {name: getattr(whole, name)[few] for name in ("encoded", "boxes", "points", "scores")}
    path = tmp_path_factory.mktemp("persons") / "small.kin"
    about = {"licence": "CC0", "consent": "nobody real"}
    save_person(path, dataclasses.replace(whole, **parts, name="small", about=about, trunk=b"", trunk_key=0))
    return path.read_bytes()


def named(folder: Path, name: str) -> dict[str, Any]:
    return next(row for row in persons(folder) if row["name"] == name)


def changed(data: bytes, folder: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> bytes:
    """The file of a person with something in it exchanged; its hashes fit."""
    path = folder / "changed.zip"
    path.write_bytes(data)
    head, parts = read_bundle(path)
    change(head, parts)
    write_bundle(path, head, parts)
    made = path.read_bytes()
    path.unlink()
    return made


def test_who_ships_is_shown_with_a_picture_and_the_tiers_there_are(tmp_path: Path) -> None:
    rows = persons(tmp_path)
    assert [row["name"] for row in rows] == ["default", "default-full"]
    for row in rows:
        kind, _, held = row["preview"].partition(",")
        assert kind == "data:image/jpeg;base64"
        assert checked_picture(base64.b64decode(held), 160 * 160) == (160, 160, "jpeg")
        assert tuple(row["tiers"]) == Artist(load_person(row["name"])).tiers
        assert row["licence"]
        assert row["consent"]
        assert row["error"] == ""
    assert [row["legs"] for row in rows] == [False, True]


def test_who_is_brought_is_there_as_they_were(tmp_path: Path, data: bytes) -> None:
    row = import_person(tmp_path, "Zoë 2", data)
    assert row == named(tmp_path, "Zoë 2")
    assert (row["licence"], row["consent"], row["own"], row["keyframes"]) == ("CC0", "nobody real", True, 12)
    assert export_person(tmp_path, "Zoë 2") == data
    assert [path.name for path in (tmp_path / "persons").iterdir()] == ["Zoë 2.kin"]
    assert (tmp_path / "persons" / "Zoë 2.kin").stat().st_mode & 0o077 == 0  # a likeness is for its owner alone
    again = import_person(tmp_path, "Zoë 2", export_person(tmp_path, "default-full"))
    assert again["keyframes"] > 12


def _bomb(head: dict[str, Any], parts: dict[str, bytes]) -> None:
    """A keyframe whose header says 16383 by 16383."""
    parts["keyframes/000.webp"] = (
        b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + b"\x10\0\0\0" + b"\xfe\x3f\0" * 2
    )


def _elsewhere(head: dict[str, Any], parts: dict[str, bytes]) -> None:
    parts["nets/core.onnx"] = b"\x08\x07" + b"\x0a\x08location\x12\x0b/etc/passwd"


def _no_net(head: dict[str, Any], parts: dict[str, bytes]) -> None:
    parts["nets/crops.onnx"] = b"no graph"


def _stranger(head: dict[str, Any], parts: dict[str, bytes]) -> None:
    parts["nets/evil.onnx"] = b"x"


def _no_picture(head: dict[str, Any], parts: dict[str, bytes]) -> None:
    parts |= {name: b"\x89PNG\r\n\x1a\n" + bytes(30) for name in parts if name.startswith("keyframes/")}


def _another_kind(head: dict[str, Any], parts: dict[str, bytes]) -> None:
    head["kind"] = "actions"


def _no_shoulders(head: dict[str, Any], parts: dict[str, bytes]) -> None:
    parts["poses.npz"] = b"no arrays"


@pytest.mark.parametrize("change", [_bomb, _elsewhere, _no_net, _stranger, _no_picture, _another_kind, _no_shoulders])
def test_what_cannot_be_drawn_or_asks_for_more_is_refused_and_not_kept(
    tmp_path: Path, data: bytes, change: Callable[[dict[str, Any], dict[str, bytes]], None]
) -> None:
    with pytest.raises(FormatError) as told:
        import_person(tmp_path, "bad", changed(data, tmp_path, change))
    assert "\n" not in str(told.value)
    assert str(tmp_path) not in str(told.value)
    assert list((tmp_path / "persons").iterdir()) == []


def test_damaged_files_are_refused(tmp_path: Path, data: bytes) -> None:
    rng = np.random.default_rng(3)
    torn = [b"", b"PK", data[: len(data) // 2], bytes(rng.integers(0, 256, 5000, np.uint8))]
    for _ in range(6):
        flipped = bytearray(data)
        at = int(rng.integers(0, len(data) - 64))
        flipped[at : at + 64] = bytes(rng.integers(0, 256, 64, np.uint8))
        torn.append(bytes(flipped))
    for one in torn:
        with pytest.raises((FormatError, UsageError)):
            import_person(tmp_path, "torn", one)
    assert list((tmp_path / "persons").iterdir()) == []


@pytest.mark.parametrize("name", ["", "../x", ".x", "a/b", "default", "default-full", "x" * 80])
def test_names_that_cannot_be_are_refused(tmp_path: Path, data: bytes, name: str) -> None:
    with pytest.raises(UsageError):
        import_person(tmp_path, name, data)


def test_a_file_that_broke_later_is_told_and_can_be_removed(tmp_path: Path, data: bytes) -> None:
    import_person(tmp_path, "zoe", data)
    (tmp_path / "persons" / "zoe.kin").write_bytes(data[:1000])
    assert named(tmp_path, "zoe")["error"]
    remove_person(tmp_path, "zoe")
    with pytest.raises(Absent):
        remove_person(tmp_path, "zoe")
    with pytest.raises(Absent):
        export_person(tmp_path, "zoe")
    with pytest.raises(UsageError, match="ships"):
        remove_person(tmp_path, "default")


def test_a_person_is_whoever_load_person_takes(tmp_path: Path, data: bytes) -> None:
    import_person(tmp_path, "zoe", data)
    assert isinstance(load_person(tmp_path / "persons" / "zoe.kin"), Person)
