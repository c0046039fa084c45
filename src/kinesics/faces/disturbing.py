"""What is no cover but may look like one: glasses, beards, shadows, blur, noise."""

from __future__ import annotations

import cv2
import numpy as np

from ..types import Array
from .covering import Canvas, somewhere

__all__ = ["disturbed"]


def disturbed(canvas: Canvas, rng: np.random.Generator) -> Canvas:
    """The same with what is no cover: glasses, beards and fringes drawn on, shadows, then blur, dark, noise, compression."""
    if rng.random() < 0.3:
        canvas = _glasses(canvas, rng)
    if rng.random() < 0.2:
        canvas = _bearded(canvas, rng)
    picture: Array = canvas.picture.astype(np.float32)
    if rng.random() < 0.5:  # light from one side, or a shadow's edge
        row, column = np.mgrid[: picture.shape[0], : picture.shape[1]].astype(np.float32)
        at, size = somewhere(canvas, rng, 0.3)
        over = ((column - at[0]) * np.cos(a := rng.uniform(0, 6.3)) + (row - at[1]) * np.sin(a)) / size
        picture *= (1 - rng.uniform(0, 0.6) / (1 + np.exp(-over * rng.choice([3.0, 8.0, 40.0]))))[..., None]
    picture = 255 * (np.clip(picture * rng.uniform(0.6, 1.25) * rng.uniform(0.9, 1.1, 3), 0, 255) / 255) ** rng.uniform(
        0.7, 1.5
    )
    if rng.random() < 0.15:
        picture = np.repeat(picture.mean(axis=2, keepdims=True), 3, axis=2)
    if rng.random() < 0.5:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 2.5))
    if rng.random() < 0.4:
        picture = picture + rng.normal(0, rng.uniform(1, 12), picture.shape)
    out = np.clip(picture, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        packed = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 80))])[1]
        out = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)
    return Canvas(out, canvas.mesh, canvas.cover, canvas.hand)


def _glasses(canvas: Canvas, rng: np.random.Generator) -> Canvas:
    """Frames, glints and tinted lenses that still show the eyes."""
    out, flat = canvas.picture.copy(), canvas.mesh[:, :2]
    colour = rng.integers(0, 120, 3).tolist()
    size, lens = float(np.linalg.norm(flat[263] - flat[33])), out.copy()
    tilt = float(np.degrees(np.arctan2(*(flat[263] - flat[33])[::-1])))
    share = rng.uniform(0.2, 0.3)
    for eye in ((33, 133), (362, 263)):
        x, y = flat[list(eye)].mean(axis=0)
        axes = (max(int(size * share), 1), max(int(size * share * rng.uniform(0.65, 0.95)), 1))
        cv2.ellipse(lens, (int(x), int(y)), axes, tilt, 0, 360, colour, -1, cv2.LINE_AA)
        cv2.ellipse(out, (int(x), int(y)), axes, tilt, 0, 360, colour, max(int(size * rng.uniform(0.01, 0.05)), 1), cv2.LINE_AA)
    tint = rng.uniform(0, 0.35)
    out = (out * (1 - tint) + lens * tint).astype(np.uint8)
    seen = 1 - canvas.cover[..., None]
    return Canvas((out * seen + canvas.picture * (1 - seen)).astype(np.uint8), canvas.mesh, canvas.cover, canvas.hand)


def _bearded(canvas: Canvas, rng: np.random.Generator) -> Canvas:
    """A beard or a fringe: dark grain along the jaw or the brow."""
    flat, shape = canvas.mesh[:, :2], canvas.picture.shape[:2]
    low = [58, 172, 150, 148, 152, 377, 379, 397, 288, 287, 164, 57]
    high = [54, 103, 67, 109, 10, 338, 297, 332, 284, 333, 9, 104]
    alpha = np.zeros(shape, np.uint8)
    cv2.fillPoly(alpha, [np.round(flat[low if rng.random() < 0.6 else high]).astype(np.int32)], 255)
    size = float(np.linalg.norm(flat[263] - flat[33]))
    grain = cv2.GaussianBlur(rng.normal(0, 1, shape).astype(np.float32), (0, 0), 1) * 0.5 + 1
    soft = (
        cv2.GaussianBlur(alpha.astype(np.float32) / 255, (0, 0), max(0.06 * size, 0.5))
        * rng.uniform(0.3, 0.9)
        * (1 - canvas.cover)
    )
    hair = rng.uniform([15, 10, 5], [110, 90, 80])
    mixed = canvas.picture + (hair * grain[..., None] - canvas.picture) * soft[..., None]
    return Canvas(np.clip(mixed, 0, 255).astype(np.uint8), canvas.mesh, canvas.cover, canvas.hand)
