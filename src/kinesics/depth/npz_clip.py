"""Clips as arrays: `.npz` with the key depth, or `.npy`; read picture by picture, also when the file ends early."""

from __future__ import annotations

import ast
import operator
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import numpy as np

from ..errors import ShapeError, SourceError
from ..types import Array
from ..types.camera import Camera
from .camera_file import camera_from
from .cut_zip import Cut, find_members, open_member
from .shots import LARGEST, Reel, Shot, checked_kind

__all__ = ["open_npy", "open_npz"]

BROKEN = (OSError, ValueError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, KeyError)
LONGEST = 1 << 16  # bytes of an array's header


def open_npy(path: Path) -> Reel:
    """The reel of one array: (t, h, w) or (h, w), whole millimetres or metres."""
    with ExitStack() as opened:
        file = opened.enter_context(open(path, "rb"))
        reel = _reel(path, file, None, None, [])
        reel.release = opened.pop_all().close
        return reel


def open_npz(path: Path) -> Reel:
    """The reel of the key `depth`, else of the only array of two or three dimensions.

    `camera` may hold width, height, fx, fy, cx, cy, or a 3 x 3 matrix; `times` seconds, one a picture.

    Raises:
        SourceError: no such array in it, or damaged before the first picture.
    """
    problems: list[str] = []
    try:
        box = zipfile.ZipFile(path)
    except BROKEN:
        return _cut(path, problems)

    def shape(name: str) -> tuple[int, ...]:
        with box.open(f"{name}.npy") as file:
            return _head(file)[0]

    with ExitStack() as opened:
        opened.enter_context(box)
        try:
            names = [name.removesuffix(".npy") for name in box.namelist() if name.endswith(".npy")]
            wanted = _wanted(path, names, shape)
            side = {name: _small(box, name, problems) for name in ("camera", "times", "timestamps") if name in names}
            held = opened.enter_context(box.open(f"{wanted}.npy"))
            times = side.get("times") if side.get("times") is not None else side.get("timestamps")
            reel = _reel(path, held, side.get("camera"), times, problems)
            reel.release = opened.pop_all().close
            return reel
        except BROKEN as error:
            if isinstance(error, SourceError):
                raise
            raise SourceError(f"{path}: this npz is damaged ({error}); write or copy it again") from None


def _cut(path: Path, problems: list[str]) -> Reel:
    """A zip without its table of contents: what was written before the end can still be read."""
    members = {member.name.removesuffix(".npy"): member for member in find_members(path) if member.name.endswith(".npy")}
    if not members:
        raise SourceError(f"{path}: this npz is damaged or none; write or copy it again")

    def shape(name: str) -> tuple[int, ...]:
        with open_member(path, members[name]) as file:
            return _head(file)[0]

    with ExitStack() as opened:
        try:
            held = opened.enter_context(open_member(path, members[_wanted(path, list(members), shape)]))
            problems.append(f"{path}: the file ends early: read up to there, camera and times may be missing")
            reel = _reel(path, held, None, None, problems)
            reel.release = opened.pop_all().close
            return reel
        except BROKEN as error:
            if isinstance(error, SourceError):
                raise
            raise SourceError(f"{path}: this npz is damaged or none ({error}); write or copy it again") from None


def _wanted(path: Path, names: list[str], shape: Callable[[str], tuple[int, ...]]) -> str:
    if "depth" in names:
        return "depth"
    fitting = [name for name in names if len(shape(name)) in (2, 3) and min(shape(name), default=0) > 3]
    if len(fitting) != 1:
        raise SourceError(f"{path}: expected an array called depth (t, h, w); it holds {', '.join(names) or 'nothing'}")
    return fitting[0]


def _small(box: zipfile.ZipFile, name: str, problems: list[str]) -> Array | None:
    try:
        with box.open(f"{name}.npy") as file:
            shape, _, dtype = _head(file)
            return np.frombuffer(file.read(1 << 24), dtype).reshape(shape).astype(float)
    except BROKEN:
        problems.append(f"{name} is damaged: not used")
        return None


def _head(file: IO[bytes] | Cut) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, whether columns come first, and kind of numbers; the file stands before the first of them.

    Raises:
        ValueError: this is no array.
    """
    start = file.read(8)
    if start[:6] != b"\x93NUMPY" or len(start) < 8 or start[6] not in (1, 2, 3):
        raise ValueError("it does not begin like one")
    size = int.from_bytes(file.read(2 if start[6] == 1 else 4), "little")
    if size > LONGEST:
        raise ValueError("its header is too long")
    try:
        said = ast.literal_eval(file.read(size).decode("latin1"))
        shape, dtype = tuple(operator.index(n) for n in said["shape"]), np.lib.format.descr_to_dtype(said["descr"])
        return shape, bool(said["fortran_order"]), dtype
    except (SyntaxError, TypeError, KeyError, IndexError, ValueError, AttributeError, MemoryError, RecursionError):
        raise ValueError("its header is damaged") from None


def _reel(path: Path, file: IO[bytes] | Cut, camera: Array | None, times: Array | None, problems: list[str]) -> Reel:
    try:
        shape, fortran, dtype = _head(file)
    except BROKEN as error:
        raise SourceError(f"{path}: this array is damaged or none ({error}); write or copy it again") from None
    whole = shape if len(shape) == 3 else (1, *shape)
    if len(whole) != 3 or fortran or dtype.hasobject or min(whole[1:]) < 1 or whole[1] * whole[2] > LARGEST:
        order = " with columns first" if fortran else ""
        raise SourceError(f"{path}: expected depth of shape (t, h, w), got {shape} {dtype}{order}")
    checked_kind(dtype, str(path))
    if not whole[0]:
        raise SourceError(f"{path}: the clip has no pictures")
    if times is not None and (times.shape != (whole[0],) or not np.isfinite(times).all()):
        problems.append(f"times of shape {times.shape} for {whole[0]} pictures: not used")
        times = None
    taken = None if camera is None else _camera(camera, whole, problems)
    return Reel(_shots(path, file, whole, dtype, taken, times, problems), whole[0], problems)


def _camera(values: Array, shape: tuple[int, ...], problems: list[str]) -> Camera | None:
    try:
        return camera_from(values, shape[2], shape[1])
    except ShapeError as error:
        problems.append(f"{error}: not used")
        return None


def _shots(
    path: Path, file: Any, shape: tuple[int, ...], dtype: np.dtype[Any], camera: Camera | None, times: Any, problems: list[str]
) -> Iterator[Shot]:
    size = shape[1] * shape[2] * dtype.itemsize
    for index in range(shape[0]):
        try:
            held = file.read(size)
        except BROKEN as error:
            problems.append(f"{path}: damaged after picture {index} of {shape[0]} ({error})")
            return
        if len(held) < size:
            problems.append(f"{path}: ends early: {shape[0]} pictures were promised, {index} are there")
            return
        picture = np.frombuffer(held, dtype).reshape(shape[1:])
        yield Shot(picture, index, None if times is None else float(times[index]), camera)
