"""An example as a small film of joints, for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from ...types import PoseSequence

__all__ = ["film_of"]

MOMENTS = 120  # at most; a long example is shown with fewer of them a second


def film_of(clip: PoseSequence) -> dict[str, Any]:
    """The first person of a clip, from the front where it is 3D.

    Returns:
        `points` (t, k): [x, y] with one decimal, None where nothing was seen; `times` (t,) seconds from 0; `bones` (pairs of
        joints); `joints` (their names).
    """
    chosen = np.unique(np.linspace(0, len(clip) - 1, min(len(clip), MOMENTS)).round().astype(int))
    points, seen = clip.points[chosen, 0, :, :2], clip.scores[chosen, 0] > 0
    decimals = 1 if clip.points.shape[-1] == 2 else 3
    rows = [
        [[round(float(x), decimals), round(float(y), decimals)] if known else None for (x, y), known in zip(*one, strict=True)]
        for one in zip(points, seen, strict=True)
    ]
    times = [round(float(time), 3) for time in clip.times[chosen] - clip.times[0]]
    body = clip.skeleton
    return {"points": rows, "times": times, "bones": [list(bone) for bone in body.bones], "joints": list(body.joints)}
