"""Still pictures: one from a file, one into a file, many as a source."""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..errors import ShapeError, SinkError, SourceError, UsageError
from ..types import Array, Frame
from .headers import is_damaged_png, picture_size, size_in
from .paths import check_file, shown
from .source import Source

PICTURE_PIXELS = 50_000_000
BAND = 64  # rows whose colours are put in order at a time


def load_image(path: str | Path, *, pixel_limit: int | None = None) -> Array:
    """Read a picture as (h, w, 3) uint8 RGB, turned the way its EXIF orientation says; alpha is dropped, 16 bits become 8.

    Args:
        path: JPEG, PNG, BMP, WebP or TIFF; of a GIF or a video, the first frame.
        pixel_limit: refuse more pixels than this, from the header. None: 50 million.

    Raises:
        SourceError: no such file, not a picture, damaged, or too large.
    """
    return _load(str(path), pixel_limit)[0]


def _load(path: str, pixel_limit: int | None) -> tuple[Array, bool]:
    """The picture, and whether its file ends early."""
    stored = read_stored(path, pixel_limit)
    return (first_frame(path, pixel_limit), False) if stored is None else (decode(stored), stored.cut)


class Stored(NamedTuple):
    """A picture's file, not decoded yet.

    Attributes:
        path: where it was.
        data: its bytes.
        size: (width, height) as its header has them, before it is turned the way its EXIF orientation says.
        cut: it ends early.
    """

    path: str
    data: bytes
    size: tuple[int, int]
    cut: bool

    @property
    def is_jpeg(self) -> bool:
        """Whether it can be decoded at half, a quarter or an eighth of its size."""
        return self.data.startswith(b"\xff\xd8")


def read_stored(path: str, pixel_limit: int | None) -> Stored | None:
    """A picture's file; None if it is none that is known, or moves.

    Raises:
        SourceError: no such file, damaged, or more pixels than `pixel_limit` (None: 50 million) in its header.
    """
    check_file(path)
    size = picture_size(path)
    if size is None:
        return None
    _check_size(path, size, pixel_limit)
    return _stored(path, Path(path).read_bytes(), size)


def stored_in(data: bytes, name: str, pixel_limit: int | None) -> Stored:
    """A picture that is there as the bytes of its file.

    Args:
        data: of a JPEG, PNG, BMP, WebP or TIFF file.
        name: what to call it in errors.
        pixel_limit: see `read_stored`.

    Raises:
        SourceError: no such picture, damaged, or more pixels than `pixel_limit`.
    """
    size = size_in(io.BytesIO(data))
    if size is None:
        raise SourceError(f"{name}: expected a JPEG, PNG, WebP, BMP or TIFF, got {len(data)} bytes of something else")
    _check_size(name, size, pixel_limit)
    return _stored(name, data, size)


def _check_size(path: str, size: tuple[int, int], pixel_limit: int | None) -> None:
    limit = pixel_limit or PICTURE_PIXELS
    if size[0] * size[1] > limit:
        raise SourceError(
            f"{shown(path)}: {size[0]}x{size[1]} is more than {limit / 1e6:g} million pixels; "
            f"raise pixel_limit above {size[0] * size[1]} if you trust it"
        )


def _stored(path: str, data: bytes, size: tuple[int, int]) -> Stored:
    cut = data.startswith(b"\xff\xd8") and b"\xff\xd9" not in data[-4096:]
    if is_damaged_png(data):
        raise _damaged(path)
    return Stored(path, data + b"\xff\xd9" if cut else data, size, cut)  # with an end, the rest decodes


def _damaged(path: str) -> SourceError:
    return SourceError(f"{shown(path)}: the picture is damaged and cannot be decoded")


def decode(stored: Stored, step: int = 1) -> Array:
    """(h, w, 3) uint8 RGB the right way up.

    Args:
        stored: the file.
        step: 1, 2, 4 or 8: of a JPEG only every so many pixels, which takes a fraction of the time and memory.

    Raises:
        SourceError: it cannot be decoded.
    """
    import cv2

    flags = {1: cv2.IMREAD_COLOR, 2: cv2.IMREAD_REDUCED_COLOR_2, 4: cv2.IMREAD_REDUCED_COLOR_4, 8: cv2.IMREAD_REDUCED_COLOR_8}
    level = cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # what is wrong is said by our error, once
    try:
        picture = cv2.imdecode(np.frombuffer(stored.data, np.uint8), flags[step])
    except cv2.error:
        picture = None
    finally:
        cv2.utils.logging.setLogLevel(level)
    if picture is None:
        raise _damaged(stored.path)
    for row in range(0, len(picture), BAND):  # in place: a second whole picture would double the memory
        picture[row : row + BAND] = cv2.cvtColor(picture[row : row + BAND], cv2.COLOR_BGR2RGB)
    return np.asarray(picture)


def first_frame(path: str, pixel_limit: int | None) -> Array:
    """Of something that moves, (h, w, 3) uint8 RGB."""
    from .files import open_file

    with open_file(path, pixel_limit=pixel_limit, threads=1) as source:
        return next(source).image


def save_image(path: str | Path, image: Array, *, quality: int = 92) -> None:
    """Write (h, w, 3) uint8 RGB as .jpg, .png, .webp, .bmp or .tif; the file appears whole or not at all.

    Raises:
        SinkError: it cannot be written there.
        UsageError: the name ends in something else.
        ShapeError: `image` is not such an array.
    """
    import cv2

    path = Path(path)
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
        shape = f"{image.shape} {image.dtype}" if isinstance(image, np.ndarray) else type(image).__name__
        raise ShapeError(f"save_image: expected (height, width, 3) uint8 RGB, got {shape}")
    suffix = path.suffix.lower()
    if suffix not in (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"):
        raise UsageError(f"{shown(path)}: a picture's name must end in .jpg, .png, .webp, .bmp or .tif")
    choices = [cv2.IMWRITE_JPEG_QUALITY, quality] if suffix in (".jpg", ".jpeg") else []
    done, data = cv2.imencode(suffix, cv2.cvtColor(image, cv2.COLOR_RGB2BGR), choices)
    if not done:
        raise SinkError(f"{shown(path)}: this picture of {image.shape[1]}x{image.shape[0]} cannot be written as {suffix}")
    write_whole(path, data.tobytes())


def encode_png(image: Array) -> bytes:
    """The PNG file of (h, w, 3) RGB or (h, w, 4) straight RGBA, uint8."""
    import cv2

    order = cv2.COLOR_RGB2BGR if image.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
    done, data = cv2.imencode(".png", cv2.cvtColor(image, order))
    if not done:
        raise SinkError(f"a picture of {image.shape[1]}x{image.shape[0]} cannot be written as PNG")
    return data.tobytes()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file that appears whole or not at all; SinkError when it cannot be."""
    part = None
    try:
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(part, 0o666 & ~_umask())
        os.replace(part, path)
    except OSError as error:
        if part is not None:
            with contextlib.suppress(OSError):
                os.unlink(part)
        raise SinkError(f"{shown(path)}: cannot be written ({(error.strerror or str(error)).lower()})") from None


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def open_pictures(paths: list[Path], *, name: str, rate: float, pixel_limit: int | None) -> Source:
    """A source of still pictures, `rate` a second or at the times of their folder's `times.csv`.

    Those that cannot be read are left out and noted.
    """
    times = _times(paths)
    if times is not None and len(times) > 1:
        rate = (len(times) - 1) / (times[-1] - times[0])
    reel = _Pictures(paths, times or [index / rate for index in range(len(paths))], pixel_limit)
    first = reel.first(name)
    return Source(shown(name), reel.feed, size=first.size, fps=rate, duration=len(paths) / rate, frames=len(paths))


def _times(paths: list[Path]) -> list[float] | None:
    """The pictures' own times, if their folder tells them for all and they rise."""
    from .png_folder import read_times

    known = read_times(paths[0].parent)
    times = [known.get(path.name, -1.0) for path in paths]
    rising = times[0] >= 0 and all(a < b for a, b in itertools.pairwise(times))
    return times if rising else None


class _Pictures:
    def __init__(self, paths: list[Path], times: list[float], pixel_limit: int | None) -> None:
        self.paths, self.times, self.pixel_limit = paths, times, pixel_limit
        self.skipped: list[str] = []
        self.made = self._make()
        self.ahead: Frame | None = None

    def first(self, name: str) -> Frame:
        self.ahead = next(self.made, None)
        if self.ahead is None:
            more = f" (and {len(self.skipped) - 1} more)" if len(self.skipped) > 1 else ""
            raise SourceError(self.skipped[0] + more)
        return self.ahead

    def _make(self) -> Iterator[Frame]:
        size, epoch = None, 0
        for index, path in enumerate(self.paths):
            try:
                image, cut = _load(str(path), self.pixel_limit)
            except SourceError as error:
                self.skipped.append(str(error))
                continue
            frame = Frame(image, index=index, time=self.times[index], epoch=epoch, corrupt=cut)
            if size not in (None, frame.size):
                epoch += 1
                frame.epoch = epoch
            size = frame.size
            yield frame

    def feed(self, source: Source) -> Iterator[Frame]:
        told = 0
        frame = self.ahead
        while frame is not None:
            for text in self.skipped[told:]:
                source.note(f"left out: {text}")
            told = len(self.skipped)
            if frame.corrupt:
                source.note(f"frame {frame.index} is damaged: its file ends early")
            yield frame
            frame = next(self.made, None)
        for text in self.skipped[told:]:
            source.note(f"left out: {text}")
        source.status = "ok"
