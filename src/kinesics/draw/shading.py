"""Depth pictures for the eye: surfaces lit from above, near warm and far cold; parts in their colours; people as figures."""

from __future__ import annotations

import cv2
import numpy as np

from ..types import Array, Camera, People
from .canvas import Canvas
from .figures import add_figure, bone_width
from .page import QUIET, Page
from .palette import Color, id_color
from .part_colours import PART_COLOURS
from .strokes import Strokes

EMPTY: Color = (24, 26, 31)  # where nothing was measured
_RAMP = np.array([(255, 214, 150), (240, 150, 120), (176, 112, 150), (92, 100, 168), (44, 66, 110)], float)  # near to far
_LIGHT = np.array([-0.42, -0.58, -0.70])
_AMBIENT = 0.42


def lit(depth: Array, camera: Camera) -> Array:
    """(h, w) 0 to 1: how bright the surface is at each pixel, 0 where nothing was measured.

    Args:
        depth: (h, w) metres, 0 or not finite where nothing was measured.
        camera: of the picture.
    """
    z = np.where(np.isfinite(depth) & (depth > 0), depth, 0).astype(np.float32)
    known = z > 0
    smooth = np.where(known, cv2.bilateralFilter(z, 9, 0.05, 2.5), 0)  # sensors measure in steps
    rows, columns = np.mgrid[0 : z.shape[0], 0 : z.shape[1]]
    points = camera.unproject(np.stack([columns, rows], -1), smooth)
    across, down = _slope(points, smooth, 1), _slope(points, smooth, 0)
    normal = np.cross(down, across)  # towards the camera
    length = np.linalg.norm(normal, axis=-1)
    light = _LIGHT / np.linalg.norm(_LIGHT)
    shine = np.clip((normal @ light) / np.maximum(length, 1e-9), 0, 1)
    shine = np.where(length > 1e-9, shine, 0.5)
    return np.asarray(np.where(known, _AMBIENT + (1 - _AMBIENT) * shine, 0.0))


def _slope(points: Array, z: Array, axis: int) -> Array:
    """Differences over two pixels, over one at an edge of a surface, (h, w, 3)."""
    before, after = np.roll(points, 1, axis), np.roll(points, -1, axis)
    edge = 0.05 + 0.02 * z
    back, ahead = points - before, after - points
    fine_back, fine_ahead = np.abs(back[..., 2]) < edge, np.abs(ahead[..., 2]) < edge
    first = [slice(None)] * 2
    first[axis] = slice(0, 1)
    fine_back[tuple(first)] = False
    first[axis] = slice(-1, None)
    fine_ahead[tuple(first)] = False
    return np.asarray(back * fine_back[..., None] + ahead * fine_ahead[..., None])


def shaded(depth: Array, camera: Camera, *, span: tuple[float, float] | None = None) -> Array:
    """A depth picture as lit surfaces, (h, w, 3) uint8 RGB: near is warm, far is blue, what was not measured is dark.

    Args:
        depth: (h, w) metres.
        camera: of the picture.
        span: metres of the nearest and the farthest colour; None takes them from the picture.
    """
    known = np.isfinite(depth) & (depth > 0)
    z = np.where(known, depth, 0)
    near, far = span or reach(depth)
    share = np.clip((z - near) / max(far - near, 0.3), 0, 1) * (len(_RAMP) - 1)
    low = np.minimum(share.astype(int), len(_RAMP) - 2)
    colour = _RAMP[low] + (share - low)[..., None] * (_RAMP[low + 1] - _RAMP[low])
    return np.where(known[..., None], colour * lit(depth, camera)[..., None], EMPTY).astype(np.uint8)


def reach(*depths: Array) -> tuple[float, float]:
    """Metres between which nearly all of these pictures lie; at least 0.6 m apart."""
    seen = [depth[np.isfinite(depth) & (depth > 0)][::7] for depth in depths]
    every = np.concatenate([np.zeros(0), *seen])
    near, far = np.percentile(every, (1, 99)).tolist() if len(every) else (1.0, 4.0)
    short = max(0.6 - (far - near), 0.0)
    return near - short / 2, far + short / 2


def parted(depth: Array, camera: Camera, parts: Array) -> Array:
    """The parts of bodies in their colours on lit surfaces, (h, w, 3) uint8 RGB; parts (h, w) labels of `PARTS`, 0 is grey."""
    colour = np.where((parts > 0)[..., None], PART_COLOURS[parts], np.array((96, 98, 104))).astype(float)
    light = lit(depth, camera)[..., None]
    return np.where(light > 0, colour * (0.25 + 0.75 * light), EMPTY).astype(np.uint8)


def with_figures(
    picture: Array,
    people: People,
    *,
    scale: float = 1.0,
    corner: tuple[float, float] = (0.0, 0.0),
    bold: float = 1.0,
    least: float = 0.1,
) -> Array:
    """People's figures on a copy of a picture.

    Args:
        picture: (h, w, 3) uint8 RGB.
        people: with points in pixels of the whole picture.
        scale: pixels of this picture for one of theirs.
        corner: theirs at this picture's upper left corner.
        bold: factor on the width of bones.
        least: score of a joint that is drawn.
    """
    canvas = Canvas(picture)
    strokes = Strokes()
    size = canvas.size
    for row in range(len(people)):
        points = (people.points[row, :, :2].astype(float) - corner + 0.5) * scale - 0.5
        width = min(bone_width(people.boxes[row] * scale, size), 4.0) * bold
        scores = people.point_scores[row]
        add_figure(strokes, points, scores, int(people.ids[row]), people.skeleton, width, size, least=least)
    canvas.paint(strokes)
    return canvas.picture if isinstance(canvas.picture, np.ndarray) else canvas.picture[0]


def enlarged(picture: Array, scale: int) -> Array:
    """A picture `scale` times as large, without smearing its edges much."""
    size = (picture.shape[1] * scale, picture.shape[0] * scale)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR))


def side_by_side(depth: Array, camera: Camera, people: People, parts: Array | None = None) -> Array:
    """One depth picture three ways: its surfaces, the parts of the bodies in it, the people; (h, w, 3) uint8 RGB.

    Args:
        depth: (h, w) metres.
        camera: of the picture.
        people: with `masks` where there are no parts.
        parts: (h, w) labels of `PARTS`, None: people in the colours of their ids.
    """
    x1, y1, x2, y2 = about(people.boxes, (depth.shape[1], depth.shape[0]))
    scale = max(1, round(380 / max(x2 - x1, y2 - y1)))
    ground = shaded(depth, camera)
    middle = _owned(depth, camera, people) if parts is None else parted(depth, camera, parts)
    ground, middle = ground[y1:y2, x1:x2], middle[y1:y2, x1:x2]
    dim = (enlarged(ground, scale) * 0.55).astype(np.uint8)
    figures = with_figures(dim, people, scale=scale, corner=(x1, y1), bold=1.5)
    panels = [enlarged(ground, scale), enlarged(middle, scale), figures]
    high, wide = panels[0].shape[:2]
    gap, caption = 12, 26
    page = Page(3 * wide + 4 * gap, high + gap + caption)
    names = ("depth", "people" if parts is None else "parts of the body", "joints")
    for number, (panel, name) in enumerate(zip(panels, names, strict=True)):
        left = gap + number * (wide + gap)
        page.paste(left, gap, panel)
        page.text(left, gap + high + caption / 2, name, 13, QUIET)
    return page.image


def about(boxes: Array, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The part x1 y1 x2 y2 of a (width, height) picture to look at for (n, 4) boxes; not too tall, not too wide."""
    width, height = size
    if not len(boxes):
        return 0, 0, width, height
    (x1, y1), (x2, y2) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    tall, across = 1.15 * (y2 - y1) + 4, 1.15 * (x2 - x1) + 4
    tall, across = max(tall, 0.6 * across), max(across, 0.8 * tall)
    wide, high = int(np.clip(round(across), 1, width)), int(np.clip(round(tall), 1, height))
    left = int(np.clip(round((x1 + x2 - wide) / 2), 0, width - wide))
    top = int(np.clip(round((y1 + y2 - high) / 2), 0, height - high))
    return left, top, left + wide, top + high


def _owned(depth: Array, camera: Camera, people: People) -> Array:
    """Everybody in the colour of their id on lit surfaces."""
    colour = np.full((*depth.shape, 3), (96, 98, 104), float)
    if people.masks is not None and people.masks.shape[1:] == depth.shape:
        for row, identity in enumerate(people.ids.tolist()):
            x, y, window = people.masks.window(row)
            colour[y : y + window.shape[0], x : x + window.shape[1]][window] = id_color(identity)
    light = lit(depth, camera)[..., None]
    return np.where(light > 0, colour * (0.25 + 0.75 * light), EMPTY).astype(np.uint8)


__all__ = ["EMPTY", "about", "enlarged", "lit", "parted", "reach", "shaded", "side_by_side", "with_figures"]
