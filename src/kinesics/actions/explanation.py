"""Why a model says what it says: hide a part of the body for a part of the time, and see how much less it believes.

This asks any model that gives probabilities and needs nothing of its inside. A part that is hidden is missing (score 0), as a
part that a camera does not see; it is not set to some value, which would itself be a posture. What is compared is the weight
of evidence, log2 of the odds (Robnik-Šikonja & Kononenko, IEEE TKDE 2008; Zintgraf et al., ICLR 2017), and what is hidden
slides over the skeleton and over time as a grey square over a picture does in Zeiler & Fergus (ECCV 2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ..errors import ShapeError, UsageError
from ..types import Array, PoseSequence, Skeleton

__all__ = ["Explanation", "Probabilities", "explain", "explain_label"]

QUESTIONS = 170  # joints times windows, about: what fits into 0.3 s at 1.5 ms a clip
WINDOWS = (4, 10)  # fewest, most
SURE = 1e-3  # odds count up to this chance of being wrong: 10 bits
BATCH = 64
PHASES = 24  # moments of a label's mean


class Probabilities(Protocol):
    """What can be explained."""

    classes_: Any

    def predict_proba(self, clips: Sequence[PoseSequence]) -> Array:
        """(n, c), rows sum to 1."""
        ...


@dataclass(frozen=True)
class Explanation:
    """How much each joint and each moment speaks for a label, in bits: 1 doubles the odds, below 0 it speaks against.

    Attributes:
        label: what is explained.
        score: the probability of it when everything is seen.
        joints: (k,) bits lost when a joint and those next to it are hidden all the time.
        moments: (t,) bits lost when everybody is hidden round a moment.
        map: (t, k) bits lost when a joint and those next to it are hidden round a moment.
        people: (n,) bits lost when one of several people is hidden; (0,) for a person alone and for a label's mean.
        times: (t,) seconds; of a label's mean over clips, shares of the clip, 0 to 1.
        skeleton: names the joints.
        clips: how many clips this is the mean of.
    """

    label: str
    score: float
    joints: Array
    moments: Array
    map: Array
    people: Array
    times: Array
    skeleton: Skeleton
    clips: int = 1

    def names(self, most: int = 3) -> list[str]:
        """The joints that speak most for the label, the strongest first; those that do not speak for it are left out."""
        order = np.argsort(-self.joints, kind="stable")[:most]
        return [self.skeleton.joints[i] for i in order if self.joints[i] > 0]

    def span(self) -> tuple[float, float]:
        """From when to when, of `times`: the moments that speak for the label at least half as much as the strongest."""
        strong = np.flatnonzero(self.moments >= max(float(self.moments.max()) / 2, 1e-12))
        if not len(strong):
            return float(self.times[0]), float(self.times[-1])
        peak = int(self.moments.argmax())
        low = high = peak
        held = set(strong.tolist())
        while low - 1 in held:
            low -= 1
        while high + 1 in held:
            high += 1
        return float(self.times[low]), float(self.times[high])


def explain(model: Probabilities, clip: PoseSequence, label: str | None = None, *, questions: int = QUESTIONS) -> Explanation:
    """Which joints and moments of a clip speak for a label.

    Args:
        model: anything with `predict_proba` and `classes_`.
        clip: at least one moment of at least one person.
        label: one of the model's classes; None: the one it believes most.
        questions: about how many variants of the clip it is asked about; more look at shorter moments.

    Raises:
        UsageError: a label that the model does not know.
        ShapeError: nobody, or no moment.
    """
    if not len(clip) or not clip.points.shape[1]:
        raise ShapeError("explain: expected a clip with somebody in it, got an empty one")
    k, n = len(clip.skeleton), clip.points.shape[1]
    near = _neighbours(clip.skeleton)  # (k, k): row j holds what is hidden for joint j
    windows = _windows(clip.times, int(np.clip(questions // max(k, 1), *WINDOWS)))  # (w, t)
    w, t = windows.shape
    whole, body = np.ones(t, bool), np.ones((n, k), bool)
    hidden = [np.zeros((t, n, k), bool)]
    hidden += [_hide(whole, body & near[j]) for j in range(k)]
    hidden += [_hide(window, body) for window in windows]
    hidden += [_hide(whole, body & (np.arange(n) == i)[:, None]) for i in range(n if n > 1 else 0)]
    hidden += [_hide(window, body & near[j]) for window in windows for j in range(k)]
    names = [str(c) for c in model.classes_]
    column = _column(names, label)
    proba = _asked(model, clip, hidden)
    column = int(proba[0].argmax()) if column is None else column
    evidence = _bits(proba[:, column])
    lost = evidence[0] - evidence[1:]
    joints, moments, people, both = np.split(lost, np.cumsum([k, w, n if n > 1 else 0]))
    centres = _centres(windows, clip.times)
    return Explanation(
        label=names[column],
        score=float(proba[0, column]),
        joints=joints,
        moments=np.interp(clip.times, centres, moments),
        map=_over_time(clip.times, centres, both.reshape(w, k)),
        people=people,
        times=clip.times,
        skeleton=clip.skeleton,
    )


def explain_label(
    model: Probabilities, clips: Sequence[PoseSequence], label: str, *, questions: int = QUESTIONS
) -> Explanation:
    """The mean over clips of one label: what it is known by. Moments are shares of the clip, 0 to 1.

    Args:
        model: anything with `predict_proba` and `classes_`.
        clips: of this label and of one skeleton; empty ones are passed over.
        label: one of the model's classes.
        questions: see `explain`.
    """
    found = [explain(model, clip, label, questions=questions) for clip in clips if len(clip) and clip.points.shape[1]]
    if not found:
        raise ShapeError(f"explain_label: expected at least one clip of {label!r} with somebody in it, got none")
    phase = np.linspace(0, 1, PHASES)
    shares = [(one.times - one.times[0]) / max(float(one.times[-1] - one.times[0]), 1e-9) for one in found]
    return Explanation(
        label=label,
        score=float(np.mean([one.score for one in found])),
        joints=np.mean([one.joints for one in found], axis=0),
        moments=np.mean([np.interp(phase, s, one.moments) for one, s in zip(found, shares, strict=True)], axis=0),
        map=np.mean([_over_time(phase, s, one.map) for one, s in zip(found, shares, strict=True)], axis=0),
        people=np.zeros(0),
        times=phase,
        skeleton=found[0].skeleton,
        clips=len(found),
    )


def _neighbours(skeleton: Skeleton) -> Array:
    """(k, k) bool: itself, and the joints that a bone joins to it: alone, a joint could be guessed from these."""
    near = np.eye(len(skeleton), dtype=bool)
    for a, b in skeleton.bones:
        near[a, b] = near[b, a] = True
    return near


def _windows(times: Array, count: int) -> Array:
    """(w, t) bool: w spans of time, each over half of the next, that hold at least a moment each."""
    edges = np.linspace(times[0], times[-1], count + 2)
    spans = [(times >= low - 1e-9) & (times <= high + 1e-9) for low, high in zip(edges, edges[2:], strict=False)]
    held = np.unique([span for span in spans if span.any()] or [np.ones(len(times), bool)], axis=0)
    return np.asarray(held[np.argsort(_centres(held, times), kind="stable")])


def _centres(windows: Array, times: Array) -> Array:
    """(w,) mean time of each window's moments."""
    return np.asarray((windows * times).sum(1) / windows.sum(1))


def _hide(moments: Array, joints: Array) -> Array:
    """(t, n, k) bool from (t,) and (n, k)."""
    return np.asarray(moments[:, None, None] & joints[None])


def _column(names: list[str], label: str | None) -> int | None:
    if label is not None and label not in names:
        raise UsageError(f"the model knows no {label!r}; it knows {', '.join(names)}")
    return None if label is None else names.index(label)


def _asked(model: Probabilities, clip: PoseSequence, hidden: list[Array]) -> Array:
    """(m, c): what is believed with each of these parts hidden."""
    answers = []
    for start in range(0, len(hidden), BATCH):
        some = [
            PoseSequence(clip.points, np.where(mask, 0, clip.scores), clip.times, clip.skeleton, clip.ids, clip.size)
            for mask in hidden[start : start + BATCH]
        ]
        answers.append(np.asarray(model.predict_proba(some), float))
    return np.concatenate(answers)


def _bits(proba: Array) -> Array:
    """log2 of the odds."""
    held = np.clip(proba, SURE, 1 - SURE)
    return np.asarray(np.log2(held / (1 - held)))


def _over_time(to: Array, since: Array, values: Array) -> Array:
    """Values (w, k) at times (w,), read at other times: (t, k)."""
    return np.stack([np.interp(to, since, values[:, j]) for j in range(values.shape[1])], axis=1)
