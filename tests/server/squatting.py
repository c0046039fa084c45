"""A made person who squats before a made webcam: so often, so deep."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kinesics.bodies.motions import perform
from kinesics.bodies.performing import made_plate, over
from kinesics.bodies.portraits import make_portrait, render
from kinesics.bodies.recipes import Recipe
from kinesics.bodies.standpoints import whole_body
from kinesics.bodies.steps import squat
from kinesics.types import Array

SIDE = 480  # pixels of the square in which the person is


def squats(
    depths: Sequence[float], *, fps: float = 15.0, yaw: float = 80.0, rest: float = 1.0, seed: int = 4
) -> Iterator[Array]:
    """Pictures (480, 640, 3) uint8 of somebody who stands, squats once for each depth (degrees of the thighs), stands."""
    rng = np.random.default_rng(seed)
    portrait = make_portrait(rng)
    plate = made_plate(rng, 640)[80 : 80 + SIDE]
    view = whole_body(portrait.actor.height, size=SIDE, yaw=yaw)
    tries = [_poses(depth, portrait.actor.body, rng, fps) for depth in depths]
    still = np.repeat(tries[0][:1], max(round(rest * fps), 1), 0)
    drawn: dict[bytes, Array] = {}
    for pose in np.concatenate([still, *(part for one in tries for part in (one, still))]):
        key = pose.round(2).tobytes()
        if key not in drawn:
            picture = plate.copy()
            middle = picture[:, 80 : 80 + SIDE]
            middle[:] = over(render(portrait, pose, camera=view, size=SIDE).picture, middle)
            drawn[key] = picture
        yield drawn[key]


def _poses(depth: float, body: object, rng: np.random.Generator, fps: float) -> Array:
    recipe = Recipe(moves=squat(depth), seconds=2.0, cycles=(1, 1))
    return perform(recipe, body, rng, fps=fps, variety=0.0).pose  # type: ignore[arg-type]


def write_squats(path: Path, depths: Sequence[float]) -> Path:
    """The same as Motion JPEG for Chromium's made webcam, which shows 30 pictures a second: each is there twice."""
    import av

    with av.open(str(path), "w", format="mjpeg") as sink:
        out: Any = sink.add_stream("mjpeg", rate=30)
        out.width, out.height, out.pix_fmt = 640, SIDE, "yuvj420p"
        for picture in squats(depths):
            for _ in range(2):
                sink.mux(out.encode(av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(640, SIDE, "yuvj420p")))
        sink.mux(out.encode(None))
    return path
