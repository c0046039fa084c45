"""What decoders learn from: the same in a mirror."""

from __future__ import annotations

import numpy as np

from kinesics.bodies import PARTS, part_mirror
from kinesics.depth.anatomy import VOTED, mirror_order, mixture
from kinesics.depth.cascade import mirrored_features
from kinesics.depth.evidence import FEATURES, MODES, Evidence, looking_at
from kinesics.types import skeleton

K, P = len(VOTED), len(PARTS)
FLIP = np.array([-1.0, 1.0, 1.0])


def evidence(seed: int, mirrored: bool = False) -> Evidence:
    """Evidence of nobody in particular, or of the same seen in a mirror."""
    rng = np.random.default_rng(seed)
    surface = rng.normal(0, 0.3, (501, 3)) + (0.4, -0.2, 2.5)  # an odd number: quantiles are then symmetric
    modes, strengths = rng.normal(0, 0.4, (K, MODES, 3)) + (0.4, -0.2, 2.5), rng.uniform(0.01, 1, (K, MODES))
    parts, areas = rng.normal(0, 0.4, (P, 3)) + (0.4, -0.2, 2.5), rng.uniform(0.01, 1, P)
    if mirrored:
        order, labels = mirror_order(), part_mirror()
        surface, modes, parts = surface * FLIP, modes[order] * FLIP, parts[labels] * FLIP
        strengths, areas = strengths[order], areas[labels]
    centre = np.median(surface, axis=0)
    turn = looking_at(centre)
    extent = np.quantile((surface - centre) @ turn.T, (0.02, 0.15, 0.5, 0.85, 0.98), axis=0).T.ravel()
    return Evidence(centre, turn, modes, strengths, parts, areas, extent)


def test_features_of_the_mirrored_are_the_mirrored_features() -> None:
    for seed in range(5):
        straight, mirrored = evidence(seed).features()[None], evidence(seed, mirrored=True).features()[None]
        assert straight.shape == (1, FEATURES)
        assert np.allclose(mirrored_features(straight), mirrored, atol=1e-5)
        assert np.allclose(mirrored_features(mirrored_features(straight)), straight)


def test_the_frame_of_a_person_is_a_rotation_that_looks_at_them() -> None:
    for place in np.random.default_rng(0).normal(0, 1, (20, 3)) + (0, 0, 3):
        turn = looking_at(place)
        assert np.allclose(turn @ turn.T, np.eye(3)) and np.isclose(np.linalg.det(turn), 1)
        assert np.allclose(turn @ place, (0, 0, np.linalg.norm(place))) and turn[0, 1] == 0


def test_skeletons_are_made_of_the_voted_joints() -> None:
    for name in ("kinect20", "glimpse14", "itop15", "coco17"):
        weights = mixture(name)
        assert weights.shape == (len(skeleton(name)), K) and np.allclose(weights.sum(axis=1), 1)
        sides = skeleton(name).mirror_order
        assert np.allclose(weights[sides][:, mirror_order()], weights)
