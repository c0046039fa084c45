"""What training learns from: a frame of the footage that is to be drawn from keyframes of other moments."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import cv2
import numpy as np

from ..types import Array
from .drawing import Artist, Brief
from .footage import SIZE, Footage
from .layers import arm_room
from .person import Person
from .warping import GRID

__all__ = ["Lesson", "Lessons", "frames_of", "kept_apart"]

NEAR = 1.0  # seconds: keyframes nearer in time to the frame than this would make it too easy
WINDOW = 160  # canvas pixels, width and height of what the fine nets look at in one step
COARSE = 128  # size at which the whole picture is judged
LEAN, LARGER, ASIDE = 4.0, 1.08, 24.0  # degrees, ratio, canvas pixels
TRY = 4  # among so many nearest keyframes


def frames_of(person: Person, footage: Footage) -> Array:
    """(keyframes,) int64: which frame of the footage each keyframe is: the one that has its pose."""
    own = np.nan_to_num(footage.points).reshape(len(footage), -1)
    keys = np.nan_to_num(person.points).reshape(len(person), -1)
    return np.array([int(np.abs(own - key).sum(1).argmin()) for key in keys], np.int64)


def kept_apart(person: Person, footage: Footage) -> Array:
    """(frames, keyframes) bool: which keyframes each frame may be drawn from.

    Those of other clips where there are several, and of moments a second away where there are few.
    """
    at = frames_of(person, footage)
    same = footage.clips[:, None] == footage.clips[at][None]
    near = np.abs(footage.times[:, None] - footage.times[at][None]) < NEAR
    several = len(np.unique(footage.clips)) > 3
    return np.asarray(~(same if several else same & near))


@dataclass(frozen=True, eq=False)
class Lesson:
    """One frame to learn to draw.

    Attributes:
        frame: its index.
        fields: (3, 64, 64, 2) float32.
        told: (INPUTS, 64, 64) what the core is told.
        rooms: (2, 256, 256) uint8 where the arms may be.
        window: left and top of what the fine nets look at, canvas pixels.
        brief: what the artist draws it from.
        artist: who draws.
        layers: (3, 128, 128, 4) uint8, the keyframes' layers made small.
        pictures: (512, 512, 3), (512, 512, 3), (512, 512, 1) uint8 the frame, what is behind the person, the mask.
    """

    frame: int
    fields: Array
    told: Array
    rooms: Array
    window: tuple[int, int]
    brief: Brief
    artist: Artist
    layers: Array
    pictures: tuple[Array, Array, Array]


class Lessons:
    """Draws frames at random, from keyframes that are not always the best: what is learned is to hold for poses farther away.

    Args:
        person: whose keyframes are used.
        footage: frames to learn from.
        allowed: (frames, keyframes) bool of `kept_apart`.
        seed: of the order and the choices.
        shaken: pixels by which the poses are made wrong, as an estimator would.
    """

    def __init__(self, person: Person, footage: Footage, allowed: Array, *, seed: int = 0, shaken: float = 0.0) -> None:
        self.artist, self.footage, self.allowed, self.shaken = Artist(person), footage, allowed, shaken
        self.usable = np.flatnonzero(allowed.sum(1) >= min(TRY, allowed.shape[1]))
        self.rng = np.random.default_rng(seed)
        self._order: list[int] = []
        self._small = functools.cache(self._shrunk)

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
        matrix = self._moved()
        points, scores = self.footage.points[frame] @ matrix[:, :2].T + matrix[:, 2], self.footage.scores[frame]
        points = (points + self.rng.normal(0, self.shaken, points.shape)).astype(np.float32)
        brief = self.artist.begin(points, scores, allowed=allowed)
        fields = self.artist.fields(brief)
        told = self.artist.core_input(brief, fields)
        rooms = np.stack([arm_room(points, scores, side) for side in (0, 1)])
        layers = np.stack([self._small(key)[i] for i, key in enumerate(brief.choice.keys)])
        window = self._window(points, scores)
        return Lesson(frame, fields, told, rooms, window, brief, self.artist, layers, self._pictures(frame, matrix))

    def _moved(self) -> Array:
        """(2, 3): the frame a little elsewhere, larger or smaller, leaning: places are not to be learned by heart."""
        lean, size = self.rng.uniform(-LEAN, LEAN), self.rng.uniform(1 / LARGER, LARGER)
        matrix = cv2.getRotationMatrix2D((SIZE / 2, SIZE / 2), lean, size)
        matrix[:, 2] += self.rng.uniform(-ASIDE, ASIDE, 2)
        return np.asarray(matrix, np.float32)

    def _shrunk(self, key: int) -> list[Array]:
        return [cv2.resize(layer.whole(), (COARSE, COARSE), interpolation=cv2.INTER_AREA) for layer in self.artist.layers(key)]

    def _pictures(self, frame: int, matrix: Array) -> tuple[Array, Array, Array]:
        """The frame, what is behind, the mask; a colour of its own is behind where nothing is known to be."""

        def moved(picture: Array) -> Array:
            return np.asarray(cv2.warpAffine(picture, matrix, (SIZE, SIZE), borderMode=cv2.BORDER_REPLICATE))

        picture, alpha = moved(self.footage.pictures[frame]), moved(self.footage.alpha[frame])[..., None]
        plate = None if self.footage.background is None else moved(self.footage.background)
        if plate is None:
            plate = np.broadcast_to(self.rng.integers(0, 256, 3, np.uint8), picture.shape)
            share = alpha.astype(np.float32) / 255
            picture = (picture * share + plate * (1 - share)).astype(np.uint8)
        return picture, plate, alpha

    def _window(self, points: Array, scores: Array) -> tuple[int, int]:
        """Left and top of where the fine nets look: hands and face more often than the rest."""
        start, end = [(91, 112), (112, 133), (23, 91), (0, 13), (0, 13), (0, 0)][int(self.rng.integers(6))]
        held = points[start:end][(scores[start:end] > 0) & np.isfinite(points[start:end]).all(1)]
        if not len(held) and end:
            held = points[(scores > 0) & np.isfinite(points).all(1)]
        middle = held[self.rng.integers(len(held))] if len(held) else self.rng.uniform(0, SIZE, 2)
        cell = SIZE // GRID
        corner = (middle - WINDOW / 2 + self.rng.uniform(-40, 40, 2)) / cell
        left, top = np.clip(np.rint(corner), 0, (SIZE - WINDOW) // cell).astype(int).tolist()
        return left * cell, top * cell
