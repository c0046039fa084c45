"""Depth pictures to Scenes: room off, joints, ids, one frame after the other."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from ..depth.anatomy import mixture
from ..depth.people import Crowd, DepthPeople
from ..errors import UsageError
from ..tracks import Tracker
from ..types import Array, Camera, Frame, Masks, People, Scene, Skeleton
from ..types import skeleton as built_in

__all__ = ["DepthChain", "finder_of", "people_of", "watch_depth"]

_SURE = 0.5  # score from which on somebody is a person
_UNIT, _TALL, _WIDE = 100.0, 170.0, 60.0  # the tracker's pixels a metre, and everybody's size in them


def watch_depth(
    source: str | Path | Iterable[Frame],
    *,
    model: Any = None,
    skeleton: str = "kinect20",
    decoder: str | None = None,
    people: int | None = None,
    background: str = "auto",
    predict: float = 0.0,
    camera: Camera | None = None,
    smooth: bool = True,
    masks: bool = False,
    fps: float | None = None,
    units: str | float | None = None,
    mirrored: bool = False,
) -> Generator[Scene]:
    """Follow the people of a depth recording or camera, frame by frame.

    World points are metres in the camera's axes: x right, y down, z away. What is known of the room stands in `Scene.chosen`:
    `camera` (fx, fy, cx, cy), and where a floor is seen `floor` (its upward normal and the camera's height above it, metres)
    with `pitch` and `roll` of the camera (degrees it looks down, and is turned about its axis).

    Args:
        source: a folder of 16-bit PNG or EXR, an npz, a recording of glimpse, an open depth source, a live camera (see
            `kinesics.depth.open_depth`), or any iterable of frames with `depth`; that one needs `camera`.
        model: a depth model (.kin), its path, a ready finder of joints, or None for the one that ships.
        skeleton: "kinect20", "glimpse14", "itop15" or "coco17".
        decoder: "fit", "votes" or "parts"; None for what `JointFinder` does.
        people: at most so many, the surest; None for everybody.
        background: "auto", "learn" or "none", see `DepthPeople`.
        predict: seconds by which joints are predicted, at most 0.1.
        camera: what took the pictures; goes before what the files say.
        smooth: filter joints over time and keep bones at their lengths.
        masks: give everybody's outline too.
        fps: pictures a second of what has no times.
        units: "mm", "m" or metres a step.
        mirrored: the pictures are mirror images (Kinect v1): turn them round first.

    Yields:
        a Scene for each frame. People have an id, `points` in pixels with metres of depth third, and `world`.

    Raises:
        SourceError: the source cannot be read.
        FormatError: the model is no depth model.
        WeightsError: no model is given and none is installed.
        UsageError: an option has a value that makes no sense.

    Example:
        >>> import kinesics as ks
        >>> for scene in ks.watch_depth("recording/"):  # doctest: +SKIP
        ...     print(scene.time, scene.people.world)
    """
    chain = DepthChain(
        finder_of(model, decoder),
        skeleton,
        people=people,
        background=background,
        predict=predict,
        smooth=smooth,
        masks=masks,
    )
    frames: Any = source
    if isinstance(source, str | Path) or not hasattr(source, "__iter__"):
        from ..depth.sources import open_depth

        frames = open_depth(source, camera=camera, fps=fps, units=units, mirrored=mirrored)
    elif camera is None and getattr(source, "camera", None) is None:
        raise UsageError("watch_depth: frames that are handed in do not say what took them; give camera=Camera(…)")
    return _scenes(chain, frames, camera)


def _scenes(chain: DepthChain, frames: Any, camera: Camera | None) -> Generator[Scene]:
    """Scene after scene; the source is closed whatever happens."""
    try:
        for frame in frames:
            gravity = getattr(frames, "gravity", None)
            lens: Any = getattr(frames, "camera", None) or camera
            yield chain.look(frame, lens, None if gravity is None else -np.asarray(gravity, float))
    finally:
        close = getattr(frames, "close", None)
        if close:
            close()


class DepthChain:
    """What happens to one depth frame; everything that lasts from frame to frame is in here.

    Args:
        finder: joints of one person, see `kinesics.depth.JointFinder`.
        skeleton: name of a built-in one that a depth picture gives.
        people, background, smooth: see `DepthPeople`.
        predict: seconds ahead.
        masks: give outlines.

    Raises:
        UsageError: an option has a value that makes no sense.
    """

    def __init__(
        self,
        finder: Any,
        skeleton: str = "kinect20",
        *,
        people: int | None = None,
        background: str = "auto",
        predict: float = 0.0,
        smooth: bool = True,
        masks: bool = False,
    ) -> None:
        self.mixture, self.skeleton = mixture(skeleton), built_in(skeleton)
        self.finder, self.predict, self.masks = finder, predict, masks
        self.options: dict[str, Any] = {"people": people, "background": background, "smooth": smooth}
        self._stage_for(Camera(1, 1, 1, 1, 0, 0))  # an option that makes no sense is told here
        if not 0 <= predict <= 0.1:
            raise UsageError(f"predict: expected 0 to 0.1 seconds, got {predict}")
        self.reset()

    def reset(self) -> None:
        """Forget the room and everybody."""
        self.stage: DepthPeople | None = None
        self._key: Any = None

    def _stage_for(self, camera: Camera) -> DepthPeople:
        tracker = Tracker(sure=_SURE)

        def identify(places: Array, scores: Array, time: float) -> Array:
            """Ids through the tracker, on the floor as seen from above: there people who pass behind others stay apart."""
            x, y = _UNIT * places[:, 0], _UNIT * places[:, 1]
            boxes = np.stack([x - _WIDE / 2, y - 0.3 * _TALL, x + _WIDE / 2, y + 0.7 * _TALL], axis=1)
            return np.asarray(tracker.update(People.from_boxes(boxes, scores), time).ids)

        return DepthPeople(self.finder, camera, identify, **self.options)

    def look(self, frame: Frame, camera: Camera, up: Array | None = None) -> Scene:
        """One frame through all stages; a new epoch or another camera starts anew.

        Args:
            frame: with `depth`.
            camera: what took it.
            up: (3,) upwards in camera axes, where somebody tells.

        Raises:
            UsageError: the frame has no depth.
        """
        if frame.depth is None:
            raise UsageError(f"frame {frame.index}: expected a depth picture, this one has colours only")
        key = frame.epoch, camera
        if self.stage is None or key != self._key:
            self.stage, self._key = self._stage_for(camera), key
        crowd = self.stage.look(frame.depth, frame.time, up=up, ahead=self.predict)
        people = people_of(crowd, camera, self.skeleton, self.mixture, masks=self.masks)
        crowd.timing["total"] = sum(crowd.timing.values())
        return Scene(
            frame.index,
            frame.time,
            frame.size,
            people,
            timing=crowd.timing,
            chosen=_room(crowd, camera),
            epoch=frame.epoch,
            corrupt=frame.corrupt,
            frame=frame,
        )


def people_of(crowd: Crowd, camera: Camera, body: Skeleton, weights: Array, *, masks: bool = False) -> People:
    """A crowd as People of a built-in skeleton.

    Args:
        crowd: who is there.
        camera: for the pixels.
        body: the skeleton.
        weights: (k, 23) what its joints are made of, see `kinesics.depth.mixture`.
        masks: with outlines.
    """
    n, k = len(crowd.ids), len(body)
    used = weights != 0
    known = np.isfinite(crowd.joints).all(axis=2) & (crowd.confidence > 0)  # (n, 23)
    world = np.einsum("kj,njd->nkd", weights, np.where(known[..., None], crowd.joints, 0.0)).reshape(n, k, 3)
    scores = np.where(used[None], crowd.confidence[:, None], np.inf).min(axis=2, initial=np.inf).reshape(n, k)
    pixels = camera.project(world)
    there = (scores > 0) & ~(used[None] & ~known[:, None]).any(axis=2) & np.isfinite(pixels).all(axis=2)
    world = np.where(there[..., None], world, np.nan)
    return People(
        crowd.boxes,
        np.clip(crowd.score, 0, 1),
        np.concatenate([np.where(there[..., None], pixels, np.nan), world[..., 2:]], axis=2),
        np.where(there, np.clip(scores, 0, 1), 0.0),
        body,
        crowd.ids,
        world=world,
        masks=Masks.dense(_outlines(crowd)) if masks else None,
    )


def _outlines(crowd: Crowd) -> Array:
    """(n, h, w) bool."""
    pieces = np.where(crowd.pieces > 0, crowd.pieces, -1)
    return np.asarray(crowd.labels[None] == pieces[:, None, None])


def _room(crowd: Crowd, camera: Camera) -> dict[str, Any]:
    lens = [camera.fx, camera.fy, camera.cx, camera.cy]
    floor = crowd.floor
    if floor is None:
        return {"camera": lens}
    plane = [round(float(value), 4) for value in (*floor.normal, floor.height)]
    return {"camera": lens, "floor": plane, "pitch": round(floor.pitch, 2), "roll": round(floor.roll, 2)}


def finder_of(model: Any, decoder: str | None = None) -> Any:
    """A finder of joints from whatever stands for one: a finder, a depth model, its file, or None for the one that ships."""
    if callable(model) and not isinstance(model, str | Path):
        return model
    from ..depth.joints import JointFinder
    from ..depth.shipped import open_depth_model

    opened = open_depth_model(model)
    return JointFinder(opened) if decoder is None else JointFinder(opened, decoder)
