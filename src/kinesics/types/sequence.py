"""People over time."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ShapeError, UsageError
from .arrays import Array, array, joints, same
from .people import People
from .skeletons import Skeleton


@dataclass(frozen=True, eq=False, slots=True)
class PoseSequence:
    """A clip: n people over t moments.

    Attributes:
        points: (t, n, k, 2 or 3) float32.
        scores: (t, n, k) float32; 0 means missing, its coordinates are NaN.
        times: (t,) float64 seconds, rising.
        ids: (n,) int64.
        skeleton: names of the k joints.
        size: (width, height) of the picture the pixels refer to, or None.

    Indexing goes over time: `clip[10:20]`; `clip.person(7)` picks one person by id.
    """

    points: Array
    scores: Array
    times: Array
    skeleton: Skeleton
    ids: Array = None  # type: ignore[assignment]  # filled with 0, 1, 2 … below
    size: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        put = functools.partial(object.__setattr__, self)
        times = array("PoseSequence", "times", self.times, np.float64, (None,))
        points = array("PoseSequence", "points", self.points, np.float32, (len(times), None, len(self.skeleton), None))
        if points.shape[3] not in (2, 3):
            raise ShapeError(f"PoseSequence.points: expected 2 or 3 coordinates a joint, got {points.shape[3]}")
        scores = array("PoseSequence", "scores", self.scores, np.float32, points.shape[:3])
        if len(times) and not (np.isfinite(times).all() and (np.diff(times) > 0).all()):
            raise ShapeError("PoseSequence.times: expected finite seconds that rise from moment to moment")
        put("times", times), put("scores", scores), put("points", joints("PoseSequence", points, scores))
        n = points.shape[1]
        ids = array("PoseSequence", "ids", np.arange(n) if self.ids is None else self.ids, np.int64, (n,))
        if len(set(ids.tolist())) != n:
            raise ShapeError(f"PoseSequence.ids: expected each id once, got {ids.tolist()}")
        put("ids", ids)

    def __len__(self) -> int:
        return len(self.times)

    def __getitem__(self, moments: Any) -> PoseSequence:
        if isinstance(moments, int | np.integer):
            moments = [moments]
        return PoseSequence(self.points[moments], self.scores[moments], self.times[moments], self.skeleton, self.ids, self.size)

    def person(self, identity: int) -> PoseSequence:
        """The clip with one person only."""
        at = np.flatnonzero(self.ids == identity)
        if not len(at):
            raise UsageError(f"nobody in this clip has id {identity}; there are {self.ids.tolist()}")
        return PoseSequence(self.points[:, at], self.scores[:, at], self.times, self.skeleton, self.ids[at], self.size)

    @classmethod
    def from_people(cls, people: Sequence[People], times: Any, size: tuple[int, int] | None = None) -> PoseSequence:
        """Gather tracked people of consecutive frames into one clip; rows without an id are left out."""
        if not people:
            raise ShapeError("PoseSequence.from_people: expected at least one frame, got none")
        ids = sorted({int(i) for p in people for i in p.ids if i >= 0})
        column = {identity: j for j, identity in enumerate(ids)}
        k, d = people[0].points.shape[1:]
        points = np.full((len(people), len(ids), k, d), np.nan, np.float32)
        scores = np.zeros((len(people), len(ids), k), np.float32)
        for t, frame in enumerate(people):
            for row, identity in enumerate(frame.ids.tolist()):
                if identity >= 0:
                    points[t, column[identity]] = frame.points[row]
                    scores[t, column[identity]] = frame.point_scores[row]
        return cls(points, scores, times, people[0].skeleton, np.array(ids, np.int64), size)

    def __eq__(self, other: object) -> bool:
        return same(self, other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        span = f"{self.times[0]:.2f}–{self.times[-1]:.2f} s" if len(self) else "empty"
        return f"PoseSequence({len(self)} moments, {self.points.shape[1]} people of {self.skeleton.name}, {span})"
