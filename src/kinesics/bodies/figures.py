"""What hands do in the air: strokes, circles, signs, pushes, throws, touches, taps, in arm lengths from the shoulder.

Each maker gives the places a wrist passes, (m, 3): x outwards, y down, z back.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..types import Array


def random_figure(rng: np.random.Generator, closed: bool) -> Array:
    """Places a hand passes (m, 3); when `closed` it ends where it began."""
    shares, makers = zip(*_FIGURES.values(), strict=True)
    points = makers[rng.choice(len(makers), p=np.array(shares) / sum(shares))](rng)
    if closed and np.linalg.norm(points[0] - points[-1]) > 0.05:
        points = np.concatenate([points, points[:1]])
    return np.asarray(np.round(np.clip(points, (-0.9, -0.95, -0.97), (0.97, 0.97, 0.55)), 3))


def _centre(rng: np.random.Generator) -> Array:
    return rng.uniform((-0.55, -0.6, -0.85), (0.55, 0.55, -0.35))


def _axes(rng: np.random.Generator) -> tuple[Array, Array]:
    """Two directions of the plane in which something is drawn: most often the one in front, else one from the side or level."""
    planes = [((1, 0, 0), (0, 1, 0)), ((0, 0, 1), (0, 1, 0)), ((1, 0, 0), (0, 0, 1))]
    u, v = planes[rng.choice(3, p=[0.6, 0.22, 0.18])]
    return np.array(u, float), np.array(v, float)


def _line(rng: np.random.Generator) -> Array:
    u, v = _axes(rng)
    t = rng.choice(8) * np.pi / 4 + rng.normal(0, 0.15)
    half = rng.uniform(0.2, 0.6) * (np.cos(t) * u + np.sin(t) * v)
    centre = _centre(rng) * (0.5, 0.7, 1)
    return np.array([centre - half, centre + half, centre - half])[: rng.choice([2, 3])]


def _circle(rng: np.random.Generator) -> Array:
    u, v = _axes(rng)
    t = np.linspace(0, 2 * np.pi, 9) * rng.choice([-1, 1]) + rng.choice(4) * np.pi / 2
    wide, tall = rng.uniform(0.15, 0.5) * np.array([1, rng.uniform(0.6, 1.2)])
    return np.asarray(_centre(rng) * (0.5, 0.7, 1) + wide * np.cos(t)[:, None] * u + tall * np.sin(t)[:, None] * v)


_SIGNS: tuple[tuple[tuple[float, float], ...], ...] = (
    ((-1, -1), (1, -0.4), (-1, 0.3), (1, 1)),  # zigzag
    ((-1, -1), (1, -1), (1, 1)),  # corner
    ((0, -1), (1, 1), (-1, 1), (0, -1)),  # triangle
    ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)),  # square
    ((0, 0), (1, -1), (1, 1), (0, 0), (-1, -1), (-1, 1), (0, 0)),  # eight
    ((-1, -1), (1, 1), (1, -1), (-1, 1)),  # cross
    ((-1, 0.2), (-0.3, 1), (1, -1)),  # tick
)


def _sign(rng: np.random.Generator) -> Array:
    which = int(rng.integers(len(_SIGNS) + 1))
    flat = np.array(_SIGNS[which]) if which < len(_SIGNS) else rng.uniform(-1, 1, (rng.integers(3, 7), 2))
    flat = flat * rng.uniform(0.2, 0.5, 2) * rng.choice([-1, 1], 2)
    u, v = _axes(rng)
    return np.asarray(_centre(rng) * (0.5, 0.7, 1) + flat[:, :1] * u + flat[:, 1:] * v)


_WAYS = np.array([(0, 0, -1), (0, -1, -0.3), (1, 0, -0.2), (-0.6, 0, -0.8), (0, 0.8, -0.4)])


def _push(rng: np.random.Generator) -> Array:
    near = rng.uniform((-0.4, 0.0, -0.4), (0.25, 0.5, -0.2))
    way = _WAYS[rng.choice(5, p=[0.4, 0.2, 0.15, 0.15, 0.1])]
    far = near + rng.uniform(0.4, 0.75) * way + rng.normal(0, 0.08, 3)
    return np.array([near, far, near] if rng.random() < 0.7 else [far, near, far])


def _throw(rng: np.random.Generator) -> Array:
    """Reach back, swing past, end across: over, beside or under the shoulder, or the other way round."""
    height = rng.choice([-0.6, 0.05, 0.7])
    back = np.array([0.5, 0.5 * height, 0.45]) + rng.normal(0, 0.12, 3)
    top = np.array([0.3, height, -0.3 if height < 0.5 else 0.1]) + rng.normal(0, 0.12, 3)
    front = np.array([-0.15, -0.5 * height, -0.85]) + rng.normal(0, 0.15, 3)
    end = np.array([-0.5, 0.5, -0.4]) + rng.normal(0, 0.15, 3)
    points = np.array([back, top, front, end])[: rng.choice([3, 4])]
    return points if rng.random() < 0.75 else points[::-1]


_PLACES = np.array(
    [(-0.1, -0.45, -0.1), (-0.25, -0.3, -0.3), (-0.62, 0.05, -0.2), (-0.35, 0.25, -0.25), (-0.3, 0.55, -0.3),
     (0.05, 0.8, -0.05), (-0.05, 0.85, -0.45), (0.1, 0.6, 0.3)]
)  # head, mouth, other shoulder, chest, belly, hip, knee, behind  # fmt: skip


def _touch(rng: np.random.Generator) -> Array:
    """Hand to a place of the body, held there or moved on from there."""
    place = _PLACES[rng.choice(len(_PLACES))] + rng.normal(0, 0.05, 3)
    if rng.random() < 0.5:
        return np.array([place, place])
    other = _PLACES[rng.choice(len(_PLACES))] if rng.random() < 0.4 else _centre(rng)
    return np.array([place, other, place] if rng.random() < 0.5 else [other, place, place])


def _tap(rng: np.random.Generator) -> Array:
    """Small quick movements at one place: knocking, waving, shaking, clapping."""
    centre, way = _centre(rng), rng.normal(0, 1, 3)
    way *= rng.uniform(0.08, 0.28) / np.linalg.norm(way)
    if rng.random() < 0.5:
        return np.array([centre, centre + way, centre, centre + way, centre])
    return np.array([centre - way, centre + way, centre - way])


def _hold(rng: np.random.Generator) -> Array:
    centre = rng.uniform((-0.6, -0.95, -0.95), (0.9, 0.6, 0.1))
    return np.array([centre, centre, centre])


_FIGURES: dict[str, tuple[float, Callable[[np.random.Generator], Array]]] = {
    "line": (0.24, _line),
    "circle": (0.13, _circle),
    "sign": (0.18, _sign),
    "push": (0.13, _push),
    "throw": (0.13, _throw),
    "touch": (0.08, _touch),
    "tap": (0.07, _tap),
    "hold": (0.04, _hold),
}
