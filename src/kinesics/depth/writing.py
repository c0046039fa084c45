"""Depth pictures into files: a folder of 16-bit PNG, an npz clip, a folder of EXR pictures, or a recording of glimpse."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FormatError, UsageError
from ..types import Array
from ..types.camera import Camera
from .camera_file import CAMERA_FILE, numbers_of, written
from .exr import exr_bytes
from .glimpse_recording import RECORDING, recording_json
from .metres import millimetres
from .png_folder import png_bytes
from .source import DepthSource
from .whole_files import whole_file, whole_folder

__all__ = ["DEPTH_KINDS", "save_depth"]


def save_depth(
    path: str | Path, source: DepthSource, *, kind: str | None = None, step: Callable[[int], None] = lambda done: None
) -> int:
    """Write all pictures of a source; file or folder appears whole or not at all.

    Args:
        path: a file name that ends in .npz, or the name of a folder that is not there yet or empty.
        source: read to its end.
        kind: "png" (uint16 millimetres), "npz" (likewise), "exr" (float metres) or "glimpse" (a recording, uint16
            millimetres). None: npz by the ending, else png. Camera and times are kept in all of them, gravity in a recording.
        step: called with the number of pictures written so far.

    Returns:
        how many pictures.

    Raises:
        SinkError: it cannot be written.
        FormatError: npz for pictures of several sizes.
        UsageError: no such kind.
    """
    path = Path(path)
    chosen = kind or ("npz" if path.suffix.lower() == ".npz" else "png")
    if chosen not in DEPTH_KINDS:
        raise UsageError(f"{chosen}: no kind of depth file; expected one of {', '.join(DEPTH_KINDS)}")
    if kind is None and path.suffix.lower() in (".npy", ".exr", ".png"):
        raise UsageError(f"{path}: expected a name ending in .npz, or the name of a folder for pictures")
    return DEPTH_KINDS[chosen](path, _counted(source, step))


Pairs = Iterator[tuple[Array, float, DepthSource]]


def _counted(source: DepthSource, step: Callable[[int], None]) -> Pairs:
    for done, frame in enumerate(source, 1):
        if frame.depth is None:
            raise FormatError(f"{source.name}: frame {frame.index} has no depth")
        yield frame.depth, frame.time, source
        step(done)


def _pictures(path: Path, pairs: Pairs, ending: str, packed: Callable[[Any], bytes]) -> int:
    times: list[float] = []
    first: Camera | None = None
    with whole_folder(path) as folder:
        for depth, time, source in pairs:
            first = first or source.camera
            (folder / f"frame{len(times):06d}.{ending}").write_bytes(packed(depth))
            times.append(time)
        if first is not None:
            (folder / CAMERA_FILE).write_text(written(first, times), "utf-8")
    return len(times)


def _png(path: Path, pairs: Pairs) -> int:
    return _pictures(path, pairs, "png", lambda depth: png_bytes(millimetres(depth)))


def _exr(path: Path, pairs: Pairs) -> int:
    return _pictures(path, pairs, "exr", lambda depth: exr_bytes(depth, channel="Z"))


def _npz(path: Path, pairs: Pairs) -> int:
    times: list[float] = []
    camera: Camera | None = None
    with whole_file(path) as partial, tempfile.TemporaryFile(dir=path.parent) as raw:  # how many there are is known at the end
        for depth, time, source in pairs:
            camera = camera or source.camera
            if (camera.width, camera.height) != depth.shape[::-1]:
                raise FormatError(f"{path}: an npz holds pictures of one size; write a folder of pictures instead")
            raw.write(millimetres(depth).astype("<u2").tobytes())
            times.append(time)
        if camera is None:
            raise FormatError(f"{path}: there is no picture to write")
        head = {"descr": "<u2", "fortran_order": False, "shape": (len(times), camera.height, camera.width)}
        raw.seek(0)
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as box:
            for name, values in (("camera", numbers_of(camera)), ("times", np.array(times))):
                with box.open(f"{name}.npy", "w") as member:
                    np.lib.format.write_array(member, values)
            with box.open("depth.npy", "w", force_zip64=True) as member:
                np.lib.format.write_array_header_1_0(member, head)
                while part := raw.read(1 << 20):
                    member.write(part)
    return len(times)


def _glimpse(path: Path, pairs: Pairs) -> int:
    entries: list[tuple[str, int, float, Camera, Array | None]] = []
    with whole_folder(path) as folder:
        (folder / "depth").mkdir()
        for depth, time, source in pairs:
            data = millimetres(depth).astype("<u2").tobytes()
            name = f"/depth/{len(entries):04d}-depth.bin"
            (folder / name.lstrip("/")).write_bytes(data)
            entries.append((name, len(data), time, source.camera, source.gravity))
        (folder / RECORDING).write_text(recording_json(entries), "utf-8")
    return len(entries)


#: Kinds of depth files -> what writes them.
DEPTH_KINDS: dict[str, Callable[[Path, Pairs], int]] = {"png": _png, "npz": _npz, "exr": _exr, "glimpse": _glimpse}
