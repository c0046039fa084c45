"""Teaching: how long from the last example until the first frame is answered with it."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from ..actions import ActionTeacher
from ..geometry import points_box
from ..testing.clips import MADE_ACTIONS, made_clips
from ..types import People, PoseSequence

__all__ = ["bench_teach"]


def bench_teach(classes: int = 10, examples: int = 5, *, embedding: Any = None, repeats: int = 5) -> dict[str, float]:
    """Teach made clips of 1 to `classes` labels, `examples` each, and time the last one: embed it, learn, answer one frame.

    Args:
        classes: most labels, up to 10.
        examples: clips a label.
        embedding: as `ActionTeacher` takes it.
        repeats: how often the last example is given, taken back and given again, for each number of labels.

    Returns:
        teach_seconds_p50, teach_seconds_p95 and teach_seconds_most over all of them, teach_seconds_classes_<n> (median) for
        1 label and for the most, classes, examples.
    """
    clips, labels, _ = made_clips(examples, MADE_ACTIONS[:classes], joints="coco17", dims=2)
    spent: dict[int, list[float]] = {}
    for count in range(1, classes + 1):
        chosen = [(clip, label) for clip, label in zip(clips, labels, strict=True) if label in MADE_ACTIONS[:count]]
        teacher = ActionTeacher(embedding)
        for clip, label in chosen[:-1]:
            teacher.add(clip, label)
        clip, label = chosen[-1]
        spent[count] = [_taught(teacher, clip, label, turn) for turn in range(repeats + (count == 1))][count == 1 :]
    together = np.concatenate(list(spent.values()))
    return {
        "teach_seconds_p50": float(np.percentile(together, 50)),
        "teach_seconds_p95": float(np.percentile(together, 95)),
        "teach_seconds_most": float(together.max()),
        "teach_seconds_classes_1": float(np.median(spent[1])),
        f"teach_seconds_classes_{classes}": float(np.median(spent[classes])),
        "classes": classes,
        "examples": examples,
    }


def _taught(teacher: ActionTeacher, clip: PoseSequence, label: str, turn: int) -> float:
    frame, moment = _people(clip, len(clip) // 2), 1000.0 * turn
    start = time.perf_counter()
    number = teacher.add(clip, label)
    teacher.update(frame, moment)
    spent = time.perf_counter() - start
    teacher.remove(number)
    return spent


def _people(clip: PoseSequence, at: int) -> People:
    """One moment of a clip, as a tracker gives it."""
    points, scores = clip.points[at], clip.scores[at]
    return People(points_box(points, scores), np.ones(len(points)), points, scores, clip.skeleton, clip.ids)
