"""Which joints a depth picture is asked for, and how the built-in skeletons are made of them."""

from __future__ import annotations

import functools

import numpy as np

from ..errors import UsageError
from ..types import Array, skeleton
from ..types.sides import across

#: Joints that the leaves of a forest vote for: those of kinect20, and what tells a face from the back of a head.
VOTED: tuple[str, ...] = (*skeleton("kinect20").joints, "nose", "left_ear", "right_ear")

# joints of other skeletons as weighted sums of ours
_MADE: dict[str, dict[str, float]] = {
    "neck": {"shoulder_center": 1.0},
    "torso": {"spine": 1.0},
    "left_eye": {"nose": 0.55, "left_ear": 0.37, "right_ear": -0.11, "head": 0.19},
    "right_eye": {"nose": 0.55, "right_ear": 0.37, "left_ear": -0.11, "head": 0.19},
}


def mixture(name: str) -> Array:
    """(k, len(VOTED)) weights that make the joints of a built-in skeleton out of the voted ones.

    Raises:
        UsageError: the skeleton has a joint that cannot be made of them.
    """
    rows = []
    for joint in skeleton(name).joints:
        parts = _MADE.get(joint, {joint: 1.0})
        if any(part not in VOTED for part in parts):
            raise UsageError(f"skeleton {name}: a depth picture gives no {joint}; use kinect20, glimpse14, itop15 or coco17")
        row = np.zeros(len(VOTED))
        for part, share in parts.items():
            row[VOTED.index(part)] = share
        rows.append(row)
    return np.array(rows)


@functools.cache
def mirror_order() -> Array:
    """(23,) index of the voted joint on the other side; itself for those of the middle. Read-only."""
    order = np.array([VOTED.index(across(name)) for name in VOTED])
    order.flags.writeable = False
    return order
