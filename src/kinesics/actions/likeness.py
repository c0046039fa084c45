"""In what somebody's motion differs from an example, in words that a person can check: which joints, and when.

Both are put on top of each other at the hips, at the same size, each from its start to its end; what is compared is where the
joints are. It needs no model, so it can also tell why something is unknown.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..types import Array, PoseSequence
from .joints import common_skeleton, map_joints
from .plain import MOMENTS, PlainEmbedding

__all__ = ["difference"]

MOST = 3  # joints that are named
LEAST = 0.02  # body lengths apart, on average: what is nearer does not differ


def difference(clip: PoseSequence, example: PoseSequence) -> dict[str, Any]:
    """Where a clip is least like an example.

    Args:
        clip: of one person.
        example: of one person, the same number of coordinates.

    Returns:
        `joints` (names, the most different first; none where all is alike), `from` and `to` (seconds of the clip when these
        differ most) and `apart` (how far they are apart then, body lengths).
    """
    body = common_skeleton([clip.skeleton, example.skeleton])
    here, there = (_placed(map_joints(one, body)) for one in (clip, example))
    apart = np.sqrt(((here - there) ** 2).sum(-1))  # (m, k)
    each = apart.mean(0)
    order = np.argsort(-each, kind="stable")[:MOST]
    chosen = [int(j) for j in order if each[j] >= max(each[order[0]] / 2, LEAST)]
    over_time = apart[:, chosen or slice(None)].mean(1)
    peak = int(over_time.argmax())
    strong = over_time >= 0.7 * over_time[peak]
    low = peak - int(np.argmin(np.append(strong[peak::-1], False))) + 1
    high = peak + int(np.argmin(np.append(strong[peak:], False))) - 1
    at = np.linspace(clip.times[0], clip.times[-1], MOMENTS)
    return {
        "joints": [body.joints[j] for j in chosen],
        "from": round(float(at[low]), 2),
        "to": round(float(at[high]), 2),
        "apart": round(float(over_time[peak]), 2),
    }


def _placed(clip: PoseSequence) -> Array:
    """(m, k, d) places of the joints from the hips, body lengths, at evenly spaced moments."""
    k, d = len(clip.skeleton), clip.points.shape[-1]
    row = PlainEmbedding(clip.skeleton, d).embed([clip])[0]
    return np.asarray(row[: MOMENTS * k * d].reshape(MOMENTS, k, d))
