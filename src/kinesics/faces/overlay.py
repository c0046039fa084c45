"""Pictures laid on a face: warped to it, lit as it is, mixed with what is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np

from ..errors import ShapeError
from ..types import Array
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
            picture = layer.reduced(_times(layer, head))
            spots = layer.surface.spots * (picture.shape[1], picture.shape[0]) - 0.5
            soft, size = layer.surface.soft >= 0, (image.shape[1], image.shape[0])
            fade = bool(soft.all() or not soft.any())  # where skin and what is round it meet, a gap would be seen
            corners = head.lay(layer.surface, mesh)
            seen = unfold(corners, spots, layer.surface.triangles, size, 190 * head.scale, fade=fade)
            if seen is not None:
                _mix(image, layer, _Drawn(picture, seen, opacity, light, head), hidden)


@dataclass(frozen=True, eq=False)
class _Drawn:
    """A picture, where it is seen, and how."""

    picture: Array
    seen: Unfolded
    opacity: float
    light: Light
    head: Pinned


def _times(layer: Layer, head: Pinned) -> int:
    """How many times smaller the picture may be for a surface of this size: a power of two."""
    across = np.ptp(layer.surface.places, axis=0).max() * head.scale
    texels = (np.ptp(layer.surface.spots, axis=0) * layer.picture.shape[1::-1]).max()
    ratio = texels / max(float(across), 1.0)
    return int(2 ** max(np.floor(np.log2(max(ratio, 1.0)) + 0.25), 0))


def _mix(image: Array, layer: Layer, drawn: _Drawn, hidden: Array | None) -> None:
    seen, head, light = drawn.seen, drawn.head, drawn.light
    laid = cv2.remap(drawn.picture, seen.spots, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    *colours, alpha = cv2.split(laid)
    x, y, wide, high = cv2.boundingRect(alpha)
    if not wide:
        return
    part = seen.seen[y : y + high, x : x + wide] * np.float32(drawn.opacity)
    left, top = x + seen.left, y + seen.top
    if hidden is not None:
        part = part * (1 - hidden[top : top + high, left : left + wide].astype(np.float32))
    view = image[top : top + high, left : left + wide]
    half = 95 * head.scale
    bright = light.field(
        (np.arange(left, left + wide) - head.shift[0]) / half, (np.arange(top, top + high) - head.shift[1]) / half
    )
    if layer.shade > 0:
        bright = bright + np.float32(layer.shade) * (_shading(view, light, head) - bright)
    solid = alpha[y : y + high, x : x + wide].astype(np.float32)
    stay = 1 - part * solid * np.float32(1 / 255)
    bright *= part
    most = solid * part
    for channel, colour in enumerate(colours):  # plane by plane: numpy is slow along three channels
        new = np.minimum(colour[y : y + high, x : x + wide] * (bright * np.float32(light.gain[channel])), most)
        new += view[..., channel] * stay
        new += np.float32(0.5)
        view[..., channel] = new.astype(np.uint8)


def _shading(view: Array, light: Light, head: Pinned) -> Array:
    """(h, w) the skin's light and shade about its own middle."""
    luma = cv2.cvtColor(view, cv2.COLOR_RGB2GRAY)
    reach = max(int(3 * head.scale), 1)
    luma = cv2.blur(luma, (2 * reach + 1, 2 * reach + 1))
    return np.asarray(np.clip(luma * np.float32(1 / max(light.level, 20.0)), 0.35, 1.45))
