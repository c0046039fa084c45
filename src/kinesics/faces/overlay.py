"""Pictures laid on a face: warped to it, lit as it is, mixed with what is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from ..errors import ShapeError
from ..types import Array
from .layout import SIZE
from .lighting import Light, light_of
from .surfaces import Pinned, Surface, pinned
from .unfolding import Unfolded, unfold

__all__ = ["FaceFilter", "Layer"]


@dataclass(frozen=True, eq=False)
class Layer:
    """One picture of a filter and what it lies on.

    Attributes:
        picture: (h, w, 4) uint8 straight RGBA.
        surface: see `kinesics.faces.surfaces`.
        shade: how much of the skin's own light and shade shows through its colours, 0 (a thing of its own) to 1 (paint).
    """

    picture: Array
    surface: Surface
    shade: float = 0.0
    _sizes: dict[int, Array] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        picture = self.picture
        if not isinstance(picture, np.ndarray) or picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 4:
            got = f"{picture.shape} {picture.dtype}" if isinstance(picture, np.ndarray) else type(picture).__name__
            raise ShapeError(f"Layer.picture: expected (height, width, 4) uint8 RGBA, got {got}")

    def reduced(self, times: int) -> Array:
        """(h, w, 4) uint8, colour multiplied by alpha, `times` smaller."""
        if times not in self._sizes:
            solid = self.picture.astype(np.float32)
            solid[..., :3] *= solid[..., 3:] / 255
            size = max(self.picture.shape[1] // times, 1), max(self.picture.shape[0] // times, 1)
            self._sizes[times] = np.rint(cv2.resize(solid, size, interpolation=cv2.INTER_AREA)).astype(np.uint8)
        return self._sizes[times]


@dataclass(frozen=True, eq=False)
class FaceFilter:
    """What is put on faces: pictures on surfaces, the first lowest.

    Attributes:
        layers: see `Layer`.
        name: for messages.
    """

    layers: Sequence[Layer]
    name: str = "filter"

    def put(
        self,
        image: Array,
        mesh: Array,
        *,
        opacity: float = 1.0,
        light: Light | None = None,
        hidden: Array | None = None,
    ) -> None:
        """Put it on one face.

        Args:
            image: (h, w, 3) uint8 RGB, changed in place.
            mesh: (468, 3) pixels.
            opacity: 0 to 1.
            light: of the face; read off `image` if None.
            hidden: (h, w) float32 or bool, 1 where something is in front of the face; the overlay is cut there.
        """
        mesh = np.asarray(mesh, float)
        if mesh.shape != (468, 3):
            raise ShapeError(f"FaceFilter.put: expected a mesh (468, 3), got {mesh.shape}")
        if opacity <= 0 or not np.isfinite(mesh).all():
            return
        light = light or light_of(image, mesh)
        head = pinned(mesh)
        for layer in self.layers:
            corners = head.lay(layer.surface, mesh)
            seen = unfold(
                corners, layer.surface.spots, layer.surface.triangles, (image.shape[1], image.shape[0]), 190 * head.scale
            )
            if seen is not None:
                _mix(image, layer, seen, opacity, light, head, _times(layer, corners, head), hidden)


def _times(layer: Layer, corners: Array, head: Pinned) -> int:
    """How many times smaller the picture may be for a surface of this size: a power of two."""
    across = np.ptp(layer.surface.places, axis=0).max() * head.scale
    texels = max(layer.picture.shape[:2]) * min(np.ptp(layer.surface.spots, axis=0).max(), 1.0)
    ratio = texels / max(float(across), 1.0)
    return int(2 ** max(np.floor(np.log2(max(ratio, 1.0)) + 0.25), 0))


def _mix(
    image: Array,
    layer: Layer,
    seen: Unfolded,
    opacity: float,
    light: Light,
    head: Pinned,
    times: int,
    hidden: Array | None,
) -> None:
    high, wide = seen.seen.shape
    view = image[seen.top : seen.top + high, seen.left : seen.left + wide]
    picture = layer.reduced(times)
    size = np.array([picture.shape[1], picture.shape[0]], np.float32)
    spots = seen.spots * size - 0.5
    drawn = cv2.remap(picture, spots[..., 0], spots[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    rows, columns = _used(drawn[..., 3])
    if rows.stop <= rows.start:
        return
    view, drawn = view[rows, columns], drawn[rows, columns].astype(np.float32)
    part = seen.seen[rows, columns] * np.float32(opacity)
    if hidden is not None:
        part = part * (1 - hidden[seen.top : seen.top + high, seen.left : seen.left + wide][rows, columns].astype(np.float32))
    part = part[..., None]
    half = 95 * head.scale
    across = (np.arange(columns.start, columns.stop) + seen.left - head.shift[0]) / half
    down = (np.arange(rows.start, rows.stop) + seen.top - head.shift[1]) / half
    bright = light.field(across, down)
    below = view.astype(np.float32)
    if layer.shade > 0:
        bright = bright + layer.shade * (_shading(below, light, head) - bright)
    colour = drawn[..., :3] * (bright * light.gain)
    alpha = drawn[..., 3:] * np.float32(1 / 255)
    mixed = below + part * (np.minimum(colour, 255 * alpha) - below * alpha)
    view[:] = np.rint(mixed).astype(np.uint8)


def _used(alpha: Array) -> tuple[slice, slice]:
    """The window in which anything is drawn."""
    x, y, wide, high = cv2.boundingRect(alpha)
    return slice(y, y + high), slice(x, x + wide)


def _shading(below: Array, light: Light, head: Pinned) -> Array:
    """(h, w, 1) the skin's light and shade about its own middle."""
    luma = below @ np.array([0.299, 0.587, 0.114], np.float32)
    reach = max(int(3 * head.scale * SIZE / 512), 1)
    luma = cv2.blur(luma, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(np.clip(luma / max(light.level, 20.0), 0.35, 1.45)[..., None])
