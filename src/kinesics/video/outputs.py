"""One door to everything that pictures can be written to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Protocol

from ..errors import UsageError
from ..types import Array
from .apng import ApngWriter
from .gif import GifWriter
from .paths import shown
from .png_folder import PngFolderWriter
from .writer import ENCODERS, VideoWriter

__all__ = ["PictureWriter", "open_writer"]


class PictureWriter(Protocol):
    """What `open_writer` gives: pictures with their times go in, a file or a folder comes out. Use it with `with`."""

    @property
    def written(self) -> int:
        """Pictures so far."""

    def write(self, picture: Array, time: float) -> None:
        """Add one picture: (h, w, 3) RGB or, with alpha, (h, w, 4) straight RGBA, uint8; its time in seconds, rising."""

    def close(self) -> None:
        """Finish; twice is fine. Without a picture nothing is made."""

    def discard(self) -> None:
        """Close and remove what was written."""

    def __enter__(self) -> PictureWriter:
        """For `with`, which closes in the end."""

    def __exit__(self, *error: Any) -> None:
        """Close, also after an error; only a video keeps what was written then."""


def open_writer(
    path: str | Path,
    *,
    fps_hint: float | None = None,
    alpha: bool = False,
    generated: bool = False,
    comment: str = "",
    source: str | Path | int | None = None,
) -> PictureWriter:
    """A writer of pictures with their times; the name decides.

    .mp4 is H.264, .webm VP8 or with alpha VP9, .gif an animation of 256 colours each, .apng (or .png) an exact one. A folder
    (a name with "/" at its end, or without an ending) or a name with a number such as `out_%04d.png` gives single pictures and
    `times.csv` beside them. Widths and heights of .mp4 and .webm are made even by repeating the last column or row, the others
    keep odd ones. Time begins with the first picture.

    Args:
        path: where to.
        fps_hint: pictures a second, for how long the last one of a .gif or .apng is seen; times are never made from it.
        alpha: pictures may be (h, w, 4) straight RGBA and keep their transparency; not in .mp4.
        generated: the result says in its metadata that it was made and not filmed; `read_marks` reads that.
        comment: what else the metadata say.
        source: refuse to write over this file (the one that is being read).

    Raises:
        SinkError: it cannot be written there.
        UsageError: the name says nothing about the format, or the format holds no transparency.
    """
    if fps_hint is not None and not 0 < fps_hint < 1e6:
        raise UsageError(f"open_writer: expected fps_hint above 0, got {fps_hint}")
    text = os.fspath(path)
    suffix = Path(text).suffix.lower()
    marks: dict[str, Any] = {"alpha": alpha, "generated": generated, "comment": comment, "source": source}
    if text.endswith(("/", os.sep)) or os.path.isdir(text) or not suffix or (suffix == ".png" and "%" in text):
        return PngFolderWriter(path, **marks)
    if suffix in ENCODERS:
        return VideoWriter(path, **marks)
    if suffix == ".gif":
        return GifWriter(path, fps_hint=fps_hint, **marks)
    if suffix in (".apng", ".png"):
        return ApngWriter(path, fps_hint=fps_hint, **marks)
    raise UsageError(
        f"{shown(path)}: its ending says nothing; expected .mp4, .webm, .gif, .apng, a folder/ or a name with %04d.png"
    )
