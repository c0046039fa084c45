"""People in a depth picture, seen from all sides: their points, coloured and lit, with their skeletons inside, on the floor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from ..errors import ShapeError
from ..types import Array, Camera, People, Scene
from .cloud import VIEWS, cloud_of, draw_view, panel_height, panel_scale
from .page import QUIET, TEXT, Page, clock
from .shading import about, enlarged, reach, shaded, side_by_side, with_figures


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
    cloud = cloud_of(depth, camera, people, parts, floor)
    wide = panel[0]
    scale = panel_scale(cloud, views, panel)
    high = panel_height(cloud, views, panel, scale)
    gap, head, foot = 14, 40 if title else 14, 30 + (20 if note else 0)
    page = Page(len(views) * (wide + gap) + gap, head + high + foot)
    if title:
        page.text(gap, head / 2, title, 15, TEXT, face="bold")
    for number, name in enumerate(views):
        left = gap + number * (wide + gap)
        page.paste(left, head, draw_view(cloud, VIEWS[name], (wide, high), scale))
        page.text(left + wide / 2, head + high + 14, name, 13, QUIET, at=0.5)
    if note:
        page.text(gap, head + high + 36, note, 12, QUIET)
    return page.image


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
