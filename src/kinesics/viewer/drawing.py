"""Draws a person in a pose, tier by tier: each adds to what the one before it drew."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from ..types import Array
from .composing import Layer, laid, over, warped
from .crops import CropRefiner
from .footage import SIZE
from .inputs import CELL, beside, core_input, gathered, raised, scattered
from .layers import arm_room, take_apart, trunk_plate
from .part_maps import part_maps
from .person import Person
from .retrieval import Choice, Retrieval
from .stages import Stage
from .warping import GRID, LAYERS, flow_field

__all__ = ["Artist", "Brief"]


@dataclass(frozen=True, eq=False)
class Brief:
    """What is to be drawn: a pose (133, 2) with scores (133,), and the keyframes chosen for it and its crops."""

    points: Array
    scores: Array
    choice: Choice
    crops: Mapping[str, int]


class Artist:
    """Draws a person.

    `begin` is called pose after pose, in order; `draw` may then be called from several threads at once.

    Args:
        person: whom.
        threads: how many one net may use; pictures side by side in threads of their own are faster than one in many.

    Attributes:
        tiers: names of what can be drawn, coarse to fine; each is a whole picture.
    """

    def __init__(self, person: Person, *, threads: int = 1) -> None:
        self.person, self.threads = person, threads
        self.retrieval = Retrieval(person.points, person.scores)
        self._before: dict[str, int] = {}
        nets = person.nets
        learned = [name for name, needs in (("t1", ("core", "refiner")), ("t2", ("head",))) if all(n in nets for n in needs)]
        self._crops = CropRefiner(person, threads=threads)
        whole = learned if learned[:1] == ["t1"] else []
        self.tiers: tuple[str, ...] = ("t0", *whole, *(["t3"] if self._crops.available else []))
        self._plate = trunk_plate(person)
        self._layers = functools.cache(self._apart)
        self._small = functools.cache(self._shrunk)
        self._stage = functools.cache(lambda name: Stage(person.nets[name], threads))

    def reset(self) -> None:
        """Forget the poses before: what comes is another clip."""
        self.retrieval.reset()
        self._before = {}

    def begin(self, points: Array, scores: Array, *, allowed: Array | None = None) -> Brief:
        """Choose the keyframes for a pose: (133, 2) canvas pixels, (133,) scores; only `allowed` (n,) ones if given."""
        points, scores = np.asarray(points, np.float32), np.asarray(scores, np.float32)
        choice = self.retrieval.choose(points, scores, allowed)
        if self._crops.available:
            self._before = self._crops.choose(points, scores, before=self._before, allowed=allowed)
        return Brief(points, scores, choice, self._before)

    def draw(self, brief: Brief, tier: int = -1) -> Array:
        """The person as (512, 512, 4) uint8, colour premultiplied by alpha.

        Args:
            brief: from `begin`.
            tier: index into `tiers`; the highest by default.
        """
        name = self.tiers[tier]
        picture = self._drawn(brief, self.tiers[-2] if name == "t3" else name)
        if name == "t3":
            picture = self._crops.draw(picture, brief.points, brief.scores, keys=brief.crops)
        return picture

    def _drawn(self, brief: Brief, name: str) -> Array:
        """Up to T2."""
        fields = self.fields(brief)
        if name == "t0":
            return self.composed(brief, fields)
        fields, features = self._corrected(brief, fields)
        picture = self.composed(brief, fields)
        small = cv2.resize(picture, (SIZE // 2, SIZE // 2), interpolation=cv2.INTER_AREA)
        residual, fine = self._stage("refiner").run(gathered(small, 2), features)
        near = beside(small[..., 3])
        picture = np.asarray(cv2.add(picture, raised(residual[0] * near), dtype=cv2.CV_8U))
        if name != "t1" and "head" in self.person.nets:
            scattered(picture, self._stage("head").run(gathered(picture, 4), fine)[0][0] * near, 4)
        return picture

    def fields(self, brief: Brief) -> Array:
        """(3, 64, 64, 2) float32: where each layer's keyframe shows what is wanted, canvas pixels."""
        person = self.person
        return np.stack(
            [
                flow_field(brief.points, brief.scores, person.points[key], person.scores[key], layer)
                for layer, key in zip(LAYERS, brief.choice.keys, strict=True)
            ]
        )

    def core_input(self, brief: Brief, fields: Array) -> Array:
        """(INPUTS, 64, 64) float32: what the core is told."""
        small = [self._small(key)[i] for i, key in enumerate(brief.choice.keys)]
        looks = [
            cv2.remap(s, *_places(f), cv2.INTER_LINEAR, borderValue=(0, 0, 0, 0)) for s, f in zip(small, fields, strict=True)
        ]
        return core_input(np.stack(looks), fields, part_maps(brief.points, brief.scores))

    def layers(self, key: int) -> tuple[Layer, Layer, Layer]:
        """Trunk, left and right arm of a keyframe; kept once made."""
        return self._layers(key)

    def _corrected(self, brief: Brief, fields: Array) -> tuple[Array, Array]:
        """The fields as the core would have them, and features (1, f, 64, 64) for the refiner."""
        answer = self._stage("core").run(self.core_input(brief, fields)[None])[0]
        better = fields + answer[0, :6].reshape(3, 2, GRID, GRID).transpose(0, 2, 3, 1) * np.float32(CELL)
        return better, answer[:, 6:]

    def composed(self, brief: Brief, fields: Array) -> Array:
        """(512, 512, 4) uint8: the layers moved by their fields (3, 64, 64, 2) and laid over each other."""
        keys = brief.choice.keys
        picture = warped(self.layers(keys[0])[0], fields[0])
        for side in (0, 1):
            room = arm_room(brief.points, brief.scores, side)
            x, y, width, height = (2 * v for v in cv2.boundingRect(room))
            if width:
                arm = warped(self.layers(keys[1 + side])[1 + side], fields[1 + side], (x, y, x + width, y + height))
                room = cv2.resize(room[y // 2 : (y + height) // 2, x // 2 : (x + width) // 2], (width, height))
                laid(arm, picture[y : y + height, x : x + width], room)
        return picture

    def _apart(self, key: int) -> tuple[Layer, Layer, Layer]:
        layers = take_apart(self.person, key, self._plate)
        return layers.trunk, layers.left, layers.right

    def _shrunk(self, key: int) -> list[Array]:
        return [cv2.resize(layer.whole(), (GRID, GRID), interpolation=cv2.INTER_AREA) for layer in self.layers(key)]

    over = staticmethod(over)


def _places(field: Array) -> tuple[Array, Array]:
    """Where to look in a picture of the coarse grid's size."""
    at = np.arange(GRID, dtype=np.float32)
    return field[..., 0] / np.float32(CELL) + at, field[..., 1] / np.float32(CELL) + at[:, None]
