"""Made people drawn as depth pictures: how many a second one core skins and renders, and how many whole views it makes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

import numpy as np

from ..bodies.actors import Actor, Posed, make_actor
from ..bodies.pose_bank import PoseBank
from ..bodies.stage import carried
from ..bodies.views import ViewMaker
from ..bodies.zbuffer import draw_mesh
from ..types import Array, Camera
from ..types.arrays import locked

__all__ = ["bench_depth_render"]

_PEOPLE, _POSES, _AWAY = 4, 50, 2.5


def bench_depth_render(
    size: tuple[int, int] = (320, 240), *, rounds: int = 9, views: int = 160, seed: int = 0
) -> dict[str, float]:
    """Draw four dressed people in fifty poses each, seen whole by a first Kinect from 2.5 m, by processor time of one thread.

    Args:
        size: (width, height) of the pictures.
        rounds: how often all is drawn; the median counts.
        views: how many views of `ViewMaker` are made in a round, people and all, of a third of the rounds.
        seed: of people and poses.

    Returns:
        fps: skin, carry to the camera and draw, at full detail; fps_light: of light bodies; ms_pose, ms_draw: the same apart,
        at full detail; fps_views: views with people, poses, noise and damage; triangles and body_pixels, of a mean picture.
    """
    camera = Camera(320, 240, 285.6, 285.6, 159.5, 119.5).resized(*size)
    full, light = (_Scenes(detail, camera, seed) for detail in ("full", "light"))
    maker = ViewMaker(seed, size=size)
    maker.view(0)  # compiled, and the poses made
    spent: dict[str, list[float]] = {name: [] for name in ("full", "light", "pose", "draw", "views")}
    for turn in range(rounds):
        spent["full"].append(_seconds(full.both))
        spent["light"].append(_seconds(light.both))
        spent["pose"].append(_seconds(full.pose))
        spent["draw"].append(_seconds(full.draw))
        if turn % 3 == 0:
            spent["views"].append(_seconds(lambda: [maker.view(i) for i in range(8, 8 + views)]))
    one = {name: float(np.median(times)) / (views if name == "views" else _PEOPLE * _POSES) for name, times in spent.items()}
    return {
        "fps": 1 / one["full"],
        "fps_light": 1 / one["light"],
        "ms_pose": 1000 * one["pose"],
        "ms_draw": 1000 * one["draw"],
        "fps_views": 1 / one["views"],
        "triangles": float(np.mean([len(actor.faces) for actor in full.actors])),
        "body_pixels": full.pixels(),
        "width": size[0],
        "height": size[1],
    }


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


class _Scenes:
    """People, their poses, and one picture that is drawn again and again."""

    def __init__(self, detail: Literal["full", "light"], camera: Camera, seed: int) -> None:
        rng = np.random.default_rng(seed)
        bank = PoseBank(seed, poses=200)
        self.actors = [make_actor(rng, detail=detail) for _ in range(_PEOPLE)]
        self.poses = [[bank.draw(rng) for _ in range(_POSES)] for _ in self.actors]
        self.camera = camera
        shape = (camera.height, camera.width)
        self.depth, self.parts = np.full(shape, np.inf, np.float32), np.zeros(shape, np.uint8)
        self.matrix = np.eye(3, dtype=np.float32)
        self.shown = [[actor.posed(*pose) for pose in poses] for actor, poses in zip(self.actors, self.poses, strict=True)]
        self.both()

    def both(self) -> None:
        for actor, poses in zip(self.actors, self.poses, strict=True):
            for pose in poses:
                self._drawn(actor, actor.posed(*pose))

    def pose(self) -> None:
        for actor, poses in zip(self.actors, self.poses, strict=True):
            for pose in poses:
                actor.posed(*pose)

    def draw(self) -> None:
        for actor, shown in zip(self.actors, self.shown, strict=True):
            for posed in shown:
                self._drawn(actor, posed)

    def pixels(self) -> float:
        """Of a body, in the mean picture."""
        return float(np.mean([self._drawn(a, p) for a, shown in zip(self.actors, self.shown, strict=True) for p in shown]))

    def _drawn(self, actor: Actor, posed: Posed) -> int:
        """Draw into the empty picture, count, and empty it again where something was drawn."""
        shift = _before(posed.joints)
        there = carried(locked(posed.vertices), self.matrix, shift)
        mesh, pictures = (there, actor.faces, actor.face_parts), (self.depth, self.parts)
        left, top, right, bottom = draw_mesh(*mesh, self.camera, *pictures, closed=actor.standing)
        window = self.depth[top:bottom, left:right]
        count = int(np.isfinite(window).sum())
        window.fill(np.inf)
        self.parts[top:bottom, left:right] = 0
        return count


def _before(joints: Array) -> Array:
    """(3,) that brings the middle of a body before the camera."""
    middle = (joints.min(axis=0) + joints.max(axis=0)) / 2
    return np.asarray((0, 0, _AWAY) - middle, np.float32)
