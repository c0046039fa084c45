"""BlazePose: 33 joints in 3D and the outline of the one person in a square."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array
from ..weights import load
from .heat import refined
from .turned import Turned

__all__ = ["BodyNet", "BodySight"]

SIDE = 256
JOINTS = 33  # what the net says beyond them are points of its own: where to look in the next picture


@dataclass(frozen=True)
class BodySight:
    """What a look at one person showed.

    Attributes:
        square: where it looked.
        score: how sure the net is that there is a person, 0 to 1.
        points: (33, 3) x, y pixels of the picture, z pixels towards (-) or away from (+) the camera, 0 at the hips.
        visibility: (33,) how sure it is that a joint is in the picture and not covered, 0 to 1.
        presence: (33,) how sure it is that a joint is in the square, 0 to 1.
        world: (33, 3) metres, x right, y down, z away from the camera, origin between the hips.
        middle: (2,) pixels, the net's own middle of the body.
        top: (2,) pixels, the net's own point above the head: the circle round `middle` through it holds the body.
        mask: (256, 256) float32 0 to 1, how much each cell of the square is the person.
    """

    square: Turned
    score: float
    points: Array
    visibility: Array
    presence: Array
    world: Array
    middle: Array
    top: Array
    mask: Array


class BodyNet:
    """BlazePose GHUM full (Bazarevsky et al., BlazePose, 2020; Grishchenko et al., BlazePose GHUM Holistic, 2022).

    Args:
        threads: how many the net may use.

    Raises:
        WeightsError: the net is not installed; the text says how to get it.
    """

    def __init__(self, threads: int = 1) -> None:
        self._net = load("pose_landmark_full", threads=threads)

    def look(self, image: Array, square: Turned, *, mirrored: bool = False) -> BodySight:
        """Look at one square.

        Args:
            image: (h, w, 3) uint8 RGB; it is not changed.
            square: where; the person's head towards its upper edge, hips near its middle.
            mirrored: show the net the mirrored square; of the answer only `mask` and `score` are of use then.
        """
        cut = square.shown(image, SIDE, quick=True)
        found, score, logit, heat, metres = self._net.run(np.ascontiguousarray(cut[:, :, ::-1]) if mirrored else cut)
        rows = found.reshape(39, 5).astype(float)
        flat = square.back(refined(rows[:, :2], heat[0], SIDE), SIDE)
        depth = rows[:JOINTS, 2] * square.side / SIDE
        mask = _share(logit[0, :, :, 0])
        return BodySight(
            square,
            float(score[0, 0]),
            np.column_stack([flat[:JOINTS], depth]),
            _share(rows[:JOINTS, 3]),
            _share(rows[:JOINTS, 4]),
            upright(metres.reshape(39, 3)[:JOINTS].astype(float), square.angle),
            flat[33],
            flat[34],
            np.ascontiguousarray(mask[:, ::-1]) if mirrored else mask,
        )


def upright(world: Array, angle: float) -> Array:
    """Metres as seen in a square turned by `angle` as metres in the picture: (…, 3)."""
    c, s = np.cos(angle), np.sin(angle)
    turn = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])
    return np.asarray(world @ turn.T)


def _share(logit: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(logit, -30, 30))))
