"""A small net of this package: which cells of a person's canvas belong to that person and not to a neighbour or the room."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..types import Array
from ..weights import load

__all__ = ["Belonging"]

FILE = Path(__file__).with_name("belonging.onnx")


class Belonging:
    """Reads the planes of `looks` and corrects what the pretrained nets say; a U-Net (Ronneberger et al. 2015).

    Args:
        threads: how many it may use.
    """

    def __init__(self, threads: int = 1) -> None:
        self._net = load(FILE, threads=threads)

    def cells(self, planes: Sequence[Array]) -> Array:
        """Log odds (n, SIDE, SIDE) float32 that cells are the person, for n times (SIDE, SIDE, PLANES)."""
        rows = [self._net.run(np.ascontiguousarray(each.transpose(2, 0, 1))[None])[0][0] for each in planes]
        return np.array(rows, np.float32)
