"""MoveNet MultiPose: one look at a picture gives up to six people.

The net (Google, MoveNet MultiPose Lightning, 2021) reads RGB on a canvas of any size that is a multiple of 32. A look shows it
a box of the picture, scaled to fit the canvas without changing its proportions, in the canvas's top left corner, the rest
black.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from ..errors import ShapeError, UsageError
from ..types import Array, skeleton
from ..weights import Net, find, load
from .view import View

__all__ = ["CAP", "Look", "MoveNet", "Seen", "check_picture", "fit_canvas", "letterbox"]

SIZES = 2  # nets for large looks
LARGE = 40_000  # canvas pixels from which one look gains by several threads, even beside other work
CAP = 6  # people a call, fixed in the net
JOINTS = 17
SHIFT = 0.38  # canvas pixels that joints lie too far left (half of what a mirrored look differs by) and, so, too far up


@dataclass(frozen=True)
class Look:
    """One look at a picture: which part of it, and how large the net sees it.

    Attributes:
        box: (x1, y1, x2, y2) pixels of the picture; what lies beyond the picture is left out.
        size: (width, height) of the canvas, multiples of 32.
        mirrored: show it mirrored; the people found are mirrored back, so that two looks err in different ways.
    """

    box: tuple[float, float, float, float]
    size: tuple[int, int]
    mirrored: bool = False

    def __post_init__(self) -> None:
        x1, y1, x2, y2 = self.box
        if not (math.isfinite(x1 + y1 + x2 + y2) and x1 < x2 and y1 < y2):
            raise UsageError(f"Look.box: expected x1 < x2 and y1 < y2, got {self.box}")
        if len(self.size) != 2 or any(n < 32 or n % 32 for n in self.size):
            raise UsageError(f"Look.size: expected multiples of 32 from 32 up, got {self.size}")

    def within(self, width: int, height: int) -> tuple[int, int, int, int] | None:
        """The part in whole pixels that lies in a picture of this size, or None if that is less than a pixel."""
        x1, y1, x2, y2 = self.box
        left, top = max(0, math.floor(x1)), max(0, math.floor(y1))
        right, bottom = min(width, math.ceil(x2)), min(height, math.ceil(y2))
        return (left, top, right, bottom) if left < right and top < bottom else None

    def scale(self, width: int, height: int) -> float:
        """Canvas pixels per picture pixel, for a picture of this size."""
        x1, y1, x2, y2 = self.within(width, height) or (0, 0, 1, 1)
        return min(self.size[0] / (x2 - x1), self.size[1] / (y2 - y1))

    @classmethod
    def whole(cls, width: int, height: int, longest: int) -> Look:
        """The whole picture on a canvas whose longer side is `longest`."""
        return cls((0, 0, width, height), fit_canvas(width, height, longest / max(width, height)))


@dataclass(frozen=True)
class Seen:
    """What one look found, in picture pixels.

    Attributes:
        points: (n, 17, 2); whole numbers are the centres of pixels.
        point_scores: (n, 17).
        boxes: (n, 4) x1 y1 x2 y2.
        score: (n,).
        box: the part of the picture that was seen, whole pixels.
        scale: canvas pixels per picture pixel.
        full: the net's six places were all taken, so there may be more people than it could say.
    """

    points: Array
    point_scores: Array
    boxes: Array
    score: Array
    box: tuple[int, int, int, int]
    scale: float
    full: bool


def fit_canvas(width: float, height: float, scale: float) -> tuple[int, int]:
    """The canvas (multiples of 32) on which a part of this size is shown at about this scale.

    Sides are rounded up unless that would add black for less than two pixels of picture.
    """
    sides = (max(1, math.ceil((side * scale - 2) / 32)) * 32 for side in (width, height))
    return next(sides), next(sides)


def check_picture(image: Array) -> Array:
    """The picture, if it is (height, width, 3) uint8 with at least one pixel; else a ShapeError."""
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or not image.size:
        got = f"{image.shape} {image.dtype}" if isinstance(image, np.ndarray) else type(image).__name__
        raise ShapeError(f"a pose model needs a picture (height, width, 3) uint8 RGB, got {got}")
    return image


def letterbox(view: View, look: Look) -> tuple[Array, tuple[int, int, int, int], Array] | None:
    """What the net sees, (1, h, w, 3) uint8, the part of the picture it shows, and its (x, y) scale; None if it is nothing."""
    part = look.within(view.width, view.height)
    if part is None:
        return None
    x1, y1, x2, y2 = part
    scale = look.scale(view.width, view.height)
    width = min(look.size[0], max(1, round((x2 - x1) * scale)))
    height = min(look.size[1], max(1, round((y2 - y1) * scale)))
    canvas = np.zeros((1, look.size[1], look.size[0], 3), np.uint8)
    shown = view.part(part, (width, height))
    canvas[0, :height, :width] = shown[:, ::-1] if look.mirrored else shown
    return canvas, part, np.array([width / (x2 - x1), height / (y2 - y1)])


class MoveNet:
    """The net on as many threads as there are: one large look on all of them, several or small ones each on one.

    Args:
        threads: how many threads looks may use in all.
    """

    def __init__(self, threads: int = 2) -> None:
        self.threads = threads
        self._wide: dict[tuple[int, int], Net] = {}
        self._narrow: list[Net] = []
        self._workers: ThreadPoolExecutor | None = None
        find("movenet_multipose")  # what is missing is said now, not at the first look

    def see(self, view: View, look: Look, keep: float = 0.1) -> Seen:
        """Everybody this look finds with a score of at least `keep`, best first, not moved into the picture."""
        return self.see_all(view, [look], keep)[0]

    def see_all(self, view: View, looks: Sequence[Look], keep: float = 0.1) -> list[Seen]:
        """The same for several looks, side by side."""
        if self.threads == 1 or (len(looks) == 1 and looks[0].size[0] * looks[0].size[1] >= LARGE):
            return [_see(self._for(look.size), view, look, keep) for look in looks]
        while len(self._narrow) < min(self.threads, len(looks)):
            self._narrow.append(load("movenet_multipose", threads=1))
        if len(looks) == 1:
            return [_see(self._narrow[0], view, looks[0], keep)]
        self._workers = self._workers or ThreadPoolExecutor(self.threads, "kinesics-look")
        waiting = sorted(range(len(looks)), key=lambda i: looks[i].size[0] * looks[i].size[1])  # largest first, from the end
        seen: dict[int, Seen] = {}

        def work(net: Net) -> None:
            while waiting:
                try:
                    index = waiting.pop()
                except IndexError:  # the other was quicker
                    return
                seen[index] = _see(net, view, looks[index], keep)

        list(self._workers.map(work, self._narrow))
        return [seen[index] for index in range(len(looks))]

    def _for(self, size: tuple[int, int]) -> Net:
        """A net on all threads that has this size of canvas already, or the one that was not used for longest.

        To change its size costs a net a fifth of a look; two of them serve pictures of one size, which are looked at twice.
        One thread has one net: there are many of those side by side, and a net holds 40 MB.
        """
        net = self._wide.pop(size, None)
        if net is None and len(self._wide) < min(SIZES, self.threads):
            net = load("movenet_multipose", threads=self.threads)
        net = net or self._wide.pop(next(iter(self._wide)))
        self._wide[size] = net
        return net


def _see(net: Net, view: View, look: Look, keep: float) -> Seen:
    ready = letterbox(view, look)
    if ready is None:
        return _decode(np.zeros((0, 56)), (0, 0, 1, 1), np.ones(2), look, keep)
    canvas, part, scale = ready
    return _decode(net.run(canvas)[0][0], part, scale, look, keep)


def _decode(rows: Array, part: tuple[int, int, int, int], scale: Array, look: Look, keep: float) -> Seen:
    """(6, 56) of the net, shares of the canvas, to people in picture pixels."""
    rows = rows.astype(np.float64)
    full = len(rows) == CAP and bool((rows[:, 55] >= keep).all())
    rows = rows[rows[:, 55] >= keep]
    unit = np.array(look.size) / scale  # picture pixels per share of the canvas
    origin = np.array(part[:2])
    joints = rows[:, : 3 * JOINTS].reshape(-1, JOINTS, 3)
    points, scores = joints[..., 1::-1] * unit + origin + SHIFT / scale, joints[..., 2]
    corners = rows[:, [52, 51, 54, 53]].reshape(-1, 2, 2) * unit + origin
    if look.mirrored:
        order = skeleton("coco17").mirror_order
        points, scores = points[:, order], scores[:, order]
        points[..., 0] = part[0] + part[2] - points[..., 0]
        corners[..., 0] = part[0] + part[2] - corners[..., 0]
    points -= 0.5  # so far the left border of the picture was 0, from here on it is the centre of the first pixel
    boxes = np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)
    return Seen(points, np.clip(scores, 1e-6, 1), boxes, np.clip(rows[:, 55], 0, 1), part, float(scale.mean()), full)
