"""Landmark JSON of MediaPipe and its kin to scenes. One document, read at once.

Coordinates come as shares of the picture's width and height (MediaPipe's own), as pixels, or in metres (a document of world
landmarks alone). A file of ours says which; of others it is told from the numbers and noted: metres lie around 0, shares hardly
leave 0 to 1, pixels do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from ..errors import FormatError, UsageError
from ..types import Scene
from .input import whole
from .landmark_clip import LandmarkClip, LandmarkFrame, told
from .landmark_frames import people_of

__all__ = ["UNITS", "is_landmark_json", "read_landmarks"]

UNITS = ("normalised", "pixels", "metres")
EPOCH = 1e6  # seconds; what begins later counts from somewhere else than the clip's beginning
NEAR = 3.0  # shares of a picture and metres are smaller, pixels larger
_INDEX = ("frame", "frame_index", "frameIndex", "frame_id", "frameId", "frame_number", "index")
_TIMES = {
    "time": 1.0,
    "timestamp": 0.0,  # seconds, milliseconds or microseconds: told from the steps
    **dict.fromkeys(("time_ms", "timestamp_ms", "timestampMs"), 1e-3),
    **dict.fromkeys(("time_us", "timestamp_us", "timestampUs"), 1e-6),
}
_NONE = re.compile(rb"(?<=[\s:,\[])-?(NaN|Infinity)\b")  # as Python's json writes what is no number
_OTHERS = re.compile(rb'"(image_id|images|annotations|categories|info)"\s*:')
_OURS = re.compile(
    rb'andmark|ANDMARK|"keypoints3D"|"x"\s*:|"(pose|face|left_hand|right_hand)"\s*:\s*\[|^\s*\[\s*(\[\s*)*(null|\[\s*-?\d)'
)


def is_landmark_json(head: bytes) -> bool:
    """Whether the beginning of a .json file looks like landmarks and not like COCO."""
    return not _OTHERS.search(head) and _OURS.search(head) is not None


def read_landmarks(
    path: Path,
    notes: list[str],
    *,
    fps: float | None = None,
    size: tuple[int, int] | None = None,
    units: str | None = None,
) -> Iterator[Scene]:
    """Scenes of a document: a list of frames, `frames` of an object, frames by number or one a line, or one picture's result.

    Args:
        path: the file.
        notes: gets a line for each guess.
        fps: frames a second where the file has no times; 30 if not given.
        size: (width, height) where the file has none; needed for shares of a picture, else 1000 x 1000 is taken.
        units: normalised, pixels or metres; else what the file says, or its numbers.

    Raises:
        FormatError: no landmarks, or landmarks of a kind that is not known; with the number of the frame.
    """
    if units is not None and units not in UNITS:
        raise UsageError(f"units should be {', '.join(UNITS)}, got {units!r}")
    if fps is not None and not fps > 0:
        raise UsageError(f"fps should be above 0, got {fps}")
    try:
        numbered, about = _document(_parsed(whole(path), notes, path))
        if not numbered and "kinesics" not in about:
            raise FormatError("expected frames of landmarks, got none")
        frames = [_frame(number, one) for number, one in numbered]
        times = _times(frames, fps or about.get("fps"), notes, path)
        clip = LandmarkClip(frames, units or _unit(frames, about, notes, path), told(about))
        clip.fit(size or _size(about), notes, path)
        for frame, time in zip(frames, times, strict=True):
            try:
                yield clip.scene(frame, time)
            except (ValueError, OverflowError) as error:
                raise FormatError(f"frame {frame.index}: {error}") from error
    except (ValueError, OverflowError, TypeError) as error:
        raise error if str(error).startswith(str(path)) else FormatError(f"{path}: {error}") from error


def _parsed(text: bytes, notes: list[str], path: Path) -> Any:
    """The document; of one that a killed writer of ours left, the frames that are whole."""
    if not text.strip():
        raise FormatError("the file is empty; expected JSON with landmarks")
    try:
        return msgspec.json.decode(_NONE.sub(b"null", text) if _NONE.search(text) else text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if not text.startswith(b'{"kinesics":"landmarks"') or text.endswith(b"\n]}\n"):
            lines = _lines(text, notes, path)
            if lines:
                return lines
            raise FormatError(f"not what it should be: {error}") from None
    notes.append(f"{path}: the end was cut off; what stands before is read")
    end = text.rfind(b"},\n") + 1
    for whole_part in (text + b"]}", text[: end or text.find(b"[") + 1] + b"]}"):
        try:
            return msgspec.json.decode(whole_part)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
    raise FormatError("damaged in the middle; expected a line of JSON for each frame")


def _lines(text: bytes, notes: list[str], path: Path) -> list[Any]:
    """Frames of a document with one on each line, of which the last may be cut off; none of others."""
    found = []
    rows = [row for row in text.split(b"\n") if row.strip()]
    for number, row in enumerate(rows):
        try:
            found.append(msgspec.json.decode(_NONE.sub(b"null", row)))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            if not found or number < len(rows) - 1 or text.endswith(b"\n"):
                return []
            notes.append(f"{path}: the last line was cut off and is left out")
    return found if len(found) > 1 else []


def _document(data: Any) -> tuple[list[tuple[int, Any]], dict[str, Any]]:
    """Frames with their numbers, and what is said of all of them."""
    if isinstance(data, list):
        return list(enumerate([data] if bool(data) and _is_one(data) else data)), {}
    if not isinstance(data, dict) or not data:
        raise FormatError(f"expected landmarks, got {str(data)[:40]!r}")
    for key in ("frames", "results"):
        if isinstance(data.get(key), list):
            return list(enumerate(data[key])), {name: value for name, value in data.items() if name != key}
    if data and all(key.isdecimal() and len(key) < 12 for key in data):
        return sorted((int(key), value) for key, value in data.items()), {}
    return [(0, data)], {}


def _is_one(data: list[Any]) -> bool:
    """Whether a list is the landmarks of one person, and not of one frame each."""
    first = next((one for one in data if one is not None), None)
    if isinstance(first, dict):
        return "x" in first and "y" in first
    return isinstance(first, list) and bool(first) and isinstance(first[0], int | float)


def _frame(place: int, data: Any) -> LandmarkFrame:
    said = data if isinstance(data, dict) else {}
    index = next((said[key] for key in _INDEX if isinstance(said.get(key), int)), place)
    try:
        return LandmarkFrame(max(0, index), _size(said), people_of(data), said)
    except FormatError as error:
        raise FormatError(f"frame {place}: {error}") from error


def _size(about: dict[str, Any]) -> tuple[int, int] | None:
    pair = about.get("size") or about.get("image_size") or about.get("imageSize")
    if isinstance(pair, list) and len(pair) == 2:
        width, height = pair
    else:
        width = about.get("width") or about.get("image_width") or about.get("imageWidth")
        height = about.get("height") or about.get("image_height") or about.get("imageHeight")
    if not all(isinstance(side, int | float) and 0 < side < 1e6 for side in (width, height)):
        return None
    return int(width), int(height)


def _times(frames: list[LandmarkFrame], fps: Any, notes: list[str], path: Path) -> list[float]:
    """Seconds of each frame: its own, else by its number."""
    for key, factor in _TIMES.items():
        given = [frame.said.get(key) for frame in frames]
        if given and all(isinstance(one, int | float) and not isinstance(one, bool) for one in given):
            moments = np.array(given, float)
            if not factor:
                step = float(np.median(np.abs(np.diff(moments)))) if len(moments) > 1 else 0.0
                factor = 1e-6 if step > 3000 else 1e-3 if step > 3 else 1.0
                notes.append(f"{path}: timestamps are taken for {({1.0: 's', 1e-3: 'ms', 1e-6: 'µs'})[factor]}")
            moments = moments - (moments[0] if moments[0] * factor > EPOCH else 0)
            return (moments * factor if factor != 1 else moments).tolist()  # type: ignore[no-any-return]
    if not isinstance(fps, int | float) or not 0 < fps < 1e6:
        notes.append(f"{path}: no times in this file; 30 frames a second are taken")
        fps = 30.0
    return [frame.index / fps for frame in frames]


def _unit(frames: list[LandmarkFrame], about: dict[str, Any], notes: list[str], path: Path) -> str:
    """What the coordinates are in: what the file says, else by their size."""
    if about.get("coordinates") in UNITS:
        return str(about["coordinates"])
    parts = [part for frame in frames for one in frame.people for part in one.parts.values()]
    if not parts and any(one.world for frame in frames for one in frame.people):
        return "metres"
    seen = np.concatenate([part[part[:, 3] > 0, :2] for part in parts]) if parts else np.zeros((0, 2))
    if not len(seen) or np.percentile(np.abs(seen), 98) > NEAR:
        return "pixels"
    unit = "metres" if (seen < 0).any(axis=1).mean() > 0.3 else "normalised"
    words = {"metres": "metres", "normalised": "shares of the picture's width and height"}[unit]
    notes.append(f"{path}: coordinates are taken for {words} (units says otherwise)")
    return unit
