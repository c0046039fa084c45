"""One face from picture to picture: does it move, shine and sit in its head as a filmed face does?

The measures are those that reviews of manipulated faces name as telling (Verdoliva, Media forensics and deepfakes: an overview,
2020; Li and Lyu, Exposing DeepFake videos by detecting face warping artifacts, 2019; Li et al., Face X-ray, 2020): sharpness of
the inner face against its surroundings, a seam between them, texture and points that tremble, and pictures that the face's own
history does not make up. Each is a cue and none a verdict.
"""

from __future__ import annotations

import math

import cv2
import numpy as np

from ..sights import Turned, face_square
from ..sights.face import OVAL
from ..types import Array
from .oja import StreamingPCA

__all__ = ["CUES", "FaceTrace"]

CUES = ("sharpness", "seam", "flicker", "tremble", "strangeness", "drift")
"""sharpness: how much blurrier (below 0) or sharper the inner face is than its rim, log of a ratio; seam: the strongest change
of colour across a closed line in the face, against the other lines; flicker: change of the inner face from picture to picture
against its rim's, log of a ratio; tremble: acceleration of the points against each other, shares of the face; strangeness:
reconstruction error by the face's own history; drift: 1 - cosine between the embedding and its mean so far."""

SIDE = 128  # of the upright cut
CELLS = 20  # of the small picture whose history is learned
SCALES = np.linspace(0.62, 1.0, 9)  # of the oval, where a seam is looked for
GAP = 0.5  # seconds after which what was seen before says nothing


class FaceTrace:
    """Measures one face over time.

    Args:
        seed: of the first directions of its history.
    """

    def __init__(self, seed: int = 0) -> None:
        self._history = StreamingPCA(CELLS * CELLS, 6, floor=0.02, seed=seed)
        self._mean: Array | None = None
        self._before: tuple[float, Array, Array] | None = None  # time, aligned cut, shape
        self._shapes: list[tuple[float, Array]] = []

    def add(self, image: Array, mesh: Array, time: float, encoding: Array | None = None) -> dict[str, float]:
        """Measure one more picture of the face.

        Args:
            image: (h, w, 3) uint8 RGB.
            mesh: (468, 2 or 3) pixels.
            time: seconds, rising.
            encoding: (d,) of length 1, or None where nobody made one.

        Returns:
            `CUES`, NaN where one cannot be told.
        """
        square = face_square(mesh)
        cut = square.cut(image, SIDE)
        points = _into(square, mesh)
        lab = cv2.cvtColor(cut, cv2.COLOR_RGB2LAB).astype(np.float32)
        oval = points[list(OVAL)]
        inner, rim = _regions(oval)
        known = square.inside(image) > 0.9
        cues = {
            "sharpness": _sharpness(lab[..., 0], inner, rim) if known else math.nan,
            "seam": _seam(lab, oval),
            "flicker": math.nan,
            "tremble": self._tremble(mesh, time),
            "strangeness": self._history.update(_small(lab[..., 0], points)),
            "drift": self._drift(encoding),
        }
        if self._before is not None and 0 < time - self._before[0] < GAP and known:
            cues["flicker"] = _flicker(self._before[1], lab, self._before[2], points, inner, rim)
        self._before = (time, lab, points)
        return cues

    def _tremble(self, mesh: Array, time: float) -> float:
        """How far the shape, without turn, place and size, leaves the straight line through its last two."""
        shape = _shape(mesh[:, :2])
        self._shapes = [*self._shapes[-2:], (time, shape)]
        if len(self._shapes) < 3 or self._shapes[-1][0] - self._shapes[0][0] > GAP:
            return math.nan
        (t0, a), (t1, b), (t2, c) = self._shapes
        if not t0 < t1 < t2:
            return math.nan
        share = (t1 - t0) / (t2 - t0)
        return float(np.sqrt(((a + share * (c - a) - b) ** 2).sum(1).mean()))

    def _drift(self, encoding: Array | None) -> float:
        if encoding is None or not np.isfinite(encoding).all():
            return math.nan
        if self._mean is None:
            self._mean = np.asarray(encoding, float)
            return 0.0
        cosine = float(encoding @ self._mean / max(float(np.linalg.norm(self._mean)), 1e-9))
        self._mean = 0.95 * self._mean + 0.05 * encoding
        return 1 - cosine


def _into(square: Turned, mesh: Array) -> Array:
    matrix = square.matrix(SIDE)
    return np.asarray(mesh[:, :2] @ matrix[:, :2].T + matrix[:, 2])


def _regions(oval: Array) -> tuple[Array, Array]:
    """(SIDE, SIDE) bool: the inner face, and the rim of skin and hair round it."""
    middle = oval.mean(0)
    drawn = []
    for scale in (0.75, 0.97, 1.3):
        mask = np.zeros((SIDE, SIDE), np.uint8)
        cv2.fillPoly(mask, [np.round(middle + scale * (oval - middle)).astype(np.int32)], 1)
        drawn.append(mask > 0)
    return drawn[0], drawn[2] & ~drawn[1]


def _sharpness(light: Array, inner: Array, rim: Array) -> float:
    fine = np.abs(light - cv2.GaussianBlur(light, (0, 0), 1.2))
    return (
        float(np.log((np.median(fine[inner]) + 0.05) / (np.median(fine[rim]) + 0.05)))
        if rim.any() and inner.any()
        else math.nan
    )


def _seam(lab: Array, oval: Array) -> float:
    """Change of colour across the oval made smaller, where it is strongest, against the median of all sizes."""
    smooth = cv2.GaussianBlur(lab, (0, 0), 1.0)
    middle = oval.mean(0)
    profile = np.stack([_along(smooth, middle + scale * (oval - middle)) for scale in SCALES])  # (s, k, 3)
    change = np.linalg.norm(np.diff(profile, axis=0).mean(1), axis=1)  # of the mean colour along the whole line
    steps = np.median(np.linalg.norm(np.diff(profile, axis=0), axis=2), axis=1)
    return float(np.log((change.max() + 0.5) / (np.median(steps) + 0.5)))


def _along(picture: Array, points: Array) -> Array:
    """Colours along a closed line of the oval's points, three between every two."""
    fine = np.concatenate([points + share * (np.roll(points, -1, 0) - points) for share in (0, 0.33, 0.67)])
    x, y = fine[:, 0].astype(np.float32), fine[:, 1].astype(np.float32)
    return np.asarray(cv2.remap(picture, x[:, None], y[:, None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))[:, 0]


def _flicker(before: Array, now: Array, old: Array, new: Array, inner: Array, rim: Array) -> float:
    matrix, _ = cv2.estimateAffinePartial2D(old.astype(np.float32), new.astype(np.float32), method=cv2.LMEDS)
    if matrix is None:
        return math.nan
    laid = cv2.warpAffine(before, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    change = np.linalg.norm(laid - now, axis=-1)
    return (
        float(np.log((np.median(change[inner]) + 0.3) / (np.median(change[rim]) + 0.3)))
        if rim.any() and inner.any()
        else math.nan
    )


def _small(light: Array, points: Array) -> Array:
    """The inner face as (CELLS * CELLS,) cells of even mean and spread."""
    low, high = points.min(0), points.max(0)
    middle, half = (low + high) / 2, 0.42 * (high - low)
    scale = CELLS / (2 * half)
    matrix = np.array([[scale[0], 0, CELLS / 2 - scale[0] * middle[0]], [0, scale[1], CELLS / 2 - scale[1] * middle[1]]])
    cells = cv2.warpAffine(cv2.GaussianBlur(light, (0, 0), 2.0), matrix, (CELLS, CELLS), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(((cells - cells.mean()) / (cells.std() + 1)).ravel())


def _shape(points: Array) -> Array:
    """(468, 2) without place and size, eyes level."""
    away = points - points.mean(0)
    across = points[263] - points[33]
    turn = math.atan2(across[1], across[0])
    c, s = math.cos(-turn), math.sin(-turn)
    return np.asarray(away @ np.array([[c, s], [-s, c]]) / max(float(np.sqrt((away**2).sum(1).mean())), 1e-6))
