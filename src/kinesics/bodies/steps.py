"""What legs do: walk, run, squat, jump, kick, lunge, step; each as moves of a recipe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from .recipes import Move, mirrored_move

_LEG = ("flex", "knee", "abduct")
_SQUAT = tuple(f"{side}_leg_{name}" for name in ("flex", "knee", "ankle", "abduct") for side in ("left", "right"))


def gait(seconds: float = 1.1, size: float = 1.0, runs: bool = False) -> tuple[Move, ...]:
    """Steps that go on under whatever else is done: walking, or running when `runs`; `seconds` for two steps."""
    stride, knee, swing, elbow = (30.0, 85.0, 28.0, 66.0) if runs else (24.0, 50.0, 16.0, 6.0)
    # flex and bend of the left leg at the quarters of a cycle: heel down, under the body, toe off, swinging through
    leg = ((stride, 6.0), (0.0, 8.0), (-0.7 * stride, 12.0), (0.5 * stride, knee))
    arm = (0.0, 0.5 * swing, swing, 0.5 * swing)  # forward while the leg of this side is back
    moves = []
    for side, shift in (("left", 0), ("right", 2)):
        rows = []
        for i in range(5):
            flex, bend = leg[(i + shift) % 4]
            rows.append((size * flex, size * bend, size * arm[(i + shift) % 4], elbow))
        dofs = (f"{side}_leg_flex", f"{side}_leg_knee", f"{side}_arm_raise", f"{side}_arm_elbow")
        moves.append(Move(dofs, (0.0, 0.25, 0.5, 0.75, 1.0), tuple(rows), flows=True, own=seconds))
        moves.append(Move((f"{side}_arm_plane",), (0.0, 1.0), ((80.0,), (80.0,)), own=seconds))
    return tuple(moves)


def squat(depth: float = 88.0, lean: float = 0.4, apart: float = 8.0) -> tuple[Move, ...]:
    """Down and up again: thighs `depth` degrees from upright, the pelvis tilted forward by `lean` of it."""
    tilt = lean * depth * 0.5
    low = (depth + tilt, depth + tilt, 1.2 * depth, 1.2 * depth, -0.2 * depth, -0.2 * depth, apart, apart, tilt)
    up = (0.0,) * 6 + (apart, apart, 0.0)
    return (Move((*_SQUAT, "root_pitch"), (0.0, 0.5, 1.0), (up, low, up)),)


def jump(deep: float = 40.0, high: float = 0.25, wide: float = 0.0) -> tuple[Move, ...]:
    """Bend the knees, leap, land: `deep` degrees, `high` metres, legs `wide` degrees apart in the air."""
    bent = (deep, deep, 1.2 * deep, 1.2 * deep, -0.2 * deep, -0.2 * deep, 0.0, 0.0, 0.0)
    air = (0.0,) * 6 + (wide, wide, high)
    flat = (0.0,) * 9
    return (Move((*_SQUAT, "jump"), (0.0, 0.3, 0.6, 0.85, 1.0), (flat, bent, air, bent, flat), flows=True),)


def random_steps(rng: np.random.Generator, periodic: bool) -> tuple[Move, ...]:
    """Something that legs do."""
    makers = list(_MAKERS.values())
    return makers[rng.choice(len(makers), p=[0.13, 0.16, 0.1, 0.15, 0.18, 0.14, 0.08, 0.06])](rng, periodic)


def _gait(rng: np.random.Generator, periodic: bool) -> tuple[Move, ...]:
    return gait(float(rng.uniform(0.6, 1.3)), float(rng.uniform(0.7, 1.5)), bool(rng.random() < 0.5))


def _squat(rng: np.random.Generator, periodic: bool) -> tuple[Move, ...]:
    return squat(float(rng.uniform(35, 105)), float(rng.uniform(0.1, 0.8)), float(rng.uniform(0, 30)))


def _jump(rng: np.random.Generator, periodic: bool) -> tuple[Move, ...]:
    return jump(float(rng.uniform(15, 60)), float(rng.uniform(0.08, 0.35)), float(rng.uniform(0, 30) * (rng.random() < 0.5)))


def _knee(rng: np.random.Generator, periodic: bool) -> tuple[Move, ...]:
    return _leg(rng, periodic, (rng.uniform(50, 105), rng.uniform(60, 120), rng.uniform(0, 15)))


def _kick(rng: np.random.Generator, periodic: bool) -> tuple[Move, ...]:
    full = (rng.choice([75, 5, -22]) + rng.normal(0, 10), rng.uniform(5, 35), rng.choice([0, 38]))
    return _leg(rng, periodic, full, cocked=(float(full[0]) * 0.5 - 10, float(rng.uniform(50, 90)), 0.0))


def _lunge(rng: np.random.Generator, periodic: bool) -> tuple[Move, ...]:
    return _leg(rng, periodic, (rng.uniform(45, 85), rng.uniform(55, 95), rng.choice([0, 25])), other=(-15.0, 60.0, 0.0))


def _apart(rng: np.random.Generator, periodic: bool) -> tuple[Move, ...]:
    wide = float(rng.uniform(12, 32))
    return _leg(rng, periodic, (0, 5, wide), other=(0.0, 5.0, wide))


def _step(rng: np.random.Generator, periodic: bool) -> tuple[Move, ...]:
    return _leg(rng, periodic, (rng.uniform(15, 35), rng.uniform(5, 25), rng.uniform(0, 25)))


_MAKERS: dict[str, Callable[[np.random.Generator, bool], tuple[Move, ...]]] = {
    "gait": _gait,
    "squat": _squat,
    "jump": _jump,
    "knee": _knee,
    "kick": _kick,
    "lunge": _lunge,
    "apart": _apart,
    "step": _step,
}


def _leg(
    rng: np.random.Generator,
    periodic: bool,
    full: tuple[float, float, float],
    other: tuple[float, float, float] = (0.0, 4.0, 0.0),
    cocked: tuple[float, float, float] | None = None,
) -> tuple[Move, ...]:
    """One leg goes to `full` (flex, knee, abduct) by way of `cocked` and back, while the other does `other`; or by turns."""
    side, stays = ("right", "left") if rng.random() < 0.6 else ("left", "right")
    dofs = tuple(f"{side}_leg_{name}" for name in _LEG) + tuple(f"{stays}_leg_{name}" for name in _LEG)
    top = tuple(float(v) for v in full)
    on_the_way = cocked or tuple(0.5 * v for v in top)
    zero = (0.0,) * 6
    peak = 0.5 if periodic else float(rng.uniform(0.4, 0.6))
    rows = (zero, (*on_the_way, *other), (*top, *other), zero)
    move = Move(dofs, (0.0, 0.6 * peak, peak, 1.0), rows, flows=bool(rng.random() < 0.5))
    if not periodic or rng.random() < 0.5:
        return (move,)
    flip = mirrored_move(move)
    half = tuple(0.5 * p for p in move.phases)
    return (
        replace(move, phases=(*half, 1.0), values=(*move.values, zero)),
        replace(flip, phases=(0.0, *(0.5 + p for p in half)), values=(zero, *flip.values)),
    )
