"""A search for pictures where none may be: in files of any kind, whatever they are packed in."""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..types import Array, Frame

__all__ = ["assert_no_pixels", "pixels_in"]

MAGIC = {
    "a PNG": rb"\x89PNG\r\n\x1a\n",
    "a GIF": rb"GIF8[79]a",
    "a WebP": rb"RIFF.{4}WEBP",
    "an MP4 or AVIF": rb"ftyp(?:isom|iso[2-9]|mp4|M4V|avc1|qt  |avif|heic|mif1|MSNV|dash)",
    "a WebM": rb"\x1aE\xdf\xa3.{1,64}?(?:webm|matroska)",
    "a BMP": rb"BM.{4}\x00{4}.{4}[\x0c\x28\x6c\x7c]\x00{3}",
    "a TIFF": rb"(?:II\*\x00[\x08-\xff]\x00\x00\x00|MM\x00\*\x00\x00\x00[\x08-\xff])",
    "a JPEG": rb"\xff\xd8\xff[\xc0-\xfe]..",
}
RUN = 24  # bytes of a picture's row that tell it from all else …
STRIDE = 48  # … looked for at each so many bytes: a run of STRIDE + RUN is found wherever it begins
VARIED = 8  # different bytes that a run must have; flat parts of pictures are like all that is flat
ROWS = 6  # every so many rows of a picture
DEEP = 3  # packings within packings
LARGEST = 1 << 27  # bytes that are unpacked
PRIME = np.uint64(0x9E3779B97F4A7C15)


def assert_no_pixels(folder: str | Path, frames: Iterable[Frame | Array], *texts: str | bytes) -> None:
    """Fail if a file below a folder, or one of the texts, holds something that is or could be one of these pictures.

    Looked for are files of pictures and films by their first bytes, long runs of the pictures' rows (RGB, BGR, grey or one
    channel, as bytes or as lists of numbers) and streams that unpack to as many bytes as a picture has; all of it also in
    base64, hexadecimal, zlib, gzip, zip and the columns of Parquet. A picture that was made smaller and is kept raw is not
    found by its rows.

    Args:
        folder: looked through with all that is in it; or one file.
        frames: some of the pictures that went in, (h, w, 3) uint8; the more varied the better.
        texts: what a program said besides.

    Raises:
        AssertionError: something was found; the text names the file and what it is.

    Example:
        >>> import numpy as np, pathlib, tempfile
        >>> from kinesics.testing import assert_no_pixels
        >>> picture = np.random.default_rng(0).integers(0, 255, (48, 64, 3)).astype(np.uint8)
        >>> place = pathlib.Path(tempfile.mkdtemp())
        >>> _ = (place / "words.jsonl").write_text('{"score": 0.5}')
        >>> assert_no_pixels(place, [picture])
    """
    pictures = [frame.image if isinstance(frame, Frame) else np.asarray(frame, np.uint8) for frame in frames]
    known = _Known(pictures)
    place = Path(folder)
    for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
        if path.is_file():
            found = next(_search(path.read_bytes(), known, DEEP), None) or next(_columns(path, known), None)
            if found:
                raise AssertionError(f"{path}: holds {found}")
    for number, text in enumerate(texts):
        found = next(_search(text.encode() if isinstance(text, str) else text, known, DEEP), None)
        if found:
            raise AssertionError(f"text {number}: holds {found}")


def pixels_in(data: bytes, frames: Iterable[Array]) -> list[str]:
    """What in these bytes is or could be one of these pictures, in words; see `assert_no_pixels`."""
    return list(dict.fromkeys(_search(data, _Known(list(frames)), DEEP)))


class _Known:
    """What the pictures look like: hashes of runs of their rows, and how many bytes they have."""

    def __init__(self, pictures: list[Array]) -> None:
        self.sizes = {n for image in pictures for n in _sizes(image.shape[0], image.shape[1])}
        runs = [_runs(plane) for image in pictures for plane in _planes(image[::ROWS])]
        self.hashes = np.unique(np.concatenate([np.zeros(0, np.uint64), *runs]))

    def rows(self, data: bytes) -> bool:
        """Whether the data hold a run of a picture's row."""
        if len(data) < RUN or not len(self.hashes):
            return False
        step = 1 << 22
        return any(self._in(data[at : at + step + RUN]) for at in range(0, len(data), step))

    def _in(self, data: bytes) -> bool:
        if len(data) < RUN:
            return False
        hashes = _hashes(np.lib.stride_tricks.sliding_window_view(np.frombuffer(data, np.uint8), RUN))
        at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return bool((self.hashes[at] == hashes).any())


def _planes(image: Array) -> Iterator[Array]:
    """(rows, bytes) as a picture may be laid out: RGB, BGR, RGBA, BGRA, grey, each channel."""
    flat = np.full((*image.shape[:2], 1), 255, np.uint8)
    for order in (image, image[..., ::-1]):
        yield np.ascontiguousarray(order).reshape(len(image), -1)
        yield np.concatenate([order, flat], axis=2).reshape(len(image), -1)
    yield from (np.ascontiguousarray(image[..., channel]) for channel in range(3))
    import cv2

    yield cv2.cvtColor(np.ascontiguousarray(image), cv2.COLOR_RGB2GRAY)


def _runs(plane: Array) -> Array:
    """Hashes of the varied runs of a plane (rows, bytes)."""
    if plane.shape[1] < RUN:
        return np.zeros(0, np.uint64)
    windows = np.lib.stride_tricks.sliding_window_view(plane, RUN, axis=1)[:, ::STRIDE].reshape(-1, RUN)
    ordered = np.sort(windows, axis=1)
    varied = (np.diff(ordered.astype(np.int16), axis=1) > 0).sum(axis=1) + 1 >= VARIED
    return _hashes(windows[varied])


def _hashes(windows: Array) -> Array:
    """(n,) uint64 of runs (n, RUN) bytes."""
    total = np.zeros(len(windows), np.uint64)
    for at in range(RUN):
        total = total * PRIME + windows[:, at] + np.uint64(1)
    return total


def _sizes(high: int, wide: int) -> set[int]:
    """Bytes of a picture: one, three or four channels, 4:2:0 planes, and as PNG packs its rows."""
    plain = {high * wide * channels for channels in (1, 3, 4)} | {high * wide * 3 // 2}
    return plain | {high * (wide * channels + 1) for channels in (1, 3, 4)}


def _search(data: bytes, known: _Known, deep: int) -> Iterator[str]:
    for name, pattern in MAGIC.items():
        for match in re.finditer(pattern, data, re.DOTALL):
            if name != "a JPEG" or _is_jpeg(data[match.start() :]):
                yield f"{name} at byte {match.start()}"
    if known.rows(data):
        yield "a run of bytes of a picture's row"
    if deep:
        for words, inner in _unpacked(data):
            if words.startswith("a stream") and len(inner) in known.sizes:
                yield f"{words} that unpacks to as many bytes as a picture has"
            yield from (f"{found}, in {words}" for found in _search(inner, known, deep - 1))


def _is_jpeg(data: bytes) -> bool:
    """Whether two more segments follow, as they do in each JPEG."""
    at = 2
    for _ in range(3):
        if at + 4 > len(data) or data[at] != 0xFF or not 0xC0 <= data[at + 1] <= 0xFE:
            return False
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        if length < 2:
            return False
        at += 2 + length
    return True


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    """What is packed in these bytes, and in what."""
    for match in re.finditer(rb"[A-Za-z0-9+/_-]{48,}={0,2}", data):
        text = match.group().rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        for skip in range(4):
            part = text[skip:]
            yield "base64", base64.b64decode(part[: len(part) // 4 * 4])
    for match in re.finditer(rb"(?:[0-9a-fA-F]{2}){48,}", data):
        yield "hexadecimal", binascii.unhexlify(match.group())
    for match in re.finditer(rb"(?:\d{1,3}[,;\s\[\]]{1,4}){32,}\d{1,3}", data):
        numbers = [int(number) for number in re.findall(rb"\d+", match.group())]
        yield "a list of numbers", bytes(number for number in numbers if number < 256)
    for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08", data):
        inner = _inflated(data[match.start() :])
        if len(inner) > 64:
            yield f"a stream at byte {match.start()}", inner
    if data.startswith(b"PK\x03\x04"):
        yield from _zipped(data)


def _inflated(data: bytes) -> bytes:
    """As much as a zlib or gzip stream holds; nothing where it is none."""
    machine, parts = zlib.decompressobj(47), []
    try:
        parts.append(machine.decompress(data[:4096], LARGEST))
        parts.append(machine.decompress(machine.unconsumed_tail + data[4096:], LARGEST))
    except zlib.error:
        return b"".join(parts) if parts and len(parts[0]) > 1024 else b""
    return b"".join(parts)


def _zipped(data: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            for name in file.namelist():
                yield f"{name} of a zip file", file.read(name)
    except (zipfile.BadZipFile, zlib.error, EOFError):
        return


def _columns(path: Path, known: _Known) -> Iterator[str]:
    """What the columns of a Parquet file hold; they are packed in the file."""
    if path.suffix != ".parquet":
        return
    import pyarrow.parquet as parquet

    table: Any = parquet.read_table(path)
    for name in table.column_names:
        for chunk in table.column(name).chunks:
            inner = b"".join(bytes(buffer) for buffer in chunk.buffers() if buffer is not None)
            yield from (f"{found}, in column {name}" for found in _search(inner, known, DEEP - 1))
        text = json.dumps(table.column(name).slice(0, 2000).to_pylist(), default=str)
        yield from (f"{found}, in column {name}" for found in _search(text.encode(), known, DEEP - 1))
