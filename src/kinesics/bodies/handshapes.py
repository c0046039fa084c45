"""Handshapes: a table of those that are common in signing, and hands drawn from it."""

from __future__ import annotations

import numpy as np

from ..types import Array
from .fingers import limited_fingers

#: How far a finger bends at base, middle and tip, in degrees from rest. At rest fingers are bent a little.
_BENDS = {
    "straight": (-5.0, -10.0, -2.0),
    "rest": (0.0, 0.0, 0.0),
    "loose": (14.0, 16.0, 8.0),
    "curved": (22.0, 34.0, 20.0),
    "claw": (4.0, 52.0, 34.0),
    "hook": (12.0, 88.0, 50.0),
    "bent": (72.0, -6.0, 0.0),
    "half": (40.0, -6.0, 0.0),
    "round": (46.0, 48.0, 24.0),
    "pinch": (58.0, 38.0, 14.0),
    "fist": (84.0, 101.0, 62.0),
}
#: Spread of index, middle, ring and little finger.
_SPREADS = {"together": (-17.0, 0.0, -11.0, -15.0), "rest": (0.0, 0.0, 0.0, 0.0), "apart": (7.0, 0.0, 7.0, 11.0)}
#: The thumb's four angles.
_THUMBS = {
    "beside": (-36.0, -24.0, 2.0, 0.0),
    "rest": (0.0, 0.0, 0.0, 0.0),
    "out": (24.0, -8.0, -8.0, -10.0),
    "up": (10.0, -20.0, -8.0, -12.0),
    "across": (-16.0, 44.0, 38.0, 36.0),
    "over": (-22.0, 34.0, 34.0, 40.0),
    "between": (-18.0, 18.0, 22.0, 20.0),
    "front": (12.0, 38.0, 0.0, 0.0),
    "round": (5.0, 44.0, 14.0, 24.0),
    "tuck": (-3.0, 33.0, 13.0, 30.0),
    "pinch": (4.0, 36.0, 20.0, 30.0),
    "low": (-20.0, 56.0, 46.0, 40.0),
}
#: Name -> thumb, bends of index, middle, ring and little finger, spread. Letters are those of the American hand alphabet.
_TABLE: dict[str, tuple[str, str, str]] = {
    "rest": ("rest", "rest rest rest rest", "rest"),
    "loose": ("rest", "loose loose loose loose", "rest"),
    "flat": ("beside", "straight straight straight straight", "together"),
    "B": ("across", "straight straight straight straight", "together"),
    "bent_B": ("beside", "bent bent bent bent", "together"),
    "half_bent": ("beside", "half half half half", "together"),
    "A": ("beside", "fist fist fist fist", "together"),
    "S": ("over", "fist fist fist fist", "together"),
    "thumb_up": ("up", "fist fist fist fist", "together"),
    "point": ("over", "straight fist fist fist", "together"),
    "V": ("over", "straight straight fist fist", "apart"),
    "U": ("over", "straight straight fist fist", "together"),
    "H": ("beside", "straight straight fist fist", "together"),
    "W": ("low", "straight straight straight fist", "apart"),
    "three": ("out", "straight straight fist fist", "apart"),
    "four": ("across", "straight straight straight straight", "apart"),
    "five": ("out", "straight straight straight straight", "apart"),
    "claw": ("front", "claw claw claw claw", "apart"),
    "claw_three": ("out", "claw claw fist fist", "apart"),
    "L": ("out", "straight fist fist fist", "together"),
    "bent_L": ("out", "hook fist fist fist", "together"),
    "Y": ("out", "fist fist fist straight", "rest"),
    "I": ("over", "fist fist fist straight", "rest"),
    "ILY": ("out", "straight fist fist straight", "apart"),
    "horns": ("over", "straight fist fist straight", "apart"),
    "C": ("front", "curved curved curved curved", "together"),
    "O": ("round", "round round round round", "together"),
    "flat_O": ("tuck", "pinch pinch pinch pinch", "together"),
    "F": ("pinch", "pinch straight straight straight", "apart"),
    "open_F": ("front", "curved straight straight straight", "apart"),
    "G": ("rest", "half fist fist fist", "together"),
    "baby_C": ("front", "curved fist fist fist", "together"),
    "X": ("over", "hook fist fist fist", "together"),
    "E": ("low", "hook hook hook hook", "together"),
    "K": ("between", "straight half fist fist", "rest"),
    "middle_bent": ("out", "straight bent straight straight", "apart"),
    "bent_V": ("over", "claw claw fist fist", "apart"),
}


def _made(thumb: str, bends: str, spread: str) -> tuple[float, ...]:
    fingers = zip(_SPREADS[spread], bends.split(), strict=True)
    return tuple(float(v) for v in (*_THUMBS[thumb], *(a for side, bend in fingers for a in (side, *_BENDS[bend]))))


#: Name -> the 20 angles of a hand in the order of `FINGER_ANGLES`.
HANDSHAPES: dict[str, tuple[float, ...]] = {name: _made(*how) for name, how in _TABLE.items()}


def random_fingers(rng: np.random.Generator, count: int) -> Array:
    """(count, 2, 20) natural handshapes in degrees: one of the table, often on the way to another, never quite the same twice.

    The second hand does what the first does every other time, as in signs with two hands.
    """
    shapes = np.array(list(HANDSHAPES.values()))
    first, second = (shapes[rng.integers(0, len(shapes), (count, 2))] for _ in range(2))
    way = np.where(rng.random((count, 2)) < 0.45, rng.beta(0.8, 1.6, (count, 2)), 0.0)[..., None]
    mixed = first + way * (second - first)
    alike = rng.random(count) < 0.5
    mixed[alike, 1] = mixed[alike, 0]
    loose = rng.normal(0, 1, (count, 2, 1)) * 4 + rng.normal(0, 1, (count, 2, 20)) * 3
    flexion = np.arange(20) % 4 > 0
    return limited_fingers(mixed + np.where(flexion, loose, rng.normal(0, 2, (count, 2, 20))))
