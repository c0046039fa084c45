"""One person at one moment, and what is remembered of the person's size and place from the start pose."""

from __future__ import annotations

import functools
import math

import numpy as np

from ...types import Array, Skeleton

__all__ = ["BONES", "Body", "Stature"]

SEEN = 0.3  # a joint with a lower score is not measured
PAIRED = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index", "ear", "eye")

# lengths of bones in heights (Drillis and Contini 1966, in Winter 2009: Biomechanics and Motor Control of Human Movement)
BONES = {
    "shoulder-elbow": 0.186,
    "elbow-wrist": 0.146,
    "hip-knee": 0.245,
    "knee-ankle": 0.246,
    "shoulder-hip": 0.288,
    "shoulders-hips": 0.288,
}
SLOWER = 8.0  # how much slower a bone shrinks than it grows
ALIKE = 0.9  # bones of one scale are at least this alike
SURE = 0.1  # a bone shortened by less than this share may as well be noise; its depth fades in up to there


@functools.cache
def _bone(a: str, b: str) -> str:
    """The key of a bone without its side; "" for what is no bone."""
    a, b = (name.removeprefix("left_").removeprefix("right_") for name in (a, b))
    return f"{a}-{b}" if f"{a}-{b}" in BONES else f"{b}-{a}" if f"{b}-{a}" in BONES else ""


@functools.cache
def _rows(skeleton: Skeleton) -> dict[str, tuple[int, ...]]:
    """Rows of each joint; of both sides for a name such as "hips"."""
    rows: dict[str, tuple[int, ...]] = {name: (i,) for i, name in enumerate(skeleton.joints)}
    for part in PAIRED:
        pair = tuple(rows[name][0] for name in (f"left_{part}", f"right_{part}") if name in rows)
        if pair:
            rows[f"{part}s"] = pair
    return rows


class Stature:
    """What lasts from frame to frame: true lengths of bones, and where the feet stood; units of the joints."""

    def __init__(self) -> None:
        self.bones: dict[str, float] = {}
        self.place: Array | None = None
        self._calm: dict[str, float] = {}

    def forget(self) -> None:
        """Sizes are not known any more."""
        self.bones, self._calm = {}, {}

    def learn(self, body: Body) -> None:
        """Take the bones as they are seen."""
        self.bones = {bone: seen for bone in BONES if (seen := body.seen_length(bone)) > 0}
        self._calm = dict(self.bones)

    def follow(self, body: Body, share: float) -> None:
        """Move towards what a start pose shows.

        A person who comes nearer or goes away changes all bones alike, one who begins to bend only some: what all have in
        common is taken up quickly; each bone by itself grows quickly and shrinks slowly.
        """
        for bone in BONES:
            length = body.seen_length(bone)
            if length > 0:
                known = self._calm.get(bone, length)
                self._calm[bone] = known + share * (length - known)
        seen = self._calm
        ratios = [seen[bone] / long for bone, long in self.bones.items() if bone in seen] or [1.0]
        scale = max(min(ratios), min(max(ratios), 1.0)) ** share
        for bone, length in seen.items():
            known = self.bones.get(bone, length) * scale
            self.bones[bone] = known + (share if length > known else share / SLOWER) * (length - known)

    def alike(self, body: Body, bones: tuple[str, ...]) -> bool:
        """Whether bones look as they are known, but for the scale."""
        ratios = [body.seen_length(bone) / self.bones[bone] for bone in bones if self.bones.get(bone, 0) > 0] or [1.0]
        return min(ratios) >= ALIKE * max(ratios)

    def stand(self, body: Body, share: float) -> None:
        """Follow the place of the feet."""
        here = body.ground()
        if here is not None:
            self.place = here if self.place is None else self.place + share * (here - self.place)


class Body:
    """One person at one moment.

    Args:
        points: (k, 2) in any unit, y down, or (k, 3) metres.
        scores: (k,).
        skeleton: names the joints.
        stature: what is known of this person; None: nothing.
    """

    def __init__(self, points: Array, scores: Array, skeleton: Skeleton, stature: Stature | None = None) -> None:
        self.points, self.scores = points, scores
        self.skeleton, self.stature = skeleton, stature
        self.flat = points.shape[-1] == 2
        self._joints: dict[str, tuple[Array, float]] = {}
        self._seen: dict[str, float] = {}

    def bare(self) -> Body:
        """The same body, of which nothing is known but what is seen."""
        body = Body(self.points, self.scores, self.skeleton)
        body._joints, body._seen = self._joints, self._seen
        return body

    def joint(self, name: str) -> tuple[Array, float]:
        """Place and score of a joint, or of the middle of both sides ("hips"); NaN and 0 where it is not seen."""
        known = self._joints.get(name)
        if known is None:
            rows = [row for row in _rows(self.skeleton).get(name, ()) if self.scores[row] >= SEEN]
            if len(rows) == 1:
                known = self.points[rows[0]].astype(float), float(self.scores[rows[0]])
            elif rows:
                known = (
                    (self.points[rows[0]] + self.points[rows[1]]) / 2.0,
                    float(min(self.scores[rows[0]], self.scores[rows[1]])),
                )
            else:
                known = np.full(self.points.shape[1], np.nan), 0.0
            self._joints[name] = known
        return known

    def depth(self, a: str, b: str, line: Array) -> float:
        """How far a bone, seen as `line`, reaches towards or away from the camera; 0 in 3D or where its length is not known."""
        long = self.stature.bones.get(_bone(a, b), 0.0) if self.flat and self.stature else 0.0
        if long <= 0:
            return 0.0
        short = 1 - math.hypot(*line) / long
        return long * math.sqrt(max(2 * short - short**2, 0.0)) * min(max(short / SURE, 0.0), 1.0)

    def length(self, a: str, b: str) -> float:
        """True length of a bone where known, else as seen."""
        known = self.stature.bones.get(_bone(a, b), 0.0) if self.stature else 0.0
        return known or float(np.linalg.norm(self.joint(a)[0] - self.joint(b)[0]))

    def seen_length(self, bone: str) -> float:
        """A bone as seen now, mean of the sides that are seen; 0 where neither is."""
        if bone not in self._seen:
            self._seen[bone] = self._measured(bone)
        return self._seen[bone]

    def _measured(self, bone: str) -> float:
        a, b = bone.split("-")
        pairs = [(a, b)] if a.endswith("s") else [(f"{side}_{a}", f"{side}_{b}") for side in ("left", "right")]
        lengths = [
            math.hypot(*(self.joint(p)[0] - self.joint(q)[0])) for p, q in pairs if self.joint(p)[1] and self.joint(q)[1]
        ]
        return sum(lengths) / len(lengths) if lengths else 0.0

    def whole(self, bones: tuple[str, ...], least: float) -> bool:
        """Whether bones stand to each other as in a body: none shorter than `least` of what the longest lets expect."""
        sizes = [size for size in (self.seen_length(bone) / BONES[bone] for bone in bones) if size > 0]
        return not self.flat or not sizes or min(sizes) >= least * max(sizes)

    def leg(self) -> float:
        """Hip to knee to ankle, true lengths where known."""
        known = self.stature.bones if self.stature else {}
        return sum(known.get(bone) or self.seen_length(bone) for bone in ("hip-knee", "knee-ankle"))

    def size(self) -> float:
        """Height of the standing body, guessed from the longest-looking bone."""
        return max((self.seen_length(bone) / share for bone, share in BONES.items()), default=0.0)

    def ground(self) -> Array | None:
        """Where the body stands: (1,) sideways, or (2,) on the floor in 3D; None where neither ankles nor hips are seen."""
        place, score = self.joint("ankles")
        if score <= 0:
            place, score = self.joint("hips")
        return place[[0]] if score > 0 and self.flat else place[[0, 2]] if score > 0 else None

    def travel(self) -> tuple[float, float]:
        """How far it stands from where the stature has it, in leg lengths, and a score; 0 until a place is known."""
        here, leg = self.ground(), self.leg()
        if here is None or leg <= 0:
            return math.nan, 0.0
        if self.stature is None or self.stature.place is None:
            return 0.0, 1.0
        return float(np.linalg.norm(here - self.stature.place)) / leg, 1.0
