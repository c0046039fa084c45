"""The outlines of all people of a picture at once: a pixel belongs to one person."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import ShapeError
from ..sights import BodySight
from ..types import Array, Frame, Masks, People
from .person_mask import PersonMask

__all__ = ["PeopleMasks"]


class PeopleMasks:
    """Outlines of people who were found in a picture.

    Args:
        threads: how many threads are used in all; the result does not depend on it.
        fine: several looks at each person, edges fitted to the picture's; False: one look, or the sights that are handed in,
            for video.

    Raises:
        WeightsError: a net is not installed; the text says how to get it.
    """

    def __init__(self, threads: int = 1, fine: bool = True) -> None:
        self.threads, self.fine = threads, fine
        self._one = PersonMask(1)

    def __call__(self, image: Array | Frame, people: People, sights: Sequence[BodySight | None] | None = None) -> Masks:
        """An outline for each person.

        Args:
            image: (h, w, 3) uint8 RGB, or a video frame; it is not changed.
            people: n, of `coco17` or a skeleton that begins with its joints; people of boxes alone are taken too.
            sights: of each person what the whole-body net saw in this picture, or None.

        Returns:
            n outlines in the order of `people`; empty where nothing of a person is seen.

        Raises:
            ShapeError: the picture is none, or there are not as many sights as people.
        """
        picture = image.image if isinstance(image, Frame) else image
        if sights is not None and len(sights) != len(people):
            raise ShapeError(f"expected a sight, or None, for each of {len(people)} people, got {len(sights)}")
        soft = np.array([self._one.mask(picture, box) for box in people.boxes]).reshape(-1, *picture.shape[:2])
        if not len(soft):
            return Masks((picture.shape[1], picture.shape[0]), np.zeros((0, 2)), [])
        owner = soft.argmax(axis=0)
        return Masks.dense([(owner == row) & (soft[row] > 0.5) for row in range(len(soft))])
