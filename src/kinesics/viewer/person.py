"""A person that can be drawn in any pose."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from ..errors import FormatError
from ..types import Array
from .footage import SIZE


@dataclass(frozen=True, eq=False)
class Person:
    """Keyframes of somebody, and the nets that refine what is made of them.

    Attributes:
        name: how it is called.
        encoded: n keyframes as WebP with alpha (straight, not premultiplied), each cut to `boxes`.
        boxes: (n, 4) int32 x, y, width, height of each keyframe's cut on the canvas.
        points: (n, 133, 2) float32 canvas pixels, NaN where missing.
        scores: (n, 133) float32.
        background: (512, 512, 3) uint8 or None.
        nets: name of the stage -> bytes of its ONNX graph; only stages that passed their gate.
        about: licence, consent, source, report and what else the manifest says; plain JSON values.
        trunk: WebP with alpha of the whole canvas: what all keyframes together show of the trunk behind the arms; empty for a
            person that has none, for whom it is made when it is needed …
        trunk_key: … in the pose of this keyframe.
    """

    name: str
    encoded: tuple[bytes, ...]
    boxes: Array
    points: Array
    scores: Array
    background: Array | None = None
    nets: Mapping[str, bytes] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    trunk: bytes = b""
    trunk_key: int = 0

    def __len__(self) -> int:
        return len(self.encoded)

    def keyframe(self, index: int) -> Array:
        """(512, 512, 4) uint8 RGBA, colour premultiplied by alpha; read-only, kept once decoded."""
        picture: Array = self._keyframes(index)
        return picture

    @functools.cached_property
    def _keyframes(self) -> Any:
        return functools.cache(self._decode)

    def _decode(self, index: int) -> Array:
        whole = np.zeros((SIZE, SIZE, 4), np.uint8)
        x, y, width, height = self.boxes[index].tolist()
        picture = unpacked(self.encoded[index])
        if picture is None or picture.shape != (height, width, 4):
            raise FormatError(f"person {self.name}: keyframe {index} cannot be decoded; fit the person again")
        whole[y : y + height, x : x + width] = picture
        whole.flags.writeable = False
        return whole


def unpacked(data: bytes) -> Array | None:
    """A WebP with straight alpha as (h, w, 4) uint8 RGBA, colour premultiplied by alpha; None if it is none."""
    held = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if held is None or held.ndim != 3 or held.shape[2] != 4:
        return None
    alpha = held[..., 3]
    colour = [cv2.multiply(held[..., channel], alpha, scale=1 / 255) for channel in (2, 1, 0)]
    whole: Array = cv2.merge([*colour, alpha])
    return whole
