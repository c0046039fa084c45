"""Which built-in body the names of joints mean, and where the parts of a whole body lie."""

from __future__ import annotations

from collections.abc import Collection

from ..types import Skeleton, skeleton

__all__ = ["BUILT_IN", "WHOLE_PARTS", "body_of", "body_with"]

BUILT_IN = (
    "boxes",
    "glimpse14",
    "itop15",
    "coco17",
    "kinect20",
    "hand21",
    "blazepose33",
    "wholebody133",
)  # by number of joints
WHOLE_PARTS = {"body": (0, 17), "foot": (17, 23), "face": (23, 91), "lefthand": (91, 112), "righthand": (112, 133)}
"""First and behind-the-last joint of each part of wholebody133, called as COCO-WholeBody calls them."""


def body_of(joints: tuple[str, ...]) -> Skeleton | None:
    """The built-in body with these joints in this order, or None."""
    return next((skeleton(name) for name in BUILT_IN if skeleton(name).joints == joints), None)


def body_with(joints: Collection[str]) -> Skeleton | None:
    """The smallest built-in body that has all of these joints, or None."""
    wanted = set(joints)
    return next((skeleton(name) for name in BUILT_IN if wanted <= set(skeleton(name).joints)), None)
