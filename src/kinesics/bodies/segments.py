"""The pieces of a body that turn as one: what skin hangs on, in which order, and what each of them follows."""

from __future__ import annotations

#: How far along the turn of a limb about itself its pieces are (a forearm's skin follows the hand more and more).
UPPER_SHARES = (0.0, 0.5, 1.0)
FORE_SHARES = (0.0, 1 / 3, 2 / 3, 1.0)

_SIDED = (
    "clavicle", "shoulder_half", "upper_0", "upper_1", "upper_2", "elbow_half", "fore_0", "fore_1", "fore_2", "fore_3", "hand",
    "fingers", "tips", "thumb", "hip_half", "thigh", "knee_half", "shin", "foot",
)  # fmt: skip
#: Names in the order of all arrays about segments. A `half` turns half as far as what lies beyond its joint.
SEGMENTS: tuple[str, ...] = ("pelvis", "lower", "chest", "neck_half", "head") + tuple(
    f"{side}_{name}" for side in ("left", "right") for name in _SIDED
)

#: Segments of one side, and where the first of each side stands.
PER_SIDE = len(_SIDED)
FIRST = {"left": 5, "right": 5 + PER_SIDE}


def segment_mirror() -> list[int]:
    """The segment that each becomes in the mirror."""
    swapped = {"left": "right", "right": "left"}
    order = []
    for name in SEGMENTS:
        side, _, rest = name.partition("_")
        order.append(SEGMENTS.index(f"{swapped[side]}_{rest}") if side in swapped else SEGMENTS.index(name))
    return order


#: Places in the body that the baked file gives for each shape: of the middle, then of the left side.
MIDDLE_POINTS = ("head", "nose", "neck", "spine", "crown")
SIDE_POINTS = (
    "clavicle", "shoulder", "elbow", "wrist", "knuckle", "knuckle_index", "knuckle_pinky", "middle_joint", "thumb_base",
    "thumb", "index", "pinky", "hip", "knee", "ankle", "heel", "foot", "eye", "ear", "mouth",
)  # fmt: skip
