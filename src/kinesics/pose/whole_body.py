"""From 17 joints to 133: each person's body in three dimensions, hands and face, read where arms and head are."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from ..errors import UsageError
from ..types import Array, Frame, People, skeleton
from .merging import FACE, LEFT, RIGHT, feet, world_of
from .parts import Known, Parts, carried
from .person_reader import PersonReader, Seat
from .side_by_side import SideBySide
from .whose_hand import each_hand_once

__all__ = ["WholeBody"]

PARTS = ("body", "hands", "face")
HALF = 0.5  # what the scores of somebody who is not looked at are taken times, once
OLD = 0.97  # … and in every further picture


class WholeBody:
    """Bodies in metres, hands and faces of people whose 17 joints are known.

    People with an id are looked for where they were in the picture before; pictures of one video go in in their order, and
    `reset()` stands between videos.

    Args:
        threads: how many are used; the answers do not depend on it. Two people are read at the same time on two.
        parts: what is read: "body" (33 joints in three dimensions and the outline, `People.world`, the feet), "hands", "face".
        in_turn: for live pictures: the body in one picture and one hand in the next, the face in every third; what is not
            looked at goes along with the trunk, its wrist or the nose.

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
        self._read = SideBySide[Seat, Known](lambda each: PersonReader(each, self.parts, in_turn), threads)
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
        points, scores = people.points[..., :2].astype(float), people.point_scores.astype(float)
        ids, chosen = people.ids.tolist(), np.zeros(len(people), bool)
        chosen[slice(None) if rows is None else list(rows)] = True
        before = [self._memory.get(who) if who >= 0 else None for who in ids]
        found = iter(
            self._read(
                [
                    Seat(picture, points[row], scores[row], [*points[:row], *points[row + 1 :]], before[row])
                    for row in np.flatnonzero(chosen)
                ]
            )
        )
        known = [
            next(found) if looked else _along(old, *joints)
            for looked, old, *joints in zip(chosen, before, points, scores, strict=True)
        ]
        if "body" in self.parts:  # what is drawn from hands and face alone stays as it was
            known = each_hand_once(known)
        self.seen = tuple(None if one is None else one.parts for one in known)
        self._memory = {who: one for who, one in zip(ids, known, strict=True) if who >= 0 and one is not None}
        return _merged(people, self.seen, "body" in self.parts)


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
