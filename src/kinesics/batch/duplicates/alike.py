"""How alike two stacks of thumbnails are: structural similarity, after one was laid over the other.

A copy may be cropped, so the place of one picture in the other is looked for first; it may be brighter, so light is fitted; and
it may bear a logo, so the worst part of the picture does not count.
"""

from __future__ import annotations

import itertools

import numpy as np

from ...types import Array

__all__ = ["likeness"]

LEAST = 0.88  # of a side, that a cropped copy still shows
SIZES = (1.0, 0.97, 0.94, 0.91)
FINE = 3  # times the thumbnail's size, at which a place is looked for
LEFT_OUT = 0.15  # of the picture's area: where a logo may be
SIGMA = 1.0  # cells: the window of thumbnails, in proportion to that of whole pictures
_C1, _C2 = (0.01 * 219) ** 2, (0.03 * 219) ** 2  # Wang et al. 2004, section III.B, for the range of video


def likeness(one: Array, other: Array) -> float:
    """Mean structural similarity (Wang, Bovik, Sheikh, Simoncelli 2004) of two shots' moments, -1 to 1.

    Args:
        one: (n, h, w) uint8 or float32, moment by moment.
        other: the same moments of the other.
    """
    one, other = one.astype(np.float32), other.astype(np.float32)
    plain = _similar(one, other)
    if plain > 0.95:
        return plain
    first, second = one.mean(0), other.mean(0)
    inside, turned = _place(first, second), _place(second, first)
    if inside[0] >= turned[0]:
        return max(plain, _similar(*_laid(one, other, inside[1])))
    return max(plain, _similar(*_laid(other, one, turned[1])))


def _place(whole: Array, part: Array) -> tuple[float, Array]:
    """Where `part` lies in `whole`: correlation, and the (2, 3) matrix from part's cells to whole's."""
    import cv2

    h, w = whole.shape
    large = cv2.resize(whole, (w * FINE, h * FINE), interpolation=cv2.INTER_LINEAR)
    best = -1.0, (0.0, 0.0, 1.0, 1.0)
    for sx, sy in itertools.product(SIZES, SIZES):
        template = cv2.resize(part, (round(w * FINE * sx), round(h * FINE * sy)), interpolation=cv2.INTER_LINEAR)
        score = cv2.matchTemplate(large, template, cv2.TM_CCOEFF_NORMED)
        y, x = divmod(int(score.argmax()), score.shape[1])
        if float(score[y, x]) > best[0] + 1e-6:
            best = float(score[y, x]), (x / FINE, y / FINE, template.shape[1] / w / FINE, template.shape[0] / h / FINE)
    x, y, sx, sy = best[1]
    matrix = np.array([[sx, 0, x + (sx - 1) / 2], [0, sy, y + (sy - 1) / 2]], np.float32)
    return best[0], _refined(whole, part, matrix)


def _refined(whole: Array, part: Array, matrix: Array) -> Array:
    """The same place, more exactly (Evangelidis and Psarakis 2008); as it was where that leads nowhere."""
    import cv2

    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 20, 1e-4)
    try:
        _, found = cv2.findTransformECC(part, whole, matrix.copy(), cv2.MOTION_AFFINE, stop, None, 3)
    except cv2.error:
        return matrix
    corners = np.array([[0, 0, 1], [part.shape[1], part.shape[0], 1]]).T
    moved = np.abs(found @ corners - matrix @ corners).max()
    return np.asarray(found, np.float32) if moved < 2.0 else matrix


def _laid(whole: Array, part: Array, matrix: Array) -> tuple[Array, Array]:
    """The cells of `whole` that lie under those of `part`, and those."""
    import cv2

    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = part.shape[2], part.shape[1]
    moved = [cv2.warpAffine(picture, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE) for picture in whole]
    return np.stack(moved), part


def _similar(one: Array, other: Array) -> float:
    other = _lit(one, other)
    mx, my = _blurred(one), _blurred(other)
    vx, vy = _blurred(one * one) - mx * mx, _blurred(other * other) - my * my
    vxy = _blurred(one * other) - mx * my
    found = (2 * mx * my + _C1) * (2 * vxy + _C2) / ((mx * mx + my * my + _C1) * (vx + vy + _C2))
    cells = np.sort(found.mean(0), axis=None)
    return float(cells[int(LEFT_OUT * cells.size) :].mean())


def _blurred(stack: Array) -> Array:
    import cv2

    return np.stack([cv2.GaussianBlur(picture, (7, 7), SIGMA) for picture in stack])


def _lit(one: Array, other: Array) -> Array:
    """`other` in the light of `one`: gain and offset, fitted twice, the second time without what fits worst."""
    kept = np.ones(one.shape[1:], bool)
    fitted = other
    for _ in range(2):
        x, y = other[:, kept], one[:, kept]
        spread = float(((x - x.mean()) ** 2).mean())
        gain = float(((x - x.mean()) * (y - y.mean())).mean()) / spread if spread > 0 else 1.0
        gain = min(max(gain, 0.4), 2.5)
        fitted = (other - x.mean()) * gain + y.mean()
        error = np.abs(fitted - one).mean(0)
        kept = error <= np.quantile(error, 1 - LEFT_OUT)
    return fitted
