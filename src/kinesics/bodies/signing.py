"""Hands that move as in signing: up from rest, through places before chest and face, with shapes that change, and down again.

These are not signs of any language: places, movements and handshapes are drawn by chance from what signs are made of
(Stokoe, "Sign language structure", 1960).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array
from .fingers import limited_fingers
from .handshapes import HANDSHAPES
from .kinematics import DOFS, Body
from .reaching import reach

_ARM = ("raise", "plane", "twist", "elbow")
#: Where a wrist is, in arm lengths from its shoulder (outwards, down, back), how far the elbow is out, how often.
_PLACES: tuple[tuple[tuple[float, float, float], float, float], ...] = (
    ((-0.02, 0.34, -0.56), 16, 0.30),  # before the chest
    ((0.18, 0.22, -0.56), 22, 0.16),  # to the side
    ((-0.22, 0.26, -0.44), 26, 0.10),  # across the chest
    ((0.02, 0.08, -0.44), 24, 0.16),  # at the chin
    ((0.06, -0.14, -0.42), 26, 0.10),  # at the cheek
    ((0.08, -0.34, -0.42), 30, 0.06),  # at the forehead
    ((0.34, -0.05, -0.52), 26, 0.08),  # beside the head
    ((0.02, 0.55, -0.50), 12, 0.04),  # low
)
SHAPES = tuple(HANDSHAPES)
_WAYS = ("still", "line", "arc", "circle", "tap", "shake")


@dataclass(frozen=True)
class _Key:
    """One moment of a hand: where, elbow, wrist angles, shape; how it moves there and for how long."""

    at: Array
    swivel: float
    pronation: float
    bend: float
    shape: int
    way: str
    size: Array


_REST = _Key(np.array([0.06, 0.975, -0.10]), 12.0, 2.0, 4.0, SHAPES.index("loose"), "still", np.zeros(3))
_FOLDED = _Key(np.array([-0.26, 0.62, -0.38]), 22.0, 20.0, 0.0, SHAPES.index("loose"), "still", np.zeros(3))


def signed(rng: np.random.Generator, times: Array, body: Body) -> tuple[Array, Array, Array]:
    """Poses (n, len(DOFS)), hands (n, 4) and finger joints (n, 2, 20) of somebody who signs."""
    left, right, spans = _plan(rng, float(times[-1]) + 1.0)
    if rng.random() < 0.12:  # a left-handed signer
        left, right = right, left
    poses, hands = np.zeros((len(times), len(DOFS))), np.zeros((len(times), 4))
    shapes = np.zeros((len(times), 2, 20))
    for side, (sign, keys) in enumerate(((1, left), (-1, right))):
        at, loose, shape = _through(keys, spans, times)
        name = "left" if sign > 0 else "right"
        angles = reach(body, sign, at * body.arm * (sign, 1, 1), loose[:, 0])
        for k, dof in enumerate(_ARM):
            poses[:, DOFS.index(f"{name}_arm_{dof}")] = angles[:, k]
        poses[:, DOFS.index(f"{name}_arm_wrist")] = loose[:, 2]
        hands[:, side], hands[:, 2 + side] = loose[:, 1], loose[:, 3]
        shapes[:, side] = shape
        poses[:, DOFS.index(f"{name}_leg_abduct")] = 4.0
    return poses, hands, limited_fingers(shapes)


def _plan(rng: np.random.Generator, seconds: float) -> tuple[list[_Key], list[_Key], list[tuple[float, float]]]:
    """Keys of the left and the right hand, and from when to when each is held."""
    left, right, spans = [_REST], [_REST], [(0.0, float(rng.uniform(0.3, 0.7)))]
    while spans[-1][1] < seconds:
        for _ in range(int(rng.integers(3, 9))):
            start = spans[-1][1] + float(rng.uniform(0.22, 0.42))
            spans.append((start, start + float(rng.uniform(0.18, 0.75))))
            strong = _key(rng)
            right.append(strong)
            left.append(_other(rng, strong, left[-1]))
        start = spans[-1][1] + float(rng.uniform(0.35, 0.6))
        spans.append((start, start + float(rng.uniform(0.3, 1.1))))
        rest = _REST if rng.random() < 0.65 else _FOLDED
        left.append(rest)
        right.append(rest)
    return left, right, spans


def _key(rng: np.random.Generator) -> _Key:
    shares = np.array([share for _, _, share in _PLACES])
    place, swivel, _ = _PLACES[rng.choice(len(_PLACES), p=shares / shares.sum())]
    way = str(rng.choice(_WAYS, p=[0.14, 0.24, 0.18, 0.18, 0.14, 0.12]))
    direction = rng.normal(0, 1, 3)
    size = direction / np.linalg.norm(direction) * rng.uniform(0.05, 0.17) * (0.5 if way in ("tap", "shake") else 1)
    return _Key(
        np.array(place) + rng.normal(0, 0.045, 3),
        swivel + float(rng.normal(0, 8)),
        float(np.clip(rng.choice([-55, -20, 10, 45, 70]) + rng.normal(0, 10), -80, 80)),
        float(np.clip(rng.normal(0, 18), -45, 45)),
        int(rng.choice(len(SHAPES))),
        way,
        size * [1, 1, 0.6],
    )


def _other(rng: np.random.Generator, strong: _Key, before: _Key) -> _Key:
    """What the weak hand does meanwhile: the same, holds still below, or rests."""
    what = rng.choice(["same", "base", "rest", "stay"], p=[0.42, 0.18, 0.25, 0.15])
    if what == "same":
        size = strong.size * (rng.choice([-1, 1]) if strong.way in ("line", "circle") else 1)
        return _Key(strong.at + [0.04, 0, 0], strong.swivel, strong.pronation, strong.bend, strong.shape, strong.way, size)
    if what == "base":
        return _Key(np.array([-0.06, 0.42, -0.46]), 18.0, 30.0, 0.0, int(rng.choice(len(SHAPES))), "still", np.zeros(3))
    return _REST if what == "rest" else before


def _ease(x: Array) -> Array:
    return np.asarray(x**3 * (10 - 15 * x + 6 * x * x))


def _through(keys: list[_Key], spans: list[tuple[float, float]], times: Array) -> tuple[Array, Array, Array]:
    """Places (n, 3); swivel, pronation, bend and curl (n, 4); finger joints (n, 20)."""
    starts, ends = (np.array(column) for column in zip(*spans, strict=True))
    i = np.clip(np.searchsorted(starts, times, side="right") - 1, 0, len(keys) - 2)
    share = _ease(np.clip((times - ends[i]) / np.maximum(starts[i + 1] - ends[i], 1e-6), 0, 1))[:, None]
    inside = np.clip((times - starts[i]) / np.maximum(ends[i] - starts[i], 1e-6), 0, 1)
    first = np.array([k.at for k in keys])
    size = np.array([k.size for k in keys])
    ways = np.array([_WAYS.index(k.way) for k in keys])
    from_at = first[i] + _offsets(ways[i], inside, size[i])
    to = first[i + 1] + _offsets(ways[i + 1], np.zeros_like(inside), size[i + 1])
    at = from_at + (to - from_at) * share
    arc = np.sin(np.pi * share) * 0.04
    at = at + arc * [0.3, -0.5, -1.0]
    joints = np.array([HANDSHAPES[SHAPES[k.shape]] for k in keys])
    curl = np.clip(joints.reshape(-1, 5, 4)[:, 1:, 1:].sum(axis=(1, 2)) / (4 * 235), 0, 1)
    loose = np.array([[k.swivel, k.pronation, k.bend, c] for k, c in zip(keys, curl, strict=True)])
    quick = np.clip(share * 1.15, 0, 1)
    return at, loose[i] + (loose[i + 1] - loose[i]) * share, joints[i] + (joints[i + 1] - joints[i]) * quick


def _offsets(way: Array, share: Array, size: Array) -> Array:
    """(n, 3) how far a movement is from its key."""
    t = _ease(share)
    turn = 2 * np.pi * share
    side = np.stack([-size[:, 1], size[:, 0], size[:, 2] * 0.3], axis=1)
    out = np.zeros((len(way), 3))
    for number, along, across in (
        (1, t - 0.5, 0 * t),
        (2, t - 0.5, np.sin(np.pi * t) * 0.6),
        (3, 0.5 * np.cos(turn), 0.5 * np.sin(turn)),
        (4, 0.5 - np.abs(np.cos(turn)), 0 * t),
        (5, np.sin(2 * turn) * 0.5, 0 * t),
    ):
        out += (way == number)[:, None] * (size * along[:, None] + side * across[:, None])
    return out
