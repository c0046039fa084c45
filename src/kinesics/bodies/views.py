"""Depth pictures of made people, with what is known about them: any number, each found again by its index."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

import numba
import numpy as np

from ..errors import UsageError
from ..types import Array, Camera
from ..types.arrays import locked
from .actors import Actor, make_actor
from .kinematics import JOINTS
from .pose_bank import PoseBank
from .scenery import draw_room
from .sensor_noise import SENSORS, sense
from .silhouettes import cut_out, leave_things
from .viewpoints import Viewpoint, random_lens, random_viewpoint
from .zbuffer import Box, draw_mesh

People = tuple[dict[str, Any], ...]
Cast = Callable[[np.random.Generator], Actor]

_MOST = 50_000_000  # pixels
_HIDDEN = 0.12  # metres of body that may lie over a joint of a limb
_DEEP = {name: 0.2 for name in ("hip_center", "spine", "left_hip", "right_hip", "shoulder_center", "head")}
_MARGIN = 6  # pixels round what was drawn that a sensor may still change


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
        rng = np.random.default_rng([self.seed, 2, index])
        bank = _usual_bank(self.seed) if self.bank is None else self.bank
        actors = [self._actor(index // self.views_each, k) for k in range(self.people)]
        bodies = [actor.posed(*bank.draw(rng, actor.body)) for actor in actors]
        frames = _frames(rng, [body.joints for body in bodies], self.yaw)
        camera = random_lens(rng, self.size, self.focal)
        joints = np.stack([body.joints @ turned.T + shift for body, (turned, shift) in zip(bodies, frames, strict=True)])
        top = bool(rng.random() < self.top)
        view = random_viewpoint(rng, camera, joints.reshape(-1, 3), top=top, pitch=self.pitch)
        stage = _Stage(camera)
        for k, (actor, body, (turned, shift)) in enumerate(zip(actors, bodies, frames, strict=True)):
            stage.draw(actor, body.vertices, view.rotation @ turned, view.seen(shift), k)
        return self._photographed(index, stage, view, joints, tuple(actor.describe() for actor in actors))

    def _photographed(
        self, index: int, stage: _Stage, view: Viewpoint, joints: Array, people: tuple[dict[str, Any], ...]
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
        visible = _visible(places, view.camera, stage.depth)
        depth, kept = np.zeros_like(stage.depth), np.full_like(stage.owner, -1)
        rows, columns = stage.rows_and_columns()
        drawn = stage.depth[rows, columns]
        drawn = np.where(np.isfinite(drawn), drawn, np.float32(0))
        got = sense(self.sensor, drawn, view.camera, rng)
        corner, owner = (columns.start, rows.start), np.ascontiguousarray(stage.owner[rows, columns])
        kept[rows, columns] = cut_out(rng, view, corner, got, drawn, owner, floor=floor, damage=self.damage)
        depth[rows, columns] = got
        np.maximum(stage.owner, -1, out=stage.owner)
        truth = (stage.parts, stage.owner, kept, places.astype(np.float32), visible)
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
_DEPTHS = np.array([_DEEP.get(name, _HIDDEN) for name in JOINTS])


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


def _visible(joints: Array, camera: Camera, depth: Array) -> Array:
    """(n, 35) of joints (n, 35, 3) in the camera's frame, against a picture with inf where nothing is."""
    return np.asarray(_uncovered(joints, _DEPTHS, camera.fx, camera.fy, camera.cx, camera.cy, depth))


@numba.njit(cache=True, nogil=True)
def _uncovered(joints: Array, under: Array, fx: float, fy: float, cx: float, cy: float, depth: Array) -> Array:
    out = np.zeros(joints.shape[:2], np.bool_)
    for i in range(joints.shape[0]):
        for j in range(joints.shape[1]):
            x, y, z = joints[i, j]
            if z > 0:
                column, row = np.floor(cx + fx * x / z + 0.5), np.floor(cy + fy * y / z + 0.5)
                if 0 <= column < depth.shape[1] and 0 <= row < depth.shape[0]:
                    out[i, j] = depth[int(row), int(column)] > z - under[j]
    return out


class _Stage:
    """Pictures that are drawn, and the box in which something was."""

    def __init__(self, camera: Camera) -> None:
        shape = (camera.height, camera.width)
        self.camera = camera
        self.depth = np.full(shape, np.inf, np.float32)
        self.parts = np.zeros(shape, np.uint8)
        self.owner = np.full(shape, -1, np.int8)
        self.box: Box = (camera.width, camera.height, 0, 0)

    def draw(self, actor: Actor, vertices: Array, matrix: Array, shift: Array, number: int) -> None:
        there = carried(locked(vertices), matrix.astype(np.float32), shift.astype(np.float32))
        mesh, owner = (there, actor.faces, actor.face_parts), (self.owner, number)
        self.widen([draw_mesh(*mesh, self.camera, self.depth, self.parts, owner=owner, closed=actor.standing)])

    def widen(self, boxes: list[Box]) -> None:
        for box in boxes:
            if box[2] > box[0] and box[3] > box[1]:
                low, high = np.minimum(self.box[:2], box[:2]), np.maximum(self.box[2:], box[2:])
                self.box = (int(low[0]), int(low[1]), int(high[0]), int(high[1]))

    def rows_and_columns(self) -> tuple[slice, slice]:
        """What was drawn, with a margin."""
        left, top, right, bottom = self.box
        if right <= left:
            return slice(0, 0), slice(0, 0)
        return (
            slice(max(top - _MARGIN, 0), min(bottom + _MARGIN, self.camera.height)),
            slice(max(left - _MARGIN, 0), min(right + _MARGIN, self.camera.width)),
        )


@numba.njit(cache=True, nogil=True)
def carried(vertices: Array, matrix: Array, shift: Array) -> Array:
    """(V, 3) float32 places turned by a (3, 3) float32 matrix and moved by (3,)."""
    out = np.empty_like(vertices)
    for i in range(vertices.shape[0]):
        x, y, z = vertices[i, 0], vertices[i, 1], vertices[i, 2]
        out[i, 0] = matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2] * z + shift[0]
        out[i, 1] = matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2] * z + shift[1]
        out[i, 2] = matrix[2, 0] * x + matrix[2, 1] * y + matrix[2, 2] * z + shift[2]
    return out
