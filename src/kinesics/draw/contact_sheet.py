"""Everybody's best view on one sheet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np

from ..errors import UsageError
from ..types import Array, Frame, Scene
from .canvas import usual_matrix, yuv_matrix
from .face_names import FaceNames
from .page import GRID, QUIET, TEXT, Page, clock
from .palette import id_color
from .pictures import save_picture
from .presence import Presence
from .tags import shorten, tag_sprite

_THUMB = (150, 200)  # width, height of what is kept
_BETTER = 1.15  # a view has to be this much better to replace one
_PATIENCE = 0.25  # seconds between two looks at one person


@dataclass
class _View:
    quality: float
    time: float
    picture: Array


class ContactSheetRecorder:
    """Takes a video scene by scene and keeps each person's best view: large, sure, whole, the face clear where it is known.

    Args:
        title: over the sheet.
        people: most people that are kept; those with the best views stay.
        width: of the sheet, pixels.
        least: people in view for less than this many seconds are left out, if anybody was there longer.
    """

    def __init__(self, title: str = "", *, people: int = 60, width: int = 1200, least: float = 0.3) -> None:
        if people < 1 or width < 320:
            raise UsageError(f"ContactSheetRecorder: expected at least 1 person and a width of 320, got {people} and {width}")
        self.title, self.people, self.width, self.least = title, people, width, least
        self._views: dict[int, _View] = {}
        self._looked: dict[int, float] = {}
        self._presence = Presence()
        self._names = FaceNames()

    def add(self, scene: Scene) -> None:
        """Take one more scene while its picture is at hand; scenes without one only count as time in view."""
        self._presence.add(scene)
        self._names.add(scene)
        self._looked = {i: t for i, t in self._looked.items() if 0 <= scene.time - t < _PATIENCE}
        if scene.frame is None or scene.frame.depth is not None:
            return
        for row, identity in enumerate(scene.people.ids.tolist()):
            if identity < 0 or identity in self._looked:
                continue
            self._looked[identity] = scene.time
            quality = _quality(scene, row)
            known = self._views.get(identity)
            if quality > (known.quality * _BETTER if known else 0.0) and self._room_for(identity, quality):
                self._views[identity] = _View(quality, scene.time, _crop(scene.frame, scene.people.boxes[row]))

    def image(self) -> Array:
        """Draw the sheet: (h, width, 3) uint8 RGB."""
        lasting = set(self._presence.lasting(self.least))
        ids = sorted(lasting & set(self._views)) or sorted(self._views)
        gap = 22
        columns = max((self.width - gap) // (_THUMB[0] + gap), 1)
        cell = _THUMB[0] + gap, _THUMB[1] + 62
        rows = max(-(-len(ids) // columns), 1)
        page = Page(self.width, 64 + rows * cell[1] + 6)
        count = f"{len(ids)} {'person' if len(ids) == 1 else 'people'}"
        x = gap + (page.text(gap, 32, self.title, 22, TEXT, face="bold") + 16 if self.title else 0)
        page.text(x, 32, count if ids else "nobody was followed", 18, QUIET)
        for place, identity in enumerate(ids):
            self._cell(page, gap + place % columns * cell[0], 64 + place // columns * cell[1], identity)
        return page.image

    def _room_for(self, identity: int, quality: float) -> bool:
        if identity in self._views or len(self._views) < self.people:
            return True
        worst = min(self._views, key=lambda i: self._views[i].quality)
        if self._views[worst].quality >= quality:
            return False
        del self._views[worst]
        return True

    def _cell(self, page: Page, x: int, y: int, identity: int) -> None:
        page.paste(x, y, self._views[identity].picture)
        page.bar(x, y + _THUMB[1], x + _THUMB[0], y + _THUMB[1] + 4, id_color(identity))
        page.canvas.stamp(
            tag_sprite(str(identity), shorten(self._names.of(identity), 12), id_color(identity), 16, "rgb"),
            x // 2 * 2 + 6,
            y // 2 * 2 + 6,
        )
        row = self._presence.rows.get(identity)
        if row is not None and row.spans:
            page.text(x, y + _THUMB[1] + 18, f"{clock(row.spans[0].start)} – {clock(row.spans[-1].end)}", 14, TEXT)
            times = f", {len(row.spans)} times" if len(row.spans) > 1 else ""
            page.text(x, y + _THUMB[1] + 37, f"in view {clock(row.seconds + self._presence.frame)}{times}", 13, QUIET)


def _quality(scene: Scene, row: int) -> float:
    """Larger is better: height of the box in thumbnails up to 1.5, times scores, less where the picture cuts the person off."""
    x1, y1, x2, y2 = scene.people.boxes[row].tolist()
    w, h = scene.size
    inside = max(min(x2, w) - max(x1, 0), 0) * max(min(y2, h) - max(y1, 0), 0)
    whole = inside / max((x2 - x1) * (y2 - y1), 1e-6)
    sure = scene.people.point_scores[row]
    large = min(max(y2 - y1, 0) / _THUMB[1], 1.5)
    return float(large * whole**2 * scene.people.score[row] * (0.3 + 0.7 * (sure.mean() if len(sure) else 1.0))) * _clear(
        scene, row
    )


def _clear(scene: Scene, row: int) -> float:
    """0.5 for no face to 1 for a clear one; without faces 0.5 for all, which changes no order."""
    identity = int(scene.people.ids[row])
    gates = [face.get("gates") or {} for face in scene.faces if face.get("person") == identity]
    return 0.5 + 0.5 * max((float(gate.get("apply", 0.5)) for gate in gates), default=0.0)


def _crop(frame: Frame, box: Array) -> Array:
    """The person with a little air, in the thumbnail's proportions; grey beyond the picture. Only this part is converted."""
    import cv2

    x1, y1, x2, y2 = (float(v) for v in box)
    scale = min(_THUMB[0] / max(1.15 * (x2 - x1), 1), _THUMB[1] / max(1.1 * (y2 - y1), 1))
    start = np.array([(x1 + x2) / 2, (y1 + y2) / 2]) - np.array(_THUMB) / (2 * scale)
    low = np.clip(start, 0, np.array(frame.size) - 1)
    high = np.clip(start + np.array(_THUMB) / scale, low + 1, frame.size)
    left, top = np.clip(np.rint((low - start) * scale).astype(int), 0, np.array(_THUMB) - 1)
    right, bottom = np.clip(np.rint((high - start) * scale).astype(int), (left + 1, top + 1), _THUMB)
    planes = frame.planes
    parts = []
    for source in (frame.image,) if planes is None else planes:
        step = frame.size[0] / source.shape[1]
        (a, b), (c, d) = (low // step).astype(int), np.ceil(high / step).astype(int)
        way = cv2.INTER_AREA if scale * step < 1 else cv2.INTER_CUBIC
        parts.append(cv2.resize(source[b:d, a:c], (int(right - left), int(bottom - top)), interpolation=way))
    thumb = np.full((_THUMB[1], _THUMB[0], 3), GRID, np.uint8)
    thumb[top:bottom, left:right] = parts[0] if planes is None else _rgb(parts, usual_matrix(frame.size))
    return thumb


def _rgb(planes: list[Array], matrix: str) -> Array:
    """Three planes of one size (h, w) to (h, w, 3) uint8."""
    rows = yuv_matrix(matrix)
    rgb = (np.stack(planes, -1) - rows[:, 3]) @ np.linalg.inv(rows[:, :3]).T
    return np.clip(np.rint(rgb), 0, 255).astype(np.uint8)


def contact_sheet(scenes: Iterable[Scene], path: str | PathLike[str] | None = None, **options: Any) -> Array:
    """Draw everybody's best view.

    Args:
        scenes: of one video, in order, with their frames at hand.
        path: written there too, .png or .jpg.
        options: as `ContactSheetRecorder` takes them.

    Returns:
        (h, w, 3) uint8 RGB.

    Raises:
        SinkError: `path` cannot be written.
    """
    recorder = ContactSheetRecorder(**options)
    for scene in scenes:
        recorder.add(scene)
    image = recorder.image()
    if path is not None:
        save_picture(path, image)
    return image
