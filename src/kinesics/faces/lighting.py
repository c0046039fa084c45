"""How a face is lit, roughly: what is laid on it is made as bright, as warm and as one-sided; rather too little."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ..types import Array
from .layout import STABLE

__all__ = ["Light", "light_of"]

SKIN = (*STABLE, 50, 280, 101, 330, 36, 266, 205, 425, 187, 411, 147, 376, 116, 345, 123, 352, 199, 175, 18, 200)
WHITE = 190.0  # of 255: what something white looks like on a usual face in a usual picture
SIDE = 32  # pixels to which the surroundings of a face are reduced


@dataclass(frozen=True, eq=False)
class Light:
    """How a face is lit.

    Attributes:
        gain: (3,) what the colours of an overlay are multiplied by.
        slope: (2,) by how much more at the face's right and lower edges than in its middle; as much less at the left and upper.
        level: luma of the face's skin, 0 to 255: the middle of its light and shade.
    """

    gain: Array
    slope: Array
    level: float

    def towards(self, other: Light, share: float) -> Light:
        """A share of the way to another light."""
        return Light(
            self.gain + share * (other.gain - self.gain),
            self.slope + share * (other.slope - self.slope),
            self.level + share * (other.level - self.level),
        )

    def field(self, across: Array, down: Array) -> Array:
        """(h, w) brightness at places (w,) and (h,) in halves of the face's width from its middle."""
        x, y = np.clip(across, -1.2, 1.2) * self.slope[0], np.clip(down, -1.2, 1.2) * self.slope[1]
        return np.asarray(1 + x[None] + y[:, None], np.float32)


def light_of(image: Array, mesh: Array) -> Light:
    """Read the light off a face.

    Args:
        image: (h, w, 3) uint8 RGB.
        mesh: (468, 2 or 3) pixels.
    """
    flat = mesh[:, :2]
    low, high = flat.min(0), flat.max(0)
    air = 0.35 * (high - low)
    x1, y1 = np.clip(np.floor(low - air).astype(int), 0, np.array(image.shape[1::-1]) - 1)
    x2, y2 = np.clip(np.ceil(high + air).astype(int), (x1 + 1, y1 + 1), image.shape[1::-1])
    part = image[y1:y2, x1:x2]
    every = max(min(part.shape[:2]) // (4 * SIDE), 1)  # of large faces, not all pixels are asked
    wide, high_ = min(SIDE, part.shape[1]), min(SIDE, part.shape[0])
    small = cv2.resize(part[::every, ::every], (wide, high_), interpolation=cv2.INTER_AREA).astype(np.float32)
    luma = small @ np.array([0.299, 0.587, 0.114], np.float32)
    order = np.sort(luma, axis=None)
    bright, top = float(order[int(0.95 * (len(order) - 1))]), luma >= order[int(0.8 * (len(order) - 1))]
    at = (flat[list(SKIN)] - (x1, y1)) * (wide / (x2 - x1), high_ / (y2 - y1))
    within = (at >= 0).all(1) & (at <= (wide - 1, high_ - 1)).all(1)
    if within.sum() < 12:
        return Light(_gain(bright, small[top]), np.zeros(2), bright)
    columns, rows = np.rint(at[within]).astype(int).T
    skin = luma[rows, columns]
    where = (flat[list(SKIN)][within] - flat.mean(0)) / (max(float(np.ptp(flat[:, 0])), 1e-6) / 2)
    level, slope = _plane(where, skin)
    return Light(_gain(max(bright * 0.8, level), small[top]), np.clip(0.7 * slope, -0.25, 0.25), level)


def _gain(bright: float, brightest: Array) -> Array:
    """(3,) from how bright the brightest things (n, 3) are and from their colour, half believed."""
    colour = brightest.mean(0)
    cast = np.clip(np.sqrt(np.maximum(colour, 8) / max(float(colour.mean()), 8.0)), 0.9, 1.1)
    return np.asarray(np.clip((max(bright, 1.0) / WHITE) ** 0.6, 0.3, 1.08) * cast, np.float32)


def _plane(where: Array, skin: Array) -> tuple[float, Array]:
    """Level and relative slopes of luma over the face; hair and shine are left out in a second round."""
    rows = np.column_stack([np.ones(len(where)), where])
    keep = np.ones(len(where), bool)
    for _ in range(2):
        kept = rows[keep]
        found = np.linalg.solve(kept.T @ kept + 1e-3 * np.eye(3), kept.T @ skin[keep])
        off = np.abs(skin - rows @ found)
        keep = off <= 2 * max(float(np.median(off)), 2.0)
    level = max(float(found[0]), 1.0)
    return level, found[1:] / max(level, 20.0)
