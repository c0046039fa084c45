"""What the selected person shows between `begin` and `end`."""

from __future__ import annotations

import numpy as np

from ..errors import UsageError
from ..types import Array, People, PoseSequence, Skeleton

__all__ = ["Recording"]

LATE = 2.0  # seconds by which a frame may come late
LONGEST = 60.0  # seconds that are kept: whoever forgets to end an example keeps the last minute of it


class Recording:
    """Gathers one person's joints.

    Args:
        label: of the action that is shown.
        person: id; None for the only one there, else the largest, decided at the first frame with anybody.
    """

    def __init__(self, label: str, person: int | None) -> None:
        self.label, self.person = label, person
        self._moments: list[tuple[float, Array, Array]] = []
        self._body: Skeleton | None = None
        self._size = 2

    def take(self, people: People, time: float) -> None:
        """One more frame; a late one is ignored."""
        if self.person is None:
            self.person = selected(people)
        at = np.flatnonzero(people.ids == self.person) if self.person is not None else np.zeros(0, int)
        if not len(at):
            return
        if self._moments and time <= self._moments[-1][0]:
            if self._moments[-1][0] - time <= LATE:
                return
            self._moments = []  # another source has begun
        if self._body is not None and people.skeleton.joints != self._body.joints:
            self._moments = []  # another net looks now
        self._body = people.skeleton
        self._moments.append((time, people.points[at[0]], people.point_scores[at[0]]))
        while time - self._moments[0][0] > LONGEST:
            del self._moments[0]

    def clip(self) -> PoseSequence:
        """What was shown.

        Raises:
            UsageError: the person was not seen.
        """
        if self._body is None or not any(scores.any() for _, _, scores in self._moments):
            who = "nobody" if self.person is None else f"person {self.person}"
            seen = "was seen" if self.person is None else "was not seen"
            raise UsageError(f"{who} {seen} between begin and end; nothing is learned of {self.label!r}")
        times, points, scores = zip(*self._moments, strict=True)
        ids = np.array([self.person])
        return PoseSequence(np.stack(points)[:, None], np.stack(scores)[:, None], np.array(times), self._body, ids)


def selected(people: People) -> int | None:
    """The id of the only person, else of the largest; None while nobody has one."""
    known = np.flatnonzero(people.ids >= 0)
    if not len(known):
        return None
    boxes = people.boxes[known]
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return int(people.ids[known[int(areas.argmax())]])
