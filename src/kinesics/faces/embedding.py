"""A face as numbers that are alike for one person: what names are found by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import ShapeError
from ..sights import Turned
from ..types import Array
from ..weights import load
from .likeness import likeness
from .records import Face

__all__ = ["DIMENSIONS", "LEAST_SIDE", "FaceEncoder", "aligned_square"]

DIMENSIONS = 128
SIDE = 150
LEAST_SIDE = 24.0  # pixels of a face below which it is nobody's
FURTHEST = 60.0  # degrees of yaw or pitch
COVERED = 0.5  # share: a name bears more than an overlay, whose own gate (`Gates.apply`) closes sooner
AT_ONCE = 16  # crops a call of the net: bounds the memory

# Outer and inner corner of the eye on the picture's left, the same on its right, and where the nose meets the lip: as points of
# the mesh, and as shares of dlib's mean face, which has a quarter of its side left free all round.
POINTS = (33, 133, 263, 362, 2)
MEAN_FACE = np.array([[0.1206, 0.2137], [0.3341, 0.2291], [0.8596, 0.2135], [0.6461, 0.2290], [0.4901, 0.6278]])
FREE = 0.25


class FaceEncoder:
    """Faces to unit vectors: those of one person are close together (dlib's face net: King 2017; He et al. 2016).

    A face is cut out with eyes and nose where the net expects them, and looked at as it is and mirrored; what all faces have in
    common is taken off. The cosine of two encodings is about 0.8 for one person and 0.2 for two; 0.6 parts them.

    Args:
        threads: how many the net may use.

    Raises:
        WeightsError: the optional set "faces" is not installed; the text says how to get it.
    """

    def __init__(self, threads: int = 1) -> None:
        self._net = load("face_resnet", threads=threads)

    def __call__(self, image: Array, faces: Sequence[Face]) -> Array:
        """Encode faces of one picture.

        Args:
            image: (h, w, 3) uint8 RGB.
            faces: what was found in it.

        Returns:
            (n, 128) float32, rows of length 1; NaN where a face has no mesh, is smaller than 24 px, turned by more than 60
            degrees, or by its gates more than half covered.

        Raises:
            ShapeError: the picture is not (h, w, 3) uint8.
        """
        image = np.asarray(image)
        if image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
            raise ShapeError(f"faces: expected a picture (h, w, 3) uint8 RGB, got {image.shape} {image.dtype}")
        out = np.full((len(faces), DIMENSIONS), np.nan, np.float32)
        rows = [row for row, face in enumerate(faces) if _fit(face)]
        for start in range(0, len(rows), AT_ONCE // 2):
            some = rows[start : start + AT_ONCE // 2]
            crops = np.stack([aligned_square(faces[row].mesh).cut(image, SIDE) for row in some])  # type: ignore[arg-type]
            out[some] = self._encode(crops)
        return out

    def _encode(self, crops: Array) -> Array:
        """(n, 128) unit vectors of crops (n, 150, 150, 3)."""
        both = np.concatenate([crops, crops[:, :, ::-1]]).astype(np.float32)
        (raw,) = self._net.run(both)
        return likeness().centred(raw[: len(crops)] + raw[len(crops) :])


def aligned_square(mesh: Array) -> Turned:
    """The square of a face mesh (468, 2 or 3) in which eyes and nose lie where dlib's mean face has them, by least squares.

    It is the similarity of Umeyama (1991) in the plane, written with complex numbers.
    """
    there = (MEAN_FACE + FREE) / (1 + 2 * FREE) * SIDE @ [1, 1j]
    here = np.asarray(mesh, float)[list(POINTS), :2] @ [1, 1j]
    apart = here - here.mean()
    turn = (apart.conj() @ (there - there.mean())) / max(float(np.abs(apart) @ np.abs(apart)), 1e-9)
    turn = turn if abs(turn) > 1e-6 else 1e-6
    middle = here.mean() + (complex(1, 1) * (SIDE - 1) / 2 - there.mean()) / turn
    return Turned(float(middle.real), float(middle.imag), float(SIDE / abs(turn)), float(-np.angle(turn)))


def _fit(face: Face) -> bool:
    if face.mesh is None or not np.isfinite(face.mesh).all():
        return False
    if float(np.ptp(face.mesh[:, :2], axis=0).max()) < LEAST_SIDE:
        return False
    if abs(face.yaw) > FURTHEST or abs(face.pitch) > FURTHEST:  # NaN is not: nothing tells
        return False
    return face.gates is None or face.gates.covered <= COVERED
