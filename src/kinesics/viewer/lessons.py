"""What training learns from: a frame of the footage that is to be drawn from keyframes of other moments."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array
from .drawing import Artist
from .footage import SIZE, Footage
from .person import Person
from .warping import GRID

__all__ = ["Lesson", "Lessons", "kept_apart"]

NEAR = 1.0  # seconds: keyframes nearer in time to the frame than this would make it too easy
WINDOW = 192  # canvas pixels, width and height of what the fine nets look at in one step
TRY = 4  # among so many nearest keyframes


def kept_apart(person: Person, footage: Footage) -> Array:
    """(frames, keyframes) bool: which keyframes each frame may be drawn from.

    Those of other clips where there are several, and of moments a second away where there is one. A keyframe belongs to the
    frame that has its pose.
    """
    own = np.nan_to_num(footage.points).reshape(len(footage), -1)
    keys = np.nan_to_num(person.points).reshape(len(person), -1)
    at = np.array([int(np.abs(own - key).sum(1).argmin()) for key in keys])
    same = footage.clips[:, None] == footage.clips[at][None]
    near = np.abs(footage.times[:, None] - footage.times[at][None]) < NEAR
    several = len(np.unique(footage.clips)) > 3
    return ~(same if several else same & near)


@dataclass(frozen=True, eq=False)
class Lesson:
    """One frame to learn to draw: its index and window, both keyframes, the fields, and what the core is told."""

    frame: int
    keys: tuple[int, int]
    fields: Array
    told: Array
    window: tuple[int, int]


class Lessons:
    """Draws frames at random, with keyframes that are not always the best ones, so that what is learned holds for poses farther away.

    Args:
        person: whose keyframes are used.
        footage: frames to learn from.
        allowed: (frames, keyframes) bool of `kept_apart`.
        seed: of the order and the choices.
    """

    def __init__(self, person: Person, footage: Footage, allowed: Array, seed: int = 0) -> None:
        self.artist, self.footage, self.allowed = Artist(person), footage, allowed
        self.usable = np.flatnonzero(allowed.sum(1) >= min(TRY, allowed.shape[1]))
        self.rng = np.random.default_rng(seed)
        self._order: list[int] = []

    def draw(self) -> Lesson:
        """The next frame."""
        if not self._order:
            self._order = self.rng.permutation(self.usable).tolist()
        frame = self._order.pop()
        allowed = self.allowed[frame]
        if self.rng.random() < 0.5:
            allowed = allowed & (self.rng.random(len(allowed)) < self.rng.uniform(0.3, 0.9))
            allowed = allowed if allowed.any() else self.allowed[frame]
        self.artist.reset()
        points, scores = self.footage.points[frame], self.footage.scores[frame]
        brief = self.artist.begin(points, scores, allowed=allowed)
        fields = self.artist.fields(brief)
        told = self.artist.core_input(brief, fields)
        if brief.choice.second == brief.choice.first:
            fields[..., 2] = 0
        return Lesson(frame, (brief.choice.first, brief.choice.second), fields, told, self._window(points, scores))

    def _window(self, points: Array, scores: Array) -> tuple[int, int]:
        """Left and top of where the fine nets look: hands and face more often than the rest."""
        start, end = [(91, 112), (112, 133), (23, 91), (0, 13), (0, 13)][int(self.rng.integers(5))]
        held = points[start:end][(scores[start:end] > 0) & np.isfinite(points[start:end]).all(1)]
        if not len(held):
            held = points[(scores > 0) & np.isfinite(points).all(1)]
        middle = held[self.rng.integers(len(held))] if len(held) else np.full(2, SIZE / 2)
        cell = SIZE // GRID
        corner = (middle - WINDOW / 2 + self.rng.uniform(-40, 40, 2)) / cell
        left, top = np.clip(np.rint(corner), 0, (SIZE - WINDOW) // cell).astype(int).tolist()
        return left * cell, top * cell
