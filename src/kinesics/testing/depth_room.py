"""A made room before a depth camera: floor, wall, furniture, people of capsules who move; exact, without a mesh or a kernel."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..bodies import JOINTS, Performance
from ..bodies.actors import Actor
from ..bodies.kinematics import turn
from ..bodies.zbuffer import draw_mesh
from ..depth.anatomy import VOTED
from ..types import Array, Camera, Frame

_THICK = {
    "hip": 0.085, "knee": 0.06, "ankle": 0.045, "foot": 0.035, "heel": 0.035, "shoulder": 0.06, "elbow": 0.045, "wrist": 0.035,
    "hand": 0.035, "spine": 0.12, "center": 0.1, "head": 0.1,
}  # fmt: skip
_CHAINS: tuple[tuple[str, ...], ...] = (
    ("hip_center", "spine", "shoulder_center", "head"),
    *(("shoulder_center", f"{s}_shoulder", f"{s}_elbow", f"{s}_wrist", f"{s}_hand") for s in ("left", "right")),
    *(("hip_center", f"{s}_hip", f"{s}_knee", f"{s}_ankle", f"{s}_foot") for s in ("left", "right")),
    *((f"{s}_shoulder", f"{s}_hip") for s in ("left", "right")),
)
_VOTED = [JOINTS.index(name) for name in VOTED]


@dataclass(frozen=True)
class Box:
    """Something with corners, level, on world axes: `low` and `high` are its two outermost corners, metres, y down."""

    low: tuple[float, float, float]
    high: tuple[float, float, float]


def chair(x: float, z: float) -> tuple[Box, ...]:
    """A chair 0.9 m high whose seat is centred over (x, z), its back to the wall."""
    seat = Box((x - 0.22, -0.48, z - 0.22), (x + 0.22, -0.42, z + 0.22))
    back = Box((x - 0.22, -0.90, z + 0.18), (x + 0.22, -0.48, z + 0.22))
    legs = (Box((x + a - 0.02, -0.42, z + b - 0.02), (x + a + 0.02, 0, z + b + 0.02)) for a in (-0.2, 0.2) for b in (-0.2, 0.2))
    return (seat, back, *legs)


@dataclass(frozen=True)
class Room:
    """What stands still, and the camera.

    World axes: the floor is y = 0, y points down, the camera stands over the origin and looks along z.

    Attributes:
        camera: how it maps.
        eye: metres of the camera above the floor.
        pitch: degrees it looks down.
        wall: metres to the back wall; None for none.
        floor: whether there is one; without floor and wall the pictures look segmented.
        boxes: furniture.
        noise: metres of noise at two metres, growing with the square of the distance.
    """

    camera: Camera = field(default_factory=lambda: Camera.of_view(320, 240, 46.0))
    eye: float = 1.1
    pitch: float = 5.0
    wall: float | None = 4.5
    floor: bool = True
    boxes: tuple[Box, ...] = ()
    noise: float = 0.004

    def seen(self, points: Array) -> Array:
        """(..., 3) of the room as (..., 3) of the camera."""
        return np.asarray((np.asarray(points) + (0, self.eye, 0)) @ turn("x", np.array([self.pitch]))[0].T)

    def shot(self, people: Sequence[Array], rng: np.random.Generator) -> tuple[Array, Array]:
        """Depth (h, w) float32 metres, 0 for nothing; and owner (h, w) int8, the number of the person or -1.

        Args:
            people: joints (len(JOINTS), 3) in the room.
            rng: of the noise.
        """
        depth = self.still()
        owner = np.full(depth.shape, -1, np.int8)
        for number, joints in enumerate(people):
            for centre, radius in _spheres(joints):
                self._ball(depth, owner, number, self.seen(centre), radius)
        return self.sensed(depth, rng), owner

    def sensed(self, depth: Array, rng: np.random.Generator) -> Array:
        """What the sensor makes of a perfect picture: noise, and nothing from far away."""
        depth = np.where(depth < 9.5, depth, 0)
        noise = rng.normal(0, self.noise / 4, depth.shape) * depth**2
        return np.where(depth > 0, depth + noise, 0).astype(np.float32)

    def _rays(self) -> Array:
        """(h, w, 3) directions in the room, of which the part along the camera's axis is 1."""
        rows, columns = np.mgrid[0 : self.camera.height, 0 : self.camera.width]
        rays = self.camera.unproject(np.stack([columns, rows], -1), np.ones(rows.shape))
        return np.asarray(rays @ turn("x", np.array([self.pitch]))[0])

    def still(self) -> Array:
        """(h, w) metres of the empty room, inf where nothing is."""
        rays, depth = self._rays(), np.full((self.camera.height, self.camera.width), np.inf)
        start = np.array([0.0, -self.eye, 0.0])
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.floor:
                depth = np.where(rays[..., 1] > 1e-6, self.eye / rays[..., 1], depth)
            if self.wall is not None:
                depth = np.minimum(depth, np.where(rays[..., 2] > 1e-6, self.wall / rays[..., 2], np.inf))
            for box in self.boxes:
                one, other = ((np.array(corner) - start) / rays for corner in (box.low, box.high))
                enter, leave = np.minimum(one, other).max(axis=-1), np.maximum(one, other).min(axis=-1)
                depth = np.where((enter < leave) & (enter > 0.05) & (enter < depth), enter, depth)
        return depth

    def _ball(self, depth: Array, owner: Array, number: int, centre: Array, radius: float) -> None:
        camera = self.camera
        if centre[2] < radius + 0.1:
            return
        (u, v), reach = camera.project(centre), camera.fx * radius / (centre[2] - radius) + 1
        x1, x2 = (int(np.clip(value, 0, camera.width)) for value in (u - reach, u + reach + 1))
        y1, y2 = (int(np.clip(value, 0, camera.height)) for value in (v - reach, v + reach + 1))
        if x1 >= x2 or y1 >= y2:
            return
        rows, columns = np.mgrid[y1:y2, x1:x2]
        rays = camera.unproject(np.stack([columns, rows], -1), np.ones(rows.shape))
        a, b = (rays**2).sum(-1), rays @ centre
        root = b * b - a * (centre @ centre - radius * radius)
        z = np.where(root > 0, (b - np.sqrt(np.maximum(root, 0))) / a, np.inf)
        nearer = z < depth[y1:y2, x1:x2]
        depth[y1:y2, x1:x2][nearer] = z[nearer]
        owner[y1:y2, x1:x2][nearer] = number


def _spheres(joints: Array) -> Iterator[tuple[Array, float]]:
    """Centres and radii that a body of capsules is made of."""
    for chain in _CHAINS:
        for one, other in itertools.pairwise(chain):
            a, b = joints[JOINTS.index(one)], joints[JOINTS.index(other)]
            ra, rb = _THICK[one.rsplit("_", 1)[-1]], _THICK[other.rsplit("_", 1)[-1]]
            if "hip" in other and "shoulder" in one:
                ra = rb = 0.1
            count = max(int(np.linalg.norm(b - a) / 0.06), 1)
            for share in np.linspace(0, 1, count + 1):
                yield a + (b - a) * share, ra + (rb - ra) * share


def walk(performance: Performance, start: tuple[float, float], stop: tuple[float, float], facing: float = 0.0) -> Array:
    """Joints (t, len(JOINTS), 3) in the room of somebody who goes from (x, z) to (x, z) while doing what they do."""
    joints = performance.joints @ turn("y", np.array([facing]))[0].T
    joints = joints - joints[:, :1] * (1, 0, 1)
    share = np.linspace(0, 1, len(joints))[:, None]
    path = np.array(start) + share * (np.array(stop) - np.array(start))
    return np.asarray(joints + np.stack([path[:, 0], np.zeros(len(path)), path[:, 1]], axis=1)[:, None])


@dataclass(frozen=True)
class Walker:
    """Somebody with a skin who goes from one place to another while doing something.

    Attributes:
        actor: who (`kinesics.bodies.actors.make_actor`).
        performance: what they do.
        start: (x, z) metres.
        stop: likewise.
        facing: degrees turned from the camera.
    """

    actor: Actor
    performance: Performance
    start: tuple[float, float]
    stop: tuple[float, float]
    facing: float = 0.0

    def at(self, room: Room, index: int) -> tuple[Array, Array]:
        """Vertices (v, 3) and joints (35, 3) in the camera's frame at a moment."""
        posed = self.actor.posed(self.performance.pose[index])
        share = index / max(len(self.performance.pose) - 1, 1)
        x, z = np.array(self.start) + share * (np.array(self.stop) - np.array(self.start))
        turned = turn("y", np.array([self.facing]))[0]
        middle = posed.joints[0] * (1, 0, 1)
        return tuple(room.seen((points - middle) @ turned.T + (x, 0, z)) for points in (posed.vertices, posed.joints))  # type: ignore[return-value]


def skinned_frames(
    room: Room, walkers: Sequence[Walker], *, fps: float = 30.0, seed: int = 0
) -> Iterator[tuple[Frame, Array, Array]]:
    """As `frames`, of people with skin and clothes."""
    rng = np.random.default_rng(seed)
    for index in range(min(len(walker.performance.pose) for walker in walkers)):
        depth = np.ascontiguousarray(room.still(), np.float32)
        parts, owner = np.zeros(depth.shape, np.uint8), np.full(depth.shape, -1, np.int8)
        joints = []
        for number, walker in enumerate(walkers):
            vertices, places = walker.at(room, index)
            skin = np.ascontiguousarray(vertices, np.float32)
            draw_mesh(skin, walker.actor.faces, walker.actor.face_parts, room.camera, depth, parts, owner=(owner, number))
            joints.append(places)
        yield Frame(depth=room.sensed(depth, rng), index=index, time=index / fps), np.stack(joints), owner


def frames(room: Room, people: Sequence[Array], *, fps: float = 30.0, seed: int = 0) -> Iterator[tuple[Frame, Array, Array]]:
    """Frames of people (t, len(JOINTS), 3) in a room: the frame, their joints as seen (n, k, 3), and the owner picture."""
    rng = np.random.default_rng(seed)
    for index in range(min(len(joints) for joints in people) if people else 0):
        now = [joints[index] for joints in people]
        depth, owner = room.shot(now, rng)
        yield Frame(depth=depth, index=index, time=index / fps), np.stack([room.seen(joints) for joints in now]), owner


@dataclass(frozen=True)
class Known:
    """Joints (23, 3) in the order of `kinesics.depth.VOTED`, and their confidences (23,)."""

    joints: Array
    confidence: Array


class KnownJoints:
    """Stands where a `JointFinder` would, and knows the truth: the joints of whom most of the picture's points are near.

    Args:
        noise: metres of noise on every joint.
        seed: of it.
    """

    def __init__(self, noise: float = 0.0, seed: int = 0) -> None:
        self.noise, self._rng = noise, np.random.default_rng(seed)
        self.joints = np.zeros((0, len(VOTED), 3))

    def feed(self, clip: Iterable[tuple[Frame, Array, Array]]) -> Iterator[Frame]:
        """The frames of a clip (see `frames`), while their joints are known here."""
        for frame, joints, _ in clip:
            self.joints = joints[:, _VOTED].reshape(-1, len(VOTED), 3)
            yield frame

    def __call__(self, depth: Array, camera: Camera, *, previous: Any = None) -> Known:
        """Joints of the person in the picture; of a thing, joints of nobody with next to no confidence."""
        rows, columns = np.nonzero(depth)
        cloud = camera.unproject(np.stack([columns, rows], -1), depth[rows, columns] / 1000)[::7]
        best, share = Known(np.full((len(VOTED), 3), np.nan, np.float32), np.zeros(len(VOTED), np.float32)), 0.0
        for joints in self.joints if len(cloud) else []:
            away = np.linalg.norm(joints[:, None] - cloud[None], axis=-1)  # (23, n)
            near = float((away.min(axis=0) < 0.2).mean())
            if near > share:
                sure = np.where(away.min(axis=1) < 0.25, 0.9, 0.3) * (near if near > 0.35 else 0.1)
                noisy = joints + self._rng.normal(0, self.noise, joints.shape)
                best, share = Known(noisy.astype(np.float32), sure.astype(np.float32)), near
        return best
