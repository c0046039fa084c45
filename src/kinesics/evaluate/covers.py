"""Things put in front of faces to see whether that is noticed: of kinds that no net here was trained on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from ..types import Array

__all__ = ["COVERS", "Held", "covered_by"]


@dataclass(frozen=True)
class Held:
    """What covers are made of: `hands`, (s, s, 4) uint8 premultiplied cut-outs, and `spare` (h, w, 3) uint8, a part of the same
    picture beside the face, or of the picture turned over.
    """

    hands: list[Array]
    spare: Array


def covered_by(kind: str, picture: Array, mesh: Array, held: Held, rng: np.random.Generator) -> tuple[Array, float]:
    """A face with something of one kind of `COVERS` in front.

    Args:
        kind: what.
        picture: (h, w, 3) uint8 RGB.
        mesh: (468, 3) of the free face.
        held: what is at hand.
        rng: draws where, how large, which way.

    Returns:
        a new picture, and the share of the face, 0 to 1, that is hidden.
    """
    flat = mesh[:, :2]
    middle, size = (flat.min(axis=0) + flat.max(axis=0)) / 2, float(np.ptp(flat, axis=0).max())
    paint, alpha = COVERS[kind](picture, middle + rng.uniform(-0.45, 0.45, 2) * size, size, held, rng)
    inside = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillConvexPoly(inside, cv2.convexHull(np.round(flat).astype(np.int32)), 1)
    mixed = picture + (np.asarray(paint, np.float32) - picture) * alpha[..., None]
    return np.clip(mixed, 0, 255).astype(np.uint8), float((alpha * inside).sum() / max(int(inside.sum()), 1))


Cover = tuple[Array, Array]


def _hands(picture: Array, at: Array, size: float, held: Held, rng: np.random.Generator) -> Cover:
    """Two hands of made people, as when somebody hides the face."""
    paint, alpha = np.zeros(picture.shape, np.float32), np.zeros(picture.shape[:2], np.float32)
    for shift in (-0.18, 0.18):
        cut = held.hands[rng.integers(len(held.hands))]
        half, scale = (cut.shape[0] - 1) / 2, size * rng.uniform(1.1, 2.1) / cut.shape[0]
        matrix = cv2.getRotationMatrix2D((half, half), rng.uniform(-180, 180), scale)
        matrix[:, 2] += at + [shift * size, 0] - half
        warped = cv2.warpAffine(cut, matrix, picture.shape[1::-1]).astype(np.float32)
        over = warped[..., 3] / 255
        paint = paint * (1 - over[..., None]) + warped[..., :3]
        alpha = alpha * (1 - over) + over
    return paint / np.maximum(alpha, 1e-3)[..., None], alpha


def _page(picture: Array, at: Array, size: float, held: Held, rng: np.random.Generator) -> Cover:
    """A page with lines of letters."""
    page = np.full(picture.shape, rng.integers(190, 250), np.uint8)
    step = max(int(size * rng.uniform(0.06, 0.12)), 4)
    for row in range(0, picture.shape[0], step):
        words = "".join(chr(c) for c in rng.integers(97, 123, 80))
        cv2.putText(page, words, (0, row), cv2.FONT_HERSHEY_SIMPLEX, step / 30, (30, 30, 35), 1, cv2.LINE_AA)
    return page, _box(picture, at, size * rng.uniform(0.4, 1.1), size * rng.uniform(0.4, 1.1), rng)


def _mug(picture: Array, at: Array, size: float, held: Held, rng: np.random.Generator) -> Cover:
    """A shaded cylinder with a handle."""
    wide, high = size * rng.uniform(0.35, 0.8, 2)
    column = np.arange(picture.shape[1], dtype=np.float32)
    round_ = np.sqrt(np.clip(1 - ((column - at[0]) / (wide / 2)) ** 2, 0, 1))
    paint = rng.uniform(20, 235, 3) * (0.45 + 0.55 * round_)[None, :, None] * np.ones((picture.shape[0], 1, 1))
    alpha = np.zeros(picture.shape[:2], np.uint8)
    left, top = at - [wide / 2, high / 2]
    cv2.rectangle(alpha, (int(left), int(top)), (int(left + wide), int(top + high)), 255, -1)
    axes = (int(wide * 0.3), int(high * 0.3))
    cv2.ellipse(alpha, (int(left + wide), int(at[1])), axes, 0, -90, 90, 255, max(int(0.1 * wide), 1), cv2.LINE_AA)
    return paint, alpha.astype(np.float32) / 255


def _bars(picture: Array, at: Array, size: float, held: Held, rng: np.random.Generator) -> Cover:
    """A fence."""
    turn, period, share = rng.uniform(0, np.pi), size * rng.uniform(0.15, 0.4), rng.uniform(0.3, 0.6)
    row, column = np.mgrid[: picture.shape[0], : picture.shape[1]].astype(np.float32)
    phase = ((column - at[0]) * np.cos(turn) + (row - at[1]) * np.sin(turn)) / period % 1
    alpha = cv2.GaussianBlur((phase < share).astype(np.float32), (0, 0), 0.7)
    return np.ones(picture.shape) * rng.uniform(10, 230, 3) * (0.8 + 0.4 * phase / share)[..., None], np.asarray(alpha)


def _strands(picture: Array, at: Array, size: float, held: Held, rng: np.random.Generator) -> Cover:
    """A lock of hair blown over the face."""
    alpha, paint = np.zeros(picture.shape[:2], np.uint8), np.zeros(picture.shape, np.uint8)
    colour, lean = rng.uniform([15, 10, 8], [190, 150, 110]), rng.uniform(-0.5, 0.5)
    for start in rng.normal(0, rng.uniform(0.08, 0.3), 160) * size:
        t = np.linspace(-1.1, 1.1, 12)[:, None] * size
        line = at + np.column_stack([start + lean * t[:, 0] + rng.normal(0, 0.02) * t[:, 0] ** 2 / size, t[:, 0]])
        points = [np.round(line * 8).astype(np.int32)]
        shade = np.clip(colour * rng.uniform(0.7, 1.3), 0, 255).tolist()
        thick = max(int(0.015 * size), 1)
        cv2.polylines(alpha, points, False, 255, thick, cv2.LINE_AA, 3)
        cv2.polylines(paint, points, False, shade, thick + 1, cv2.LINE_8, 3)
    return paint, alpha.astype(np.float32) / 255


def _spare(picture: Array, at: Array, size: float, held: Held, rng: np.random.Generator) -> Cover:
    """What is beside the face, in front of it: a shoulder, a sleeve, the wall."""
    spare = cv2.resize(held.spare, picture.shape[1::-1])
    return spare, _box(picture, at, size * rng.uniform(0.4, 1.2), size * rng.uniform(0.4, 1.2), rng)


COVERS: dict[str, Callable[[Array, Array, float, Held, np.random.Generator], Cover]] = {
    "hands": _hands,
    "page": _page,
    "mug": _mug,
    "bars": _bars,
    "strands": _strands,
    "spare": _spare,
}


def _box(picture: Array, at: Array, wide: float, high: float, rng: np.random.Generator) -> Array:
    """(h, w) float32: a box turned by chance."""
    alpha = np.zeros(picture.shape[:2], np.uint8)
    corners = cv2.boxPoints(((float(at[0]), float(at[1])), (float(wide), float(high)), float(rng.uniform(0, 90))))
    cv2.fillConvexPoly(alpha, np.round(corners * 8).astype(np.int32), 255, cv2.LINE_AA, 3)
    return alpha.astype(np.float32) / 255
