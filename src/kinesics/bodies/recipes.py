"""Kinds of motion as data: what somebody does, apart from who does it, how fast, how large and where.

A recipe is a stance, moves of some angles through key values, and paths of the hands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..types.sides import across

#: Angles of the ways to be before and after a motion; what is not named is 0.
STANCES: dict[str, dict[str, float]] = {
    "stand": {"left_arm_raise": 8, "right_arm_raise": 8, "left_arm_elbow": 14, "right_arm_elbow": 14},
    "sit": {
        "left_leg_flex": 85, "right_leg_flex": 85, "left_leg_knee": 88, "right_leg_knee": 88, "left_arm_raise": 24,
        "right_arm_raise": 24, "left_arm_plane": 75, "right_arm_plane": 75, "left_arm_elbow": 60, "right_arm_elbow": 60,
    },
    "crouch": {
        "left_leg_flex": 105, "right_leg_flex": 105, "left_leg_knee": 132, "right_leg_knee": 132, "left_leg_ankle": -25,
        "right_leg_ankle": -25, "spine_bend": 25, "root_pitch": 15, "left_arm_raise": 30, "right_arm_raise": 30,
        "left_arm_plane": 80, "right_arm_plane": 80, "left_arm_elbow": 45, "right_arm_elbow": 45,
    },
    "lie": {"root_pitch": -88, "left_arm_raise": 12, "right_arm_raise": 12, "left_leg_flex": 6, "right_leg_flex": 6},
}  # fmt: skip


@dataclass(frozen=True)
class Move:
    """Angles that go through key values: `values[i]` is added to the stance at `phases[i]` of a cycle (0 to 1).

    Attributes:
        dofs: n names of `LIMITS`.
        phases: m rising shares of a cycle.
        values: m rows of n degrees (metres for jump and steps).
        flows: pass through the keys without a stop.
        own: seconds of a cycle of its own (a walk under a wave), None: the recipe's cycle.
    """

    dofs: tuple[str, ...]
    phases: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]
    flows: bool = False
    own: float | None = None


@dataclass(frozen=True)
class HandPath:
    """Places that a wrist passes, in arm lengths from its shoulder: x outwards, y down, z back (so forward is negative).

    Attributes:
        side: 1 left, -1 right.
        points: m places (x, y, z), passed at even shares of a cycle.
        swivel: degrees the elbow points outwards.
        lag: share of a cycle by which it is later.
        flows: pass through the places without a stop.
    """

    side: int
    points: tuple[tuple[float, float, float], ...]
    swivel: float = 20.0
    lag: float = 0.0
    flows: bool = True


@dataclass(frozen=True)
class Recipe:
    """One kind of motion.

    Attributes:
        stance: a name in `STANCES`, where it starts and, unless it stays, ends.
        moves: of angles.
        paths: of hands.
        seconds: a cycle lasts, about.
        cycles: least and most repetitions.
        starts: the first keys are held before it begins, instead of coming from the stance.
        stays: the end of the last cycle is held instead of returning to the stance.
        travels: steps carry the body along; otherwise it steps on the spot.
    """

    stance: str = "stand"
    moves: tuple[Move, ...] = ()
    paths: tuple[HandPath, ...] = ()
    seconds: float = 1.5
    cycles: tuple[int, int] = (1, 1)
    starts: bool = False
    stays: bool = False
    travels: bool = True


#: Angles of the middle that change their sign in a mirror.
FLIPPED = ("spine_side", "spine_twist", "neck_tilt", "neck_turn", "root_yaw", "root_roll", "step_side")


def mirrored(recipe: Recipe) -> Recipe:
    """The same with left and right exchanged."""
    return replace(
        recipe,
        moves=tuple(mirrored_move(move) for move in recipe.moves),
        paths=tuple(replace(path, side=-path.side) for path in recipe.paths),
    )


def mirrored_move(move: Move) -> Move:
    """The same move by the other side."""
    sign = [-1 if dof in FLIPPED else 1 for dof in move.dofs]
    values = tuple(tuple(s * v for s, v in zip(sign, row, strict=True)) for row in move.values)
    return replace(move, dofs=tuple(across(dof) for dof in move.dofs), values=values)


def backwards(recipe: Recipe) -> Recipe:
    """The same with each cycle run from its end to its start."""
    moves = tuple(
        replace(m, phases=tuple(1 - p for p in reversed(m.phases)), values=tuple(reversed(m.values))) for m in recipe.moves
    )
    paths = tuple(replace(path, points=tuple(reversed(path.points))) for path in recipe.paths)
    return replace(recipe, moves=moves, paths=paths, starts=recipe.stays, stays=recipe.starts)
