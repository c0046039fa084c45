"""A keyframe taken apart into trunk and arms, so that each can be moved without dragging the others along.

What an arm hides of the trunk is taken from the trunk plate: what all keyframes together show of it where no arm is in front.
Against that plate an arm is told from the trunk behind it as a person is told from a background.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numba
import numpy as np

from ..errors import FormatError
from ..types import Array
from .composing import Layer, warped
from .footage import SIZE
from .medians import median_where
from .person import Person, unpacked
from .warping import LEAST, drawn_joints, flow_field

__all__ = ["Layers", "TrunkPlate", "arm_reach", "arm_room", "take_apart", "trunk_plate"]

UPPER, FORE, HAND, FINGER = 0.17, 0.135, 0.11, 0.036  # thickness of arms, shares of the width of the shoulders
WIDE = 1.7  # an arm ends somewhere within so many thicknesses
ROOMY = 2.0  # and is drawn up to here: the wanted pose is not exact
SURE = 0.45, 0.85  # shares of the thickness: nothing but arm … only what differs from the trunk
SHOULDER = 0.3  # shares of the shoulders' width about a shoulder: what is never seen without an arm there is taken as it is
LOOKS = 40  # keyframes that the trunk plate is made of
FEWEST = 3  # of them must show a place
UNLIKE = (14.0, 42.0)  # grey levels of difference to the plate: not arm … arm
_HALF = SIZE // 2


@dataclass(frozen=True, eq=False)
class TrunkPlate:
    """The trunk without arms: `picture` (512, 512, 4) uint8 premultiplied, in the pose of the keyframe `key`."""

    picture: Array
    key: int


@dataclass(frozen=True, eq=False)
class Layers:
    """A keyframe: `trunk` as if the arms were away, `left` and `right` arm."""

    trunk: Layer
    left: Layer
    right: Layer


def arm_reach(points: Array, scores: Array, side: int) -> Array:
    """(256, 256) float32: how far from an arm's bones a place is, in thicknesses of the arm there; 9 where far or no arm.

    Args:
        points: (133, 2) canvas pixels.
        scores: (133,).
        side: 0 the left arm, 1 the right one.
    """
    reach = np.full((_HALF, _HALF), 9.0, np.float32)
    ok = drawn_joints(points, scores)
    shoulder, elbow, wrist, hand = 5 + side, 7 + side, 9 + side, 91 + 21 * side
    if not (ok[5] and ok[6] and ok[elbow]):
        return reach
    width = float(np.hypot(*(points[5] - points[6])))
    if ok[11] and ok[12]:  # from the side the shoulders are near each other, the trunk is not shorter
        width = max(width, 0.6 * float(np.hypot(*(points[5] + points[6] - points[11] - points[12]))) / 2)
    lines = [(points[shoulder] * 0.8 + points[elbow] * 0.2, points[elbow], UPPER, (UPPER + FORE) / 2)]
    if ok[wrist]:
        lines.append((points[elbow], points[wrist], (UPPER + FORE) / 2, HAND * 0.8))
    if ok[wrist] and ok[hand : hand + 21].sum() > 10:
        lines += [(points[hand], points[hand + k], HAND * 0.7, FINGER * 1.4) for k in (5, 9, 13, 17) if ok[hand + k]]
        bones = [(hand + b + i, hand + b + i + 1) for b in (1, 5, 9, 13, 17) for i in range(3)]
        lines += [(points[a], points[b], FINGER * 1.3, FINGER) for a, b in bones if ok[a] and ok[b]]
    elif ok[wrist]:
        along = points[wrist] - points[elbow]
        lines.append((points[wrist], points[wrist] + along * 0.42, HAND, HAND))
    ends = np.array([[*a, *b] for a, b, _, _ in lines], np.float32) / 2
    thick = np.array([[a, b] for _, _, a, b in lines], np.float32) * np.float32(width / 2)
    _reached(ends, thick, np.float32(ROOMY), reach)
    return reach


@numba.njit(cache=True, nogil=True, fastmath=True)
def _reached(ends: Array, thick: Array, most: float, reach: Array) -> None:
    size = reach.shape[0]
    for i in range(len(ends)):
        px, py, qx, qy = ends[i, 0], ends[i, 1], ends[i, 2], ends[i, 3]
        far = most * max(thick[i, 0], thick[i, 1])
        left, right = max(int(min(px, qx) - far), 0), min(int(max(px, qx) + far) + 2, size)
        top, bottom = max(int(min(py, qy) - far), 0), min(int(max(py, qy) + far) + 2, size)
        dx, dy = qx - px, qy - py
        squared = max(dx * dx + dy * dy, np.float32(1e-3))
        for row in range(top, bottom):
            for column in range(left, right):
                x, y = column + np.float32(0.5) - px, row + np.float32(0.5) - py
                share = min(max((x * dx + y * dy) / squared, np.float32(0)), np.float32(1))
                ex, ey = x - share * dx, y - share * dy
                value = np.sqrt(ex * ex + ey * ey) / (thick[i, 0] + share * (thick[i, 1] - thick[i, 0]))
                if value < reach[row, column]:
                    reach[row, column] = value


def _whole(picture: Array) -> Array:
    made: Array = cv2.resize(picture, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)
    return made


def arm_room(points: Array, scores: Array, side: int) -> Array:
    """(256, 256) uint8: 255 where an arm in this pose can be, 0 where not, soft between.

    A field leads back to the arm from places far from it too; there it must not be drawn twice.
    """
    return np.clip((ROOMY - arm_reach(points, scores, side)) * (255 / 0.4), 0, 255).astype(np.uint8)


def trunk_plate(person: Person) -> TrunkPlate:
    """What a person's keyframes show of the trunk, head and legs where no arm is in front; medians over keyframes.

    Taken from the person where it was kept; made otherwise, which takes a second.
    """
    if person.trunk:
        kept = unpacked(person.trunk)
        if kept is None or kept.shape != (SIZE, SIZE, 4) or not 0 <= person.trunk_key < len(person):
            raise FormatError(f"person {person.name}: the picture of the trunk cannot be decoded; fit the person again")
        return TrunkPlate(kept, person.trunk_key)
    covered = np.array([_covering(person, key) for key in range(len(person))])
    body = np.where((person.scores[:, :17] > LEAST)[..., None], person.points[:, :17], np.nan)
    with np.errstate(all="ignore"):
        usual = np.nanmedian(np.where(np.isnan(body).all(0), 0, body), 0)
        off = np.nan_to_num(np.nanmean(np.abs(body - usual)[:, [0, 5, 6, 11, 12]], (1, 2)), nan=1e3)
    reference = int(np.argmin(off + 20 * covered))
    points, scores = person.points[reference], person.scores[reference]
    order = np.argsort(covered + 0.02 * off, kind="stable")
    spread = order[np.unique(np.linspace(0, len(order) - 1, min(LOOKS, len(order))).astype(int))]
    looks, hidden = [], []
    for key in spread.tolist():
        field = flow_field(points, scores, person.points[key], person.scores[key], "trunk")
        near = np.minimum(*(arm_reach(person.points[key], person.scores[key], side) for side in (0, 1)))
        arm = _whole((near < WIDE).astype(np.uint8) * 255)[..., None]
        looks.append(warped(Layer(person.keyframe(key), 0, 0), field))
        hidden.append(warped(Layer(arm, 0, 0), field) > 0)
    shown = np.stack(looks)
    plate = _median(shown, np.stack(hidden))
    usual = _median(shown[::2], np.zeros(shown[::2].shape[:3], bool))
    share = _shoulders(points)[..., None] * (plate[..., 3:] == 0)
    return TrunkPlate(np.where(share, usual, plate).astype(np.uint8), reference)


def _shoulders(points: Array) -> Array:
    """(512, 512) bool: about the shoulders, which no arm ever leaves."""
    about = np.zeros((SIZE, SIZE), np.uint8)
    if np.isfinite(points[[5, 6]]).all():
        radius = round(SHOULDER * float(np.hypot(*(points[5] - points[6]))))
        for joint in (5, 6):
            cv2.circle(about, np.rint(points[joint]).astype(int).tolist(), radius, 1, -1)
    return about > 0


def _covering(person: Person, key: int) -> float:
    """Share of the trunk that the arms may hide."""
    near = np.minimum(*(arm_reach(person.points[key], person.scores[key], side) for side in (0, 1)))
    trunk = person.points[key][[5, 6, 12, 11]]
    if not np.isfinite(trunk).all():
        return 1.0
    inside = np.zeros((_HALF, _HALF), np.uint8)
    cv2.fillConvexPoly(inside, np.rint(trunk / 2).astype(np.int32), 1)
    return float(((near < WIDE) & (inside > 0)).sum() / max(int(inside.sum()), 1))


def _median(looks: Array, hidden: Array) -> Array:
    """(512, 512, 4): the middle of (n, 512, 512, 4) uint8 over those not hidden; nothing where too few show it."""
    enough = (~hidden).sum(0) >= min(FEWEST, len(looks))
    return np.where(enough[..., None], median_where(looks, ~hidden), 0).astype(np.uint8)


def take_apart(person: Person, key: int, plate: TrunkPlate) -> Layers:
    """A keyframe's layers."""
    picture, points, scores = person.keyframe(key), person.points[key], person.scores[key]
    reaches = [arm_reach(points, scores, side) for side in (0, 1)]
    nearest = np.minimum(*reaches)
    x, y, width, height = (2 * v for v in cv2.boundingRect((nearest < WIDE).astype(np.uint8)))
    empty = Layer(np.zeros((1, 1, 4), np.uint8), 0, 0)
    if not width:
        return Layers(Layer.of(picture), empty, empty)
    window, half = (
        (slice(y, y + height), slice(x, x + width)),
        (slice(y // 2, (y + height) // 2), slice(x // 2, (x + width) // 2)),
    )
    field = flow_field(points, scores, person.points[plate.key], person.scores[plate.key], "trunk")
    behind = warped(Layer(plate.picture, 0, 0), field, (x, y, x + width, y + height))
    seen = np.ascontiguousarray(picture[window])
    matte = _matte(seen, behind, nearest[half])
    whose = cv2.resize(np.clip((reaches[1] - reaches[0])[half] * 2 + 0.5, 0, 1), (width, height))
    trunk = picture.copy()
    arms = np.zeros((2, SIZE, SIZE, 4), np.uint8)
    _split(seen, behind, matte, whose, trunk[window], arms[0][window], arms[1][window])
    return Layers(Layer.of(trunk), Layer.of(arms[0]), Layer.of(arms[1]))


@numba.njit(cache=True, nogil=True, fastmath=True)
def _split(seen: Array, behind: Array, matte: Array, whose: Array, trunk: Array, left: Array, right: Array) -> None:
    """Arm pixels to the arm whose they are; the trunk gets what is behind them."""
    for row in range(seen.shape[0]):
        for column in range(seen.shape[1]):
            arm = matte[row, column]
            if arm <= 0:
                continue
            mine = arm * whose[row, column]
            for channel in range(4):
                value = np.float32(seen[row, column, channel])
                left[row, column, channel] = np.uint8(value * mine + np.float32(0.5))
                right[row, column, channel] = np.uint8(value * (arm - mine) + np.float32(0.5))
                rest = value * (1 - arm) + behind[row, column, channel] * arm
                trunk[row, column, channel] = np.uint8(rest + np.float32(0.5))


def _matte(seen: Array, behind: Array, reach: Array) -> Array:
    """(h, w) float32 0..1: how much of each pixel is arm; `reach` is of half the size."""
    window = np.ones((7, 7), np.uint8)
    over = cv2.max(cv2.subtract(seen, cv2.dilate(behind, window)), cv2.subtract(cv2.erode(behind, window), seen))
    most = over.max(-1).astype(np.float32)
    unlike = cv2.GaussianBlur(np.clip((most - UNLIKE[0]) / (UNLIKE[1] - UNLIKE[0]), 0, 1), (0, 0), 1.5)
    near = cv2.resize(reach, (seen.shape[1], seen.shape[0]))
    sure = np.clip((SURE[1] - near) / (SURE[1] - SURE[0]), 0, 1)
    possible = np.clip((WIDE - near) / 0.25, 0, 1)
    return np.asarray(np.maximum(sure, np.clip(unlike * 1.5, 0, 1)) * possible, np.float32)
