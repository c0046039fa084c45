"""Colours of the body's parts: one hue a kind of part, the person's left side light and the right side dark.

The hues were spread evenly in OKLCH (Ottosson, 2020) and dealt out so that parts that touch lie far apart.
"""

from __future__ import annotations

import numpy as np

from ..types import Array

#: (32, 3) uint8 RGB by label of `kinesics.bodies.PARTS`; the background is nearly black.
PART_COLOURS: Array = np.array(
    [
        (24, 26, 31), (244, 240, 228), (254, 181, 126), (197, 108, 11),
        (172, 216, 127), (103, 151, 37), (112, 214, 254), (6, 148, 188),
        (206, 186, 254), (146, 111, 212), (240, 191, 97), (171, 125, 12),
        (70, 223, 234), (10, 152, 161), (254, 174, 185), (207, 89, 113),
        (182, 196, 255), (107, 124, 223), (255, 177, 159), (208, 95, 69),
        (130, 223, 162), (24, 159, 90), (255, 168, 215), (196, 92, 153),
        (156, 204, 254), (47, 138, 220), (210, 204, 102), (145, 138, 14),
        (89, 226, 199), (0, 156, 134), (238, 172, 248), (175, 100, 187),
    ],
    np.uint8,
)  # fmt: skip
