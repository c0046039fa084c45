"""Pictures into numbered PNG files, with a table of their times beside."""

from __future__ import annotations

import contextlib
import csv
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..errors import SinkError, UsageError
from ..types import Array
from .beside import unwritable
from .canvas import Canvas
from .marks import comment_text, png_comment
from .paths import check_place, shown
from .pictures import encode_png, write_whole

__all__ = ["TIMES", "PngFolderWriter", "read_times"]

TIMES = "times.csv"
COLUMNS = ("file", "time")
_NUMBER = re.compile(r"%0?\d{0,2}d")


class PngFolderWriter:
    """Write pictures as PNG files of their own, exact, and their times as `times.csv` (file, seconds) beside them.

    `open_source` of that folder gives them back at their times. Pictures that an earlier run left there (those that its
    `times.csv` names) are replaced; a folder that holds other pictures of such names is refused. Each file appears whole.
    Sizes may be odd.

    Args:
        path: a folder (made when it is not there), whose pictures are called 000000.png and so on; or a name with a number in
            it, as in `walk/frame_%04d.png`.
        source: refuse to write into this folder.
        alpha: pictures may be RGBA and keep their transparency.
        generated: each file says that it was made and not filmed.
        comment: what else each file says of itself.

    Raises:
        SinkError: it cannot be written there, or other pictures are there.
        UsageError: a name without exactly one number in it.
    """

    def __init__(
        self,
        path: str | Path,
        *,
        source: str | Path | int | None = None,
        alpha: bool = False,
        generated: bool = False,
        comment: str = "",
    ) -> None:
        text = os.fspath(path)
        named = not text.endswith(("/", os.sep)) and text.lower().endswith(".png")
        self.path = Path(text)
        self.folder, self.pattern = (self.path.parent, self.path.name) if named else (self.path, "%06d.png")
        if not _NUMBER.search(self.pattern) or self.pattern.count("%") != 1:
            raise UsageError(f"{shown(path)}: expected one number and .png in the name, as in frame_%04d.png")
        self.alpha, self.comment = alpha, comment_text(generated, comment)
        self.written = 0
        self._canvas = Canvas(self.path, alpha)
        self._names: list[str] = []
        self._made = self._closed = False
        self._last = -1.0
        _check_folder(self.folder, source)
        self._old = self._earlier()

    def write(self, picture: Array, time: float) -> None:
        """Add one picture, (h, w, 3) RGB or with alpha (h, w, 4) straight RGBA, uint8; `time` in seconds, rising."""
        if self._closed:
            raise SinkError(f"{shown(self.path)}: the writer is closed")
        image, moment = self._canvas.picture(picture), self._canvas.seconds(time)
        moment = self._last = max(moment, self._last + 1e-6 if self._names else 0.0)
        name = self.pattern % len(self._names)
        data = encode_png(image)
        if self.comment:
            data = data[:33] + png_comment(self.comment) + data[33:]  # behind signature and IHDR
        try:
            if not self._names:
                self._begin()
            self._names.append(name)
            write_whole(self.folder / name, data)
            self._note([(name, f"{moment:.6f}".rstrip("0").rstrip("."))])
        except OSError as error:
            self.discard()
            raise error if isinstance(error, SinkError) else unwritable(self.folder / name, error) from None
        self.written += 1

    def close(self) -> None:
        """Finish; twice is fine. Without a picture nothing is made."""
        self._closed = True

    def discard(self) -> None:
        """Close and remove what was written."""
        self._closed = True
        for name in (*self._names, *([TIMES] if self._names else [])):
            with contextlib.suppress(OSError):
                (self.folder / name).unlink()
        self._names = []
        if self._made:
            with contextlib.suppress(OSError):
                self.folder.rmdir()

    def __enter__(self) -> PngFolderWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            self.discard()
        self.close()

    def _begin(self) -> None:
        if not self.folder.exists():
            self.folder.mkdir()
            self._made = True
        for name in self._old:
            (self.folder / name).unlink(missing_ok=True)
        (self.folder / TIMES).unlink(missing_ok=True)
        self._note([COLUMNS])

    def _note(self, rows: list[tuple[str, ...]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(rows)
        with (self.folder / TIMES).open("a", encoding="utf-8") as file:
            file.write(text.getvalue())

    def _earlier(self) -> list[str]:
        """Names of the pictures that an earlier run wrote here; SinkError when there are others that look like ours."""
        if not self.folder.is_dir():
            return []
        ours = re.compile(_NUMBER.sub(r"(\\d+)", re.sub(r"([^\w%])", r"\\\1", self.pattern)))
        names = [name for name in os.listdir(self.folder) if ours.fullmatch(name)]
        known = read_times(self.folder)
        strange = sorted(name for name in names if name not in known)
        if strange:
            raise SinkError(
                f"{shown(self.folder)}: {strange[0]} is there already and not of an earlier run; choose another folder"
            )
        return names


def _check_folder(folder: Path, source: str | Path | int | None) -> None:
    if folder.is_dir():
        check_place(folder / TIMES)
        same = isinstance(source, str | Path) and os.path.isdir(source) and os.path.samefile(folder, source)
        if same:
            raise SinkError(f"{shown(folder)}: this is the folder that is read; choose another name for the result")
    else:
        check_place(folder)
        if folder.exists():
            raise SinkError(f"{shown(folder)}: expected a folder, there is a file")


def read_times(folder: Path) -> dict[str, float]:
    """Seconds by name of file, from a folder's `times.csv`; empty where there is none, or another's."""
    try:
        with (folder / TIMES).open(encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            return dict(_pairs(rows)) if tuple(next(rows, ())) == COLUMNS else {}
    except (OSError, ValueError, csv.Error):
        return {}


def _pairs(rows: Iterator[list[str]]) -> Iterator[tuple[str, float]]:
    for row in rows:
        if len(row) == 2 and np.isfinite(float(row[1])):
            yield row[0], float(row[1])
