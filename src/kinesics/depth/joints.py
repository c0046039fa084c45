"""One person's depth picture to joints in metres: three decoders on one interface.

`parts`: where the pixels of a part gather, pushed inwards along the ray (Shotton et al., 2011; what glimpse does).
`votes`: where the leaves' votes for a joint gather (Girshick et al., 2011; Shotton et al., 2013).
`fit`: the votes, read as a whole: a body that could be standing there, left and right decided for all of it at once, each joint
drawn to the votes near it as far as such votes have deserved.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ShapeError, UsageError
from ..types import Array, Camera
from .anatomy import VOTED, mirror_order
from .confidence import confidence_of
from .evidence import Evidence, gather_evidence
from .modes import climb
from .part_modes import part_proposals
from .perceptron import Perceptron
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
        self._learned: dict[str, Any] = dict(model.extras[decoder])
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
    net, worth = read_perceptron(fit), vote_worth(model.forest)

    def decode(depth: Array, camera: Camera, previous: Found | None) -> Found:
        seen = gather_evidence(model.forest, worth, votes["bandwidths"], depth, camera)
        if seen is None:
            return Found.nothing()
        body, spread, swap = whole_body(net, seen, previous)
        drawn, signs = draw_to_votes(seen, body, spread, votes["bandwidths"], fit["pull"], swap)
        chance = confidence_of(fit["confidence"], signs).astype(np.float32)
        return Found(drawn, chance, drawn[:, None], chance[:, None], swap)

    return decode


#: The decoders by name: from a model to the function that decodes.
DECODERS: dict[str, Callable[[DepthModel], Decode]] = {"fit": _fit_decoder, "votes": _votes_decoder, "parts": _parts_decoder}


def read_perceptron(arrays: Any) -> Perceptron:
    """The network out of its arrays."""
    return Perceptron(arrays["mean"], arrays["scale"], tuple(arrays[f"layer_{i}"] for i in range(6)), len(VOTED))


def whole_body(net: Perceptron, seen: Evidence, previous: Found | None) -> tuple[Array, Array, float]:
    """A body (23, 3) in camera axes, the spread of each joint (23,), and the chance that its sides are wrong."""
    joints, spreads, odds = net(seen.features()[None])
    body, spread, swap = joints[0] @ seen.turn + seen.centre, spreads[0], float(odds[0])
    mirror = mirror_order()
    if previous is not None and np.isfinite(previous.joints).any():
        as_is = np.nanmean(np.linalg.norm(body - previous.joints, axis=-1))
        other = np.nanmean(np.linalg.norm(body[mirror] - previous.joints, axis=-1))
        logit = np.log(max(swap, 1e-6) / max(1 - swap, 1e-6)) + float(np.clip((as_is - other) / 0.03, -4, 4))
        swap = float(1 / (1 + np.exp(-logit)))
    if swap > 0.5:
        body, spread, swap = body[mirror], spread[mirror], 1 - swap
    return body.astype(np.float32), spread, swap


#: Edges of the bins of how far, in spreads, the votes gather from the body's joint.
PULL_BINS = (0.5, 1.0, 1.75, 3.0)


def draw_to_votes(
    seen: Evidence, body: Array, spread: Array, bandwidths: Array, pull: Array, swap: float
) -> tuple[Array, Array]:
    """The body's joints drawn towards the votes that gather nearest, and the signs of doubt (23, 5).

    Args:
        seen: the evidence.
        body: (23, 3) joints of the whole body.
        spread: (23,) metres.
        bandwidths: (23,) metres.
        pull: (23, bins) share of the way to go, by how far it is.
        swap: chance that the sides are wrong.
    """
    points, weights, starts = seen.votes
    drawn, signs = body.copy(), np.zeros((len(body), 5))
    place = np.zeros(3)
    for j in range(len(body)):
        place[:] = body[j]
        strength = climb(points, weights, starts[j], starts[j + 1], place, float(bandwidths[j]), 6)
        way = place - body[j] if strength > 0 else np.zeros(3)
        far = float(np.linalg.norm(way))
        share = pull[j, np.searchsorted(PULL_BINS, far / spread[j])] if strength > 0 else 0.0
        drawn[j] = body[j] + share * way
        signs[j] = np.log(spread[j]), far, np.log(strength + 1e-6), swap, far > 3 * spread[j]
    return drawn, signs
