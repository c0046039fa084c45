"""What glimpse calls the parts of a body, and what we call them."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ..bodies import PARTS, part_mirror
from ..types import Array

__all__ = ["flipped", "label_map", "named_by_map", "our_name"]

#: The order of labels in glimpse's trees since August 2018, in our names.
GLIMPSE_ORDER: tuple[str, ...] = (
    "background", "left_head", "right_head", "left_head_top", "right_head_top", "neck", "left_clavicle", "right_clavicle",
    "left_shoulder", "left_upper_arm", "right_shoulder", "right_upper_arm", "left_elbow", "left_forearm", "right_elbow",
    "right_forearm", "left_wrist", "left_hand", "right_wrist", "right_hand", "left_hip", "left_thigh", "right_hip",
    "right_thigh", "left_knee", "left_shin", "right_knee", "right_shin", "left_foot", "right_foot", "left_waist", "right_waist",
)  # fmt: skip


def our_name(name: str) -> str:
    """Our name of a part that others call "head top left" or "Left upper-arm"; unknown names stay as they are."""
    words = [word for word in re.split(r"[^a-z]+", name.lower()) if word]
    sides = [word for word in words if word in ("left", "right")]
    rest = [word for word in words if word not in ("left", "right")]
    ours = "_".join([*sides[:1], *rest])
    return ours if ours in PARTS else name


def _theirs(name: str) -> str:
    side, _, rest = name.partition("_")
    return f"{rest.replace('upper_arm', 'upper-arm').replace('_', ' ')} {side}" if side in ("left", "right") else name


def label_map(labels: tuple[str, ...]) -> list[dict[str, Any]]:
    """The `labels` of a tree or of a training set: name, number, and the label on the other side of the body."""
    mirror = flipped(labels)
    return [
        {"name": _theirs(name), "inputs": [index], **({"opposite": _theirs(labels[other])} if other != index else {})}
        for index, (name, other) in enumerate(zip(labels, mirror, strict=True))
    ]


def flipped(labels: tuple[str, ...]) -> list[int]:
    """The label that each becomes when the picture is mirrored."""
    swapped = {"left": "right", "right": "left"}

    def other(name: str) -> str:
        side, _, rest = name.partition("_")
        return f"{swapped[side]}_{rest}" if side in swapped else name

    return [labels.index(other(name)) if other(name) in labels else index for index, name in enumerate(labels)]


def named_by_map(flips: Array) -> tuple[str, ...] | None:
    """The names of labels that a mirror map alone tells: ours, or those of glimpse since August 2018; None when neither."""
    if np.array_equal(flips, part_mirror()):
        return PARTS
    return GLIMPSE_ORDER if np.array_equal(flips, flipped(GLIMPSE_ORDER)) else None
