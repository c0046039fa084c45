"""A stream of scenes as a `.pose` file.

The format wants all coordinates before the first confidence, and one number of people. So scenes go to NAME.partial first, as
JSON lines, which can be read at any length; closing goes through those again, a scene at a time, and puts the file together.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ..errors import SinkError, UsageError
from ..types import Array, Scene, Skeleton
from .clips import LARGEST
from .dotpose import body_layout, picture_size, rate_of, slots
from .dotpose_header import Header, components_of
from .encode import encode_header, encode_scene
from .jsonl import read_jsonl
from .output import Output, sink_error, spare_path

__all__ = ["PoseWriter"]


class PoseWriter:
    """Writes the people with an id, in the order of their ids.

    Args:
        path: the file.
        source: has no place in this format.
        fps: frames a second; else what the times say. Moments that are not evenly spaced leave frames without people.
    """

    def __init__(self, path: str | Path, *, source: str | None = None, fps: float | None = None) -> None:
        if fps is not None and not (np.isfinite(fps) and fps > 0):
            raise UsageError(f"fps should be above 0, got {fps}")
        self._output, self._source, self._fps = Output(path, grows=False), source, fps
        self._ids: set[int] = set()
        self._times = array("d")
        self._body: Skeleton | None = None
        self._size: tuple[int, int] | None = None
        self._dims = 2

    def write(self, scene: Scene) -> None:
        """Append one scene; moments that do not rise in time are left out."""
        if self._times and scene.time <= self._times[-1]:
            return
        people = scene.people
        if self._body is None:
            self._body, self._size = people.skeleton, scene.size
            self._output.write(encode_header(self._body, self._source) + b"\n")
        if len(people):
            self._dims = people.points.shape[2]
        self._output.write(encode_scene(scene, self._body) + b"\n")
        self._times.append(scene.time)
        self._ids.update(people.ids[people.ids >= 0].tolist())

    def close(self) -> None:
        """Put the file together."""
        self._output.stop()
        if self._output.failed:
            return
        document = spare_path(self._output.path)
        try:
            with document.open("wb") as file:
                self._assemble(file)
        except OSError as error:
            document.unlink(missing_ok=True)
            raise sink_error(self._output.path, error) from error
        except BaseException:
            document.unlink(missing_ok=True)
            raise
        self._output.finish(document)

    def _assemble(self, file: BinaryIO) -> None:
        body = self._body or Skeleton("empty", ())
        times = np.array(self._times)
        rate = self._fps or rate_of(times)
        at = slots(times, rate)
        frames, people, k = (int(at[-1]) + 1 if len(at) else 0), len(self._ids), len(body)
        size = picture_size(self._size, np.zeros((0, self._dims)))
        head = body_layout(Header(0.2, size, components_of(body, self._dims)), rate, frames, people)
        row = people * k * 4
        total = len(head) + frames * row * (self._dims + 1)
        if total > LARGEST:
            raise SinkError(
                f"{self._output.path}: {people} people over {frames} frames are more than a .pose file should hold; "
                f"what was followed stands in {self._output.place}: convert a part of it, or choose jsonl or parquet"
            )
        file.truncate(total)
        file.write(head)
        if row:
            self._fill(file, len(head), len(head) + frames * row * self._dims, at, row)

    def _fill(self, file: BinaryIO, points_at: int, scores_at: int, at: Array, row: int) -> None:
        """Coordinates and confidences of each scene at their places; between them the file is all zero."""
        order = {identity: place for place, identity in enumerate(sorted(self._ids))}
        scenes: Iterable[Scene] = read_jsonl(self._output.place, [])
        for slot, scene in zip(at.tolist(), scenes, strict=True):
            here = scene.people[scene.people.ids >= 0]
            if not len(here):
                continue
            points = np.zeros((len(order), *here.points.shape[1:]), "<f4")
            scores = np.zeros(points.shape[:2], "<f4")
            places = [order[identity] for identity in here.ids.tolist()]
            points[places], scores[places] = np.nan_to_num(here.points), here.point_scores
            file.seek(points_at + slot * row * self._dims)
            file.write(points.tobytes())
            file.seek(scores_at + slot * row)
            file.write(scores.tobytes())

    def discard(self) -> None:
        """Remove what was written."""
        self._output.discard()
