"""Small pictures of frames."""

from __future__ import annotations

import numpy as np

from ..errors import JobError
from ..types import Array, Frame

__all__ = ["jpeg", "thumbnail"]

QUALITY = 80


def thumbnail(frame: Frame, longest: int) -> Array:
    """(h, w, 3) uint8 RGB with a longer side of `longest` pixels at most; of 4:2:0 video only so many are converted."""
    import cv2

    wide, high = frame.size
    scale = min(longest / max(wide, high), 1.0)
    size = (max(round(wide * scale), 1), max(round(high * scale), 1))
    planes = frame.planes
    if planes is None:
        return np.array(cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA))
    parts = [cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in planes]
    rgb = np.stack(parts, -1).astype(np.float32) @ frame.matrix[:, :3].T.astype(np.float32) + frame.matrix[:, 3].astype(
        np.float32
    )
    return np.clip(np.rint(rgb), 0, 255).astype(np.uint8)


def jpeg(picture: Array, quality: int = QUALITY) -> bytes:
    """A JPEG of (h, w, 3) uint8 RGB, of a quality from 0 to 100."""
    import cv2

    fine, data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not fine:
        raise JobError(f"a picture of {picture.shape[1]}x{picture.shape[0]} could not be written as JPEG")
    return bytes(data.tobytes())
