"""A video to Scenes: decode, look, track, smooth, label, frame by frame and overlapped."""

from __future__ import annotations

import contextlib
import time as clocks
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..actions import live_actions
from ..budget import Budget, Clock
from ..pose import PoseModel
from ..pose.planner import Planner
from ..types import Frame, People, Scene
from ..video import ahead, open_source
from .between import between
from .chain import Chain
from .second_pass import SecondPass


@dataclass(frozen=True)
class Pace:
    """How a tier spends its effort on a video.

    Attributes:
        looks: how often a second the net looks at a recording; frames between are interpolated from the look before and after.
        person: canvas pixels along a followed person's longer side.
        exploring: canvas pixels a frame for finding new people.
        intervals: seconds between two visits of a tile, level by level of the pyramid.
    """

    looks: float
    person: float
    exploring: float
    intervals: tuple[float, ...]


PACES = {
    "fast": Pace(15.0, 112.0, 62_000.0, (0.5, 1.0)),
    "balanced": Pace(30.0, 128.0, 82_000.0, (0.4, 0.6, 2.4)),
    "accurate": Pace(120.0, 144.0, 164_000.0, (0.3, 0.5, 2.0)),
}


def watch(
    source: str | int | Path | Iterable[Frame],
    *,
    pose: str | PoseModel = "balanced",
    tracker: Any | None = None,
    actions: Any | None = None,
    decide_at: float | None = None,
    whole_body: bool = False,
    masks: bool = False,
    faces: bool = False,
    known: Any | None = None,
    budget: float | Budget | None = None,
    smooth: bool = True,
    fill: bool = True,
    live: bool | None = None,
    clock: Clock = clocks.perf_counter,
    overlap: bool = True,
) -> Generator[Scene]:
    """Follow the people of a video, frame by frame.

    Args:
        source: a file, a folder of pictures, a glob, "-", a camera's number, a URL, an open source, or any iterable of frames.
        pose: name of a tier ("fast", "balanced", "accurate"), of a registered model, or a model.
        tracker: gives people their ids; a new `Tracker` if None. It is reset at a new epoch.
        actions: what to look for: "postures", "coach:squat", the file of a model, a fitted or a live action model, or several
            of these, see `live_actions`; None for nothing.
        decide_at: let a fitted model name an action as soon as the probability of being wrong is at most this.
        whole_body: read hands, face and three dimensions too: people are of `wholebody133`, with `world` in metres.
        masks: cut everybody out (`people.masks`); with "accurate", and in a single picture, by several looks at each person.
        faces: find faces, where they look and whether they are covered (`scene.faces`).
        known: recognise these faces: a folder of pictures by name, or what `known_faces` made of one; None for nobody.
        budget: seconds a frame may take; what is left out to keep it stands in each Scene.
        smooth: filter the joints over time (One-Euro).
        fill: keep joints that are lost for a moment.
        live: treat the source as live (newest frame wins) or as a recording (every frame counts); None lets the source say.
        clock: seconds; a test hands in its own.
        overlap: decode and look in threads of their own, so that the caller's work costs no time.

    Yields:
        a Scene for each frame, in order. People with an id of -1 are not followed yet.

    Raises:
        SourceError: the source cannot be read.
        WeightsError: the tier's nets are not installed.
        UsageError: nobody knows the pose model or the actions.
    """
    doing = live_actions(actions, decide_at=decide_at)  # before anything is opened that would have to be closed
    frames = open_source(source, live=live) if isinstance(source, str | int | Path) else source
    is_live = bool(getattr(frames, "live", live or False))
    tier = pose if isinstance(pose, str) else str(getattr(pose, "tier", ""))
    second = None
    if whole_body or masks or faces or known is not None:
        quick = is_live or budget is not None
        fine = not quick and (tier == "accurate" or getattr(frames, "frames", None) == 1)
        try:
            asked = {"whole_body": whole_body, "masks": masks, "faces": faces, "known": _known(known, frames)}
            second = SecondPass(**asked, in_turn=quick or tier == "fast", fine=fine)
        except BaseException:
            if isinstance(source, str | int | Path):
                frames.close()  # type: ignore[attr-defined]  # we opened it
            raise
    pace = PACES.get(tier, PACES["balanced"])
    planner = Planner(person=pace.person, exploring=pace.exploring, intervals=pace.intervals)
    chain = Chain(pose, tracker, doing, planner, budget, smooth=smooth, fill=fill, clock=clock, second=second)
    stream = _scenes(chain, frames, is_live, overlap, 1 / pace.looks - 0.005)
    return _ahead(stream) if overlap and not is_live else stream


def _known(known: Any, frames: Any) -> Any:
    """Known faces themselves, or those of a folder; files of it that are of no use are noted by the source."""
    if not isinstance(known, str | Path):
        return known
    from .identity import known_faces

    return known_faces(known, say=getattr(frames, "note", lambda line: None))


def _ahead(stream: Generator[Scene]) -> Generator[Scene]:
    """Make scenes in a thread, a few ahead of the reader, and end with him."""
    try:
        yield from ahead(stream, 4)
    finally:
        with contextlib.suppress(
            ValueError
        ):  # the thread is in the middle of a look; its scene is dropped and the stream with it
            stream.close()


def _scenes(chain: Chain, frames: Iterable[Frame], live: bool, overlap: bool, pause: float) -> Generator[Scene]:
    """Look at some frames, interpolate the rest; close the source whatever happens."""
    try:
        before: Scene | None = None
        waiting: list[Frame] = []
        for frame in ahead(frames, 4) if overlap and not live else frames:
            if before is not None and not live and frame.epoch == before.epoch and frame.time < before.time + pause:
                waiting.append(frame)
                continue
            if before is not None and frame.epoch != before.epoch:  # nothing can be interpolated across an epoch
                yield from _flush(chain, before, waiting)
                waiting = []
            scene = chain.look(frame)
            if before is not None:
                yield from _between(before, scene, waiting)
            yield scene
            before, waiting = scene, []
        if before is not None:
            yield from _flush(chain, before, waiting)
    finally:
        close = getattr(frames, "close", None)
        if close:
            close()


def _flush(chain: Chain, before: Scene, waiting: list[Frame]) -> Iterator[Scene]:
    """Look at the last of the waiting frames and interpolate the others."""
    if waiting:
        last = chain.look(waiting[-1])
        yield from _between(before, last, waiting[:-1])
        yield last


def _between(before: Scene, after: Scene, frames: list[Frame]) -> Iterator[Scene]:
    for frame in frames:
        share = (frame.time - before.time) / max(after.time - before.time, 1e-9)
        people = between(before.people, after.people, share)
        yield _scene(frame, people, actions=before.actions, faces=before.faces, skipped=("pose",), chosen=before.chosen)


def _scene(frame: Frame, people: People, **known: Any) -> Scene:
    return Scene(frame.index, frame.time, frame.size, people, epoch=frame.epoch, corrupt=frame.corrupt, frame=frame, **known)
