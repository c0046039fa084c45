"""Picture files in and out, and depth made visible."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import Path

import numpy as np

from ..errors import SinkError, SourceError
from ..types import Array, Frame

_MOST_PIXELS = 100_000_000


def load_picture(path: str | PathLike[str]) -> Array:
    """Read a picture file, (h, w, 3) uint8 RGB, turned upright by its EXIF note."""
    import cv2

    try:
        data = np.fromfile(fspath(path), np.uint8)
    except OSError as error:
        raise SourceError(f"{fspath(path)}: cannot be read ({error.strerror or error}); give the path of a picture") from error
    try:
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) and not _bomb(data) else None
    except cv2.error:
        picture = None
    if picture is None:
        raise SourceError(f"{fspath(path)}: expected a picture (jpeg, png, webp, …), found something else or a damaged one")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))


def _bomb(data: Array) -> bool:
    """A few bytes of PNG can claim gigabytes; refuse by the header."""
    head = data[:24].tobytes()
    if not head.startswith(b"\x89PNG") or len(head) < 24:
        return False
    return int.from_bytes(head[16:20], "big") * int.from_bytes(head[20:24], "big") > _MOST_PIXELS


def save_picture(path: str | PathLike[str], picture: Array) -> None:
    """Write (h, w, 3) uint8 RGB; the format follows the suffix, .png or .jpg."""
    import cv2

    target = Path(path)
    suffix = target.suffix.lower() or ".png"
    try:
        fine, data = cv2.imencode(
            suffix, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 92] if suffix != ".png" else []
        )
    except cv2.error:
        fine = False
    if not fine:
        raise SinkError(f"{target}: cannot write a picture as {target.suffix!r}; name it .png or .jpg")
    try:
        target.write_bytes(data.tobytes())
    except OSError as error:
        raise SinkError(f"{target}: cannot be written ({error.strerror or error})") from error


def depth_picture(frame: Frame) -> Array:
    """A depth frame as greys (h, w, 3) uint8: near is bright, what was not measured is black."""
    depth = frame.depth
    if depth is None:
        return frame.image
    known = np.isfinite(depth) & (depth > 0)
    near, far = np.percentile(depth[known], (1, 99)) if known.any() else (0.0, 1.0)
    share = np.clip((far - np.where(known, depth, far)) / max(far - near, 1e-3), 0, 1)
    grey = np.where(known, 40 + 200 * share, 0).astype(np.uint8)
    return np.repeat(grey[..., None], 3, axis=2)
