"""What tells people apart besides place and size: their posture, the lengths of their bones, their colours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array, Frame, People
from .colours import BINS, colours

_LEAST = 0.1  # joints with a lower score are not looked at
_JOINT = 0.05**2  # how far a joint may be from where it was, moved along: squared heights
_POSTURE, _ALIKE = 2.0, 2.5  # weight of the mean over the joints, and its value that says nothing
_BONE = 0.4  # how much the logarithm of a bone's length in the picture varies from moment to moment
_BUILD, _LIKE = 0.3, 1.5  # weight of the mean over the bones, and its value that says nothing
_COLOUR, _SAME = 8.0, 0.8  # weight of likeness of colours, and its value that says nothing
_MOST = 2.0  # most that bones, or colours, may say for or against
_FRESH = 0.2  # share of a new look at bones and colours in what is remembered


@dataclass
class Traits:
    """Traits of n people: of a frame, or remembered of tracks.

    Attributes:
        joints: (n, k, 2) pixels, 0 where not seen.
        seen: (n, k) 1.0 where seen, else 0.0.
        bones: (n, b) logarithms of lengths in pixels, NaN where unknown.
        colours: (n, 54), 0 where unknown.
    """

    joints: Array
    seen: Array
    bones: Array
    colours: Array

    @classmethod
    def of(cls, people: People, image: Array | Frame | None) -> Traits:
        """What a frame shows."""
        seen = people.point_scores > _LEAST
        joints = np.where(seen[..., None], people.points[..., :2], 0).astype(np.float64)
        pairs = np.array(people.skeleton.bones, int).reshape(-1, 2)
        start, end = joints[:, pairs[:, 0]], joints[:, pairs[:, 1]]
        both = seen[:, pairs[:, 0]] & seen[:, pairs[:, 1]]
        bones = np.where(both, np.log(np.maximum(np.hypot(*np.moveaxis(end - start, -1, 0)), 1)), np.nan)
        look = np.zeros((len(people), BINS)) if image is None else colours(image, people.boxes)
        return cls(joints, seen.astype(np.float64), bones, look)

    @classmethod
    def unknown(cls, n: int, like: Traits) -> Traits:
        """N people of whom nothing is known yet."""
        k, b = like.seen.shape[1], like.bones.shape[1]
        return cls(np.zeros((n, k, 2)), np.zeros((n, k)), np.full((n, b), np.nan), np.zeros((n, BINS)))

    def __getitem__(self, rows: Array) -> Traits:
        return Traits(self.joints[rows], self.seen[rows], self.bones[rows], self.colours[rows])

    def joined(self, more: Traits) -> Traits:
        """These people and others."""
        return Traits(
            np.concatenate([self.joints, more.joints]),
            np.concatenate([self.seen, more.seen]),
            np.concatenate([self.bones, more.bones]),
            np.concatenate([self.colours, more.colours]),
        )

    def learn(self, rows: Array, new: Traits, moved: Array) -> None:
        """Remember what was seen of `rows`; joints that were not seen go along by `moved` (n, 2) pixels."""
        visible = new.seen > 0
        self.joints[rows] = np.where(visible[..., None], new.joints, self.joints[rows] + moved[:, None, :])
        self.seen[rows] = np.maximum(new.seen, 0.5 * self.seen[rows])  # a joint unseen for some frames is forgotten
        self.seen[rows] *= self.seen[rows] > 0.1
        old = self.bones[rows]
        mixed = old + _FRESH * (new.bones - old)
        self.bones[rows] = np.where(np.isnan(old), new.bones, np.where(np.isnan(new.bones), old, mixed))
        self._wear(rows, new.colours)

    def _wear(self, rows: Array, new: Array) -> None:
        old, fresh = self.colours[rows], new.any(axis=1)
        share = np.where(old.any(axis=1), _FRESH, 1.0) * fresh
        mixed = old + share[:, None] * (new - old)
        self.colours[rows] = mixed / np.maximum(np.linalg.norm(mixed, axis=1, keepdims=True), 1e-9)


def trait_likeness(tracks: Traits, new: Traits, moved: Array, scale: Array, loose: Array, pairs: tuple[Array, Array]) -> Array:
    """Log-odds that pairs are the same person.

    Args:
        tracks: what is remembered, of N tracks.
        new: what is seen, of n people.
        moved: (N, 2) pixels that each track should have moved since it was seen.
        scale: (N,) heights of the tracks in pixels.
        loose: (N,) variance of their place, squared heights.
        pairs: rows of `tracks` and rows of `new`, (m,) each.

    Returns:
        (m,); what is not known on both sides says nothing.
    """
    one, other = pairs
    return (
        _posture(tracks, new, moved, scale, loose, one, other)
        + _build(tracks.bones[one], new.bones[other])
        + _clothes(tracks.colours[one], new.colours[other])
    )


def _posture(tracks: Traits, new: Traits, moved: Array, scale: Array, loose: Array, one: Array, other: Array) -> Array:
    if not tracks.seen.shape[1]:
        return np.zeros(len(one))
    off = new.joints[other] - tracks.joints[one] - moved[one][:, None, :]
    square = (off * off).sum(axis=-1) / (scale**2 * (_JOINT + loose))[one][:, None]  # (m, k)
    weight = tracks.seen[one] * new.seen[other]
    total = weight.sum(axis=1)
    mean = (weight * np.log1p(square)).sum(axis=1) / np.maximum(total, 1e-9)
    return np.asarray(np.minimum(total / 4, 1) * _POSTURE * (_ALIKE - mean))


def _build(one: Array, other: Array) -> Array:
    if not one.shape[1]:
        return np.zeros(len(one))
    off = (one - other) / _BONE
    known = ~np.isnan(off)
    count = known.sum(axis=1)
    mean = np.where(known, off * off, 0).sum(axis=1) / np.maximum(count, 1)
    return np.asarray(np.where(count >= 3, (_BUILD * (_LIKE - mean)).clip(-_MOST, _MOST), 0))


def _clothes(one: Array, other: Array) -> Array:
    alike = (one * other).sum(axis=1)
    known = one.any(axis=1) & other.any(axis=1)
    return np.asarray(np.where(known, (_COLOUR * (alike - _SAME)).clip(-_MOST, _MOST), 0))
