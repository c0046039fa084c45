"""Clips as `.pose` files (pose-format): read in versions 0.0, 0.1 and 0.2, written in 0.2.

A `.pose` file has one frame rate and no ids: people are told apart by their place. A point with confidence 0 is missing,
whatever its coordinates.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..errors import FormatError, SinkError, UsageError
from ..types import Array, PoseSequence, Scene
from .clips import gather, scenes_of
from .dotpose_header import Header, Reader, components_of, header_bytes, read_header, skeleton_of
from .input import whole
from .jsonl import read_jsonl
from .output import Output

__all__ = ["body_layout", "load_pose", "rate_of", "read_pose", "save_pose", "slots"]

SMALLEST = 16  # pixels; a header with less speaks of metres, not of a picture
LONGEST = 1 << 24  # frames: six days at 30 a second


def load_pose(path: Path, *, fps: float | None = None) -> PoseSequence:
    """A clip from a `.pose` file; people have the file's ids where it has any (version 0.0), else 0, 1, 2 and so on.

    Args:
        path: the file; what a killed `PoseWriter` left is read too.
        fps: frames a second, where the header is wrong.

    Raises:
        FormatError: damaged or cut short, another version, or no frame rate.
    """
    data = whole(path)
    if data.startswith(b"{"):  # a writer's notes to itself
        return gather(read_jsonl(path, []), name=str(path))
    try:
        return _clip(Reader(data), fps)
    except (ValueError, struct.error) as error:
        raise FormatError(f"{path}: {error}") from error


def read_pose(path: Path, notes: list[str], *, fps: float | None = None) -> Iterator[Scene]:
    """Scenes of a `.pose` file, a frame a moment; boxes are the joints' extent."""
    with path.open("rb") as file:
        unfinished = file.read(1) == b"{"
    yield from read_jsonl(path, notes) if unfinished else scenes_of(load_pose(path, fps=fps))


def _clip(reader: Reader, fps: float | None) -> PoseSequence:
    header = read_header(reader)
    body = skeleton_of(header)
    read = {0.0: _by_frame, 0.1: _in_blocks, 0.2: _in_blocks}[header.version]
    rate, points, scores, ids = read(reader, header)
    rate = rate if fps is None else fps
    if not (np.isfinite(rate) and rate > 0):
        raise FormatError(f"expected a frame rate above 0, got {rate:g}; give the true one (fps)")
    if reader.left:
        raise FormatError(f"{reader.left} bytes are left over after the last frame")
    with np.errstate(invalid="ignore"):
        scores = np.where(np.isfinite(points).all(-1) & (scores > 0), np.minimum(scores, 1), 0)
    width, height, _ = header.size
    size = (width, height) if min(width, height) >= SMALLEST else None
    return PoseSequence(points, scores, np.arange(len(points)) / rate, body, ids, size)


def _in_blocks(reader: Reader, header: Header) -> tuple[float, Array, Array, Array]:
    """Version 0.1 and 0.2: all coordinates, then all confidences."""
    rate, frames, people = reader.numbers("HHH" if header.version < 0.15 else "fIH")
    row = int(people) * header.points * (header.dims + 1) * 4
    if header.version < 0.15 and row:
        frames = _counted(int(frames), reader.left, row)
    count = int(frames)
    if count > LONGEST:
        raise FormatError(f"{count} frames are beyond all measure")
    shape = (count, int(people), header.points)
    points = _floats(reader, (*shape, header.dims))
    return rate, points, _floats(reader, shape), np.arange(int(people))


def _counted(said: int, left: int, row: int) -> int:
    """Frames by the file's length: version 0.1 has 16 bits for them, so that 65536 more are said to be the same."""
    count, rest = divmod(left, row)
    if rest or count % 65536 != said % 65536 or count < said:
        raise FormatError(
            f"cut short or foreign: {said} frames (or 65536 more) of {row} bytes should follow, there are {left} bytes"
        )
    return count


def _floats(reader: Reader, shape: tuple[int, ...]) -> Array:
    count = int(np.prod(shape, dtype=np.int64))
    return np.frombuffer(reader.take(4 * count), "<f4").reshape(shape).astype(np.float32)


def _by_frame(reader: Reader, header: Header) -> tuple[float, Array, Array, Array]:
    """Version 0.0: frame by frame, each with its people, each with an id that may be -1."""
    rate, count = reader.numbers("HH")
    frames: list[dict[int, tuple[Array, Array]]] = []
    named = True
    rows: list[list[tuple[int, Array, Array]]] = []
    for _ in range(int(count)):
        rows.append([_person(reader, header) for _ in range(reader.whole("H")[0])])
        ids = [identity for identity, _, _ in rows[-1]]
        named = named and min(ids, default=0) >= 0 and len(set(ids)) == len(ids)
    for row in rows:
        frames.append({(one[0] if named else place): one[1:] for place, one in enumerate(row)})
    known = sorted({identity for frame in frames for identity in frame}) or [0]
    points = np.full((len(frames), len(known), header.points, header.dims), np.nan, np.float32)
    scores = np.zeros(points.shape[:3], np.float32)
    for t, frame in enumerate(frames):
        for identity, (place, sure) in frame.items():
            points[t, known.index(identity)], scores[t, known.index(identity)] = place, sure
    return rate, points, scores, np.array(known)


def _person(reader: Reader, header: Header) -> tuple[int, Array, Array]:
    identity = reader.whole("h")[0]
    points, scores = np.zeros((header.points, header.dims), np.float32), np.zeros(header.points, np.float32)
    first = 0
    for part in header.components:
        block = _floats(reader, (len(part.points), len(part.format)))
        end = first + len(part.points)
        points[first:end, : block.shape[1] - 1], scores[first:end] = block[:, :-1], block[:, -1]
        first = end
    return identity, points, scores


def rate_of(times: Array) -> float:
    """Frames a second of moments in seconds: gaps in a recording do not count, the rounding of single times averages out."""
    steps = np.diff(times)
    if not len(steps):
        return 30.0
    return float(1 / steps[steps <= 1.5 * np.median(steps)].mean())


def slots(times: Array, rate: float) -> Array:
    """Which frame of an even rate each moment falls into; one to one where the moments are evenly spaced."""
    even = np.arange(len(times))
    apart = (times - times[:1]) * rate
    return even if np.abs(apart - even).max(initial=0) < 0.5 else np.round(apart).astype(np.int64)


def body_layout(header: Header, rate: float, frames: int, people: int) -> bytes:
    """All that stands before the coordinates in a file of version 0.2.

    Raises:
        SinkError: more people or points than the format can count.
    """
    try:
        return header_bytes(header) + struct.pack("<fIH", rate, frames, people)
    except struct.error as error:
        raise SinkError(f"a .pose file cannot hold {people} people of {header.points} points: {error}") from error


def save_pose(path: str | Path, clip: PoseSequence, *, fps: float | None = None) -> None:
    """Write a clip in version 0.2, joints called `COMPONENT.point` in components of their own.

    Moments that are not evenly spaced are put into the frames of an even rate; a frame without one is empty.

    Args:
        path: the file.
        clip: who and when; ids are lost, and when it begins.
        fps: frames a second; else the clip's own.

    Raises:
        SinkError: the file cannot be written.
    """
    rate = fps if fps is not None else rate_of(clip.times)
    if not (np.isfinite(rate) and rate > 0):
        raise UsageError(f"fps should be above 0, got {rate}")
    at = slots(clip.times, rate)
    frames = int(at[-1]) + 1 if len(at) else 0
    n, k, d = clip.points.shape[1:]
    points, scores = np.zeros((frames, n, k, d), "<f4"), np.zeros((frames, n, k), "<f4")
    points[at], scores[at] = np.nan_to_num(clip.points), clip.scores
    header = Header(0.2, picture_size(clip.size, clip.points), components_of(clip.skeleton, d))
    output = Output(path, grows=False)
    try:
        for data in (body_layout(header, rate, frames, n), points.tobytes(), scores.tobytes()):
            output.write(data)
        output.finish()
    except BaseException:
        output.discard()
        raise


def picture_size(size: tuple[int, int] | None, points: Array) -> tuple[int, int, int]:
    """Width, height and depth for the header: of the picture, else the extent of the joints, rounded up."""
    flat = points.reshape(-1, points.shape[-1])
    extent = np.ceil(np.abs(np.where(np.isfinite(flat), flat, 0)).max(axis=0, initial=0)).tolist()
    three = [*(size or extent[:2]), *([0] if len(extent) < 3 else extent[2:])]
    width, height, depth = (int(min(side, 65535)) for side in three)
    return width, height, depth
