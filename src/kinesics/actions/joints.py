"""Joints of one skeleton found in another by their names, whatever a data set calls them; what is missing and can be, computed.

A name is read as a side and a part of the body (`LShoulder`, `left shoulder`, `ShoulderLeft` are one). Parts have synonyms
(`pelvis`, `hip_center`, `SpineBase`), and stand-ins: the wrist for a hand that is not there, the middle of the shoulders for a
neck. A joint that has neither is missing.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import UsageError
from ..types import Array, PoseSequence, Skeleton
from ..types.joint_names import BODY, part_of, parts_of
from ..types.sides import mirror_pairs, words

__all__ = ["JointMap", "common_skeleton", "joint_map", "map_joints", "mirror_of", "part_of"]

LEAST = 0.5  # share of the wanted joints that has to be found
FEWEST = 5  # joints that skeletons must have in common

# What may stand in, in this order; several names mean their middle.
STAND_INS: dict[str, tuple[tuple[str, ...], ...]] = {
    "head": (("nose",), ("left ear", "right ear"), ("left eye", "right eye")),
    "nose": (("head",),),
    "neck": (("left shoulder", "right shoulder"),),
    "hips": (("left hip", "right hip"),),
    "spine": (("neck", "hips"),),
    "left wrist": (("left hand",),),
    "right wrist": (("right hand",),),
    "left hand": (("left wrist",),),
    "right hand": (("right wrist",),),
    "left ankle": (("left foot",), ("left heel",)),
    "right ankle": (("right foot",), ("right heel",)),
    "left foot": (("left ankle",),),
    "right foot": (("right ankle",),),
}


def mirror_of(names: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Pairs (left, right) of indices of joints whose names differ in the side alone."""
    return mirror_pairs(tuple(names))


@dataclass(frozen=True)
class JointMap:
    """How each joint of `target` is made of the joints of `source`: a weighted mean of up to four.

    Attributes:
        index: (k, 4) joints of the source.
        weight: (k, 4), rows sum to 1; 0 all along where the source has nothing for a joint.
    """

    source: Skeleton
    target: Skeleton
    index: Array
    weight: Array

    @property
    def found(self) -> Array:
        """(k,) whether the source has something for each joint of the target."""
        return np.asarray(self.weight.any(axis=1))

    def apply(self, points: Array, scores: Array) -> tuple[Array, Array]:
        """(…, k_source, d) and (…, k_source) to the joints of the target; NaN and 0 where anything needed is missing."""
        moved = (points[..., self.index, :] * self.weight[:, :, None]).sum(-2)  # (…, k, 4, d) -> (…, k, d)
        sure = np.where(self.found, scores[..., self.index].min(-1), 0)
        return np.where((sure > 0)[..., None], moved, np.nan).astype(np.float32), sure.astype(np.float32)


@functools.lru_cache(256)
def joint_map(source: Skeleton, target: Skeleton) -> JointMap:
    """Find the joints of `target` in `source`.

    Raises:
        UsageError: fewer than half of them (of those of the body, where there are more, as in a face) are there; what is
            missing is named.
    """
    rows = _rows(source, target)
    index, weight = np.zeros((len(target), 4), np.int64), np.zeros((len(target), 4), np.float32)
    for k, row in enumerate(rows):
        for place, (joint, share) in enumerate(row.items()):
            index[k, place:], weight[k, place] = joint, share
    asked = [k for k, name in enumerate(target.joints) if part_of(name)[0] in BODY]
    asked = asked if len(asked) >= FEWEST else list(range(len(target)))  # hands and faces have to be there themselves
    missing = [target.joints[k] for k in asked if not rows[k]]
    if len(missing) > (1 - LEAST) * len(asked):
        names = ", ".join(missing[:6]) + (f" and {len(missing) - 6} more" if len(missing) > 6 else "")
        raise UsageError(f"the joints of {source.name} do not fit those of {target.name}: it has nothing for {names}")
    return JointMap(source, target, index, weight)


def _rows(source: Skeleton, target: Skeleton) -> list[dict[int, float]]:
    """For each joint of the target the joints of the source with their shares; nothing where there is none."""
    if source.joints == target.joints:
        return [{k: 1.0} for k in range(len(target))]
    known, meant = parts_of(source), parts_of(target)
    plain = {words(name): k for k, name in enumerate(source.joints)}
    rows = []
    for k, name in enumerate(target.joints):
        part = next((part for part, joint in meant.items() if joint == k), "")
        exact = plain.get(words(name))
        rows.append(_made_of(part, known) or ({} if exact is None else {exact: 1.0}))
    return rows


def _made_of(part: str, known: dict[str, int], deep: bool = True) -> dict[int, float]:
    """The joints a part is, or is the middle of."""
    if part in known:
        return {known[part]: 1.0}
    for names in STAND_INS.get(part, ()) if deep else ():
        halves = [_made_of(name, known, len(names) > 1) for name in names]
        if all(halves):
            row: dict[int, float] = {}
            for half in halves:
                for joint, share in half.items():
                    row[joint] = row.get(joint, 0.0) + share / len(halves)
            return row
    return {}


def map_joints(clip: PoseSequence, skeleton: Skeleton) -> PoseSequence:
    """The clip with the joints of another skeleton, found by their names.

    Raises:
        UsageError: fewer than half of the joints are there; those that are missing are named.
    """
    if clip.skeleton.joints == skeleton.joints:
        same = clip.skeleton == skeleton
        return clip if same else PoseSequence(clip.points, clip.scores, clip.times, skeleton, clip.ids, clip.size)
    points, scores = joint_map(clip.skeleton, skeleton).apply(clip.points, clip.scores)
    return PoseSequence(points, scores, clip.times, skeleton, clip.ids, clip.size)


def common_skeleton(skeletons: Sequence[Skeleton]) -> Skeleton:
    """The joints that all of these bodies have or can be given; the body itself if it is one.

    Of the bodies the one is taken that keeps most joints; a joint for which another body has only a stand-in that is a joint
    of its own (the wrist for the hand) is left out.

    Raises:
        UsageError: fewer than five joints are common.
    """
    bodies = {body.joints: body for body in skeletons}
    if not bodies:
        raise UsageError("common_skeleton: expected at least one skeleton, got none")
    if len(bodies) == 1:
        return skeletons[0]
    kept = [(_shared(base, list(bodies.values())), base) for base in bodies.values()]
    shared, base = max(kept, key=lambda pair: len(pair[0]))
    if len(shared) < FEWEST:
        names = ", ".join(body.name for body in bodies.values())
        some = ", ".join(base.joints[k] for k in shared) or "none"
        raise UsageError(f"the skeletons {names} have too few joints in common ({some}); train on one of them")
    return _restrict(base, shared)


def _shared(base: Skeleton, bodies: list[Skeleton]) -> list[int]:
    kept = list(range(len(base)))
    for body in bodies:
        rows = _rows(body, base)
        taken: set[tuple[int, ...]] = set()
        left = []
        for k in sorted(kept, key=lambda k: part_of(base.joints[k])[0] not in parts_of(body)):  # the true owner comes first
            makers = tuple(sorted(rows[k]))
            if makers and makers not in taken:
                taken.add(makers)
                left.append(k)
        kept = sorted(left)
    return kept


def _restrict(body: Skeleton, kept: list[int]) -> Skeleton:
    """The body with some of its joints; a bone that led to one that is gone leads on to the next."""
    bones = [set(bone) for bone in body.bones]
    for gone in sorted(set(range(len(body))) - set(kept)):
        near = sorted({other for bone in bones if gone in bone for other in bone} - {gone})
        bones = [bone for bone in bones if gone not in bone] + [{near[0], other} for other in near[1:]]
    place = {k: i for i, k in enumerate(kept)}
    lines = sorted({(place[min(bone)], place[max(bone)]) for bone in bones if len(bone) == 2})
    names = tuple(body.joints[k] for k in kept)
    sigmas = tuple(body.sigmas[k] for k in kept) if body.sigmas else ()
    return Skeleton(f"{body.name}-{len(kept)}", names, tuple(lines), mirror_pairs(names), sigmas)
