"""One person of one picture: body, hands and face, by the nets of one thread."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ..types import Array
from .body_reader import BodyReader
from .part_reader import PartReader
from .parts import NOTHING, Known, Wait

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
        in_turn: one hand a picture, the face now and then.
    """

    def __init__(self, threads: int, parts: Collection[str], in_turn: bool) -> None:
        self._in_turn = in_turn
        self._parts = PartReader(threads, parts)
        self._bodies = BodyReader(threads) if "body" in parts else None

    def __call__(self, seat: Seat) -> Known:
        """What is to be seen of a person."""
        image, points, scores, before = seat.image, seat.points, seat.scores, seat.before
        wait = Wait()
        if self._in_turn:
            found, wait = self._parts.read_next(image, points, scores, before or Known(NOTHING, points, scores))
        else:
            found = self._parts.read(image, points, scores, NOTHING if before is None else before.parts)
        if self._bodies is not None:
            body = self._bodies.read(image, points, scores, None if before is None else before.parts.body, seat.others)
            found = replace(found, body=body)
        return Known(found, points, scores, wait)
