"""The writer: what is written reads back, at its times, whatever happens to the process or the disk."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from kinesics.errors import ShapeError, SinkError, UsageError
from kinesics.testing.video import counter_picture, make_video, read_counter
from kinesics.video import VideoWriter, open_source

ENDINGS = ["mp4", "webm"]
TIMES = [0.0, 0.011, 0.5, 0.541, 3.3333, 3.35]


def read(path: Path) -> list[Any]:
    with open_source(path) as source:
        frames = list(source)
        assert source.status == "ok", source.notes
    return frames


@pytest.mark.parametrize("ending", ENDINGS)
def test_pictures_read_back_in_order_at_their_own_times(tmp_path: Path, ending: str) -> None:
    with VideoWriter(tmp_path / f"a.{ending}") as writer:
        for index, moment in enumerate(TIMES):
            writer.write(counter_picture(index), moment)
    frames = read(tmp_path / f"a.{ending}")
    assert [read_counter(f.image) for f in frames] == list(range(6))
    tolerance = 1e-5 if ending == "mp4" else 6e-4  # webm counts milliseconds
    assert np.allclose([f.time for f in frames], TIMES, atol=tolerance)
    error = frames[0].image[70:].astype(float) - counter_picture(0)[70:]
    assert np.abs(error).mean() < 4


@pytest.mark.parametrize("size", [(320, 240), (1280, 720)])  # BT.601 and BT.709
def test_planes_pass_through_without_a_change_of_colour(tmp_path: Path, size: tuple[int, int]) -> None:
    source_path = make_video(tmp_path / "in.mp4", size=size, frames=3, options={"qp": "10"})
    originals = read(source_path)
    with VideoWriter(tmp_path / "planes.mp4") as a, VideoWriter(tmp_path / "rgb.mp4") as b:
        for frame in originals:
            assert frame.planes is not None
            a.write(frame.planes, frame.time)
            b.write(frame.image, frame.time)
    for name in ("planes.mp4", "rgb.mp4"):
        copies = read(tmp_path / name)
        shift = np.mean(
            [copy.image.mean((0, 1)) - orig.image.mean((0, 1)) for copy, orig in zip(copies, originals, strict=True)], 0
        )
        assert np.abs(shift).max() < 2.5, (name, shift)
    with av.open(str(tmp_path / "planes.mp4")) as file:
        context = file.streams.video[0].codec_context
        assert (context.pix_fmt, int(context.color_range)) == ("yuv420p", 1)
        assert int(context.colorspace) == (1 if size[0] == 1280 else 6)


def test_file_begins_with_its_first_picture(tmp_path: Path) -> None:
    for ending in ENDINGS:
        with VideoWriter(tmp_path / f"a.{ending}") as writer:
            for index in range(5):
                writer.write(counter_picture(index), 100 + index / 25)
        with av.open(str(tmp_path / f"a.{ending}")) as file:
            assert [round(f.time, 3) for f in file.decode(video=0)] == [0.0, 0.04, 0.08, 0.12, 0.16]


@pytest.mark.parametrize("size", [(321, 241), (1, 1), (16, 9)])
def test_odd_sizes_are_made_even_by_repeating_the_edge(tmp_path: Path, size: tuple[int, int]) -> None:
    even = (size[0] + size[0] % 2, size[1] + size[1] % 2)
    grey = np.full((size[1], size[0], 3), 90, np.uint8)
    for ending in ENDINGS:
        with VideoWriter(tmp_path / f"a.{ending}") as writer:
            for index in range(3):
                writer.write(grey, index / 25)
        frames = read(tmp_path / f"a.{ending}")
        assert [f.size for f in frames] == [even] * 3
        assert np.abs(frames[0].image.astype(int) - 90).max() < 8  # no dark border


def test_other_sizes_are_fitted_between_bars(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "a.mp4") as writer:
        writer.write(counter_picture(0, (320, 240)), 0)
        writer.write(counter_picture(1, (160, 240)), 1)
        small = read(make_video(tmp_path / "b.mp4", size=(640, 240), frames=1, start=2))[0]
        writer.write(small.planes, 2)
    frames = read(tmp_path / "a.mp4")
    assert [f.size for f in frames] == [(320, 240)] * 3
    assert read_counter(frames[1].image[:, 80:240]) == 1 and frames[1].image[:, :76].max() < 12
    assert read_counter(frames[2].image[60:180]) == 2 and frames[2].image[:56].max() < 12


def test_times_that_fall_or_repeat_still_rise_in_the_file(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "a.mp4") as writer:
        for index, moment in enumerate([0.0, 0.2, 0.2, 0.1, 0.4]):
            writer.write(counter_picture(index), moment)
    frames = read(tmp_path / "a.mp4")
    assert len(frames) == 5 and all(a.time < b.time for a, b in itertools.pairwise(frames))
    assert abs(frames[-1].time - 0.4) < 1e-4


def test_closed_file_has_an_ordinary_index(tmp_path: Path) -> None:
    with VideoWriter(tmp_path / "a.mp4") as writer:
        for index in range(50):
            writer.write(counter_picture(index), index / 25)
    writer.close()
    data = (tmp_path / "a.mp4").read_bytes()
    boxes, at = [], 0
    while at < len(data):
        boxes.append(data[at + 4 : at + 8])
        at += int.from_bytes(data[at : at + 4], "big")
    assert boxes == [b"ftyp", b"free", b"mdat", b"moov"]
    with av.open(str(tmp_path / "a.mp4")) as file:
        assert file.streams.video[0].frames == 50 and abs(file.duration / 1e6 - 2.0) < 0.05


def test_nothing_written_leaves_no_file(tmp_path: Path) -> None:
    VideoWriter(tmp_path / "a.mp4").close()
    with pytest.raises(KeyError), VideoWriter(tmp_path / "b.mp4"):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_writing_after_close_raises(tmp_path: Path) -> None:
    writer = VideoWriter(tmp_path / "a.mp4")
    writer.write(counter_picture(0), 0)
    writer.close()
    writer.close()
    with pytest.raises(SinkError, match="closed"):
        writer.write(counter_picture(1), 1)


WRITE = """
import sys, time
from kinesics.testing.video import counter_picture
from kinesics.video import VideoWriter
with VideoWriter(sys.argv[1]) as writer:
    for i in range(10**6):
        writer.write(counter_picture(i), i / 25)
        if i == 150: print("go", flush=True)
        if i >= 150: time.sleep(0.02)
"""


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", ["SIGKILL", "SIGINT"])
def test_stopped_writer_leaves_a_file_that_plays(tmp_path: Path, ending: str, name: str) -> None:
    path = tmp_path / f"a.{ending}"
    command = [sys.executable, "-c", WRITE, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "go\n"
        time.sleep(0.1)
        process.send_signal(getattr(signal, name))
    with open_source(path) as source:
        seen = [read_counter(frame.image) for frame in source]
    assert seen == list(range(len(seen)))
    assert len(seen) > (150 if name == "SIGINT" else 120)  # killed: up to about its last second


def full_disk(tmp_path: Path, ending: str) -> str:
    """Write noise until the file may not grow any more; the one line that comes of it."""
    import resource

    rng = np.random.default_rng(0)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
    try:
        with pytest.raises(SinkError) as caught, VideoWriter(tmp_path / f"a.{ending}") as writer:
            for index in range(500):
                writer.write(rng.integers(0, 255, (64, 64, 3)).astype(np.uint8), index / 25)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    return str(caught.value)


@pytest.mark.parametrize("ending", ENDINGS)
def test_full_disk_is_one_line_and_the_beginning_is_kept(tmp_path: Path, ending: str) -> None:
    text = full_disk(tmp_path, ending)
    assert "cannot be written" in text and "beginning is kept" in text and "\n" not in text
    with open_source(tmp_path / f"a.{ending}") as source:
        assert len(list(source)) >= 10


@pytest.mark.skipif(not sys.platform.startswith("linux") or os.geteuid() != 0, reason="mounting a small disk needs root")
def test_full_small_disk_is_one_line(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk], capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        noise = np.random.default_rng(0).integers(0, 255, (480, 640, 3)).astype(np.uint8)
        with pytest.raises(SinkError, match="no space left"), VideoWriter(disk / "a.mp4") as writer:
            for index in range(99):
                writer.write(noise, index / 25)
        assert list(disk.iterdir()) == []  # not one picture had room
    finally:
        subprocess.run(["umount", disk], check=True)


def test_places_that_cannot_be_written_are_refused_before_any_work(tmp_path: Path) -> None:
    make_video(tmp_path / "in.mp4", frames=2)
    (tmp_path / "folder.mp4").mkdir()
    os.mkfifo(tmp_path / "pipe.mp4")
    os.symlink(tmp_path / "in.mp4", tmp_path / "link.mp4")
    cases = [
        (tmp_path / "none" / "a.mp4", "no folder"),
        (tmp_path / "folder.mp4", "folder"),
        (tmp_path / "pipe.mp4", "pipe"),
        (tmp_path / "in.mp4", "is the file that is read"),
        (tmp_path / "link.mp4", "is the file that is read"),
        (tmp_path / ("x" * 300 + ".mp4"), "too long|longer"),
        (tmp_path / "a\0.mp4", "null"),
    ]
    for path, words in cases:
        with pytest.raises(SinkError, match=words) as caught:
            VideoWriter(path, source=tmp_path / "in.mp4")
        assert "\n" not in str(caught.value)
    for name in ("a.avi", "a", "mp4"):
        with pytest.raises(UsageError, match=r"\.mp4 or \.webm"):
            VideoWriter(tmp_path / name)
    assert read_counter(read(tmp_path / "in.mp4")[1].image) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_place_without_permission_is_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(SinkError, match="permission"):
        VideoWriter(tmp_path / "a.mp4")


@pytest.mark.parametrize(
    "picture",
    [np.zeros((4, 4)), np.zeros((4, 4, 3)), np.zeros((4, 4, 4), np.uint8), np.zeros((0, 4, 3), np.uint8), None,
     tuple(np.zeros((4, 4), np.uint8) for _ in range(3)), (np.zeros((4, 4), np.uint8),) * 2],
)  # fmt: skip
def test_what_is_no_picture_is_refused(tmp_path: Path, picture: Any) -> None:
    with pytest.raises(ShapeError, match="write: expected"), VideoWriter(tmp_path / "a.mp4") as writer:
        writer.write(picture, 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("moment", [float("nan"), float("inf"), 1e12])
def test_senseless_time_is_refused(tmp_path: Path, moment: float) -> None:
    with pytest.raises(UsageError, match="time"), VideoWriter(tmp_path / "a.mp4") as writer:
        writer.write(counter_picture(0), moment)


def test_other_encoders_step_in_when_one_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kinesics.video import writer as module

    for ending, fallback in ((".mp4", "mpeg4"), (".webm", "libvpx-vp9")):
        monkeypatch.setitem(module.ENCODERS, ending, tuple(c for c in module.ENCODERS[ending] if c[0] == fallback))
        with VideoWriter(tmp_path / f"a{ending}") as writer:
            for index, moment in enumerate(TIMES):
                writer.write(counter_picture(index), moment)
        frames = read(tmp_path / f"a{ending}")
        assert [read_counter(f.image) for f in frames] == list(range(6))
        assert np.allclose([f.time for f in frames], TIMES, atol=6e-4)


def test_name_may_hold_anything(tmp_path: Path) -> None:
    for name in ("ü" * 125 + ".mp4", "concat:a.mp4", "a\nb.mp4", "-i.MP4", "%03d.mp4"):
        with VideoWriter(tmp_path / name) as writer:
            writer.write(counter_picture(0), 0)
        assert len(read(tmp_path / name)) == 1
