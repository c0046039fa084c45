"""Kind and size of what somebody sends, told without decoding, as the decoder would tell them."""

from __future__ import annotations

import struct
import time
import zlib

import cv2
import numpy as np
import pytest

from kinesics.errors import KinesicsError, SourceError, UsageError
from kinesics.server.guard.picture_header import checked_picture, picture_kind
from kinesics.testing.video import counter_picture

MOST = 50_000_000
ENDINGS = {"jpeg": ".jpg", "png": ".png", "webp": ".webp", "bmp": ".bmp"}


def encoded(kind: str, width: int = 321, height: int = 123, **options: int) -> bytes:
    return bytes(
        cv2.imencode(ENDINGS[kind], counter_picture(5, (width, height)), [v for pair in options.values() for v in pair])[1]
    )  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ENDINGS)
@pytest.mark.parametrize("size", [(1, 1), (321, 123), (64, 900)])
def test_size_and_kind_are_those_of_the_decoder(kind: str, size: tuple[int, int]) -> None:
    data = encoded(kind, *size)
    assert checked_picture(data, MOST) == (*size, kind) and picture_kind(data) == kind


def test_other_forms_of_the_same_are_read() -> None:
    picture = counter_picture(5, (64, 48))
    flags = {"progressive": [cv2.IMWRITE_JPEG_PROGRESSIVE, 1], "restarts": [cv2.IMWRITE_JPEG_RST_INTERVAL, 4]}
    for options in flags.values():
        assert checked_picture(bytes(cv2.imencode(".jpg", picture, options)[1]), MOST) == (64, 48, "jpeg")
    for quality in (20, 101):  # lossy, lossless
        assert checked_picture(bytes(cv2.imencode(".webp", picture, [cv2.IMWRITE_WEBP_QUALITY, quality])[1]), MOST)[:2] == (
            64,
            48,
        )
    clear = np.dstack([picture, np.full((48, 64), 99, np.uint8)])
    assert checked_picture(bytes(cv2.imencode(".webp", clear)[1]), MOST) == (64, 48, "webp")
    plain = encoded("jpeg", 64, 48)
    notes = b"".join(b"\xff\xff\xff\xe1\xff\xff" + bytes(65533) for _ in range(20))
    assert checked_picture(plain[:2] + notes + plain[2:], MOST) == (64, 48, "jpeg"), "1.3 MB of notes before the size"


def test_too_many_pixels_are_refused_before_they_are_made() -> None:
    ihdr = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + ihdr + struct.pack(">I", zlib.crc32(b"IHDR" + ihdr))
    with pytest.raises(UsageError, match="20000x20000"):
        checked_picture(bomb, MOST)
    data = encoded("jpeg", 200, 100)
    assert checked_picture(data, 20_000)[:2] == (200, 100)
    with pytest.raises(UsageError, match=r"at most 0\.019999 million"):
        checked_picture(data, 19_999)


@pytest.mark.parametrize("kind", ENDINGS)
def test_cut_and_damaged_headers_are_refused_in_one_line(kind: str) -> None:
    data = encoded(kind)
    enough = next(n for n in range(len(data)) if not fails(data[:n]))
    assert enough <= 700 and all(fails(data[:n]) for n in range(enough))
    rng = np.random.default_rng(3)
    for _ in range(2000):
        hurt = bytearray(data[:700])
        for at in rng.integers(0, min(len(hurt), 64), 3):
            hurt[at] = rng.integers(256)
        said = fails(bytes(hurt))
        assert "\n" not in said and len(said) < 200


def fails(data: bytes) -> str:
    try:
        width, height, _ = checked_picture(data, MOST)
        assert 0 < width * height <= MOST
    except KinesicsError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"BM",
        b"GIF89a" + bytes(50),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"II*\0" + bytes(50),
        b"RIFF\0\0\0\0WAVE" + bytes(50),
        bytes(100),
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xda\0\2",
        b"\xff\xd8\xff\xe0\0\0" * 9,
        b"\x89PNG\r\n\x1a\n",
        b"BM" + bytes(60),
        b"#EXTM3U\n/etc/passwd",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError):
        checked_picture(data, MOST)


def test_moving_pictures_are_refused() -> None:
    head = b"RIFF\x20\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0" + (63).to_bytes(3, "little") + (47).to_bytes(3, "little") + bytes(40)
    with pytest.raises(SourceError):
        checked_picture(head, MOST)


@pytest.mark.parametrize("fill", [b"\xff", b"\x00", b"\xff\xd0", b"\xff\x01", b"\xff\xe0\x00\x02", b"\xff\xe0\x00\x04\x00\x00"])
def test_long_nonsense_costs_next_to_nothing(fill: bytes) -> None:
    data = b"\xff\xd8\xff" + fill * (20_000_000 // len(fill))
    began = time.process_time()
    assert fails(data)
    assert time.process_time() - began < 0.5
