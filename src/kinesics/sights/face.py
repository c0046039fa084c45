"""MediaPipe's face mesh: 468 points of the one face in a square."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array
from ..weights import load
from .turned import Turned

__all__ = ["OVAL", "FaceNet", "FaceSight", "face_square"]

SIDE = 192
# fmt: off
OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)
# fmt: on
"""Points of the mesh round the face, clockwise from the middle of the brow as the picture shows it."""


@dataclass(frozen=True)
class FaceSight:
    """What a look at one face showed.

    Attributes:
        square: where it looked.
        mesh: (468, 3) x, y pixels of the picture; z pixels, smaller is nearer to the camera.
        presence: how sure the net is that there is a face, 0 to 1.
    """

    square: Turned
    mesh: Array
    presence: float


class FaceNet:
    """Face mesh (Kartynnik et al., Real-time facial surface geometry from monocular video on mobile GPUs, 2019).

    Args:
        threads: how many the net may use.

    Raises:
        WeightsError: the net is not installed; the text says how to get it.
    """

    def __init__(self, threads: int = 1) -> None:
        self._net = load("face_landmark", threads=threads)

    def look(self, image: Array, square: Turned) -> FaceSight:
        """Look at one square of (h, w, 3) uint8 RGB, eyes level in it."""
        found, logit = self._net.run(square.shown(image, SIDE))
        rows = found.reshape(468, 3).astype(float)
        mesh = np.column_stack([square.back(rows[:, :2], SIDE), rows[:, 2] * square.side / SIDE])
        return FaceSight(square, mesh, float(1 / (1 + np.exp(-np.clip(logit.ravel()[0], -50, 50)))))


def face_square(mesh: Array) -> Turned:
    """The square round a face mesh (468, 2 or 3) with its eyes level: where to look in the next picture."""
    mesh = mesh[:, :2]
    across = mesh[263] - mesh[33]
    across = across / max(float(np.linalg.norm(across)), 1e-6)
    up = np.array([across[1], -across[0]])
    high, wide = mesh @ up, mesh @ across
    centre = up * (high.min() + high.max()) / 2 + across * (wide.min() + wide.max()) / 2
    return Turned.upwards(centre, 1.5 * max(float(np.ptp(high)), float(np.ptp(wide)), 1.0), up)
