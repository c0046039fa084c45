"""What a face does, as numbers: eyes that close, a mouth that opens, brows that rise."""

from __future__ import annotations

import numpy as np

from ..types import Array
from .orientation import face_turn

__all__ = ["face_measures"]

EYES = {"left": (263, 387, 385, 362, 380, 373), "right": (33, 160, 158, 133, 153, 144)}  # outer, upper two, inner, lower two
BROWS = {"left": (296, 334, 293), "right": (66, 105, 63)}
BLINK = (0.22, 0.10)  # eye aspect ratio of an open and of a closed eye
OPEN = (0.03, 0.30)  # gap of the lips in distances of the eyes' outer corners: closed, wide open
WIDE = (0.48, 0.78)  # width of the mouth, the same
BROW = (0.20, 0.32)  # height of a brow above its eye, the same


def face_measures(mesh: Array) -> dict[str, float]:
    """Measures of a face mesh (468, 3), each 0 to 1; left is the person's left.

    All are distances in space over the distance of the eyes' outer corners in space, after the face is turned to the front, so
    that a face that turns does not blink. Blinks are the eye aspect ratio (Soukupova and Cech, Real-time eye blink detection
    using facial landmarks, 2016): 0 open, 1 closed.
    """
    front = np.asarray(mesh, float) @ face_turn(mesh)  # rows of a turned face times its turn: turned back
    unit = max(float(np.linalg.norm(front[263] - front[33])), 1e-6)
    ratio = {side: _aspect(front[list(eye)]) for side, eye in EYES.items()}
    height = {side: float((front[list(EYES[side])] - front[list(BROWS[side])].mean(axis=0)).mean(axis=0)[1]) for side in EYES}
    return {
        "blink_left": _share(ratio["left"], *BLINK),
        "blink_right": _share(ratio["right"], *BLINK),
        "mouth_open": _share(float(np.linalg.norm(front[13] - front[14])) / unit, *OPEN),
        "mouth_wide": _share(float(np.linalg.norm(front[61] - front[291])) / unit, *WIDE),
        "brow_left": _share(height["left"] / unit, *BROW),
        "brow_right": _share(height["right"] / unit, *BROW),
    }


def _aspect(eye: Array) -> float:
    outer, up1, up2, inner, low2, low1 = eye
    high = float(np.linalg.norm(up1 - low1)) + float(np.linalg.norm(up2 - low2))
    return high / max(2 * float(np.linalg.norm(outer - inner)), 1e-6)


def _share(value: float, none: float, full: float) -> float:
    return float(np.clip((value - none) / (full - none), 0.0, 1.0))
