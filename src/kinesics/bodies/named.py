"""Motions of every day, by name: walk, wave, squat, fall … as recipes like any other."""

from __future__ import annotations

import numpy as np

from ..errors import UsageError
from .gestures import both_sides
from .kinematics import make_body
from .motions import Performance, perform
from .recipes import STANCES, HandPath, Move, Recipe
from .steps import gait, squat

_SEATED = tuple(STANCES["sit"].values())
_STANDING = tuple(STANCES["stand"].get(dof, 0.0) for dof in STANCES["sit"])
_LOWERING = tuple(b - a for a, b in zip(_STANDING, _SEATED, strict=True))
_LEVEL = (0.0,) * len(_LOWERING)
_CLAP = ((0.05, 0.15, -0.6), (-0.36, 0.15, -0.55), (0.05, 0.15, -0.6))


def _through(phases: tuple[float, ...], flows: bool = False, **angles: tuple[float, ...]) -> Move:
    """A move written angle by angle; of sided angles only the left side is given and both do it."""
    return both_sides(Move(tuple(angles), phases, tuple(zip(*angles.values(), strict=True)), flows))


#: What can be asked of `named_motion`.
NAMED_MOTIONS: dict[str, Recipe] = {
    "stand": Recipe(seconds=2.0),
    "sit": Recipe("sit", seconds=2.0),
    "crouch": Recipe("crouch", seconds=2.0),
    "lie": Recipe("lie", seconds=2.0),
    "walk": Recipe(moves=gait(1.1), seconds=3.0),
    "run": Recipe(moves=gait(0.7, 1.2, runs=True), seconds=3.0),
    "squat": Recipe(moves=squat(88), seconds=2.2, cycles=(2, 4)),
    "sit down": Recipe(moves=(Move(tuple(STANCES["sit"]), (0.0, 1.0), (_LEVEL, _LOWERING)),), seconds=1.5, stays=True),
    "stand up": Recipe(
        moves=(Move(tuple(STANCES["sit"]), (0.0, 1.0), (_LOWERING, _LEVEL)),), seconds=1.5, starts=True, stays=True
    ),
    "wave": Recipe(
        paths=(HandPath(-1, ((0.3, -0.55, -0.3), (0.6, -0.5, -0.25), (0.3, -0.55, -0.3)), 60),), seconds=0.6, cycles=(3, 5)
    ),
    "raise hand": Recipe(paths=(HandPath(-1, ((0.1, -0.92, -0.12),) * 3, 50),), seconds=2.0),
    "clap": Recipe(paths=tuple(HandPath(side, _CLAP, 45) for side in (1, -1)), seconds=0.5, cycles=(3, 6)),
    "kick": Recipe(
        moves=(
            Move(
                ("right_leg_flex", "right_leg_knee", "root_pitch"),
                (0.0, 0.3, 0.5, 1.0),
                ((0.0, 0.0, 0.0), (-15.0, 75.0, 0.0), (70.0, 8.0, -10.0), (0.0, 0.0, 0.0)),
                flows=True,
            ),
        ),
        seconds=1.2,
    ),
    "bend": Recipe(
        moves=(
            _through(
                (0.0, 0.5, 1.0),
                spine_bend=(0, 50, 0),
                root_pitch=(0, 45, 0),
                left_leg_flex=(0, 40, 0),
                left_arm_raise=(0, 70, 0),
                left_arm_plane=(0, 85, 0),
            ),
        ),
        seconds=2.2,
    ),
    "fall": Recipe(
        moves=(
            _through(
                (0.0, 0.45, 1.0),
                flows=True,
                root_pitch=(0, 30, 86),
                root_roll=(0, 12, 8),
                left_leg_flex=(0, 40, 8),
                left_leg_knee=(0, 65, 20),
                left_arm_raise=(0, 60, 150),
                left_arm_plane=(0, 40, 20),
            ),
        ),
        seconds=1.1,
        stays=True,
    ),
    "jumping jack": Recipe(
        moves=(
            _through(
                (0.0, 0.25, 0.5, 0.75, 1.0),
                left_arm_raise=(0, 70, 150, 70, 0),
                left_leg_abduct=(0, 14, 26, 14, 0),
                jump=(0, 0.1, 0, 0.1, 0),
            ),
        ),
        seconds=1.1,
        cycles=(3, 5),
    ),
}


def named_motion(name: str, seed: int = 0, *, fps: float = 30.0, variety: float = 1.0) -> Performance:
    """Somebody does something that has a name.

    Args:
        name: one of `NAMED_MOTIONS`.
        seed: of who does it and how.
        fps: moments a second.
        variety: how far it may be from the recipe.

    Raises:
        UsageError: nothing is called so.
    """
    if name not in NAMED_MOTIONS:
        raise UsageError(f"no motion is called {name!r}; there are {', '.join(NAMED_MOTIONS)}")
    rng = np.random.default_rng([seed, 2])
    return perform(NAMED_MOTIONS[name], make_body(rng), rng, fps=fps, variety=variety)
