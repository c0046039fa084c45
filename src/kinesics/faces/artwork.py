"""The filters that come with the library, by name, and filters drawn by users."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from ..errors import FormatError, SourceError, UsageError
from ..types import Array
from .layout import SIZE
from .overlay import FaceFilter, Layer
from .surfaces import whole_picture

__all__ = ["FILTERS", "face_filter", "filter_of_picture"]

FILTERS = {
    "beard": "whiskers",
    "butterfly": "paint",
    "cat-ears": "headwear",
    "clown-nose": "noses",
    "crown": "headwear",
    "glasses": "eyewear",
    "moustache": "whiskers",
    "sunglasses": "eyewear",
    "tiger": "paint",
}
PIXELS = 16_000_000


def face_filter(name: str | Path | Array | FaceFilter) -> FaceFilter:
    """The filter of a name, of a picture's path, or of a picture.

    Args:
        name: one of `FILTERS`; a PNG with alpha in the layout of `filter_template`, or such a picture (h, w, 4) uint8 RGBA.

    Raises:
        UsageError: nobody knows a filter of that name.
        SourceError: there is no such file, or it cannot be read.
        FormatError: the picture has no alpha.
    """
    if isinstance(name, FaceFilter):
        return name
    if isinstance(name, np.ndarray):
        return filter_of_picture(name)
    if str(name) in FILTERS:
        return _drawn(str(name))
    if Path(name).suffix or Path(name).exists():
        return filter_of_picture(_read(Path(name)), Path(name).stem)
    raise UsageError(f"nobody knows the filter {str(name)!r}; there are {', '.join(sorted(FILTERS))}, or the path of a PNG")


@functools.cache
def _drawn(name: str) -> FaceFilter:
    make: Callable[[], FaceFilter] = getattr(
        importlib.import_module(f".art_{FILTERS[name]}", __package__), name.replace("-", "_")
    )
    return make()


def filter_of_picture(picture: Array, name: str = "picture") -> FaceFilter:
    """A filter of one picture (h, w, 4) uint8 RGBA in the layout of `filter_template`, square, of any size."""
    if picture.ndim != 3 or picture.shape[2] != 4:
        raise FormatError(
            f"{name}: a filter needs a picture with alpha (RGBA); this one has none, so all of it would be covered"
        )
    if abs(picture.shape[0] - picture.shape[1]) > 0.02 * max(picture.shape[:2]):
        raise FormatError(
            f"{name}: expected a square picture laid out as filter_template(), got {picture.shape[1]}x{picture.shape[0]}"
        )
    if not picture[..., 3].any():
        raise FormatError(f"{name}: all of the picture is clear; nothing would be seen")
    if picture.shape[0] > 2 * SIZE:
        picture = cv2.resize(picture, (2 * SIZE, 2 * SIZE), interpolation=cv2.INTER_AREA)
    return FaceFilter((Layer(np.ascontiguousarray(picture), whole_picture()),), name)


def _read(path: Path) -> Array:
    """(h, w, 4) uint8 RGBA of a file."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path}: the filter's picture cannot be read ({error.strerror or error})") from error
    size = _png_size(data)
    if size is None:
        raise FormatError(f"{path}: a filter is a PNG with alpha; this file is none")
    if size[0] * size[1] > PIXELS:
        raise FormatError(f"{path}: {size[0]}x{size[1]} is too large for a filter; {SIZE}x{SIZE} is enough")
    level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        picture = None
    finally:
        cv2.utils.logging.setLogLevel(level)
    if picture is None or b"IEND" not in data[-16:]:
        raise SourceError(f"{path}: the filter's picture is damaged and cannot be decoded")
    if picture.dtype == np.uint16:
        picture = (picture >> 8).astype(np.uint8)
    if picture.ndim != 3 or picture.shape[2] != 4:
        raise FormatError(
            f"{path}: a filter needs a picture with alpha (RGBA); this one has none, so all of it would be covered"
        )
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA))


def _png_size(data: bytes) -> tuple[int, int] | None:
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or len(data) < 24:
        return None
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
