"""Square cuts of a picture at any angle, for nets that want a body, a hand or a face upright and of one size."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from ..types import Array

__all__ = ["Turned"]


@dataclass(frozen=True)
class Turned:
    """A square somewhere in a picture.

    Attributes:
        x, y: its centre, pixels.
        side: its length, pixels.
        angle: radians that the square is turned clockwise on the screen; 0 is upright.
    """

    x: float
    y: float
    side: float
    angle: float

    @classmethod
    def upwards(cls, centre: Array, side: float, up: Array) -> Turned:
        """The square whose upper edge lies in the direction `up` (2,) from its centre."""
        return cls(float(centre[0]), float(centre[1]), float(side), math.atan2(float(up[0]), -float(up[1])))

    def matrix(self, size: int) -> Array:
        """(2, 3) from pixels of the picture to pixels of a cut of `size`."""
        scale = size / self.side
        c, s = scale * math.cos(self.angle), scale * math.sin(self.angle)
        half = (size - 1) / 2
        return np.array([[c, s, half - c * self.x - s * self.y], [-s, c, half + s * self.x - c * self.y]])

    def cut(self, image: Array, size: int, *, quick: bool = False) -> Array:
        """(size, size, channels) of what lies in the square, black beyond the picture; strong reductions are averaged.

        Args:
            image: (h, w, channels) uint8.
            size: pixels of the cut's side.
            quick: average a whole number of pixels, which takes a tenth of the time of a fraction and comes as near to the mean
                over what a pixel of the cut covers.
        """
        matrix, times = self.matrix(size), self.side / size
        if times > 1.5 and not quick:  # a linear warp reads 2x2 pixels for each it makes
            image, matrix = _reduced(image, matrix, self, times)
        elif quick and (whole := int(times + 0.25)) > 1:
            image, matrix = _whole(image, matrix, self, whole)
        return np.asarray(cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR))

    def shown(self, image: Array, size: int, *, quick: bool = False) -> Array:
        """A cut as the nets take it: (1, size, size, channels) float32, 0 to 1."""
        return np.divide(self.cut(image, size, quick=quick)[None], np.float32(255), dtype=np.float32)

    def back(self, points: Array, size: int) -> Array:
        """Points (…, 2) in a cut's pixels as points in the picture."""
        inverse = cv2.invertAffineTransform(self.matrix(size))
        return np.asarray(points @ inverse[:, :2].T + inverse[:, 2])

    def moved(self, shift: Array) -> Turned:
        """The same square `shift` (2,) pixels further."""
        return Turned(self.x + float(shift[0]), self.y + float(shift[1]), self.side, self.angle)

    def like(self, other: Turned, share: float = 0.1) -> bool:
        """Whether another square shows much the same: moved, grown and turned by less than a share of its side."""
        turn = abs((self.angle - other.angle + math.pi) % (2 * math.pi) - math.pi)
        far = math.hypot(self.x - other.x, self.y - other.y)
        return far < share * self.side and abs(math.log(self.side / other.side)) < share and turn < 2 * share

    def inside(self, image: Array) -> float:
        """Share of the square that lies in the picture, roughly 0 to 1: of its upright frame."""
        half = self.side / 2
        wide = min(self.x + half, image.shape[1]) - max(self.x - half, 0)
        high = min(self.y + half, image.shape[0]) - max(self.y - half, 0)
        return float(max(wide, 0) * max(high, 0) / self.side**2)


def _reduced(image: Array, matrix: Array, square: Turned, ratio: float) -> tuple[Array, Array]:
    """The part of the picture round the square made smaller, and the matrix from there."""
    reach = square.side * 0.75
    left, right = (min(max(round(square.x + d), 0), image.shape[1]) for d in (-reach, reach))
    top, bottom = (min(max(round(square.y + d), 0), image.shape[0]) for d in (-reach, reach))
    if right - left < 2 or bottom - top < 2:
        return image, matrix
    wide, high = max(round((right - left) / ratio), 1), max(round((bottom - top) / ratio), 1)
    part = cv2.resize(image[top:bottom, left:right], (wide, high), interpolation=cv2.INTER_AREA)
    fx, fy = (right - left) / wide, (bottom - top) / high
    grown = np.array([[fx, 0, left + (fx - 1) / 2], [0, fy, top + (fy - 1) / 2], [0, 0, 1]])
    return part, matrix @ grown


def _whole(image: Array, matrix: Array, square: Turned, times: int) -> tuple[Array, Array]:
    """The same with means of times x times pixels each."""
    reach = square.side / 2 * (abs(math.cos(square.angle)) + abs(math.sin(square.angle))) + 2 * times
    left, right = (min(max(round(square.x + d), 0), image.shape[1]) for d in (-reach, reach))
    top, bottom = (min(max(round(square.y + d), 0), image.shape[0]) for d in (-reach, reach))
    wide, high = (right - left) // times, (bottom - top) // times
    if wide < 1 or high < 1:
        return _reduced(image, matrix, square, times)
    part = image[top : top + high * times, left : left + wide * times]
    grown = np.array([[times, 0, left + (times - 1) / 2], [0, times, top + (times - 1) / 2], [0, 0, 1]])
    while times > 1:  # halves are the quickest
        step = 2 if times % 2 == 0 else times
        times //= step
        part = cv2.resize(part, (wide * times, high * times), interpolation=cv2.INTER_AREA)
    return part, matrix @ grown
