"""Other performances of the same clip: another pace, body, camera, sensor. Training sees each clip so, anew every time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types.arrays import Array
from .layout import Layout

__all__ = ["Strength", "augment", "unsettle"]


@dataclass(frozen=True)
class Strength:
    """How far performances may differ.

    Attributes:
        pace: logarithm of the speed-up, at most.
        crop: share of a clip that may be missing at its start, and at its end.
        turn: degrees about gravity (3D), standard deviation; a third of it in the other directions.
        size: logarithm of the size, standard deviation.
        noise: body sizes; of each joint at each moment, and twice that of each joint over the clip.
        lose: share of clips in which some joints are lost for a while.
        mirror: left and right may be swapped.
        view: degrees about gravity, at most, from which 3D clips are seen in 2D.
    """

    pace: float = 0.25
    crop: float = 0.1
    turn: float = 20.0
    size: float = 0.1
    noise: float = 0.01
    lose: float = 0.1
    mirror: bool = False
    view: float = 60.0


def augment(
    points: Array, known: Array, lengths: Array, layout: Layout, strength: Strength, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Other performances of some clips.

    Args:
        points: (n, t, p, k, d) in body sizes, the last moment repeated after each clip's end.
        known: (n, t, p, k) bool.
        lengths: (n,) moments.
        layout: of the model; where it is flat and the clips are 3D they are projected.
        strength: how far they may differ.
        rng: the source of chance.

    Returns:
        the same three, of new performances.
    """
    points, known, lengths = _pace(points, known, lengths, strength, rng)
    n, d = len(points), points.shape[-1]
    matrix = _rotations(n, d, layout, strength, rng)
    if d == 2:
        matrix = matrix * np.exp(rng.normal(0, strength.turn / 150, (n, 1, 2)))
    shape = points.shape
    points = (points.reshape(n, -1, d) @ matrix.transpose(0, 2, 1).astype(np.float32)).reshape(*shape[:-1], -1)[
        ..., : layout.dims
    ]
    wide = rng.standard_normal((n, 1, *points.shape[2:]), np.float32) * (2 * strength.noise)
    points = points + wide + rng.standard_normal(points.shape, np.float32) * strength.noise
    if strength.mirror:
        swap = rng.random(n) < 0.5
        order = list(layout.mirror)
        points[swap] = points[swap][:, :, :, order] * np.array([-1, 1, 1][: points.shape[-1]], np.float32)
        known = known.copy()
        known[swap] = known[swap][:, :, :, order]
    if layout.people == 2:
        swap = rng.random(n) < 0.5
        points[swap], known[swap] = points[swap][:, :, ::-1], known[swap][:, :, ::-1]
    return points, _lose(known, strength.lose, rng), lengths


def unsettle(placed: Array, roots: Array, layout: Layout, strength: Strength, rng: np.random.Generator) -> tuple[Array, Array]:
    """Bodies (n, t, p, k, d) and roots (n, t, p, d), a little off: size and facing are never known exactly."""
    n, d = len(placed), layout.dims
    matrix = np.exp(rng.normal(0, strength.size, (n, 1, 1))) * np.eye(d)
    if layout.turn:
        matrix = matrix @ _about(1, np.radians(rng.normal(0, strength.turn, n)))
    matrix = matrix.transpose(0, 2, 1).astype(np.float32)
    return tuple((part.reshape(n, -1, d) @ matrix).reshape(part.shape) for part in (placed, roots))  # type: ignore[return-value]


def _pace(
    points: Array, known: Array, lengths: Array, strength: Strength, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Crop, speed up or slow down, and vary the pace within the clip."""
    n, t = points.shape[:2]
    start = rng.uniform(0, strength.crop, n) * lengths
    end = lengths - 1 - rng.uniform(0, strength.crop, n) * lengths
    new = np.clip(np.round((end - start + 1) * np.exp(rng.uniform(-strength.pace, strength.pace, n))), 6, t).astype(int)
    share = np.clip(np.arange(t)[None] / np.maximum(new[:, None] - 1, 1), 0, 1)
    bend = rng.uniform(-1, 1, (n, 1)) * strength.pace * 0.4
    share = np.clip(share + bend * np.sin(np.pi * share) / np.pi, 0, 1)
    at = np.clip(start[:, None] + share * (end - start)[:, None], 0, t - 1)
    low = np.minimum(at.astype(int), max(t - 2, 0))
    part = (at - low).astype(np.float32)[..., None, None, None]
    row, high = np.arange(n)[:, None], np.minimum(low + 1, t - 1)
    near = np.where(part[..., 0] < 0.5, known[row, low], known[row, high])
    a, b = points[row, low], points[row, high]
    b -= a
    b *= part
    a += b
    return a, near, new


def _rotations(n: int, d: int, layout: Layout, strength: Strength, rng: np.random.Generator) -> Array:
    """(n, d, d): where the camera may stand otherwise."""
    if d == 2:
        return _about(2, np.radians(rng.normal(0, strength.turn / 3, n)))[:, :2, :2]
    flat = layout.dims == 2
    yaw = rng.uniform(-strength.view, strength.view, n) if flat else rng.normal(0, strength.turn, n)
    pitch = rng.normal(0, strength.turn / 3, n) + (rng.uniform(-5, 15, n) if flat else 0)
    return np.asarray(_about(0, np.radians(pitch)) @ _about(1, np.radians(yaw)))


def _about(axis: int, angle: Array) -> Array:
    """(n, 3, 3) rotations about an axis."""
    i, j = (a for a in range(3) if a != axis)
    turned = np.zeros((len(angle), 3, 3))
    turned[:, axis, axis] = 1
    turned[:, i, i] = turned[:, j, j] = np.cos(angle)
    turned[:, i, j], turned[:, j, i] = -np.sin(angle), np.sin(angle)
    return turned


def _lose(known: Array, share: float, rng: np.random.Generator) -> Array:
    """In some clips a few joints are not seen for a while."""
    n, t, _, k = known.shape
    out = known.copy()
    for clip in np.flatnonzero(rng.random(n) < share):
        lost = rng.permutation(k)[: rng.integers(1, max(2, k // 4))]
        start = rng.integers(0, t)
        out[clip, start : start + rng.integers(2, max(3, t // 2)), :, lost] = False
    return out
