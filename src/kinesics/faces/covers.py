"""A small net that sees which parts of a face are covered."""

from __future__ import annotations

from importlib.resources import as_file, files

import cv2
import numpy as np

from ..sights import Turned
from ..types import Array
from ..weights import load
from .gates import face_cells

__all__ = ["CELLS", "SIDE", "CoverNet", "cover_input"]

SIDE = 64  # pixels of the square that the net sees
CELLS = 16  # a side of the map that comes out


class CoverNet:
    """What covers a face: hands, masks, things. Made by `scripts/train_face_covers.py`, and part of the package.

    Args:
        threads: how many the net may use.
    """

    def __init__(self, threads: int = 1) -> None:
        with as_file(files(__package__) / "covers.onnx") as path:
            self._net = load(path, threads=threads)

    def look(self, image: Array, mesh: Array, square: Turned) -> tuple[Array, float]:
        """Look at one face.

        Args:
            image: (h, w, 3) uint8 RGB.
            mesh: (468, 3) of the face.
            square: `face_square` of the mesh.

        Returns:
            (2, 16, 16) 0 to 1 over the square: how much each cell is covered, and how much of that by a hand; and the share of
            the face that is covered, 0 to 1.
        """
        maps, share = self._net.run(cover_input(image, mesh, square))
        return _sigmoid(maps[0]), float(_sigmoid(share).ravel()[0])


def cover_input(image: Array, mesh: Array, square: Turned) -> Array:
    """(1, 4, 64, 64) float32 -1 to 1: the square in RGB, and where in it the mesh is."""
    cut = np.dstack([square.cut(image, SIDE), face_cells(mesh, square, SIDE).astype(np.uint8) * 255])
    return np.ascontiguousarray(cv2.dnn.blobFromImage(cut, 1 / 127.5, mean=(127.5,) * 4))


def _sigmoid(value: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(value, -30, 30))))
