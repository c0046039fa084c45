"""The pieces that turn as one when fingers have joints: those of `segments`, bones, halves."""

from __future__ import annotations

from .segments import SEGMENTS

#: Fingers in the order of all arrays about them.
FINGERS = ("thumb", "index", "middle", "ring", "little")
#: Joints of a finger from the palm outwards; the thumb's first is where it meets the wrist.
PER_FINGER = 3

_BONES = tuple(f"{finger}_{joint}" for finger in FINGERS for joint in (1, 2, 3))
#: Names in the order of the fine matrices. A `half` turns half as far as the bone it is named after.
FINE_SEGMENTS: tuple[str, ...] = SEGMENTS + tuple(
    name for side in ("left", "right") for bones in (_BONES, tuple(f"{b}_half" for b in _BONES)) for name in
    (f"{side}_{bone}" for bone in bones)
)  # fmt: skip
#: Where the first bone of each side stands, and how many bones a hand has; its halves follow in the same order.
BONES_PER_HAND = len(_BONES)
FIRST_BONE = {side: FINE_SEGMENTS.index(f"{side}_thumb_1") for side in ("left", "right")}
