"""What a camera that stands still sees when nobody is there: for every pixel the farthest depth that stays.

A pixel takes over what is farther soon, and what is nearer only when it stays for long and nobody is there, so that somebody
who stands still never becomes a part of the room, while a chair that was moved does. After the layered models of Harville et
al., "Foreground segmentation using adaptive mixture models in color and depth" (2001), cut down to one number and a candidate.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from ..types import Array

_SLACK, _SLACK_FAR = 28.0, 7e-6  # millimetres two measurements of one thing may differ: at the camera, times depth squared
_FIRST, _FARTHER, _NEARER, _PERSON = 0.45, 0.2, 8.0, 600.0  # seconds after which a pixel is believed
_PAUSE = 0.05  # seconds between two lessons: more often teaches no more
_MOVED, _MOVES = 0.25, 3  # share of pixels that lie farther than known when the camera moves; how often that is forgiven


class Background:
    """The room behind the people, learned while they are there.

    Attributes:
        far: (h, w) float32 millimetres, 0 where not known (yet, or because nothing returns from there).
        steady: False once the camera has been seen to move again and again: then nothing is learned or taken off any more.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the room."""
        self.far: Array = np.zeros((0, 0), np.float32)
        self._candidate = self._stays = self._guess = self.far
        self._time = -math.inf
        self._moves = 0
        self.steady = True

    @property
    def known(self) -> float:
        """Share of the pixels that are known."""
        return float((self.far > 0).mean()) if self.far.size else 0.0

    def foreground(self, depth: Array, floor: Array, lens: Array, margin: float) -> Array:
        """(h, w) bool: what is nearer than the room and above the floor.

        Args:
            depth: (h, w) uint16 millimetres.
            floor: (4,) the plane's normal and height, metres; zeros for none.
            lens: (4,) fx, fy, cx, cy.
            margin: metres above the floor that are left out, besides its noise.
        """
        self._fit(depth)
        keep = np.zeros(depth.shape, np.bool_)
        _foreground(depth, self._guess, floor, lens, margin, keep)
        return keep

    def due(self, time: float) -> bool:
        """Whether a picture of this time would teach anything; the last one may have been a moment ago."""
        return time < self._time or (self.steady and not time < self._time + _PAUSE)

    def learn(self, depth: Array, people: Array, time: float) -> None:
        """Take in a picture.

        Args:
            depth: (h, w) uint16 millimetres.
            people: (h, w) bool or int, true where people are: nothing is learned there but what lies farther than known.
            time: seconds; a step back or a new size starts anew.
        """
        if time < self._time:
            self.reset()
        self._fit(depth)
        if not self.due(time):
            return
        step = min(time - self._time, 0.2) if math.isfinite(self._time) else 0.0
        self._time = time
        there = np.ascontiguousarray(people, np.bool_)
        moved = _learn(depth, there, self._guess, self.far, self._candidate, self._stays, np.float32(step))
        _spread(self.far, self._guess)
        if moved > _MOVED * depth.size:
            moves = self._moves + 1
            self.reset()
            self._moves, self.steady = moves, moves < _MOVES

    def _fit(self, depth: Array) -> None:
        if self.far.shape != depth.shape:
            moves, steady = self._moves, self.steady
            self.reset()
            self._moves, self.steady = moves, steady
            self.far, self._candidate, self._stays, self._guess = (np.zeros(depth.shape, np.float32) for _ in range(4))


@numba.njit(cache=True, nogil=True)
def _foreground(depth: Array, far: Array, floor: Array, lens: Array, margin: float, keep: Array) -> None:
    a, b, c = floor[0] / lens[0], floor[1] / lens[1], floor[2]
    on_floor = floor[3] > 0
    for row in range(depth.shape[0]):
        for column in range(depth.shape[1]):
            d = np.float32(depth[row, column])
            if d == 0:
                continue
            known = far[row, column]
            if known > 0 and d > known - (_SLACK + _SLACK_FAR * d * d):
                continue
            if on_floor:
                z = 0.001 * d
                above = z * (a * (column - lens[2]) + b * (row - lens[3]) + c) + floor[3]
                if above < margin + 0.003 * z * z:
                    continue
            keep[row, column] = True


@numba.njit(cache=True, nogil=True)
def _learn(depth: Array, people: Array, guess: Array, far: Array, candidate: Array, stays: Array, step: float) -> int:
    moved = 0
    for row in range(depth.shape[0]):
        for column in range(depth.shape[1]):
            d = np.float32(depth[row, column])
            if d == 0:
                continue
            known = far[row, column]
            slack = np.float32(_SLACK) + np.float32(_SLACK_FAR) * d * d
            if known > 0 and abs(d - known) <= slack:
                far[row, column] += np.float32(0.05) * (d - known)
                stays[row, column] = 0
                continue
            if known == 0 and guess[row, column] > 0 and not people[row, column] and abs(d - guess[row, column]) <= slack:
                far[row, column] = d  # it lies on the line of what is known around it
                continue
            farther = known > 0 and d > known
            moved += farther and d > known + 4 * slack
            if abs(d - candidate[row, column]) > slack:
                candidate[row, column] = d
                stays[row, column] = 0
                continue
            candidate[row, column] += np.float32(0.2) * (d - candidate[row, column])
            stays[row, column] += step
            wait = _FARTHER if farther else _PERSON if people[row, column] else _FIRST if known == 0 else _NEARER
            if stays[row, column] >= wait:
                far[row, column] = candidate[row, column]
                stays[row, column] = 0
    return moved


@numba.njit(cache=True, nogil=True)
def _spread(far: Array, guess: Array) -> None:
    """What is known, and along each row straight lines between: a plane's depth is straight in 1 / z."""
    for row in range(far.shape[0]):
        left = -1
        for column in range(far.shape[1]):
            guess[row, column] = far[row, column]
            if far[row, column] == 0:
                continue
            if left >= 0 and column - left > 1:
                one, other = 1 / far[row, left], 1 / far[row, column]
                for at in range(left + 1, column):
                    guess[row, at] = 1 / (one + (other - one) * (at - left) / (column - left))
            left = column
