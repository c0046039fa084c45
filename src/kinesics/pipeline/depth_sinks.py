"""Where depth scenes go: tables, arrays, pictures from all sides, a film, a recording for Rerun."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SinkError
from ..types import Array, Camera, People, Scene
from .recording import Sink, sink_for

__all__ = ["DEPTH_KINDS", "DepthArrays", "DepthFilm", "DepthPicture", "DepthSink"]

#: What can be written, and how its file's name ends.
DEPTH_KINDS = {
    "jsonl": ".jsonl",
    "csv": ".csv",
    "parquet": ".parquet",
    "npz": ".npz",
    "png": ".png",
    "sides": ".sides.png",
    "timeline": ".timeline.png",
    "mp4": ".mp4",
    "rrd": ".rrd",
}


class DepthSink:
    """A sink that is opened with the first scene, so that a source that fails leaves nothing behind."""

    def __init__(self, kind: str, path: str, finder: Any, title: str, masks: bool) -> None:
        self.kind, self.path, self.finder, self.title, self.masks = kind, path, finder, title, masks
        self._sink: Sink | None = None
        self._done = False

    def write(self, scene: Scene) -> None:
        """Take one more scene."""
        plain = self.kind in ("jsonl", "csv", "parquet", "timeline") and not self.masks
        self._opened().write(_without_masks(scene) if plain else scene)

    def close(self) -> None:
        """Finish the file; twice is fine."""
        if not self._done:
            self._done = True
            self._opened().close()

    def _opened(self) -> Sink:
        if self._sink is None:
            folder = Path(self.path).parent
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise SinkError(f"{folder}: a folder for the results cannot be made: {error.strerror}") from error
            self._sink = _open(self.kind, self.path, self.finder, self.title)
        return self._sink


def _open(kind: str, path: str, finder: Any, title: str) -> Sink:
    if kind == "rrd":
        from .rerun_log import RerunLog

        return RerunLog(path, title)
    if kind in ("png", "sides"):
        return DepthPicture(path, finder, title, sides=kind == "sides")
    if kind == "mp4":
        return DepthFilm(path)
    return DepthArrays(path) if kind == "npz" else sink_for(path)


def _without_masks(scene: Scene) -> Scene:
    p = scene.people
    bare = People(p.boxes, p.score, p.points, p.point_scores, p.skeleton, p.ids, world=p.world)
    return Scene(
        scene.index,
        scene.time,
        scene.size,
        bare,
        timing=scene.timing,
        chosen=scene.chosen,
        epoch=scene.epoch,
        corrupt=scene.corrupt,
        frame=scene.frame,
    )


class DepthPicture:
    """Keeps what one picture of a recording needs and draws it at the end.

    Args:
        path: where to.
        finder: whose model labels the parts; one without a model leaves people in the colours of their ids.
        title: over the picture.
        sides: one moment as depth, parts and joints side by side; else everybody from all sides and a strip over time.
    """

    def __init__(self, path: str | Path, finder: Any = None, title: str = "", *, sides: bool = False) -> None:
        from ..draw.turntable import TurntableRecorder

        self.path, self.finder, self.sides, self._closed = Path(path), finder, sides, False
        self.recorder = TurntableRecorder(self.parts, title)

    def write(self, scene: Scene) -> None:
        """Take one more scene."""
        self.recorder.add(scene)

    def close(self) -> None:
        """Draw and write the picture; twice is fine."""
        if self._closed:
            return
        self._closed = True
        from ..draw.pictures import save_picture

        partial = self.path.with_name(f"{self.path.stem}.partial.png")
        save_picture(partial, self.recorder.sides() if self.sides else self.recorder.image())
        os.replace(partial, self.path)

    def parts(self, scene: Scene) -> Array | None:
        """(h, w) labels of the parts of the people of a scene, as the finder's forest sees them."""
        forest = getattr(getattr(self.finder, "model", None), "forest", None)
        masks = scene.people.masks
        if forest is None or masks is None or scene.frame is None or scene.frame.depth is None:
            return None
        from ..depth.metres import millimetres

        picture, parts = millimetres(scene.frame.depth), np.zeros(scene.size[::-1], np.uint8)
        lens = Camera(*scene.size, *scene.chosen["camera"])
        for mask in masks:
            alone = np.where(mask, picture, np.uint16(0))
            rows, columns = np.nonzero(alone)
            if len(rows):
                parts[rows, columns] = forest.label(alone, lens, rows, columns).argmax(axis=1)
        return parts


class DepthFilm:
    """Depth as lit surfaces with figures on it, as a video at twice the size."""

    def __init__(self, path: str | Path) -> None:
        from ..video import VideoWriter

        self.writer = VideoWriter(path)
        self._span: tuple[float, float] | None = None

    def write(self, scene: Scene) -> None:
        """Draw and encode one scene."""
        from ..draw.shading import reach
        from ..draw.turntable import moment

        if scene.frame is not None and scene.frame.depth is not None and len(scene.people):
            now, old = reach(scene.frame.depth), self._span
            share = 0.02  # colours do not flicker
            self._span = now if old is None else (old[0] + share * (now[0] - old[0]), old[1] + share * (now[1] - old[1]))
        self.writer.write(moment(scene, max(1, round(640 / max(scene.size))), span=self._span), scene.time)

    def close(self) -> None:
        """Finish the file."""
        self.writer.close()


class DepthArrays:
    """World points of everybody over time, as arrays: for numpy, MATLAB and the like.

    The file holds world (t, n, k, 3) float32 metres, NaN where missing; points (t, n, k, 2) pixels; scores (t, n, k); ids (n,);
    times (t,); joints (k,) names; camera (fx, fy, cx, cy) and size (width, height); floor (4,) where one was seen.
    """

    def __init__(self, path: str | Path) -> None:
        self.path, self._closed = Path(path), False
        self._rows: list[tuple[float, Array, Array, Array, Array]] = []
        self._last: Scene | None = None
        self._room: dict[str, Any] = {}

    def write(self, scene: Scene) -> None:
        """Take one more scene; only numbers are kept of it."""
        people = scene.people
        world = np.asarray(people.world, np.float32).reshape(len(people), len(people.skeleton), 3)
        self._rows.append((scene.time, people.ids, world, people.points[..., :2], people.point_scores))
        self._room = {**self._room, **scene.chosen, "size": scene.size, "joints": people.skeleton.joints}

    def close(self) -> None:
        """Write the file; twice is fine.

        Raises:
            SinkError: it cannot be written.
        """
        if self._closed:
            return
        self._closed = True
        ids = np.unique(np.concatenate([np.zeros(0, int), *(row[1] for row in self._rows)]))
        joints = self._room.get("joints", ())
        shape = (len(self._rows), len(ids), len(joints))
        world, points = np.full((*shape, 3), np.nan, np.float32), np.full((*shape, 2), np.nan, np.float32)
        scores = np.zeros(shape, np.float32)
        for at, (_, who, places, pixels, sure) in enumerate(self._rows):
            columns = np.searchsorted(ids, who)
            world[at, columns], points[at, columns], scores[at, columns] = places, pixels, sure
        told: dict[str, Any] = {
            key: np.asarray(self._room[key], float) for key in ("camera", "floor", "size") if key in self._room
        }
        partial = self.path.with_name(self.path.name + ".partial")
        try:
            with partial.open("wb") as file:
                np.savez_compressed(
                    file,
                    world=world,
                    points=points,
                    scores=scores,
                    ids=ids,
                    times=np.array([row[0] for row in self._rows]),
                    joints=np.array(joints, dtype=str),
                    **told,
                )
            os.replace(partial, self.path)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise SinkError(f"{self.path}: cannot be written ({error.strerror or error})") from error
