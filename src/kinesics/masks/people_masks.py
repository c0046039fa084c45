"""The outlines of all people of a picture at once: a pixel belongs to one person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from ..errors import ShapeError
from ..sights import BodyNet, BodySight, SelfieNet
from ..types import Array, Frame, Masks, People
from .belonging import Belonging
from .looks import Look, Person, canvas, look_at, persons, planes, quick_square
from .owning import Soft, borne_out, owned, refined, spread

__all__ = ["PeopleMasks"]

T = TypeVar("T")
Nets = tuple[BodyNet, SelfieNet, Belonging]


class PeopleMasks:
    """Outlines of people who were found in a picture.

    The whole-body net looks at each person twice and the selfie net once; a small net of this package reads what they say
    together with the joints, the neighbours and the colours. Then each pixel goes to the person who claims it most, and a
    guided filter fits the outlines to the picture's edges.

    Args:
        threads: how many people are looked at side by side; the result does not depend on it.
        fine: as said above; False, for video: what the whole-body net alone says, of the sights that are handed in.

    Raises:
        WeightsError: a net is not installed; the text says how to get it.

    Example:
        >>> image = ks.load_image("team.jpg")  # doctest: +SKIP
        >>> masks = ks.PeopleMasks()(image, ks.MultiPose()(image))  # doctest: +SKIP
    """

    def __init__(self, threads: int = 1, fine: bool = True) -> None:
        self.threads, self.fine = threads, fine
        self._body = BodyNet(1)
        self._nets: list[Nets] = [(self._body, SelfieNet(1), Belonging(1))] if fine else []
        self._workers: ThreadPoolExecutor | None = None

    def __call__(self, image: Array | Frame, people: People, sights: Sequence[BodySight | None] | None = None) -> Masks:
        """An outline for each person.

        Args:
            image: (h, w, 3) uint8 RGB, or a video frame; it is not changed.
            people: n, of any skeleton that names joints as coco17 does; boxes alone will do.
            sights: of each person what the whole-body net saw in this picture, or None.

        Returns:
            n outlines in the order of `people`; empty where nothing of a person is seen.

        Raises:
            ShapeError: the picture is none, or there are not as many sights as people.
        """
        picture, soft = self._soft(image, people, sights)
        return owned(soft, (picture.shape[1], picture.shape[0]))

    def confirm(
        self, image: Array | Frame, people: People, doubtful: Array, sights: Sequence[BodySight | None] | None = None
    ) -> People:
        """The people with their outlines, without those doubtful ones whose outlines do not bear them out.

        Args:
            image: as in a call.
            people: as in a call.
            doubtful: (n,) bool.
            sights: as in a call.
        """
        picture, soft = self._soft(image, people, sights)
        unsure = np.asarray(doubtful, bool)
        rows = [row for row in range(len(people)) if not unsure[row] or borne_out(soft, row, unsure, people.score)]
        masks = owned([soft[row] for row in rows], (picture.shape[1], picture.shape[0]))
        kept = people[np.array(rows, int)]
        return kept.with_masks(masks)

    def _soft(
        self, image: Array | Frame, people: People, sights: Sequence[BodySight | None] | None
    ) -> tuple[Array, list[Soft]]:
        picture = _checked(image.image if isinstance(image, Frame) else image)
        seen: list[BodySight | None] = [None] * len(people) if sights is None else list(sights)
        if len(seen) != len(people):
            raise ShapeError(f"expected a sight, or None, for each of {len(people)} people, got {len(seen)}")
        everybody = persons(people, (picture.shape[1], picture.shape[0]))
        return picture, self._fine(picture, everybody, seen) if self.fine else self._quick(picture, everybody, seen)

    def _quick(self, image: Array, everybody: list[Person], sights: list[BodySight | None]) -> list[Soft]:
        found = []
        for person, sight in zip(everybody, sights, strict=True):
            sight = self._body.look(image, quick_square(person)) if sight is None else sight
            found.append(spread(sight.mask, sight.square, (image.shape[1], image.shape[0]), 0.25))
        return found

    def _fine(self, image: Array, everybody: list[Person], sights: list[BodySight | None]) -> list[Soft]:
        rows = range(len(everybody))
        looks: list[Look] = list(self._each(lambda nets, row: look_at(image, everybody[row], nets[:2], sights[row]), rows))

        def outline(nets: Nets, row: int) -> Soft:
            cells = nets[2].cells([planes(image, row, everybody, looks)])[0]
            return refined(image, spread(1 / (1 + np.exp(-cells)), canvas(everybody[row]), (image.shape[1], image.shape[0])))

        return list(self._each(outline, rows))

    def _each(self, work: Callable[[Nets, int], T], rows: Iterable[int]) -> list[T]:
        """`work` for all rows, in their order; each worker has nets of its own."""
        rows = list(rows)
        many = min(self.threads, len(rows))
        while len(self._nets) < many:
            self._nets.append((BodyNet(1), SelfieNet(1), Belonging(1)))
        if many < 2:
            return [work(self._nets[0], row) for row in rows]
        self._workers = self._workers or ThreadPoolExecutor(self.threads, "kinesics-outline")
        found: dict[int, T] = {}

        def turn(nets: Nets) -> None:
            while rows:
                try:
                    row = rows.pop()
                except IndexError:  # the other was quicker
                    return
                found[row] = work(nets, row)

        total = len(rows)
        list(self._workers.map(turn, self._nets[:many]))
        return [found[row] for row in range(total)]


def _checked(image: Array) -> Array:
    if not isinstance(image, np.ndarray) or image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8 or not image.size:
        got = f"{image.shape} {image.dtype}" if isinstance(image, np.ndarray) else type(image).__name__
        raise ShapeError(f"expected a picture (h, w, 3) uint8, got {got}")
    return image
