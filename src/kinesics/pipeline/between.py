"""People at a moment between two looks."""

from __future__ import annotations

import numpy as np

from ..types import People


def between(before: People, after: People, share: float) -> People:
    """Interpolate the people whose id is known on both sides.

    Args:
        before: tracked people at the earlier look.
        after: tracked people at the later look.
        share: 0 at the earlier look, 1 at the later.

    Returns:
        the people with an id in both, in the order of `before`; a joint is there if it was seen both times, and scores are
        the lower of the two.
    """
    at = {identity: row for row, identity in enumerate(after.ids.tolist()) if identity >= 0}
    left = [row for row, identity in enumerate(before.ids.tolist()) if identity in at]
    a, b = before[left], after[[at[identity] for identity in before.ids[left].tolist()]]
    scores = np.minimum(a.point_scores, b.point_scores)
    points = np.where((scores > 0)[..., None], a.points + (b.points - a.points) * share, np.nan)
    boxes = a.boxes + (b.boxes - a.boxes) * share
    return People(boxes, np.minimum(a.score, b.score), points, scores, a.skeleton, a.ids)
