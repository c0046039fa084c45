"""One person's depth picture to joints in metres: three decoders on one interface.

`parts`: where the pixels of a part gather, pushed inwards along the ray (Shotton et al., 2011; what glimpse does).
`votes`: where the leaves' votes for a joint gather (Girshick et al., 2011; Shotton et al., 2013).
`fit`: the votes, read as a whole: a body that could be standing there, left and right decided for all of it at once, each joint
drawn to the votes near it as far as such votes have deserved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ShapeError, UsageError
from ..types import Array, Camera
from .anatomy import VOTED, mirror_order
from .cascade import Cascade, Guess, nearby, odds_of
from .confidence import confidence_of
from .evidence import Evidence, gather_evidence
from .part_modes import part_proposals
from .voting import vote_worth

if TYPE_CHECKING:
    from .model_file import DepthModel


@dataclass(frozen=True)
class Found:
    """Joints of one person.

    Attributes:
        joints: (23, 3) float32 metres in camera axes, in the order of `VOTED`; NaN where nothing is known.
        confidence: (23,) chance that the joint is within 10 cm of where it is said to be.
        proposals: (23, m, 3) all places considered, the best first.
        proposal_confidence: (23, m).
        swap: chance that left and right are exchanged.
    """

    joints: Array
    confidence: Array
    proposals: Array
    proposal_confidence: Array
    swap: float = 0.0

    @classmethod
    def nothing(cls) -> Found:
        """No pixel, no joint."""
        k = len(VOTED)
        none = np.full((k, 3), np.nan, np.float32)
        return cls(none, np.zeros(k, np.float32), none[:, None], np.zeros((k, 1), np.float32))


class JointFinder:
    """Finds the joints of one person.

    Args:
        model: a depth model with what its decoders learned.
        decoder: "fit", "votes" or "parts".

    Raises:
        UsageError: another decoder, or a model without what the decoder needs (a forest read from a foreign file has no votes).
    """

    def __init__(self, model: DepthModel, decoder: str = "fit") -> None:
        if decoder not in DECODERS:
            raise UsageError(f"decoder should be one of {', '.join(DECODERS)}, got {decoder!r}")
        if decoder not in model.extras:
            raise UsageError(f"this model has not learned the decoder {decoder!r}; it has {', '.join(model.extras) or 'none'}")
        self.model, self.decoder = model, decoder
        self._decode = DECODERS[decoder](model)

    def __call__(self, depth: Array, camera: Camera, *, previous: Found | None = None) -> Found:
        """Joints of the person whose pixels are not 0.

        Args:
            depth: (h, w) uint16 millimetres, 0 outside the person.
            camera: of this picture.
            previous: of the same person a moment ago: left and right stay as they were where the picture leaves it open.

        Raises:
            ShapeError: another kind of array, or a camera of another size.
        """
        if depth.dtype != np.uint16 or depth.ndim != 2:
            raise ShapeError(f"expected a picture (h, w) of uint16 millimetres, got {depth.shape} {depth.dtype}")
        if depth.shape != (camera.height, camera.width):
            raise ShapeError(f"the camera is {camera.width} x {camera.height}, the picture {depth.shape[1]} x {depth.shape[0]}")
        return self._decode(depth, camera, previous)


Decode = Callable[[Array, Camera, Found | None], Found]


def strength_signs(strengths: Array) -> Array:
    """(23, m, 3) signs of doubt of each mode: how strong, how strong beside the strongest, and its rank."""
    strong = np.log(strengths + 1e-6)
    best = strong.max(axis=1, keepdims=True)
    rank = np.broadcast_to(np.arange(strengths.shape[1]), strengths.shape)
    signs = np.stack([strong, strong - best, (rank > 0).astype(float)], axis=-1)
    signs[strengths <= 0] = np.nan
    return np.asarray(signs)


def _modes_found(modes: Array, strengths: Array, coefficients: Array) -> Found:
    chance = confidence_of(coefficients, strength_signs(strengths).transpose(1, 0, 2)).T.astype(np.float32)  # (23, m)
    order = np.argsort(-chance, axis=1, kind="stable")
    modes, chance = np.take_along_axis(modes, order[..., None], 1), np.take_along_axis(chance, order, 1)
    return Found(modes[:, 0].copy(), chance[:, 0].copy(), modes, chance)


def _parts_decoder(model: DepthModel) -> Decode:
    learned = model.extras["parts"]

    def decode(depth: Array, camera: Camera, previous: Found | None) -> Found:
        proposed = part_proposals(model.forest, depth, camera, learned["bandwidths"], learned["push"])
        return Found.nothing() if proposed is None else _modes_found(*proposed, learned["confidence"])

    return decode


def _votes_decoder(model: DepthModel) -> Decode:
    learned, worth = model.extras["votes"], vote_worth(model.forest)

    def decode(depth: Array, camera: Camera, previous: Found | None) -> Found:
        seen = gather_evidence(model.forest, worth, learned["bandwidths"], depth, camera)
        return Found.nothing() if seen is None else _modes_found(seen.modes, seen.strengths, learned["confidence"])

    return decode


def _fit_decoder(model: DepthModel) -> Decode:
    votes, fit = model.extras["votes"], model.extras["fit"]
    cascade, worth = Cascade.of(fit), vote_worth(model.forest)

    def decode(depth: Array, camera: Camera, previous: Found | None) -> Found:
        seen = gather_evidence(model.forest, worth, votes["bandwidths"], depth, camera)
        if seen is None:
            return Found.nothing()
        modes, strengths = seen.local_modes[None], seen.strengths[None]
        guess = cascade.first(seen.features()[None])
        if previous is not None:
            guess = remembered(guess, seen, previous)
        guess = cascade.better(guess.settled(), modes, strengths)
        drawn, signs = drawn_to_votes(guess, modes, strengths, fit["pull"])
        joints = (drawn[0] @ seen.turn + seen.centre).astype(np.float32)
        chance = confidence_of(fit["confidence"], signs)[0].astype(np.float32)
        return Found(joints, chance, joints[:, None], chance[:, None], float(guess.swap[0]))

    return decode


#: The decoders by name: from a model to the function that decodes.
DECODERS: dict[str, Callable[[DepthModel], Decode]] = {"fit": _fit_decoder, "votes": _votes_decoder, "parts": _parts_decoder}


_FIRM = 0.03  # metres by which a body must lie nearer to the one before to weigh as much as odds of e to 1


def remembered(guess: Guess, seen: Evidence, previous: Found) -> Guess:
    """The guess with its chance of exchanged sides as it is after what was seen a moment ago."""
    before = (previous.joints - seen.centre) @ seen.turn.T
    as_is = np.linalg.norm(guess.joints[0] - before, axis=-1)
    other = np.linalg.norm(guess.joints[0][mirror_order()] - before, axis=-1)
    known = np.isfinite(as_is) & np.isfinite(other)
    if not known.any():
        return guess
    odds = odds_of(guess.swap) + np.clip((as_is[known].mean() - other[known].mean()) / _FIRM, -4, 4)
    return Guess(guess.joints, guess.spread, 1 / (1 + np.exp(-odds)))


#: Edges of the bins of how far, in spreads, the votes gather from the body's joint.
PULL_BINS = (0.5, 1.0, 1.75, 3.0)


def drawn_to_votes(guess: Guess, modes: Array, strengths: Array, pull: Array) -> tuple[Array, Array]:
    """Bodies whose joints are drawn to the votes that gather near, (n, 23, 3), and the signs of doubt, (n, 23, 6).

    Args:
        guess: the bodies.
        modes: (n, 23, m, 3) in the same frame.
        strengths: (n, 23, m).
        pull: (23, bins) share of the way to go, by how far it is.
    """
    near = nearby(guess.joints, modes, strengths)
    far = np.linalg.norm(near.way, axis=-1)
    bins = np.searchsorted(PULL_BINS, far / guess.spread)
    share = np.where(near.strength > 0, pull[np.arange(pull.shape[0]), bins], 0.0)
    swap = np.broadcast_to(guess.swap[:, None], far.shape)
    top = np.linalg.norm(np.nan_to_num(modes[:, :, 0] - guess.joints, nan=0.5), axis=-1)
    signs = np.stack([np.log(guess.spread), far, near.strength, swap, np.minimum(top, 0.5), bins == len(PULL_BINS)], axis=-1)
    return guess.joints + share[..., None] * near.way, signs
