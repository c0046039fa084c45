"""A source to a folder of results: what `kinesics run` does."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

from ..budget import Budget
from ..draw import Painter
from ..errors import SinkError, UsageError
from ..types import Scene
from ..video import Source, open_source
from .recording import record, stem_of
from .watching import watch

KINDS = {
    "mp4": ".mp4",
    "webm": ".webm",
    "jsonl": ".jsonl",
    "parquet": ".parquet",
    "csv": ".csv",
    "coco": ".coco.json",
    "openpose": ".openpose/",
    "mot": ".mot.txt",
    "pose": ".pose",
    "timeline": ".timeline.png",
    "sheet": ".sheet.png",
}
USUAL = ("mp4", "jsonl", "timeline")
PIXELS = ("mp4", "webm", "timeline", "sheet")  # kinds that are pictures


def run(
    source: str | int | Path,
    out: str | Path = "kinesics-out",
    *,
    save: Sequence[str] | None = None,
    seconds: float | None = None,
    live: bool | None = None,
    actions: Any = None,
    filter: Any = None,
    redact: str | None = None,
    how: str | None = None,
    no_pixels: bool = False,
    step: Callable[[Scene, Source], object] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Follow the people of a source and write what is known of them into a folder.

    Args:
        source: a file, a folder of pictures, a glob, "-", a camera's number or a URL.
        out: folder, made when there is something to write; files in it are called after the source.
        save: names out of `KINDS`; None for a film, the scenes and a timeline, or the scenes alone with `no_pixels`.
        seconds: stop at this time of the source; None for its end (or an interrupt, which leaves complete files too).
        live: see `watch`.
        actions: what to look for, see `watch`.
        filter: what is put on each face, see `filtered`: a name or a picture's path; the film shows it without bones and ids.
        redact: what must not be seen, "face", "person" or "background", see `redacted`.
        how: "blur", "pixelate", "solid" or "skeleton".
        no_pixels: nothing that could be a picture is written.
        step: called with each Scene and the open source, for progress.
        options: handed to `watch`: pose, budget, smooth …

    Returns:
        frames, people (how many ids), seconds (of the source), fps (of the work), looked (share of frames with a look of their
        own), over_budget (share), status of the source, notes, and outputs by kind.

    Raises:
        UsageError: a kind, a filter or a redaction nobody knows, or a picture together with `no_pixels`.
        SourceError: the source cannot be read; nothing is written then.
        SinkError: a result cannot be written.
    """
    save = _kinds(save, no_pixels)
    if how is not None and redact is None:
        raise UsageError(f"how to cover ({how!r}) is said but not what; say redact: face, person or background")
    budget = options.get("budget")
    limit = budget.limit if isinstance(budget, Budget) else float("inf") if budget is None else budget
    with open_source(source, live=live) as opened:
        stem = stem_of(opened.name)
        outputs = {kind: f"{Path(out) / stem}{KINDS[kind]}" for kind in save}
        _refuse_input(source, outputs)
        counted = _Counted(seconds, step, opened, limit)
        start = time.perf_counter()
        scenes = watch(opened, live=live, actions=actions, **options)
        scenes = _unseen(scenes, filter, redact, how, no_pixels, opened.note)
        painter = Painter if filter is None else functools.partial(Painter, figures=False, tags=False, trails=0.0)
        frames = record(counted.through(scenes), *outputs.values(), painter=painter)
        spent = time.perf_counter() - start
        return {
            "source": str(source),
            "frames": frames,
            "people": len(counted.ids),
            "seconds": round(counted.last, 3),
            "fps": round(frames / spent, 2),
            "looked": round(counted.looked / max(frames, 1), 3),
            "over_budget": round(counted.over / max(frames, 1), 4),
            "status": opened.status,
            "notes": list(opened.notes),
            "outputs": outputs,
        }


def _kinds(save: Sequence[str] | None, no_pixels: bool) -> tuple[str, ...]:
    """What to write, checked."""
    if save is None:
        return ("jsonl",) if no_pixels else USUAL
    for kind in save:
        if kind not in KINDS:
            raise UsageError(f"nothing is saved as {kind!r}; there are {', '.join(KINDS)}")
        if no_pixels and kind in PIXELS:
            raise UsageError(
                f"{kind} is a picture, and none may leave; save one of {', '.join(k for k in KINDS if k not in PIXELS)}"
            )
    return tuple(save)


def _unseen(
    scenes: Generator[Scene], filter: Any, redact: str | None, how: str | None, no_pixels: bool, note: Callable[[str], None]
) -> Generator[Scene]:
    """Scenes with what was asked for put on their frames, covered, or taken away."""
    if redact is not None:
        from .redacting import redacted

        scenes = redacted(scenes, redact, note=note) if how is None else redacted(scenes, redact, how, note=note)
    if filter is not None:
        from .filtering import filtered

        scenes = filtered(scenes, filter)
    if no_pixels:
        from .redacting import without_pixels

        scenes = without_pixels(scenes)
    return scenes


def _refuse_input(source: str | int | Path, outputs: dict[str, str]) -> None:
    if isinstance(source, int):
        return
    given = Path(source)
    for name in outputs.values():
        path = Path(name)
        if given.exists() and path.exists() and given.samefile(path):
            raise SinkError(f"{path} is the input itself; choose another folder with --out")


class _Counted:
    """Counts Scenes as they go by."""

    def __init__(
        self, seconds: float | None, step: Callable[[Scene, Source], object] | None, source: Source, limit: float
    ) -> None:
        self.seconds, self.step, self.source, self.limit = seconds, step, source, limit
        self.ids: set[int] = set()
        self.last, self.looked, self.over = 0.0, 0, 0

    def through(self, scenes: Generator[Scene]) -> Iterator[Scene]:
        for scene in scenes:
            if self.seconds is not None and scene.time > self.seconds:
                break
            self.ids |= {i for i in scene.people.ids.tolist() if i >= 0}
            self.last = scene.time
            self.looked += "pose" not in scene.skipped
            self.over += scene.timing.get("total", 0.0) > self.limit
            if self.step is not None:
                self.step(scene, self.source)
            yield scene
        scenes.close()
