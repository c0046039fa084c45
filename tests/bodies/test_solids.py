"""Simple solids are closed and wound outwards."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from kinesics.bodies.solids import ball, block, turned_solid

SOLIDS = {
    "ball": (ball(0.1, 24), 4 / 3 * np.pi * 0.001),
    "block": (block(0.1, 0.2, 0.3), 0.006),
    "rounded": (block(0.1, 0.2, 0.3, 0.4), 0.0055),
    "stick": (turned_solid([(0.02, 0.5), (0.02, -0.5)], 24), np.pi * 0.0004),
    "cone": (turned_solid([(0.1, 0.0), (0.05, -0.1)], 24), np.pi / 3 * 0.1 * (0.01 + 0.005 + 0.0025)),
}


@pytest.mark.parametrize("name", SOLIDS)
def test_solid_is_closed_and_holds_its_volume(name):
    (vertices, faces), expected = SOLIDS[name]
    edges = Counter((int(f[i]), int(f[(i + 1) % 3])) for f in faces for i in range(3))
    assert all(count == 1 and edges[b, a] == 1 for (a, b), count in edges.items())
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    volume = np.einsum("ij,ij->", a, np.cross(b, c)) / 6
    assert volume == pytest.approx(expected, rel=0.06)
