"""Scenes as MOTChallenge text: boxes and ids, frames counted from 1."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ..errors import FormatError, SinkError
from ..types import People, Scene
from .coco import sides
from .mot import MotRows, Sequence, read_mot, read_seqinfo
from .numbers import shortest
from .output import Output

__all__ = ["MotWriter", "read_mot_scenes"]


class MotWriter:
    """Writes scenes as `frame, id, left, top, width, height, score, -1, -1, -1`.

    Args:
        path: the file.
        source: has no place in this format.
    """

    def __init__(self, path: str | Path, *, source: str | None = None) -> None:
        self._output = Output(path, grows=True)

    def write(self, scene: Scene) -> None:
        """Append the rows of one scene; a box turned inside out is a SinkError, as no reader would take it."""
        people = scene.people
        rows = [
            f"{scene.index + 1},{identity},{','.join(f'{v:.10g}' for v in box)},{score:.9g},-1,-1,-1\n"
            for identity, box, score in zip(
                people.ids.tolist(), sides(people.boxes), shortest(people.score).tolist(), strict=True
            )
        ]
        if len(people) and (people.boxes[:, 2:] < people.boxes[:, :2]).any():
            raise SinkError(f"frame {scene.index}: a box is turned inside out and cannot be written as MOTChallenge")
        if rows:
            self._output.write("".join(rows).encode())

    def close(self) -> None:
        """Finish the file."""
        self._output.finish()

    def discard(self) -> None:
        """Remove what was written."""
        self._output.discard()


def read_mot_scenes(
    path: Path, notes: list[str], *, fps: float | None = None, size: tuple[int, int] | None = None
) -> Iterator[Scene]:
    """Scenes of boxes (the skeleton `boxes`). The rows of a file are in any order, so it is read at once: 80 bytes a row.

    Args:
        path: the file.
        notes: gets a line for each guess.
        fps: frames a second; else from `seqinfo.ini` in this folder or the one above, else 30.
        size: (width, height); else from `seqinfo.ini`, else the extent of all boxes.
    """
    rows, info = read_mot(path, notes), _info(path)
    if fps is None and info is None:
        notes.append(f"{path}: no seqinfo.ini beside it; 30 frames a second are taken")
    fps = fps or (info.fps if info else 30.0)
    size = size or (info.size if info else _extent(rows))
    if len(rows) and not (rows.score.min() >= 0 and rows.score.max() <= 1):
        notes.append(f"{path}: confidences beyond 0 to 1 are cut to that")
    for frame, boxes in _frames(rows, info):
        try:
            people = People.from_boxes(boxes.boxes, np.clip(boxes.score, 0, 1), boxes.ids)
            yield Scene(frame - 1, (frame - 1) / fps, size, people)
        except ValueError as error:
            raise FormatError(f"{path}: frame {frame}: {error}") from error


def _frames(rows: MotRows, info: Sequence | None) -> Iterator[tuple[int, MotRows]]:
    """All frames of the sequence if its length is known, else those with people."""
    if info is None:
        yield from rows.by_frame()
        return
    last = max(info.frames, int(rows.frames[-1]) if len(rows) else 0)
    yield from ((frame, rows.at(frame)) for frame in range(1, last + 1))


def _info(path: Path) -> Sequence | None:
    for folder in (path.parent, path.parent.parent):
        if (folder / "seqinfo.ini").is_file():
            return read_seqinfo(folder)
    return None


def _extent(rows: MotRows) -> tuple[int, int]:
    width, height = np.ceil(rows.boxes[:, 2:].max(axis=0, initial=1)).tolist()
    return int(width), int(height)
