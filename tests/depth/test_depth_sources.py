"""Depth pictures in: every container keeps the laws of sources, units are found out, and damage ends in frames or one line."""

from __future__ import annotations

import json
import threading
import time
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinesics.depth import DEPTH_SOURCES, DepthSource, open_depth, register_depth_source, save_depth
from kinesics.depth.exr import exr_bytes
from kinesics.depth.live_depth import open_live
from kinesics.depth.png_folder import png_bytes
from kinesics.errors import KinesicsError, SourceError, UsageError
from kinesics.testing import check_source
from kinesics.types import Array
from kinesics.types.camera import Camera

LENS = Camera(40, 30, 37.5, 38.5, 19.0, 15.5)


def made(count: int = 5) -> Array:
    """(t, 30, 40) uint16 millimetres: a box that walks before nothing."""
    clip = np.zeros((count, 30, 40), np.uint16)
    for t in range(count):
        clip[t, 5:25, 4 + t : 20 + t] = 2000 + 10 * t + np.arange(20)[:, None]
    return clip


def written(place: Path, kind: str, clip: Array) -> Path:
    """The clip in a container of this kind, with its camera."""
    np.savez(place / "plain.npz", depth=clip, camera=[40, 30, 37.5, 38.5, 19.0, 15.5], times=0.5 + 0.04 * np.arange(len(clip)))
    if kind == "npy":
        np.save(place / "clip.npy", clip)
        return place / "clip.npy"
    target = place / ("clip.npz" if kind == "npz" else kind)
    with open_depth(place / "plain.npz") as source:
        save_depth(target, source, kind=kind)
    return target


KINDS = ["png", "npz", "npy", "exr", "glimpse"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_container_keeps_the_laws(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, kind, made())
    check_source(lambda: open_depth(path))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_written_reads_back(kind: str, tmp_path: Path) -> None:
    with open_depth(written(tmp_path, kind, made())) as source:
        frames = list(source)
        assert source.frames == 5 and source.status == "ok" and not source.live
        assert [frame.index for frame in frames] == list(range(5)) and {frame.epoch for frame in frames} == {0}
        if kind != "npy":
            assert source.camera == LENS and source.notes == []
            assert [frame.time for frame in frames] == pytest.approx([0.04 * t for t in range(5)])
    for frame, millimetres in zip(frames, made(), strict=True):
        assert frame.depth is not None and frame.depth.dtype == np.float32
        assert np.allclose(frame.depth, millimetres / 1000, atol=1e-6)


def test_pictures_are_in_natural_order(tmp_path: Path) -> None:
    for number in (10, 9, 2, 1):
        (tmp_path / f"d{number}.png").write_bytes(png_bytes(np.full((4, 6), 1000 + number, np.uint16)))
    (tmp_path / "notes.txt").write_text("")
    assert [round(float(frame.depth.max() * 1000)) for frame in open_depth(tmp_path)] == [1001, 1002, 1009, 1010]


def test_without_a_camera_a_kinect_is_assumed_and_said(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.full((1, 480, 640), 2000, np.uint16))
    with open_depth(tmp_path / "a.npy") as source:
        assert (source.camera.fx, source.camera.cx, source.camera.cy) == (pytest.approx(571.26), 319.5, 239.5)
        assert "no camera is given: taken for a Kinect v1" in source.notes[0]
    with open_depth(tmp_path / "a.npy", camera=Camera(320, 240, 300, 300, 159.5, 119.5)) as source:
        assert source.camera == Camera(640, 480, 600, 600, 319.5, 239.5) and "scaled" in source.notes[0]


@pytest.mark.parametrize("lens", [[37.5, 38.5, 19, 15.5], [[37.5, 0, 19], [0, 38.5, 15.5], [0, 0, 1]]], ids=["four", "matrix"])
def test_a_camera_in_an_npz_may_be_four_numbers_or_a_matrix(lens: Any, tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", depth=made(), camera=lens)
    with open_depth(tmp_path / "a.npz") as source:
        assert source.camera == LENS


def test_a_camera_or_times_that_make_no_sense_are_left_out_and_said(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", depth=made(), camera=[1.0, np.nan], times=[0.0])
    with open_depth(tmp_path / "a.npz") as source:
        notes = source.notes
    assert any("camera" in note and "not used" in note for note in notes) and any("times" in note for note in notes)


# ------------------------------------------------------------------------------------------------------------------ units
UNITS: dict[str, tuple[Any, str | float | None, str]] = {
    "whole_millimetres": (np.uint16(1), None, ""),
    "metres": (np.float32(0.001), None, ""),
    "half_metres": (np.float16(0.001), None, ""),
    "millimetres_as_metres": (np.float32(1), None, "millimetres, not metres"),
    "millimetres_said_metres": (np.uint16(1), "m", "millimetres, not metres"),
    "metres_said_millimetres": (np.float32(0.001), "mm", "metres, not millimetres"),
    "fifths": (np.uint16(5), 0.0002, ""),
    "fifths_as_text": (np.uint16(5), "0.0002", ""),
}


@pytest.mark.parametrize(("scale", "units", "words"), UNITS.values(), ids=UNITS.keys())
def test_units_are_found_out_and_said(scale: Any, units: Any, words: str, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", (made() * scale).astype(np.asarray(scale).dtype))
    with open_depth(tmp_path / "a.npy", units=units, camera=LENS) as source:
        depths = np.stack([frame.depth for frame in source])
        assert np.allclose(depths, made() / 1000, atol=2e-3)
        assert words in " ".join(source.notes) and len(source.notes) == bool(words)


def test_a_far_background_does_not_count_as_millimetres(tmp_path: Path) -> None:
    clip = np.full((2, 30, 40), 1000.0, np.float32)
    clip[1, 10:20, 10:20] = 2.5
    np.save(tmp_path / "a.npy", clip)
    with open_depth(tmp_path / "a.npy", camera=LENS) as source:
        first, second = (frame.depth for frame in source)
        assert not first.any() and sorted(set(second.ravel().tolist())) == [0.0, 2.5] and source.notes == []


def test_what_is_no_number_or_below_nought_counts_as_nothing_seen(tmp_path: Path) -> None:
    clip = np.full((1, 30, 40), 2.0, np.float32)
    clip[0, 0, :5] = np.nan, np.inf, -np.inf, -1.0, 65.504
    np.save(tmp_path / "a.npy", clip)
    (depth,) = (frame.depth for frame in open_depth(tmp_path / "a.npy"))
    assert depth is not None and not depth[0, :5].any() and (depth.ravel()[5:] == 2.0).all()


@pytest.mark.parametrize("empty", [np.uint16(0), np.float32(0), np.float32(np.nan), np.float32(np.inf), np.float32(1000)])
def test_nothing_but_background_gives_empty_frames(empty: Any, tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.full((3, 8, 8), empty))
    frames = list(open_depth(tmp_path / "a.npy"))
    assert len(frames) == 3 and not any(frame.depth.any() for frame in frames)


def test_one_pixel_is_a_picture(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png_bytes(np.array([[2000]], np.uint16)))
    (frame,) = open_depth(tmp_path / "a.png")
    assert frame.size == (1, 1) and frame.depth.tolist() == [[2.0]]


def test_a_change_of_size_is_a_new_epoch_with_a_camera_that_fits(tmp_path: Path) -> None:
    for number, width in enumerate((40, 40, 80, 80, 40)):
        (tmp_path / f"{number}.png").write_bytes(png_bytes(np.full((30, width), 2000, np.uint16)))
    with open_depth(tmp_path) as source:
        seen = [(frame.epoch, frame.size, (source.camera.width, source.camera.height)) for frame in source]
    assert [epoch for epoch, _, _ in seen] == [0, 0, 1, 1, 2] and all(size == lens for _, size, lens in seen)
    assert sum("the size changes" in note for note in source.notes) == 2
    check_source(lambda: open_depth(tmp_path))


# --------------------------------------------------------------------------------------------------------------- bad input
def _eight_bits(place: Path) -> Path:
    (place / "a.png").write_bytes(png_bytes(np.full((8, 8), 200, np.uint8)))
    return place


def _colour(place: Path) -> Path:
    import cv2

    cv2.imwrite(str(place / "a.png"), np.full((8, 8, 3), 2000, np.uint16))
    return place


def _labels(place: Path) -> Path:
    (place / "a.png").write_bytes(png_bytes(np.arange(64, dtype=np.uint16).reshape(8, 8) % 30))
    return place


def _saved(**arrays: Any) -> Any:
    def make(place: Path) -> Path:
        np.savez(place / "a.npz", **arrays)
        return place / "a.npz"

    return make


def _text(name: str, text: str) -> Any:
    def make(place: Path) -> Path:
        (place / name).write_text(text)
        return place / name

    return make


def _clips(place: Path) -> Path:
    np.savez(place / "a.npz", depth=made())
    return place


BAD: dict[str, tuple[Any, str]] = {
    "nothing_there": (lambda place: place / "no", "there is no such file or folder"),
    "zero_byte": (lambda place: "a\0b.npz", "there is no such file"),
    "empty_folder": (lambda place: place, "no depth pictures in this folder"),
    "folder_of_clips": (_clips, "1 clips .* open them one by one"),
    "eight_bits": (_eight_bits, "a PNG of 8 bits holds no depth"),
    "colour": (_colour, "a PNG in colour"),
    "labels": (_labels, "no depth in millimetres"),
    "no_depth_key": (_saved(joints=np.zeros((9, 20, 3)), names=np.zeros(3)), "an array called depth"),
    "bytes": (_saved(depth=np.zeros((2, 8, 8), np.uint8)), "uint8 numbers hold no depth"),
    "columns_first": (_saved(depth=np.asfortranarray(made())), "columns first"),
    "no_pictures": (_saved(depth=np.zeros((0, 8, 8), np.uint16)), "has no pictures"),
    "flat": (_saved(depth=np.zeros(8, np.uint16)), r"expected depth of shape \(t, h, w\)"),
    "no_pixels": (_saved(depth=np.zeros((2, 0, 8), np.uint16)), r"expected depth of shape \(t, h, w\)"),
    "objects": (_saved(depth=np.array([[["a", None]]], object)), r"expected depth of shape|damaged"),
    "no_npz": (_text("a.npz", "hello"), "damaged or none"),
    "no_npy": (_text("a.npy", "hello"), "damaged or none"),
    "empty_file": (_text("a.npz", ""), "damaged or none"),
    "no_png": (_text("a.png", "hello"), "damaged or none"),
    "no_exr": (_text("a.exr", "hello there"), "damaged or none"),
    "a_film": (_text("a.mp4", "hello"), "expected a folder of pictures"),
    "unknown_scheme": (lambda place: "kinect9://0", "no source of depth of that name"),
}


@pytest.mark.parametrize(("make", "words"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_one_line(make: Any, words: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=words) as caught:
        open_depth(make(tmp_path))
    assert "\n" not in str(caught.value)


def test_a_camera_file_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png_bytes(np.full((8, 8), 2000, np.uint16)))
    for text in ("{", "[]", '{"width": 3}', '{"width": 8, "height": 8, "fx": 0, "fy": 1, "cx": 0, "cy": 0}'):
        (tmp_path / "camera.json").write_text(text)
        with pytest.raises(KinesicsError, match="camera"):
            open_depth(tmp_path)


@pytest.mark.parametrize("options", [{"units": "cm"}, {"units": 0}, {"units": float("nan")}, {"fps": 0}, {"fps": float("nan")}])
def test_an_option_without_sense_is_a_usage_error(options: dict[str, Any], tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", made())
    with pytest.raises(UsageError):
        open_depth(tmp_path / "a.npy", **options)


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_cut_anywhere_gives_frames_or_one_line(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, kind, made(3))
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    whole = {file: file.read_bytes() for file in files}
    for file in files[:1] + files[-1:]:
        size = len(whole[file])
        for end in sorted({0, 1, 4, 8, 30, 60, size // 3, size // 2, size - 20, size - 1}):
            file.write_bytes(whole[file][:end])
            _frames_or_line(path, at_most=3)
        file.write_bytes(whole[file])


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_spoilt_anywhere_gives_frames_or_one_line(kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, kind, made(2))
    file = path if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())[-1]
    whole, rng = file.read_bytes(), np.random.default_rng(0)
    for at in {*range(0, min(len(whole), 700), 9), *rng.integers(0, len(whole), 60).tolist()}:
        file.write_bytes(whole[:at] + bytes([whole[at] ^ int(rng.integers(1, 256))]) + whole[at + 1 :])
        _frames_or_line(path, at_most=100_000)


def _frames_or_line(path: Path, *, at_most: int) -> None:
    try:
        with open_depth(path) as source:
            count = sum(1 for _ in source)
            assert 0 < count <= at_most and source.status in ("ok", "damaged")
            assert source.status == "ok" or source.notes
    except KinesicsError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("packed", [False, True])
def test_a_cut_npz_gives_the_pictures_before_the_cut(packed: bool, tmp_path: Path) -> None:
    clip = np.random.default_rng(0).integers(500, 4000, (20, 30, 40)).astype(np.uint16)
    (np.savez_compressed if packed else np.savez)(tmp_path / "a.npz", depth=clip, camera=[40, 30, 37.5, 38.5, 19.0, 15.5])
    data = (tmp_path / "a.npz").read_bytes()
    (tmp_path / "a.npz").write_bytes(data[: len(data) // 2])
    with open_depth(tmp_path / "a.npz") as source:
        frames = list(source)
    assert 8 <= len(frames) <= 11 and source.status == "damaged"
    assert all(np.allclose(frame.depth, clip[frame.index] / 1000) for frame in frames)
    assert sum("ends early" in note for note in source.notes) >= 1


def test_a_damaged_picture_between_others_is_left_out_and_said(tmp_path: Path) -> None:
    path = written(tmp_path, "png", made())
    files = sorted(path.glob("*.png"))
    files[2].write_bytes(files[2].read_bytes()[:-30])
    with open_depth(path) as source:
        assert [frame.index for frame in source] == [0, 1, 3, 4]
    assert source.status == "damaged" and [files[2].name in note for note in source.notes] == [True]


def test_closing_early_and_reading_on_is_told(tmp_path: Path) -> None:
    source = open_depth(written(tmp_path, "npz", made()))
    next(source)
    source.close()
    assert source.status == "closed" and repr(source).startswith("DepthSource(")
    with pytest.raises(SourceError, match="is closed"):
        next(source)


# -------------------------------------------------------------------------------------------------------- live and others'
class Made:
    """A camera that gives some pictures and then fails, or ends."""

    def __init__(self, count: int = 10**9, *, ends: bool = False) -> None:
        self.left, self.ends, self.closed = count, ends, False
        self.camera = LENS

    def read(self) -> Array | None:
        time.sleep(0.002)
        if self.left == 0:
            if self.ends:
                return None
            raise RuntimeError("the cable is out")
        self.left -= 1
        return made(1)[0]

    def close(self) -> None:
        self.closed = True


def test_a_live_camera_keeps_the_laws() -> None:
    check_source(lambda: open_depth(lambda: Made()), limit=5)


def test_a_lost_camera_is_opened_again_in_a_new_epoch() -> None:
    opened: list[Made] = []

    def connect() -> Made:
        opened.append(Made(3))
        return opened[-1]

    with open_depth(connect) as source:
        assert source.live and source.camera == LENS
        epochs = [frame.epoch for _, frame in zip(range(20), source, strict=False) if frame.epoch < 3]
    assert {0, 1} <= set(epochs) and len(opened) > 1 and all(camera.closed for camera in opened[:-1])
    assert any("connection lost after picture" in note and "the cable is out" in note for note in source.notes)


def test_an_object_that_ends_or_fails_ends_the_source() -> None:
    with open_depth(Made(3, ends=True)) as source:
        assert 1 <= len(list(source)) <= 3 and source.status == "ok"
    with open_depth(Made(3)) as source:
        assert 1 <= len(list(source)) <= 3 and source.status == "damaged" and "the cable is out" in source.notes[-1]


def test_a_camera_that_cannot_be_opened_or_is_none_is_told() -> None:
    with pytest.raises(SourceError, match="the cable is out"):
        open_depth(lambda: Made(0))
    with pytest.raises(UsageError, match="a camera with read"):
        open_depth(3)

    class Odd:
        def read(self) -> Array:
            return np.zeros((4, 4, 3), np.uint8)

    with pytest.raises(SourceError, match="expected pictures of"):
        open_depth(Odd())


def test_a_silent_camera_times_out_and_closing_wakes_its_reader() -> None:
    class Silent:
        def __init__(self) -> None:
            self.first = True

        def read(self) -> Array:
            if not self.first:
                time.sleep(0.5)
            self.first = False
            return made(1)[0]

    with open_live(Silent(), max_wait=0.05) as source:
        assert len(list(source)) == 1 and source.status == "timeout"
    waiting = open_live(Silent())
    next(waiting)
    threading.Timer(0.05, waiting.close).start()
    began = time.monotonic()
    with pytest.raises((SourceError, StopIteration)):
        next(waiting)
    assert time.monotonic() - began < 0.4


def test_sources_of_others_are_found_by_their_scheme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.save(tmp_path / "a.npy", made())

    def build(src: str, **options: Any) -> DepthSource:
        return open_depth(tmp_path / "a.npy", **options)

    register_depth_source("mine", build)
    try:
        with open_depth("mine://0", camera=LENS) as source:
            assert source.camera == LENS
    finally:
        del DEPTH_SOURCES["mine"]
    point = metadata.EntryPoint("theirs", "theirs:build", "kinesics.depth_sources")
    monkeypatch.setattr(metadata, "entry_points", lambda group: [point] if group == point.group else [])
    monkeypatch.setattr(metadata.EntryPoint, "load", lambda self: build)
    assert len(list(open_depth("theirs://0"))) == 5


def test_real_clips_read_as_they_are(data: Path) -> None:
    clip = data / "depth" / "utd-mhad-depth" / "a1_s1_t1.npz"
    with open_depth(clip) as source:
        depths = np.stack([frame.depth for frame in source])
        assert source.camera.fx == pytest.approx(285.63)
    assert np.array_equal(np.rint(depths * 1000).astype(np.uint16), np.load(clip)["depth"])


def test_a_training_set_of_exr_is_a_source_too(tmp_path: Path) -> None:
    (tmp_path / "depth").mkdir()
    picture = np.full((8, 10), 1000.0)
    picture[2:5, 3:6] = 2.5
    (tmp_path / "depth" / "a.exr").write_bytes(exr_bytes(picture, half=True))
    (tmp_path / "camera.json").write_text(json.dumps({"width": 10, "height": 8, "fx": 9, "fy": 9, "cx": 4.5, "cy": 3.5}))
    with open_depth(tmp_path) as source:
        assert next(source).depth.max() == 2.5 and source.camera.fx == 9


def test_mirror_images_are_turned_round(tmp_path: Path) -> None:
    picture = np.zeros((2, 6, 8), np.uint16)
    picture[:, :, 1] = 1500
    lens = Camera(8, 6, 9.0, 9.0, 3.0, 2.0)
    np.savez(tmp_path / "clip.npz", depth=picture)
    with open_depth(tmp_path / "clip.npz", camera=lens, mirrored=True) as source:
        frames = list(source)
    assert source.camera == Camera(8, 6, 9.0, 9.0, 4.0, 2.0)
    assert [np.flatnonzero(frame.depth[0]).tolist() for frame in frames] == [[6], [6]]
    straight, turned = lens.unproject(np.array([1.0, 2.0]), 1.5), source.camera.unproject(np.array([6.0, 2.0]), 1.5)
    assert np.allclose(straight * (-1, 1, 1), turned)


def test_a_flat_picture_far_away_is_said_once(tmp_path: Path) -> None:
    np.savez(tmp_path / "clip.npz", depth=np.full((3, 24, 32), 2500.0, np.float32))
    with open_depth(tmp_path / "clip.npz") as source:
        assert all(not frame.depth.any() for frame in source)
    assert sum("give units mm" in note for note in source.notes) == 1
    with open_depth(tmp_path / "clip.npz", units="mm") as source:
        assert next(source).depth.max() == pytest.approx(2.5)
