"""From 17 joints to 133: each person's body in three dimensions, hands and face, read where arms and head are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UsageError
from ..types import Array, Frame, People, skeleton
from .merging import FACE, LEFT, RIGHT, feet, world_of
from .part_reader import PartReader
from .parts import NOTHING, Known, Parts, Wait, carried

if TYPE_CHECKING:
    from .body_reader import BodyReader

__all__ = ["WholeBody"]

PARTS = ("body", "hands", "face")
HALF = 0.5  # what the scores of somebody who is not looked at are taken times, once
OLD = 0.97  # … and in every further picture


class WholeBody:
    """Bodies in metres, hands and faces of people whose 17 joints are known.

    People with an id are looked for where they were in the picture before; pictures of one video go in in their order, and
    `reset()` stands between videos.

    Args:
        threads: how many threads a net may use.
        parts: what is read: "body" (33 joints in three dimensions and the outline, `People.world`, the feet), "hands", "face".
        in_turn: for live pictures: one hand a picture, the face in every third; what is not looked at goes along with its
            wrist or the nose.

    Attributes:
        seen: of each row of the last call what was read, `Parts`, or None where nothing is known.

    Raises:
        WeightsError: a net is not installed; the text says how to get it.
        UsageError: there is no such part.
    """

    def __init__(self, threads: int = 1, parts: Collection[str] = PARTS, in_turn: bool = False) -> None:
        if unknown := sorted(set(parts) - set(PARTS)):
            raise UsageError(f"a whole body has no part {unknown[0]!r}; expected some of {', '.join(PARTS)}")
        self.threads, self.parts, self.in_turn = threads, tuple(parts), in_turn
        self._parts = PartReader(threads, self.parts)
        self._bodies = _body_reader(threads) if "body" in self.parts else None
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self._memory: dict[int, Known] = {}
        self.seen: tuple[Parts | None, ...] = ()

    def __call__(self, image: Array | Frame, people: People, rows: Sequence[int] | Array | None = None) -> People:
        """The same people, rows and ids with 133 joints.

        Args:
            image: (h, w, 3) uint8 RGB, or a video frame; it is not changed.
            people: of `coco17`.
            rows: whom to look at, indices or (n,) bool; what is known of the others goes along with their joints, its scores
                halved. None: everybody.

        Returns:
            people of `wholebody133`; hands and faces that are not seen, and the small toes, are missing. With "body" among the
            parts `world` (n, 133, 3) holds metres, x right, y down, z away from the camera, origin between the hips, NaN where
            nothing is known.

        Raises:
            UsageError: people of another skeleton.
        """
        if people.skeleton.name != "coco17":
            raise UsageError(f"a whole body is built on people of coco17, these are of {people.skeleton.name}")
        picture = image.image if isinstance(image, Frame) else image
        chosen = set(range(len(people)) if rows is None else np.arange(len(people))[np.asarray(rows)].tolist())
        seen: list[Parts | None] = []
        known: Known | None
        memory: dict[int, Known] = {}
        for row, who in enumerate(people.ids.tolist()):
            points, scores = people.points[row, :, :2].astype(float), people.point_scores[row].astype(float)
            before = self._memory.get(who) if who >= 0 else None
            if row in chosen:
                others = [*people.points[:row, :, :2], *people.points[row + 1 :, :, :2]]
                known = self._look(picture, points, scores, before, others)
            else:
                known = _along(before, points, scores)
            seen.append(None if known is None else known.parts)
            if who >= 0 and known is not None:
                memory[who] = known
        self._memory, self.seen = memory, tuple(seen)
        return _merged(people, self.seen, "body" in self.parts)

    def _look(self, image: Array, points: Array, scores: Array, before: Known | None, others: Sequence[Array]) -> Known:
        old = before.parts if before is not None else NOTHING
        wait = Wait()
        if self.in_turn:
            found, wait = self._parts.read_next(image, points, scores, before or Known(NOTHING, points, scores))
        else:
            found = self._parts.read(image, points, scores, old)
        if self._bodies is not None:
            found = replace(found, body=self._bodies.read(image, points, scores, old.body, others))
        return Known(found, points, scores, wait)


def _body_reader(threads: int) -> BodyReader:
    from .body_reader import BodyReader

    return BodyReader(threads)


def _along(before: Known | None, points: Array, scores: Array) -> Known | None:
    """What is known of somebody who is not looked at."""
    if before is None:
        return None
    parts = carried(before, points, scores, HALF if before.parts.looked else OLD)
    return Known(parts, points, scores, before.wait)


def _merged(people: People, seen: Sequence[Parts | None], with_world: bool) -> People:
    whole = skeleton("wholebody133")
    points = np.full((len(people), len(whole), 2), np.nan)
    scores = np.zeros((len(people), len(whole)))
    points[:, :17], scores[:, :17] = people.points[..., :2], people.point_scores
    world = np.full((len(people), len(whole), 3), np.nan) if with_world else None
    for row, parts in enumerate(seen):
        if parts is None:
            continue
        for start, part in ((LEFT, parts.left), (RIGHT, parts.right), (FACE, parts.face)):
            if part is not None:
                points[row, start : start + len(part.points)] = part.points
                scores[row, start : start + len(part.points)] = part.scores
        if parts.body is not None:
            for joint, at, sure in feet(parts.body.sight, parts.body.scores, points[row, :17], scores[row, :17]):
                points[row, joint], scores[row, joint] = at, sure
        if world is not None:
            world[row] = _world(parts)
    return People(people.boxes, people.score, points, scores, whole, people.ids, world, people.masks)


def _world(parts: Parts) -> Array:
    body, left, right, face = parts.body, parts.left, parts.right, parts.face
    return world_of(
        None if body is None else body.sight,
        None if left is None else left.sight,
        None if right is None else right.sight,
        None if face is None else face.sight,
    )
