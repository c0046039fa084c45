"""The frames of a landmark document as one body in pixels or metres."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from ..errors import FormatError
from ..geometry import points_box
from ..types import Array, People, Scene, Skeleton, skeleton
from .decode import skeleton_named
from .landmark_frames import Found
from .landmarks import COMPONENTS, body_of_names, body_of_parts, parts_of_body
from .wire import SkeletonRow

__all__ = ["LandmarkClip", "LandmarkFrame", "told"]

SQUARE = (1000, 1000)  # the picture that is taken where nobody knows its size


@dataclass
class LandmarkFrame:
    """A frame as it was found."""

    index: int
    size: tuple[int, int] | None
    people: list[Found]
    said: dict[str, Any]


class LandmarkClip:
    """All frames of a document: their body, what the numbers mean, how large the picture is."""

    def __init__(self, frames: list[LandmarkFrame], unit: str, told: Skeleton | None) -> None:
        self.frames, self.unit = frames, unit
        people = [one for frame in frames for one in frame.people]
        self.body, self.places = _body(people) if told is None else (told, _places(told))
        self.columns = self.places if told is None else {name: i for i, name in enumerate(told.joints)}
        for one in people:
            if unit == "metres":
                one.parts, one.world = one.parts or one.world, {}
            elif "world" in self.places and "pose" in one.world:  # of a body that has them as joints
                one.parts["world"] = one.world.pop("pose")
        with_depth = any(np.isfinite(part[:, 2]).any() for one in people for part in one.parts.values())
        self.dims = 3 if with_depth else 2
        self.size: tuple[int, int] = (1, 1)

    def fit(self, size: tuple[int, int] | None, notes: list[str], path: Path) -> None:
        """Settle the size of pictures of which the file says none."""
        if size is None and self.unit == "normalised" and any(frame.size is None for frame in self.frames):
            notes.append(f"{path}: no size of the picture in this file; 1000 x 1000 is taken, give the true one (size)")
        self.size = size or (SQUARE if self.unit == "normalised" else self._extent())

    def _extent(self) -> tuple[int, int]:
        parts = [part for frame in self.frames for one in frame.people for part in one.parts.values()]
        corners = [np.ceil(part[part[:, 3] > 0, :2].max(axis=0, initial=1)) for part in parts]
        width, height = np.max(corners, axis=0) if corners else (1, 1)
        return int(width), int(height)

    def scene(self, frame: LandmarkFrame, time: float) -> Scene:
        """One frame in pixels (or metres)."""
        size = frame.size or self.size
        return Scene(frame.index, time, size, self._people(frame.people, size))

    def _people(self, found: list[Found], size: tuple[int, int]) -> People:
        n, k = len(found), len(self.body)
        if not n:
            return People.empty(self.body, self.dims)
        values = np.full((n, k, 4), np.nan)
        values[:, :, 3] = 0
        world = np.full((n, k, 3), np.nan)
        for i, one in enumerate(found):
            self._fill(values[i], one.parts, one.names)
            self._fill(world[i], one.world, one.names)
        flat = np.isfinite(values[:, :, 0]) & ~np.isfinite(values[:, :, 2])
        values[flat, 2] = 0  # some parts of a person may have no depth
        if self.unit == "normalised":
            values[:, : self.places.get("world", k), :3] *= (size[0], size[1], size[0])
        points, scores = values[:, :, : self.dims], np.clip(values[:, :, 3], 0, 1)
        sure = scores.sum(axis=1) / np.maximum((scores > 0).sum(axis=1), 1)
        around = np.nan_to_num(points_box(points, scores))
        boxes = [_numbers(one.about.get("box"), 4) or around[i] for i, one in enumerate(found)]
        given = [_numbers([one.about.get("score")], 1) or [sure[i]] for i, one in enumerate(found)]
        ids = [one.about.get("id", -1) for one in found]
        return People(
            np.array([list(box) for box in boxes]),
            np.clip(np.array(given)[:, 0], 0, 1),
            points,
            scores,
            self.body,
            np.array([identity if isinstance(identity, int) else -1 for identity in ids]),
            world if any(one.world for one in found) else None,
        )

    def _fill(self, out: Array, parts: dict[str, Array], names: tuple[str, ...]) -> None:
        strange = [name for name in (names or parts) if name not in (self.columns if names else self.places)]
        if strange:
            raise FormatError(f"the landmark {strange[0]!r} is not of the body {self.body.name} that the file names")
        for part, rows in parts.items():
            if names:
                out[[self.columns[name] for name in names]] = rows[:, : out.shape[1]]
            else:
                out[self.places[part] : self.places[part] + len(rows)] = rows[:, : out.shape[1]]


def _numbers(value: Any, count: int) -> list[float] | None:
    fine = isinstance(value, list) and len(value) == count and all(isinstance(one, int | float) for one in value)
    return value if fine else None


def told(about: dict[str, Any]) -> Skeleton | None:
    """The body that a file of ours names."""
    row = about.get("skeleton") if about.get("kinesics") == "landmarks" else None
    if row is None:
        return None
    try:
        return skeleton_named(msgspec.convert(row, str | SkeletonRow))
    except msgspec.ValidationError as error:
        raise FormatError(f"skeleton: {error}") from None


def _places(body: Skeleton) -> dict[str, int]:
    """Where each part begins in a body, or each name stands."""
    parts = parts_of_body(body)
    return {name: i for i, name in enumerate(body.joints)} if parts is None else {part: at for part, (at, _) in parts.items()}


def _body(people: list[Found]) -> tuple[Skeleton, dict[str, int]]:
    """The body of all people, and where each part begins in it, or each name stands."""
    names = tuple(dict.fromkeys(name for one in people for name in one.names))
    counts: dict[str, int] = {}
    for one in people:
        for part, rows in (*one.parts.items(), *one.world.items()):
            counts[part] = max(counts.get(part, 0), len(rows))
    kinds = set(counts) - ({""} if names else set())
    if (names and kinds) or (len(kinds) > 1 and kinds & {"17", "133"}):
        raise FormatError("people of different kinds of landmarks in one file; split it")
    if names:
        body = body_of_names(names)
        plain = {name: i for i, name in enumerate(body.joints)}
        return body, {name: plain[name if name in plain else name.lower().replace("_finger", "")] for name in names}
    for kind, known in (("17", "coco17"), ("133", "wholebody133")):
        if kind in kinds:
            return skeleton(known), {kind: 0}
    if not kinds:
        return skeleton("blazepose33"), {}
    places, first = dict[str, int](), 0
    for part in COMPONENTS:
        if part in counts:
            places[part], first = first, first + counts[part]
    return body_of_parts(counts), places
