"""Poses with left and right exchanged."""

from __future__ import annotations

import numpy as np

from ..types import Array
from ..types.sides import across
from .kinematics import DOFS
from .recipes import FLIPPED

_ACROSS = np.array([DOFS.index(across(name)) for name in DOFS])
_SIGN = np.array([-1.0 if name in FLIPPED else 1.0 for name in DOFS])
_HANDS = np.array([1, 0, 3, 2])


def mirrored_pose(pose: Array) -> Array:
    """What a mirror shows of poses (..., len(DOFS))."""
    return np.asarray(np.asarray(pose)[..., _ACROSS] * _SIGN)


def mirrored_hands(hands: Array) -> Array:
    """What a mirror shows of hands (..., 4): pronation left and right, curl left and right."""
    return np.asarray(np.asarray(hands)[..., _HANDS])
