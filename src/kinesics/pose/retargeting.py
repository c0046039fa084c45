"""A movement with the proportions of somebody else.

Each bone is changed by one factor for the whole clip, so that what was foreshortened stays so.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..types import Array, PoseSequence
from .contacts import keep_contacts
from .limbs import LEAST, PALMS, TYPICAL, head_of, lengths_of, need_whole_body
from .whole_body_names import FACE, FEET

__all__ = ["retarget"]

OFTEN = 0.5  # share of the moments in which feet must be seen to be stood on
SOFT = 0.1  # leg lengths by which one foot is above the other when it counts a third
STRETCH = 1.6  # a bone changes by this factor at most, beside the change of the whole
SIZES = ("shoulders", "hips", "torso", "neck", "upper_arm", "forearm", "thigh", "shin", "face_height", "face_width")
HEAD = ("face_height", "face_width", "ears", "eyes")
HAND = ("palm", "palm_width", "finger")


def retarget(
    clip: PoseSequence, lengths: Mapping[str, float], *, contacts: bool = True, own: Mapping[str, float] | None = None
) -> PoseSequence:
    """The same movement by bodies of other proportions; how large they are in the picture stays.

    From the middle of the shoulders outwards each bone is made longer or shorter by one factor for the whole clip: its typical
    length over there by that here (`limb_lengths`), beside the median of all such ratios, which is a matter of size. Hands move
    and scale with their wrists, face and feet with head and ankles. A bone that one of the two does not have is left as it is.
    Who stands on feet that are seen goes on standing there; else the shoulders stay where they are.

    Args:
        clip: of `wholebody133`; gaps should be filled first, a joint without its neighbour moves with the next one inwards.
        lengths: of the target, as `limb_lengths` gives them.
        contacts: hands that touch the face or each other go on doing so, arms give way (see `contacts`).
        own: lengths of who moves, as `limb_lengths` gives them, where more is known than this clip shows: live, a moment at a
            time; None: measured in the clip.
    """
    need_whole_body(clip, "retarget")
    points = clip.points.astype(float)
    for person in range(points.shape[1]):
        known = lengths_of(clip.points[:, person], clip.scores[:, person]) if own is None else own
        factors = _factors(known, lengths)
        old, new = points[:, person], _rebuilt(points[:, person], factors)
        if contacts and factors:
            head = head_of(old[..., :2]), head_of(new[..., :2])
            sizes = (
                known.get("face_height", 0.5 * known.get("shoulders", 0.0)),
                known.get("palm", 0.35 * known.get("forearm", 0.0)),
            )
            keep_contacts(old, new, head, sizes, (factors.get("head", 1.0), factors.get("hand", 1.0)))
        if "shin" in factors:
            new[..., :2] += _standing(old, new, clip.scores[:, person], clip.times)[:, None]
        points[:, person] = new
    return PoseSequence(points, clip.scores, clip.times, clip.skeleton, clip.ids, clip.size)


def _factors(own: Mapping[str, float], target: Mapping[str, float]) -> dict[str, float]:
    """How much longer each bone becomes, 1 where nothing is known."""
    ratios = {name: target[name] / own[name] for name in own if target.get(name, 0) > 0}
    whole = [ratios[name] for name in SIZES if name in ratios]
    if not whole:
        return {}
    size = float(np.median(whole))
    factors = {name: float(np.clip(ratio / size, 1 / STRETCH, STRETCH)) for name, ratio in ratios.items()}
    for part, names in (("head", HEAD), ("hand", HAND)):
        known = [factors[name] for name in names if name in factors]
        if known:
            factors[part] = float(np.exp(np.mean(np.log(known))))
    return factors


def _standing(old: Array, new: Array, scores: Array, times: Array) -> Array:
    """(t, 2) by which all must move so that the foot that stands, the lower one, is where it was."""
    ankles = [15, 16]
    sure = (scores[:, ankles] >= LEAST).all(axis=1)
    if sure.mean() < OFTEN or not sure.any():
        return np.zeros((len(old), 2))
    was, now = old[sure][:, ankles, :2], new[sure][:, ankles, :2]
    leg = np.nanpercentile(np.linalg.norm(old[sure][:, 11:13, :2] - was, axis=-1), TYPICAL)
    raised = (was[..., 1].max(axis=1, keepdims=True) - was[..., 1]) / max(SOFT * leg, 1e-6)
    weight = np.exp(-np.nan_to_num(raised, nan=0.0))[..., None]
    way = ((was - now) * weight).sum(axis=1) / weight.sum(axis=1)
    return np.stack([np.interp(times, times[sure], way[:, axis]) for axis in (0, 1)], axis=1)


def _rebuilt(old: Array, factors: Mapping[str, float]) -> Array:
    """(t, 133, 2) with every bone times its factor."""
    new = np.full_like(old, np.nan)
    middle = old[:, [5, 6], :2].mean(axis=1)
    middle = np.where(np.isnan(middle), np.where(np.isnan(old[:, 5, :2]), old[:, 6, :2], old[:, 5, :2]), middle)
    new[..., 2:] = old[..., 2:]

    def put(joints: Array | list[int], anchor: Array, moved: Array, name: str) -> None:
        """Joints at `moved` plus their way from `anchor`, times the factor."""
        place = moved[:, None] + factors.get(name, 1.0) * (old[:, joints, :2] - anchor[:, None])
        new[:, joints, :2] = np.where(np.isnan(place), old[:, joints, :2], place)  # what hangs on nothing stays

    def follow(chain: list[tuple[int, str]]) -> None:
        """Joint after joint along a limb; where one is missing, the next hangs on the one before it."""
        joint, name = chain[0]
        anchor, moved = old[:, joint, :2], new[:, joint, :2]
        for joint, name in chain[1:]:
            put([joint], anchor, moved, name)
            lost = np.isnan(old[:, joint, :1])
            anchor, moved = np.where(lost, anchor, old[:, joint, :2]), np.where(lost, moved, new[:, joint, :2])

    put([5, 6], middle, middle, "shoulders")
    hips = old[:, [11, 12], :2].mean(axis=1)
    hips = np.where(np.isnan(hips), np.where(np.isnan(old[:, 11, :2]), old[:, 12, :2], old[:, 11, :2]), hips)
    put([11, 12], hips, middle + factors.get("torso", 1.0) * (hips - middle), "hips")
    head = head_of(old[..., :2])
    put([*range(5), *FACE], head, middle + factors.get("neck", 1.0) * (head - middle), "head")
    for s, palm in enumerate(PALMS):
        follow([(5 + s, ""), (7 + s, "upper_arm"), (9 + s, "forearm"), (palm, "hand")])
        root = np.where(np.isnan(old[:, palm, :1]), 9 + s, palm)  # a hand hangs on its own wrist, else on the body's
        anchor, moved = (np.take_along_axis(all_[..., :2], root[..., None], axis=1)[:, 0] for all_ in (old, new))
        put(list(range(palm + 1, palm + 21)), anchor, moved, "hand")
        follow([(11 + s, ""), (13 + s, "thigh"), (15 + s, "shin")])
        put(list(FEET[3 * s : 3 * s + 3]), old[:, 15 + s, :2], new[:, 15 + s, :2], "foot")
    return new
