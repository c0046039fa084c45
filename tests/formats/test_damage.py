"""Damaged files give a FormatError with the file's name or a note, never another exception."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from suffixes import SUFFIX

from kinesics.errors import FormatError
from kinesics.formats import open_sink, read_scenes
from kinesics.testing import sample_scenes
from kinesics.types import Scene, skeleton


def write(path: Path, name: str, count: int = 12) -> list[Scene]:
    scenes = sample_scenes(skeleton("coco17"), count)
    with open_sink(path, name) as sink:
        for scene in scenes:
            sink.write(scene)
    return scenes


def one_file(path: Path) -> Path:
    """The file to damage: of a folder, one in its middle."""
    return sorted(path.iterdir())[5] if path.is_dir() else path


@pytest.mark.parametrize("name", SUFFIX)
def test_flipped_bytes_are_a_format_error_or_other_numbers(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"a{SUFFIX[name]}"
    write(path, name)
    target = one_file(path)
    good = target.read_bytes()
    rng = np.random.default_rng(3)
    refused = 0
    for _ in range(150):
        data = bytearray(good)
        for at in rng.integers(0, len(data), 3):
            data[at] ^= 1 << rng.integers(0, 8)
        target.write_bytes(data)
        try:
            list(read_scenes(path, name))
        except FormatError as error:
            refused += 1
            assert str(error).startswith(str(path)) and "\n" not in str(error)
    assert refused > (5 if name == "pose" else 20)  # nearly all of a .pose file is plain numbers


@pytest.mark.parametrize("name", SUFFIX)
def test_files_cut_short_never_give_scenes_that_were_not_written(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"a{SUFFIX[name]}"
    write(path, name)
    target = one_file(path)
    good = target.read_bytes()
    whole = [scene.index for scene in read_scenes(path, name)]
    for length in np.linspace(0, len(good) - 1, 60).astype(int):
        target.write_bytes(good[:length])
        try:
            with read_scenes(path, name) as scenes:
                indices = [scene.index for scene in scenes]
            assert indices == whole[: len(indices)]
        except FormatError as error:
            assert str(error).startswith(str(path)) and "\n" not in str(error)


@pytest.mark.parametrize("name", SUFFIX)
@pytest.mark.parametrize("content", [b"", bytes(1000), b"\xff\xfe\x00" * 400, b"hello\nworld\n", b"{}", b"[]", b"[" * 100_000])
def test_other_things_are_refused(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / f"a{SUFFIX[name]}"
    path.write_bytes(content)
    try:
        scenes = list(read_scenes(path, name))
    except FormatError as error:
        assert str(error).startswith(str(path)) and "\n" not in str(error) and len(str(error)) < 400
    else:
        assert scenes == [] and (name, content) in {("mot", b""), ("coco", b"[]")}


@pytest.mark.parametrize("name", ["jsonl", "csv", "mot"])
def test_a_last_line_cut_off_is_noted_and_the_rest_kept(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"a{SUFFIX[name]}"
    write(path, name)
    path.write_bytes(path.read_bytes()[:-20])
    scenes = read_scenes(path)
    kept = list(scenes)
    assert len(kept) >= 5 and any("cut off" in note for note in scenes.notes)


def test_a_bad_line_in_the_middle_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    write(path, "jsonl")
    lines = path.read_bytes().split(b"\n")
    lines[4] = lines[4].replace(b'"id":7', b'"id":"x"')
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(FormatError, match=r"a\.jsonl:5: .*\$\.people\[0\]\.id"):
        list(read_scenes(path))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b'"version":1', b'"version":2', "newer than this program"),
        (b'"kinesics":"scenes"', b'"kinesics":"fish"', "expected kinesics scenes"),
        (b'"mirror":[[1,2]', b'"mirror":[[1,99]', "beyond 17"),
        (b'"score":', b'"score":7', "expected 0 to 1"),
        (b'"time":0.0', b'"time":-1.0', "0 or more"),
        (b'"box":[', b'"box":[1,', "Expected `array` of length 4"),
        (b'"points":[', b'"points":[null,', "expected 17 joints of 2 coordinates"),
    ],
)
def test_values_that_do_not_fit_are_named(tmp_path: Path, old: bytes, new: bytes, says: str) -> None:
    path = tmp_path / "a.jsonl"
    write(path, "jsonl")
    data = path.read_bytes()
    assert old in data
    path.write_bytes(data.replace(old, new, 1))
    with pytest.raises(FormatError, match=says):
        list(read_scenes(path))


def test_joined_files_are_read_one_after_the_other(tmp_path: Path) -> None:
    write(tmp_path / "a.jsonl", "jsonl", 3)
    write(tmp_path / "b.jsonl", "jsonl", 2)
    joined = tmp_path / "ab.jsonl"
    joined.write_bytes((tmp_path / "a.jsonl").read_bytes() + (tmp_path / "b.jsonl").read_bytes())
    assert [scene.index for scene in read_scenes(joined)] == [0, 3, 6, 0, 3]


@pytest.mark.parametrize("name", ["jsonl", "csv"])
def test_a_file_without_end_is_refused(name: str) -> None:
    with pytest.raises(FormatError, match="without an end"):
        list(read_scenes("/dev/zero", name))


@pytest.mark.parametrize("name", ["parquet", "coco", "mot", "openpose"])
def test_a_device_is_no_document(name: str) -> None:
    with pytest.raises(FormatError, match="/dev/zero"):
        list(read_scenes("/dev/zero", name))
