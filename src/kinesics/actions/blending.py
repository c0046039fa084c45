"""How random convolutions learn beside the network: from other performances of the clips, and from their beginnings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..types.arrays import Array
from .augment import Strength, augment
from .calibration import SHARES
from .features import Features
from .ridge import RidgeHead
from .rocket import RocketEncoder
from .training_set import TrainingSet

__all__ = ["RocketPart", "learn_rocket", "performances", "sizes"]

BEGINNINGS = SHARES[:-1]  # shares of a clip
COPIES = 3  # of each clip, the clip itself among them, where there are few
ROWS = 2000  # of a ridge regression, at most, so that it says of each what it would not having seen it
MOST = 490_000  # numbers in a model
SMALLER = ((252, True), (252, False), (126, False), (63, False), (30, False))  # mixtures, and whether for beginnings too


@dataclass(frozen=True)
class RocketPart:
    """Random convolutions and their heads.

    Attributes:
        encoder: fitted.
        late, early: for whole actions, and for beginnings; None where there is none.
        left_out: share seen -> logits (n, c) of pieces by heads that did not learn from them or their subject, labels (n,).
    """

    encoder: RocketEncoder
    late: RidgeHead
    early: RidgeHead | None
    left_out: dict[float, tuple[Array, Array]]


def sizes(channels: int, classes: int, taken: int) -> tuple[int, bool]:
    """Mixtures, and whether there is a head for beginnings, so that a model that has `taken` numbers stays small."""
    for mixtures, early in SMALLER:
        columns = sum(RocketEncoder(mixtures).widths(channels))
        if taken + columns * classes * (2 if early else 1) + 3 * columns <= MOST:
            break
    return mixtures, early


def performances(
    data: TrainingSet, features: Features, strength: Strength, copies: int, rng: np.random.Generator
) -> tuple[list[Array], Array]:
    """Features (t, c) of pieces as they are and as they might be, and which piece each is of.

    3D pieces for a model of pictures are always seen from somewhere.
    """
    flat = data.points.shape[-1] != features.layout.dims
    clips: list[Array] = []
    for copy in range(copies):
        points, known, lengths = data.points, data.known, data.lengths
        if flat or copy:
            points, known, lengths = augment(points, known, lengths, features.layout, strength, rng)
        x = features.of(points, known)
        clips += [x[i, : lengths[i]] for i in range(len(x))]
    return clips, np.tile(np.arange(len(data)), copies)


def learn_rocket(
    data: TrainingSet,
    labels: Array,
    classes: int,
    features: Features,
    *,
    strength: Strength,
    subjects: Sequence[str],
    mixtures: int,
    early: bool,
    seed: int,
) -> RocketPart:
    """Random convolutions, and their heads for whole actions and for beginnings.

    Args:
        data: n pieces of clips.
        labels: (n,) class of each piece.
        classes: how many there are.
        features: standardised.
        strength: how far other performances may differ.
        subjects: of each piece, "" unknown; they stay together when answers are left out.
        mixtures: of channels.
        early: whether a head for beginnings is wanted.
        seed: of all chance.
    """
    rng = np.random.default_rng(seed)
    if len(data) > ROWS:
        rows = np.sort(rng.permutation(len(data))[:ROWS])
        rows = np.union1d(rows, [np.flatnonzero(labels == label)[0] for label in np.unique(labels)])
        data = replace(
            data, points=data.points[rows], known=data.known[rows], lengths=data.lengths[rows], clips=data.clips[rows]
        )
        labels, subjects = labels[rows], [subjects[i] for i in rows]
    copies = int(np.clip(ROWS // len(data), 1, COPIES))
    clips, of = performances(data, features, strength, copies, rng)
    encoder = RocketEncoder(mixtures).fit(clips, seed)
    whole = np.empty((len(clips), sum(encoder.widths(clips[0].shape[1]))), np.float32)
    some = set(rng.permutation(len(data))[: ROWS // len(BEGINNINGS)].tolist()) if early else set()
    begun = []
    for i, clip in enumerate(clips):
        z = encoder.encode(clip, encoder.start())[0]
        whole[i] = z.mean(0)
        if i in some:
            begun += [z[: int(np.ceil(share * len(z)))].mean(0) for share in BEGINNINGS]
    who = [subjects[i] or f"\0{data.clips[i]}" for i in of]

    def head(pooled: Array, rows: Array) -> RidgeHead:
        groups = np.unique([who[i] for i in rows], return_inverse=True)[1]
        blocks = encoder.widths(clips[0].shape[1])
        return RidgeHead(clips[0].shape[1], blocks).fit(pooled, labels[of[rows]], classes, groups, seed)

    late, beginnings = head(whole, np.arange(len(clips))), None
    left_out = {} if late.left_out_ is None else {1.0: (late.left_out_[: len(data)], labels)}
    if early:
        rows = np.array(sorted(some))
        beginnings = head(np.stack(begun), np.repeat(rows, len(BEGINNINGS)))
        if beginnings.left_out_ is not None:
            each = beginnings.left_out_.reshape(len(rows), len(BEGINNINGS), classes)
            left_out |= {share: (each[:, i], labels[rows]) for i, share in enumerate(BEGINNINGS)}
    return RocketPart(encoder, late, beginnings, left_out)
