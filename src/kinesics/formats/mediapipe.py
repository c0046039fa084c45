"""Scenes as landmark JSON, as MediaPipe's results are commonly dumped: one document with a list of frames.

A body that MediaPipe knows is written part by part (`pose_landmarks`, `face_landmarks`, `left_hand_landmarks`,
`right_hand_landmarks`, and `…_world_landmarks` in metres), each landmark x and y as shares of the picture's width and height, z
of its width, visibility. Any other body is written as `keypoints` with names, in pixels, as TensorFlow.js has it. A frame of
one person holds these itself, a frame of several under `people`. Beyond that, ours: `frame`, `time` (s), `size` (pixels) of a
frame, `id`, `score`, `box` of a person; other readers pass over them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SinkError
from ..types import Array, People, Scene, Skeleton
from .encode import skeleton_row, to_json
from .landmarks import parts_of_body
from .numbers import shortest
from .output import Output

__all__ = ["LandmarkWriter"]

_KEYS = {"pose": "pose", "face": "face", "left": "left_hand", "right": "right_hand", "hand": "hand", "world": "pose_world"}


class LandmarkWriter:
    """Writes scenes as landmark JSON, a line a frame: what a killed writer leaves in NAME.partial can be read.

    Args:
        path: the file.
        source: named in the document.
    """

    def __init__(self, path: str | Path, *, source: str | None = None) -> None:
        self._output = Output(path, grows=False)
        self._source = None if source is None else source.encode("utf-8", "replace").decode()
        self._body: Skeleton | None = None
        self._parts: dict[str, tuple[int, int]] | None = None
        self._begun = False

    def write(self, scene: Scene) -> None:
        """Append one scene.

        Raises:
            SinkError: its skeleton is another than before or has no joints, or the disk is full.
        """
        people = scene.people
        if len(people) and not len(people.skeleton):
            raise SinkError(f"frame {scene.index} has people without joints, of whom there are no landmarks to write")
        if self._body is None or not self._begun:
            self._body, self._parts = people.skeleton, parts_of_body(people.skeleton)
        elif len(people) and people.skeleton != self._body:
            raise SinkError(f"frame {scene.index} has people of {people.skeleton.name}, those before are of {self._body.name}")
        head = {"frame": scene.index, "time": scene.time, "size": list(scene.size)}
        rows = self._rows(people, scene.size)
        frame = {**head, **rows[0]} if len(rows) == 1 else {**head, "people": rows}
        text = to_json(frame, f"frame {scene.index}")
        self._output.write((b",\n" if self._begun else self._head() + b"\n") + text)
        self._begun = True

    def _head(self) -> bytes:
        unit = "pixels" if self._parts is None else "normalised"
        body = None if self._body is None else skeleton_row(self._body, short=True)
        about = {"kinesics": "landmarks", "version": 1, "coordinates": unit, "skeleton": body, "source": self._source}
        return to_json(about, "the head")[:-1] + b',"frames":['

    def close(self) -> None:
        """Finish the file; a stream without scenes leaves a document without frames."""
        if not self._output.failed:
            self._output.write((b"" if self._begun else self._head()) + b"\n]}\n")
        self._output.finish()

    def discard(self) -> None:
        """Remove what was written."""
        self._output.discard()

    def _rows(self, people: People, size: tuple[int, int]) -> list[dict[str, Any]]:
        scores = shortest(people.point_scores)
        points, world = people.points.astype(np.float64), people.world
        if self._parts is None:
            points = shortest(people.points)
        else:
            shares = slice(0, self._parts.get("world", (len(people.skeleton), 0))[0])  # the world's landmarks are metres
            points[:, shares, :2] /= size
            points[:, shares, 2:] /= size[0]
        boxes, sure = shortest(people.boxes).tolist(), shortest(people.score).tolist()
        rows = []
        for i, identity in enumerate(people.ids.tolist()):
            row: dict[str, Any] = {"id": identity, "score": sure[i], "box": boxes[i]}
            row |= self._joints(points[i], scores[i], "", people.skeleton)
            if world is not None:
                row |= self._joints(shortest(world[i]), scores[i], "world", people.skeleton)
            rows.append(row)
        return rows

    def _joints(self, points: Array, scores: Array, world: str, body: Skeleton) -> dict[str, Any]:
        if self._parts is None:
            landmarks = _landmarks(points, scores, "score", bool(world))
            named = [landmark and {**landmark, "name": name} for landmark, name in zip(landmarks, body.joints, strict=True)]
            return {"keypoints3D" if world else "keypoints": named}
        out: dict[str, Any] = {}
        for part, (first, end) in self._parts.items():
            if world and (part == "world" or (part == "pose" and "world" in self._parts)):
                continue
            key = f"{_KEYS[part]}_world_landmarks" if world else f"{_KEYS[part]}_landmarks"
            there = np.isfinite(points[first:end]).any() if world else (scores[first:end] > 0).any()
            out[key] = _landmarks(points[first:end], scores[first:end], "visibility", bool(world)) if there else None
        return out


def _landmarks(points: Array, scores: Array, word: str, world: bool) -> list[dict[str, Any] | None]:
    """Landmarks as objects; a missing one has visibility 0, and in metres, which have none, is null."""
    out: list[dict[str, Any] | None] = []
    for point, score in zip(points.tolist(), scores.tolist(), strict=True):
        missing = np.isnan(point[:2]).any()
        if world and missing:
            out.append(None)
            continue
        place = dict(zip(("x", "y", "z"), [0.0] * len(point) if missing else point, strict=False))
        if "z" in place and np.isnan(place["z"]):
            place["z"] = None
        out.append({**place, word: 0 if missing else score})
    return out
