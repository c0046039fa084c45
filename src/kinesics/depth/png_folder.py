"""Folders of 16-bit PNG pictures, one a frame, in natural order; and of EXR pictures."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from ..errors import ShapeError, SourceError
from ..types import Array
from ..types.camera import Camera
from .camera_file import CAMERA_FILE, META_FILE, VIEWS_FILE, read_camera, read_meta, read_views
from .exr import read_exr
from .shots import LARGEST, Reel, Shot, natural, readable

__all__ = ["open_pictures", "pictures_in", "png_bytes", "read_png"]

START = b"\x89PNG\r\n\x1a\n"
READERS: dict[str, Callable[[Path], Array]] = {".png": lambda path: read_png(path), ".exr": read_exr}


def read_png(path: Path) -> Array:
    """(h, w) uint16 of a grey PNG of 16 bits.

    Raises:
        SourceError: no such file, damaged, too large, or a PNG of another kind (8 bits, colours).
    """
    data = readable(path)
    bits, colours = _look(path, data)
    if colours != 0:
        raise SourceError(f"{path}: a PNG in colour; expected a grey one of 16 bits that holds millimetres")
    if bits != 16:
        raise SourceError(f"{path}: a PNG of {bits} bits holds no depth; expected 16 bits that hold millimetres")
    import cv2

    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        picture = None
    if picture is None or picture.dtype != np.uint16 or picture.ndim != 2:
        raise SourceError(f"{path}: this PNG is damaged; copy or record it again")
    return np.asarray(picture)


def _look(path: Path, data: bytes) -> tuple[int, int]:
    """Bits and kind of colour; all chunks are checked, since a decoder would make up what is missing."""
    damaged = SourceError(f"{path}: this PNG is damaged or none; copy or record it again")
    if data[:8] != START or data[12:16] != b"IHDR" or len(data) < 33:
        raise damaged
    width, height, bits, colours = struct.unpack_from(">IIBB", data, 16)
    if not (0 < width and 0 < height and width * height <= LARGEST):
        raise SourceError(f"{path}: claims {width}x{height} pixels, more than {LARGEST // 1_000_000} million")
    at, name = 8, b""
    while name != b"IEND":
        if at + 12 > len(data):
            raise damaged
        size, name = struct.unpack_from(">I4s", data, at)
        end = at + 8 + size
        if end + 4 > len(data) or zlib.crc32(data[at + 4 : end]) != struct.unpack_from(">I", data, end)[0]:
            raise damaged
        at = end + 4
    return bits, colours


def png_bytes(picture: Array) -> bytes:
    """(h, w) whole numbers, uint8 or uint16, as the bytes of a grey PNG."""
    if picture.ndim != 2 or not picture.size or picture.dtype not in (np.uint8, np.uint16):
        raise ShapeError(f"png_bytes: expected (height, width) uint8 or uint16, got {picture.shape} {picture.dtype}")
    height, width = picture.shape
    bits = 8 * picture.dtype.itemsize
    rows = np.ascontiguousarray(picture, picture.dtype.newbyteorder(">")).view(np.uint8).reshape(height, -1)
    filtered = np.zeros((height, rows.shape[1] + 1), np.uint8)
    filtered[0, 1:] = rows[0]
    filtered[1:, 0], filtered[1:, 1:] = 2, rows[1:] - rows[:-1]  # "up": what lies above is subtracted
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, bits, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(filtered.tobytes(), 4)),
        (b"IEND", b""),
    ]
    return START + b"".join(
        struct.pack(">I", len(held)) + name + held + struct.pack(">I", zlib.crc32(name + held)) for name, held in chunks
    )


def pictures_in(folder: Path) -> list[Path]:
    """The PNG or else the EXR files of a folder, 2 before 10; [] when it has none.

    Raises:
        SourceError: the folder cannot be read.
    """
    try:
        files = [path for path in folder.iterdir() if path.suffix.lower() in READERS and path.is_file()]
    except OSError as error:
        raise SourceError(f"{folder}: the folder cannot be read ({error.strerror or error})") from None
    kinds = {path.suffix.lower() for path in files}
    wanted = ".exr" if ".exr" in kinds else ".png"  # beside EXR pictures of depth, PNG pictures are labels or photographs
    return sorted((path for path in files if path.suffix.lower() == wanted), key=natural)


def open_pictures(paths: list[Path], folder: Path) -> Reel:
    """The reel of these pictures; one that cannot be read is left out and told.

    Camera and times come from a `camera.json` in the folder or above it; cameras of made sets from their
    `views.jsonl`, of training sets of glimpse from their `meta.json`.

    Raises:
        SourceError: that file is damaged.
    """
    problems: list[str] = []
    cameras, times = _said(folder, len(paths), problems)

    def shots() -> Iterator[Shot]:
        for index, path in enumerate(paths):
            try:
                picture = READERS[path.suffix.lower()](path)
            except SourceError as error:
                problems.append(str(error))
                continue
            yield Shot(picture, index, None if times is None else times[index], cameras[index])

    return Reel(shots(), len(paths), problems)


def _said(folder: Path, count: int, problems: list[str]) -> tuple[list[Camera | None], list[float] | None]:
    """The camera of each picture, and their times, as far as files beside the pictures say so."""
    for place in (folder, folder.parent):
        if (place / CAMERA_FILE).is_file():
            camera, times = read_camera(place / CAMERA_FILE)
            if times is not None and len(times) != count:
                problems.append(f"{CAMERA_FILE} has {len(times)} times for {count} pictures: not used")
                times = None
            return [camera] * count, times
        if (place / VIEWS_FILE).is_file():
            cameras = read_views(place / VIEWS_FILE)
            if len(cameras) == count:
                return [*cameras], None
            problems.append(f"{VIEWS_FILE} has {len(cameras)} cameras for {count} pictures: not used")
        if (place / META_FILE).is_file():
            return [read_meta(place / META_FILE)] * count, None
    return [None] * count, None
