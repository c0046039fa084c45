"""Faces with something in front of them, made: to train the net that sees what covers a face."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from ..types import Array

__all__ = ["COVERINGS", "Canvas", "Stuff", "cover_face", "on_background", "pasted", "somewhere"]


@dataclass(frozen=True)
class Canvas:
    """A picture of one face and what is true of it.

    Attributes:
        picture: (h, w, 3) uint8 RGB.
        mesh: (468, 3) of the face when nothing covers it, pixels.
        cover: (h, w) float32 0 to 1, how much of each pixel is a cover.
        hand: the same, of covers that are hands.
    """

    picture: Array
    mesh: Array
    cover: Array
    hand: Array


def pasted(canvas: Canvas, paint: Array, alpha: Array, *, hand: bool = False) -> Canvas:
    """The canvas with `paint` (h, w, 3) in front of it where `alpha` (h, w) is, 0 to 1."""
    mixed = canvas.picture + (paint.astype(np.float32) - canvas.picture) * alpha[..., None]
    old = canvas.hand * (1 - alpha)
    cover = np.maximum(canvas.cover, alpha)
    return Canvas(mixed.astype(np.uint8), canvas.mesh, cover, np.maximum(old, alpha) if hand else old)


def on_background(premultiplied: Array, background: Array) -> Array:
    """A cut-out (h, w, 4) uint8, colour premultiplied, on a background (h, w, 3)."""
    rest = (255 - premultiplied[..., 3:].astype(np.float32)) / 255
    return np.asarray(np.clip(premultiplied[..., :3] + background * rest, 0, 255), np.uint8)


@dataclass(frozen=True)
class Stuff:
    """What covers are made of.

    Attributes:
        hands: (n, s, s, 4) uint8, premultiplied cut-outs.
        pictures: of anything without faces in the middle, (h, w, 3) uint8 each.
    """

    hands: Array
    pictures: list[Array]


def cover_face(canvas: Canvas, stuff: Stuff, rng: np.random.Generator, kind: str) -> Canvas:
    """The face covered by something of a kind of `COVERINGS`, anywhere on it, of any size."""
    return COVERINGS[kind](canvas, stuff, rng)


def _extent(canvas: Canvas) -> tuple[Array, float]:
    flat = canvas.mesh[:, :2]
    return (flat.min(axis=0) + flat.max(axis=0)) / 2, float(np.ptp(flat, axis=0).max())


def somewhere(canvas: Canvas, rng: np.random.Generator, reach: float = 0.5) -> tuple[Array, float]:
    """A place (2,) on or beside the face, `reach` of its size from its middle at most, and its size in pixels."""
    middle, size = _extent(canvas)
    return middle + rng.uniform(-reach, reach, 2) * size, size


def _hand(canvas: Canvas, stuff: Stuff, rng: np.random.Generator) -> Canvas:
    cut = stuff.hands[rng.integers(len(stuff.hands))]
    at, size = somewhere(canvas, rng, 0.45)
    scale = size * rng.uniform(0.9, 2.0) / cut.shape[0]
    warped = _placed(cut, at, scale, rng.uniform(-180, 180), canvas.picture.shape)
    alpha = warped[..., 3].astype(np.float32) / 255
    paint = warped[..., :3] / np.maximum(alpha, 0.02)[..., None]
    if rng.random() < 0.6:  # a hand of one's own has the face's colour
        skin = canvas.picture[_skin(canvas)].astype(np.float32).mean(axis=0)
        mine = paint[alpha > 0.9].mean(axis=0) if (alpha > 0.9).sum() > 20 else skin
        paint = paint * np.clip(skin / np.maximum(mine, 8), 0.3, 3) * rng.uniform(0.85, 1.15)
    return pasted(canvas, np.clip(paint, 0, 255), alpha, hand=True)


def _blob(canvas: Canvas, stuff: Stuff, rng: np.random.Generator) -> Canvas:
    """A wobbly shape of the skin's colour, softly lit, sometimes with stripes like fingers."""
    at, size = somewhere(canvas, rng)
    alpha = _wobbly(canvas.picture.shape, at, size * rng.uniform(0.2, 0.6), rng)
    skin = canvas.picture[_skin(canvas)].astype(np.float32).mean(axis=0) * rng.uniform(0.75, 1.2) + rng.normal(0, 6, 3)
    shade = cv2.GaussianBlur(alpha, (0, 0), size * 0.06) * 0.35 + 0.65
    row, column = np.mgrid[: alpha.shape[0], : alpha.shape[1]]
    wave = np.cos((row * np.cos(a := rng.uniform(0, 3.2)) + column * np.sin(a)) / size * rng.uniform(20, 60))
    paint = skin * (shade * (1 + rng.uniform(0, 0.12) * wave))[..., None]
    return pasted(canvas, np.clip(paint, 0, 255), alpha, hand=True)


def _mask(canvas: Canvas, stuff: Stuff, rng: np.random.Generator) -> Canvas:
    """A mask over mouth and nose, of any colour, sometimes patterned."""
    flat = canvas.mesh[:, :2]
    ring = flat[[234, 93, 132, 58, 172, 150, 149, 176, 148, 152, 377, 400, 378, 379, 397, 288, 361, 323, 454]]
    nose = flat[[4, 5, 195, 197][rng.integers(4)]]
    top = np.array([0.6 * nose + 0.4 * flat[454], nose, 0.6 * nose + 0.4 * flat[234]])
    ring = ring[rng.integers(0, 4) : len(ring) - rng.integers(0, 4)]
    down = 0.06 * (flat[152] - flat[10])
    outline = np.concatenate([ring + down * rng.uniform(0, 1), top])
    alpha = np.zeros(canvas.picture.shape[:2], np.uint8)
    cv2.fillPoly(alpha, [np.round(outline * 8).astype(np.int32)], 255, cv2.LINE_AA, 3)
    return pasted(canvas, _cloth(canvas, stuff, rng), alpha.astype(np.float32) / 255)


def _thing(canvas: Canvas, stuff: Stuff, rng: np.random.Generator) -> Canvas:
    """A box or a disc: a phone, a cup, a book, a ball."""
    at, size = somewhere(canvas, rng)
    wide, high = size * rng.uniform(0.25, 1.2, 2)
    alpha = np.zeros(canvas.picture.shape[:2], np.uint8)
    if rng.random() < 0.6:
        box = cv2.boxPoints(((float(at[0]), float(at[1])), (float(wide), float(high)), float(rng.uniform(0, 90))))
        cv2.fillConvexPoly(alpha, np.round(box * 8).astype(np.int32), 255, cv2.LINE_AA, 3)
    else:
        axes = (int(wide * 4), int(high * 4))
        cv2.ellipse(alpha, (int(at[0] * 8), int(at[1] * 8)), axes, rng.uniform(0, 180), 0, 360, 255, -1, cv2.LINE_AA, 3)
    return pasted(canvas, _cloth(canvas, stuff, rng), alpha.astype(np.float32) / 255)


def _scrap(canvas: Canvas, stuff: Stuff, rng: np.random.Generator) -> Canvas:
    """A wobbly piece of another picture."""
    at, size = somewhere(canvas, rng, 0.6)
    alpha = _wobbly(canvas.picture.shape, at, size * rng.uniform(0.2, 0.8), rng)
    return pasted(canvas, _torn(canvas, stuff, rng), alpha)


def _side(canvas: Canvas, stuff: Stuff, rng: np.random.Generator) -> Canvas:
    """All on one side of a line: a door, a wall, a blanket, somebody's shoulder."""
    at, size = somewhere(canvas, rng, 0.4)
    a = rng.uniform(0, 2 * np.pi)
    row, column = np.mgrid[: canvas.picture.shape[0], : canvas.picture.shape[1]].astype(np.float32)
    bend = rng.normal(0, 0.4) / size
    along = (column - at[0]) * -np.sin(a) + (row - at[1]) * np.cos(a)
    over = (column - at[0]) * np.cos(a) + (row - at[1]) * np.sin(a) + bend * along**2
    alpha = np.clip(over + 0.5, 0, 1)
    return pasted(canvas, _cloth(canvas, stuff, rng) if rng.random() < 0.5 else _torn(canvas, stuff, rng), alpha)


COVERINGS: dict[str, Callable[[Canvas, Stuff, np.random.Generator], Canvas]] = {
    "hand": _hand,
    "blob": _blob,
    "mask": _mask,
    "thing": _thing,
    "scrap": _scrap,
    "side": _side,
}


def _skin(canvas: Canvas) -> Array:
    """(h, w) bool: cheeks, nose and brow of the face."""
    inside = np.zeros(canvas.picture.shape[:2], np.uint8)
    flat = canvas.mesh[[50, 280, 195, 151], :2]
    for x, y in flat:
        cv2.circle(inside, (int(x), int(y)), 4, 1, -1)
    return inside.astype(bool) if inside.any() else np.ones_like(inside, bool)


def _placed(cut: Array, at: Array, scale: float, degrees: float, shape: tuple[int, ...]) -> Array:
    half = (cut.shape[0] - 1) / 2
    matrix = cv2.getRotationMatrix2D((half, half), degrees, scale)
    matrix[:, 2] += at - half
    return np.asarray(
        cv2.warpAffine(cut, matrix, (shape[1], shape[0]), flags=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    )


def _wobbly(shape: tuple[int, ...], at: Array, radius: float, rng: np.random.Generator) -> Array:
    """(h, w) float32: a soft-edged closed curve round a place."""
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    waves = np.sum([rng.normal(0, 0.3 / n) * np.cos(n * angle + rng.uniform(0, 6.3)) for n in range(1, 6)], axis=0)
    reach = radius * np.clip(1 + waves, 0.2, 2.2)
    stretch = rng.uniform(0.5, 1.6)
    curve = np.column_stack([at[0] + reach * np.cos(angle) * stretch, at[1] + reach * np.sin(angle) / stretch])
    alpha = np.zeros(shape[:2], np.uint8)
    cv2.fillPoly(alpha, [np.round(curve * 8).astype(np.int32)], 255, cv2.LINE_AA, 3)
    return np.asarray(cv2.GaussianBlur(alpha.astype(np.float32) / 255, (0, 0), rng.uniform(0.4, 1.2)))


def _cloth(canvas: Canvas, stuff: Stuff, rng: np.random.Generator) -> Array:
    """(h, w, 3): one colour with folds, stripes, or a piece of a picture."""
    if rng.random() < 0.25:
        return _torn(canvas, stuff, rng)
    shape = canvas.picture.shape
    colour = rng.uniform(0, 255, 3) if rng.random() < 0.6 else np.full(3, rng.uniform(0, 255)) + rng.normal(0, 8, 3)
    row, column = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    wave = np.cos((row * np.cos(a := rng.uniform(0, 3.2)) + column * np.sin(a)) * rng.uniform(0.02, 0.9))
    wave = np.sign(wave) * 0.5 if rng.random() < 0.2 else wave
    return np.asarray(
        np.clip(colour * (1 + rng.uniform(0, 0.3) * wave[..., None] + rng.uniform(-0.002, 0.002) * row[..., None]), 0, 255)
    )


def _torn(canvas: Canvas, stuff: Stuff, rng: np.random.Generator) -> Array:
    """(h, w, 3): a piece of another picture, at any size and brightness."""
    picture = stuff.pictures[rng.integers(len(stuff.pictures))]
    side = int(min(picture.shape[:2]) * rng.uniform(0.2, 0.9))
    top, left = (int(rng.integers(0, length - side + 1)) for length in picture.shape[:2])
    piece = cv2.resize(picture[top : top + side, left : left + side], canvas.picture.shape[1::-1], interpolation=cv2.INTER_AREA)
    return np.asarray(np.clip(piece * rng.uniform(0.6, 1.3), 0, 255))
