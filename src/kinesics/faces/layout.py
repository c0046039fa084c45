"""The picture on which a filter is drawn: where the parts of a face lie on it.

512 x 512 pixels, somebody who looks straight ahead; the face is 190 pixels wide and its middle is at (256, 300), so that there
is room for a hat. Depth is in the same unit, smaller is nearer to the camera. Points are ordered as MediaPipe orders them.
The layout is our own: the mean of what the net sees in rendered people (`tests/faces/bake_layout.py`).
"""

from __future__ import annotations

import functools
import importlib.resources
from dataclasses import dataclass

import numpy as np

from ..types import Array

__all__ = ["EYES", "LIPS", "SIZE", "STABLE", "FaceLayout", "face_layout", "filter_template"]

SIZE = 512
LIPS = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)  # round the open mouth
EYES = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
)
STABLE = (  # what moves with the skull: forehead, temples, bridge of the nose, corners of the eyes, before the ears
    *(10, 151, 9, 8, 168, 6, 197, 195, 5, 4, 33, 133, 362, 263, 127, 356, 234, 454, 93, 323),
    *(109, 338, 67, 297, 103, 332, 54, 284, 21, 251, 162, 389, 69, 299, 104, 333, 68, 298),
)


@dataclass(frozen=True)
class FaceLayout:
    """Where things are on a filter's picture.

    Attributes:
        points: (468 + r, 3) the points of the mesh, and r more on the rest of the picture, which go with the skull.
        mirror: (468,) index of the point on the other side.
        skin: (t, 3) triangles of the face, clockwise on the screen, without openings.
        openings: (t, 3) triangles in the eyes and in the mouth.
        rim: (t, 3) triangles round the face.
    """

    points: Array
    mirror: Array
    skin: Array
    openings: Array
    rim: Array

    @property
    def mesh(self) -> Array:
        """(468, 3), the points of the mesh alone."""
        return self.points[:468]


@functools.cache
def face_layout() -> FaceLayout:
    """The one layout."""
    with (
        importlib.resources.files("kinesics.faces").joinpath("layout.npz").open("rb") as file,
        np.load(file, allow_pickle=False) as data,
    ):
        parts = {name: data[name] for name in ("points", "mirror", "skin", "openings", "rim")}
    parts = {name: value.astype(np.float64 if name == "points" else np.intp) for name, value in parts.items()}
    for value in parts.values():
        value.setflags(write=False)
    return FaceLayout(**parts)


def filter_template() -> Array:
    """A picture to draw a filter on: (512, 512, 4) uint8 RGBA with the lines of the face, clear elsewhere.

    Draw over it, remove the lines, save as PNG with its alpha: what is clear stays clear on the face.
    """
    import cv2

    layout = face_layout()
    picture = np.zeros((SIZE * 2, SIZE * 2, 4), np.uint8)

    def lines(rows: Array, colour: tuple[int, int, int, int], width: int) -> None:
        pairs = np.unique(np.sort(np.concatenate([rows[:, [0, 1]], rows[:, [1, 2]], rows[:, [2, 0]]]), axis=1), axis=0)
        for a, b in np.rint(layout.points[pairs][..., :2] * 2 * 16 + 8).astype(int):
            cv2.line(picture, a.tolist(), b.tolist(), colour, width, cv2.LINE_AA, 4)

    lines(layout.skin, (120, 140, 165, 110), 1)
    for ring in (*EYES, LIPS):
        path = np.rint(layout.points[list(ring)][:, :2] * 2 * 16 + 8).astype(np.int32)
        cv2.polylines(picture, [path], True, (40, 60, 90, 255), 3, cv2.LINE_AA, 4)
    hull = cv2.convexHull(np.rint(layout.mesh[:, :2] * 2 * 16 + 8).astype(np.int32))
    cv2.polylines(picture, [hull], True, (40, 60, 90, 255), 3, cv2.LINE_AA, 4)
    return np.asarray(cv2.resize(picture, (SIZE, SIZE), interpolation=cv2.INTER_AREA))
