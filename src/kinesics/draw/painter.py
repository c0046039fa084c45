"""Scenes to pictures."""

from __future__ import annotations

import functools
from os import PathLike
from typing import Any

import numpy as np

from ..errors import UsageError
from ..types import Action, Array, People, Scene, Skeleton
from ..types.polygons import rings
from .canvas import Canvas, Picture
from .figures import add_figure, bone_width, head_rect, picture_unit
from .layout import TagLayout, Wish
from .outlines import smoothed
from .palette import INK, id_color
from .pictures import depth_picture, load_picture
from .strokes import Strokes
from .tags import shorten, tag_sprite
from .trails import Trails

__all__ = ["Painter", "draw"]


class Painter:
    """Paints scene after scene of one video; remembers only trails and where the tags are.

    Args:
        boxes: draw everybody's box; who has no joints gets one anyway.
        masks: tint and outline people where the scene has their masks.
        trails: seconds of the past that each person's feet leave behind; 0 for none.
        figures: draw bones and joints.
        tags: show ids and, where known, what people do.
        clock: show the time in a corner.
        least: smallest score of a joint that is drawn; the less sure, the fainter.
        scale: factor on the sizes of lines and letters, which otherwise follow the picture.
        rgb: paint RGB even where the frame offers its planes.
        matrix: "bt601" or "bt709", how planes hold colour; None: as players guess, 709 for HD.
    """

    def __init__(
        self,
        *,
        boxes: bool = False,
        masks: bool = True,
        trails: float = 1.5,
        figures: bool = True,
        tags: bool = True,
        clock: bool = False,
        least: float = 0.15,
        scale: float = 1.0,
        rgb: bool = False,
        matrix: str | None = None,
    ) -> None:
        if not (trails >= 0 and 0 < scale < 100 and 0 <= least <= 1):
            raise UsageError(f"Painter: expected trails >= 0, scale > 0, least 0 to 1; got {trails}, {scale}, {least}")
        self.boxes, self.masks, self.figures, self.tags, self.clock = boxes, masks, figures, tags, clock
        self.least, self.scale, self.rgb, self.matrix = least, scale, rgb, matrix
        self._trails, self._layout = Trails(trails), TagLayout()
        self._last: tuple[int, tuple[int, int], float] | None = None

    def reset(self) -> None:
        """Forget trails and places of tags."""
        self._trails.reset()
        self._layout.reset()
        self._last = None

    def paint(self, scene: Scene, picture: Picture | None = None) -> Picture:
        """Return the scene's picture with its people drawn on it; nothing given is changed.

        Args:
            scene: a new epoch, another size or a time before the last one starts anew.
            picture: (h, w, 3) uint8 RGB or (y, u, v) planes; None takes the scene's own frame.

        Returns:
            Planes if the frame has them (or they were given) and `rgb` is off, else (h, w, 3) uint8 RGB.

        Raises:
            UsageError: the scene has no frame any more and no picture was given.
        """
        canvas = Canvas(self._ground(scene) if picture is None else picture, self.matrix)
        if self._last is not None and (self._last[:2] != (scene.epoch, canvas.size) or scene.time < self._last[2]):
            self.reset()
        self._last = scene.epoch, canvas.size, scene.time
        people = scene.people
        if self.masks and people.masks is not None:
            self._paint_masks(canvas, people)
        self._paint_trails(canvas, people, scene.time)
        order = np.argsort(people.boxes[:, 3], kind="stable").tolist()  # the nearest is painted last
        strokes = Strokes()
        for row in order:
            if self.boxes or not len(people.skeleton):
                self._paint_box(canvas, people.boxes[row], int(people.ids[row]))
            if self.figures:
                self._add_person(strokes, canvas.size, people, row)
        canvas.paint(strokes)
        if self.tags:
            self._paint_tags(canvas, scene)
        if self.clock:
            self._paint_clock(canvas, scene.time)
        return canvas.picture

    def _ground(self, scene: Scene) -> Picture:
        frame = scene.frame
        if frame is None:
            raise UsageError(
                f"scene {scene.index} has no picture at hand; paint it while scene.frame is there, or pass picture="
            )
        planes = None if self.rgb else frame.planes
        if planes is not None:
            return planes
        return frame.image if frame.depth is None else depth_picture(frame)

    def _text(self, canvas: Canvas) -> float:
        w, h = canvas.size
        return float(self.scale * max(0.0215 * min(h, 0.75 * w), 11.0))

    def _paint_masks(self, canvas: Canvas, people: People) -> None:
        masks = people.masks
        if masks is None or masks.shape[1:] != canvas.size[::-1]:
            return
        width = 1.6 * self.scale * picture_unit(canvas.size)
        for row, identity in enumerate(people.ids.tolist()):
            x, y, window = masks.window(row)
            canvas.tint(window, id_color(identity), 0.35, (x, y))
            for outer, holes in rings(window):
                for ring in (outer, *holes):
                    canvas.path(smoothed(ring, 2 * width) + (x - 0.5, y - 0.5), width, id_color(identity), True)

    def _paint_trails(self, canvas: Canvas, people: People, time: float) -> None:
        if self._trails.seconds > 0:
            self._trails.add(people.ids.tolist(), feet(people, self.least), time)
            self._trails.paint(canvas, 3.2 * self.scale * picture_unit(canvas.size), time)

    def _paint_box(self, canvas: Canvas, box: Array, identity: int) -> None:
        x1, y1, x2, y2 = np.clip(box, -1e4, 1e5)
        corners = np.array([(x1, y1), (x2, y1), (x2, y2), (x1, y2)], float)
        line = max(2.4 * self.scale * picture_unit(canvas.size), 2.4)
        canvas.path(corners, line + 1.6, INK, True)
        canvas.path(corners, line, id_color(identity), True)

    def _add_person(self, strokes: Strokes, size: tuple[int, int], people: People, row: int) -> None:
        points, scores = people.points[row, :, :2].astype(float), people.point_scores[row]
        width = self.scale * bone_width(people.boxes[row], size)
        identity = int(people.ids[row])
        add_figure(strokes, points, scores, identity, people.skeleton, width, size, least=self.least)

    def _paint_tags(self, canvas: Canvas, scene: Scene) -> None:
        people, size = scene.people, self._text(canvas)
        doing, names = _doing(scene.actions, scene.time), _names(scene)
        wishes, sprites = [], []
        for row, identity in enumerate(people.ids.tolist()):
            box = people.boxes[row]
            words = [known[identity] for known in (names, doing) if identity in known]
            if identity < 0 or not _meets(box, canvas.size):
                continue
            sprite = tag_sprite(str(identity), "  ".join(words), id_color(identity), size, canvas.kind)
            head = head_rect(people.points[row, :, :2], people.point_scores[row], box, people.skeleton, self.least)
            wishes.append(Wish(identity, sprite.size, head, tuple(box.tolist())))
            sprites.append(sprite)
        for sprite, corner in zip(sprites, self._layout.place(wishes, canvas.size, scene.time), strict=True):
            if corner is not None:
                canvas.stamp(sprite, *corner)

    def _paint_clock(self, canvas: Canvas, time: float) -> None:
        minutes, seconds = divmod(time, 60)
        size = self._text(canvas)
        sprite = tag_sprite("", f"{int(minutes)}:{seconds:04.1f}", INK, size, canvas.kind)
        canvas.stamp(sprite, round(size / 4) * 2, (canvas.size[1] - sprite.size[1]) // 2 * 2 - round(size / 4) * 2)


def _doing(actions: tuple[Action, ...], time: float) -> dict[int, str]:
    """What each person does now, the surest first; an action that ended half a second ago is over."""
    now = sorted((a for a in actions if a.start <= time <= a.end + 0.5 and a.label != "unknown"), key=lambda a: a.score)
    return {a.person: f"{shorten(a.label)} {a.score:.0%}" for a in now}


def _names(scene: Scene) -> dict[int, str]:
    """Who people are, of those whose faces are known."""
    faces = [face for face in scene.faces if face.get("name") not in (None, "", "unknown")]
    return {face["person"]: shorten(str(face["name"])) for face in faces if face.get("person", -1) >= 0}


def _meets(box: Array, size: tuple[int, int]) -> bool:
    return bool(box[2] > 0 and box[3] > 0 and box[0] < size[0] and box[1] < size[1])


@functools.cache
def _joints_named(skeleton: Skeleton, parts: tuple[str, ...]) -> list[int]:
    return [i for i, name in enumerate(skeleton.joints) if any(part in name for part in parts)]


def feet(people: People, least: float) -> Array:
    """(n, 2) where people stand: under their hips, as low as their feet; from the box where these are not seen."""
    spots = np.stack([people.boxes[:, [0, 2]].mean(1), people.boxes[:, 3]], 1).astype(float)
    for axis, parts in ((0, ("hip",)), (1, ("ankle", "foot", "heel"))):
        joints = _joints_named(people.skeleton, parts)
        if not joints or not len(people):
            continue
        seen = people.point_scores[:, joints] >= max(least, 1e-6)
        values = people.points[:, joints, axis]
        some = seen.any(1)
        best = (
            np.where(seen, values, 0).sum(1) / np.maximum(seen.sum(1), 1) if axis == 0 else np.where(seen, values, -1e9).max(1)
        )
        spots[some, axis] = best[some]
    return spots


def draw(image: Array | str | PathLike[str], people: People | Scene, **options: Any) -> Array:
    """Draw people on one picture.

    Args:
        image: (h, w, 3) uint8 RGB, or the path of a picture file.
        people: who is there, or a whole scene.
        options: as `Painter` takes them.

    Returns:
        (h, w, 3) uint8 RGB, a new array.

    Raises:
        SourceError: the file cannot be read as a picture.

    Example:
        >>> import numpy as np, kinesics as ks
        >>> ks.draw(np.zeros((90, 160, 3), np.uint8), ks.People.empty(ks.skeleton("coco17"))).shape
        (90, 160, 3)
    """
    picture = image if isinstance(image, np.ndarray) else load_picture(image)
    if isinstance(people, People):
        size = (picture.shape[1], picture.shape[0]) if picture.ndim == 3 else (0, 0)
        people = Scene(0, 0.0, size, people)
    painted = Painter(**options).paint(people, picture)
    return painted if isinstance(painted, np.ndarray) else painted[0]
