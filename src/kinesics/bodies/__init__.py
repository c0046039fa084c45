"""Made bodies that move: proportions, joints and their limits, endless kinds of motion, and what sensors see of them.

What training without anybody's data, tests, depth renders and the viewer are made from. numpy only.
"""

from __future__ import annotations

from .inventing import random_recipe, recipe_of
from .kinematics import DOFS, JOINTS, LIMITS, Body, forward, limited, make_body
from .motions import Performance, motion_clips, perform
from .named import NAMED_MOTIONS, named_motion
from .reach import reach
from .recipes import STANCES, HandPath, Move, Recipe, backwards, mirrored
from .sensors import depth_camera, picture_camera, skeleton_of

__all__ = [
    "DOFS",
    "JOINTS",
    "LIMITS",
    "NAMED_MOTIONS",
    "STANCES",
    "Body",
    "HandPath",
    "Move",
    "Performance",
    "Recipe",
    "backwards",
    "depth_camera",
    "forward",
    "limited",
    "make_body",
    "mirrored",
    "motion_clips",
    "named_motion",
    "perform",
    "picture_camera",
    "random_recipe",
    "reach",
    "recipe_of",
    "skeleton_of",
]
