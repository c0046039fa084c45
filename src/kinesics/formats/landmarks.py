"""Landmarks as MediaPipe names them: which parts there are, how long they are, and the body that parts make together.

Bodies are those that `.pose` files of the same landmarks have: joints called `POSE_LANDMARKS.LEFT_WRIST`, `FACE_LANDMARKS.0`;
of a pose alone blazepose33, of a hand that does not say whose it is hand21.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

from ..types import Skeleton, skeleton
from .bodies import body_of
from .dotpose_header import Component, Header, skeleton_of

__all__ = ["COMPONENTS", "LENGTHS", "body_of_names", "body_of_parts", "part_called", "parts_of_body"]

COMPONENTS = {
    "pose": "POSE_LANDMARKS",
    "face": "FACE_LANDMARKS",
    "left": "LEFT_HAND_LANDMARKS",
    "right": "RIGHT_HAND_LANDMARKS",
    "hand": "HAND_LANDMARKS",
    "world": "POSE_WORLD_LANDMARKS",
}
"""Parts and what `.pose` files call them; a "hand" is one of which nobody says whose it is, the "world" a pose in metres."""
LENGTHS = {33: "pose", 468: "face", 478: "face", 21: "hand"}
_KEYS = {
    "pose": "pose",
    "body": "pose",
    "face": "face",
    "lefthand": "left",
    "righthand": "right",
    "hand": "hand",
    "hands": "hand",
    "multihand": "hand",
    "multiface": "face",
    "": "",
}


def part_called(key: str) -> tuple[str, bool] | None:
    """The part that a key such as `poseLandmarks` or `left_hand_world_landmarks` means, and whether in metres; None for others.

    The part is "" where the key leaves it to the number of landmarks (`landmarks`).
    """
    plain = re.sub(r"[^a-z]", "", key.lower())
    named = "landmark" in plain
    rest = re.sub(r"landmarks?|normali[sz]ed|list", "", plain)
    world = rest.endswith("world") or rest.startswith("world")
    part = _KEYS.get(rest.replace("world", "", 1) if world else rest)
    return None if part is None or not (named or part) or (part == "" and not named) else (part, world)


def _points(part: str, count: int) -> tuple[str, ...]:
    if part in ("pose", "world"):
        return tuple(name.upper() for name in skeleton("blazepose33").joints)
    if part == "face":
        return tuple(str(i) for i in range(count))
    fingers = [re.sub(r"^(index|middle|ring)", r"\1_finger", name) for name in skeleton("hand21").joints]
    return tuple(name.upper() for name in fingers)


def _component(part: str, count: int) -> Component:
    limbs = {"pose": "blazepose33", "world": "blazepose33", "face": "boxes"}.get(part, "hand21")
    return Component(COMPONENTS[part], "XYZC", _points(part, count), skeleton(limbs).bones)


def body_of_parts(counts: Mapping[str, int]) -> Skeleton:
    """The body that these parts make; parts in the order of `COMPONENTS`, `counts` their numbers of landmarks."""
    parts = [part for part in COMPONENTS if part in counts]
    if parts in (["left"], ["right"]):  # a hand whose side is known keeps it
        only = _component(parts[0], counts[parts[0]])
        names = tuple(f"{only.name}.{name}" for name in only.points)
        return Skeleton(only.name, names, only.limbs)
    return skeleton_of(Header(0.2, (0, 0, 0), tuple(_component(part, counts[part]) for part in parts)))


def body_of_names(names: tuple[str, ...]) -> Skeleton:
    """The body whose joints are called so, in whatever order: a built-in one, else one of their own in this order."""
    plain = tuple(name.lower().replace("_finger", "") for name in names)
    for known in ("coco17", "blazepose33", "hand21", "wholebody133"):
        if set(skeleton(known).joints) == set(plain):
            return skeleton(known)
    known_order = body_of(names)
    return Skeleton("custom", names) if known_order is None else known_order


def parts_of_body(body: Skeleton) -> dict[str, tuple[int, int]] | None:
    """Where each part lies in a body of the joints that `body_of_parts` gives, as (first, end); None for other bodies."""
    for counts in _possible(body):
        if body_of_parts(counts).joints == body.joints:
            out, first = dict[str, tuple[int, int]](), 0
            for part in COMPONENTS:
                if part in counts:
                    out[part] = (first, first + counts[part])
                    first += counts[part]
            return out
    return None


def _possible(body: Skeleton) -> list[dict[str, int]]:
    """Parts that together have as many landmarks as the body has joints."""
    found = []
    sides = (("left", "right"), ("left",), ("right",), ("hand",), ())
    for pose, face, hands, world in itertools.product((33, 0), (468, 478, 0), sides, (0, 33)):
        counts = {"pose": pose, "face": face, **dict.fromkeys(hands, 21), "world": world}
        counts = {part: count for part, count in counts.items() if count}
        if counts and sum(counts.values()) == len(body):
            found.append(counts)
    return found
