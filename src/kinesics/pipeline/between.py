"""People at a moment between two looks."""

from __future__ import annotations

import numpy as np

from ..types import Array, Masks, People


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
    world = None if a.world is None or b.world is None else a.world + (b.world - a.world) * share
    near = a if share < 0.5 else b
    masks = None if near.masks is None else moved(near.masks, (boxes - near.boxes).reshape(-1, 2, 2).mean(1))
    return People(boxes, np.minimum(a.score, b.score), points, scores, a.skeleton, a.ids, world, masks)


def moved(masks: Masks, shifts: Array) -> Masks:
    """Outlines moved by (n, 2) pixels, rounded; what leaves the picture is cut off."""
    corners, windows = [], []
    width, height = masks.size
    for row, (dx, dy) in enumerate(np.round(shifts).astype(int).tolist()):
        x, y, window = masks.window(row)
        x, y = x + dx, y + dy
        left, top = min(max(-x, 0), window.shape[1]), min(max(-y, 0), window.shape[0])
        window = window[top : max(height - y, top), left : max(width - x, left)]
        corners.append((x + left, y + top) if window.size else (0, 0))
        windows.append(window if window.size else window[:0, :0])
    return Masks(masks.size, corners, windows)
