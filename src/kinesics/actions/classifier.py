"""Learn actions from labelled clips, and tell them: `ActionClassifier`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import NotFittedError, UsageError
from ..types import PoseSequence, Skeleton, skeleton
from ..types.arrays import Array
from .choosing import folds
from .habits import learn_habits
from .joints import common_skeleton, map_joints
from .layout import learn_layout
from .learning import Progress, learn
from .nearness import Nearness, learn_nearness
from .reader import Reader, judged
from .stepper import Stepper
from .training_set import two_or_one

__all__ = ["ActionClassifier"]

PASS = 0.05  # share of held-out right answers that may be taken for unknown


class ActionClassifier:
    """Clips of poses to the names of actions.

    Args:
        head: "net" (a network of our own, learned with PyTorch, extra `[train]`), "rocket" (random convolutions, ridge
            regression), "statistics" (ridge on means and deviations), "boost" (boosted trees) or "auto": the network where
            there are clips enough and PyTorch is there, else the best of the others on clips held out.
        minutes: longest that training may take; None for as long as it needs, mostly one or two.
        seed: of all chance: the same clips and seed, the same model.
        decide_at: risk of being wrong, 0 to 1, that `predict` takes: less sure answers are "unknown". None: always an answer.
        view: "2d" learns from 3D clips to read joints in a picture; "3d" insists on 3D; "auto" reads what it learned from.

    Attributes:
        classes_: names, sorted.
        skeleton_: joints the model reads.
        history_: what was told in training, round by round.
        validation_: what was said of clips held out while training: `labels` (n,) and `proba` (n, c), `clips` their indices,
            `proba_early` by share seen; None where nothing could be held out.
        durations_: (c, 2) seconds each action lasts, median and spread.
        habits_: (c, 6, 2) how people move while they do it, see `habits.py`: live, what is quite unlike is not called its name.
        nearness_: how far what was learned from lies apart: live, what is farther from all of it is not called by a name.
        unknown_: probability below which an answer is worth nothing: 5 % of the right ones are.
        notes_: what was noticed, for people to read.
    """

    def __init__(
        self,
        *,
        head: str = "auto",
        minutes: float | None = None,
        seed: int = 0,
        decide_at: float | None = None,
        view: str = "auto",
    ) -> None:
        if view not in ("auto", "2d", "3d"):
            raise UsageError(f"view: expected auto, 2d or 3d, got {view!r}")
        if decide_at is not None and not 0 < decide_at < 1:
            raise UsageError(f"decide_at: expected a risk above 0 and below 1, such as 0.05, got {decide_at}")
        if minutes is not None and not minutes > 0:
            raise UsageError(f"minutes: expected more than 0, got {minutes}")
        self.head, self.minutes, self.seed, self.decide_at, self.view = head, minutes, seed, decide_at, view
        self.classes_: tuple[str, ...] = ()
        self.history_: list[dict[str, Any]] = []
        self.validation_: dict[str, Any] | None = None
        self.nearness_: Nearness | None = None
        self.notes_: list[str] = []

    def fit(
        self,
        clips: Sequence[PoseSequence],
        labels: Sequence[str],
        *,
        subjects: Sequence[str] | None = None,
        progress: Progress | None = None,
    ) -> ActionClassifier:
        """Learn.

        Args:
            clips: of one or two people, 2D or 3D, any skeleton (joints common to all are used), any frame rate.
            labels: the action of each clip.
            subjects: who is in each clip, "" unknown; held-out clips are then of people not trained on.
            progress: called with a dict (`phase`, `step`, `steps`, `seconds`, `loss`, `accuracy`, `confusion`: of the clips it
                learns from, and of the held-out ones once `held_out` is true) after every round, and once when the held-out
                clips were asked; a true answer ends training and keeps what was learned so far.

        Raises:
            UsageError: no clips, one class, labels that do not fit, nobody in any clip, joints that have nothing in common.
            MissingExtra: head "net" without PyTorch.
        """
        clips, labels, who, given = _checked(clips, labels, subjects)
        body, clips = _of_one_kind(clips, self.view)
        names = tuple(sorted(set(labels)))
        flat = self.view == "2d" and clips[0].points.shape[3] == 3
        layout = learn_layout(clips, flat=flat)
        index = np.array([names.index(label) for label in labels])
        learned = learn(
            clips,
            index,
            len(names),
            layout,
            kind=self.head,
            seconds=float("inf") if self.minutes is None else 60 * self.minutes,
            seed=self.seed,
            subjects=who,
            progress=progress,
        )
        self.classes_, self.skeleton_, self.layout_ = names, body, layout
        self.kind_, self.head_, self.calibration_ = learned.kind, learned.head, learned.calibration
        self.reader_ = Reader(learned.features, learned.encoder, body)
        self.history_, self.validation_ = learned.history, learned.validation
        if self.validation_ is not None:
            self.validation_["clips"] = given[self.validation_["clips"]]  # as they were handed over, empty ones among them
        self.durations_ = _durations(clips, index, len(names))
        self.habits_ = learn_habits(clips, index, len(names))
        self.nearness_ = learn_nearness(self.reader_, clips, index, len(names), folds(index, who, self.seed))
        self.unknown_ = _unknown(learned.validation, len(names))
        self.trained_ = {"clips": len(clips), "subjects": len({s for s in who if s}), "seconds": layout.seconds}
        return self

    def predict_proba(self, clips: Sequence[PoseSequence]) -> Array:
        """(n, c) float64 probabilities of `classes_`, rows sum to 1; all alike where nobody is seen.

        Raises:
            NotFittedError: nothing was learned yet.
            UsageError: joints or dimensions that the model does not read.
        """
        self._learned()
        out = np.full((len(clips), len(self.classes_)), 1 / len(self.classes_))
        for row, clip in enumerate(clips):
            pooled = self.reader_.pooled(clip)
            if pooled is not None:
                out[row] = self.judge(pooled[None], _seconds(clip))[0]
        return out

    def predict(self, clips: Sequence[PoseSequence]) -> list[str]:
        """The likeliest action of each clip; "unknown" where nobody is seen or the risk is above `decide_at`."""
        from .reader import fitting

        answers = []
        layout = self._learned().layout_
        for clip, row in zip(clips, self.predict_proba(clips), strict=True):
            seen = (fitting(clip, self.skeleton_, layout.dims, layout.people).scores > 0).any()
            sure = self.decide_at is None or 1 - row.max() <= self.decide_at
            answers.append(self.classes_[int(row.argmax())] if seen and sure else "unknown")
        return answers

    def score(self, clips: Sequence[PoseSequence], labels: Sequence[str]) -> float:
        """Share of the clips that are told right, 0 to 1."""
        if len(clips) != len(labels) or not len(clips):
            raise UsageError(f"expected as many labels as clips, at least one, got {len(clips)} clips and {len(labels)} labels")
        return float(np.mean([a == b for a, b in zip(self.predict(clips), labels, strict=True)]))

    def embed(self, clips: Sequence[PoseSequence]) -> Array:
        """(n, e) float32: the place of each clip among all movements, length 1; zeros where nobody is seen."""
        self._learned()
        pooled = [self.reader_.pooled(clip) for clip in clips]
        size = next((len(p) for p in pooled if p is not None), 1)
        return self.place(np.stack([np.zeros(size, np.float32) if p is None else p for p in pooled]))

    def place(self, pooled: Array) -> Array:
        """Pooled vectors (n, f) to places (n, e) of length 1."""
        if hasattr(self.head_, "place"):
            pooled = self.head_.place(pooled)
        return np.asarray(pooled / np.maximum(np.linalg.norm(pooled, axis=-1, keepdims=True), 1e-9), np.float32)

    def proba_over_time(self, clip: PoseSequence) -> tuple[Array, Array]:
        """What is believed after each moment: seconds (m,) and probabilities (m, c)."""
        self._learned()
        count, rows = 0, [np.zeros((0, len(self.classes_)))]
        for pooled in self.reader_.running(clip):
            rows.append(self.judge(pooled, np.arange(count, count + len(pooled)) / self.layout_.rate))
            count += len(pooled)
        start = float(clip.times[0]) if len(clip) else 0.0
        return start + np.arange(count) / self.layout_.rate, np.concatenate(rows)

    def judge(self, pooled: Array, seconds: Array | float) -> Array:
        """Probabilities (n, c) of pooled vectors (n, f) that span `seconds` each."""
        return self.calibration_.proba(judged(self.head_, pooled, seconds), seconds)

    def stepper(self) -> Stepper:
        """One person's frames to probabilities as they come."""
        self._learned()
        return Stepper(self)

    @property
    def parameters_(self) -> int:
        """Numbers that were learned, of the network or the head."""
        from .saving import parameters

        return parameters(self._learned())

    def save(self, path: str | Path) -> None:
        """Write a bundle (by custom `name.kin`): JSON, npz and ONNX with their hashes.

        Raises:
            SinkError: it cannot be written.
        """
        from .saving import save

        save(self._learned(), path)

    @classmethod
    def load(cls, path: str | Path) -> ActionClassifier:
        """The model that was saved.

        Raises:
            FormatError: it is no model of ours, damaged, or of a newer version.
        """
        from .saving import restore

        return restore(cls(), path)

    def _learned(self) -> ActionClassifier:
        if not self.classes_:
            raise NotFittedError("this model has not learned yet; call fit, or load one that has")
        return self


def _checked(
    clips: Sequence[PoseSequence], labels: Sequence[str], subjects: Sequence[str] | None
) -> tuple[list[PoseSequence], list[str], list[str], Array]:
    """What can be learned from: as many labels as clips, two classes, somebody in a clip; and which of all clips they are."""
    who = [""] * len(clips) if subjects is None else [str(s) for s in subjects]
    if not len(clips) == len(labels) == len(who):
        raise UsageError(
            f"expected a label and a subject for each clip, got {len(clips)} clips, {len(labels)} labels, {len(who)} subjects"
        )
    seen = [i for i, clip in enumerate(clips) if len(clip) and (clip.scores > 0).any()]
    if len(seen) < 2:
        raise UsageError(f"expected at least two clips with somebody in them, got {len(seen)}")
    names = sorted({str(labels[i]) for i in seen})
    if len(names) < 2:
        raise UsageError(f"expected at least two actions, got only {names[0]!r}; to tell one action from all else, use teach")
    return [clips[i] for i in seen], [str(labels[i]) for i in seen], [who[i] for i in seen], np.array(seen)


def _of_one_kind(clips: list[PoseSequence], view: str) -> tuple[Skeleton, list[PoseSequence]]:
    """Clips of one skeleton, one number of dimensions and one number of people."""
    dims = {c.points.shape[3] for c in clips}
    if view == "3d" and 2 in dims:
        raise UsageError("view='3d' needs clips in 3D, some have joints in a picture only; leave view out, or use '2d'")
    bodies = list({c.skeleton.joints: c.skeleton for c in clips}.values())
    if view == "2d" and 3 in dims:
        bodies.append(skeleton("coco17"))
    body = common_skeleton(bodies)
    people = 2 if np.mean([_pair(c) for c in clips]) > 0.5 else 1
    out = [two_or_one(map_joints(c, body), people) for c in clips]
    if len(dims) > 1:
        if view != "2d":
            raise UsageError("some clips are in 3D and some in a picture; train them apart, or together with view='2d'")
        raise UsageError("view='2d' learns from 3D clips or from pictures, not from both at once; train them apart")
    return body, out


def _pair(clip: PoseSequence) -> bool:
    """Whether two people are there most of the time."""
    return clip.points.shape[1] >= 2 and bool(((clip.scores > 0).any(2).sum(1) >= 2).mean() > 0.5)


def _seconds(clip: PoseSequence) -> float:
    return float(clip.times[-1] - clip.times[0]) if len(clip) else 0.0


def _durations(clips: Sequence[PoseSequence], labels: Array, classes: int) -> Array:
    seconds = np.array([_seconds(c) for c in clips])
    out = np.full((classes, 2), np.nan)
    for label in range(classes):
        own = seconds[labels == label]
        if len(own):
            out[label] = np.median(own), np.std(own)
    return out


def _unknown(validation: dict[str, Any] | None, classes: int) -> float:
    """The probability that all but a few of the held-out right answers reach."""
    if validation is None:
        return float(min(0.9, 2.0 / classes))
    proba, labels = validation["proba"], validation["labels"]
    right = proba.max(1)[proba.argmax(1) == labels]
    return float(np.quantile(right, PASS)) if len(right) else 0.95
