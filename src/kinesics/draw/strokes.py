"""A list of bones and discs, gathered for a whole picture and drawn in one go: one geometry for all, then only cv2 calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ..types import Array
from .palette import Color

Rect = tuple[float, float, float, float]


@dataclass(frozen=True)
class Group:
    """Strokes that show with one opacity.

    Attributes:
        alpha: 1 is opaque.
        rect: x1 y1 x2 y2 that holds them, pixels; matters only below 1.
        items: (is a bone, row among the bones or discs, colour), in the order of drawing.
    """

    alpha: float
    rect: Rect
    items: list[tuple[bool, int, Color]] = field(default_factory=list)


class Strokes:
    """Straight bones with blunt ends and filled discs, in pixels of the picture, in groups."""

    def __init__(self) -> None:
        self.groups: list[Group] = []
        self._ends: list[Array] = []
        self._widths: list[Array] = []
        self._centers: list[Array] = []
        self._diameters: list[Array] = []
        self._bones = self._discs = 0

    def group(self, alpha: float = 1.0, rect: Rect = (0, 0, 0, 0)) -> None:
        """What is added from here on shows with this opacity and lies within `rect`."""
        self.groups.append(Group(alpha, rect))

    def bones(self, ends: Array, widths: Array, colors: Sequence[Color]) -> None:
        """Add lines: ends (m, 2, 2), widths (m,), one colour each."""
        self._ends.append(ends)
        self._widths.append(widths)
        self.groups[-1].items.extend((True, self._bones + i, color) for i, color in enumerate(colors))
        self._bones += len(ends)

    def discs(self, centers: Array, diameters: Array, color: Color) -> None:
        """Add discs: centers (m, 2), diameters (m,)."""
        self._centers.append(centers)
        self._diameters.append(diameters)
        self.groups[-1].items.extend((False, self._discs + i, color) for i in range(len(centers)))
        self._discs += len(centers)

    def bone_arrays(self) -> tuple[Array, Array, Array]:
        """Ends (m, 2, 2), unit normals (m, 2) and widths (m,) of all bones."""
        ends = np.concatenate([np.empty((0, 2, 2)), *self._ends])
        along = ends[:, 1] - ends[:, 0]
        normals = np.stack([-along[:, 1], along[:, 0]], 1) / np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-6)[:, None]
        return ends, normals, np.concatenate([np.empty(0), *self._widths])

    def disc_arrays(self) -> tuple[Array, Array]:
        """Centres (m, 2) and diameters (m,) of all discs."""
        return np.concatenate([np.empty((0, 2)), *self._centers]), np.concatenate([np.empty(0), *self._diameters])
