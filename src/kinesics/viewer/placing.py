"""Where a movement happens on the canvas of who shall do it, and where the drawn person belongs in the source picture.

One scale and one place serve a whole clip, so that all movement is kept: the shoulders and the torso of the clip are laid over
those of the fitted person. Who walks through the picture can be followed by a window that moves calmly.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ..errors import UsageError
from ..types import Array, PoseSequence
from .footage import SIZE, WHOLE_BODY
from .person import Person

__all__ = ["HOWS", "Placement", "place"]

HOWS = ("scene", "follow", "auto")
"""A window that stands, one that follows, or a standing one unless the person would leave it."""
LEAST = 0.2  # score from which a joint counts
CALM = 0.5  # seconds over which a following window is smoothed
ROOM = 0.06  # of the canvas: who comes nearer to its border than this with the shoulders has left it
SLACK = 10.0  # canvas pixels beyond what the person has shown that move nothing
HAIR = 0.55  # shoulder widths from the eyes to the top of the head
RANGE = (1.0, 99.0)  # percentiles between which a movement lies
GONE = 0.1  # share of the moments in which one may
STANDING = 0.3  # score of legs that the clip does not show and the person has
UPRIGHT = 75.0  # percentile of the keyframes by how tall the person stands in them: legs are lent from those above
SELDOM = 0.05  # share of the moments below which a joint counts as never seen
ODD = 1.3  # ratio of what shoulders and torso say from which one of them must be foreshortened
LEGS = tuple(range(13, 23))

_TRUNK = (((5, 6),), ((5, 11), (6, 12)))
_LIMBS = (
    ((11, 12),),
    ((5, 7), (6, 8)),
    ((7, 9), (8, 10)),
    ((11, 13), (12, 14)),
    ((13, 15), (14, 16)),
    ((23, 39), (31, 44), (31, 45)),  # the face, its width and its height
    ((3, 4), (1, 2)),
)


@dataclass(frozen=True, eq=False)
class Placement:
    """Where the canvas lies in the source's pictures, moment by moment.

    Attributes:
        times: (t,) seconds.
        corners: (t, 2) source pixels of the canvas's top left corner.
        scale: canvas pixels for a source pixel.
        followed: the window moves.
    """

    times: Array
    corners: Array
    scale: float
    followed: bool

    def moment(self, time: float) -> int:
        """The index of the moment nearest in time."""
        return int(np.abs(self.times - time).argmin())

    def on_canvas(self, points: Array, index: int) -> Array:
        """Source pixels (…, 2) as canvas pixels."""
        return np.asarray((points - self.corners[index]) * self.scale)

    def in_source(self, points: Array, index: int) -> Array:
        """Canvas pixels (…, 2) as source pixels."""
        return np.asarray(points / self.scale + self.corners[index])

    def back(self, picture: Array, index: int, size: tuple[int, int]) -> Array:
        """A drawn canvas where it belongs in the source picture.

        Args:
            picture: (512, 512, 4) uint8, colour premultiplied by alpha.
            index: of the moment.
            size: (width, height) of the source picture.

        Returns:
            (height, width, 4) uint8, premultiplied; 0 beyond the canvas.
        """
        width, height = size
        out = np.zeros((height, width, 4), np.uint8)
        zoom = np.full(2, 1 / self.scale)
        if self.scale > 1.25:  # shrunk by averaging first, else edges would flicker
            small = max(round(SIZE / self.scale), 1)
            picture = cv2.resize(picture, (small, small), interpolation=cv2.INTER_AREA)
            zoom[:] = SIZE / self.scale / small
        side = np.array(picture.shape[1::-1]) * zoom
        left, top = np.clip(np.floor(self.corners[index]), 0, size).astype(int)
        right, bottom = np.clip(np.ceil(self.corners[index] + side), 0, size).astype(int)
        if right <= left or bottom <= top:
            return out
        shift = zoom / 2 + self.corners[index] - (left, top) - 0.5  # centres of pixels lie at halves
        matrix = np.array([[zoom[0], 0, shift[0]], [0, zoom[1], shift[1]]])
        cut = (int(right - left), int(bottom - top))
        out[top:bottom, left:right] = cv2.warpAffine(picture, matrix, cut, flags=cv2.INTER_LINEAR)
        return out


def place(clip: PoseSequence, person: Person, *, retargeted: bool = True, how: str = "scene") -> tuple[PoseSequence, Placement]:
    """Lay a clip of one person onto the canvas where the fitted person stands.

    Legs that the person never shows are left out; legs that the clip never shows stand as the person's do.

    Args:
        clip: one person of `wholebody133`.
        person: who shall move so.
        retargeted: the clip has the person's proportions already (`pose.retarget`), so that every bone tells the scale; else
            shoulders and torso do.
        how: "scene": one window for all, every movement is kept; "follow": the window goes along with who walks through the
            picture; "auto": the first unless the person would leave it.

    Returns:
        the clip in canvas pixels, and the way back.

    Raises:
        UsageError: no shoulders in the clip or in the person; several people; another skeleton.
    """
    if how not in HOWS:
        raise UsageError(f"how should be one of {', '.join(HOWS)}, got {how!r}")
    if clip.skeleton.name != WHOLE_BODY or clip.points.shape[1] != 1:
        raise UsageError(
            f"place: expected one person of {WHOLE_BODY}, got {clip.points.shape[1]} of {clip.skeleton.name}; "
            "whole_body(clip).person(id) picks one"
        )
    points, scores = clip.points[:, 0, :, :2].astype(float), clip.scores[:, 0].copy()
    held = np.where(_sure(person.scores)[..., None], person.points, np.nan).astype(float)
    seen = np.where(_sure(scores)[..., None], points, np.nan)
    anchor, home = _anchors(seen), _anchors(held)
    if np.isnan(anchor).all():
        raise UsageError(
            "nobody's shoulders are seen in the poses; a person is placed by them (a hand or face alone is not enough)"
        )
    if np.isnan(home).all():
        raise UsageError(f"person {person.name}: no keyframe shows the shoulders; fit from a clip that does")
    scale = _scale(seen, held, retargeted)
    target = np.nanmedian(home, axis=0)
    middle = np.repeat(np.nanmedian(anchor, axis=0)[None], len(clip), 0)
    middle = middle - _nudge((seen - middle[:, None]) * scale + target, held) / scale
    followed = how == "follow" or (how == "auto" and _leaves((anchor - middle) * scale + target))
    if followed:
        middle = _path(anchor, clip.times)
    corners = middle - target / scale
    placed = (points - corners[:, None]) * scale
    _fit_legs(placed, scores, held, clip.times)
    sequence = PoseSequence(placed[:, None], scores[:, None], clip.times, clip.skeleton, clip.ids, (SIZE, SIZE))
    return sequence, Placement(clip.times, corners, scale, followed)


def _sure(scores: Array) -> Array:
    return np.asarray(scores >= LEAST)


def _anchors(points: Array) -> Array:
    """(t, 2) middle of the shoulders, NaN where one is missing."""
    return np.asarray(points[:, [5, 6]].mean(axis=1))


def _scale(clip: Array, person: Array, retargeted: bool) -> float:
    """Canvas pixels for a source pixel, by the lengths that both have."""
    trunk, limbs = ([r for pairs in group if np.isfinite(r := _ratio(clip, person, pairs))] for group in (_TRUNK, _LIMBS))
    if not trunk + limbs:
        raise UsageError("the poses have no length in common with the person; a person is placed by shoulders and hips")
    if retargeted or len(trunk) < 2:
        return float(np.median(trunk + limbs))
    low, high = sorted(trunk)  # shoulders look narrow from the side, a torso short when it bends: the larger clip is right
    return low if high > ODD * low else float(np.sqrt(low * high))


def _ratio(clip: Array, person: Array, pairs: tuple[tuple[int, int], ...]) -> float:
    own, other = (_length(points, pairs) for points in (clip, person))
    return other / own if own > 0 else np.nan


def _length(points: Array, pairs: tuple[tuple[int, int], ...]) -> float:
    """A bone as it looks when it is not foreshortened: a high percentile; NaN where it is hardly seen."""
    spans = np.stack([np.linalg.norm(points[:, a] - points[:, b], axis=-1) for a, b in pairs])
    spans = spans[np.isfinite(spans)]
    return float(np.percentile(spans, 85)) if len(spans) > SELDOM * len(points) * len(pairs) else np.nan


def _leaves(path: Array) -> bool:
    """Whether the shoulders leave the canvas for more than a moment."""
    seen = path[np.isfinite(path).all(axis=1)]
    out = np.abs(seen / SIZE - 0.5).max(axis=1) > 0.5 - ROOM
    return bool(out.mean() > GONE)


def _nudge(placed: Array, held: Array) -> Array:
    """(2,) canvas pixels by which all is moved so that what the person can show of the movement is on the canvas."""
    has = [joint for joint in range(17) if np.isfinite(held[:, joint, 0]).mean() >= SELDOM]
    if not has:
        return np.zeros(2)
    hair = HAIR * float(np.nanmedian(np.linalg.norm(held[:, 5] - held[:, 6], axis=1)))
    shift = np.zeros(2)
    for axis in (0, 1):
        own, now = ([np.nanpercentile(p[:, has, axis], q) for q in RANGE] for p in (held, placed))
        low, high = min(own[0] - SLACK, ROOM * SIZE + axis * hair), max(own[1], (1 - ROOM) * SIZE)
        room = high - low - (now[1] - now[0])
        if room < 0 and axis == 0:  # it does not fit: shared out, or the head stays
            shift[axis] = (low + high - now[0] - now[1]) / 2
        else:
            shift[axis] = max(low - now[0], min(high - now[1], 0.0))
    return shift


def _path(anchor: Array, times: Array) -> Array:
    """(t, 2) a calm way along the shoulders, over moments without them too."""
    from scipy.ndimage import gaussian_filter1d, median_filter

    there = np.isfinite(anchor).all(1)
    full = np.stack([np.interp(times, times[there], anchor[there, axis]) for axis in (0, 1)], axis=1)
    if len(full) < 3:
        return full
    even = np.linspace(times[0], times[-1], max(3, min(4 * len(times), round((times[-1] - times[0]) * 30) + 1)))
    step = (even[-1] - even[0]) / (len(even) - 1)
    way = np.stack([np.interp(even, times, full[:, axis]) for axis in (0, 1)], axis=1)
    way = gaussian_filter1d(median_filter(way, (5, 1), mode="nearest"), CALM / step, axis=0, mode="nearest")
    return np.stack([np.interp(times, even, way[:, axis]) for axis in (0, 1)], axis=1)


def _fit_legs(placed: Array, scores: Array, held: Array, times: Array) -> None:
    """Leave out legs that the person never shows; give legs that the clip never shows their place below the person."""
    shown = np.isfinite(held[..., 0]) & (held >= 0).all(-1) & (held < SIZE).all(-1)
    has = shown.mean(axis=0) >= SELDOM
    seen = _sure(scores).mean(axis=0) >= SELDOM
    for joint in LEGS:
        if not has[joint]:
            placed[:, joint], scores[:, joint] = np.nan, 0
    wanted = [joint for joint in (11, 12, *LEGS) if has[joint] and not seen[joint]]
    if not (seen[5] and seen[6]) or not any(joint in LEGS for joint in wanted):
        return
    shoulders = _anchors(np.where((scores > 0)[..., None], placed, np.nan))
    hips = np.where(scores[:, [11, 12]].min(axis=1, keepdims=True) > 0, placed[:, [11, 12]].mean(axis=1), np.nan)
    lead, base = (hips, held[:, [11, 12]].mean(axis=1)) if seen[11] and seen[12] else (shoulders, _anchors(held))
    there = np.asarray(np.isfinite(lead).all(axis=1))
    if not np.any(there) or np.isnan(base).all():
        return
    feet = _path(lead, times)  # stand calmly below a body that sways
    tall = (held[:, [15, 16]].mean(axis=1) - _anchors(held))[:, 1]
    upright = tall >= np.nanpercentile(tall, UPRIGHT) if np.isfinite(tall).any() else np.ones(len(held), bool)
    for joint in wanted:
        ways = (held[:, joint] - base)[upright]
        ways = ways[np.isfinite(ways).all(axis=1)]
        if len(ways):
            way = np.median(ways, axis=0)
            placed[there, joint] = ((feet if joint >= 15 else lead) + way)[there]
            scores[there, joint] = STANDING
