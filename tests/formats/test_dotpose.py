from __future__ import annotations

import csv
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kinesics.errors import FormatError, SinkError, UsageError
from kinesics.formats import convert, open_sink, read_scenes, read_sequence, write_sequence
from kinesics.formats.dotpose import rate_of, slots
from kinesics.formats.output import partial_path
from kinesics.testing import sample_scenes
from kinesics.types import PoseSequence, Skeleton, skeleton

KINECT = skeleton("kinect20")


def clip(t: int = 7, n: int = 2, d: int = 2, body: Skeleton = KINECT, fps: float = 25.0) -> PoseSequence:
    rng = np.random.default_rng(5)
    scores = rng.integers(0, 9, (t, n, len(body))) / 8
    points = rng.integers(0, 400, (t, n, len(body), d)) / 4
    return PoseSequence(points, scores, np.arange(t) / fps, body, size=(640, 480))


@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("name", ["coco17", "blazepose33", "kinect20", "hand21"])
def test_clip_written_is_the_clip_read(tmp_path: Path, name: str, dims: int) -> None:
    there = clip(d=dims, body=skeleton(name))
    write_sequence(tmp_path / "a.pose", there)
    assert read_sequence(tmp_path / "a.pose") == there


@given(
    arrays(np.float32, (4, 2, 3, 3), elements=st.floats(-1e4, 1e4, width=32)),
    arrays(np.float32, (4, 2, 3), elements=st.floats(0, 1, width=32)),
    st.sampled_from([1.0, 12.5, 25.0, 30.0, 50.0, 120.0]),
)
def test_any_numbers_come_back(tmp_path_factory: pytest.TempPathFactory, points: object, scores: object, fps: float) -> None:
    path = tmp_path_factory.mktemp("pose") / "a.pose"
    body = Skeleton("three", ("left_tip", "right_tip", "root"), ((2, 0), (2, 1)), ((0, 1),))
    there = PoseSequence(points, scores, np.arange(4) / fps, body, size=(640, 480))  # type: ignore[arg-type]
    write_sequence(path, there)
    back = read_sequence(path)
    np.testing.assert_allclose(back.times, there.times, rtol=1e-6)
    assert back.skeleton == body and back.size == there.size
    np.testing.assert_array_equal(back.points, there.points)
    np.testing.assert_array_equal(back.scores, there.scores)


def test_components_keep_their_points_and_limbs(tmp_path: Path) -> None:
    names = ("BODY.left_wrist", "BODY.right_wrist", "LEFT.wrist", "LEFT.tip", "RIGHT.wrist", "RIGHT.tip")
    body = Skeleton("BODY+LEFT+RIGHT", names, ((0, 1), (2, 3), (4, 5)), ((0, 1), (2, 4), (3, 5)))
    write_sequence(tmp_path / "a.pose", clip(body=body))
    assert read_sequence(tmp_path / "a.pose").skeleton == body


def test_gaps_in_time_become_empty_frames(tmp_path: Path) -> None:
    there = clip(10)
    with_gap = PoseSequence(there.points[[0, 1, 2, 7, 8]], there.scores[[0, 1, 2, 7, 8]], there.times[[0, 1, 2, 7, 8]], KINECT)
    write_sequence(tmp_path / "a.pose", with_gap)
    back = read_sequence(tmp_path / "a.pose")
    assert len(back) == 9 and not back.scores[3:7].any()
    np.testing.assert_array_equal(back.points[[0, 1, 2, 7, 8]], with_gap.points)
    np.testing.assert_allclose(back.times[[0, 1, 2, 7, 8]], with_gap.times, atol=1e-6)


def test_times_rounded_to_milliseconds_lose_no_frame() -> None:
    times = np.round(np.arange(3000) * 1001 / 30000, 3)
    assert rate_of(times) == pytest.approx(30000 / 1001, rel=1e-4)
    np.testing.assert_array_equal(slots(times, rate_of(times)), np.arange(3000))


def test_a_moment_alone_and_a_clip_of_none(tmp_path: Path) -> None:
    for t in (1, 0):
        write_sequence(tmp_path / "a.pose", clip(t))
        assert len(read_sequence(tmp_path / "a.pose")) == t


def test_frame_rate_can_be_put_right(tmp_path: Path) -> None:
    write_sequence(tmp_path / "a.pose", clip())
    assert read_sequence(tmp_path / "a.pose", fps=5).times[1] == pytest.approx(0.2)
    data = bytearray((tmp_path / "a.pose").read_bytes())
    at = data.index(struct.pack("<fIH", 25.0, 7, 2))
    data[at : at + 4] = struct.pack("<f", 0.0)
    (tmp_path / "b.pose").write_bytes(data)
    with pytest.raises(FormatError, match="frame rate above 0, got 0"):
        read_sequence(tmp_path / "b.pose")
    assert len(read_sequence(tmp_path / "b.pose", fps=25)) == 7
    with pytest.raises(UsageError, match="fps should be above 0"):
        write_sequence(tmp_path / "c.pose", clip(), fps=0)


def version_0(ids: list[list[int]], path: Path) -> None:
    """A file of version 0.0: two points, people counted anew in each frame."""
    words = [b"".join(struct.pack("<H", len(word)) + word for word in (b"PART", b"XYC")), struct.pack("<HHH", 2, 1, 1)]
    words += [struct.pack("<H", 4) + word for word in (b"left", b"tail")]
    body = b"".join(words) + struct.pack("<HHHHH", 0, 1, 255, 0, 0)
    frames = b""
    for t, row in enumerate(ids):
        frames += struct.pack("<H", len(row))
        for identity in row:
            frames += struct.pack("<h6f", identity, identity, t, 1.0, 0, 0, 0)
    path.write_bytes(struct.pack("<fHHHH", 0.0, 640, 480, 0, 1) + body + struct.pack("<HH", 10, len(ids)) + frames)


def test_people_of_version_0_come_and_go_with_their_ids(tmp_path: Path) -> None:
    version_0([[4], [9, 4], [], [9]], tmp_path / "a.pose")
    back = read_sequence(tmp_path / "a.pose")
    assert back.ids.tolist() == [4, 9]
    assert (back.scores[:, :, 0] > 0).tolist() == [[True, False], [True, True], [False, False], [False, True]]
    assert back.points[1, :, 0].tolist() == [[4, 1], [9, 1]] and not back.scores[:, :, 1].any()


def test_people_of_version_0_without_ids_keep_their_places(tmp_path: Path) -> None:
    version_0([[-1], [-1, -1]], tmp_path / "a.pose")
    assert read_sequence(tmp_path / "a.pose").ids.tolist() == [0, 1]


def test_confidence_beyond_1_is_1_and_numbers_that_are_none_are_missing(tmp_path: Path) -> None:
    write_sequence(tmp_path / "a.pose", clip(1, 1))
    data = bytearray((tmp_path / "a.pose").read_bytes())
    data[-4:], data[-8:-4], data[-12:-8] = (struct.pack("<f", value) for value in (1.006, float("nan"), -3.0))
    (tmp_path / "a.pose").write_bytes(data)
    assert read_sequence(tmp_path / "a.pose").scores[0, 0, -3:].tolist() == [0, 0, 1]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "cut short"),
        (struct.pack("<fHHHH", 0.3, 1, 1, 0, 0), "version 0.0, 0.1 or 0.2, got version 0.3"),
        (struct.pack("<fHHHH", 0.2, 1, 1, 0, 0) + struct.pack("<fIH", 30, 2**32 - 1, 0), "beyond all measure"),
        (b"RIFF0000WAVEfmt ", "version"),
    ],
)
def test_other_files_are_refused_in_words(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "a.pose").write_bytes(content)
    with pytest.raises(FormatError, match=says) as error:
        read_sequence(tmp_path / "a.pose")
    assert str(error.value).startswith(str(tmp_path)) and "\n" not in str(error.value)


def test_what_a_killed_writer_leaves_can_be_read_and_made_whole(tmp_path: Path) -> None:
    sink = open_sink(tmp_path / "a.pose")
    scenes = [scene for scene in sample_scenes(skeleton("coco17")) if not scene.epoch]
    for scene in scenes:
        sink.write(scene)
    assert partial_path(tmp_path / "a.pose").exists() and not (tmp_path / "a.pose").exists()
    left = read_scenes(tmp_path / "a.pose")
    assert list(left) == scenes and "stopped before the end" in left.notes[0]
    assert read_sequence(tmp_path / "a.pose").ids.tolist() == [4, 7]
    convert(tmp_path / "a.pose", tmp_path / "whole.pose")
    assert read_sequence(tmp_path / "whole.pose").ids.tolist() == [0, 1]
    sink.close()
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["a.pose", "whole.pose"]


def test_stream_and_clip_write_the_same_file(tmp_path: Path) -> None:
    there = clip(30, fps=30)
    write_sequence(tmp_path / "clip.pose", there)
    write_sequence(tmp_path / "a.jsonl", there)
    convert(tmp_path / "a.jsonl", tmp_path / "stream.pose")
    assert (tmp_path / "clip.pose").read_bytes() == (tmp_path / "stream.pose").read_bytes()


def test_a_crowd_beyond_measure_is_refused_and_what_was_seen_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kinesics.formats.dotpose_writer.LARGEST", 1000)
    with pytest.raises(SinkError, match="choose jsonl or parquet"), open_sink(tmp_path / "a.pose") as sink:
        for scene in sample_scenes(skeleton("coco17")):
            sink.write(scene)
    assert len(list(read_scenes(tmp_path / "a.pose"))) > 30


def test_every_file_of_the_index_reads_as_it_says(data: Path) -> None:
    with (data / "pose-files" / "index.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 46
    for row in rows:
        there = read_sequence(data / "pose-files" / row["file"])
        shape = tuple(int(row[name]) for name in ("frames", "people", "points", "dims"))
        assert there.points.shape == shape and len(set(there.skeleton.joints)) == shape[2]
        assert there.times[-1] == pytest.approx((shape[0] - 1) / float(row["fps"]), rel=1e-4)


def test_files_agree_with_the_reference_reader(data: Path) -> None:
    reader = pytest.importorskip("pose_format")
    clips = sorted(data.glob("pose-files/**/*.pose")) + sorted(data.glob("actions/*/clips/*.pose"))[::60]
    for path in clips:
        theirs, ours = reader.Pose.read(path.read_bytes()), read_sequence(path)
        sure = np.asarray(theirs.body.confidence)
        np.testing.assert_array_equal(ours.scores, np.clip(sure, 0, 1).astype(np.float32))
        there = ours.scores > 0
        np.testing.assert_array_equal(ours.points[there], np.ma.getdata(theirs.body.data)[there].astype(np.float32))
        assert np.isnan(ours.points[~there]).all()
        if len(ours) > 1:
            assert 1 / np.diff(ours.times).mean() == pytest.approx(theirs.body.fps, rel=1e-5)


def test_every_file_written_again_is_the_same_to_the_reference_reader(data: Path, tmp_path: Path) -> None:
    reader = pytest.importorskip("pose_format")
    for path in sorted(data.glob("pose-files/**/*.pose")):
        write_sequence(tmp_path / "a.pose", read_sequence(path))
        before, after = reader.Pose.read(path.read_bytes()), reader.Pose.read((tmp_path / "a.pose").read_bytes())
        sure = np.clip(np.asarray(before.body.confidence), 0, 1)
        np.testing.assert_array_equal(np.asarray(after.body.confidence), sure)
        there = sure > 0
        np.testing.assert_array_equal(np.ma.getdata(after.body.data)[there], np.ma.getdata(before.body.data)[there])
        assert after.body.fps == pytest.approx(before.body.fps, rel=1e-4)
        assert round(after.header.version, 3) == 0.2 and after.header.total_points() == before.header.total_points()


def test_the_reference_reader_takes_what_is_written(tmp_path: Path) -> None:
    reader = pytest.importorskip("pose_format")
    there = clip(d=3)
    write_sequence(tmp_path / "a.pose", there)
    back = reader.Pose.read((tmp_path / "a.pose").read_bytes())
    assert back.body.fps == 25 and back.header.components[0].points == list(KINECT.joints)
    assert [tuple(limb) for limb in back.header.components[0].limbs] == list(KINECT.bones)
    np.testing.assert_array_equal(back.body.confidence, there.scores)
    np.testing.assert_array_equal(np.ma.getdata(back.body.data), np.nan_to_num(there.points))


def test_known_joints_are_a_built_in_body(data: Path) -> None:
    there = read_sequence(next((data / "actions" / "utd-mhad" / "clips").glob("*.pose")))
    assert there.skeleton == KINECT and there.size is None
    body = read_sequence(next((data / "actions" / "jhmdb-14" / "clips").glob("*.pose"))).skeleton
    assert (len(body), len(body.bones), len(body.mirror)) == (15, 14, 6)
    assert body.joints[body.mirror[0][0]].removeprefix("left") == body.joints[body.mirror[0][1]].removeprefix("right")


def version_1(frames: int, path: Path, cut: int = 0) -> None:
    """A file of version 0.1, whose header has 16 bits for the number of frames: one person of one point."""
    part = b"".join(struct.pack("<H", len(word)) + word for word in (b"PART", b"XYC")) + struct.pack("<HHH", 1, 0, 0)
    head = struct.pack("<fHHHH", 0.1, 640, 480, 0, 1) + part + struct.pack("<H", 3) + b"tip"
    points = np.stack([np.arange(frames) % 640, np.full(frames, 7)], axis=1).astype("<f4")
    data = head + struct.pack("<HHH", 30, frames % 65536, 1) + points.tobytes() + np.full(frames, 0.5, "<f4").tobytes()
    path.write_bytes(data[: len(data) - cut])


@pytest.mark.parametrize("frames", [3, 65535, 65536, 65541, 140_000])
def test_more_frames_than_16_bits_hold_are_all_read(tmp_path: Path, frames: int) -> None:
    version_1(frames, tmp_path / "a.pose")
    back = read_sequence(tmp_path / "a.pose")
    assert len(back) == frames and back.points[-1, 0, 0].tolist() == [(frames - 1) % 640, 7] and (back.scores == 0.5).all()


@pytest.mark.parametrize("cut", [4, 12, 12 * 10, 12 * 20_000 + 4])
def test_a_file_of_version_1_cut_short_is_never_read_as_something_else(tmp_path: Path, cut: int) -> None:
    version_1(70_000, tmp_path / "a.pose", cut)
    with pytest.raises(FormatError, match="cut short"):
        read_sequence(tmp_path / "a.pose")


def test_a_whole_body_comes_back_as_one(tmp_path: Path) -> None:
    there = clip(3, 1, body=skeleton("wholebody133"))
    for name in ("a.pose", "a.csv", "a.jsonl", "a.parquet"):
        write_sequence(tmp_path / name, there)
        back = read_sequence(tmp_path / name)
        assert back.skeleton == skeleton("wholebody133")
        np.testing.assert_array_equal(back.points, there.points)
        np.testing.assert_array_equal(back.scores, there.scores)
