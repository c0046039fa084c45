"""MOTChallenge text: one row a box, `frame, id, left, top, width, height, confidence, x, y, z`; and its `seqinfo.ini`.

Read strictly, as these files feed scores: a NaN, a missing column or a box turned inside out is an error that names its line,
never a number that is quietly wrong.
"""

from __future__ import annotations

import configparser
import math
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import FormatError
from ..types import Array
from .input import lines

__all__ = ["MotRows", "Sequence", "read_mot", "read_seqinfo"]

COLUMNS = 10
_NAMES = ("frame", "id", "left", "top", "width", "height", "confidence", "x", "y", "z")
_FILL = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, -1.0, -1.0, -1.0)
_LARGEST = 2.0**53  # integers up to here survive being floats


@dataclass(frozen=True, eq=False)
class MotRows:
    """The boxes of a file, sorted by frame (rows of one frame keep their order).

    Attributes:
        frames: (m,) int64, from 1.
        ids: (m,) int64, -1 in files of detections.
        boxes: (m, 4) float64 x1 y1 x2 y2 pixels, as in the file: no half-pixel or one-pixel shift.
        score: (m,) float64 as in the file, not always 0 to 1; in ground truth 0 means "do not count this box"; 1 where absent.
        rest: (m, 3) float64, columns 8 to 10 (x, y, z; since MOT16 in ground truth: class, visibility); -1 where absent.
    """

    frames: Array
    ids: Array
    boxes: Array
    score: Array
    rest: Array

    def __len__(self) -> int:
        return len(self.frames)

    def __getitem__(self, rows: slice | Array) -> MotRows:
        return MotRows(self.frames[rows], self.ids[rows], self.boxes[rows], self.score[rows], self.rest[rows])

    def at(self, frame: int) -> MotRows:
        """Rows of one frame, none if nobody is there."""
        return self[slice(*np.searchsorted(self.frames, (frame, frame + 1)))]

    def by_frame(self) -> Iterator[tuple[int, MotRows]]:
        """Frame number and its rows, for the frames that have any, rising."""
        numbers, starts = np.unique(self.frames, return_index=True)
        for number, start, end in zip(numbers.tolist(), starts, [*starts, len(self)][1:], strict=True):
            yield number, self[slice(start, end)]


@dataclass(frozen=True)
class Sequence:
    """What `seqinfo.ini` says: name, frames a second, number of frames, (width, height) of the pictures."""

    name: str
    fps: float
    frames: int
    size: tuple[int, int]


def read_mot(path: str | Path, notes: list[str] | None = None) -> MotRows:
    """Read boxes: ground truth, detections or results.

    Values are separated by commas or white space, 6 to 10 a line, the same number on every line; empty lines are passed over.
    An empty file is nobody. With `notes`, a bad last line without a line break (a writer was killed) is noted and left out.

    Raises:
        FormatError: naming file and line: wrong number of columns, not a number, NaN or infinity, a frame below 1, an id or
            frame that is not whole, a negative width or height, one id (1 or more) twice in a frame.
    """
    path = Path(path)
    if path.exists() and not path.is_file():
        raise FormatError(f"{path}: expected a file of text, got a folder or device")
    values, seen, width = array("d"), set[tuple[float, float]](), 0
    for line, raw in lines(path):
        where = f"{path}:{line}"
        try:
            cells = _cells(raw, where)
            if not cells:
                continue
            width = width or len(cells)
            row = _row(cells, width, where)
        except FormatError as error:
            if notes is None or raw.endswith(b"\n") or not values:
                raise
            notes.append(f"{error}; this last line was cut off and is left out")
            break
        if row[1] > 0 and (row[0], row[1]) in seen:
            raise FormatError(f"{where}: id {row[1]:g} is twice in frame {row[0]:g}; remove one of the rows")
        seen.add((row[0], row[1]))
        values.extend(row)
    return _rows(np.frombuffer(values, np.float64).reshape(-1, COLUMNS))


def _cells(raw: bytes, where: str) -> list[str]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FormatError(f"{where}: expected a line of numbers (MOTChallenge), got bytes that are not text") from None
    return [cell.strip() for cell in text.split(",")] if "," in text else text.split()


def _row(cells: list[str], width: int, where: str) -> list[float]:
    if not 6 <= len(cells) <= COLUMNS:
        raise FormatError(f"{where}: expected 6 to 10 columns ({', '.join(_NAMES[:7])} …), got {len(cells)}")
    if len(cells) != width:
        raise FormatError(f"{where}: expected {width} columns as on the lines before, got {len(cells)}")
    row = list(_FILL)
    for i, cell in enumerate(cells):
        try:
            row[i] = float(cell)
        except ValueError:
            raise FormatError(f"{where}: {_NAMES[i]} should be a number, got {cell[:40]!r}") from None
        if not math.isfinite(row[i]):
            raise FormatError(f"{where}: {_NAMES[i]} should be a finite number, got {cell[:40]}")
    for i in (0, 1):
        if row[i] != int(row[i]) or abs(row[i]) > _LARGEST:
            raise FormatError(f"{where}: {_NAMES[i]} should be a whole number, got {cells[i]}")
    if row[0] < 1:
        raise FormatError(f"{where}: frames count from 1, got {cells[0]}")
    if row[4] < 0 or row[5] < 0:
        raise FormatError(f"{where}: width and height should be 0 or more, got {cells[4]} and {cells[5]}")
    return row


def _rows(table: Array) -> MotRows:
    table = table[np.argsort(table[:, 0], kind="stable")]
    corners = np.concatenate([table[:, 2:4], table[:, 2:4] + table[:, 4:6]], axis=1)
    return MotRows(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), corners, table[:, 6], table[:, 7:])


def read_seqinfo(path: str | Path) -> Sequence:
    """Read a `seqinfo.ini`, or that of a sequence's folder.

    Raises:
        FormatError: the file cannot be read, or a value is missing or not a positive number.
    """
    path = Path(path)
    path = path / "seqinfo.ini" if path.is_dir() else path
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(path.read_text("utf-8-sig"))
        section = parser["Sequence"]
        fps, frames = float(section["frameRate"]), int(section["seqLength"])
        size = int(section["imWidth"]), int(section["imHeight"])
    except OSError as error:
        raise FormatError(f"{path}: cannot be read: {error.strerror}") from error
    except (configparser.Error, UnicodeDecodeError, KeyError) as error:
        raise FormatError(
            f"{path}: expected a [Sequence] with frameRate, seqLength, imWidth, imHeight; {_first(error)}"
        ) from None
    except ValueError as error:
        raise FormatError(f"{path}: {error}") from None
    if not (0 < fps < math.inf and frames > 0 and min(size) > 0):
        raise FormatError(f"{path}: frameRate, seqLength, imWidth and imHeight should be above 0, got {fps}, {frames}, {size}")
    return Sequence(section.get("name", path.parent.name), fps, frames, size)


def _first(error: Exception) -> str:
    return f"missing {error}" if isinstance(error, KeyError) else str(error).splitlines()[0]
