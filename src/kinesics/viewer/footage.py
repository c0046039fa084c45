"""Pictures of one person with the poses in them: what a person is fitted from, trained on and measured against."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ShapeError
from ..types import Array

__all__ = ["SIZE", "WHOLE_BODY", "Footage"]

SIZE = 512
"""Width and height of the canvas on which every person of the viewer lives, pixels."""
WHOLE_BODY = "wholebody133"
"""The skeleton of all poses in the viewer."""


@dataclass(frozen=True, eq=False)
class Footage:
    """n pictures of one person on the viewer's square canvas.

    Attributes:
        pictures: (n, 512, 512, 3) uint8 RGB.
        alpha: (n, 512, 512) uint8, 255 where the person is.
        points: (n, 133, 2) float32 canvas pixels, NaN where missing.
        scores: (n, 133) float32, 0 where missing.
        times: (n,) float64 seconds within their clip.
        clips: (n,) int32 which clip a picture is from.
        background: (512, 512, 3) uint8, what is seen without the person, where the camera stood still; else None.
    """

    pictures: Array
    alpha: Array
    points: Array
    scores: Array
    times: Array
    clips: Array
    background: Array | None = None

    def __post_init__(self) -> None:
        n = len(self.pictures)
        shapes = {
            "pictures": (n, SIZE, SIZE, 3),
            "alpha": (n, SIZE, SIZE),
            "points": (n, 133, 2),
            "scores": (n, 133),
            "times": (n,),
            "clips": (n,),
        }
        for name, shape in shapes.items():
            if getattr(self, name).shape != shape:
                raise ShapeError(f"Footage.{name}: expected shape {shape}, got {getattr(self, name).shape}")

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, which: Any) -> Footage:
        which = [which] if isinstance(which, int | np.integer) else which
        return Footage(
            self.pictures[which],
            self.alpha[which],
            self.points[which],
            self.scores[which],
            self.times[which],
            self.clips[which],
            self.background,
        )
