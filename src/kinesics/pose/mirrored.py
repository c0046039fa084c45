"""A clip as a mirror shows it."""

from __future__ import annotations

import re

import numpy as np

from ..errors import UsageError
from ..types import PoseSequence, skeleton
from ..types.sides import words

__all__ = ["mirror_clip"]


def mirror_clip(clip: PoseSequence) -> PoseSequence:
    """Left for right: the picture is turned about its middle, and joints, hands and halves of the face change names.

    Args:
        clip: of any skeleton that says which joints are pairs; without a `size` it is turned about the middle of all joints.

    Raises:
        UsageError: joints have sides and no pairs, or are a mesh whose halves have no names; `whole_body(clip)` first.
    """
    body = clip.skeleton
    sided = any({"left", "right"} & set(words(name)) for name in body.joints)
    own = body == skeleton("wholebody133")
    numbered = not own and any(re.search(r"(face.*|\.|^)\d+$", name.lower()) for name in body.joints)
    if numbered or (sided and not body.mirror):
        raise UsageError(f"mirror_clip: {body.name} does not say which joints change sides; make it a whole body first")
    x = clip.points[..., 0].astype(float)
    seen = x[np.isfinite(x)]
    turn = clip.size[0] - 1 if clip.size is not None else float(seen.min() + seen.max()) if len(seen) else 0.0
    points = clip.points.astype(float)
    points[..., 0] = turn - x
    order = body.mirror_order
    return PoseSequence(points[:, :, order], clip.scores[:, :, order], clip.times, body, clip.ids, clip.size)
