"""The people of depth picture after depth picture: who is there, their joints in metres, kept steady over time.

Room off, pieces to bodies, bodies to joints, joints to people with ids, bones of one length and a look ahead: each step is a
module of its own, what lasts from picture to picture is here.
"""

from __future__ import annotations

import time as clocks
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from ..errors import ShapeError, UsageError
from ..geometry import upright_axes
from ..types import Array, Camera
from .anatomy import VOTED
from .background import Background
from .bones import Bones
from .floor import UP, Floor, FloorKeeper
from .grouping import Bodies, find_bodies
from .life import LifeSigns
from .metres import millimetres
from .prediction import AHEAD, JointFilter
from .regions import find_regions
from .walls import take_walls_off

_TRUNK = [VOTED.index(name) for name in ("hip_center", "spine", "shoulder_center", "left_shoulder", "right_shoulder")]
BACKGROUNDS = ("auto", "learn", "none")

_FARTHEST = 20.0  # metres: nobody is looked for beyond
_MARGIN = 0.03  # metres above the floor that are taken for floor
_NO_METRES = 100.0  # a picture beyond this has other units
_SEGMENTED = 0.3  # a picture with a smaller share of measured pixels has no room in it
_SURE = 0.4  # mean confidence of joints from which on they speak for a person
_CERTAIN = 0.75  # the same from which on nothing else is asked
_LOW = 1.0  # metres above the floor: what is lower and has never moved is taken for furniture …
_WATCHED = 1.5  # … and what is higher after so many seconds
_ASK_AGAIN = 0.25  # seconds between two questions for the joints of such a thing
_DEAD = 0.5  # what is left of the score of such a thing
_EMPTY = 1.0  # seconds at the start that are taken for an empty room by "learn"
_MEMORY = 2.0  # seconds for which bones of people are kept who are not there


class Finder(Protocol):
    """Finds the joints of one person, as `JointFinder` does."""

    def __call__(self, depth: Array, camera: Camera, *, previous: Any = None) -> Any:
        """(h, w) uint16 millimetres, 0 outside the person; returns `joints` (23, 3) metres and `confidence` (23,)."""
        ...


#: (n, 2) places on the floor (metres sideways and forwards), (n,) scores and the time in seconds -> (n,) ids, -1: not yet.
Identify = Callable[[Array, Array, float], Array]


@dataclass(frozen=True)
class Crowd:
    """The people of one depth picture.

    Attributes:
        ids: (n,).
        boxes: (n, 4) x1 y1 x2 y2 pixels.
        score: (n,) 0 to 1.
        joints: (n, 23, 3) metres in camera axes, in the order of `VOTED`; NaN where missing.
        confidence: (n, 23), 0 where missing.
        labels: (h, w) int32 numbers of pieces of the picture.
        pieces: (n,) which of them each person is; 0 for somebody who is only remembered.
        floor: the floor, None where none is known.
        timing: seconds spent, by stage.
    """

    ids: Array
    boxes: Array
    score: Array
    joints: Array
    confidence: Array
    labels: Array
    pieces: Array
    floor: Floor | None
    timing: dict[str, float]


@dataclass
class _Person:
    """What lasts of one person."""

    bones: Bones = field(default_factory=Bones)
    filter: JointFilter = field(default_factory=JointFilter)
    found: Any = None
    box: Array = field(default_factory=lambda: np.zeros(4))
    score: float = 0.0
    time: float = 0.0


class DepthPeople:
    """Follows people through the pictures of one depth camera.

    Args:
        finder: joints of one person, see `JointFinder`.
        camera: of the pictures.
        identify: who is who over time, see `Identify`.
        background: "auto" takes off the floor and what stays where it is; "learn" does too and takes the first second for an
            empty room; "none" leaves everything (pictures that are segmented already).
        people: at most so many, the surest; None for all.
        smooth: filter joints over time and keep bones at their lengths; off, they come as they are found.

    Raises:
        UsageError: another background, or fewer than one person.
    """

    def __init__(
        self,
        finder: Finder,
        camera: Camera,
        identify: Identify,
        *,
        background: str = "auto",
        people: int | None = None,
        smooth: bool = True,
    ) -> None:
        if background not in BACKGROUNDS:
            raise UsageError(f"background: expected {', '.join(BACKGROUNDS)}, got {background!r}")
        if people is not None and people < 1:
            raise UsageError(f"people: expected at least 1, got {people}")
        self.finder, self.camera, self.identify = finder, camera, identify
        self.background, self.people, self.smooth = background, people, smooth
        self._lens = np.array([camera.fx, camera.fy, camera.cx, camera.cy])
        self.reset()

    def reset(self) -> None:
        """Forget the room and everybody; the caller resets whatever stands behind `identify`."""
        self.room, self.ground, self._life = Background(), FloorKeeper(self.camera), LifeSigns()
        self._people: dict[int, _Person] = {}
        self._last: Bodies | None = None
        self._names: Array = np.zeros(0, int)  # ids of the bodies of the last picture …
        self._founds: list[tuple[Any, float]] = []  # … and their joints, with the time of these
        self._start: float | None = None
        self._turned = upright_axes(UP)

    @property
    def floor(self) -> Floor | None:
        """The floor as known now."""
        return self.ground.floor

    def look(self, depth: Array, time: float, *, up: Array | None = None, ahead: float = 0.0) -> Crowd:
        """The people of one picture.

        Args:
            depth: (h, w) metres, 0 or not finite where nothing was measured; the camera's size.
            time: seconds, not falling.
            up: (3,) upwards in camera axes, where the recording tells.
            ahead: seconds by which the joints are predicted, at most 0.1.

        Raises:
            ShapeError: another size than the camera's, or millimetres.
            UsageError: a time or `ahead` that makes no sense.
        """
        if depth.shape != (self.camera.height, self.camera.width):
            size = f"{self.camera.width} x {self.camera.height}"
            raise ShapeError(f"depth: expected (height, width) of the camera ({size}), got {depth.shape}")
        if not 0 <= ahead <= AHEAD:
            raise UsageError(f"predict: expected 0 to {AHEAD} seconds, got {ahead}")
        timing: dict[str, float] = {}
        start = clocks.perf_counter()
        bodies = self._bodies(depth, time, up)
        timing["people"] = clocks.perf_counter() - start
        start = clocks.perf_counter()
        life = self._life.update(bodies, time)
        founds = [self._find(bodies, i, bool(life[0][i]), time) for i in range(len(bodies))]
        timing["joints"] = clocks.perf_counter() - start
        start = clocks.perf_counter()
        score = self._scores(bodies, [found for found, _ in founds], life)
        rows = self._surest(score, bodies.before)
        names = np.full(len(bodies), -1)
        places = self._places(bodies, [found for found, _ in founds])
        names[rows] = self.identify(places[rows], score[rows], time)
        for row in rows[names[rows] >= 0].tolist():
            self._keep(int(names[row]), founds[row][0], bodies.regions.boxes[row], float(score[row]), time)
        self._last, self._names, self._founds = bodies, names, founds
        self._learn(bodies, time)
        crowd = self._crowd(bodies, names, time, ahead, timing)
        self._forget(time)
        timing["tracks"] = clocks.perf_counter() - start
        return crowd

    def _bodies(self, depth: Array, time: float, up: Array | None) -> Bodies:
        picture = millimetres(depth, farthest=_FARTHEST)
        if not picture.any() and np.count_nonzero(np.isfinite(depth) & (depth > _NO_METRES)) > 0.02 * depth.size:
            raise ShapeError(f"depth: expected metres, got values up to {np.nanmax(depth):g}; divide millimetres by 1000")
        self._start = time if self._start is None else self._start
        self.ground.up = up
        floor = None
        if self.background != "none":
            hide = None
            if self._last is not None and self._last.depth.shape == picture.shape:
                hide = self._last.regions.labels > 0
            floor = self.ground.update(depth, time, hide)
        upwards = floor.normal if floor is not None else UP if up is None else up
        turned = self._turned = upright_axes(upwards)
        plane = np.zeros(4) if floor is None else np.append(floor.normal, floor.height)
        if self.background == "none":
            keep = picture > 0
        else:
            keep = self.room.foreground(picture, plane, self._lens, _MARGIN)
        regions = find_regions(picture, keep, self.camera, turned)
        if self.background != "none" and take_walls_off(regions, picture, keep, self.camera, turned):
            regions = find_regions(picture, keep, self.camera, turned)
        return find_bodies(
            regions, picture, self.camera, turned, last=self._last, height=None if floor is None else floor.height
        )

    def _find(self, bodies: Bodies, i: int, alive: bool, time: float) -> tuple[Any, float]:
        """Joints of body i, from a picture cut to its box, and when they were found: things are not asked every time."""
        before = int(bodies.before[i])
        if before >= 0 and self._names[before] < 0 and not alive and time - self._founds[before][1] < _ASK_AGAIN:
            return self._founds[before]
        x1, y1, x2, y2 = bodies.regions.boxes[i].tolist()
        mask = bodies.regions.labels[y1:y2, x1:x2] == i + 1
        alone = np.where(mask, bodies.depth[y1:y2, x1:x2], np.uint16(0))
        c = self.camera
        person = self._people.get(int(self._names[before])) if before >= 0 else None
        lens = Camera(x2 - x1, y2 - y1, c.fx, c.fy, c.cx - x1, c.cy - y1)
        return self.finder(alone, lens, previous=None if person is None else person.found), time

    def _places(self, bodies: Bodies, founds: list[Any]) -> Array:
        """(n, 2) where people stand, sideways and forwards: their trunks, as far as these are sure, else what is seen."""
        places = bodies.regions.middle[:, [0, 2]].copy()
        for i, found in enumerate(founds):
            joints = np.asarray(found.joints, float)[_TRUNK]
            weight = np.where(np.isfinite(joints).all(axis=1), np.nan_to_num(np.asarray(found.confidence, float)[_TRUNK]), 0.0)
            trunk = (np.nan_to_num(joints) * weight[:, None]).sum(axis=0) @ self._turned[[0, 2]].T
            places[i] = (trunk + 0.5 * places[i]) / (weight.sum() + 0.5)
        return places

    def _scores(self, bodies: Bodies, founds: list[Any], life: tuple[Array, Array]) -> Array:
        """How sure it is that bodies are people: by shape, by what the joints say, by whether they have ever moved."""
        alive, watched = life
        score = np.zeros(len(bodies))
        for i, found in enumerate(founds):
            confidence = np.asarray(found.confidence, float)
            sure = float(np.nan_to_num(confidence).mean()) if confidence.size else 0.0
            score[i] = bodies.likely[i] * min(0.35 + 0.65 * sure / _SURE, 1.0)
            if alive[i] or sure >= _CERTAIN:
                continue
            low = self.floor is not None and bodies.regions.high[i, 1] + self.floor.height < _LOW
            if low or watched[i] > _WATCHED:
                score[i] *= _DEAD
        return score

    def _surest(self, score: Array, before: Array) -> Array:
        """Rows of those who may be told, first those who were told before."""
        rows = np.flatnonzero(score > 0.05)
        if self.people is not None and len(rows) > self.people:
            told = np.append(self._names, -1)[before[rows]] >= 0  # before is -1 for who is new
            rows = np.sort(rows[np.argsort(-score[rows] - told, kind="stable")[: self.people]])
        return rows

    def _keep(self, name: int, found: Any, box: Array, score: float, time: float) -> None:
        """Take one look at a person into what lasts of them."""
        person = self._people.setdefault(name, _Person(time=time))
        joints, confidence = np.asarray(found.joints, float), np.asarray(found.confidence, float)
        person.bones.learn(joints, confidence, max(time - person.time, 1 / 60))
        person.filter.update(joints, confidence, time)
        person.found, person.box, person.score, person.time = found, np.asarray(box, float), score, time

    def _learn(self, bodies: Bodies, time: float) -> None:
        """Teach the room what stays, but for the people."""
        if self.background == "none" or not self.room.due(time):
            return
        if np.count_nonzero(bodies.depth) < _SEGMENTED * bodies.depth.size:
            return
        shown = np.concatenate([[False], self._names >= 0])
        if self.background == "learn" and self._start is not None and time < self._start + _EMPTY:
            shown[:] = False
        self.room.learn(bodies.depth, shown[bodies.regions.labels], time)

    def _crowd(self, bodies: Bodies, names: Array, time: float, ahead: float, timing: dict[str, float]) -> Crowd:
        """Those seen now, then those who were seen less than 100 ms ago."""
        rows = np.argsort(names, kind="stable")
        rows = rows[names[rows] >= 0]
        seen = names[rows].tolist()
        gone = [i for i, person in self._people.items() if i not in seen and time - person.time <= AHEAD + 1e-9]
        gone = gone if self.people is None else gone[: self.people - len(seen)]
        joints, confidence = (
            np.full((len(seen) + len(gone), len(VOTED), 3), np.nan),
            np.zeros((len(seen) + len(gone), len(VOTED))),
        )
        for at, name in enumerate([*seen, *gone]):
            joints[at], confidence[at] = self._told(self._people[name], time + ahead)
        people = [self._people[name] for name in [*seen, *gone]]
        return Crowd(
            np.array([*seen, *gone], int),
            np.array([person.box for person in people]).reshape(-1, 4),
            np.array([person.score * (0.5 if i >= len(seen) else 1.0) for i, person in enumerate(people)]),
            joints,
            confidence,
            bodies.regions.labels,
            np.concatenate([rows + 1, np.zeros(len(gone), int)]),
            self.floor,
            timing,
        )

    def _told(self, person: _Person, time: float) -> tuple[Array, Array]:
        if not self.smooth:
            fresh = person.time >= time
            joints = np.asarray(person.found.joints, float)
            confidence = np.asarray(person.found.confidence, float)
            return (joints, np.where(np.isfinite(joints).all(axis=1), confidence, 0)) if fresh else person.filter.predict(time)
        joints, confidence = person.filter.predict(time)
        return person.bones.hold(joints, confidence), confidence

    def _forget(self, time: float) -> None:
        self._people = {i: person for i, person in self._people.items() if time - person.time <= _MEMORY}
