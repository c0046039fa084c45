"""A clip of joints on its way from the worker that saw it to the desk that learns it: an npz, never pickled, with limits."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from ...errors import FormatError, UsageError
from ...types import PoseSequence, skeleton
from ...weights.npz import read_npz

__all__ = ["LARGEST", "MOMENTS", "pack_clip", "unpack_clip"]

LARGEST = 32 << 20  # bytes of a clip: a minute of somebody with 133 joints at 60 frames a second has 6 MB
MOMENTS = 20_000  # of a clip
_ARRAYS = {"points", "scores", "times", "ids", "skeleton"}


def pack_clip(clip: PoseSequence) -> bytes:
    """A clip as bytes: the arrays `points`, `scores`, `times`, `ids`, `skeleton` (its name) and, where known, `size`.

    Raises:
        FormatError: its skeleton is none of the built-in ones, or it is longer than `unpack_clip` would take.
    """
    if skeleton(clip.skeleton.name).joints != clip.skeleton.joints:
        raise FormatError(f"a clip: expected the joints of a built-in skeleton, got other ones called {clip.skeleton.name!r}")
    if len(clip) > MOMENTS or clip.points.nbytes + clip.scores.nbytes > LARGEST // 2:
        raise FormatError(f"a clip of {len(clip)} moments is too long; expected at most {MOMENTS}, and {LARGEST >> 21} MB")
    arrays: dict[str, Any] = {name: getattr(clip, name) for name in ("points", "scores", "times", "ids")}
    arrays["skeleton"] = np.array(clip.skeleton.name)
    if clip.size is not None:
        arrays["size"] = np.array(clip.size)
    held = io.BytesIO()
    np.savez(held, allow_pickle=False, **arrays)
    return held.getvalue()


def unpack_clip(data: bytes) -> PoseSequence:
    """A clip from the bytes that `pack_clip` made.

    Raises:
        FormatError: it is no clip, a damaged one, or larger than `LARGEST` or `MOMENTS`.
    """
    if len(data) > LARGEST:
        raise FormatError(f"a clip of {len(data)} bytes; expected at most {LARGEST}")
    try:
        arrays = read_npz(data, LARGEST)
        size = arrays.pop("size", None)
        if arrays.keys() != _ARRAYS:
            raise ValueError(f"expected the arrays {', '.join(sorted(_ARRAYS))}, got {', '.join(sorted(arrays)) or 'none'}")
        if arrays["times"].shape[:1] > (MOMENTS,):
            raise ValueError(f"{len(arrays['times'])} moments, expected at most {MOMENTS}")
        moments = (arrays["points"], arrays["scores"], arrays["times"])
        body = skeleton(str(arrays["skeleton"]))
        return PoseSequence(*moments, body, arrays["ids"], None if size is None else (int(size[0]), int(size[1])))
    except UsageError as error:
        raise FormatError(f"the bytes of a clip: {error}") from error
    except (ValueError, TypeError, IndexError) as error:
        raise FormatError(f"the bytes of a clip: {str(error).splitlines()[0]}; show it again") from error
