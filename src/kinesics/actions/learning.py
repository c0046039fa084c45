"""From clips to a fitted encoder and head: what is held out, which head, how sure it is; then once more on everything."""

from __future__ import annotations

import importlib.util
import time as clocks
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import UsageError, need
from ..types import PoseSequence
from ..types.arrays import Array
from .augment import Strength, augment
from .blend import LATE, BlendEncoder, BlendHead
from .blending import COPIES, learn_rocket, performances, sizes
from .calibration import SHARES, Calibration, fit_calibration, softmax
from .choosing import CLASSICAL, best_head, folds
from .encoding import Encoder
from .features import Features
from .held_out import LeftOut, answers_early, best_share, corrected, rocket_alone
from .layout import Layout
from .reader import Reader
from .sides import both_sides
from .training_set import TrainingSet, training_set

__all__ = ["Learned", "can_learn_net", "learn"]

Progress = Callable[[dict[str, Any]], Any]
ENOUGH = 4  # clips of a class, on average, from which a network is worth its while
EARLY = 0.85  # of the shortest clips: what lasts less is a beginning
TRIAL = 0.6  # of the rounds of training are enough to judge the network on what is held out


@dataclass(frozen=True)
class Learned:
    """What came out of learning.

    Attributes:
        kind: "net", "rocket", "statistics" or "trees".
        features, encoder, head: of the model.
        calibration: how sure it may be.
        validation: what it said of held-out clips; None where nothing could be held out.
        history: what was told while training.
    """

    kind: str
    features: Features
    encoder: Encoder
    head: Any
    calibration: Calibration
    validation: dict[str, Any] | None
    history: list[dict[str, Any]]


def learn(
    clips: Sequence[PoseSequence],
    labels: Array,
    classes: int,
    layout: Layout,
    *,
    kind: str,
    seconds: float,
    seed: int,
    subjects: Sequence[str],
    progress: Progress | None,
) -> Learned:
    """Fit on clips that were mapped to the layout's joints.

    Args:
        clips: n clips.
        labels: (n,) class of each.
        classes: how many classes.
        layout: of the model.
        kind: "auto" or one of the heads.
        seconds: wall time it may take.
        seed: of all chance.
        subjects: who each clip is of, "" unknown.
        progress: told of every round; a true answer ends training there.
    """
    data = training_set(clips, layout)
    features = _standard(data, layout)
    kind = _kind(kind, len(clips), classes)
    told = _Told(progress)
    fold = folds(labels, subjects, seed)
    inside, aside = np.flatnonzero(fold != 0), np.flatnonzero(fold == 0)
    enough = fold.max() > 0 and len(np.unique(labels[inside])) == len(np.unique(labels))
    job = _Job(data, features, labels, classes, seed, Strength(mirror=both_sides(data, labels, layout)), subjects, told)
    start = clocks.perf_counter()
    few: LeftOut = {}
    validation, calibration = None, _trusting(layout)
    if enough:
        kind, encoder, head = job.fit(kind, inside, seconds * 0.35, TRIAL)
        reader = Reader(features, encoder, layout.skeleton())
        if isinstance(head, BlendHead):
            head.share = best_share(clips, aside, labels, reader, head)
            few = rocket_alone(clips, aside, labels, reader, head)
        logits = answers_early(clips, aside, reader, head, classes)
        calibration = fit_calibration(logits, labels[aside], np.array(SHARES) * layout.seconds[1])
        proba = [softmax(answers / heat) for answers, heat in zip(logits, calibration.temperature, strict=True)]
        early = dict(zip(SHARES, proba, strict=True))
        validation = {"labels": labels[aside], "proba": proba[-1], "clips": aside, "proba_early": early}
        told.held_out(proba[-1], labels[aside], classes)
    if told.stopped and enough:
        return Learned(kind, features, encoder, head, calibration, validation, told.history)
    share = head.share if enough and isinstance(head, BlendHead) else LATE
    kind, encoder, head = job.fit(kind, np.arange(len(clips)), seconds - (clocks.perf_counter() - start), 1.0)
    if isinstance(head, BlendHead):
        head.share = share
        calibration = corrected(calibration, few, head.left_out, head.net.until)
    return Learned(kind, features, encoder, head, calibration, validation, told.history)


def _kind(kind: str, count: int, classes: int) -> str:
    """The head that is meant: a network where there are clips enough and PyTorch, else the best classical one."""
    if kind == "net":
        need("torch", "train"), need("onnx", "train")
    if kind == "auto" and count >= ENOUGH * classes and can_learn_net():
        return "net"
    known = {"auto": "classical", "boost": "trees", "net": "net", **{name: name for name in CLASSICAL}}
    if kind not in known:
        raise UsageError(f"no head is called {kind!r}; there are auto, net, boost, {', '.join(CLASSICAL)}")
    return known[kind]


def can_learn_net() -> bool:
    """Whether what a network is learned with is installed."""
    return all(importlib.util.find_spec(name) for name in ("torch", "onnx"))


def _standard(data: TrainingSet, layout: Layout) -> Features:
    """Means and spreads of the features; where 3D becomes 2D, of some projections."""
    points, known, lengths = data.points, data.known, data.lengths
    if points.shape[-1] != layout.dims:
        points, known, lengths = augment(points, known, lengths, layout, Strength(lose=0), np.random.default_rng(0))
    return Features.of_pieces(layout, points, known, lengths)


def _trusting(layout: Layout) -> Calibration:
    """Where nothing could be held out: early answers are taken to be worth less."""
    return Calibration(np.array(SHARES) * layout.seconds[1], np.array([3.0, 2.2, 1.6, 1.3, 1.2]))


class _Told:
    """Passes on what training tells, and remembers it."""

    def __init__(self, progress: Progress | None) -> None:
        self.progress, self.stopped, self.phase = progress, False, "trial"
        self.history: list[dict[str, Any]] = []
        self.confusion: Array | None = None

    def __call__(self, info: dict[str, Any]) -> bool:
        self.history.append({"phase": self.phase, **{key: value for key, value in info.items() if key != "confusion"}})
        return self._tell(info)

    def _tell(self, info: dict[str, Any]) -> bool:
        held = self.confusion is not None
        told = {**info, "phase": self.phase, "held_out": held, "confusion": self.confusion if held else info.get("confusion")}
        if self.progress is not None and self.progress(told):
            self.stopped = True
        return self.stopped

    def held_out(self, proba: Array, labels: Array, classes: int) -> None:
        self.confusion = np.zeros((classes, classes), int)
        np.add.at(self.confusion, (labels, proba.argmax(1)), 1)
        if self.history:
            self.history[-1]["validation"] = float((proba.argmax(1) == labels).mean())
        self._tell({})
        self.phase = "final"


@dataclass(frozen=True)
class _Job:
    """Fits a head on some of the clips."""

    data: TrainingSet
    features: Features
    labels: Array
    classes: int
    seed: int
    strength: Strength
    subjects: Sequence[str]
    told: _Told

    def fit(self, kind: str, clips: Array, seconds: float, share: float) -> tuple[str, Encoder, Any]:
        data = self.data.of(clips)
        labels = self.labels[data.clips]
        if kind == "net":
            return "net", *self._net(data, labels, seconds, share)
        return self._classical(kind, data, labels)

    def _net(self, data: TrainingSet, labels: Array, seconds: float, share: float) -> tuple[Encoder, Any]:
        from .export import export_head, export_net
        from .network import NetEncoder
        from .training import Recipe, parameters, train_net

        recipe = Recipe(strength=self.strength)
        recipe = replace(recipe, epochs=max(1, round(recipe.epochs * share)), steps=max(1, round(recipe.steps * share)))
        start = clocks.perf_counter()
        mixtures, early = sizes(len(self.features.mean), self.classes, parameters(self.features.layout, self.classes, recipe))
        rocket = learn_rocket(
            data,
            labels,
            self.classes,
            self.features,
            strength=self.strength,
            subjects=[self.subjects[i] for i in data.clips],
            mixtures=mixtures,
            early=early,
            seed=self.seed,
        )
        left = max(seconds - (clocks.perf_counter() - start), 1.0)
        net = train_net(data, labels, self.classes, self.features, recipe, seed=self.seed, seconds=left, progress=self.told)
        count = sum(p.numel() for name, p in net.named_parameters() if not name.startswith(("head", "early")))
        until = EARLY * self.features.layout.seconds[0]
        encoder = BlendEncoder(NetEncoder(export_net(net), count), rocket.encoder, net.width)
        return encoder, BlendHead(export_head(net, until), rocket.late, rocket.early, rocket.left_out)

    def _classical(self, kind: str, data: TrainingSet, labels: Array) -> tuple[str, Encoder, Any]:
        flat = data.points.shape[-1] != self.features.layout.dims
        rng = np.random.default_rng(self.seed)
        clips, row = performances(data, self.features, self.strength, COPIES if flat else 1, rng)
        who = [self.subjects[i] for i in data.clips[row]]
        given = who if len({s for s in who if s}) > 1 else [str(i) for i in data.clips[row]]
        if kind == "classical":
            kind = best_head(clips, labels[row], self.classes, subjects=who, seed=self.seed).name
        groups = np.unique(given, return_inverse=True)[1]
        model = CLASSICAL[kind](clips[0].shape[1]).fit(clips, labels[row], self.classes, groups, self.seed)
        return kind, model.encoder, model.head
