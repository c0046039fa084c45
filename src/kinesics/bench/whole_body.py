"""The pass over each person: 33 joints, outline, hands and face; milliseconds a person."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SourceError
from ..masks import PeopleMasks
from ..pipeline import watch
from ..pose import WholeBody
from ..types import Array, Frame, People
from ..weights import find

__all__ = ["bench_whole_body"]

WARM = 2  # frames with people that are not counted: nets make room for themselves at their first run


def bench_whole_body(
    clip: str | PathLike[str] | None = None, *, frames: int = 120, threads: int = 2, pose: str = "fast"
) -> dict[str, Any]:
    """Read everybody of a clip in three ways, one after the other in each frame; only the pass is timed, not who is where.

    Args:
        clip: a video with people; the bundled one if None.
        frames: of its beginning at most, those with people.
        threads: for the pass.
        pose: what finds the people.

    Returns:
        ms_p50 and ms_p95 a person with everything in turn (33 joints and outline in every frame, one hand, the face now and
        then), cpu_ms_p50 of the same, ms_p50_body (33 joints and outline), ms_p50_full (all parts in every frame, and the
        outline), outline_ms_p50, people_frames, frames, threads.

    Raises:
        SourceError: the clip cannot be read, or nobody is in it.
    """
    source = find("demo_clip") if clip is None else Path(clip)
    turn, body, full = _pass(threads, in_turn=True), _pass(threads, parts=("body",)), _pass(threads)
    spent: dict[str, list[float]] = {name: [] for name in ("turn", "body", "full", "cpu", "outline")}
    counts: list[int] = []
    scenes = watch(source, pose=pose, smooth=False, live=False, overlap=False)
    seen = ((scene.frame, scene.people) for scene in scenes if scene.frame is not None and len(scene.people))
    for frame, people in islice(seen, frames + WARM):
        _ = frame.image  # decoded before the clock runs
        start = time.process_time()
        counts.append(len(people))
        for name, one in (("turn", turn), ("body", body), ("full", full)):
            whole, outline = one(frame, people)
            spent[name].append(whole + outline)
            if name == "turn":
                spent["cpu"].append(time.process_time() - start)
                spent["outline"].append(outline)
    scenes.close()
    if len(counts) <= WARM:
        raise SourceError(f"{source}: too few frames with people in them to time anything")
    people_in = np.array(counts[WARM:])
    each = {name: 1000 * np.array(values[WARM:]) / people_in for name, values in spent.items()}
    return {
        "ms_p50": _p(each["turn"], people_in, 50), "ms_p95": _p(each["turn"], people_in, 95),
        "cpu_ms_p50": _p(each["cpu"], people_in, 50), "ms_p50_body": _p(each["body"], people_in, 50),
        "ms_p50_full": _p(each["full"], people_in, 50), "outline_ms_p50": _p(each["outline"], people_in, 50),
        "people_frames": int(people_in.sum()), "frames": len(people_in), "threads": threads,
    }  # fmt: skip


def _pass(threads: int, **options: Any) -> Callable[[Frame, People], tuple[float, float]]:
    whole, masks = WholeBody(threads, **options), PeopleMasks(threads, fine=False)

    def timed(frame: Frame, people: People) -> tuple[float, float]:
        """Seconds of the joints and of the outlines."""
        start = time.perf_counter()
        whole(frame, people)
        read = time.perf_counter()
        masks(frame, people, [None if part is None or part.body is None else part.body.sight for part in whole.seen])
        return read - start, time.perf_counter() - read

    return timed


def _p(each: Array, people: Array, percent: float) -> float:
    """Of person-frames: a frame counts once for each person in it."""
    return float(np.percentile(np.repeat(each, people), percent))
