"""People in a depth picture as clouds of points with skeletons inside, drawn from any side.

Parallel projection, far to near.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from ..geometry import upright_axes
from ..types import Array, Camera, People, Skeleton
from .canvas import Canvas
from .page import GRID, GROUND
from .palette import INK, LEFT, PAPER, RIGHT, Color, id_color
from .part_colours import PART_COLOURS
from .shading import lit
from .strokes import Strokes

#: Name of a view -> degrees round the people and degrees from above.
VIEWS: dict[str, tuple[float, float]] = {
    "front": (0.0, 6.0),
    "from half left": (-50.0, 10.0),
    "from the left": (-90.0, 6.0),
    "from above": (0.0, 90.0),
}
_FINE = 2  # pixels drawn for one shown
_ROOM = 0.12  # metres left free around the people
_SHADOW: Color = (214, 215, 216)


@dataclass(frozen=True)
class Cloud:
    """What is drawn: points (n, 3) sideways, upwards, forwards; colours (n, 3); joints (p, k, 3); the floor's height."""

    points: Array
    colours: Array
    joints: Array
    scores: Array
    ids: list[int]
    skeleton: Skeleton
    floor: float | None
    pitch: float  # metres between points

    @property
    def empty(self) -> bool:
        """Whether there is nothing to see."""
        return not len(self.points) and not (self.scores > 0).any()

    @property
    def middle(self) -> Array:
        """(3,) what is turned about."""
        low, high = self.bounds
        return np.asarray((low + high) / 2)

    @property
    def bounds(self) -> tuple[Array, Array]:
        """Least and most of what is shown, (3,) each."""
        points = self.points
        seen = self.joints[self.scores > 0]
        both = np.concatenate([np.percentile(points, (0.3, 99.7), axis=0), seen]) if len(points) else seen
        low, high = both.min(axis=0), both.max(axis=0)
        if self.floor is not None:
            low[1] = min(low[1], self.floor)
        return low - _ROOM, high + _ROOM


def cloud_of(depth: Array, camera: Camera, people: People, parts: Array | None, floor: Array | None) -> Cloud:
    """The points of the people, upright; arguments as `turntable`."""
    turned = upright_axes(np.array([0.0, -1.0, 0.0]) if floor is None else np.asarray(floor[:3], float))
    owner = _owner(depth, camera, people)
    rows, columns = np.nonzero((owner >= 0) & np.isfinite(depth) & (depth > 0))
    places = camera.unproject(np.stack([columns, rows], -1), depth[rows, columns])
    table = np.array([id_color(identity) for identity in people.ids.tolist()] or [(0, 0, 0)], float)
    colours = table[owner[rows, columns]]
    if parts is not None:
        known = parts[rows, columns] > 0
        colours = np.where(known[:, None], PART_COLOURS[parts[rows, columns]], colours)
    light = lit(depth, camera)[rows, columns]
    world = np.asarray(people.world, float) @ turned.T
    far = float(np.median(depth[rows, columns])) if len(rows) else 1.0
    return Cloud(
        places @ turned.T,
        colours * (0.35 + 0.75 * light)[:, None],
        world,
        np.where(np.isfinite(world).all(axis=2), people.point_scores, 0.0),
        people.ids.tolist(),
        people.skeleton,
        None if floor is None else -float(floor[3]),
        far / camera.fx,
    )


def _owner(depth: Array, camera: Camera, people: People) -> Array:
    """(h, w) row of the person a pixel belongs to, -1 for nobody."""
    owner = np.full(depth.shape, -1)
    for row in range(len(people)):
        if people.masks is not None and people.masks.shape[1:] == depth.shape:
            x, y, window = people.masks.window(row)
            owner[y : y + window.shape[0], x : x + window.shape[1]][window] = row
            continue
        world = np.asarray(people.world)[row]
        near = world[np.isfinite(world).all(axis=1)]
        x1, y1, x2, y2 = np.clip(people.boxes[row], 0, [*depth.shape[::-1]] * 2).astype(int)
        if len(near):
            inside = depth[y1:y2, x1:x2]
            fits = (inside > near[:, 2].min() - 0.35) & (inside < near[:, 2].max() + 0.35)
            owner[y1:y2, x1:x2][fits] = row
    return owner


def _seen(points: Array, middle: Array, view: tuple[float, float]) -> Array:
    """(..., 3) as seen from a side: rightwards, upwards, away; metres from the middle."""
    around, above = np.radians(view)
    side, up, forward = np.moveaxis(points - middle, -1, 0)
    right = np.cos(around) * side + np.sin(around) * forward
    away = np.cos(around) * forward - np.sin(around) * side
    return np.stack([right, np.cos(above) * up + np.sin(above) * away, np.cos(above) * away - np.sin(above) * up], axis=-1)


def _reach(cloud: Cloud, name: str) -> Array:
    """(2,) metres from the middle to the side and to the top of a view."""
    low, high = cloud.bounds
    corners = np.array([[(low, high)[(c >> a) & 1][a] for a in range(3)] for c in range(8)])
    return np.asarray(np.abs(_seen(corners, cloud.middle, VIEWS[name])[:, :2]).max(axis=0))


def panel_height(cloud: Cloud, views: tuple[str, ...], panel: tuple[int, int], scale: float) -> int:
    """Pixels of the panels: as high as needed."""
    if cloud.empty:
        return panel[1] // 2
    most = max(_reach(cloud, name)[1] for name in views) * 2 * scale + 8
    return int(np.clip(most, panel[1] // 2, panel[1])) // 2 * 2


def panel_scale(cloud: Cloud, views: tuple[str, ...], panel: tuple[int, int]) -> float:
    """Pixels a metre so that everybody fits into every view."""
    if cloud.empty:
        return 100.0
    best = min(float((np.array(panel) / 2 / np.maximum(_reach(cloud, name), 0.1)).min()) for name in views)
    return min(best, 400.0)


def draw_view(cloud: Cloud, view: tuple[float, float], panel: tuple[int, int], scale: float) -> Array:
    """A cloud seen from a side (degrees round and from above): (height, width, 3) uint8 RGB; `scale` is pixels a metre."""
    wide, high = panel[0] * _FINE, panel[1] * _FINE
    picture = np.full((high, wide, 3), GROUND, np.uint8)
    if cloud.empty:
        return np.asarray(cv2.resize(picture, panel, interpolation=cv2.INTER_AREA))
    scale, middle = scale * _FINE, cloud.middle
    centre = np.array([wide / 2, high / 2])

    def place(points: Array) -> Array:
        return np.asarray(_seen(points, middle, view) * (scale, -scale, 1) + (*centre, 0))

    if cloud.floor is not None:
        _draw_floor(picture, cloud, place, scale)
    _draw_points(picture, place(cloud.points), cloud.colours, 0.62 * cloud.pitch * scale)
    _draw_skeletons(picture, cloud, place, scale)
    return np.asarray(cv2.resize(picture, panel, interpolation=cv2.INTER_AREA))


def _draw_floor(picture: Array, cloud: Cloud, place: Callable[[Array], Array], scale: float) -> None:
    """Lines every half metre, and where the people keep the light from it."""
    (x1, _, z1), (x2, _, z2) = (np.round(2 * np.array(b)) / 2 for b in cloud.bounds)
    lines = [((x, z1 - 0.5), (x, z2 + 0.5)) for x in np.arange(x1 - 0.5, x2 + 0.6, 0.5)]
    lines += [((x1 - 0.5, z), (x2 + 0.5, z)) for z in np.arange(z1 - 0.5, z2 + 0.6, 0.5)]
    for ends in lines:
        spots = place(np.array([(x, cloud.floor, z) for x, z in ends], float))[:, :2]
        a, b = np.rint(spots * 16).astype(int).tolist()
        cv2.line(picture, a, b, GRID, _FINE, cv2.LINE_AA, 4)
    shadow = cloud.points.copy()
    shadow[:, 1] = cloud.floor
    flat = np.zeros(picture.shape[:2], np.uint8)
    spots = np.rint(place(shadow)[:, :2]).astype(int)
    inside = (spots >= 0).all(axis=1) & (spots < picture.shape[1::-1]).all(axis=1)
    flat[spots[inside, 1], spots[inside, 0]] = 255
    reach = max(int(2.2 * cloud.pitch * scale) | 1, 3)
    flat = cv2.GaussianBlur(cv2.dilate(flat, np.ones((reach, reach), np.uint8)), (0, 0), 0.02 * scale)
    share = (flat[..., None] / 255.0) * 0.8
    picture[:] = (picture + share * (np.array(_SHADOW) - picture)).astype(np.uint8)


def _draw_points(picture: Array, spots: Array, colours: Array, radius: float) -> None:
    """Every point as a small square, the far ones first."""
    reach = max(int(np.ceil(radius)), 1)
    steps = np.arange(-reach, reach + 1)
    down, across = (grid.ravel() for grid in np.meshgrid(steps, steps, indexing="ij"))
    x = (np.rint(spots[:, :1]) + across).astype(int).ravel()
    y = (np.rint(spots[:, 1:2]) + down).astype(int).ravel()
    away = np.repeat(spots[:, 2], len(down))
    colour = np.repeat(np.clip(colours, 0, 255).astype(np.uint8), len(down), axis=0)
    inside = (x >= 0) & (y >= 0) & (x < picture.shape[1]) & (y < picture.shape[0])
    order = np.flatnonzero(inside)[np.argsort(-away[inside], kind="stable")]
    picture[y[order], x[order]] = colour[order]


def _tone(name: str) -> Color:
    return LEFT if "left" in name.split("_") else RIGHT if "right" in name.split("_") else PAPER


def _draw_skeletons(picture: Array, cloud: Cloud, place: Callable[[Array], Array], scale: float) -> None:
    """Bones from back to front, each with a dark edge."""
    canvas, strokes = Canvas(picture), Strokes()
    strokes.group()
    width = float(np.clip(0.028 * scale, 3.0 * _FINE, 7.0 * _FINE))
    bones: list[tuple[float, int, int, int]] = []
    spots = [place(joints) for joints in cloud.joints]
    for row, (at, scores) in enumerate(zip(spots, cloud.scores, strict=True)):
        bones += [(float(at[[a, b], 2].mean()), row, a, b) for a, b in cloud.skeleton.bones if min(scores[a], scores[b]) > 0.1]
    for _, row, a, b in sorted(bones, reverse=True):
        ends = spots[row][[a, b], :2]
        thin = width * (1.0 if min(cloud.scores[row, a], cloud.scores[row, b]) > 0.35 else 0.6)
        names = cloud.skeleton.joints[a], cloud.skeleton.joints[b]
        tones = [_tone(name) for name in names if _tone(name) != PAPER] or [PAPER]
        strokes.bones(ends[None], np.array([1.5 * thin]), [INK])
        strokes.discs(ends, np.full(2, 1.5 * thin), INK)
        strokes.bones(ends[None], np.array([0.8 * thin]), [tones[-1]])
        strokes.discs(ends, np.full(2, 0.95 * thin), id_color(cloud.ids[row]))
    canvas.paint(strokes)
    picture[:] = canvas.picture
