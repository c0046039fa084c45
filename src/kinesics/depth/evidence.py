"""What a forest says about one person, in numbers that do not depend on where the person stands in the picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numba
import numpy as np

from ..bodies import PARTS
from ..types import Array, Camera
from .anatomy import VOTED
from .modes import find_modes
from .voting import gather_votes, pixels_of, places_of

if TYPE_CHECKING:
    from .forest import Forest

PIXELS = 700  # of a person that vote; more change the joints by millimetres
MODES = 3
_QUANTILES = (0.02, 0.15, 0.5, 0.85, 0.98)


@dataclass(frozen=True)
class Evidence:
    """What is known of a person from one picture. Metres, camera axes.

    Attributes:
        centre: (3,) middle of the visible surface.
        turn: (3, 3) rows are the axes of a frame that looks at the centre: in it people look alike all over the picture.
        modes: (23, 3, 3) where votes for each joint gather, strongest first, NaN for none.
        strengths: (23, 3) m² of body surface whose leaves vote there.
        parts: (32, 3) middle of each part's pixels.
        areas: (32,) m² of each part.
        extent: (15,) quantiles of the surface along the three axes of that frame.
    """

    centre: Array
    turn: Array
    modes: Array
    strengths: Array
    parts: Array
    areas: Array
    extent: Array

    @property
    def local_modes(self) -> Array:
        """(23, 3, 3) the modes in that frame."""
        return np.asarray((self.modes - self.centre) @ self.turn.T, np.float32)

    def features(self) -> Array:
        """(FEATURES,) float32: all of it in that frame, for a regression."""
        strength = np.log1p(self.strengths * 1e3)
        modes = np.nan_to_num(self.local_modes[:, :2])
        parts = np.where(self.areas[1:, None] > 1e-4, (self.parts[1:] - self.centre) @ self.turn.T, 0)
        return np.concatenate(
            [
                modes.ravel(),
                strength[:, :2].ravel(),
                parts.ravel(),
                np.log1p(self.areas[1:] * 1e3),
                self.extent,
                self.turn[:2].ravel(),
            ]
        ).astype(np.float32)


FEATURES = len(VOTED) * 8 + (len(PARTS) - 1) * 4 + 3 * len(_QUANTILES) + 6


def looking_at(place: Array) -> Array:
    """(3, 3) rotation whose third row points from the camera to the place and whose first row is level."""
    forward = place / max(float(np.linalg.norm(place)), 1e-9)
    right = np.array([forward[2], 0.0, -forward[0]])
    right /= max(float(np.linalg.norm(right)), 1e-9)
    return np.stack([right, np.cross(forward, right), forward])


@numba.njit(cache=True, nogil=True)
def _parts(places: Array, leaves: Array, shares: Array, area: Array) -> tuple[Array, Array]:
    """Area and middle of each part: (p,), (p, 3)."""
    count = shares.shape[1]
    areas, sums = np.zeros(count), np.zeros((count, 3))
    whole = 1.0 / (255.0 * leaves.shape[1])
    for i in range(len(leaves)):
        for t in range(leaves.shape[1]):
            row = shares[leaves[i, t]]
            for p in range(count):
                if row[p]:
                    w = area[i] * row[p] * whole
                    areas[p] += w
                    sums[p, 0] += w * places[i, 0]
                    sums[p, 1] += w * places[i, 1]
                    sums[p, 2] += w * places[i, 2]
    for p in range(count):
        for axis in range(3):
            sums[p, axis] /= max(areas[p], 1e-9)
    return areas, sums


def gather_evidence(forest: Forest, worth: Array, bandwidths: Array, depth: Array, camera: Camera) -> Evidence | None:
    """Ask a forest about one person.

    Args:
        forest: with votes.
        worth: (leaves, k) float32, weight of each vote.
        bandwidths: (23,) metres.
        depth: (h, w) uint16 millimetres, 0 outside the person.
        camera: of the picture.

    Returns:
        what it says; None when there is not a pixel.
    """
    rows, columns, each = pixels_of(depth, PIXELS)
    if not len(rows):
        return None
    leaves = forest.leaves(depth, camera, rows, columns)
    places = places_of(depth, camera, rows, columns)
    area = (places[:, 2] ** 2 * np.float32(each / (camera.fx * camera.fy))).astype(np.float32)
    votes = gather_votes(places, area, leaves, forest.vote_joint, forest.vote_offset, worth, len(VOTED))
    modes, strengths = find_modes(*votes, bandwidths, MODES)
    areas, parts = _parts(places, leaves, forest.leaf_parts, area)
    centre = np.median(places, axis=0).astype(float)
    turn = looking_at(centre)
    extent = np.quantile((places - centre) @ turn.T, _QUANTILES, axis=0).T.ravel()
    return Evidence(centre, turn, modes, strengths, parts, areas, extent)
