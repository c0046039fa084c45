"""Hands near faces, as they may be in front of them: read where people are, looked for only where a wrist is raised."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..types import Array, People

__all__ = ["RaisedHands"]

HANDS = (slice(91, 112), slice(112, 133))  # of wholebody133
HEAD, SHOULDERS, WRISTS = slice(0, 5), [5, 6], [9, 10]  # of coco17
REACH = 1.3  # widths of the shoulders: a wrist that is nearer to the head is looked at
SURE = 0.2  # least score of a joint


class RaisedHands:
    """The hands of people whose wrists are near anybody's head.

    Hands that whole bodies bring along are taken as they are; of people of 17 joints, those with a raised wrist are looked at.
    """

    def __init__(self) -> None:
        self._whole: Any = None

    def reset(self) -> None:
        """Forget whose hands were seen."""
        if self._whole is not None:
            self._whole.reset()

    def __call__(self, image: Array, people: People) -> list[Array]:
        """(21, 2) pixels of each hand that is seen.

        Args:
            image: (h, w, 3) uint8 RGB.
            people: of any skeleton; those of coco17 are looked at.

        Raises:
            WeightsError: the net for hands is not installed.
        """
        if people.skeleton.name == "coco17":
            rows = raised(people)
            if not len(rows):
                return []
            if self._whole is None:
                from ..pose import WholeBody

                self._whole = WholeBody(parts=("hands",))
            people = self._whole(image, people, rows=rows)[rows]
        if people.skeleton.name != "wholebody133":
            return []
        return [
            np.asarray(people.points[row, hand, :2])
            for row in range(len(people))
            for hand in HANDS
            if (people.point_scores[row, hand] > 0).all()
        ]


def raised(people: People) -> Array:
    """Rows of people of coco17 with a wrist near somebody's head."""
    points = np.where(people.point_scores[..., None] > SURE, people.points[..., :2], np.nan)
    heads, reach = _heads(points, people.boxes)
    wrists = points[:, WRISTS]  # (n, 2, 2)
    far = np.linalg.norm(wrists[:, :, None] - heads[None, None], axis=-1)  # (n, 2 wrists, n heads)
    return np.flatnonzero((far < reach[None, None]).any((1, 2)))


def _heads(points: Array, boxes: Array) -> tuple[Array, Array]:
    """Middles of heads (n, 2), NaN where none is seen, and how near a wrist has to be (n,)."""
    seen = np.isfinite(points[:, HEAD, :1])
    middle = np.nansum(points[:, HEAD], axis=1) / np.where(seen.any((1, 2)), seen.sum(1)[:, 0], np.nan)[:, None]
    across = np.linalg.norm(points[:, SHOULDERS[0]] - points[:, SHOULDERS[1]], axis=-1)
    size = np.fmax(across, 0.17 * (boxes[:, 3] - boxes[:, 1]))  # shoulders seen from the side are narrow
    return middle, REACH * size
