"""Drawing with soft edges: shapes as masks, laid over one another on a clear sheet."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ..types import Array

__all__ = ["Paper", "bulge", "curve", "hairs", "mirrored", "soft", "strand"]

FINE = 4  # shapes are drawn this many times larger and averaged


class Paper:
    """A clear sheet with a scale of its own.

    Args:
        size: (width, height) in the unit in which shapes are given.
        per_unit: pixels of the sheet per unit.
        start: (x, y) of the sheet's upper left corner in that unit.
    """

    def __init__(self, size: tuple[float, float], per_unit: float, start: tuple[float, float] = (0.0, 0.0)) -> None:
        self.start, self.per_unit = np.array(start, float), per_unit
        self.wide, self.high = round(size[0] * per_unit), round(size[1] * per_unit)
        self.colour: Array = np.zeros((self.high, self.wide, 3), np.float32)
        self.alpha: Array = np.zeros((self.high, self.wide), np.float32)

    def shape(self, *outlines: Array) -> Array:
        """(h, w) float32 mask of what lies within the outlines (n, 2)."""
        fine = np.zeros((self.high * FINE, self.wide * FINE), np.uint8)
        rows = [np.rint(((o - self.start) * self.per_unit * FINE - 0.5) * 16).astype(np.int32) for o in outlines]
        for row in rows:
            cv2.fillPoly(fine, [row], 255, cv2.LINE_8, 4)
        return np.asarray(cv2.resize(fine, (self.wide, self.high), interpolation=cv2.INTER_AREA).astype(np.float32) / 255)

    def ellipse(self, centre: Sequence[float], radii: Sequence[float], turn: float = 0.0) -> Array:
        """Mask of an ellipse, turned clockwise by degrees."""
        t = np.linspace(0, 2 * np.pi, 120, endpoint=False)
        a = np.radians(turn)
        flat = np.stack([radii[0] * np.cos(t), radii[1] * np.sin(t)], 1)
        return self.shape(flat @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]) + np.asarray(centre, float))

    def lay(self, mask: Array, colour: Sequence[float] | Array, opacity: float = 1.0) -> None:
        """Put a colour (3,) or (h, w, 3) over what is there where the mask (h, w) is."""
        part = (mask * opacity)[..., None]
        tint = np.broadcast_to(np.asarray(colour, np.float32), self.colour.shape)
        total = part[..., 0] + self.alpha * (1 - part[..., 0])
        mixed = tint * part + self.colour * self.alpha[..., None] * (1 - part)
        self.colour = mixed / np.maximum(total, 1e-6)[..., None]
        self.alpha = total

    def lines(self, lines: Sequence[Array], width: float) -> Array:
        """Mask of thin lines (m, 2) each, `width` units wide."""
        fine = np.zeros((self.high * FINE, self.wide * FINE), np.uint8)
        scale = self.per_unit * FINE
        rows = [np.rint(((line - self.start) * scale - 0.5) * 16).astype(np.int32) for line in lines]
        cv2.polylines(fine, rows, False, 255, max(round(width * scale), 1), cv2.LINE_8, 4)
        return np.asarray(cv2.resize(fine, (self.wide, self.high), interpolation=cv2.INTER_AREA).astype(np.float32) / 255)

    def erase(self, mask: Array) -> None:
        """Clear the sheet where the mask is."""
        self.alpha = self.alpha * (1 - mask)

    def grid(self) -> tuple[Array, Array]:
        """The x (1, w) and y (h, 1) of the pixels in the sheet's unit."""
        x = (np.arange(self.wide) + 0.5) / self.per_unit + self.start[0]
        y = (np.arange(self.high) + 0.5) / self.per_unit + self.start[1]
        return x[None].astype(np.float32), y[:, None].astype(np.float32)

    def picture(self) -> Array:
        """(h, w, 4) uint8 straight RGBA; the colour is carried on a little beyond its edges."""
        near = cv2.GaussianBlur(self.colour * self.alpha[..., None], (0, 0), 3)
        number = cv2.GaussianBlur(self.alpha, (0, 0), 3)[..., None]
        colour = np.where(self.alpha[..., None] > 0.02, self.colour, near / np.maximum(number, 1e-4))
        return np.asarray(np.rint(np.clip(np.dstack([colour, 255 * self.alpha]), 0, 255)).astype(np.uint8))


def curve(points: Sequence[Sequence[float]], *, closed: bool = True, each: int = 16) -> Array:
    """A smooth line (m, 2) through points (Catmull-Rom)."""
    p = np.asarray(points, float)
    p = np.concatenate([p[-1:], p, p[:2]]) if closed else np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    a, b, c, d = p[:-3], p[1:-2], p[2:-1], p[3:]
    t = np.linspace(0, 1, each, endpoint=False)[:, None, None]
    line = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    line = line.transpose(1, 0, 2).reshape(-1, 2)
    return line if closed else np.concatenate([line, p[-2:-1]])


def strand(line: Array, widths: Sequence[float]) -> Array:
    """Outline (2 m, 2) of a stroke along a line (m, 2) whose width changes evenly between those given."""
    ahead = np.gradient(line, axis=0)
    side = np.stack([-ahead[:, 1], ahead[:, 0]], 1) / np.maximum(np.linalg.norm(ahead, axis=1), 1e-9)[:, None]
    wide = np.interp(np.linspace(0, 1, len(line)), np.linspace(0, 1, len(widths)), widths)[:, None] / 2
    return np.concatenate([line + side * wide, (line - side * wide)[::-1]])


def mirrored(outline: Array, middle: float = 256.0) -> Array:
    """The same on the other side of the face."""
    return np.asarray([2 * middle, 0] + outline * [-1, 1])


def hairs(paper: Paper, lines: Sequence[Array], colours: Sequence[Sequence[float]], width: float, opacity: float) -> None:
    """Lay hairs (m, 2) on a sheet, in turn in each of some colours, so that none lies on top everywhere."""
    rounds = 4 * len(colours)
    for k in range(rounds):
        mine = lines[k::rounds]
        if mine:
            paper.lay(paper.lines(mine, width), colours[k % len(colours)], opacity)


def soft(mask: Array, pixels: float) -> Array:
    """A blurred mask."""
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(pixels, 0.01)))


def bulge(mask: Array, pixels: float, way: tuple[float, float] = (-0.5, -0.85)) -> Array:
    """(h, w) light and shade, about -1 to 1, of a mask that stands out like a cushion, lit from `way`."""
    height = soft(np.minimum(cv2.distanceTransform((mask > 0.5).astype(np.uint8), cv2.DIST_L2, 5), pixels) / pixels, pixels / 3)
    down, across = np.gradient(height)
    return np.asarray(np.clip(-(across * way[0] + down * way[1]) * pixels, -1, 1) * mask)
