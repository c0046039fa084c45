"""Labelled sets of real depth: clips of one person with the joints that a sensor or a person gave."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..depth.camera_file import camera_from
from ..errors import FormatError, ShapeError
from ..types import Array, Camera, skeleton

__all__ = ["DepthClip", "read_depth_set"]

# UTD-MHAD as kept in `.npz`: a Kinect v1's pictures, left and right exchanged as in a mirror, its skeleton with y up and two
# frames late (Chen, Jafari and Kehtarnavaz, "UTD-MHAD: a multimodal dataset for human action recognition", 2015). Seen in it:
# those who "swipe with the right arm" do so on the right of the picture, and the joints called right are there.
_KINECT = Camera(320, 240, 285.63, 285.63, 319 - 160.0, 120.0)
_TURNED = np.array([-1.0, -1.0, 1.0], np.float32)
_LATE = 2
_FPS = 30.0
_NAMED = re.compile(r"a(\d+)_s(\d+)_t(\d+)")
_JOINTS = len(skeleton("kinect20"))
_NEAR, _FAR = 0.2, 15.0  # metres before the camera that joints can be
_BROKEN = (OSError, ValueError, EOFError, KeyError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class DepthClip:
    """A labelled clip of one person.

    Attributes:
        name: of the file, without its ending.
        subject: who it is, the same for all clips of a person; offsets are fitted on others.
        action: what is done, "" when the name does not say.
        camera: of all pictures.
        depth: (t, h, w) uint16 millimetres, 0 for whatever is not the person.
        joints: (t, 20, 3) float32 metres, x right, y down, z away, in the order of kinect20; NaN where there is none.
        times: (t,) seconds.
    """

    name: str
    subject: str
    action: str
    camera: Camera
    depth: Array
    joints: Array
    times: Array


def read_depth_set(folder: str | Path) -> Iterator[DepthClip]:
    """The clips of a labelled set, one after the other; one is in memory at a time.

    Read are `.npz` files with `depth` (t, h, w) uint16 millimetres, 0 around the person, and `joints` (t, 20, 3) metres in
    the order of the skeleton kinect20, NaN for none. With `camera` (fx, fy, cx, cy, or width and height before them, or a 3
    x 3 matrix) the joints are x right, y down, z away, and belong to the picture of the same row; `times` are seconds.
    Without, a clip is one of UTD-MHAD: 320x240 of a Kinect v1 as in a mirror, which is undone, joints with y up and two
    pictures late, of which the first and last two are left out. Files called `a1_s2_t3` say action, subject and trial;
    others are each a subject of their own.

    Args:
        folder: of the files, or one of them.

    Raises:
        FormatError: there is none, or one is damaged, lacks a key or has another shape.
    """
    folder = Path(folder)
    if folder.is_file():
        paths = [folder]
    elif folder.is_dir():
        paths = sorted(folder.glob("*.npz"), key=_in_order)
    else:
        raise FormatError(f"{folder}: there is no such folder")
    if not paths:
        raise FormatError(f"{folder}: expected labelled clips (.npz with depth and joints), found none")
    return map(_read_clip, paths)


def _in_order(path: Path) -> list[tuple[int, str]]:
    """Numbers in names count: a2 stands before a10."""
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", path.stem)]


def _read_clip(path: Path) -> DepthClip:
    found = _arrays(path)
    depth, joints = found["depth"], found["joints"]
    if depth.dtype != np.uint16 or depth.ndim != 3 or not depth.size:
        raise FormatError(f"{path}: expected depth as (t, h, w) uint16 millimetres, got {depth.shape} {depth.dtype}")
    if joints.dtype.kind != "f" or joints.shape != (len(depth), _JOINTS, 3):
        wanted = f"({len(depth)}, {_JOINTS}, 3) metres, one row a picture"
        raise FormatError(f"{path}: expected joints as {wanted}, got {joints.shape} {joints.dtype}")
    joints = joints.astype(np.float32)
    far = np.abs(joints[..., 2][np.isfinite(joints[..., 2])])
    if len(far) and not _NEAR < float(np.median(far)) < _FAR:
        raise FormatError(
            f"{path}: expected joints in metres from the camera, half of them are {np.median(far):.4g} away or less"
        )
    times = found.get("times", np.arange(len(depth)) / _FPS)
    if times.dtype.kind not in "fiu" or times.shape != depth.shape[:1]:
        raise FormatError(f"{path}: expected times as ({len(depth)},) seconds, got {times.shape} {times.dtype}")
    camera, depth, joints, times = _aligned(path, found.get("camera"), depth, joints, times.astype(float))
    named = _NAMED.fullmatch(path.stem)
    subject, action = (f"s{named[2]}", f"a{named[1]}") if named else (path.stem, "")
    return DepthClip(path.stem, subject, action, camera, depth, joints, times)


def _arrays(path: Path) -> dict[str, Array]:
    found: dict[str, Array] = {}
    try:
        with path.open("rb") as file:
            box = np.load(file, allow_pickle=False)
            names = box.files if isinstance(box, np.lib.npyio.NpzFile) else []
            missing = [name for name in ("depth", "joints") if name not in names]
            if not missing:
                found = {name: box[name] for name in ("depth", "joints", "camera", "times") if name in names}
    except _BROKEN as error:
        reason = str(error).partition("\n")[0]
        raise FormatError(f"{path}: this npz is damaged or none ({reason}); copy it again") from None
    if missing:
        raise FormatError(f"{path}: expected an npz with depth and joints, it has no {' and no '.join(missing)}")
    return found


def _aligned(path: Path, camera: Array | None, depth: Array, joints: Array, times: Array) -> tuple[Camera, Array, Array, Array]:
    """The camera, and pictures with the joints that belong to them."""
    height, width = depth.shape[1:]
    if camera is not None:
        try:
            seen = camera_from(camera, width, height)
        except ShapeError as error:
            raise FormatError(f"{path}: {error}") from None
        return (seen if (seen.width, seen.height) == (width, height) else seen.resized(width, height)), depth, joints, times
    if (width, height) != (_KINECT.width, _KINECT.height):
        expected = f"{_KINECT.width}x{_KINECT.height} of a Kinect v1, or a camera (fx, fy, cx, cy)"
        raise FormatError(f"{path}: expected pictures of {expected}, got {width}x{height} and no camera")
    if len(depth) <= _LATE:
        raise FormatError(f"{path}: expected more than {_LATE} pictures, as its joints are {_LATE} late, got {len(depth)}")
    turned = np.ascontiguousarray(depth[_LATE:, :, ::-1])
    return _KINECT, turned, np.asarray(joints[:-_LATE] * _TURNED), times[_LATE:]
