"""The 31 parts of a body that a depth picture is cut into (Shotton et al., "Human pose recognition in parts", 2011)."""

from __future__ import annotations

import numpy as np

from ..types import Array
from ..types.sides import across

_SIDED = ("head", "head_top", "clavicle", "shoulder", "upper_arm", "elbow", "forearm", "wrist", "hand", "waist", "hip", "thigh",
          "knee", "shin", "foot")  # fmt: skip

#: Names by label: 0 is no body, 1 to 31 are the parts; left is the person's left.
PARTS: tuple[str, ...] = ("background", "neck", *(f"{side}_{name}" for name in _SIDED for side in ("left", "right")))


def part_mirror() -> Array:
    """(32,) label that a label becomes when the picture is mirrored."""
    return np.array([PARTS.index(across(name)) for name in PARTS])
