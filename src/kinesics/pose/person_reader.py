"""One person of one picture: body, hands and face, by the nets of one thread."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ..types import Array
from .body_reader import BodyReader
from .part_reader import FADE, PartReader
from .parts import NOTHING, Known, Wait, body_along

__all__ = ["PersonReader", "Seat"]


@dataclass(frozen=True)
class Seat:
    """Whom to look at.

    Attributes:
        image: (h, w, 3) uint8 RGB.
        points, scores: (17, 2) pixels and (17,) of the person.
        others: (17, 2) of each other person of this picture.
        before: what the picture before showed of the person, or None.
    """

    image: Array
    points: Array
    scores: Array
    others: Sequence[Array]
    before: Known | None


class PersonReader:
    """Reads all parts of a person.

    Args:
        threads: how many the nets may use.
        parts: of "body", "hands" and "face".
        in_turn: the body in one picture and a hand in the next, the face now and then; the body in every picture where no hand
            is to be looked at.
    """

    def __init__(self, threads: int, parts: Collection[str], in_turn: bool) -> None:
        self._in_turn = in_turn
        self._parts = PartReader(threads, parts)
        self._bodies = BodyReader(threads) if "body" in parts else None

    def __call__(self, seat: Seat) -> Known:
        """What is to be seen of a person."""
        image, points, scores, before = seat.image, seat.points, seat.scores, seat.before
        if self._in_turn:
            return self._next(seat, before or Known(NOTHING, points, scores))
        found = self._parts.read(image, points, scores, NOTHING if before is None else before.parts)
        if self._bodies is not None:
            body = self._bodies.read(image, points, scores, None if before is None else before.parts.body, seat.others)
            found = replace(found, body=body)
        return Known(found, points, scores, Wait())

    def _next(self, seat: Seat, before: Known) -> Known:
        """Either the body or a hand, but for somebody whose body is not known yet."""
        image, points, scores = seat.image, seat.points, seat.scores
        waited = before.parts.body is not None and before.wait.body > 0
        found, wait = self._parts.read_next(image, points, scores, before, no_hands=waited)
        if self._bodies is None:
            return Known(found, points, scores, wait)
        body = None
        if not waited and min(wait.age[:2]) == 0:
            body = body_along(before, points, scores, FADE)
        wait = replace(wait, body=0 if body is None else 1)
        if body is None:
            body = self._bodies.read(image, points, scores, before.parts.body, seat.others)
        return Known(replace(found, body=body), points, scores, wait)
