"""Depth scenes as a recording for the Rerun viewer: pictures, points of people, skeletons, all over time."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

import numpy as np

from ..draw.palette import id_color
from ..errors import SinkError, UsageError, need
from ..types import Array, Camera, People, Scene

_POINT = 0.006  # metres, radius of a point
_BONE, _JOINT = 0.012, 0.02


class RerunLog:
    """Writes depth scenes, one by one, to a file that `rerun FILE` replays.

    It is written beside its name and gets it when it is closed.

    Args:
        path: where to, by custom `.rrd`.
        name: of the recording, shown in the viewer.

    Raises:
        MissingExtra: rerun-sdk is not installed.
        SinkError: it cannot be written there.
    """

    def __init__(self, path: str | Path, name: str = "kinesics") -> None:
        self.path = Path(path)
        self._rerun: Any = need("rerun", "rerun")
        self._partial = self.path.with_name(self.path.name + ".partial")
        try:
            self._partial.open("wb").close()
        except OSError as error:
            raise SinkError(f"{self.path}: cannot be written ({error.strerror or error}); choose another place") from error
        self._stream = self._rerun.RecordingStream(name, recording_id=f"kinesics-{self.path.stem}")
        self._stream.save(str(self._partial))
        self._closed, self._shown = False, set[int]()
        self._camera: Camera | None = None
        axes = self._rerun.ViewCoordinates
        self._stream.log("world", axes.RDF, static=True)

    def write(self, scene: Scene) -> None:
        """Add one scene; it must hold its frame, and its camera in `chosen`.

        Raises:
            UsageError: it does not.
        """
        if scene.frame is None or scene.frame.depth is None or "camera" not in scene.chosen:
            raise UsageError("a Rerun recording needs depth scenes that hold their frames, as watch_depth gives them")
        rr, stream = self._rerun, self._stream
        stream.set_time("frame", sequence=scene.index)
        stream.set_time("time", duration=scene.time)
        camera = Camera(*scene.size, *scene.chosen["camera"])
        if camera != self._camera:
            self._camera = camera
            lens = [[camera.fx, 0, camera.cx], [0, camera.fy, camera.cy], [0, 0, 1]]
            stream.log("world/camera", rr.Pinhole(image_from_camera=lens, width=camera.width, height=camera.height))
        stream.log("world/camera/depth", rr.DepthImage(scene.frame.depth, meter=1.0))
        now = {int(identity) for identity in scene.people.ids}
        for identity in self._shown - now:
            stream.log(f"world/people/{identity}", rr.Clear(recursive=True))
        self._shown = now
        for row, identity in enumerate(scene.people.ids.tolist()):
            self._person(scene.people, row, f"world/people/{identity}", scene.frame.depth, camera)

    def _person(self, people: People, row: int, place: str, depth: Array, camera: Camera) -> None:
        rr, stream = self._rerun, self._stream
        colour = id_color(int(people.ids[row]))
        if people.masks is not None and people.masks.shape[1:] == depth.shape:
            rows, columns = np.nonzero(people.masks[row] & np.isfinite(depth) & (depth > 0))
            points = camera.unproject(np.stack([columns, rows], -1), depth[rows, columns])
            stream.log(f"{place}/points", rr.Points3D(points, colors=[colour], radii=_POINT))
        world = np.asarray(people.world, float)[row]
        there = (people.point_scores[row] > 0) & np.isfinite(world).all(axis=1)
        names = [name for name, seen in zip(people.skeleton.joints, there, strict=True) if seen]
        stream.log(
            f"{place}/joints",
            rr.Points3D(world[there], colors=[colour], radii=_JOINT, labels=names, show_labels=False),
        )
        bones = [world[[a, b]] for a, b in people.skeleton.bones if there[a] and there[b]]
        stream.log(f"{place}/bones", rr.LineStrips3D(bones, colors=[colour], radii=_BONE))

    def close(self) -> None:
        """Finish the file and give it its name; twice is fine."""
        if self._closed:
            return
        self._closed = True
        self._stream.flush()
        self._stream.disconnect()
        try:
            os.replace(self._partial, self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                self._partial.unlink()
            raise SinkError(f"{self.path}: cannot be written ({error.strerror or error})") from error
