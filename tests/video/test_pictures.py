"""Still pictures: read, write, as a source; bad ones give one clear line."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from kinesics.errors import ShapeError, SinkError, SourceError, UsageError
from kinesics.testing.source import check_source
from kinesics.testing.video import counter_picture, make_video, read_counter
from kinesics.video import load_image, open_source, save_image


def refusal(path: Path | str) -> str:
    """The line with which both ways of reading refuse `path`."""
    texts = []
    for read in (load_image, open_source):
        with pytest.raises(SourceError) as caught:
            read(path)
        assert "\n" not in str(caught.value)
        texts.append(str(caught.value))
    assert texts[0] == texts[1]
    return texts[0]


def png(width: int, height: int) -> bytes:
    """An all black picture of one bit a pixel: tiny, however large it is."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    packer, row = zlib.compressobj(9), bytes(1 + (width + 7) // 8)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def with_orientation(jpeg: bytes, orientation: int) -> bytes:
    """The same JPEG with an EXIF block that holds only its orientation."""
    exif = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01" + bytes(
        [0, orientation, 0, 0, 0, 0, 0, 0]
    )
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


# How the displayed picture is stored for each EXIF orientation.
STORED = {
    1: lambda p: p,
    2: lambda p: p[:, ::-1],
    3: lambda p: p[::-1, ::-1],
    4: lambda p: p[::-1],
    5: lambda p: p.swapaxes(0, 1),
    6: lambda p: np.rot90(p, 1),
    7: lambda p: p[::-1, ::-1].swapaxes(0, 1),
    8: lambda p: np.rot90(p, -1),
}


@pytest.mark.parametrize("orientation", STORED)
def test_exif_orientation_is_applied_once(tmp_path: Path, orientation: int) -> None:
    stored = np.ascontiguousarray(STORED[orientation](counter_picture(77, (160, 96))))
    jpeg = cv2.imencode(".jpg", cv2.cvtColor(stored, cv2.COLOR_RGB2BGR))[1].tobytes()
    (tmp_path / "a.jpg").write_bytes(with_orientation(jpeg, orientation))
    image = load_image(tmp_path / "a.jpg")
    assert image.shape == (96, 160, 3) and read_counter(image) == 77
    with open_source(tmp_path / "a.jpg") as source:
        assert source.size == (160, 96) and read_counter(next(source).image) == 77


@pytest.mark.parametrize("ending", [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".PNG"])
def test_written_picture_reads_back(tmp_path: Path, ending: str) -> None:
    picture = counter_picture(5, (161, 97))
    save_image(tmp_path / f"a{ending}", picture)
    back = load_image(tmp_path / f"a{ending}")
    limit = 0 if ending.lower() in (".png", ".bmp", ".tif") else 4
    assert np.abs(back[40:].astype(float) - picture[40:]).mean() <= limit
    assert [p.name for p in tmp_path.iterdir()] == [f"a{ending}"]


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
    image = load_image(tmp_path / "a.png")
    assert image.shape == (*stored.shape[:2], 3) and image.dtype == np.uint8 and (image == 90).all()


def test_wrong_ending_does_not_matter(tmp_path: Path) -> None:
    save_image(tmp_path / "a.png", counter_picture(3))
    (tmp_path / "a.png").rename(tmp_path / "a.mp4")
    assert read_counter(load_image(tmp_path / "a.mp4")) == 3
    with open_source(tmp_path / "a.mp4") as source:
        assert [read_counter(f.image) for f in source] == [3]


def test_first_frame_of_a_video_is_a_picture(tmp_path: Path) -> None:
    assert read_counter(load_image(make_video(tmp_path / "a.mp4", frames=3, start=8))) == 8


def test_huge_picture_is_refused_from_its_header(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(png(20000, 20000))
    text = refusal(tmp_path / "a.png")
    assert "20000x20000" in text and "pixel_limit above 400000000" in text
    with pytest.raises(SourceError, match=r"more than 0\.01 million"):
        (tmp_path / "b.png").write_bytes(png(200, 100))
        load_image(tmp_path / "b.png", pixel_limit=10_000)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.gif", b"GIF89a" + struct.pack("<HH", 60000, 60000) + bytes(40)),
        ("a.ppm", b"P6\n60000 60000\n255\n" + bytes(100)),
        ("a.bmp", b"BM" + bytes(12) + struct.pack("<Iii", 40, 60000, -60000) + bytes(30)),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\xea\x60\xea\x60\x03" + bytes(30)),
        ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\xff\xff\x00" + bytes(30)),
        (
            "a.tif",
            b"II*\x00\x08\x00\x00\x00\x02\x00" + struct.pack("<HHIIHHII", 256, 4, 1, 60000, 257, 4, 1, 60000) + bytes(30),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_huge_picture_of_any_kind_is_one_line(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    assert name in refusal(tmp_path / name)


def test_damaged_picture_is_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    save_image(tmp_path / "a.png", counter_picture(1))
    save_image(tmp_path / "a.jpg", counter_picture(1))
    for name in ("a.png", "a.jpg"):
        data = (tmp_path / name).read_bytes()
        (tmp_path / f"b{name}").write_bytes(data[:60])
        assert name in refusal(tmp_path / f"b{name}")
    assert capfd.readouterr().err == ""


def test_absent_and_odd_paths_are_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "text.png").write_text("hello")
    os.mkfifo(tmp_path / "pipe.png")
    assert "no such file" in refusal(tmp_path / "none.png")
    assert "empty" in refusal(tmp_path / "empty.png")
    assert "not a video or picture" in refusal(tmp_path / "text.png")
    assert "pipe" in refusal(tmp_path / "pipe.png")


# ---------------------------------------------------------------------------------------------------------------- folders
def numbered(folder: Path, count: int, ending: str = ".png") -> None:
    for index in range(count):
        save_image(folder / f"{index}{ending}", counter_picture(index, (160, 96)))


def test_folder_is_a_source_in_natural_order(tmp_path: Path) -> None:
    numbered(tmp_path, 12)
    (tmp_path / "notes.txt").write_text("not a picture")
    check_source(lambda: open_source(tmp_path))
    with open_source(tmp_path, picture_rate=10) as source:
        frames = list(source)
        assert [read_counter(f.image) for f in frames] == list(range(12))  # 2 before 10
        assert np.allclose([f.time for f in frames], np.arange(12) / 10)
        assert (source.frames, source.fps, source.status) == (12, 10, "ok")


def test_glob_is_a_source(tmp_path: Path) -> None:
    numbered(tmp_path, 3)
    numbered(tmp_path, 2, ".jpg")
    with open_source(str(tmp_path / "*.jpg")) as source:
        assert [read_counter(f.image) for f in source] == [0, 1]
    with pytest.raises(SourceError, match="no picture matches"):
        open_source(str(tmp_path / "*.bmp"))
    make_video(tmp_path / "a.mp4", frames=2)
    with pytest.raises(SourceError, match="matches 1 other files"):
        open_source(str(tmp_path / "*.mp4"))


def test_folder_without_pictures_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    with pytest.raises(SourceError, match="no pictures in this folder"):
        open_source(tmp_path)


def test_bad_pictures_of_a_folder_are_left_out_and_noted(tmp_path: Path) -> None:
    numbered(tmp_path, 5)
    (tmp_path / "2.png").write_bytes(b"noise")
    (tmp_path / "4.png").write_bytes(png(9000, 9000))
    save_image(tmp_path / "3.jpg", counter_picture(3, (160, 96)))
    (tmp_path / "3.jpg").write_bytes((tmp_path / "3.jpg").read_bytes()[:-99])
    (tmp_path / "3.png").unlink()
    with open_source(tmp_path) as source:
        frames = list(source)
        assert [f.index for f in frames] == [0, 1, 3] and [f.corrupt for f in frames] == [False, False, True]
        text = "; ".join(source.notes)
        assert "2.png" in text and "9000x9000" in text and "frame 3 is damaged" in text
    for path in tmp_path.iterdir():
        path.write_bytes(b"noise")
    with pytest.raises(SourceError, match=r"0\.png.*and 4 more"):
        open_source(tmp_path)


def test_new_size_in_a_folder_is_a_new_epoch(tmp_path: Path) -> None:
    numbered(tmp_path, 2)
    save_image(tmp_path / "2.png", counter_picture(2, (80, 48)))
    save_image(tmp_path / "3.png", counter_picture(3, (80, 48)))
    check_source(lambda: open_source(tmp_path))
    with open_source(tmp_path) as source:
        assert [f.epoch for f in source] == [0, 0, 1, 1]


# ---------------------------------------------------------------------------------------------------------------- writing
def test_picture_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    import resource

    save_image(tmp_path / "a.png", counter_picture(1))
    before = (tmp_path / "a.png").read_bytes()
    noise = np.random.default_rng(0).integers(0, 255, (400, 400, 3)).astype(np.uint8)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        with pytest.raises(SinkError, match=r"a\.png: cannot be written") as caught:
            save_image(tmp_path / "a.png", noise)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "\n" not in str(caught.value)
    assert (tmp_path / "a.png").read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_unwritable_places_and_unknown_endings_are_one_line(tmp_path: Path) -> None:
    picture = counter_picture(0)
    with pytest.raises(SinkError, match="cannot be written"):
        save_image(tmp_path / "none" / "a.png", picture)
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(SinkError, match="folder"):
        save_image(tmp_path / "folder.png", picture)
    for name in ("a", "a.mp4", "a.gif"):
        with pytest.raises(UsageError, match=r"\.jpg, \.png"):
            save_image(tmp_path / name, picture)
    for bad in (picture.astype(float), picture[..., 0], picture[:0], None):
        with pytest.raises(ShapeError, match="uint8 RGB"):
            save_image(tmp_path / "a.png", bad)  # type: ignore[arg-type]
    long = "ü" * 125 + ".png"
    save_image(tmp_path / long, picture)
    assert (tmp_path / long).exists()


def test_written_picture_has_ordinary_permissions(tmp_path: Path) -> None:
    save_image(tmp_path / "a.png", counter_picture(0))
    (tmp_path / "plain").touch()
    assert (tmp_path / "a.png").stat().st_mode == (tmp_path / "plain").stat().st_mode
