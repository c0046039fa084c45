"""What is read of each person beyond the 17 joints: the whole body, the outline, the face; of whom the time allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..budget import Budget
from ..types import Array, Frame, Masks, People
from .outlining import outlines
from .raised_hands import RaisedHands
from .turns import Turns

__all__ = ["Read", "SecondPass"]

THREADS = 2  # of the nets for bodies; the answers do not depend on it


@dataclass(frozen=True)
class Read:
    """What a second pass read of one frame.

    Attributes:
        people: the same rows; `wholebody133` if whole bodies were asked for, with `masks` if outlines were.
        faces: records of the faces, see `kinesics.faces.Face.record`.
        chosen: how many people were looked at.
        skipped: "whole" when somebody had to wait, "faces" when all faces are those of the frame before.
    """

    people: People
    faces: tuple[Mapping[str, Any], ...] = ()
    chosen: Mapping[str, Any] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()


class SecondPass:
    """Looks at people one by one, the largest first and the rest in turn.

    Args:
        whole_body: read hands, face and the body in three dimensions.
        masks: cut everybody out.
        fine: outlines by several looks at each person, as `outline_people` makes them; else by what the whole-body net says.
        faces: find faces and say where they look and whether they are covered.
        known: people whose faces are recognised, see `kinesics.known_faces`; None for nobody.
        in_turn: left and right hand are read in turn, faces now and then; for what has to be quick.

    Raises:
        WeightsError: a net is not installed; the text says how to get it.
    """

    def __init__(
        self,
        *,
        whole_body: bool = False,
        masks: bool = False,
        faces: bool = False,
        known: Any = None,
        in_turn: bool = False,
        fine: bool = False,
    ) -> None:
        from ..faces import FaceFinder
        from ..masks import PeopleMasks
        from ..pose import WholeBody

        self.whole_body = whole_body
        parts = ("body", "hands", "face") if whole_body else ("body",)
        self._whole = WholeBody(THREADS, parts, in_turn) if whole_body or masks else None
        self._masks = PeopleMasks(fine=fine) if masks else None
        self._faces = FaceFinder() if faces or known is not None else None
        self._hands, self._naming, self._turns = RaisedHands(), _naming(known), Turns()
        self.reset()

    def reset(self) -> None:
        """Forget everybody."""
        self._last: tuple[Mapping[str, Any], ...] = ()
        for part in (self._turns, self._whole, self._hands, self._naming):
            if part is not None:
                part.reset()

    def update(self, frame: Frame, people: People, budget: Budget) -> Read:
        """Read a frame's people.

        Args:
            frame: the picture.
            people: of `coco17`, with ids where they are followed.
            budget: says how many people, and whether faces, can be afforded.
        """
        image, whole, masks = frame.image, people, None
        rows = np.arange(len(people))
        if self._whole is not None:
            rows = self._turns.choose(people, budget.afford("whole"))
            with budget.spend("whole", len(rows)):
                whole = self._whole(image, people, rows=rows)
                masks = self._outlines(image, people)
        skipped = ("whole",) * bool(len(rows) < len(people))
        told = self._told(frame, people, whole, masks, budget)
        result = whole if self.whole_body else people
        if masks is not None:
            result = result.with_masks(masks)
        return Read(
            result, self._last, {"whole": len(rows)} if self._whole is not None else {}, skipped + ("faces",) * (not told)
        )

    def _outlines(self, image: Array, people: People) -> Masks | None:
        """Outlines from the looks that the whole-body pass took; who was not looked at keeps an outline that moves along."""
        if self._masks is None or self._whole is None:
            return None
        if self._masks.fine:
            return outlines(self._masks, people, image, (image.shape[1], image.shape[0]))
        sights = [None if part is None or part.body is None else part.body.sight for part in self._whole.seen]
        return self._masks(image, people, sights)

    def _told(self, frame: Frame, people: People, whole: People, masks: Masks | None, budget: Budget) -> bool:
        """Find the faces, unless there is no time for it."""
        if self._faces is None:
            return True
        if budget.afford("faces") < 1:
            return False
        with budget.spend("faces", 1):
            seen = self._whole.seen if self._whole is not None and self.whole_body else ()
            sights = [None if part is None or part.face is None else part.face.sight for part in seen] or None
            found = self._faces(frame.image, people, sights, self._hands(frame.image, whole), masks)
            if self._naming is not None:
                found = self._naming.update(frame.image, found, frame.time)
            self._last = tuple(face.record() for face in found)
        return True


def _naming(known: Any) -> Any:
    if known is None:
        return None
    from ..faces import Naming

    return Naming(known)
