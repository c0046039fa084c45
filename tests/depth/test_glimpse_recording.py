"""Recordings of glimpse: written and read, in every format, turned as the camera was held, cut in the middle."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinesics.depth import open_depth, save_depth
from kinesics.depth.glimpse_recording import RECORDING, turned
from kinesics.errors import KinesicsError, SourceError
from kinesics.testing import check_source
from kinesics.types import Array
from kinesics.types.camera import Camera

LENS = {"width": 12, "height": 8, "fx": 10.0, "fy": 11.0, "cx": 5.0, "cy": 4.0, "distortion_model": 0}


def recording(folder: Path, *, kind: int = 1, count: int = 4, shared: bool = False, **entry: Any) -> Path:
    """A recording as their recorder lays it out."""
    (folder / "depth").mkdir(parents=True)
    dtype, scale = {1: ("<u2", 1.0), 2: ("<f4", 0.001), 3: ("<f2", 0.001)}[kind]
    frames = []
    for index in range(count):
        data = (picture(index) * scale).astype(dtype).tobytes()
        (folder / "depth" / f"{index:04d}-depth.bin").write_bytes(data)
        own = {} if shared else {"depth_intrinsics": LENS}
        frames.append(
            {
                "timestamp": 7_000_000_000 + 40_000_000 * index,
                "gravity": [0.0, 1.0, 0.1],
                "depth_file": f"/depth/{index:04d}-depth.bin",
                "depth_len": len(data),
                "camera_rotation": 0,
                **own,
                **entry,
            }
        )
    said = {"depth_format": kind, "video_format": 0, **({"depth_intrinsics": LENS} if shared else {}), "frames": frames}
    (folder / RECORDING).write_text(json.dumps(said, indent=4))
    return folder


def picture(index: int) -> Array:
    """(8, 12) millimetres."""
    depth = np.zeros((8, 12))
    depth[2:6, 3:9] = 2000 + 8 * index + 8 * np.arange(6)
    return depth


@pytest.mark.parametrize("kind", [1, 2, 3])
@pytest.mark.parametrize("shared", [False, True])
def test_every_format_gives_the_same_metres(kind: int, shared: bool, tmp_path: Path) -> None:
    folder = recording(tmp_path / "r", kind=kind, shared=shared)
    check_source(lambda: open_depth(folder))
    with open_depth(folder / RECORDING) as source:
        frames = list(source)
        assert source.camera == Camera(12, 8, 10, 11, 5, 4) and source.notes == []
        assert source.gravity is not None and source.gravity.tolist() == [0.0, 1.0, 0.1]
    assert [frame.time for frame in frames] == pytest.approx([0, 0.04, 0.08, 0.12])
    for index, frame in enumerate(frames):
        assert frame.depth is not None and np.allclose(frame.depth, picture(index) / 1000, atol=1.1e-3 if kind == 3 else 1e-6)


def test_a_recording_written_by_us_reads_back_whole(tmp_path: Path) -> None:
    folder = recording(tmp_path / "r")
    with open_depth(folder) as source:
        assert save_depth(tmp_path / "again", source, kind="glimpse") == 4
    with open_depth(folder) as first, open_depth(tmp_path / "again") as second:
        assert first.camera == second.camera
        for a, b in zip(first, second, strict=True):
            assert a.time == pytest.approx(b.time) and np.array_equal(a.depth, b.depth)
        assert second.gravity is not None and second.gravity.tolist() == [0.0, 1.0, 0.1]


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_turned_camera_sees_the_same_points_upright(turns: int, tmp_path: Path) -> None:
    """Turning picture and camera turns the points about the axis, and nothing else."""
    depth, camera = np.zeros((8, 12)), Camera(12, 8, 10, 11, 5, 4)
    depth[1, 7] = 2.0
    there = camera.unproject(np.array([7.0, 1.0]), np.array(2.0))
    picture, lens = turned(depth, camera, turns)
    ((row, column),) = np.argwhere(picture)
    quarter = np.array([[0, 1, 0], [-1, 0, 0], [0, 0, 1]])  # a quarter to the left, y down
    assert picture.shape == (lens.height, lens.width)
    assert lens.unproject(np.array([column, row]), np.array(2.0)) == pytest.approx(
        np.linalg.matrix_power(quarter, turns) @ there
    )
    with open_depth(recording(tmp_path / "r", camera_rotation=turns)) as source:
        assert source.size == ((8, 12) if turns % 2 else (12, 8)) == next(source).size


def drop_file(folder: Path) -> None:
    (folder / "depth" / "0001-depth.bin").unlink()


def cut_file(folder: Path) -> None:
    path = folder / "depth" / "0001-depth.bin"
    path.write_bytes(path.read_bytes()[:50])


def steal(folder: Path) -> None:
    edit(folder, lambda frame: frame.update(depth_file="/../../secret.bin"))


def spoil_lens(folder: Path) -> None:
    edit(folder, lambda frame: frame.update(depth_intrinsics={"width": 12}))


def no_dict_lens(folder: Path) -> None:
    edit(folder, lambda frame: frame.update(depth_intrinsics=[1, 2]))


def huge(folder: Path) -> None:
    edit(folder, lambda frame: frame.update(depth_intrinsics={**LENS, "width": 10**9}))


def odd_gravity(folder: Path) -> None:
    edit(folder, lambda frame: frame.update(gravity="down"))


def odd_time(folder: Path) -> None:
    edit(folder, lambda frame: frame.update(timestamp="noon"))


def edit(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    said = json.loads((folder / RECORDING).read_text())
    change(said["frames"][1])
    (folder / RECORDING).write_text(json.dumps(said))


@pytest.mark.parametrize("spoil", [drop_file, cut_file, steal, spoil_lens, no_dict_lens, huge, odd_gravity, odd_time])
def test_one_bad_frame_is_left_out_and_said(spoil: Callable[[Path], None], tmp_path: Path) -> None:
    folder = recording(tmp_path / "r")
    (tmp_path / "secret.bin").write_bytes(bytes(192))
    spoil(folder)
    with open_depth(folder) as source:
        assert [frame.index for frame in source] == [0, 2, 3]
    assert source.status == "damaged" and len(source.notes) == 1 and source.notes[0].startswith("frame 1 of 4: ")


def test_frames_without_depth_are_left_out(tmp_path: Path) -> None:
    folder = recording(tmp_path / "r")
    edit(folder, lambda frame: frame.pop("depth_file"))
    with open_depth(folder) as source:
        assert len(list(source)) == source.frames == 3 and "no depth" in source.notes[0]


def test_time_that_falls_is_held(tmp_path: Path) -> None:
    folder = recording(tmp_path / "r")
    edit(folder, lambda frame: frame.update(timestamp=0))
    with open_depth(folder) as source:
        assert [frame.time for frame in source] == pytest.approx([0, 0, 0.08, 0.12])
    assert "time falls" in source.notes[0]
    check_source(lambda: open_depth(folder))


def test_a_bent_lens_is_said_once(tmp_path: Path) -> None:
    folder = recording(tmp_path / "r", depth_intrinsics={**LENS, "distortion_model": 3})
    with open_depth(folder) as source:
        assert len(list(source)) == 4
    assert sum("bends straight lines" in note for note in source.notes) == 1


def test_a_recording_cut_in_the_middle_is_read_up_to_there(tmp_path: Path) -> None:
    folder = recording(tmp_path / "r")
    text = (folder / RECORDING).read_text()
    third = text.index('"timestamp": 7080000000')
    (folder / RECORDING).write_text(text[: third + 60])
    with open_depth(folder) as source:
        assert len(list(source)) == 2 and source.status == "damaged"
    assert any("ends early: read up to frame 2" in note for note in source.notes)


def test_a_json_cut_at_any_place_is_frames_or_one_line(tmp_path: Path) -> None:
    folder = recording(tmp_path / "r")
    text = (folder / RECORDING).read_text()
    seen = []
    for end in range(0, len(text), 17):
        (folder / RECORDING).write_text(text[:end])
        try:
            with open_depth(folder) as source:
                seen.append(len(list(source)))
        except KinesicsError as error:
            assert "\n" not in str(error)
            seen.append(0)
    assert seen == sorted(seen) and set(seen) >= {0, 1, 2, 3}


BAD = {
    "no_frames": ("{}", "expected what glimpse writes"),
    "a_list": ("[1, 2]", "expected what glimpse writes"),
    "words": ("hello", "expected what glimpse writes"),
    "deep": ("[" * 200_000, "expected what glimpse writes"),
    "empty": ('{"depth_format": 1, "frames": []}', "a recording without depth"),
    "no_format": ('{"frames": [{"depth_file": "a"}]}', "depth_format None"),
    "a_picture_format": ('{"depth_format": 5, "frames": [{"depth_file": "a"}]}', "depth_format 5"),
    "missing": ('{"depth_format": 1, "frames": [{"depth_file": "a"}]}', "its entry is not what glimpse writes"),
}


@pytest.mark.parametrize(("text", "words"), BAD.values(), ids=BAD.keys())
def test_a_recording_that_is_none_says_why(text: str, words: str, tmp_path: Path) -> None:
    (tmp_path / RECORDING).write_text(text)
    with pytest.raises(SourceError, match=words) as caught:
        open_depth(tmp_path)
    assert "\n" not in str(caught.value)


def test_a_recording_without_any_file_says_so(tmp_path: Path) -> None:
    folder = recording(tmp_path / "r")
    shutil.rmtree(folder / "depth")
    with pytest.raises(SourceError, match=r"there is no such file .and 3 more."):
        open_depth(folder)
