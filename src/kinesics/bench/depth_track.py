"""The whole depth tracker on made people in a furnished room, on one core: room off, bodies, forest, joints, bones, ids."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from ..bodies.actors import make_actor
from ..bodies.named import named_motion
from ..memory import peak_mb
from ..pipeline.depth_watching import DepthChain, finder_of
from ..testing.depth_room import Box, Room, Walker, chair, skinned_frames
from ..types import Frame

__all__ = ["bench_depth_track", "furnished_room", "made_crowd"]

_DOES = ("walk", "wave", "squat", "clap")
_STAGES = ("people", "joints", "tracks")


def furnished_room() -> Room:
    """A room with a wall, two chairs and a table, seen by a camera of 320 x 240 at 1.1 m that looks down a little."""
    table = Box((-0.5, -0.75, 3.5), (0.4, -0.71, 4.1))
    return Room(boxes=(*chair(1.2, 3.6), *chair(-1.4, 3.7), table))


def made_crowd(people: int = 1, seed: int = 0) -> list[Walker]:
    """People with skin and clothes who walk across, wave, squat and clap in that room, side by side."""
    walkers = []
    for number in range(people):
        actor = make_actor(np.random.default_rng([seed, number]))
        middle = (number - (people - 1) / 2) * 0.9
        kind = _DOES[number % len(_DOES)]
        roams = 0.3 if kind == "walk" else 0.0
        start, stop = (middle - roams, 2.3), (middle + roams, 2.4)
        walkers.append(Walker(actor, named_motion(kind, seed=seed + number), start, stop, 20.0 * (-1) ** number))
    return walkers


def bench_depth_track(
    model: str | Path | Any = None,
    *,
    people: int = 1,
    frames: int = 120,
    decoder: str | None = None,
    repeats: int = 3,
    seed: int = 0,
) -> dict[str, Any]:
    """Follow made people through a recording with scenery; pictures are rendered before, only the tracker is timed.

    CPU time of the whole process counts, so that help of other cores is not hidden.

    Args:
        model: a depth model, its path, or None for the one that ships.
        people: how many.
        frames: pictures, 30 a second.
        decoder: of the joints.
        repeats: how often; for each frame its fastest counts.
        seed: of people and noise.

    Returns:
        fps, ms_p50, ms_p95, ms_p99 (of a picture), people_ms, joints_ms, tracks_ms (medians, wall clock, of the room and the
        bodies; the forest and its decoder; ids, bones and prediction), body_pixels (mean, of everybody), people, followed (the
        share of pictures in which everybody is), frames, decoder, peak_rss_mb.
    """
    finder = finder_of(model, decoder)
    room, film, pixels = furnished_room(), list[Frame](), []
    crowd = made_crowd(people, seed)
    while len(film) < frames:  # performances are short: they begin anew
        for frame, _, owner in skinned_frames(room, crowd, seed=seed + len(film)):
            film.append(Frame(depth=frame.depth, index=len(film), time=len(film) / 30))
            pixels.append(int((owner >= 0).sum()))
            if len(film) == frames:
                break
    spent, stages, followed = np.full(frames, np.inf), {name: np.full(frames, np.inf) for name in _STAGES}, 0.0
    for _ in range(repeats + 1):  # once to compile and to warm the caches
        chain, there = DepthChain(finder), 0
        for at, frame in enumerate(film):
            start = time.process_time()
            scene = chain.look(frame, room.camera)
            spent[at] = min(spent[at], time.process_time() - start)
            there += len(scene.people) == people
            for name in _STAGES:
                stages[name][at] = min(stages[name][at], scene.timing[name])
        followed = there / frames
    p50, p95, p99 = (1000 * np.percentile(spent, (50, 95, 99))).tolist()
    return {
        "fps": frames / float(spent.sum()),
        "ms_p50": p50,
        "ms_p95": p95,
        "ms_p99": p99,
        **{f"{name}_ms": float(1000 * np.median(stages[name])) for name in _STAGES},
        "body_pixels": float(np.mean(pixels)),
        "people": people,
        "followed": followed,
        "frames": frames,
        "decoder": finder.decoder,
        "peak_rss_mb": peak_mb(),
    }
