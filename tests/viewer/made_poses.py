"""Poses made for the tests of the crops."""

from __future__ import annotations

import numpy as np

from kinesics.types import Array, skeleton


def pose(seed: int = 0) -> tuple[Array, Array]:
    """A made pose: a face looking at us, two open hands, arms that come from below."""
    rng = np.random.default_rng(seed)
    points = np.full((133, 2), np.nan, np.float32)
    points[5:11] = [[330, 250], [180, 250], [380, 380], [130, 380], [350, 300], [160, 300]]
    face = np.zeros((68, 2))
    for at, middle in (
        (slice(36, 42), (-14, -8)),
        (slice(42, 48), (14, -8)),
        (slice(48, 60), (0, 21)),
        (slice(60, 68), (0, 21)),
    ):
        n = at.stop - at.start
        turn = np.linspace(np.pi, 3 * np.pi, n, endpoint=False)
        face[at] = np.stack([np.cos(turn) * 5, np.sin(turn) * 3], axis=1) + middle
    face[:17] = np.stack([np.linspace(-32, 32, 17), 40 - (np.linspace(-6, 6, 17) ** 2)], axis=1)
    face[17:27] = np.stack([np.linspace(-24, 24, 10), np.full(10, -18)], axis=1)
    face[27:36] = np.stack([np.array([0, 0, 0, 0, -5, -2, 0, 2, 5]), np.linspace(-6, 9, 9)], axis=1)
    points[23:91] = face + [255, 150] + rng.normal(0, 0.5, (68, 2))
    hand = np.zeros((21, 2))
    hand[1:5] = [[-12, -8], [-20, -18], [-27, -28], [-32, -36]]
    for finger, x in enumerate((-14, -5, 4, 13)):
        for joint in range(4):
            hand[5 + 4 * finger + joint] = [x * (1 + 0.1 * joint), -34 - 13 * joint]
    points[112:133] = hand + [160, 300] + rng.normal(0, 0.7, (21, 2))
    points[91:112] = hand * [-1, 1] + [350, 300] + rng.normal(0, 0.7, (21, 2))
    return points, np.where(np.isfinite(points[:, 0]), 0.9, 0).astype(np.float32)


def mirrored(points: Array, scores: Array) -> tuple[Array, Array]:
    order = np.arange(133)
    for a, b in skeleton("wholebody133").mirror:
        order[[a, b]] = b, a
    turned = points[order].copy()
    turned[:, 0] = 511 - turned[:, 0]
    return turned, scores[order]
