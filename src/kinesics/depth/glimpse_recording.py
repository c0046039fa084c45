"""Recordings of glimpse: a folder with `glimpse_recording.json` and one raw file a frame.

As its recorder writes them: the JSON object names `depth_format` (1 uint16 millimetres, 2 float and 3 half metres) and
`frames`; each frame has a `timestamp` in nanoseconds, `depth_file` (below the folder, with a slash before it), `depth_len` in
bytes, `depth_intrinsics` (or once for all, beside `frames`), `camera_rotation` in quarter turns and perhaps `gravity`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ShapeError, SourceError
from ..types import Array
from ..types.camera import Camera
from .shots import LARGEST, Reel, Shot, readable

__all__ = ["RECORDING", "open_recording", "recording_json", "turned"]

RECORDING = "glimpse_recording.json"
KINDS: dict[int, tuple[np.dtype[Any], str]] = {
    1: (np.dtype("<u2"), "mm"),
    2: (np.dtype("<f4"), "m"),
    3: (np.dtype("<f2"), "m"),
}


def open_recording(folder: Path) -> Reel:
    """The reel of a recording; frames whose file is missing or short are left out and told.

    A `glimpse_recording.json` that ends early is read as far as it goes.

    Raises:
        SourceError: it is not such a file, or depth is in a format that is none.
    """
    path = folder / RECORDING
    problems: list[str] = []
    said = _read(path, problems)
    frames = [frame for frame in said["frames"] if isinstance(frame, dict)]
    held = [frame for frame in frames if "depth_file" in frame]
    if not held:
        raise SourceError(f"{path}: a recording without depth ({len(frames)} frames); record it again")
    if len(held) < len(frames):
        problems.append(f"{len(frames) - len(held)} frames have a picture but no depth: left out")
    number = said.get("depth_format")
    if not isinstance(number, int | float) or int(number) not in KINDS:
        raise SourceError(f"{path}: depth_format {number!r}; expected 1 (uint16 mm), 2 (float m) or 3 (half m)")
    dtype, unit = KINDS[int(number)]
    return Reel(_shots(folder, said, held, dtype, problems), len(held), problems, unit=unit)


def _read(path: Path, problems: list[str]) -> dict[str, Any]:
    text = readable(path).decode("utf-8", "replace")
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = _beginning(text)
        if said is not None:
            problems.append(f"{path.name} ends early: read up to frame {len(said['frames'])}")
    if not isinstance(said, dict) or not isinstance(said.get("frames"), list):
        raise SourceError(f"{path}: expected what glimpse writes: an object with depth_format and frames")
    return said


def _beginning(text: str) -> dict[str, Any] | None:
    """What stands before the break: the object's own keys, and the frames that are whole."""
    start = re.search(r'"frames"\s*:\s*\[', text)
    if start is None:
        return None
    decoder = json.JSONDecoder()
    try:
        said = decoder.decode(text[: start.end()] + "]}")
    except (ValueError, RecursionError):
        return None
    at = start.end()
    while True:
        at = re.compile(r"[\s,]*").match(text, at).end()  # type: ignore[union-attr]
        try:
            frame, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return dict(said)
        said["frames"].append(frame)


def _shots(
    folder: Path, said: dict[str, Any], frames: list[dict[str, Any]], dtype: np.dtype[Any], problems: list[str]
) -> Iterator[Shot]:
    bent = False
    for index, frame in enumerate(frames):
        try:
            lens: dict[str, Any] = frame.get("depth_intrinsics") or said["depth_intrinsics"]
            camera = _camera(lens)
            if lens.get("distortion_model") and not bent:
                bent = True
                problems.append("the lens bends straight lines (distortion_model); this is not undone")
            picture = _picture(folder, frame, camera, dtype)
            turns = int(frame.get("camera_rotation", 0)) % 4
            time = frame.get("timestamp")
            gravity = frame.get("gravity")
            down = None if gravity is None else np.array(gravity, float).reshape(3)
            stamp = None if time is None else float(time) * 1e-9
        except (SourceError, ShapeError, ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
            why = str(error) if isinstance(error, SourceError | ShapeError) else "its entry is not what glimpse writes"
            problems.append(f"frame {index} of {len(frames)}: {why}")
            continue
        picture, camera = turned(picture, camera, turns)
        yield Shot(picture, index, stamp, camera, down)


def _camera(lens: dict[str, Any]) -> Camera:
    return Camera(int(lens["width"]), int(lens["height"]), *(float(lens[key]) for key in ("fx", "fy", "cx", "cy")))


def _picture(folder: Path, frame: dict[str, Any], camera: Camera, dtype: np.dtype[Any]) -> Array:
    if camera.width * camera.height > LARGEST:
        raise SourceError(f"claims {camera.width}x{camera.height} pixels, more than {LARGEST // 1_000_000} million")
    path = (folder / str(frame["depth_file"]).lstrip("/\\")).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise SourceError(f"its file {frame['depth_file']!r} lies outside the recording")
    size = camera.width * camera.height * dtype.itemsize
    data = readable(path)
    if len(data) != size:
        raise SourceError(f"{path}: {len(data)} bytes; {camera.width}x{camera.height} pixels need {size}")
    return np.frombuffer(data, dtype).reshape(camera.height, camera.width)


def turned(picture: Array, camera: Camera, turns: int) -> tuple[Array, Camera]:
    """A picture and its camera, turned to the left by so many quarters, as glimpse turns before it looks."""
    w, h, c = camera.width, camera.height, camera
    if turns == 1:
        camera = Camera(h, w, c.fy, c.fx, c.cy, w - 1 - c.cx)
    elif turns == 2:
        camera = Camera(w, h, c.fx, c.fy, w - 1 - c.cx, h - 1 - c.cy)
    elif turns == 3:
        camera = Camera(h, w, c.fy, c.fx, h - 1 - c.cy, c.cx)
    return np.rot90(picture, turns), camera


def recording_json(frames: list[tuple[str, int, float, Camera, Array | None]]) -> str:
    """The text of a `glimpse_recording.json` for depth in uint16 millimetres.

    Args:
        frames: for each its file below the folder, its length in bytes, its time in seconds, its camera, and its gravity.
    """
    still = {"rotation": [1, 0, 0, 0, 1, 0, 0, 0, 1], "translation": [0, 0, 0]}
    entries = []
    for file, size, time, camera, gravity in frames:
        lens = {key: getattr(camera, key) for key in ("width", "height", "fx", "fy", "cx", "cy")}
        entry: dict[str, Any] = {
            "timestamp": round(time * 1e9),
            "depth_file": file,
            "depth_len": size,
            "depth_intrinsics": {**lens, "distortion_model": 0},
            "camera_rotation": 0,
        }
        entries.append(entry if gravity is None else {**entry, "gravity": [float(g) for g in gravity]})
    pixels = max((camera.width * camera.height for _, _, _, camera, _ in frames), default=0)
    said = {
        "max_depth_pixels": pixels,
        "max_video_pixels": 0,
        "depth_to_video_extrinsics": still,
        "depth_format": 1,
        "video_format": 0,
        "frames": entries,
    }
    return json.dumps(said, indent=1) + "\n"
