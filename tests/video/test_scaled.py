"""Big pictures read small."""

from __future__ import annotations

import struct
import tracemalloc
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from test_pictures import STORED, png, with_orientation

from kinesics.errors import SourceError
from kinesics.testing.video import counter_picture, make_video, read_counter
from kinesics.video import load_image, load_scaled, save_image


def jpeg(image: Any) -> bytes:
    return cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1].tobytes()


@pytest.mark.parametrize("longest", [2000, 640, 320, 300, 100, 80, 40])
@pytest.mark.parametrize("ending", [".jpg", ".png"])
def test_a_small_copy_shows_the_same(tmp_path: Path, longest: int, ending: str) -> None:
    save_image(tmp_path / f"a{ending}", counter_picture(5, (640, 384)))
    small, size = load_scaled(tmp_path / f"a{ending}", longest)
    assert size == (640, 384) and max(small.shape) == min(longest, 640) and small.flags.c_contiguous
    whole = load_image(tmp_path / f"a{ending}")
    ideal = cv2.resize(whole, small.shape[1::-1], interpolation=cv2.INTER_AREA)
    assert np.abs(small.astype(float) - ideal).mean() < 3


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("longest", [640, 320, 90])
def test_exif_orientation_is_kept(tmp_path: Path, orientation: int, longest: int) -> None:
    stored = np.ascontiguousarray(STORED[orientation](counter_picture(77, (640, 384))))
    (tmp_path / "a.jpg").write_bytes(with_orientation(jpeg(stored), orientation))
    small, size = load_scaled(tmp_path / "a.jpg", longest)
    assert size == (640, 384) and small.shape[1] == longest
    if longest >= 320:
        assert read_counter(cv2.resize(small, (640, 384))) == 77


def test_a_picture_that_is_almost_square_is_told_from_its_turned_self(tmp_path: Path) -> None:
    for orientation in (1, 6):
        picture = np.zeros((401, 404, 3), np.uint8)
        (tmp_path / "a.jpg").write_bytes(with_orientation(jpeg(picture), orientation))
        assert load_scaled(tmp_path / "a.jpg", 50)[1] == ((404, 401) if orientation == 1 else (401, 404))


def test_a_huge_picture_is_refused_before_anything_is_made_of_it(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(20000, 20000))
    assert (tmp_path / "a.png").stat().st_size < 60_000
    tracemalloc.start()
    with pytest.raises(SourceError, match="20000x20000 is more than 50 million pixels") as caught:
        load_scaled(tmp_path / "a.png", 1000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 300_000 and "\n" not in str(caught.value)
    with pytest.raises(SourceError, match="more than"):
        load_scaled(tmp_path / "a.png", 1000, pixel_limit=1000)


@pytest.mark.parametrize(
    "stored",
    [
        np.full((9, 7), 90, np.uint8),
        np.full((9, 7, 4), 90, np.uint8),
        np.full((9, 7, 3), 90 * 257, np.uint16),
        np.full((1, 1, 3), 90, np.uint8),
    ],
    ids=["grey", "alpha", "16bit", "1x1"],
)
def test_every_kind_of_pixel_becomes_rgb(tmp_path: Path, stored: Any) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), stored)
    small, size = load_scaled(tmp_path / "a.png", 5)
    assert size == stored.shape[1::-1] and small.dtype == np.uint8 and small.ndim == 3 and (small == 90).all()


def test_a_grey_jpeg_is_rgb_at_every_size(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.jpg"), np.full((300, 400), 90, np.uint8))
    for longest in (400, 200, 50):
        small, size = load_scaled(tmp_path / "a.jpg", longest)
        assert size == (400, 300) and small.shape[1:] == (longest, 3) and (small == 90).all()


def test_damaged_pictures_are_one_line_and_cut_ones_give_what_is_there(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("a.png", "a.jpg"):
        save_image(tmp_path / name, counter_picture(1, (640, 384)))
        data = (tmp_path / name).read_bytes()
        (tmp_path / f"b{name}").write_bytes(data[:70])
        with pytest.raises(SourceError, match=f"b{name}") as caught:
            load_scaled(tmp_path / f"b{name}", 100)
        assert "\n" not in str(caught.value)
        (tmp_path / f"c{name}").write_bytes(data[: len(data) // 2])
    with pytest.raises(SourceError, match="damaged"):
        load_scaled(tmp_path / "ca.png", 100)
    with pytest.raises(SourceError, match="folder"):
        load_scaled(tmp_path, 100)
    with pytest.raises(SourceError, match="no such"):
        load_scaled(tmp_path / "none.jpg", 100)
    assert capfd.readouterr().err == ""
    assert load_scaled(tmp_path / "ca.jpg", 100)[1] == (640, 384)


def test_the_first_frame_of_a_video_is_scaled_too(tmp_path: Path) -> None:
    film = make_video(tmp_path / "a.mp4", frames=3, start=8)
    small, size = load_scaled(film, 100)
    assert max(small.shape) == 100 and size == load_image(film).shape[1::-1]


def test_no_header_that_lies_is_believed_for_the_size(tmp_path: Path) -> None:
    good = png(64, 40)
    head = struct.pack(">IIBBBBB", 32, 40, 1, 0, 0, 0, 0)
    chunk = struct.pack(">I", len(head)) + b"IHDR" + head + struct.pack(">I", zlib.crc32(b"IHDR" + head))
    (tmp_path / "a.png").write_bytes(good[:8] + chunk + good[33:])
    try:
        small, size = load_scaled(tmp_path / "a.png", 16)
    except SourceError:
        return
    assert size == (32, 40) and max(small.shape) == 16
