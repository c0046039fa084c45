"""People in a depth picture, seen from all sides: their points, coloured and lit, with their skeletons inside, on the floor.

Parallel projection, drawn far to near.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from ..errors import ShapeError
from ..geometry import upright_axes
from ..types import Array, Camera, People, Scene, Skeleton
from .canvas import Canvas
from .page import GRID, GROUND, QUIET, TEXT, Page, clock
from .palette import INK, LEFT, PAPER, RIGHT, Color, id_color
from .part_colours import PART_COLOURS
from .shading import about, enlarged, lit, reach, shaded, side_by_side, with_figures
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
class _Cloud:
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
        return not len(self.points) and not (self.scores > 0).any()

    @property
    def middle(self) -> Array:
        low, high = self.bounds
        return np.asarray((low + high) / 2)

    @property
    def bounds(self) -> tuple[Array, Array]:
        points = self.points
        seen = self.joints[self.scores > 0]
        both = np.concatenate([np.percentile(points, (0.3, 99.7), axis=0), seen]) if len(points) else seen
        low, high = both.min(axis=0), both.max(axis=0)
        if self.floor is not None:
            low[1] = min(low[1], self.floor)
        return low - _ROOM, high + _ROOM


def turntable(
    depth: Array,
    camera: Camera,
    people: People,
    *,
    parts: Array | None = None,
    floor: Array | None = None,
    views: tuple[str, ...] = tuple(VIEWS),
    panel: tuple[int, int] = (300, 400),
    title: str = "",
    note: str = "",
) -> Array:
    """Draw people from several sides: (h, w, 3) uint8 RGB.

    Args:
        depth: (h, w) metres.
        camera: of the picture.
        people: with `world`; their `masks` say which points are theirs, else all points near their joints are.
        parts: (h, w) labels of `PARTS` to colour points by; None: by id.
        floor: (4,) its upward normal and the camera's height above it; None where nobody knows.
        views: names of `VIEWS`.
        panel: (width, most height) pixels of each view.
        title: over the picture.
        note: under it, in small letters.

    Raises:
        ShapeError: the people have no places in the world.
    """
    if people.world is None:
        raise ShapeError("turntable: expected people with world coordinates (metres), these have none")
    cloud = _cloud(depth, camera, people, parts, floor)
    wide = panel[0]
    scale = _scale(cloud, views, panel)
    high = _height(cloud, views, panel, scale)
    gap, head, foot = 14, 40 if title else 14, 30 + (20 if note else 0)
    page = Page(len(views) * (wide + gap) + gap, head + high + foot)
    if title:
        page.text(gap, head / 2, title, 15, TEXT, face="bold")
    for number, name in enumerate(views):
        left = gap + number * (wide + gap)
        page.paste(left, head, _view(cloud, VIEWS[name], (wide, high), scale))
        page.text(left + wide / 2, head + high + 14, name, 13, QUIET, at=0.5)
    if note:
        page.text(gap, head + high + 36, note, 12, QUIET)
    return page.image


def _cloud(depth: Array, camera: Camera, people: People, parts: Array | None, floor: Array | None) -> _Cloud:
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
    return _Cloud(
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
            owner[people.masks[row]] = row
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


def _reach(cloud: _Cloud, name: str) -> Array:
    """(2,) metres from the middle to the side and to the top of a view."""
    low, high = cloud.bounds
    corners = np.array([[(low, high)[(c >> a) & 1][a] for a in range(3)] for c in range(8)])
    return np.asarray(np.abs(_seen(corners, cloud.middle, VIEWS[name])[:, :2]).max(axis=0))


def _height(cloud: _Cloud, views: tuple[str, ...], panel: tuple[int, int], scale: float) -> int:
    """Pixels of the panels: as high as needed."""
    if cloud.empty:
        return panel[1] // 2
    most = max(_reach(cloud, name)[1] for name in views) * 2 * scale + 8
    return int(np.clip(most, panel[1] // 2, panel[1])) // 2 * 2


def _scale(cloud: _Cloud, views: tuple[str, ...], panel: tuple[int, int]) -> float:
    """Pixels a metre so that everybody fits into every view."""
    if cloud.empty:
        return 100.0
    best = min(float((np.array(panel) / 2 / np.maximum(_reach(cloud, name), 0.1)).min()) for name in views)
    return min(best, 400.0)


def _view(cloud: _Cloud, view: tuple[float, float], panel: tuple[int, int], scale: float) -> Array:
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


def _draw_floor(picture: Array, cloud: _Cloud, place: Callable[[Array], Array], scale: float) -> None:
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


def _draw_skeletons(picture: Array, cloud: _Cloud, place: Callable[[Array], Array], scale: float) -> None:
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


class TurntableRecorder:
    """Takes depth scenes one by one and draws one picture: the best moment from all sides, over a strip of moments in time.

    Args:
        label: gives (h, w) labels of `PARTS` for a scene, for the colours; None: people in the colours of their ids.
        title: over the picture.
        moments: how many the strip shows.
    """

    def __init__(self, label: Callable[[Scene], Array | None] | None = None, title: str = "", *, moments: int = 8) -> None:
        self.label, self.title, self.moments = label, title, moments
        self._best: tuple[float, Scene] | None = None
        self._kept: list[Scene] = []
        self._stride, self._count = 1, 0
        self._seen: set[int] = set()
        self._end = 0.0

    def add(self, scene: Scene) -> None:
        """Take one more scene, with its frame and the camera in `chosen`."""
        if scene.frame is None or scene.frame.depth is None or "camera" not in scene.chosen:
            return
        self._end = max(self._end, scene.time)
        self._seen |= {i for i in scene.people.ids.tolist() if i >= 0}
        if self._count % self._stride == 0:
            self._kept.append(scene)
            if len(self._kept) > 4 * self.moments:  # an hour costs no more memory than a minute
                self._kept, self._stride = self._kept[::2], 2 * self._stride
        self._count += 1
        worth = float((scene.people.point_scores * scene.people.score[:, None]).sum())
        if self._best is None or worth > 1.02 * self._best[0]:
            self._best = worth, scene

    def image(self) -> Array:
        """Draw it: (h, w, 3) uint8 RGB."""
        if self._best is None:
            page = Page(640, 120)
            page.text(24, 60, "no depth picture was seen", 15, QUIET)
            return page.image
        scene = self._best[1]
        count = len(self._seen)
        who = "nobody" if not count else "1 person" if count == 1 else f"{count} people"
        title = " · ".join(word for word in (self.title, who, f"{clock(self._end)}") if word)
        parts = self.label(scene) if self.label is not None and len(scene.people) else None
        what = "part of the body" if parts is not None else "person"
        note = f"At {scene.time:.1f} s. Points: measured depth, coloured by {what}. Blue: the person's left, orange: right."
        lens, floor = camera_of(scene), scene.chosen.get("floor")
        top = turntable(_depth(scene), lens, scene.people, parts=parts, floor=floor, title=title, note=note)
        strip = self._strip(top.shape[1])
        return np.concatenate([top, strip]) if strip is not None else top

    def sides(self) -> Array:
        """The best moment as depth, parts and joints side by side: (h, w, 3) uint8 RGB."""
        scene = self._best and self._best[1]
        if not scene or scene.frame is None or scene.frame.depth is None:
            return self.image()
        parts = self.label(scene) if self.label is not None else None
        return side_by_side(scene.frame.depth, camera_of(scene), scene.people, parts)

    def _strip(self, width: int) -> Array | None:
        """Moments side by side, with their times."""
        if len(self._kept) < 2:
            return None
        rows = np.unique(np.linspace(0, len(self._kept) - 1, self.moments).round().astype(int))
        chosen = [self._kept[i] for i in rows if self._kept[i].size == self._kept[0].size]
        boxes = np.concatenate([scene.people.boxes for scene in chosen])
        x1, y1, x2, y2 = about(boxes, chosen[0].size)
        gap = 6
        wide = (width - 28 - gap * (self.moments - 1)) // self.moments
        high = round(wide * (y2 - y1) / (x2 - x1))
        span = reach(*(_depth(scene) for scene in chosen))
        page = Page(width, high + 40)
        for number, scene in enumerate(chosen):
            left = 14 + number * (wide + gap)
            fine = moment(scene, max(1, round(2 * wide / (x2 - x1))), part=(x1, y1, x2, y2), span=span, bold=1.8)
            page.paste(left, 8, cv2.resize(fine, (wide, high), interpolation=cv2.INTER_AREA))
            page.text(left + wide / 2, high + 22, f"{scene.time:.1f} s", 12, QUIET, at=0.5)
        return page.image


def camera_of(scene: Scene) -> Camera:
    """The camera that a depth scene was taken with."""
    return Camera(*scene.size, *scene.chosen["camera"])


def _depth(scene: Scene) -> Array:
    depth: Any = scene.frame.depth if scene.frame is not None else None
    return np.zeros(scene.size[::-1], np.float32) if depth is None else np.asarray(depth)


def moment(
    scene: Scene,
    scale: int = 2,
    *,
    part: tuple[int, int, int, int] | None = None,
    span: tuple[float, float] | None = None,
    bold: float = 1.0,
) -> Array:
    """A depth scene as a picture: lit surfaces and figures, `scale` times the size; (h, w, 3) uint8 RGB.

    Args:
        scene: with its frame, and the camera in `chosen`.
        scale: pixels for one.
        part: x1 y1 x2 y2 of the scene's picture that is shown; None for all.
        span: metres of the nearest and the farthest colour; None takes them from the picture.
        bold: factor on the width of bones.
    """
    x1, y1, x2, y2 = part or (0, 0, *scene.size)
    ground = (shaded(_depth(scene), camera_of(scene), span=span)[y1:y2, x1:x2] * 0.7).astype(np.uint8)
    return with_figures(enlarged(ground, scale), scene.people, scale=scale, corner=(x1, y1), bold=bold)
