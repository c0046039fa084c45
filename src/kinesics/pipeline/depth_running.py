"""A depth recording to a folder of results: what `kinesics depth track` does."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..errors import SinkError, UsageError
from ..types import Camera, Scene
from .depth_sinks import DEPTH_KINDS, DepthSink
from .depth_watching import finder_of, watch_depth
from .recording import record

__all__ = ["track_depth"]


def track_depth(
    source: str | Path | Any,
    out: str | Path = "kinesics-depth",
    *,
    save: Sequence[str] = ("jsonl", "png"),
    seconds: float | None = None,
    model: Any = None,
    decoder: str | None = None,
    camera: Camera | None = None,
    fps: float | None = None,
    units: str | float | None = None,
    mirrored: bool = False,
    masks: bool = False,
    step: Callable[[Scene], object] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Follow the people of a depth recording or camera and write what is known of them into a folder.

    Args:
        source: see `kinesics.depth.open_depth`.
        out: folder, made when there is something to write; files in it are called after the source.
        save: names out of `DEPTH_KINDS`: tables; npz with world (t, n, k, 3), scores, ids and times; png, everybody from all
            sides and a strip over time; sides, the best moment as depth, parts and joints; mp4; rrd for Rerun.
        seconds: stop at this time of the source; None for its end (or an interrupt, which leaves complete files too).
        model: see `watch_depth`.
        decoder: see `watch_depth`.
        camera: see `watch_depth`.
        fps: see `watch_depth`.
        units: see `watch_depth`.
        mirrored: see `watch_depth`.
        masks: write outlines too, in the formats that can.
        step: called with each Scene, for progress.
        options: handed to `watch_depth`: skeleton, people, background, predict, smooth.

    Returns:
        frames, people (how many ids), seconds (of the source), fps (of the work), status of the source, notes, and outputs by
        kind.

    Raises:
        UsageError: a kind nobody knows, or an option that makes no sense.
        SourceError: the source cannot be read; nothing is written then.
        SinkError: a result cannot be written.
        MissingExtra: rrd is asked for and rerun-sdk is not installed.
    """
    from ..depth.sources import open_depth

    unknown = [kind for kind in save if kind not in DEPTH_KINDS]
    if unknown:
        raise UsageError(f"nothing is saved as {unknown[0]!r}; there are {', '.join(DEPTH_KINDS)}")
    if "rrd" in save:
        from ..errors import need

        need("rerun", "rerun")  # told before the work, not after
    finder = finder_of(model, decoder)
    with open_depth(source, camera=camera, fps=fps, units=units, mirrored=mirrored) as opened:
        stem = re.sub(r"[^\w.-]+", "_", Path(str(opened.name)).resolve().stem).strip("._")[:100] or "source"
        outputs = {kind: f"{Path(out) / stem}{DEPTH_KINDS[kind]}" for kind in save}
        _refuse_input(source, outputs)
        seen = _Seen(seconds, step)
        start = time.perf_counter()
        scenes = watch_depth(opened, model=finder, masks=True, **options)
        sinks = [DepthSink(kind, path, finder, stem, masks) for kind, path in outputs.items()]
        frames = record(seen.through(scenes), *sinks)
        spent = time.perf_counter() - start
        return {
            "source": str(source),
            "frames": frames,
            "people": len(seen.ids),
            "seconds": round(seen.last, 3),
            "fps": round(frames / max(spent, 1e-9), 2),
            "status": opened.status,
            "notes": list(opened.notes),
            "outputs": outputs,
        }


def _refuse_input(source: Any, outputs: dict[str, str]) -> None:
    for name in outputs.values():
        path = Path(name)
        if isinstance(source, str | Path) and Path(source).exists() and path.exists() and Path(source).samefile(path):
            raise SinkError(f"{path} is the input itself; choose another folder with --out")


class _Seen:
    """Counts scenes as they go by."""

    def __init__(self, seconds: float | None, step: Callable[[Scene], object] | None) -> None:
        self.seconds, self.step, self.ids, self.last = seconds, step, set[int](), 0.0

    def through(self, scenes: Any) -> Iterator[Scene]:
        try:
            for scene in scenes:
                if self.seconds is not None and scene.time > self.seconds:
                    break
                self.ids |= {i for i in scene.people.ids.tolist() if i >= 0}
                self.last = scene.time
                if self.step is not None:
                    self.step(scene)
                yield scene
        finally:
            scenes.close()
