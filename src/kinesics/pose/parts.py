"""What was read of one person beyond the 17 joints, and how it goes along with them while nobody looks."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from ..types import Array
from .face_points import Face
from .hands import Hand
from .merging import shift_of

if TYPE_CHECKING:
    from .body_reader import Body

__all__ = ["NOTHING", "Known", "Parts", "Wait", "body_along", "carried"]

TRUNK, HEAD = [5, 6, 11, 12], [0, 1, 2, 3, 4]


@dataclass(frozen=True)
class Parts:
    """What was read of one person.

    Attributes:
        body: the 33 joints with their outline, or None where they were not asked for or not found.
        left, right: the person's own hands, or None.
        face: or None.
        looked: False where nobody looked in this picture: what is here was moved along with the 17 joints.
    """

    body: Body | None = None
    left: Hand | None = None
    right: Hand | None = None
    face: Face | None = None
    looked: bool = True


NOTHING = Parts()


@dataclass(frozen=True)
class Wait:
    """When left hand, right hand and face are looked at again.

    Attributes:
        age: pictures since each was looked at.
        misses: how often each was looked for in vain.
        calm: whether each kept its shape from one look to the next.
        body: pictures since the body was looked at.
    """

    age: tuple[int, ...] = (99, 99, 99)
    misses: tuple[int, ...] = (0, 0, 0)
    calm: tuple[bool, ...] = (False, False, False)
    body: int = 0


@dataclass(frozen=True)
class Known:
    """What the picture before showed of a person.

    Attributes:
        parts: all that was read.
        points, scores: (17, 2), (17,) of that picture.
        wait: for who reads in turn.
    """

    parts: Parts
    points: Array
    scores: Array
    wait: Wait = field(default_factory=Wait)


def carried(known: Known, points: Array, scores: Array, share: float) -> Parts:
    """The parts of a person who is not looked at: hands with the wrists, face with the head, body with the trunk.

    Args:
        known: of the picture before.
        points: (17, 2) of this one.
        scores: (17,).
        share: what the scores of hands and face are taken times.
    """
    old, both = known.parts, (known.scores, scores)
    trunk = shift_of(known.points, points, both, TRUNK)
    shifts = [_shift(known, points, scores, joints, trunk) for joints in ([9], [10], HEAD)]
    left = None if old.left is None else old.left.moved(shifts[0], share)
    right = None if old.right is None else old.right.moved(shifts[1], share)
    face = None if old.face is None else old.face.moved(shifts[2], share)
    return Parts(_moved(old.body, trunk, share), left, right, face, looked=False)


def body_along(known: Known, points: Array, scores: Array, share: float) -> Body | None:
    """The body of the picture before, moved with the trunk."""
    return _moved(known.parts.body, shift_of(known.points, points, (known.scores, scores), TRUNK), share)


def _shift(known: Known, points: Array, scores: Array, joints: list[int], trunk: Array) -> Array:
    shift = shift_of(known.points, points, (known.scores, scores), joints)
    return shift if shift.any() else trunk


def _moved(body: Body | None, shift: Array, share: float) -> Body | None:
    if body is None:
        return None
    sight = body.sight
    square, points = sight.square.moved(shift), sight.points + np.append(shift, 0.0)
    sight = replace(sight, square=square, points=points, middle=sight.middle + shift, top=sight.top + shift)
    circle, joints = body.circle + shift, body.joints + shift
    return replace(body, sight=sight, scores=body.scores * share, circle=circle, joints=joints)
