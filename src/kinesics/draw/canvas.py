"""A picture to draw on: RGB, or the three planes of 4:2:0 video, so that a frame is painted without any conversion.

Both are a list of layers, each an array with its share of the picture's resolution and its own idea of a colour. A shape is
given once, in picture pixels and RGB, and goes to every layer.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import cv2
import numpy as np

from ..errors import ShapeError, UsageError
from ..types import Array, is_bt709
from .palette import INK, Color
from .strokes import Group, Rect, Strokes

Planes = tuple[Array, Array, Array]
Picture = Array | Planes

_SHIFT = 4  # cv2 draws at 1/16 pixel
_LUMA = {"bt601": (0.299, 0.587, 0.114), "bt709": (0.2126, 0.7152, 0.0722)}
# what cv2's anti-aliased fill adds to the width of a shape, pixels, measured over all directions
_QUAD_GAIN, _DISC_GAIN = 1.4, 1.0


def usual_matrix(size: tuple[int, int]) -> str:
    """The matrix that players assume for a (width, height) that does not tell, and that `Frame.planes` keeps to."""
    return "bt709" if is_bt709(*size) else "bt601"


def yuv_matrix(name: str) -> Array:
    """(3, 4): RGB 0 to 255 and a 1 to Y, U, V of video range, 8 bits; "bt601" or "bt709" (ITU-R BT.601-7, BT.709-6)."""
    if name not in _LUMA:
        raise UsageError(f"no colour matrix is called {name!r}; there are {', '.join(_LUMA)}")
    r, g, b = _LUMA[name]
    y = np.array([r, g, b])
    u, v = (np.array([0, 0, 1]) - y) / (2 * (1 - b)), (np.array([1, 0, 0]) - y) / (2 * (1 - r))
    return np.column_stack([np.stack([219 * y, 224 * u, 224 * v]) / 255, [16.0, 128.0, 128.0]])


@functools.lru_cache(maxsize=256)
def _yuv(matrix: str, rgb: Color) -> tuple[int, ...]:
    return tuple(np.rint(yuv_matrix(matrix) @ (*rgb, 1)).astype(int).tolist())


@dataclass(frozen=True)
class Sprite:
    """A small picture with transparency, ready to be laid on the layers of one kind of canvas.

    Attributes:
        size: (width, height) picture pixels, even.
        paint: per layer, colours times opacity, uint8.
        keep: per layer, 255 times what of the ground shines through, uint8, as many channels as the layer.
    """

    size: tuple[int, int]
    paint: tuple[Array, ...]
    keep: tuple[Array, ...]


@dataclass(frozen=True)
class _Layer:
    array: Array
    step: int  # picture pixels a pixel
    kind: str  # of the canvas
    row: int  # 0, 1, 2: Y, U, V

    def color(self, rgb: Color) -> tuple[int, ...]:
        return rgb if self.kind == "rgb" else (_yuv(self.kind, rgb)[self.row],)

    def place(self, points: Array) -> Array:
        """Picture pixels to fixed point numbers of this layer (chroma sits left, between two rows: H.264's usual siting)."""
        if self.step != 1:
            points = (points - (0, 0.5)) / self.step
        return np.asarray(np.rint(points * (1 << _SHIFT)), np.int32)

    def cut(self, rect: Rect) -> Array:
        """The view of this layer that holds `rect`; may be empty."""
        h, w = self.array.shape[:2]
        x1, y1 = (int(max(v // self.step, 0)) for v in rect[:2])
        x2, y2 = (int(-(-v // self.step)) for v in rect[2:])
        return self.array[y1 : max(min(y2, h), y1), x1 : max(min(x2, w), x1)]


class Canvas:
    """A copy of a picture, and shapes to draw on it.

    Args:
        picture: (h, w, 3) uint8 RGB, or (y, u, v) uint8 planes, u and v of half the width and height. Copied.
        matrix: "bt601" or "bt709", how planes hold colour; None: see `usual_matrix`.

    Attributes:
        size: (width, height).
        kind: "rgb", "bt601" or "bt709".
    """

    def __init__(self, picture: Picture, matrix: str | None = None) -> None:
        if isinstance(picture, np.ndarray):
            if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or not picture.size:
                raise ShapeError(f"Canvas: expected (height, width, 3) uint8 RGB, got {picture.shape} {picture.dtype}")
            self.kind = "rgb"
            self._layers: tuple[_Layer, ...] = (_Layer(np.array(picture, order="C"), 1, "rgb", 0),)
        else:
            y, u, v = (np.array(plane, order="C") for plane in picture)
            if u.shape != v.shape or y.shape != (2 * u.shape[0], 2 * u.shape[1]) or {y.dtype, u.dtype, v.dtype} != {y.dtype}:
                raise ShapeError(f"Canvas: expected planes (h, w), (h/2, w/2) twice, got {y.shape}, {u.shape}, {v.shape}")
            self.kind = matrix or usual_matrix((y.shape[1], y.shape[0]))
            yuv_matrix(self.kind)  # an unknown name is told here
            self._layers = tuple(_Layer(plane, 1 + (i > 0), self.kind, i) for i, plane in enumerate((y, u, v)))
        h, w = self._layers[0].array.shape[:2]
        self.size = w, h

    @property
    def picture(self) -> Picture:
        """What has been drawn, in the form that was given."""
        if self.kind == "rgb":
            return self._layers[0].array
        y, u, v = (layer.array for layer in self._layers)
        return y, u, v

    def paint(self, strokes: Strokes) -> None:
        """Draw all strokes, group by group. Colour planes are spared the outlines: they are too dark to show a colour."""
        ends, normals, widths = strokes.bone_arrays()
        centers, diameters = strokes.disc_arrays()
        shapes = []
        for layer in self._layers:
            half = normals * (np.maximum(widths - _QUAD_GAIN * layer.step, 0.1) / 2)[:, None]  # (m, 2)
            quads = layer.place(np.stack([ends[:, 0] - half, ends[:, 1] - half, ends[:, 1] + half, ends[:, 0] + half], 1))
            radii = np.maximum((diameters / layer.step - _DISC_GAIN) * (1 << _SHIFT - 1), 1).astype(int)
            shapes.append((quads, layer.place(centers).tolist(), radii.tolist()))
        for group in strokes.groups:
            with self.faded(group.rect, group.alpha) if group.alpha < 1 else nullcontext():
                for layer, (quads, places, sizes) in zip(self._layers, shapes, strict=True):
                    _paint_group(layer, group, quads, places, sizes)

    def path(self, points: Array, width: float, color: Color, closed: bool = False) -> None:
        """A line through points (m, 2), round at its corners; what bends by less than a quarter of a pixel is straight."""
        if len(points) > 3:
            points = cv2.approxPolyDP(points.astype(np.float32), 0.25, closed)[:, 0]
        for layer in self._layers:
            thick = max(round(width / layer.step - 0.4), 1)
            cv2.polylines(layer.array, [layer.place(points)], closed, layer.color(color), thick, cv2.LINE_AA, _SHIFT)

    @contextmanager
    def faded(self, rect: Rect, alpha: float) -> Iterator[None]:
        """What is drawn inside the `with`, and inside `rect` (x1 y1 x2 y2), shows with this opacity."""
        views = [layer.cut(rect) for layer in self._layers]
        before = [view.copy() for view in views]
        yield
        for view, old in zip(views, before, strict=True):
            if view.size:
                cv2.addWeighted(view, alpha, old, 1 - alpha, 0, dst=view)

    def stamp(self, sprite: Sprite, x: int, y: int) -> None:
        """Lay a sprite with its upper left corner on the even pixel (x, y); what lies outside is cut off."""
        for layer, paint, keep in zip(self._layers, sprite.paint, sprite.keep, strict=True):
            left, top = x // layer.step, y // layer.step
            x0, y0 = max(-left, 0), max(-top, 0)
            view = layer.array[top + y0 : max(top + paint.shape[0], 0), left + x0 : max(left + paint.shape[1], 0)]
            h, w = view.shape[:2]
            if h and w:
                ground = cv2.multiply(view, keep[y0 : y0 + h, x0 : x0 + w], scale=1 / 255)
                cv2.add(ground, paint[y0 : y0 + h, x0 : x0 + w], dst=view)

    def tint(self, mask: Array, color: Color, alpha: float, corner: tuple[int, int] = (0, 0)) -> None:
        """Mix a colour into the pixels where a mask (h, w) with its upper left pixel at `corner` (x, y) is true."""
        if not mask.size:
            return
        x, y = corner
        inner = np.pad(mask.view(np.uint8), ((y % 2, 0), (x % 2, 0)))  # colour planes begin at even pixels
        for layer in self._layers:
            view = layer.cut((x - x % 2, y - y % 2, x + mask.shape[1], y + mask.shape[0]))
            part = inner if layer.step == 1 else np.ascontiguousarray(inner[::2, ::2])
            flat = np.empty_like(view)
            flat[:] = layer.color(color)
            mixed = cv2.addWeighted(view, 1 - alpha, flat, alpha, 0)
            view[:] = cv2.copyTo(mixed, part, view.copy())


def _paint_group(layer: _Layer, group: Group, quads: Array, places: list[list[int]], sizes: list[int]) -> None:
    array, aa = layer.array, cv2.LINE_AA
    ink = {color: layer.color(color) for color in {color for _, _, color in group.items}}
    if layer.step != 1:
        ink.pop(INK, None)
    for is_bone, i, color in group.items:
        if color not in ink:
            continue
        if is_bone:
            cv2.fillConvexPoly(array, quads[i], ink[color], aa, _SHIFT)
        else:
            cv2.circle(array, places[i], sizes[i], ink[color], -1, aa, _SHIFT)


def make_sprite(rgb: Array, alpha: Array, kind: str) -> Sprite:
    """Prepare a small picture for a canvas of this kind: rgb (h, w, 3) 0 to 255, alpha (h, w) 0 to 1; h and w even."""
    h, w = alpha.shape
    if kind == "rgb":
        keep = np.repeat(_bytes(255 * (1 - alpha))[..., None], 3, axis=2)
        return Sprite((w, h), (_bytes(rgb * alpha[..., None]),), (keep,))
    rows = yuv_matrix(kind)
    yuv = (rgb @ rows[:, :3].T + rows[:, 3]) * alpha[..., None]  # (h, w, 3)
    chroma = yuv[..., 1:].reshape(h // 2, 2, w // 2, 2, 2).mean((1, 3))
    keep, half = _bytes(255 * (1 - alpha)), _bytes(255 * (1 - alpha.reshape(h // 2, 2, w // 2, 2).mean((1, 3))))
    return Sprite((w, h), (_bytes(yuv[..., 0]), _bytes(chroma[..., 0]), _bytes(chroma[..., 1])), (keep, half, half))


def _bytes(values: Array) -> Array:
    return np.ascontiguousarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))
