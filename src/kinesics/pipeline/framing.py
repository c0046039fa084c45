"""How a filmed person comes onto the viewer's canvas: one scale, the shoulders at one place, a window that stands or follows.

All clips of a person share one layout: the middle of the shoulders lies at the same place of the canvas and a torso is equally
large, so that poses of different clips can be compared. Where the camera stands still and the person stays, the window stands
still too, so that one background serves all of the clip; else it follows the person, smoothed over time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from scipy.ndimage import gaussian_filter1d, median_filter

from ..types import Array
from ..viewer import SIZE
from .casting import Track

__all__ = ["Windows", "windows"]

MARGIN = 0.07  # of the person's extent, on each side that shows an end of them
STAYS = 1.5  # a standing window may be so much larger than a following one
CALM = 0.5  # seconds over which a following window is smoothed
TORSO = 0.72  # shoulder width for a length from shoulders to hips
SURE = 0.3
CUT = 0.015  # of the picture's size: a box that ends so near its border is cut by it
ALIKE = 0.06  # windows of clips that differ by less are one
HEAD = 0.55  # shoulder widths from the eyes to the top of the head
HAND = 0.75  # of the forearm: how far the fingers reach beyond the wrist


@dataclass(frozen=True, eq=False)
class Windows:
    """Where the canvas lies in a clip's pictures.

    Attributes:
        corners: (t, 2) float64 source pixels of the canvas's top left corner.
        scale: canvas pixels for a source pixel.
        fixed: the window does not move.
    """

    corners: Array
    scale: float
    fixed: bool

    def crop(self, picture: Array, t: int, *, beyond: int = cv2.BORDER_REPLICATE) -> Array:
        """A source picture (h, w) or (h, w, c) on the canvas at moment t; what lies beyond its border is repeated or 0."""
        corner, scale = self.corners[t], self.scale
        if scale < 0.8:  # shrunk by averaging first, else fine texture would flicker
            size = max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1)
            across, down = size[0] / picture.shape[1], size[1] / picture.shape[0]
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
            zoom = scale / np.array([across, down])
        else:
            zoom = np.array([scale, scale])
        shift = zoom / 2 - corner * scale - 0.5  # centres of pixels lie at halves
        matrix = np.array([[zoom[0], 0, shift[0]], [0, zoom[1], shift[1]]])
        flags = cv2.INTER_CUBIC if scale > 1 or not self.fixed else cv2.INTER_LINEAR
        if picture.dtype != np.uint8:
            flags = cv2.INTER_LINEAR
        return np.asarray(cv2.warpAffine(picture, matrix, (SIZE, SIZE), flags=flags, borderMode=beyond))

    def on_canvas(self, points: Array, t: int) -> Array:
        """Source pixels (…, 2) as canvas pixels."""
        return np.asarray((points - self.corners[t]) * self.scale)


def windows(tracks: Sequence[Track]) -> list[Windows]:
    """A window for each clip, all with one layout."""
    units = [_unit(track) for track in tracks]
    stays = [_stays(track, unit) for track, unit in zip(tracks, units, strict=True)]
    anchors = [_anchors(track, unit, still) for track, unit, still in zip(tracks, units, stays, strict=True)]
    if all(stays) and len({track.size for track in tracks}) == 1:
        units, anchors = _one_camera(units, anchors)
    reach = np.max([_reach(*held) for held in zip(tracks, anchors, units, strict=True)], axis=0)  # left, up, right, down
    cut: Array = np.stack([_cut(track) for track in tracks]).max(0)  # left, up, right, down
    limit = min(min(track.size) / unit for track, unit in zip(tracks, units, strict=True))
    room = MARGIN * _side(reach)
    if _side(reach) <= limit:  # rather no margin than a border that is not in the picture
        room = min(room, (limit - _side(reach)) / 2)
    ends = reach + room * ~cut
    side = _side(ends)
    across = _placed(ends[0], ends[2], side, bool(cut[0]), bool(cut[2]))
    down = _placed(ends[1], ends[3], side, bool(cut[1]), bool(cut[3]))
    place = np.array([across, down])
    return [
        Windows(_snapped(anchor - place * unit, SIZE / (side * unit), fixed), SIZE / (side * unit), fixed)
        for anchor, unit, fixed in zip(anchors, units, stays, strict=True)
    ]


def _snapped(corners: Array, scale: float, fixed: bool) -> Array:
    """A standing window begins at a whole pixel, so that nothing is blurred."""
    return np.round(corners * scale) / scale if fixed else corners


def _placed(before: float, after: float, side: float, cut_low: bool, cut_high: bool) -> float:
    """Where the anchor lies from the low border: spare room is shared, or goes to the side where nothing is cut off."""
    spare = side - before - after
    if cut_low == cut_high:
        return before + spare / 2
    return before + spare if cut_high else before


def _unit(track: Track) -> float:
    """Pixels of a shoulder width, also of a person seen from the side."""
    points, sure = track.poses.points[:, 0], track.poses.scores[:, 0] > SURE
    spans = [4.0]
    for (a, b), share, rank in (((5, 6), 1.0, 75), ((5, 11), TORSO, 60), ((6, 12), TORSO, 60)):
        both = sure[:, a] & sure[:, b]
        if both.sum() >= 0.3 * len(both):
            spans.append(share * float(np.percentile(np.linalg.norm(points[both, a] - points[both, b], axis=1), rank)))
    if len(spans) == 1:  # neither shoulders nor hips: a fifth of what is seen
        spans.append(0.2 * float(np.nanmedian(np.hypot(*(track.boxes[:, 2:] - track.boxes[:, :2]).T))))
    return max(spans)


def _middle(track: Track) -> Array:
    """(t, 2) middle of the shoulders, filled over time where they are not seen."""
    points, sure = track.poses.points[:, 0], track.poses.scores[:, 0] > 0
    both = sure[:, 5] & sure[:, 6]
    guess = np.stack([(track.boxes[:, 0] + track.boxes[:, 2]) / 2, track.boxes[:, 1] * 0.75 + track.boxes[:, 3] * 0.25], 1)
    middle = np.where(both[:, None], (points[:, 5] + points[:, 6]) / 2, guess)
    there = np.isfinite(middle).all(1)
    times = track.poses.times
    filled: Array = np.stack([np.interp(times, times[there], middle[there, axis]) for axis in (0, 1)], 1)
    return filled


def _anchors(track: Track, unit: float, still: bool) -> Array:
    """(t, 2) where the middle of the shoulders is taken to be: one place, or a calm path."""
    middle = _middle(track)
    if still or len(middle) < 3:
        return np.repeat(np.median(middle, axis=0, keepdims=True), len(middle), 0)
    sigma = CALM / max(float(np.median(np.diff(track.poses.times))), 1e-3)
    pad = min(round(3 * sigma), len(middle) - 1)  # beyond its ends the way goes on as it came
    way = np.pad(median_filter(middle, (5, 1), mode="nearest"), ((pad, pad), (0, 0)), mode="reflect", reflect_type="odd")
    calm: Array = gaussian_filter1d(way, sigma, axis=0, mode="nearest")[pad : pad + len(middle)]
    return calm


def _stays(track: Track, unit: float) -> bool:
    """Whether one standing window does, without the person becoming small in it."""
    if not track.still:
        return len(track.poses) < 3
    standing, following = (_side(_reach(track, _anchors(track, unit, still), unit)) for still in (True, False))
    return bool(standing <= STAYS * following)


def _side(reach: Array) -> float:
    return float(max(reach[0] + reach[2], reach[1] + reach[3]))


def _reach(track: Track, anchors: Array, unit: float) -> Array:
    """(4,) shoulder widths that the person reaches to the left, up, right and down of the anchor, at most."""
    seen = np.isfinite(track.boxes).all(1)
    boxes = _whole(track)[seen]
    ends = np.concatenate([anchors[seen] - boxes[:, :2], boxes[:, 2:] - anchors[seen]], 1) / unit
    if len(ends) >= 5:
        ends = median_filter(ends, (3, 1), mode="nearest")
    return np.asarray(np.maximum(ends.max(0), 0.2))


def _whole(track: Track) -> Array:
    """(t, 4) boxes with the fingers and the top of the head, inside the picture."""
    points = np.where((track.poses.scores[:, 0] > SURE)[..., None], track.poses.points[:, 0], np.nan)
    tips = [points[:, w] + HAND * (points[:, w] - points[:, e]) for w, e in ((9, 7), (10, 8))]
    width = np.linalg.norm(points[:, 5] - points[:, 6], axis=1, keepdims=True) * [0, 1]
    tops = [points[:, eye] - HEAD * width for eye in (1, 2)]
    known = np.concatenate([points, np.stack([*tips, *tops], 1)], 1)
    low = np.fmin(track.boxes[:, :2], np.fmin.reduce(known, axis=1))
    high = np.fmax(track.boxes[:, 2:], np.fmax.reduce(known, axis=1))
    return np.concatenate([np.maximum(low, 0), np.minimum(high, track.size)], 1)


def _cut(track: Track) -> Array:
    """(4,) bool: on which sides the picture's border cuts the person off for most of the clip."""
    boxes, (width, height) = _whole(track), track.size
    seen = np.isfinite(boxes).all(1)
    near = np.array([width, height, width, height]) * CUT
    gaps = np.concatenate([boxes[:, :2], [width, height] - boxes[:, 2:]], 1)[seen]
    return np.asarray((gaps <= near).mean(0) > 0.5)


def _one_camera(units: list[float], anchors: list[Array]) -> tuple[list[float], list[Array]]:
    """Clips that one standing camera seems to have filmed get one window."""
    unit = float(np.median(units))
    places = np.array([anchor[0] for anchor in anchors])
    middle = np.median(places, axis=0)
    if np.abs(np.array(units) / unit - 1).max() <= 2 * ALIKE and np.abs(places - middle).max() <= 4 * ALIKE * unit:
        return [unit] * len(units), [np.repeat(middle[None], len(anchor), 0) for anchor in anchors]
    return units, anchors
