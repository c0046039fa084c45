"""A contact sheet of made depth pictures: shaded depth and coloured parts side by side, skeletons over both, and a legend."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..bodies import PARTS
from ..bodies.sensors import skeleton_of
from ..bodies.views import View
from ..types import Array, Camera, skeleton
from .canvas import Canvas
from .page import QUIET, TEXT, Page
from .palette import INK, LEFT, RIGHT, Color
from .part_colours import PART_COLOURS
from .strokes import Strokes

_CELL = (224, 280)  # width and height of a picture
_GAP, _SIDE, _TOP, _CAPTION = 8, 28, 76, 24
_LEGEND_ROW, _LEGEND_COLUMNS = 24, 8
_MIDDLE: Color = (246, 242, 232)
_NEAR, _FAR = np.array((255, 232, 196.0)), np.array((74, 112, 168.0))  # what depth is tinted with


def depth_sheet(views: Sequence[View], *, columns: int = 4) -> Array:
    """Draw views: depth on the left (near is light, what a cut-out leaves out is dim), the true parts on the right.

    Args:
        views: at least one.
        columns: pairs of pictures in a row.

    Returns:
        (h, w, 3) uint8 RGB.
    """
    columns = min(columns, len(views))
    wide, tall = 2 * _CELL[0] + 2, _CELL[1] + _CAPTION
    rows = -(-len(views) // columns)
    legend = -(-len(PARTS) // _LEGEND_COLUMNS) * _LEGEND_ROW + 56
    width = max(2 * _SIDE + columns * (wide + 2 * _GAP), 900)
    page = Page(width, _TOP + rows * (tall + 2 * _GAP) + legend)
    page.text(_SIDE, 30, "Made people: depth as a sensor sees it, and the true parts", 22, face="bold")
    page.text(_SIDE, 56, "light joints are visible, hollow ones hidden; blue is the person's left, orange the right", 15, QUIET)
    for number, view in enumerate(views):
        x = _SIDE + number % columns * (wide + 2 * _GAP)
        y = _TOP + number // columns * (tall + 2 * _GAP)
        for side, picture in enumerate(_pair(view)):
            page.paste(x + side * (_CELL[0] + 2), y, picture)
        page.text(x, y + _CELL[1] + 13, _caption(view), 13, QUIET)
    _legend(page, _TOP + rows * (tall + 2 * _GAP) + 20, width)
    return page.image


def _caption(view: View) -> str:
    people = ", ".join(
        f"{about.get('sex', 'somebody')} of {about['age']}, {about['height']:.2f} m"
        for about in view.people[:2]
        if "age" in about
    )
    more = f" and {len(view.people) - 2} more" if len(view.people) > 2 else ""
    return f"{view.index}: {people}{more}"


def _legend(page: Page, top: int, width: int) -> None:
    page.text(_SIDE, top, "parts", 15, TEXT, face="bold")
    step = (width - 2 * _SIDE) / _LEGEND_COLUMNS
    for label, name in enumerate(PARTS):
        x, y = _SIDE + label % _LEGEND_COLUMNS * step, top + 24 + label // _LEGEND_COLUMNS * _LEGEND_ROW
        red, green, blue = PART_COLOURS[label].tolist()
        page.bar(x, y - 7, x + 14, y + 7, (red, green, blue))
        page.text(x + 20, y, name.replace("_", " "), 13)


def _pair(view: View) -> tuple[Array, Array]:
    """Both pictures of a view, cut to its people and enlarged."""
    window, camera = _window(view)
    left, top, right, bottom = window
    depth, parts, kept = (_cut(array, window) for array in (view.depth, view.parts, view.kept))
    shaded = _shaded(depth, view.camera) * np.where((kept >= 0) | (depth == 0), 1, 0.45)[..., None]
    pictures = []
    for picture in (shaded, _lit(parts, depth, view.camera)):
        rows = np.minimum(np.arange(_CELL[1]) * (bottom - top) // _CELL[1], bottom - top - 1)
        columns = np.minimum(np.arange(_CELL[0]) * (right - left) // _CELL[0], right - left - 1)
        canvas = Canvas(np.clip(picture[rows][:, columns], 0, 255).astype(np.uint8))
        canvas.paint(_figures(view, camera))
        drawn = canvas.picture
        pictures.append(drawn if isinstance(drawn, np.ndarray) else drawn[0])
    return pictures[0], pictures[1]


def _window(view: View) -> tuple[tuple[int, int, int, int], Camera]:
    """What is shown of a view, pixels that may lie outside of it: its people with a margin, in the shape of a cell."""
    rows, columns = np.nonzero(view.depth if view.kept.max() < 0 else view.kept >= 0)
    if not len(rows):
        rows, columns = np.array([0, view.depth.shape[0] - 1]), np.array([0, view.depth.shape[1] - 1])
    middle = (columns.min() + columns.max()) / 2, (rows.min() + rows.max()) / 2
    scale = 1.12 * max((np.ptp(columns) + 1) / _CELL[0], (np.ptp(rows) + 1) / _CELL[1], 0.15)
    wide, tall = max(round(scale * _CELL[0]), 1), max(round(scale * _CELL[1]), 1)
    left, top = round(middle[0] - wide / 2), round(middle[1] - tall / 2)
    c = view.camera
    moved = Camera(wide, tall, c.fx, c.fy, c.cx - left, c.cy - top)
    return (left, top, left + wide, top + tall), moved.resized(*_CELL)


def _cut(array: Array, window: tuple[int, int, int, int]) -> Array:
    """A window of a picture; 0, or -1 for int8, where it reaches beyond."""
    left, top, right, bottom = window
    out = np.full((bottom - top, right - left), -1 if array.dtype == np.int8 else 0, array.dtype)
    y0, x0, y1, x1 = max(top, 0), max(left, 0), min(bottom, array.shape[0]), min(right, array.shape[1])
    if y1 > y0 and x1 > x0:
        out[y0 - top : y1 - top, x0 - left : x1 - left] = array[y0:y1, x0:x1]
    return out


def _light(depth: Array, camera: Camera) -> Array:
    """(h, w) 0 to 1: how much of a light from above left each pixel's surface throws back."""
    z = np.where(depth > 0, depth, np.nan).astype(float)
    slopes = []
    for axis, focal in ((0, camera.fy), (1, camera.fx)):
        step = (np.roll(z, -1, axis) - np.roll(z, 1, axis)) / 2
        slopes.append(np.clip(np.nan_to_num(step * focal / z), -3, 3))
    normal = np.stack([slopes[1], slopes[0], -np.ones(z.shape)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    return np.asarray(np.clip(normal @ (-0.35, -0.5, -0.79), 0, 1))


def _shaded(depth: Array, camera: Camera) -> Array:
    known = depth > 0
    near, far = np.percentile(depth[known], (2, 98)) if known.any() else (0.0, 1.0)
    share = np.clip((depth - near) / max(far - near, 0.3), 0, 1)[..., None]
    tint = _NEAR + (_FAR - _NEAR) * share
    lit = tint * (0.35 + 0.65 * _light(depth, camera))[..., None]
    return np.asarray(np.where(known[..., None], lit, PART_COLOURS[0]))


def _lit(parts: Array, depth: Array, camera: Camera) -> Array:
    light = np.where(depth > 0, 0.72 + 0.28 * _light(depth, camera), 0.8)[..., None]
    colours = PART_COLOURS[parts].astype(float)
    return np.asarray(np.where((parts > 0)[..., None], colours * light, colours))


def _figures(view: View, camera: Camera) -> Strokes:
    strokes = Strokes()
    strokes.group()
    shape = skeleton("kinect20")
    joints = skeleton_of(view.joints, "kinect20")
    visible = skeleton_of(view.visible[..., None].astype(float), "kinect20")[..., 0] > 0.5
    for points, seen in zip(camera.project(joints), visible, strict=True):
        colors = [_side(shape.joints[a], shape.joints[b]) for a, b in shape.bones]
        there = np.isfinite(points).all(axis=1) & (np.abs(points) < 4000).all(axis=1)
        bones = [i for i, (a, b) in enumerate(shape.bones) if there[a] and there[b]]
        ends = points[np.array(shape.bones)[bones]].reshape(-1, 2, 2)
        strokes.bones(ends, np.full(len(bones), 4.6), [INK] * len(bones))
        strokes.bones(ends, np.full(len(bones), 2.6), [colors[i] for i in bones])
        strokes.discs(points[there], np.full(int(there.sum()), 7.0), INK)
        strokes.discs(points[there & seen], np.full(int((there & seen).sum()), 4.6), _MIDDLE)
    return strokes


def _side(one: str, other: str) -> Color:
    sides = {name.split("_")[0] for name in (one, other)}
    return LEFT if "left" in sides else RIGHT if "right" in sides else _MIDDLE
