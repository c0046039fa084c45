"""A face mesh without its trembling: a low-pass that opens as the face moves."""

from __future__ import annotations

import numpy as np

from ..types import Array
from .layout import STABLE

__all__ = ["Steadying"]


class Steadying:
    """One-Euro filter on the points of one face (Casiez et al., The 1 Euro filter, 2012), speeds in widths of the face.

    Args:
        rest: Hz, cutoff of a face that keeps still.
        open: Hz more per width of the face and second: how soon a motion is believed.
    """

    def __init__(self, *, rest: float = 2.5, open: float = 22.0) -> None:
        self.rest, self.open = rest, open
        self._mesh: Array | None = None
        self._speed = np.zeros(0)
        self._time = 0.0

    def update(self, mesh: Array, time: float) -> Array:
        """The steadied mesh (468, 3) at `time` seconds; after a pause of more than half a second it starts anew."""
        mesh = np.asarray(mesh, float)
        step = time - self._time
        self._time = time
        if self._mesh is None or not 0 < step <= 0.5:
            if self._mesh is None or step != 0:
                self._mesh, self._speed = mesh, np.zeros((2, 3))
            return self._mesh
        wide = max(float(np.ptp(mesh[:, 0])), float(np.ptp(mesh[:, 1])), 1e-6)
        move = mesh - self._mesh
        whole = move[list(STABLE)].mean(0)  # the head's motion and the rest of the face's are filtered apart
        rest = move - whole
        seen = np.stack([whole, np.sqrt((rest**2).mean(0))]) / (wide * step)
        self._speed = self._speed + _share(6.0, step) * (seen - self._speed)
        head, parts = np.linalg.norm(self._speed[:, :2], axis=1)
        self._mesh = (
            self._mesh + whole * _share(self.rest + self.open * head, step) + rest * _share(self.rest + self.open * parts, step)
        )
        return self._mesh


def _share(cutoff: float, step: float) -> float:
    """Of the new value in a first-order low-pass, for a cutoff in Hz and a step in seconds."""
    turn = 2 * np.pi * cutoff * step
    return float(turn / (turn + 1))
