"""What the crop net learns from: faces and hands as they were drawn, beside how they really looked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from ..errors import JobError
from ..types import Array
from .crop_frames import CROP
from .crops import CropRefiner
from .footage import Footage
from .person import Person

if TYPE_CHECKING:
    from .drawing import Artist

__all__ = ["CropLessons", "CropSample", "crop_lessons", "crop_samples"]


@dataclass(frozen=True, eq=False)
class CropSample:
    """A frame as it was drawn and as it was.

    Attributes:
        drawn: (512, 512, 4) uint8, premultiplied: by the tiers below, from other moments' keyframes.
        real: (512, 512, 4) uint8, premultiplied.
        points: (133, 2) canvas pixels.
        scores: (133,).
        allowed: (n,) bool, keyframes that are not of this moment; None for all.
    """

    drawn: Array
    real: Array
    points: Array
    scores: Array
    allowed: Array | None = None


@dataclass(frozen=True, eq=False)
class CropLessons:
    """m crops to learn from.

    Attributes:
        told: (m, INPUTS, 64, 64) uint8, what the net is told, 255 for 1.
        real: (m, 4, 64, 64) uint8, what should come out.
        room: (m,) float32, how much each is to be trusted.
    """

    told: Array
    real: Array
    room: Array

    def __len__(self) -> int:
        return len(self.told)

    @classmethod
    def joined(cls, parts: Iterable[CropLessons]) -> CropLessons:
        """Those of several persons together."""
        held = list(parts)
        return cls(*(np.concatenate([getattr(part, name) for part in held]) for name in ("told", "real", "room")))


def crop_samples(
    artist: Artist, footage: Footage, allowed: Array, *, tier: int = -1, most: int = 400, seed: int = 0
) -> Iterator[CropSample]:
    """Frames of a footage as an artist draws them, beside what they are.

    Args:
        artist: of the person; its poses before are forgotten.
        footage: of the same person.
        allowed: (frames, keyframes) bool, keyframes each frame may be drawn from: none of its own moment.
        tier: index into the artist's tiers.
        most: frames, chosen at random.
        seed: of the choice.
    """
    usable = np.flatnonzero(np.asarray(allowed).any(axis=1))
    for at in np.sort(np.random.default_rng(seed).permutation(usable)[:most]).tolist():
        points, scores = footage.points[at], footage.scores[at]
        artist.reset()
        drawn = artist.draw(artist.begin(points, scores, allowed=allowed[at]), tier)
        yield CropSample(drawn, _cut_out(footage, at), points, scores, allowed[at])


def crop_lessons(person: Person, samples: Iterable[CropSample]) -> CropLessons:
    """The crops of samples, each with the keyframe that is retrieved for it.

    Raises:
        JobError: no sample shows a face or a hand.
    """
    refiner = CropRefiner(person)
    told, real, room = [], [], []
    for sample in samples:
        for crop in refiner.crops(sample.drawn, sample.points, sample.scores, allowed=sample.allowed):
            told.append(np.rint(crop.told * 255).astype(np.uint8))
            cut = cv2.warpAffine(sample.real, crop.frame.matrix, (CROP, CROP), flags=cv2.INTER_LINEAR)
            real.append(cut.transpose(2, 0, 1))
            room.append(crop.frame.room)
    if not told:
        raise JobError("no frame shows a face or a hand: there is nothing to teach a crop net")
    return CropLessons(np.stack(told), np.stack(real), np.array(room, np.float32))


def _cut_out(footage: Footage, at: int) -> Array:
    """(512, 512, 4) uint8 premultiplied: a frame without what is behind the person."""
    alpha = footage.alpha[at].astype(np.float32)[..., None]
    seen = footage.pictures[at].astype(np.float32)
    if footage.background is None:
        own = seen * (alpha / 255)
    else:
        own = np.clip(seen - footage.background * (1 - alpha / 255), 0, alpha)
    return np.asarray(np.rint(np.concatenate([own, alpha], axis=2)), np.uint8)
