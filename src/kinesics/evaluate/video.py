"""A video against boxes with ids: the whole chain from pixels to tracks."""

from __future__ import annotations

import time
from collections.abc import Iterable
from os import PathLike

import numpy as np

from ..formats.mot import read_mot
from ..metrics.mot import mot_counts
from ..types import People, Scene


def eval_video(scenes: Iterable[Scene], truth: str | PathLike[str]) -> dict[str, float]:
    """Hold the tracked boxes of a video against ground truth in MOTChallenge form.

    Args:
        scenes: one for each decoded frame, as `watch` yields them; the n-th is frame n of the truth, counted from 1.
        truth: a MOTChallenge `gt.txt`; rows with a confidence below 1 are left out.

    Returns:
        MOTA, IDF1, HOTA (0 to 100; IoU from 0.5 on, HOTA over all), id_switches, false_boxes, misses, frames, and fps: frames
        a second of whatever makes the scenes.

    Raises:
        FormatError: the truth is missing or damaged.
    """
    rows = read_mot(str(truth))
    rows = rows[rows.score >= 1]
    found = []
    start = time.perf_counter()
    for scene in scenes:
        tracked = scene.people[scene.people.ids >= 0]
        found.append(People.from_boxes(tracked.boxes, tracked.score, tracked.ids))
    seconds = time.perf_counter() - start
    labelled = []
    for number in range(1, max(len(found), int(rows.frames.max(initial=0))) + 1):
        here = rows[rows.frames == number]
        labelled.append(People.from_boxes(here.boxes, np.ones(len(here)), here.ids))
    found += [People.from_boxes([], [])] * (len(labelled) - len(found))
    numbers = mot_counts(labelled, found).numbers()
    keys = ("MOTA", "IDF1", "HOTA", "id_switches", "false_boxes", "misses", "frames")
    return {key: numbers[key] for key in keys} | {"fps": len(found) / seconds}
