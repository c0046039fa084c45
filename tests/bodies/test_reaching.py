"""Reaching: the wrist gets there, or as near as the arm is long."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.bodies import DOFS, JOINTS, LIMITS, Body, forward, reach
from kinesics.types import Array

ARM = ("raise", "plane", "twist", "elbow")


def shown(side: int, angles: Array) -> Array:
    """Wrist from shoulder for angles (t, 4), the shoulder's rise left out."""
    name = "left" if side > 0 else "right"
    pose = np.zeros((len(angles), len(DOFS)))
    pose[:, [DOFS.index(f"{name}_arm_{a}") for a in ARM]] = angles
    at = forward(Body(), pose, travels=False)
    return np.asarray(at[:, JOINTS.index(f"{name}_wrist")] - at[:, JOINTS.index(f"{name}_shoulder")])


@given(st.integers(0, 10_000), st.sampled_from([-1, 1]), st.floats(-10, 80))
@settings(max_examples=50, deadline=None)
def test_the_wrist_reaches_every_place_within_the_arm(seed: int, side: int, swivel: float) -> None:
    rng = np.random.default_rng(seed)
    way = rng.normal(0, 1, (8, 3))
    body = Body()
    place = way / np.linalg.norm(way, axis=1, keepdims=True) * rng.uniform(0.35, 0.99, (8, 1)) * body.arm
    assert np.allclose(shown(side, reach(body, side, place, swivel)), place, atol=2e-3)


def test_out_of_reach_the_arm_is_straight_towards_the_place() -> None:
    place = np.array([[0.3, -0.2, -3.0]])
    wrist = shown(1, reach(Body(), 1, place))
    assert np.allclose(wrist / np.linalg.norm(wrist), place / np.linalg.norm(place), atol=0.01)
    assert np.linalg.norm(wrist) > 0.98 * Body().arm


def test_places_in_front_are_reached_within_the_joints_limits() -> None:
    rng = np.random.default_rng(0)
    place = rng.uniform((-0.3, -0.6, -0.8), (0.5, 0.6, -0.3), (200, 3)) * Body().arm
    angles = reach(Body(), 1, place, 30.0)
    low, high = np.array([LIMITS[f"left_arm_{a}"] for a in ARM], float).T
    assert ((angles >= low) & (angles <= high)).all(axis=1).mean() > 0.9
