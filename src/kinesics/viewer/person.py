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
    """

    name: str
    encoded: tuple[bytes, ...]
    boxes: Array
    points: Array
    scores: Array
    background: Array | None = None
    nets: Mapping[str, bytes] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)

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
        held = cv2.imdecode(np.frombuffer(self.encoded[index], np.uint8), cv2.IMREAD_UNCHANGED)
        x, y, width, height = self.boxes[index].tolist()
        if held is None or held.shape != (height, width, 4):
            raise FormatError(f"person {self.name}: keyframe {index} cannot be decoded; fit the person again")
        straight = cv2.cvtColor(held, cv2.COLOR_BGRA2RGBA).astype(np.uint16)
        straight[..., :3] = (straight[..., :3] * straight[..., 3:] + 127) // 255
        whole = np.zeros((SIZE, SIZE, 4), np.uint8)
        whole[y : y + height, x : x + width] = straight
        whole.flags.writeable = False
        return whole
