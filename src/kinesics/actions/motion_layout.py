"""The body that embeddings of motion read: thirteen joints that every tracker of whole bodies has, by name."""

from __future__ import annotations

from ..types import Skeleton
from .layout import Layout

__all__ = ["BODY", "motion_layout"]

_NAMES = ("head", *(f"{s}_{n}" for n in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle") for s in ("left", "right")))
_BONES = ((0, 1), (0, 2), (1, 2), (1, 3), (3, 5), (2, 4), (4, 6), (1, 7), (2, 8), (7, 8), (7, 9), (9, 11), (8, 10), (10, 12))
BODY = Skeleton("body13", _NAMES, _BONES, tuple((i, i + 1) for i in range(1, 13, 2)))
RATE = 12.0  # moments a second; hands that go to and fro do so up to about four times


def motion_layout(dims: int) -> Layout:
    """How clips of `BODY` become features; in 3D where somebody faces is taken out."""
    return Layout(
        joints=BODY.joints,
        bones=BODY.bones,
        pairs=tuple((i, j) for i in range(len(BODY)) for j in range(i)),
        mirror=tuple(int(i) for i in BODY.mirror_order),
        roots=(7, 8),
        necks=(1, 2),
        across=((1, 2), (7, 8)),
        dims=dims,
        people=1,
        rate=RATE,
        turn=dims == 3,
        seconds=(0.5, 2.0, 6.0),
    )
