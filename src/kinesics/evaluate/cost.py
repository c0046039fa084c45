"""What learning and asking cost."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence
from typing import Any

from ..types import PoseSequence

__all__ = ["asking_cost", "cpu_seconds", "stepping_seconds"]

TIMED_CLIPS, TIMED_FRAMES = 40, 400


def cpu_seconds() -> float:
    """Of this process, all its threads, and the processes it started and that have ended."""
    own = os.times()
    return own.user + own.system + own.children_user + own.children_system


def asking_cost(model: Any, clips: Sequence[PoseSequence]) -> dict[str, float]:
    """Milliseconds a clip, asked one by one (median), and a frame of one person or pair as it streams (mean); wall time."""
    spent = []
    for clip in clips[:TIMED_CLIPS]:
        start = time.perf_counter()
        model.predict_proba([clip])
        spent.append(time.perf_counter() - start)
    found = {"ms_per_clip": 1000 * statistics.median(spent)}
    if hasattr(model, "stepper"):
        found["ms_per_person_frame"] = 1000 * statistics.fmean(stepping_seconds(model, clips, TIMED_FRAMES))
    return found


def stepping_seconds(model: Any, clips: Sequence[PoseSequence], most: int) -> list[float]:
    """Seconds of each frame of these clips, one after the other, up to `most`: a step, and what is believed after it."""
    from ..actions.joints import map_joints

    spent: list[float] = []
    for clip in clips:
        clip = map_joints(clip, model.skeleton_)
        stepper = model.stepper()
        for points, scores, moment in zip(clip.points, clip.scores, clip.times.tolist(), strict=True):
            start = time.perf_counter()
            stepper.push(points, scores, moment)
            stepper.proba()
            spent.append(time.perf_counter() - start)
        if len(spent) >= most:
            break
    return spent
