"""Poses that nobody planned: every angle by itself within its limits, as far as joints of one limb allow each other."""

from __future__ import annotations

import numpy as np

from ..types import Array
from .balance import balanced
from .kinematics import DOFS, LIMITS, Body, limited

_FREE = tuple(dof for dof in DOFS if not dof.startswith(("root", "step", "jump")))


def random_poses(rng: np.random.Generator, n: int, body: Body) -> Array:
    """(n, len(DOFS)): half of the angles near rest, half anywhere up to the limits; most bodies upright, some at any slant."""
    poses = np.zeros((n, len(DOFS)))
    for dof in _FREE:
        low, high = LIMITS[dof]
        rest = np.clip(0.5 * rng.normal(0, 0.35, n) * (high - low), low, high)
        broad = rng.random(n) < (0.7 if "arm" in dof else 0.45)
        poses[:, DOFS.index(dof)] = np.where(broad, low + (high - low) * rng.beta(0.9, 0.9, n), rest)
    for side in ("left", "right"):
        flex, knee = DOFS.index(f"{side}_leg_flex"), DOFS.index(f"{side}_leg_knee")
        poses[:, flex] *= np.where(rng.random(n) < 0.6, rng.random(n), 1)
        least = np.maximum(1.3 * (poses[:, flex] - 70), 0)  # the muscles behind the thigh are too short for a straight knee
        poses[:, knee] = np.clip(poses[:, knee], least, 60 + np.maximum(poses[:, flex] + 30, 0))
    poses[:, DOFS.index("root_pitch")] = rng.normal(3, 12, n)
    poses[:, DOFS.index("root_roll")] = rng.normal(0, 8, n)
    poses = balanced(body, poses)
    slanted = rng.random(n) < 0.15
    for dof in ("root_pitch", "root_roll"):
        poses[:, DOFS.index(dof)] = np.where(slanted, rng.uniform(*LIMITS[dof], n), poses[:, DOFS.index(dof)])
    return limited(poses)
