"""The people of one picture."""

from __future__ import annotations

import functools
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from ..errors import ShapeError
from .arrays import Array, array, joints, locked, same
from .masks import Masks
from .skeletons import Skeleton, skeleton


@dataclass(frozen=True, eq=False, slots=True)
class People:
    """The people of one picture: n rows of parallel arrays.

    Attributes:
        boxes: (n, 4) float32, x1 y1 x2 y2 pixels.
        score: (n,) float32, how sure the model is that this is a person.
        points: (n, k, 2 or 3) float32 pixels (third: metres of depth relative to the hips, or metres from a depth camera).
        point_scores: (n, k) float32; 0 means missing, its coordinates are NaN.
        ids: (n,) int64, -1 for "not yet".
        skeleton: names of the k joints.
        world: (n, k, 3) float32 metres, or None.
        masks: n outlines in the picture's size (see `Masks`; (n, h, w) bool is taken too), or None.

    Slicing by a mask, a slice or indices keeps all arrays together: `people[people.score > 0.5]`.
    """

    boxes: Array
    score: Array
    points: Array
    point_scores: Array
    skeleton: Skeleton
    ids: Array = None  # type: ignore[assignment]  # filled with -1 below
    world: Array | None = None
    masks: Masks | None = None

    def __post_init__(self) -> None:
        put = functools.partial(object.__setattr__, self)
        boxes = array("People", "boxes", self.boxes, np.float32, (None, 4))
        n, k = len(boxes), len(self.skeleton)
        if boxes.size and not np.isfinite(boxes).all():
            raise ShapeError("People.boxes: expected finite numbers, got NaN or infinity")
        score = array("People", "score", self.score, np.float32, (n,))
        if n and not (score.min() >= 0 and score.max() <= 1):
            raise ShapeError("People.score: expected 0 to 1")
        points = array("People", "points", self.points, np.float32, (n, k, None))
        if points.shape[2] not in (2, 3):
            raise ShapeError(f"People.points: expected 2 or 3 coordinates a joint, got {points.shape[2]}")
        point_scores = array("People", "point_scores", self.point_scores, np.float32, (n, k))
        put("boxes", boxes), put("score", score), put("point_scores", point_scores)
        put("points", joints("People", points, point_scores))
        put("ids", array("People", "ids", np.full(n, -1) if self.ids is None else self.ids, np.int64, (n,)))
        if self.world is not None:
            world = array("People", "world", self.world, np.float32, (n, k, 3))
            put("world", world)
        if self.masks is not None:
            masks = self.masks if isinstance(self.masks, Masks) else Masks.dense(self.masks)
            if len(masks) != n:
                raise ShapeError(f"People.masks: expected ({n}, height, width), got {masks.shape}")
            put("masks", masks)

    @classmethod
    def empty(cls, skeleton: Skeleton, dims: int = 2) -> People:
        """Nobody."""
        k = len(skeleton)
        return cls(np.zeros((0, 4)), np.zeros(0), np.zeros((0, k, dims)), np.zeros((0, k)), skeleton)

    @classmethod
    def from_boxes(cls, boxes: Any, score: Any, ids: Any = None) -> People:
        """People of whom only boxes are known (the skeleton `boxes` has no joints)."""
        n = len(boxes)
        boxes = np.asarray(boxes, np.float32).reshape(n, 4)
        return cls(boxes, score, np.zeros((n, 0, 2)), np.zeros((n, 0)), skeleton("boxes"), ids)

    def __len__(self) -> int:
        return len(self.boxes)

    def __getitem__(self, rows: Any) -> People:
        if isinstance(rows, int | np.integer):
            rows = [rows]
        return self._replace(**{f.name: _rows(getattr(self, f.name), rows) for f in fields(self) if f.name != "skeleton"})

    def with_ids(self, ids: Any) -> People:
        """The same people with these ids, (n,) int."""
        return self._replace(ids=array("People", "ids", ids, np.int64, (len(self),)))

    def with_boxes(self, boxes: Any) -> People:
        """The same people with these boxes, (n, 4) finite pixels."""
        boxes = array("People", "boxes", boxes, np.float32, (len(self), 4))
        if not np.isfinite(boxes).all():
            raise ShapeError("People.boxes: expected finite numbers, got NaN or infinity")
        return self._replace(boxes=boxes)

    def with_masks(self, masks: Masks | None) -> People:
        """The same people with these outlines, one each, or without any."""
        if masks is not None and len(masks) != len(self):
            raise ShapeError(f"People.masks: expected ({len(self)}, height, width), got {masks.shape}")
        return self._replace(masks=masks)

    def _replace(self, **arrays: Any) -> People:
        """A copy with arrays that are known to fit: nothing is checked again (this is on the hot path)."""
        new = object.__new__(People)
        for f in fields(self):
            object.__setattr__(new, f.name, arrays.get(f.name, getattr(self, f.name)))
        return new

    def __eq__(self, other: object) -> bool:
        return same(self, other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"People({len(self)} of {self.skeleton.name}, ids {self.ids.tolist()})"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{i}</td><td>{s:.2f}</td><td>{', '.join(f'{v:.0f}' for v in b)}</td><td>{int((p > 0).sum())}</td></tr>"
            for i, s, b, p in zip(self.ids, self.score, self.boxes, self.point_scores, strict=True)
        )
        return f"<table><tr><th>id</th><th>score</th><th>box</th><th>{self.skeleton.name} joints</th></tr>{rows}</table>"


def _rows(array: Any, rows: Any) -> Any:
    return array if array is None else array[rows] if isinstance(array, Masks) else locked(array[rows])
