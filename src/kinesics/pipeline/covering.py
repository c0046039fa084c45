"""What has to be covered in the pictures of a video: faces, people, or what is behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from ..draw import Painter
from ..masks.face_spots import FaceSpots
from ..masks.heads import head_spots
from ..masks.hold_over import HoldOver
from ..masks.redaction import cover_mask, cover_spots, flat_picture, spots_of
from ..masks.trusted import inside, trusted
from ..types import Array, Masks, People, Scene

__all__ = ["HIDDEN", "Cover", "cover_for"]

HIDDEN = ("face", "person", "background")
FACE = 0.95  # half width of what is covered round a face, in sides of its box; half height a little more


class Cover(Protocol):
    """One way to make a picture safe."""

    def look(self, scene: Scene, looked: bool) -> None:
        """See what is in a Scene; `looked`: somebody has searched it for people."""

    def picture(self, scene: Scene, lost: bool) -> Array:
        """(h, w, 3) uint8 of a Scene that was looked at, covered; wholly if it is lost."""

    def reset(self) -> None:
        """Forget what was seen."""


def cover_for(what: str, how: str, hold: float, ahead: float, finder: Any = None, outliner: Any = None) -> Cover:
    """The way to cover `what` by `how`."""
    if how == "skeleton":
        return SkeletonCover()
    if what == "face":
        return FaceCover(how, hold, ahead, finder)
    return PersonCover(how, hold, ahead, finder, outliner) if what == "person" else BackgroundCover(how, outliner)


class SkeletonCover:
    """Nothing remains but skeletons on a flat ground."""

    def __init__(self) -> None:
        self._painter = Painter(masks=False, trails=0, tags=False, rgb=True)

    def reset(self) -> None:
        """Nothing is remembered."""

    def look(self, scene: Scene, looked: bool) -> None:
        """Nothing is looked at."""

    def picture(self, scene: Scene, lost: bool) -> Array:
        """The skeletons of a Scene."""
        return np.asarray(self._painter.paint(scene, flat_picture(scene.size)))


class FaceCover:
    """Heads by joints and faces by a finder, together, over time.

    Args:
        how: "blur", "pixelate" or "solid".
        hold: seconds that a face that is no longer found stays covered.
        ahead: seconds that it is covered before it was first found.
        finder: `finder(image, people)` gives boxes (n, 4) or records with a `box`.
    """

    def __init__(self, how: str, hold: float, ahead: float, finder: Callable[..., Any] | None = None) -> None:
        self.how, self.finder = how, finder or FaceSpots()
        self.spots = HoldOver(hold, ahead)

    def reset(self) -> None:
        """Forget whom it saw."""
        self.spots.reset()
        if hasattr(self.finder, "reset"):
            self.finder.reset()

    def look(self, scene: Scene, looked: bool) -> None:
        """Find the faces of a Scene."""
        found = [boxes_of([face["box"] for face in scene.faces if "box" in face])]
        if scene.frame is not None:
            found.append(boxes_of(self.finder(scene.frame.image, scene.people)))
        spots, keys = _merged(*_heads(scene.people), _round_faces(np.concatenate(found)))
        self.spots.add(scene.time, spots, keys, known=looked)

    def picture(self, scene: Scene, lost: bool) -> Array:
        """The picture of a Scene without faces."""
        if lost or scene.frame is None:
            return flat_picture(scene.size)
        return cover_spots(scene.frame.image, self.spots.at(scene.time), self.how)


class PersonCover:
    """People by their outlines where these are sure, by their boxes where not; their heads in any case.

    Args:
        how: "blur", "pixelate" or "solid".
        hold: seconds that somebody who is no longer found stays covered.
        ahead: seconds that somebody is covered before being first found.
        finder: see `FaceCover`.
        outliner: `outliner(image, people)` gives `Masks`.
    """

    def __init__(self, how: str, hold: float, ahead: float, finder: Any = None, outliner: Any = None) -> None:
        self.how, self.outlines = how, _Outlines(outliner)
        self.faces, self.boxes = FaceCover(how, hold, ahead, finder), HoldOver(hold, ahead)
        self.masks: dict[int, tuple[Masks | None, Array]] = {}  # by index: outlines, and who is covered by them

    def reset(self) -> None:
        """Forget whom it saw."""
        self.faces.reset()
        self.boxes.reset()
        self.masks.clear()

    def look(self, scene: Scene, looked: bool) -> None:
        """Find the people of a Scene."""
        self.faces.look(scene, looked)
        self.boxes.add(scene.time, spots_of(scene.people.boxes), scene.people.ids, known=looked)
        masks = self.outlines.of(scene)
        self.masks[scene.index] = masks, trusted(scene.people, masks)

    def picture(self, scene: Scene, lost: bool) -> Array:
        """The picture of a Scene without people."""
        masks, sure = self.masks.pop(scene.index, (None, np.zeros(0, bool)))
        if lost or scene.frame is None:
            return flat_picture(scene.size)
        image, people = scene.frame.image, scene.people
        out = image.copy()
        if masks is not None:
            for row in np.flatnonzero(sure).tolist():
                self._cover_one(image, out, masks.window(row), float(max(people.boxes[row, 2:] - people.boxes[row, :2])))
        spots = spots_of(people.boxes[~sure]) if len(sure) == len(people) else spots_of(people.boxes)
        spots = np.concatenate([spots, self.boxes.at(scene.time, missed=True)]) * (1, 1, 1.1, 1.1)
        cover_spots(image, spots, self.how, rounded=False, out=out)
        return cover_spots(image, self.faces.spots.at(scene.time), self.how, out=out)

    def _cover_one(self, image: Array, out: Array, outline: tuple[int, int, Array], side: float) -> None:
        x, y, window = outline
        cover_mask(image, window, side / 14, self.how, corner=(x, y), grow=0.04 * side + 3, soft=0.02 * side + 1, out=out)


class BackgroundCover:
    """Everything but the sure inside of people's outlines.

    Args:
        how: "blur", "pixelate" or "solid".
        outliner: see `PersonCover`.
    """

    def __init__(self, how: str, outliner: Any = None) -> None:
        self.how, self.outlines = how, _Outlines(outliner)
        self.masks: dict[int, Array] = {}

    def reset(self) -> None:
        """Forget what was seen."""
        self.masks.clear()

    def look(self, scene: Scene, looked: bool) -> None:
        """Outline the people of a Scene."""
        masks = self.outlines.of(scene)
        covered = np.ones((scene.size[1], scene.size[0]), bool)
        if masks is not None:
            for row in np.flatnonzero(trusted(scene.people, masks)).tolist():
                longest = float(max(scene.people.boxes[row, 2:] - scene.people.boxes[row, :2]))
                x, y, window = inside(masks, row, 0.006 * longest + 1)
                covered[y : y + window.shape[0], x : x + window.shape[1]] &= ~window
        self.masks[scene.index] = np.packbits(covered)

    def picture(self, scene: Scene, lost: bool) -> Array:
        """The picture of a Scene of which only people remain."""
        packed = self.masks.pop(scene.index, None)
        if lost or scene.frame is None or packed is None:
            return flat_picture(scene.size)
        shape = scene.size[1], scene.size[0]
        covered = np.unpackbits(packed, count=shape[0] * shape[1]).astype(bool).reshape(shape)
        return cover_mask(scene.frame.image, covered, min(shape) / 9, self.how)


class _Outlines:
    """The outlines of a Scene: its own, or made here."""

    def __init__(self, outliner: Callable[..., Any] | None) -> None:
        if outliner is None:
            from ..masks import PeopleMasks

            outliner = PeopleMasks(fine=False)
        self.outliner = outliner

    def of(self, scene: Scene) -> Masks | None:
        masks = scene.people.masks
        if masks is None and scene.frame is not None and len(scene.people):
            masks = self.outliner(scene.frame.image, scene.people)
        return masks if masks is not None and masks.size == scene.size else None


def boxes_of(found: Any) -> Array:
    """(n, 4) finite boxes of an array, or of records with a `box`.

    Raises:
        ValueError: one is not finite: whoever found it cannot be trusted with this picture.
    """
    rows = [getattr(face, "box", face) for face in found]
    boxes = np.asarray(rows, float).reshape(-1, 4)
    if not np.isfinite(boxes).all():
        raise ValueError("a face was found at NaN")
    return boxes


def _round_faces(boxes: Array) -> Array:
    """(n, 4) spots round whole heads of which a detector saw the faces."""
    if not len(boxes):
        return np.zeros((0, 4))
    spots = spots_of(boxes)
    side = 2 * spots[:, 2:].max(axis=1)
    return np.column_stack([spots[:, 0], spots[:, 1] - 0.12 * side, FACE * side, 1.1 * FACE * side])


def _heads(people: People) -> tuple[Array, Array]:
    """One spot a person, and the ids."""
    spots, rows = head_spots(people)
    whole = [_around(spots[rows == row]) for row in range(len(people))]
    return np.array(whole, float).reshape(-1, 4), people.ids


def _around(spots: Array) -> Array:
    low, high = (spots[:, :2] - spots[:, 2:]).min(axis=0), (spots[:, :2] + spots[:, 2:]).max(axis=0)
    return np.concatenate([(low + high) / 2, (high - low) / 2])


def _merged(heads: Array, ids: Array, faces: Array) -> tuple[Array, Array]:
    """Heads that hold the faces found in them, then the faces that are in none; and whose they are, -1 for nobody's."""
    heads, alone = heads.copy(), []
    for face in faces:
        far = np.linalg.norm((heads[:, :2] - face[:2]) / heads[:, 2:], axis=1) if len(heads) else np.zeros(0)
        if len(far) and far.min() < 0.7:
            nearest = int(far.argmin())
            heads[nearest] = _around(np.stack([heads[nearest], face]))
        else:
            alone.append(face)
    spots = np.concatenate([heads, np.array(alone, float).reshape(-1, 4)])
    return spots, np.concatenate([ids, np.full(len(alone), -1)]).astype(int)
