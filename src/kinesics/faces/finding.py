"""Where the faces of a picture are, which way they look, and how much of them is to be seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ShapeError
from ..geometry import iou
from ..sights import FaceNet, FaceSight, Turned
from ..sights.face import face_square
from ..types import Array, Masks, People
from .covers import CoverNet
from .gates import cover_maps, face_cells, gates_of
from .heads import SKULL, Head, heads_of
from .measures import face_measures
from .orientation import face_angles, point_angles
from .records import Face
from .scanning import Scanner, Spot, squares_over

__all__ = ["FaceFinder"]

PRESENT = 0.5  # least presence of a mesh
CERTAIN, SIDEWAYS = 0.995, 62.0  # a mesh that is less sure does not count where the detector sees a face turned by more degrees
SMALL = 12.0  # pixels of a face's square below which nothing is known of its points
SAME = 0.15  # boxes that overlap by more are one face
TURNS = (math.pi, math.pi / 2, -math.pi / 2)


@dataclass(frozen=True)
class _Found:
    """A face before it is measured: what the mesh net said, or what the detector said, and whose head it is (or None)."""

    score: float
    box: Array
    sight: FaceSight | None
    spot: Spot | None
    head: Head | None

    @property
    def square(self) -> Turned:
        if self.sight is not None:
            return face_square(self.sight.mesh)
        return self.spot.square if self.spot is not None else Turned(0, 0, 1, 0)


class FaceFinder:
    """Faces of people and of pictures, each once.

    Heads of known people are looked at first, then the rest of the picture: all of it in the first picture and where no people
    are given, else a few squares a picture, in turn. Faces are followed: pictures of one video go in in their order, and
    `reset()` stands between videos.

    Args:
        threads: how many a net may use.
        sure: least score of a face without a mesh that is nobody's; less finds more, and more that is none.
        finest: how many times smaller than the picture's shorter side the smallest squares are in which faces are looked for: a
            face is found when it is a tenth of such a square or more.
        few: squares of the whole picture that are looked at in each picture of a video beside the heads of known people.
        gated: whether the gates are worked out.

    Raises:
        WeightsError: a net is not installed; the text says how to get it.
    """

    def __init__(self, threads: int = 1, *, sure: float = 0.75, finest: float = 2.0, few: int = 1, gated: bool = True) -> None:
        self.threads, self.sure, self.finest, self.few, self.gated = threads, sure, finest, few, gated
        self._net, self._scanner = FaceNet(threads), Scanner(threads)
        self._covers = CoverNet(threads) if gated else None
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self._before: list[_Found] = []
        self._next: int | None = None
        self._size = (0, 0)

    def __call__(
        self,
        image: Array,
        people: People | None = None,
        sights: Sequence[FaceSight | None] | None = None,
        hands: Sequence[Array] = (),
        masks: Masks | None = None,
    ) -> list[Face]:
        """The faces of a picture, those of `people` first.

        Args:
            image: (h, w, 3) uint8 RGB; it is not changed.
            people: who is known to be there, of any skeleton with nose, eyes and ears.
            sights: what was already seen of the face of each row of `people`, so that it is not looked at again.
            hands: (21, 2) pixels each: they cover what is behind them.
            masks: outlines of `people`, row by row: the others cover.

        Raises:
            ShapeError: no picture, or sights or masks of another number than people.
        """
        _check(image, people, sights, masks)
        size = (image.shape[1], image.shape[0])
        if size != self._size:  # another video
            self.reset()
            self._size = size
        found: list[_Found] = []
        for head in heads_of(people):
            given = sights[head.row] if sights is not None else None
            one = _of_sight(given, head) if given is not None else self._of_head(image, head)
            if one is not None:
                _add(found, one)
        for old in self._before:
            if old.head is None and (one := self._followed(image, old)) is not None:
                _add(found, one)
        for spot in self._scan(image, people is None):
            if not _taken(found, spot.box) and (one := self._confirmed(image, spot)) is not None:
                _add(found, one)
        self._before = found
        return [self._measured(one, image, hands, masks) for one in found]

    def _of_head(self, image: Array, head: Head) -> _Found | None:
        """The face of a head: where it was, where the joints say, and where the detector sees it near there."""
        if head.unit * SKULL < SMALL:
            return None
        tries = [head.square()]
        for old in self._before:
            if old.head is not None and old.head.person == head.person >= 0:
                tries.insert(0, old.square.moved(head.middle - old.head.middle))
        for square in tries:
            if (one := self._settle(image, square, head)) is not None:
                return one
        place = head.square()
        spots = self._scanner.see(
            image, Turned(float(head.middle[0]), float(head.middle[1]), 2 * SKULL * head.unit, place.angle)
        )
        spots = [spot for spot in spots if head.near(spot.square.x, spot.square.y, spot.square.side)]
        return self._of_spot(image, spots[0], head) if spots else None

    def _of_spot(self, image: Array, spot: Spot, head: Head | None = None) -> _Found:
        one = self._settle(image, spot.square, head) if spot.square.side >= SMALL else None
        if one is not None and float(iou(one.box[None], spot.box[None])[0, 0]) > 0.2 and not _profile(one, spot):
            return one
        return _Found(spot.score, spot.box, None, spot, head)

    def _followed(self, image: Array, old: _Found) -> _Found | None:
        """A face that is nobody's, where it was."""
        if old.sight is not None:
            return self._settle(image, old.square, None)
        spots = self._scanner.see(image, Turned(old.square.x, old.square.y, 1.2 * old.square.side, old.square.angle))
        return self._confirmed(image, spots[0]) if spots else None

    def _confirmed(self, image: Array, spot: Spot) -> _Found | None:
        """What the detector took for a face, if it looks like one from nearer too."""
        again, spot = self._scanner.again(image, spot)
        one = self._of_spot(image, spot)
        if one.sight is not None:
            return one if again > (0.55 if one.score > 0.97 else 0.66) else None
        score = (spot.score + 2 * again) / 3
        return _Found(score, one.box, None, spot, None) if score >= self.sure else None

    def _settle(self, image: Array, square: Turned, head: Head | None) -> _Found | None:
        """Look, and look again where the first look was off: a mesh that is sure of itself."""
        if square.inside(image) < 0.3 or square.side < SMALL:
            return None
        sight = self._net.look(image, square)
        for _ in range(2):
            better = face_square(sight.mesh)
            if sight.presence < 0.1 or (head is not None and not head.near(better.x, better.y, better.side)):
                return None
            if sight.presence >= PRESENT and square.like(better, 0.12):
                break
            square, sight = better, self._net.look(image, better)
        return _of_sight(sight, head)

    def _scan(self, image: Array, whole: bool) -> list[Spot]:
        squares = squares_over(image.shape[1], image.shape[0], self.finest)
        if whole or self._next is None:
            chosen, self._next = squares, 0
        else:
            chosen = [squares[(self._next + step) % len(squares)] for step in range(min(self.few, len(squares)))]
            self._next = (self._next + self.few) % len(squares)
        spots = [spot for square in chosen for spot in self._scanner.see(image, square)]
        if not spots and whole and not self._before:
            turned = [Turned(s.x, s.y, s.side, turn) for turn in TURNS for s in squares_over(*self._size, 1.0)]
            spots = [spot for square in turned for spot in self._scanner.see(image, square, 0.6)]
        return sorted(spots, key=lambda spot: -spot.score)

    def _measured(self, one: _Found, image: Array, hands: Sequence[Array], masks: Masks | None) -> Face:
        person = one.head.person if one.head is not None else -1
        if one.sight is None:
            angles = point_angles(one.spot.points) if one.spot is not None else (math.nan,) * 3
            return Face(one.box, one.score, None, None, person, *angles)
        mesh, square = one.sight.mesh, one.square
        angles = face_angles(mesh)
        gates = None
        if self._covers is not None:
            row = one.head.row if one.head is not None else -1
            others = (
                [masks.window(other) for other in range(len(masks)) if other != row] if masks is not None and row >= 0 else []
            )
            gates = gates_of(
                angles[:2],
                one.sight.presence,
                face_cells(mesh, square),
                cover_maps(square, self._size, hands, others),
                self._covers.look(image, mesh, square),
            )
        return Face(one.box, one.score, mesh, square, person, *angles, gates, face_measures(mesh))


def _check(image: Array, people: People | None, sights: Sequence[FaceSight | None] | None, masks: Masks | None) -> None:
    if not isinstance(image, np.ndarray) or image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        got = f"{getattr(image, 'shape', type(image).__name__)} {getattr(image, 'dtype', '')}".strip()
        raise ShapeError(f"faces are looked for in a picture (h, w, 3) uint8 RGB, got {got}")
    rows = 0 if people is None else len(people)
    for name, given in (("sights", sights), ("masks", masks)):
        if given is not None and len(given) != rows:
            raise ShapeError(f"faces: expected {name} for each of {rows} people, got {len(given)}")


def _of_sight(sight: FaceSight, head: Head | None) -> _Found | None:
    if sight.presence < PRESENT or not np.isfinite(sight.mesh).all():
        return None
    flat = sight.mesh[:, :2]
    return _Found(sight.presence, np.concatenate([flat.min(axis=0), flat.max(axis=0)]), sight, None, head)


def _profile(one: _Found, spot: Spot) -> bool:
    """Whether a mesh that is not sure was made up for a face that is seen from the side."""
    return one.score < CERTAIN and abs(point_angles(spot.points)[0]) > SIDEWAYS


def _taken(found: list[_Found], box: Array) -> bool:
    """Whether a face is known there: it overlaps, or one's middle is in the other."""
    middle = (box[:2] + box[2:]) / 2
    for other in found:
        mid = (other.box[:2] + other.box[2:]) / 2
        alike = 0.4 < (box[2] - box[0]) / max(other.box[2] - other.box[0], 1e-6) < 2.5
        near = (np.abs(mid - middle) < 0.35 * np.minimum(box[2:] - box[:2], other.box[2:] - other.box[:2])).all()
        if float(iou(box[None], other.box[None])[0, 0]) > SAME or (alike and near):
            return True
    return False


def _add(found: list[_Found], one: _Found) -> None:
    """Keep a face if it is not yet known; of two heads that claim one face, the nearer one has it."""
    for place, other in enumerate(found):
        if _taken([other], one.box):
            if one.head is not None and other.head is not None and _gap(one) < _gap(other):
                found[place] = one
            return
    found.append(one)


def _gap(one: _Found) -> float:
    middle = (one.box[:2] + one.box[2:]) / 2
    return float(np.linalg.norm(middle - one.head.middle)) if one.head is not None else math.inf
