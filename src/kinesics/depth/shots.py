"""One depth picture as a container holds it, before units, epochs and times are settled."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SourceError
from ..types import Array
from ..types.camera import Camera

__all__ = ["LARGEST", "Reel", "Shot", "checked_kind", "natural", "readable"]

LARGEST = 50_000_000  # pixels of one picture


@dataclass(frozen=True)
class Shot:
    """One picture.

    Attributes:
        picture: (h, w) numbers in the unit of the file.
        index: which of the container's pictures it is.
        time: seconds by the container's clock, or None when it has none.
        camera: what took it, or None when nothing says.
        gravity: (3,) the direction of falling by the camera's sensor, x right, y down, z away; None when not known.
    """

    picture: Array
    index: int
    time: float | None = None
    camera: Camera | None = None
    gravity: Array | None = None


@dataclass
class Reel:
    """What opening a container gives.

    Attributes:
        shots: the pictures, one after the other; damage is told by `problem` and left out, or ends them.
        frames: how many it promises, or None.
        release: lets go of the file.
        unit: the unit the container itself states ("m", "mm"), or None.
        problems: what could not be read, one line each, filled while `shots` goes on.
    """

    shots: Iterator[Shot]
    frames: int | None
    problems: list[str]
    release: Callable[[], None] = lambda: None
    unit: str | None = None


def natural(path: Path) -> list[tuple[int, str]]:
    """A key that sorts 2 before 10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", str(path))]


def readable(path: Path) -> bytes:
    """The bytes of a regular file.

    Raises:
        SourceError: it is not there, no regular file, empty, or may not be read.
    """
    try:
        info = os.stat(path)
        if not stat.S_ISREG(info.st_mode):
            raise SourceError(f"{path}: expected a file")
        data = path.read_bytes()
    except FileNotFoundError:
        raise SourceError(f"{path}: there is no such file") from None
    except (OSError, ValueError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error})") from None
    if not data:
        raise SourceError(f"{path}: the file is empty")
    return data


def checked_kind(dtype: np.dtype[Any], where: str) -> None:
    """Raise a `SourceError` unless numbers of this kind can hold depth."""
    if dtype.kind not in "uif" or dtype.itemsize < 2:
        raise SourceError(f"{where}: {dtype} numbers hold no depth; expected 16-bit millimetres or fractions in metres")
