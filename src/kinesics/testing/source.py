"""The law of sources: what everything that gives frames must keep."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import SourceError
from ..types import Array, Frame


def check_source(make: Callable[[], Any], *, limit: int = 1000) -> None:
    """Raise `AssertionError`, naming the law, unless what `make` opens is a good source.

    The laws: time never falls and starts at 0 or later; the index rises; the epoch never falls, and rises when the size
    changes; pictures are as large as they say, RGB and read-only, planes fit them; depth is in float32 metres, finite and not
    below 0; a frame stays as it was when later ones have been read; a file's end ends it, for good; `with` closes it, closing
    twice is fine, and reading on after that raises `SourceError`.

    Args:
        make: opens the same source anew, at each call.
        limit: look at no more frames than this; give a small one for a live source.
    """
    with make() as source:
        live = source.live
        frames = _check_order(source, limit)
        if not live and len(frames) < limit:
            _law(next(source, None) is None, "the end of a file ends it for good")
            _law(source.status != "open", "at the end the status says how it ended")
    for frame in frames[:2] + frames[-2:]:
        _check_picture(frame)
    if not live:
        with make() as source:
            again = _pixels(next(source))
        _law(np.array_equal(again, _pixels(frames[0])), "a frame stays as it was when later ones have been read")
    _check_closing(make())


def _check_order(source: Any, limit: int) -> list[Frame]:
    """The first frame, the last ones, and whether all of them come in order."""
    kept: list[Frame] = []
    before: Frame | None = None
    for frame in itertools.islice(source, limit):
        if before is None:
            _law(frame.time >= 0, f"time starts at 0 or later, not at {frame.time}")
        else:
            _law(frame.time >= before.time, f"time never falls: {before!r} then {frame!r}")
            _law(frame.index > before.index, f"the index rises: {before!r} then {frame!r}")
            _law(frame.epoch >= before.epoch, f"the epoch never falls: {before.epoch} then {frame.epoch}")
            _law(frame.size == before.size or frame.epoch > before.epoch, f"a new size is a new epoch: {frame!r}")
        before = frame
        kept = [*kept[:1], *kept[1:][-3:], frame]
    _law(bool(kept), "a source that opens has a frame")
    return kept


def _pixels(frame: Frame) -> Array:
    """The depth of a frame of a depth source, the picture of any other."""
    return frame.image if frame.depth is None else frame.depth


def _check_picture(frame: Frame) -> None:
    if frame.depth is not None:
        depth = frame.depth
        _law(depth.shape == frame.size[::-1] and depth.dtype == np.float32, f"{frame!r} has depth {depth.shape} {depth.dtype}")
        _law(not depth.flags.writeable, "pictures are read-only")
        _law(bool(np.isfinite(depth).all() and depth.min() >= 0), f"depth is finite and not below 0: {frame!r}")
        return
    image = frame.image
    _law(image.shape == (frame.size[1], frame.size[0], 3) and image.dtype == np.uint8, f"{frame!r} has an image {image.shape}")
    _law(not image.flags.writeable, "pictures are read-only")
    planes = frame.planes
    if planes is not None:
        width, height = frame.size
        shapes = [plane.shape for plane in planes]
        half = (height // 2, width // 2)
        _law(shapes == [(height, width), half, half], f"planes fit the picture: {shapes} for {width}x{height}")


def _check_closing(source: Any) -> None:
    with source:
        next(source)
    source.close()
    try:
        next(source)
    except SourceError:
        return
    raise AssertionError("reading on after close raises SourceError")


def _law(kept: bool, text: str) -> None:
    if not kept:
        raise AssertionError(text)
