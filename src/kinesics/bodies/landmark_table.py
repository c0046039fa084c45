"""Where the landmarks of the skin are on the template: read off the base mesh by eye, the person's left and the middle."""

from __future__ import annotations

Place = int | tuple[int, ...] | tuple[float, float]

#: iBUG's points of the left and the middle by number. A number or several: vertices of the body (their mean); two floats: where
#: one looks from the front, millimetres to the left of the middle and above the eyes.
FACE_PLACES: dict[int, Place] = {
    8: 45, 9: 883, 10: 881, 11: 3489, 12: 724, 13: 955, 14: 876, 15: 4818, 16: 5446,
    22: (13.0, 15.6), 23: (22.0, 17.3), 24: (33.0, 18.4), 25: (42.5, 17.3), 26: (51.0, 13.2),
    27: 2, 28: (0.3, -12.0), 29: (0.3, -24.0), 30: 147, 33: 149, 34: 505, 35: 504,
    42: (17.6, -1.2), 43: 4589, 44: 4572, 45: 4578, 46: 4584, 47: 4586,
    51: 25, 52: 601, 53: 592, 54: 570, 55: 618, 56: (624, 620), 57: (30, 34),
    62: 28, 63: 5051, 64: 590, 65: 621, 66: 31,
}  # fmt: skip
#: Other points of the skin: `eye` in the middle of the iris.
SURFACE_PLACES: dict[str, Place] = {"nose": 147, "eye": (30.6, 0.0), "ear": 5163,
                                     "big_toe": 5842, "small_toe": 6366, "heel": 5528}  # fmt: skip
