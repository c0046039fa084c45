"""Simple closed surfaces: a block, a ball, and anything turned about an axis. Corners run anticlockwise seen from outside."""

from __future__ import annotations

import numpy as np

from ..types import Array

Solid = tuple[Array, Array]


def turned_solid(profile: list[tuple[float, float]], sides: int = 10, squeeze: float = 1.0) -> Solid:
    """What a profile of (radius, height) from below (larger y) upwards sweeps about the y axis; (v, 3) and (f, 3).

    Args:
        profile: at least two points, y falling; closed with a flat end where the radius is not 0.
        sides: corners of each ring.
        squeeze: depth (z) of the rings over their width.
    """
    angle = 2 * np.pi * np.arange(sides) / sides
    ring = np.stack([np.cos(angle), np.zeros(sides), squeeze * np.sin(angle)], axis=1)
    vertices = [ring * [r, 1, r] + [0, y, 0] for r, y in profile]
    ends = np.array([[0, profile[0][1], 0], [0, profile[-1][1], 0]])
    k = np.arange(sides)
    following = (k + 1) % sides
    faces = []
    for low in range(len(profile) - 1):
        a, b = low * sides, (low + 1) * sides
        faces += [np.stack([a + k, a + following, b + following], 1), np.stack([a + k, b + following, b + k], 1)]
    last = len(profile) * sides
    faces += [np.stack([np.full(sides, last), following, k], 1)]
    top = (len(profile) - 1) * sides
    faces += [np.stack([np.full(sides, last + 1), top + k, top + following], 1)]
    return np.concatenate([*vertices, ends]), _outwards(np.concatenate([*vertices, ends]), np.concatenate(faces))


def ball(radius: float, sides: int = 10) -> Solid:
    """A ball about the origin."""
    lift = np.linspace(-0.5, 0.5, max(sides // 2, 4) + 1)[1:-1] * np.pi
    return turned_solid([(radius * float(np.cos(a)), -radius * float(np.sin(a))) for a in lift], sides)


def block(width: float, height: float, depth: float, rounding: float = 0.0) -> Solid:
    """A block about the origin, x by y by z; `rounding` 0 to 1 narrows its top and bottom."""
    inner = 1 - 0.5 * rounding
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * 0.5
    rings = [(inner, 0.5), (1.0, 0.5 - 0.3 * rounding), (1.0, -0.5 + 0.3 * rounding), (inner, -0.5)]
    vertices = np.concatenate([np.stack([corners[:, 0] * s, np.full(4, y), corners[:, 1] * s], 1) for s, y in rings])
    faces = [[0, 1, 2], [0, 2, 3], [12, 13, 14], [12, 14, 15]]
    for low in (0, 4, 8):
        for k in range(4):
            a, b = low + k, low + (k + 1) % 4
            faces += [[a, b, b + 4], [a, b + 4, a + 4]]
    out = np.array(faces)
    out[:2] = out[:2, ::-1]
    return vertices * [width, height, depth], _outwards(vertices, out)


def _outwards(vertices: Array, faces: Array) -> Array:
    """The faces of a closed surface that is wound one way all over, turned so that its volume is positive."""
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    volume = np.einsum("ij,ij->", a, np.cross(b, c))
    return np.asarray(faces if volume > 0 else faces[:, ::-1])
