"""Face and hands drawn once more, each in a crop of its own: the fourth tier.

For each crop the keyframe whose hand or face has the most similar shape is found, bent to the pose and shown to a small net
together with what is drawn so far. The net says where to take the keyframe's pixels, and adds what both lack.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from ..types import Array
from .crop_frames import CROP, CropFrame, crop_frames
from .crop_pictures import bent, by_twos, crop_input, from_twos, stitched
from .person import Person
from .stages import Stage

__all__ = ["Crop", "CropRefiner"]

NET = "crops"
HOLD = 0.8  # a new keyframe must be nearer than this share of the old one's distance
FARTHEST = 12.0  # crop pixels of mean distance beyond which no keyframe's crop is of use


@dataclass(frozen=True, eq=False)
class Crop:
    """What is known of one crop before the net is asked.

    Attributes:
        frame: where it is.
        key: the keyframe it is drawn from; -1: none is like it.
        places: (64, 64, 2) float32, where on that keyframe's canvas each pixel is seen.
        told: (INPUTS, 64, 64) float32 for the net.
    """

    frame: CropFrame
    key: int
    places: Array
    told: Array


@dataclass(frozen=True, eq=False)
class _Held:
    """The keyframes' crops of one part: indices (m,), frames, shapes (m, k, 2), weights (m, k), penalties (m,)."""

    keys: Array
    frames: list[CropFrame]
    shapes: Array
    weights: Array
    cost: Array


class CropRefiner:
    """Redraws face and hands of a drawn picture. Safe to use from several threads.

    Args:
        person: whose keyframes and net ("crops") are used.
        threads: how many one run of the net may use.
        graph: bytes of another net than the person's.
    """

    def __init__(self, person: Person, *, threads: int = 1, graph: bytes | None = None) -> None:
        self.person = person
        graph = person.nets.get(NET) if graph is None else graph
        self._stage = None if graph is None else Stage(graph, threads)

    @property
    def available(self) -> bool:
        """Whether there is a net."""
        return self._stage is not None

    def choose(
        self, points: Array, scores: Array, *, before: Mapping[str, int] | None = None, allowed: Array | None = None
    ) -> dict[str, int]:
        """Which keyframe each part is drawn from: for `draw`, where poses come one after the other.

        Args:
            points: (133, 2) canvas pixels, NaN where missing.
            scores: (133,).
            before: what was chosen for the pose before: it is held on to unless another is clearly more similar.
            allowed: (n,) bool; keyframes that may be taken, all if None.
        """
        before = before or {}
        return {frame.part: self._nearest(frame, allowed, before.get(frame.part, -1)) for frame in crop_frames(points, scores)}

    def draw(
        self,
        picture: Array,
        points: Array,
        scores: Array,
        *,
        keys: Mapping[str, int] | None = None,
        allowed: Array | None = None,
    ) -> Array:
        """The picture with face and hands redrawn; what is drawn there stays where nothing better is known.

        Args:
            picture: (512, 512, 4) uint8, colour premultiplied by alpha; it is not changed.
            points: (133, 2) canvas pixels, NaN where missing.
            scores: (133,).
            keys: from `choose`; the most similar ones if None.
            allowed: (n,) bool; keyframes that may be taken, all if None.

        Returns:
            (512, 512, 4) uint8; the picture itself where there is no net or nothing to redraw.
        """
        if self._stage is None or not (crops := self.crops(picture, points, scores, keys=keys, allowed=allowed)):
            return picture
        answers = from_twos(self._stage.run(by_twos(np.stack([crop.told for crop in crops])))[0])
        made = picture.copy()
        for crop, answer in zip(crops, answers, strict=True):
            if crop.key < 0:
                answer[4] = 0
            stitched(made, self.person.keyframe(max(crop.key, 0)), crop.places, answer, crop.frame)
        return made

    def crops(
        self,
        picture: Array,
        points: Array,
        scores: Array,
        *,
        keys: Mapping[str, int] | None = None,
        allowed: Array | None = None,
    ) -> list[Crop]:
        """The crops of a picture, face first; arguments as for `draw`."""
        made = []
        for frame in crop_frames(points, scores):
            key = self._nearest(frame, allowed) if keys is None else keys.get(frame.part, -1)
            held = self._frame(frame.part, key)
            drawn = cv2.warpAffine(picture, frame.matrix, (CROP, CROP), flags=cv2.INTER_LINEAR)
            if held is None:
                places, kept = np.full((CROP, CROP, 2), -1e4, np.float32), np.zeros((CROP, CROP, 4), np.uint8)
            else:
                places = bent(frame, held)
                x, y = (np.ascontiguousarray(places[..., axis]) for axis in (0, 1))
                kept = cv2.remap(self.person.keyframe(key), x, y, cv2.INTER_LINEAR)
            made.append(Crop(frame, -1 if held is None else key, places, crop_input(drawn, kept, frame)))
        return made

    def _nearest(self, frame: CropFrame, allowed: Array | None, before: int = -1) -> int:
        """The keyframe whose crop of this part has the most similar shape; -1 if none is similar."""
        held = self._held.get(frame.part)
        if held is None:
            return -1
        weight = held.weights * np.where(np.isfinite(frame.points).all(axis=1), frame.scores, 0)
        apart = ((held.shapes - np.nan_to_num(frame.points)) ** 2).sum(axis=-1)
        cost = np.sqrt((apart * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)) + held.cost
        if allowed is not None:
            cost = np.where(np.asarray(allowed, bool)[held.keys], cost, np.inf)
        cost[held.keys == before] *= HOLD
        best = int(np.argmin(cost))
        return int(held.keys[best]) if cost[best] < FARTHEST else -1

    def _frame(self, part: str, key: int) -> CropFrame | None:
        """The crop of a keyframe, if it has one of this part."""
        held = self._held.get(part)
        if held is None or key not in held.keys:
            return None
        return held.frames[int(np.flatnonzero(held.keys == key)[0])]

    @functools.cached_property
    def _held(self) -> dict[str, _Held]:
        found: dict[str, list[tuple[int, CropFrame]]] = {}
        for key in range(len(self.person)):
            for frame in crop_frames(self.person.points[key], self.person.scores[key]):
                found.setdefault(frame.part, []).append((key, frame))
        return {
            part: _Held(
                np.array([key for key, _ in rows]),
                [frame for _, frame in rows],
                np.nan_to_num(np.stack([frame.points for _, frame in rows])),
                np.stack([np.where(np.isfinite(frame.points).all(axis=1), frame.scores, 0) for _, frame in rows]),
                np.array([4 * (1 - frame.room) for _, frame in rows]),
            )
            for part, rows in found.items()
        }
