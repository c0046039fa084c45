from __future__ import annotations

import csv
import tarfile
from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import FormatError, UsageError
from kinesics.formats import convert, read_sequence, write_sequence

ARM = """HIERARCHY
ROOT Hips
{
  OFFSET 0 0 0
  CHANNELS 6 Xposition Yposition Zposition %s
  JOINT left arm
  {
    OFFSET 0 2 0
    CHANNELS 3 Zrotation Xrotation Yrotation
    End Site
    {
      OFFSET 3 0 0
    }
  }
}
MOTION
Frames: 3
Frame Time: 0.04
%s
"""
ORDER = "Zrotation Yrotation Xrotation"


def write(path: Path, rows: str, order: str = ORDER) -> Path:
    path.write_text(ARM % (order, rows), "utf-8")
    return path


def test_offsets_turn_with_their_parents_and_y_points_down(tmp_path: Path) -> None:
    rows = "0 0 0 0 0 0 0 0 0\n1 5 2 0 0 0 90 0 0\n0 0 0 90 0 0 0 0 0"
    clip = read_sequence(write(tmp_path / "a.bvh", rows), scale=0.5)
    assert clip.skeleton.joints == ("Hips", "left arm", "left arm_end") and clip.skeleton.bones == ((0, 1), (1, 2))
    np.testing.assert_allclose(clip.times, [0, 0.04, 0.08])
    down = np.array([0.5, -0.5, -0.5])
    np.testing.assert_allclose(clip.points[0, 0], np.array([[0, 0, 0], [0, 2, 0], [3, 2, 0]]) * down, atol=1e-6)
    np.testing.assert_allclose(clip.points[1, 0], np.array([[1, 5, 2], [1, 7, 2], [1, 10, 2]]) * down, atol=1e-6)
    np.testing.assert_allclose(clip.points[2, 0], np.array([[0, 0, 0], [-2, 0, 0], [-2, 3, 0]]) * down, atol=1e-6)


def test_rotations_apply_in_the_order_of_their_channels(tmp_path: Path) -> None:
    rows = "0 0 0 90 90 0 0 0 0\n" * 3
    zy = read_sequence(write(tmp_path / "a.bvh", rows)).points[0, 0, 2]
    xy = read_sequence(write(tmp_path / "b.bvh", rows, "Xrotation Yrotation Zrotation")).points[0, 0, 2]
    np.testing.assert_allclose(zy, [-2, 0, 3], atol=1e-6)  # Z(90) Y(90): (3, 2, 0) to (0, 2, -3) to (-2, 0, -3); z away
    np.testing.assert_allclose(xy, [0, 3 * -1, -2], atol=1e-6)  # X(90) Y(90): (0, 2, -3) to (0, 3, 2)


def test_z_up_is_turned_about_x(tmp_path: Path) -> None:
    path = write(tmp_path / "a.bvh", "1 2 3 0 0 0 0 0 0\n" * 3)
    assert read_sequence(path, up="z").points[0, 0, 0].tolist() == [1, -3, 2]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("0 0 0 0 0 0 0 0 0", "0 0 0 0 0 0 0 0"), "3 frames of 9 numbers, got 26"),
        (("Frames: 3", "Frames: 4"), "4 frames of 9 numbers, got 27"),
        (("Frame Time: 0.04", "Frame Time: 0"), "seconds above 0"),
        (("HIERARCHY", "HELLO"), "expected HIERARCHY"),
        (("Xposition", "Wposition"), "has a channel 'wposition'"),
        (("0 0 0 0 0 0 0 0 0", "0 0 0 0 0 nan 0 0 0"), "finite numbers"),
        (("OFFSET 3 0 0", "OFFSET 3 0 x"), "could not convert"),
        (("    End Site\n    {", "    End Site\n"), "cannot be read as BVH"),
    ],
)
def test_damage_is_one_line(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    path = write(tmp_path / "a.bvh", "0 0 0 0 0 0 0 0 0\n1 0 0 0 0 0 0 0 0\n1 0 0 0 0 0 0 0 0")
    path.write_text(path.read_text("utf-8").replace(*change, 1), "utf-8")
    with pytest.raises(FormatError, match=says) as error:
        read_sequence(path)
    assert str(error.value).startswith(str(path)) and "\n" not in str(error.value)


def test_any_cut_of_a_file_is_refused(tmp_path: Path) -> None:
    text = write(tmp_path / "a.bvh", "0 0 0 0 0 0 0 0 0\n" * 3).read_text("utf-8").rstrip()
    for length in range(0, len(text) - 1, 7):
        (tmp_path / "a.bvh").write_text(text[:length], "utf-8")
        with pytest.raises(FormatError):
            read_sequence(tmp_path / "a.bvh")


def test_options_and_uses_that_do_not_fit_are_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.bvh", "0 0 0 0 0 0 0 0 0\n" * 3)
    with pytest.raises(UsageError, match="up should be y or z"):
        read_sequence(path, up="x")
    with pytest.raises(UsageError, match="scale should be"):
        read_sequence(path, scale=0)
    with pytest.raises(UsageError, match="can be read, not written"):
        write_sequence(tmp_path / "b.bvh", read_sequence(path))


def test_converts_to_other_formats(tmp_path: Path) -> None:
    path = write(tmp_path / "a.bvh", "0 0 0 0 0 0 0 0 0\n" * 3)
    convert(path, tmp_path / "a.pose")
    back, there = read_sequence(tmp_path / "a.pose"), read_sequence(path)
    np.testing.assert_array_equal(back.points, there.points)
    assert back.skeleton.joints == there.skeleton.joints and 1 / back.times[1] == pytest.approx(25)


def test_captured_bones_keep_their_lengths_and_the_root_its_way(data: Path, tmp_path: Path) -> None:
    with tarfile.open(data / "bvh" / "cmu-walk-bvh.tar.xz") as box:
        member = next(item for item in box if item.name.endswith("02_01.bvh"))
        content = box.extractfile(member)
        assert content is not None
        (tmp_path / "a.bvh").write_bytes(content.read())
    with (data / "bvh" / "index.csv").open(encoding="utf-8") as file:
        row = next(row for row in csv.DictReader(file) if row["file"] == "02_01.bvh")
    clip = read_sequence(tmp_path / "a.bvh", scale=0.0564)
    assert len(clip) == int(row["frames"]) and 1 / clip.times[1] == pytest.approx(120, rel=1e-3)
    assert sum(not name.endswith("_end") for name in clip.skeleton.joints) == int(row["joints"])
    a, b = np.array(clip.skeleton.bones).T
    lengths = np.linalg.norm(clip.points[:, 0, a] - clip.points[:, 0, b], axis=2)
    np.testing.assert_allclose(lengths, lengths[:1].repeat(len(clip), 0), atol=1e-5)
    names = list(clip.skeleton.joints)
    thigh = lengths[0, [bone[1] for bone in clip.skeleton.bones].index(names.index("LeftKnee"))]
    assert 0.35 < thigh < 0.5
    head, toe = clip.points[:, 0, names.index("Head"), 1], clip.points[:, 0, names.index("LeftToe"), 1]
    assert (toe - head > 1.2).all()  # y points down
    motion = (tmp_path / "a.bvh").read_text("utf-8").partition("Frame Time:")[2].splitlines()[1:]
    root = np.array([line.split()[:3] for line in motion if line.strip()], float) * 0.0564
    np.testing.assert_allclose(clip.points[:, 0, 0] * [1, -1, -1], root, atol=1e-4)
