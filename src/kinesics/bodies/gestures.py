"""What the whole body does: key poses within the joints' limits, bends, turns, sitting and lying down, gymnastics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from .kinematics import DOFS, LIMITS
from .recipes import STANCES, Move
from .steps import gait

_BODY = DOFS[: DOFS.index("root_yaw")]
_SIDED = tuple(dof for dof in _BODY if dof.startswith(("left", "right")))
_LEVEL = ("spine_bend", "neck_nod")  # the angles of the middle that both sides share


def random_trunk(rng: np.random.Generator, chance: float, periodic: bool) -> tuple[Move, ...]:
    """What trunk, head and facing do along with the arms: nothing, or twist, bend, lean, look, turn, each with a chance."""
    moves = []
    for dof, size in (("spine_twist", 28), ("spine_bend", 35), ("spine_side", 18), ("neck_turn", 30), ("root_yaw", 40)):
        if rng.random() >= chance:
            continue
        a, b = (float(v) for v in rng.uniform(-size, size, 2))
        if dof == "spine_bend":
            a, b = abs(a), abs(b)
        moves.append(Move((dof,), (0.0, 0.5, 1.0), ((a,), (b,), (a,)) if periodic else ((0.3 * a,), (b,), (a,)), flows=True))
    return tuple(moves)


def random_gesture(rng: np.random.Generator, periodic: bool) -> tuple[Move, ...]:
    """Something that the whole body does."""
    makers = list(_MAKERS.values())
    return makers[rng.choice(len(makers), p=[0.4, 0.2, 0.17, 0.11, 0.12])](rng, periodic)


def both_sides(move: Move) -> Move:
    """The move with the right side doing what the left does."""
    twins = tuple(i for i, dof in enumerate(move.dofs) if dof.startswith("left_"))
    return replace(
        move,
        dofs=move.dofs + tuple(move.dofs[i].replace("left_", "right_", 1) for i in twins),
        values=tuple(row + tuple(row[i] for i in twins) for row in move.values),
    )


def _key(rng: np.random.Generator, dofs: tuple[str, ...], share: float) -> tuple[float, ...]:
    return tuple(float(np.round(share * rng.uniform(*LIMITS[dof]), 1)) for dof in dofs)


def _there_and_back(rng: np.random.Generator, dofs: tuple[str, ...], keys: list[tuple[float, ...]]) -> Move:
    rows = ((0.0,) * len(dofs), *keys, (0.0,) * len(dofs))
    return Move(dofs, tuple(np.linspace(0, 1, len(rows)).tolist()), rows, flows=bool(rng.random() < 0.6))


def _poses(rng: np.random.Generator, periodic: bool) -> tuple[Move, ...]:
    """One to three key poses of a handful of angles, of one side or of both alike."""
    count, keys = int(rng.integers(5, 13)), int(rng.integers(1, 4))
    if rng.random() < 0.5:
        dofs = tuple(str(d) for d in rng.choice(_BODY, count, replace=False))
        return (_there_and_back(rng, dofs, [_key(rng, dofs, 0.65) for _ in range(keys)]),)
    return (_alike(rng, count, keys, 0.65),)


def _alike(rng: np.random.Generator, count: int, keys: int, share: float) -> Move:
    lefts = tuple(dof for dof in _SIDED if dof.startswith("left")) + _LEVEL
    dofs = tuple(str(d) for d in rng.choice(lefts, min(count, len(lefts)), replace=False))
    return both_sides(_there_and_back(rng, dofs, [_key(rng, dofs, share) for _ in range(keys)]))


def _jack(rng: np.random.Generator, periodic: bool) -> tuple[Move, ...]:
    return (_alike(rng, 6, 1, 0.85),)


def _bend(rng: np.random.Generator, periodic: bool) -> tuple[Move, ...]:
    dofs = ("spine_bend", "root_pitch", *(str(d) for d in rng.choice(_SIDED, 3, replace=False)))
    key = (float(rng.uniform(10, 65)), float(rng.uniform(10, 60)), *_key(rng, dofs[2:], 0.65))
    return (_there_and_back(rng, dofs, [key]),)


def _down(rng: np.random.Generator, periodic: bool) -> tuple[Move, ...]:
    """To sitting, crouching or lying, or up from there, or both."""
    goal = str(rng.choice(["sit", "crouch", "lie"], p=[0.5, 0.2, 0.3]))
    pose = dict(STANCES[goal])
    if goal == "lie":
        pose |= {"root_roll": float(rng.uniform(-25, 25)), "root_pitch": float(rng.choice([-88, 85]))}
    full = tuple(float(v) for v in pose.values())
    zero, half = (0.0,) * len(full), tuple(0.45 * v for v in full)
    rows = (zero, half, full) if rng.random() < 0.6 else (full, half, zero)
    return (Move(tuple(pose), (0.0, 0.5, 1.0), (zero, full, zero) if periodic else rows, flows=True),)


def _turn(rng: np.random.Generator, periodic: bool) -> tuple[Move, ...]:
    far = float(rng.choice([90, 180, 360]) * rng.choice([-1, 1]))
    return (Move(("root_yaw",), (0.0, 1.0), ((0.0,), (far,))), *gait(0.8, 0.5))


_MAKERS: dict[str, Callable[[np.random.Generator, bool], tuple[Move, ...]]] = {
    "poses": _poses,
    "bend": _bend,
    "down": _down,
    "turn": _turn,
    "jack": _jack,
}
