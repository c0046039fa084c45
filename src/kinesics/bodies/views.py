"""Depth pictures of made people, with what is known about them: any number, each found again by its index."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from ..errors import UsageError
from ..types import Array, Camera
from .actors import Actor, make_actor
from .kinematics import JOINTS
from .pose_bank import PoseBank
from .scenery import draw_room
from .sensor_noise import SENSORS, sense
from .silhouettes import cut_out, leave_things
from .stage import Stage, visible
from .viewpoints import Viewpoint, random_lens, random_viewpoint

People = tuple[dict[str, Any], ...]
Cast = Callable[[np.random.Generator], Actor]

_MOST = 50_000_000  # pixels


@dataclass(frozen=True)
class View:
    """A depth picture and the truth about it.

    Attributes:
        depth: (h, w) float32 metres along the axis as the sensor gave it, 0 where it returned nothing.
        parts: (h, w) uint8 labels of `PARTS`: what a perfect camera of this kind sees.
        owner: (h, w) int8 which person a perfect camera sees, -1 for nobody.
        kept: (h, w) int8 in whose cut-out a pixel is after an imperfect segmentation, -1 in nobody's.
        joints: (n, 35, 3) float32 metres in the camera's frame, in the order of `JOINTS`.
        visible: (n, 35) the joint lies in the picture, and what is seen at its pixel is at most 12 cm (20 cm for those deep
            in the trunk and the head) nearer than the joint.
        camera: the lens.
        floor: (4,) a, b, c, d: a point of the camera's frame is a x + b y + c z + d metres above the floor.
        seed: of the maker.
        index: number of the view.
        people: what each person is like (`Actor.describe`).
    """

    depth: Array
    parts: Array
    owner: Array
    kept: Array
    joints: Array
    visible: Array
    camera: Camera
    floor: Array
    seed: int
    index: int
    people: People

    @property
    def segment(self) -> Array:
        """(h, w) bool: what an imperfect segmentation would keep of all people."""
        return np.asarray(self.kept >= 0)


@dataclass(frozen=True)
class ViewMaker:
    """Makes views; each depends on the seed and its index alone, whatever was asked before.

    Attributes:
        seed: of all chance: people, poses, cameras, noise.
        size: (width, height) pixels.
        people: how many.
        sensor: one of `SENSORS`.
        yaw: where people look: "round" anywhere, "front" within 60 degrees of the camera, "mixed" 60 % of the former and 40 %
            of the latter, or degrees turned from facing the camera (positive: to the picture's left).
        pitch: degrees the camera looks down; None: towards the people.
        top: share of views from above.
        scenery: a room with furniture around the people, else nothing but them.
        damage: imperfect cut-outs, with leftovers of floor, furniture and others' arms; False: exactly what the sensor returns.
        detail: of the bodies, "full" or "light".
        dressed: people have clothes and hair.
        focal: focal length in pixels; None: like known sensors, 40 to 65 degrees high.
        bank: poses to draw from; None: a `PoseBank` of the same seed, made when the first view is asked for.
        cast: makes the actors; None: `make_actor`.
        views_each: so many views in a row show the same people in other poses: to make somebody takes longer than to draw them.

    Raises:
        UsageError: an option has a value that nobody knows.
    """

    seed: int = 0
    size: tuple[int, int] = field(default=(320, 240), kw_only=True)
    people: int = field(default=1, kw_only=True)
    sensor: str = field(default="mixed", kw_only=True)
    yaw: str | float = field(default="round", kw_only=True)
    pitch: float | None = field(default=None, kw_only=True)
    top: float = field(default=0.0, kw_only=True)
    scenery: bool = field(default=False, kw_only=True)
    damage: bool = field(default=True, kw_only=True)
    detail: Literal["full", "light"] = field(default="full", kw_only=True)
    dressed: bool = field(default=True, kw_only=True)
    focal: float | None = field(default=None, kw_only=True)
    bank: PoseBank | None = field(default=None, kw_only=True, repr=False)
    cast: Cast | None = field(default=None, kw_only=True, repr=False)
    views_each: int = field(default=8, kw_only=True)
    _made: dict[tuple[int, int], Actor] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        width, height = self.size
        for wrong, words in (
            (width < 1 or height < 1, f"size: expected at least one pixel, got {width} x {height}"),
            (width * height > _MOST, f"size: expected at most {_MOST // 10**6} million pixels, got {width} x {height}"),
            (
                not np.isfinite([v for v in (self.yaw, self.pitch) if isinstance(v, float)]).all(),
                "yaw, pitch: expected numbers",
            ),
            (not 1 <= self.people <= 100, f"people: expected 1 to 100, got {self.people}"),
            (self.sensor not in SENSORS, f"sensor: there is no {self.sensor}; there are {', '.join(SENSORS)}"),
            (
                isinstance(self.yaw, str) and self.yaw not in _YAWS,
                f"yaw: expected {', '.join(_YAWS)} or degrees, got {self.yaw}",
            ),
            (not 0 <= self.top <= 1, f"top: expected a share from 0 to 1, got {self.top}"),
            (self.views_each < 1, f"views_each: expected at least 1, got {self.views_each}"),
            (self.seed < 0, f"seed: expected 0 or more, got {self.seed}"),
            (self.focal is not None and not self.focal > 0, f"focal: expected pixels above 0, got {self.focal}"),
            (self.detail not in ("full", "light"), f"detail: expected full or light, got {self.detail}"),
        ):
            if wrong:
                raise UsageError(words)

    def view(self, index: int) -> View:
        """The view of this number, 0 or more."""
        if index < 0:
            raise UsageError(f"view: expected an index of 0 or more, got {index}")
        rng = np.random.default_rng([self.seed, 2, index])
        bank = _usual_bank(self.seed) if self.bank is None else self.bank
        actors = [self._actor(index // self.views_each, k) for k in range(self.people)]
        bodies = [actor.posed(*bank.draw(rng, actor.body)) for actor in actors]
        frames = _frames(rng, [body.joints for body in bodies], self.yaw)
        camera = random_lens(rng, self.size, self.focal)
        joints = np.stack([body.joints @ turned.T + shift for body, (turned, shift) in zip(bodies, frames, strict=True)])
        top = bool(rng.random() < self.top)
        view = random_viewpoint(rng, camera, joints.reshape(-1, 3), top=top, pitch=self.pitch)
        stage = Stage(camera)
        for k, (actor, body, (turned, shift)) in enumerate(zip(actors, bodies, frames, strict=True)):
            stage.draw(actor, body.vertices, view.rotation @ turned, view.seen(shift), k)
        return self._photographed(index, stage, view, joints, tuple(actor.describe() for actor in actors))

    def _photographed(
        self, index: int, stage: Stage, view: Viewpoint, joints: Array, people: tuple[dict[str, Any], ...]
    ) -> View:
        """What the sensor and the segmentation make of it."""
        rng = np.random.default_rng([self.seed, 3, index])
        if self.scenery:
            draw_room(rng, view, joints[:, _PELVIS], stage.depth, stage.parts, stage.owner)
            stage.widen([(0, 0, *self.size)])
        floor = False
        if self.damage:
            boxes, floor = leave_things(rng, view, joints, stage.depth, stage.parts, stage.owner)
            stage.widen(boxes)
        places = view.seen(joints)
        shown = visible(places, view.camera, stage.depth)
        depth, kept = np.zeros_like(stage.depth), np.full_like(stage.owner, -1)
        rows, columns = stage.rows_and_columns()
        drawn = stage.depth[rows, columns]
        drawn = np.where(np.isfinite(drawn), drawn, np.float32(0))
        got = sense(self.sensor, drawn, view.camera, rng)
        corner, owner = (columns.start, rows.start), np.ascontiguousarray(stage.owner[rows, columns])
        kept[rows, columns] = cut_out(rng, view, corner, got, drawn, owner, floor=floor, damage=self.damage)
        depth[rows, columns] = got
        np.maximum(stage.owner, -1, out=stage.owner)
        truth = (stage.parts, stage.owner, kept, places.astype(np.float32), shown)
        return View(depth, *truth, view.camera, view.floor, self.seed, index, people)

    def _actor(self, troupe: int, number: int) -> Actor:
        """The actor of some views in a row; the last few are remembered."""
        key = (troupe, number)
        if key not in self._made:
            while len(self._made) >= 2 * self.people:
                del self._made[next(iter(self._made))]
            rng = np.random.default_rng([self.seed, 1, troupe, number])
            self._made[key] = make_actor(rng, detail=self.detail, dressed=self.dressed) if self.cast is None else self.cast(rng)
        return self._made[key]

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_made": {}}


_PELVIS = JOINTS.index("hip_center")


@functools.lru_cache(maxsize=2)
def _usual_bank(seed: int) -> PoseBank:
    return PoseBank(seed)


_YAWS: dict[str, Callable[[np.random.Generator], float]] = {
    "round": lambda rng: float(rng.uniform(-180, 180)),
    "front": lambda rng: float(rng.uniform(-60, 60)),
    "mixed": lambda rng: float(rng.uniform(-180, 180) if rng.random() < 0.6 else rng.uniform(-60, 60)),
}


def _frames(rng: np.random.Generator, bodies: list[Array], yaw: str | float) -> list[tuple[Array, Array]]:
    """Where each body, with joints (35, 3), stands: (3, 3) and (3,) that bring it into the world; the first at its middle."""
    taken: list[Array] = []
    frames = []
    for joints in bodies:
        place = np.zeros(3)
        while any(np.linalg.norm(place - other) < 0.45 for other in taken):
            spread = 0.8 + 0.2 * len(taken)
            place = rng.uniform((-1.6 * spread, 0, -spread), (1.6 * spread, 0, spread))
        taken.append(place)
        angle = np.radians(_YAWS[yaw](rng) if isinstance(yaw, str) else yaw)
        turned = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]])
        frames.append((turned, place - turned @ (joints[_PELVIS] * (1, 0, 1))))
    return frames
