"""Video files: whole, odd, hurt, hostile. Each bad one is a single clear line."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from kinesics.errors import SourceError, UsageError
from kinesics.testing.source import check_source
from kinesics.testing.video import damage, make_video, read_counter
from kinesics.video import Source, open_source


def counters(source: Source) -> list[int]:
    return [read_counter(frame.image) for frame in source]


def refusal(path: str | Path, **options: Any) -> str:
    """The one line with which `path` is refused."""
    with pytest.raises(SourceError) as caught:
        open_source(path, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


# ------------------------------------------------------------------------------------------------------------------ whole
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.mp4", {}),
        ("a.mkv", {}),
        ("a.webm", {}),
        ("a.avi", {}),
        ("a.ts", {}),
        ("a.gif", {"codec": "gif", "pix_fmt": "rgb8"}),
        ("mpeg4.mp4", {"codec": "mpeg4"}),
        ("mjpeg.avi", {"codec": "mjpeg", "pix_fmt": "yuvj420p"}),
        ("alpha.mov", {"codec": "qtrle", "pix_fmt": "argb"}),
        ("grey.avi", {"codec": "ffv1", "pix_fmt": "gray"}),
        ("444.mp4", {"pix_fmt": "yuv444p"}),
        ("422.mp4", {"pix_fmt": "yuv422p"}),
        ("10bit.mp4", {"pix_fmt": "yuv420p10le"}),
        ("odd.mp4", {"pix_fmt": "yuv444p", "size": (161, 121)}),
        ("bframes.mp4", {"options": {"bf": "3", "preset": "medium"}}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_frame_comes_once_in_order_at_its_time(tmp_path: Path, name: str, options: dict[str, Any]) -> None:
    path = make_video(tmp_path / name, **{"size": (160, 120), "frames": 15, **options})
    check_source(lambda: open_source(path))
    with open_source(path) as source:
        frames = list(source)
        assert [read_counter(f.image) for f in frames] == list(range(15))
        assert np.allclose([f.time for f in frames], np.arange(15) / 25, atol=2e-3)
        assert (source.status, source.live, source.size) == ("ok", False, options.get("size", (160, 120)))
        assert source.notes == [] and not any(f.corrupt for f in frames)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_rotation_is_applied_once(tmp_path: Path, rotation: int) -> None:
    path = make_video(tmp_path / "a.mp4", rotation=rotation, frames=3, size=(160, 96))
    with open_source(path) as source:
        assert source.size == (160, 96)
        for index, frame in enumerate(source):
            assert read_counter(frame.image) == index
            assert frame.planes is not None and read_counter(frame.planes[0]) == index
            assert [p.shape for p in frame.planes] == [(96, 160), (48, 80), (48, 80)]


def test_a_closed_file_leaves_no_picture_behind(tmp_path: Path) -> None:
    """Nothing that only a search for circles would find: a service opens files and cameras for months."""
    path = make_video(tmp_path / "clip.mp4", frames=5, size=(320, 240))

    def kept() -> int:
        return sum(type(one) is av.VideoFrame and one.width == 320 for one in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        with open_source(path) as source:
            assert all(frame.image.any() for frame in source)
        del source
        assert kept() == 0
    finally:
        gc.enable()


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 5)])
def test_tiny_video_is_read(tmp_path: Path, size: tuple[int, int]) -> None:
    path = make_video(tmp_path / "a.avi", size=size, frames=3, codec="ffv1", pix_fmt="bgr0")
    with open_source(path) as source:
        assert [f.image.shape for f in source] == [(size[1], size[0], 3)] * 3


def test_times_are_the_containers_when_the_rate_varies(tmp_path: Path) -> None:
    times = [0.0, 0.1, 0.15, 1.0, 1.01, 5.0]
    with open_source(make_video(tmp_path / "a.mkv", frames=6, times=times)) as source:
        assert np.allclose([f.time for f in source], times, atol=1e-3)


def test_negative_start_begins_at_zero(tmp_path: Path) -> None:
    with open_source(make_video(tmp_path / "a.mkv", frames=10, times=[-1 + i / 10 for i in range(10)])) as source:
        assert np.allclose([f.time for f in source], np.arange(10) / 10, atol=1e-3)


def test_far_future_is_a_noted_discontinuity(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mkv", frames=6, times=[0, 0.04, 0.08, 1e6, 1e6 + 0.04, 1e6 + 0.08])
    with open_source(path) as source:
        assert np.allclose([f.time for f in source], np.arange(6) * 0.04, atol=2e-3)
        assert "jump by +999999" in source.notes[0]


def test_joined_recordings_go_on_in_time(tmp_path: Path) -> None:
    one = make_video(tmp_path / "one.ts", frames=20).read_bytes()
    (tmp_path / "two.ts").write_bytes(one + one)
    with open_source(tmp_path / "two.ts") as source:
        frames = list(source)
        assert [read_counter(f.image) for f in frames] == [*range(20), *range(20)]
        assert np.allclose([f.time for f in frames], np.arange(40) / 25, atol=2e-3)
        assert "jump by -0.760" in source.notes[0]


def test_stream_that_sets_in_later_does_not_disturb(tmp_path: Path) -> None:
    data = make_video(tmp_path / "a.flv", frames=400, size=(160, 120)).read_bytes()
    at = 13  # after the header come tags: kind, length, time, …, and the length once more
    for _ in range(350):
        at += 15 + int.from_bytes(data[at + 1 : at + 4], "big")
    sound = b"\x08\x00\x00\x05" + data[at + 4 : at + 8] + b"\x00\x00\x00" + b"\x3e1234" + b"\x00\x00\x00\x10"
    (tmp_path / "b.flv").write_bytes(data[:at] + sound * 3 + data[at:])
    with open_source(tmp_path / "b.flv") as source:
        assert counters(source) == list(range(400))


def test_new_size_is_a_new_epoch(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.ts", frames=20, change_size_at=8)
    check_source(lambda: open_source(path))
    with open_source(path) as source:
        frames = list(source)
        assert [f.epoch for f in frames] == [0] * 8 + [1] * 12
        assert [f.size for f in frames[7:9]] == [(320, 240), (160, 120)]
        assert [read_counter(f.image) for f in frames] == list(range(20))
        assert "320x240 to 160x120 at frame 8" in source.notes[0]


def test_wrong_ending_does_not_matter(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", frames=5).rename(tmp_path / "a.txt")
    with open_source(path) as source:
        assert counters(source) == list(range(5))


@pytest.mark.parametrize(
    "name",
    ["ü" * 125 + ".mp4", "-i.mp4", "concat:x.mp4", "subfile,,start,0,end,9,,:x.mp4", "a\nb.mp4", "%05d.mp4", "a*b[1].mp4", "7"],
)
def test_any_name_of_a_file_works(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_video(tmp_path / "plain.mp4", frames=3).rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    for path in (name, tmp_path / name):
        with open_source(path) as source:
            assert counters(source) == [0, 1, 2]
            assert "\n" not in source.name


def test_frames_do_not_depend_on_threads(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", frames=40)
    hurt = damage(path, tmp_path / "b.mp4", flips=30, skip=3000, seed=2)
    seen = []
    for threads in (1, 1, 3):
        with open_source(hurt, threads=threads) as source:
            seen.append([(f.index, f.time, f.corrupt) for f in source])
    assert seen[0] == seen[1]
    assert len(seen[0]) == len(seen[2]) > 20


def test_first_of_two_videos_is_read_and_noted(tmp_path: Path) -> None:
    pictures = [np.full((64, 64, 3), value, np.uint8) for value in (40, 200)]
    with av.open(str(tmp_path / "a.mkv"), "w") as file:
        streams = [file.add_stream("mpeg4", rate=25) for _ in pictures]
        for stream in streams:
            stream.width = stream.height = 64
        for _ in range(5):
            for stream, picture in zip(streams, pictures, strict=True):
                file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        for stream in streams:
            file.mux(stream.encode(None))
    with open_source(tmp_path / "a.mkv") as source:
        assert all(abs(int(f.image.mean()) - 40) < 5 for f in source)
        assert source.notes == ["2 video streams; stream 0 is read"]


def test_standard_input_is_read(tmp_path: Path) -> None:
    code = "from kinesics.video import open_source\nwith open_source('-') as s: print(len(list(s)), s.status, s.name)"
    command = [sys.executable, "-c", code]
    plain, front = make_video(tmp_path / "a.mp4", frames=5), make_video(tmp_path / "b.mkv", frames=5)
    with plain.open("rb") as file:  # a redirected file can seek
        assert subprocess.run(command, stdin=file, capture_output=True, text=True, check=True).stdout == "5 ok -\n"
    piped = subprocess.run(command, input=front.read_bytes(), capture_output=True, check=True)
    assert piped.stdout == b"5 ok -\n"
    large = make_video(tmp_path / "c.mp4", frames=100, options={"qp": "1"}).read_bytes()
    for data, words in ((b"", "not a video"), (b"hello " * 999, "not a video"), (large, "index in front")):
        failed = subprocess.run(command, input=data, capture_output=True, check=False)
        last = failed.stderr.decode().strip().splitlines()[-1]
        assert "SourceError: -:" in last and words in last


# ------------------------------------------------------------------------------------------------------------------- hurt
@pytest.mark.parametrize("ending", ["mp4", "mkv", "webm", "avi"])
def test_truncated_file_keeps_what_decodes_and_says_so(tmp_path: Path, ending: str) -> None:
    container = {"movflags": "faststart"} if ending == "mp4" else {}
    whole = make_video(tmp_path / f"a.{ending}", frames=75, container=container)
    with open_source(damage(whole, tmp_path / f"b.{ending}", keep=0.5)) as source:
        got = counters(source)
        assert 20 < len(got) < 60 and got[:20] == list(range(20))
        assert source.status == "truncated"
        expected = "75 frames" if ending in ("mp4", "avi") else "3.00 s"
        assert f"promises {expected}" in source.notes[-1] and "could be read" in source.notes[-1]


def test_recording_without_its_index_is_named(tmp_path: Path) -> None:
    path = damage(make_video(tmp_path / "a.mp4"), tmp_path / "b.mp4", keep=0.6)
    assert "moov" in refusal(path) and str(path) in refusal(path)


def test_file_cut_in_its_first_frame_has_no_frame(tmp_path: Path) -> None:
    data = make_video(tmp_path / "a.mp4", container={"movflags": "faststart"}).read_bytes()
    start = data.index(b"mdat") + 4
    for size in (0, 600):
        (tmp_path / "b.mp4").write_bytes(data[: start + size])
        assert "no frame could be decoded" in refusal(tmp_path / "b.mp4")


def test_bit_flips_mark_frames_and_never_stop_the_rest(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", frames=60, container={"movflags": "faststart"})
    start = path.read_bytes().index(b"mdat") + 4
    with open_source(damage(path, tmp_path / "b.mp4", flips=60, skip=start)) as source:
        frames = list(source)
        assert len(frames) > 50 and 5 < sum(f.corrupt for f in frames) < 55
        assert any("damaged" in note for note in source.notes)


@pytest.mark.parametrize("seed", range(12))
def test_any_damage_is_frames_or_one_line(tmp_path: Path, seed: int) -> None:
    ending = ("mp4", "mkv", "avi", "ts", "webm", "gif")[seed % 6]
    look = {"codec": "gif", "pix_fmt": "rgb8"} if ending == "gif" else {}
    whole = make_video(tmp_path / f"a.{ending}", frames=12, size=(96, 64), **look)
    hurt = damage(whole, tmp_path / f"b.{ending}", flips=40 * (1 + seed // 6), keep=1 - seed / 40, seed=seed)
    try:
        with open_source(hurt) as source:
            for frame in source:
                assert frame.image.shape == (frame.size[1], frame.size[0], 3)
            assert source.status in ("ok", "truncated", "damaged")
    except SourceError as error:
        assert "\n" not in str(error) and "b." in str(error)


# ---------------------------------------------------------------------------------------------------------------- hostile
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (bytes(5000), "not a video"),
        (np.random.default_rng(1).bytes(50_000), "not a video"),
        (b"hello world\n" * 500, "not a video"),
        (b"#EXTM3U\n#EXTINF:1\n/etc/passwd\n", "playlist"),
        (b"ffconcat version 1.0\nfile a.mp4\n", "playlist"),
        (b"<?xml version='1.0'?><MPD></MPD>", "playlist"),
        (b"v=0\r\nm=video 5000 RTP/AVP 96\r\n", "playlist"),
    ],
    ids=["empty", "zeros", "noise", "text", "hls", "concat", "dash", "sdp"],
)
@pytest.mark.parametrize("name", ["a.mp4", "a.txt", "a"])
def test_what_is_no_video_is_one_line(tmp_path: Path, data: bytes, words: str, name: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert words in refusal(tmp_path / name) and str(tmp_path / name) in refusal(tmp_path / name)


def sound(path: Path) -> Path:
    with av.open(str(path), "w") as file:
        stream: Any = file.add_stream("libmp3lame" if path.suffix == ".mp3" else "aac", rate=44100, layout="mono")
        for i in range(20):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1152), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 44100, i * 1152
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def test_sound_only_is_one_line(tmp_path: Path) -> None:
    assert "no video stream, only sound" in refusal(sound(tmp_path / "a.mp4"))


def test_cover_picture_is_not_taken_for_video(tmp_path: Path) -> None:
    import cv2

    picture = cv2.imencode(".jpg", np.full((64, 64, 3), 99, np.uint8))[1].tobytes()
    body = b"\x00image/jpeg\x00\x03\x00" + picture
    frame = b"APIC" + len(body).to_bytes(4, "big") + b"\x00\x00" + body
    size = bytes(len(frame) >> shift & 0x7F for shift in (21, 14, 7, 0))
    data = sound(tmp_path / "a.mp3").read_bytes()
    (tmp_path / "b.mp3").write_bytes(b"ID3\x03\x00\x00" + size + frame + data)
    assert "only sound and a cover picture" in refusal(tmp_path / "b.mp3")


def test_video_without_frames_is_one_line(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.mkv"), "w") as file:
        stream: Any = file.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 64
        file.start_encoding()
    assert str(tmp_path / "a.mkv") in refusal(tmp_path / "a.mkv")


def test_huge_video_is_refused_from_its_header(tmp_path: Path) -> None:
    for ending in ("mp4", "ts"):
        path = make_video(tmp_path / f"a.{ending}", size=(6400, 6400), frames=1, options={"qp": "40"})
        assert path.stat().st_size < 500_000
        code = (
            "import sys\nfrom kinesics.video import open_source\ntry: open_source(sys.argv[1])\n"
            "except OSError as error: print(error)\n"
            "print(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
        )
        run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
        text, kilobytes = run.stdout.strip().splitlines()
        assert "6400x6400" in text and "pixel_limit" in text
        assert int(kilobytes) < 150_000


def test_pixel_limit_holds_also_when_the_picture_grows(tmp_path: Path) -> None:
    small, large = make_video(tmp_path / "a.ts", frames=10), make_video(tmp_path / "b.ts", frames=5, size=(640, 480))
    (tmp_path / "c.ts").write_bytes(small.read_bytes() + large.read_bytes())
    with open_source(tmp_path / "c.ts", pixel_limit=100_000) as source:
        assert counters(source) == list(range(10))
        assert source.status == "damaged"
    with open_source(tmp_path / "c.ts") as source:
        assert len(list(source)) == 15


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "pipe" in refusal(tmp_path / "pipe")
    assert "device" in refusal("/dev/zero")
    assert "no such file" in refusal(tmp_path / "absent.mp4")
    assert "no such file" in refusal(tmp_path / "absent" / "a.mp4")
    assert "too long" in refusal(tmp_path / ("x" * 300))
    assert "null" in refusal("a\0b.mp4")
    assert "\n" not in refusal(tmp_path / "a\nb.mp4")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file_is_one_line(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", frames=2)
    path.chmod(0)
    assert "permission denied" in refusal(path)


def test_decoder_does_not_follow_names_inside_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A playlist that the sniffing misses is refused by the list of readers."""
    from kinesics.video import files

    make_video(tmp_path / "good.ts", frames=3)
    (tmp_path / "a.m3u8").write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\ngood.ts\n#EXT-X-ENDLIST\n")
    monkeypatch.setattr(files, "_refuse", lambda path: "")
    assert "a.m3u8" in refusal(tmp_path / "a.m3u8")


@pytest.mark.parametrize("options", [{"threads": 0}, {"pixel_limit": 0}, {"picture_rate": 0}, {"timeout": -1}])
def test_senseless_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        open_source("a.mp4", **options)


def test_closed_source_raises_and_says_closed(tmp_path: Path) -> None:
    source = open_source(make_video(tmp_path / "a.mp4"))
    next(source)
    source.close()
    source.close()
    assert source.status == "closed"
    with pytest.raises(SourceError, match="closed"):
        next(source)


def test_frames_outlive_their_source(tmp_path: Path) -> None:
    with open_source(make_video(tmp_path / "a.mp4", frames=20)) as source:
        frames = list(source)
    assert [read_counter(f.image) for f in frames] == list(range(20))
    assert all(f.planes is not None and read_counter(f.planes[0]) == i for i, f in enumerate(frames))


def test_registered_source_is_opened_by_its_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    from kinesics.types import Frame
    from kinesics.video import SOURCES, register_source

    def build(src: str, **options: Any) -> Source:
        picture = np.zeros((4, 4, 3), np.uint8)
        return Source(src, lambda source: iter([Frame(picture, index=i, time=i / 10) for i in range(3)]))

    monkeypatch.setitem(SOURCES, "made", None)  # taken back after the test
    register_source("made", build)
    assert [f.index for f in open_source("made://x")] == [0, 1, 2]


@pytest.fixture
def clip(data: Path) -> Callable[[str], Path]:
    return lambda name: data / "video" / name


@pytest.mark.data
@pytest.mark.parametrize(("name", "frames", "last"), [("vtest.avi", 795, 79.4), ("tfjs/pose_1.mp4", 120, 3.967)])
def test_real_clip_is_read_whole(clip: Callable[[str], Path], name: str, frames: int, last: float) -> None:
    with open_source(clip(name)) as source:
        times = [frame.time for frame in source]
        assert (len(times), source.status) == (frames, "ok") and abs(times[-1] - last) < 0.01
