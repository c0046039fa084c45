"""Labelled sets of depth: what is in the files is what comes out, in our axes and at the right time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinesics.errors import FormatError
from kinesics.evaluate.depth_sets import read_depth_set
from kinesics.types import Array, skeleton


def arrays(t: int = 6, size: tuple[int, int] = (240, 320)) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    joints = rng.uniform(-1, 1, (t, 20, 3)) + (0, 0, 3)
    return {"depth": rng.integers(0, 4000, (t, *size)).astype(np.uint16), "joints": joints.astype(np.float32)}


def test_a_late_skeleton_is_brought_to_its_pictures(tmp_path: Path) -> None:
    made = arrays()
    np.savez(tmp_path / "a10_s2_t1.npz", **made)
    np.savez(tmp_path / "a2_s3_t1.npz", **made)
    first, clip = read_depth_set(tmp_path)
    assert (first.name, clip.name, clip.subject, clip.action) == ("a2_s3_t1", "a10_s2_t1", "s2", "a10")
    assert np.array_equal(clip.depth, made["depth"][2:, :, ::-1]) and len(clip.times) == 4
    assert np.array_equal(clip.joints, made["joints"][:-2] * np.array([-1, -1, 1], np.float32))
    assert (clip.camera.width, clip.camera.height, clip.camera.cx) == (320, 240, 159)


def test_a_set_of_ones_own_with_a_camera_is_taken_as_it_is(tmp_path: Path) -> None:
    made = arrays(size=(40, 60))
    made["joints"][1] = np.nan
    np.savez(tmp_path / "anna.npz", camera=[50.0, 51, 30, 20], times=np.arange(6) / 15, **made)
    (clip,) = read_depth_set(tmp_path)
    assert (clip.subject, clip.action, clip.camera.fy) == ("anna", "", 51)
    assert np.array_equal(clip.joints, made["joints"], equal_nan=True) and np.array_equal(clip.depth, made["depth"])
    assert clip.times[-1] == pytest.approx(1 / 3)
    assert [c.name for c in read_depth_set(tmp_path / "anna.npz")] == ["anna"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"joints": None}, "has no joints"),
        ({"depth": None, "joints": None}, "no depth and no joints"),
        ({"depth": np.ones((6, 240, 320), np.float32)}, "uint16 millimetres"),
        ({"depth": np.ones((240, 320), np.uint16)}, "got \\(240, 320\\)"),
        ({"joints": np.ones((5, 20, 3), np.float32)}, "one row a picture"),
        ({"joints": np.ones((6, 25, 3), np.float32)}, "\\(6, 20, 3\\)"),
        ({"joints": np.full((6, 20, 3), 2500, np.float32)}, "metres"),
        ({"camera": np.ones(3)}, "camera: expected"),
        ({"times": np.arange(3)}, "times as"),
        ({"depth": np.ones((6, 10, 10), np.uint16)}, "no camera"),
        ({"depth": np.ones((2, 240, 320), np.uint16), "joints": np.ones((2, 20, 3), np.float32)}, "more than 2 pictures"),
        ({"joints": np.array([object()] * 6)}, "damaged or none"),
    ],
)
def test_what_is_no_labelled_clip_is_said_in_one_line(tmp_path: Path, change: dict[str, Array | None], says: str) -> None:
    made: dict[str, Any] = {name: values for name, values in {**arrays(), **change}.items() if values is not None}
    np.savez(tmp_path / "x.npz", **made)
    with pytest.raises(FormatError, match=says) as caught:
        list(read_depth_set(tmp_path))
    assert "\n" not in str(caught.value) and "x.npz" in str(caught.value)


def test_damaged_and_missing_files_are_said(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no such folder"):
        read_depth_set(tmp_path / "nowhere")
    with pytest.raises(FormatError, match="found none"):
        read_depth_set(tmp_path)
    np.savez_compressed(tmp_path / "x.npz", **arrays())
    whole = (tmp_path / "x.npz").read_bytes()
    for data in (whole[: len(whole) // 2], whole[:1000] + bytes(500) + whole[1500:], b"", b"hello"):
        (tmp_path / "x.npz").write_bytes(data)
        with pytest.raises(FormatError, match=r"x.npz: this npz is damaged"):
            list(read_depth_set(tmp_path))
    np.save(tmp_path / "x.npy", np.ones(3))
    (tmp_path / "x.npy").replace(tmp_path / "x.npz")
    with pytest.raises(FormatError, match="no depth and no joints"):
        list(read_depth_set(tmp_path))


def test_joints_of_real_people_lie_on_their_silhouettes(data: Path) -> None:
    names = skeleton("kinect20").joints
    folder = data / "depth" / "utd-mhad-depth"
    clips = [clip for name in ("a1_s1_t1", "a13_s3_t1") for clip in read_depth_set(folder / f"{name}.npz")]
    assert [clip.subject for clip in clips] == ["s1", "s3"]
    for clip in clips:
        columns, rows = np.moveaxis(clip.camera.project(clip.joints).round().astype(int), -1, 0)
        on = clip.depth[np.arange(len(rows))[:, None], rows.clip(0, 239), columns.clip(0, 319)] > 0
        assert on.mean() > 0.88
        assert (clip.joints[:, names.index("head"), 1] < clip.joints[:, names.index("hip_center"), 1]).all()  # y is down
        assert (clip.joints[:, names.index("left_hip"), 0] > clip.joints[:, names.index("right_hip"), 0]).all()  # they face us
        behind = clip.joints[..., 2] - clip.depth[np.arange(len(rows))[:, None], rows.clip(0, 239), columns.clip(0, 319)] / 1000
        assert 0 < np.median(behind[on]) < 0.15
