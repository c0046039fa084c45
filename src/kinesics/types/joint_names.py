"""Which part of a body a joint is, whatever its skeleton calls it.

A name is read as a side and a part of the body (`LShoulder`, `left shoulder`, `ShoulderLeft` are one), and parts have synonyms
(`pelvis`, `hip_center`, `SpineBase`).
"""

from __future__ import annotations

from .sides import words
from .skeletons import Skeleton

__all__ = ["BODY", "MIDDLE", "SIDED", "part_of", "parts_of"]

# How each part is called, words without the side; of several that a skeleton has, the first in this order is meant: rigs of
# animation have a "shoulder" at the collarbone and an "arm" that begins at the shoulder's joint.
MIDDLE: dict[str, tuple[str, ...]] = {
    "head": ("head", "face", "skull", "head top", "top head"),
    "nose": ("nose",),
    "neck": (
        "neck",
        "shoulder center",
        "center shoulder",
        "spine shoulder",
        "mid shoulder",
        "thorax",
        "upper chest",
        "neck nose",
        "neck 1",
    ),
    "spine": (
        "spine",
        "spine mid",
        "middle of the spine",
        "torso",
        "belly",
        "chest",
        "abdomen",
        "spine 1",
        "stomach",
        "waist",
        "lower back",
    ),
    "hips": ("hip center", "pelvis", "hips", "mid hip", "spine base", "base of the spine", "hip", "center hip", "root"),
}
SIDED: dict[str, tuple[str, ...]] = {
    "shoulder": ("upper arm", "up arm", "upperarm", "uparm", "arm", "shoulder", "shldr"),
    "elbow": ("elbow", "lower arm", "fore arm", "forearm", "lowerarm"),
    "wrist": ("wrist",),
    "hand": ("hand", "palm"),
    "hip": ("up leg", "upleg", "thigh", "upper leg", "upperleg", "hip"),
    "knee": ("knee", "lower leg", "lowerleg", "shin", "calf", "leg"),
    "ankle": ("ankle",),
    "foot": ("foot index", "big toe", "toe base", "toe", "toes", "foot"),
}
BODY = frozenset([*MIDDLE, *(f"{side} {part}" for side in ("left", "right") for part in SIDED)])
NOISE = frozenset({"joint", "mixamorig", "bip", "bip01", "bone", "def", "jnt"})


def part_of(name: str) -> tuple[str, int]:
    """Which part of the body a joint's name means, and how good a name for it that is (0 the best).

    >>> part_of("HandLeft"), part_of("SpineBase"), part_of("L_UpperArm")
    (('left hand', 0), ('hips', 8), ('left shoulder', 0))
    """
    own, whole = words(name.rpartition(".")[2]), words(name)  # `LEFT_HAND.wrist` has its side in front
    side = next((word for word in (*own, *whole) if word in ("left", "right")), "")
    plain = [word for word in own if word not in NOISE]
    rest = " ".join(word for word in plain if word != side)
    for part, names in (SIDED if side else MIDDLE).items():
        if rest in names:
            return f"{side} {part}".strip(), 2 * names.index(rest) + (len(plain) < len(own))
    return f"{side} {rest}".strip(), 0


def parts_of(body: Skeleton) -> dict[str, int]:
    """Part of the body -> index of the joint that is best called so; what is no known part stands under its own name."""
    best: dict[str, tuple[int, int]] = {}
    for index, name in enumerate(body.joints):
        part, rank = part_of(name)
        if part not in best or rank < best[part][0]:
            best[part] = rank, index
    known = {part: index for part, (_, index) in best.items()}
    plain = [tuple(word for word in words(name) if word not in NOISE) for name in body.joints]
    for side in ("left", "right"):  # with a toe of its own, a "foot" begins at the ankle
        foot = next((i for i, name in enumerate(plain) if name in ((side, "foot"), ("foot", side))), None)
        if foot is not None and f"{side} ankle" not in known and known[f"{side} foot"] != foot:
            known[f"{side} ankle"] = foot
    return known
