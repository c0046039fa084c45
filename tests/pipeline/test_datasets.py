from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import kinesics as ks
from kinesics.errors import FormatError, UsageError
from kinesics.formats import write_sequence
from kinesics.pipeline.datasets import load_clips, read_actions
from kinesics.types import PoseSequence, Skeleton, skeleton

KINECT = skeleton("kinect20")


def clip(seed: int = 0, t: int = 20, n: int = 1, d: int = 2, body: Skeleton = KINECT, up: float = -1.0) -> PoseSequence:
    """People who stand: heads above feet; `up` is the sign of y above."""
    rng = np.random.default_rng(seed)
    points = rng.normal(0, 0.05, (t, n, len(body), d))
    for k, name in enumerate(body.joints):
        points[:, :, k, 1] += up * (1.7 if "head" in name.lower() or name == "nose" else 0.1 if "foot" in name else 1.0)
    points[..., 0] += np.arange(n)[None, :, None] * 3
    return PoseSequence(points, np.ones((t, n, len(body))), np.arange(t) / 30, body)


def gym(folder: Path) -> Path:
    for i, (label, part) in enumerate([("wave", "train"), ("clap", "train"), ("wave", "test"), ("clap", "test")]):
        (folder / part / label).mkdir(parents=True)
        write_sequence(folder / part / label / f"{i}.pose", clip(i))
    return folder


def test_parts_are_picked_by_column_and_value(tmp_path: Path) -> None:
    found = read_actions(gym(tmp_path))
    assert len(found) == 4 and found.splits == {"split": ["test", "test", "train", "train"]}
    train = found.part("split", "Train")
    assert train.labels == ["clap", "wave"] and train.files == ["train/clap/1.pose", "train/wave/0.pose"]
    clips, labels = load_clips(tmp_path, "split", "test")
    assert labels == ["clap", "wave"] and clips[1] == found.part("split", "test").clips[1]
    assert load_clips(tmp_path / "train")[1] == ["clap", "wave"] and ks.load_clips is load_clips


@pytest.mark.parametrize(
    ("split", "part", "says"),
    [
        ("fold", "train", "no split column is called 'fold'; there are split"),
        ("split", "trian", "has no part 'trian'; there is test, train"),
        ("split", None, "a split column needs a part"),
    ],
)
def test_unknown_columns_and_parts_name_those_there_are(tmp_path: Path, split: str, part: str | None, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        load_clips(gym(tmp_path), split, part)


def test_what_cannot_be_read_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    gym(tmp_path)
    (tmp_path / "train" / "wave" / "bad.pose").write_bytes(b"rubbish, not a clip")
    (tmp_path / "index.csv").write_text("file,label\ntrain/wave/0.pose,wave\ntrain/wave/bad.pose,wave\nabsent.pose,wave\n")
    found = read_actions(tmp_path)
    assert found.files == ["train/wave/0.pose"] and set(found.unread) == {"train/wave/bad.pose", "absent.pose"}
    assert "no such file" in found.unread["absent.pose"] and "version" in found.unread["train/wave/bad.pose"]
    (tmp_path / "index.csv").write_text("file,label\nabsent.pose,wave\n")
    with pytest.raises(FormatError, match=r"none of 1 clips can be read; the first: .*absent\.pose: there is no such file"):
        read_actions(tmp_path)


def test_part_of_a_file_is_a_clip(tmp_path: Path) -> None:
    write_sequence(tmp_path / "long.pose", clip(t=90))
    (tmp_path / "index.csv").write_text("file,label,start,end\nlong.pose,wave,1,2\nlong.pose,clap,2,\n")
    first, second = read_actions(tmp_path).clips
    assert len(first) == 30 and first.times[0] == pytest.approx(1) and len(second) == 30


@pytest.mark.parametrize("up", [1.0, -1.0])
def test_3d_is_turned_so_that_y_points_down(tmp_path: Path, up: float) -> None:
    (tmp_path / "wave").mkdir()
    there = clip(d=3, up=up)
    write_sequence(tmp_path / "wave" / "a.pose", there)
    lying = clip(1, d=3, up=up * 0.0)  # one who lies does not change the answer for all
    write_sequence(tmp_path / "wave" / "b.pose", lying)
    found = read_actions(tmp_path)
    head, foot = KINECT.joints.index("head"), KINECT.joints.index("left_foot")
    assert (found.clips[0].points[:, 0, head, 1] < found.clips[0].points[:, 0, foot, 1]).all()
    assert len(found.notes) == (up > 0)
    for had, got in zip((there, lying), found.clips, strict=True):
        np.testing.assert_array_equal(got.points, had.points * np.float32([1, -up, 1]))


def test_z_up_becomes_y_down_without_a_mirror(tmp_path: Path) -> None:
    there = clip(d=3)  # y down
    z_up = PoseSequence(there.points[..., [0, 2, 1]] * np.float32([1, 1, -1]), there.scores, there.times, KINECT)
    (tmp_path / "wave").mkdir()
    write_sequence(tmp_path / "wave" / "a.pose", z_up)
    found = read_actions(tmp_path)
    np.testing.assert_array_equal(found.clips[0].points, there.points)
    assert "had z up" in found.notes[0]


def test_2d_is_never_turned(tmp_path: Path) -> None:
    (tmp_path / "wave").mkdir()
    write_sequence(tmp_path / "wave" / "a.pose", clip(up=1.0))
    assert read_actions(tmp_path).clips[0] == clip(up=1.0)


def test_several_bodies_and_dimensions_become_one_kind(tmp_path: Path) -> None:
    (tmp_path / "wave").mkdir()
    write_sequence(tmp_path / "wave" / "a.pose", clip(d=3))
    write_sequence(tmp_path / "wave" / "b.jsonl", clip(1, body=skeleton("coco17"), t=9))
    found = read_actions(tmp_path)
    a, b = found.clips
    assert a.skeleton == b.skeleton and 12 <= len(a.skeleton) <= 20 and a.points.shape[3] == b.points.shape[3] == 2
    assert any("are used in 2D" in note for note in found.notes) and any("kinds of joints" in note for note in found.notes)
    elbow, theirs = a.skeleton.joints.index("left_elbow"), KINECT.joints.index("left_elbow")
    np.testing.assert_array_equal(a.points[:, :, elbow], clip(d=3).points[:, :, theirs, :2])


def test_any_frame_rate_and_format_will_do(tmp_path: Path) -> None:
    (tmp_path / "wave").mkdir()
    for name in ("a.jsonl", "b.parquet", "c.csv", "d.pose", "e.json"):
        write_sequence(tmp_path / "wave" / name, PoseSequence(clip().points + 5, clip().scores, np.arange(20) / 12.5, KINECT))
    found = read_actions(tmp_path)
    assert not found.unread and len(found) == 5
    for there in found.clips[1:]:
        np.testing.assert_allclose(there.points, found.clips[0].points, rtol=1e-5)
        np.testing.assert_allclose(there.times, found.clips[0].times, atol=1e-5)


def test_progress_names_each_clip(tmp_path: Path) -> None:
    told: list[tuple[int, int, str]] = []
    read_actions(gym(tmp_path), progress=lambda *step: told.append(step))
    assert [step[0] for step in told] == [0, 1, 2, 3] and {step[1] for step in told} == {4}
    assert told[0][2] == "test/clap/3.pose"


@pytest.mark.parametrize(
    ("name", "clips", "labels", "columns", "shape"),
    [
        ("utd-mhad", 861, 27, 1, (20, 3)),
        ("jhmdb-14", 609, 14, 4, (15, 2)),
        ("msr-action3d", 567, 20, 11, (20, 3)),
    ],
)
def test_real_sets_read_whole(data: Path, name: str, clips: int, labels: int, columns: int, shape: tuple[int, int]) -> None:
    found = read_actions(data / "actions" / name)
    assert (len(found), len(set(found.labels)), len(found.splits)) == (clips, labels, columns) and not found.unread
    assert {c.points.shape[1:] for c in found.clips} == {(1, *shape)} and len({c.skeleton for c in found.clips}) == 1
    assert len(found.notes) == (2 if shape[1] == 3 else 0)  # y up, and a mirror image
    body = found.clips[0].skeleton
    high, low = body.joints.index("head" if "head" in body.joints else "face"), body.joints.index("left_ankle")
    above = [float(np.nanmedian(c.points[:, 0, low, 1] - c.points[:, 0, high, 1])) > 0 for c in found.clips if c.scores.any()]
    assert np.mean(above) > (0.98 if shape[1] == 3 else 0.9)


def test_videos_become_poses_once(tmp_path: Path, short_video: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dance").mkdir()
    (tmp_path / "dance" / "a.mp4").write_bytes(short_video.read_bytes())
    first = read_actions(tmp_path, pose="fast")
    assert len(list((tmp_path / ".kinesics").glob("*.jsonl"))) == 1
    assert first.clips[0].scores.any() and first.clips[0].points.shape[1] in (1, 2)
    monkeypatch.setattr("kinesics.pipeline.clip_cache.watch", None)  # it is not asked again
    (tmp_path / "dance" / "a.mp4").rename(tmp_path / "dance" / "renamed.mp4")
    second = read_actions(tmp_path, pose="fast")
    assert second.clips[0] == first.clips[0] and second.files == ["dance/renamed.mp4"]


def test_what_was_found_before_an_interrupt_is_kept(tmp_path: Path, short_video: Path) -> None:
    for label in ("dance", "wave"):
        (tmp_path / label).mkdir()
        (tmp_path / label / "a.mp4").write_bytes(short_video.read_bytes() + label.encode())

    def stop(number: int, total: int, name: str) -> None:
        if number == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_actions(tmp_path, pose="fast", progress=stop)
    assert len(list((tmp_path / ".kinesics").glob("*.jsonl"))) == 1


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the rights of files do not bind this user")
def test_a_set_that_cannot_be_written_uses_the_users_cache(
    tmp_path: Path, short_video: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "set" / "dance").mkdir(parents=True)
    (tmp_path / "set" / "dance" / "a.mp4").write_bytes(short_video.read_bytes())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    (tmp_path / "set").chmod(0o500)
    read_actions(tmp_path / "set", pose="fast")
    assert list((tmp_path / "home").rglob("*.jsonl"))


def test_where_nothing_can_be_kept_it_is_said(tmp_path: Path, short_video: Path) -> None:
    (tmp_path / "dance").mkdir()
    (tmp_path / "dance" / "a.mp4").write_bytes(short_video.read_bytes())
    (tmp_path / "file").write_text("no folder")
    found = read_actions(tmp_path, pose="fast", cache=tmp_path / "file" / "poses")
    assert len(found) == 1 and "cannot be kept" in found.notes[0]


def test_a_broken_video_is_named(tmp_path: Path) -> None:
    (tmp_path / "dance").mkdir()
    (tmp_path / "dance" / "a.mp4").write_bytes(b"no video at all")
    with pytest.raises(FormatError, match=r"none of 1 clips can be read; the first: .*a\.mp4"):
        read_actions(tmp_path)
