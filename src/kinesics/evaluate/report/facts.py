"""What a report says, gathered from a trained model and the clips it learned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import numpy as np

from ...metrics.calibration import Reliability, calibration_error, reliability
from ...metrics.confusion import Confusion, confusion
from ...types import Array, PoseSequence
from ..early import SHARES, proba_at

__all__ = ["Facts", "Held", "asked", "held_out", "label_rows", "versions"]

PACKAGES = ("kinesics", "numpy", "torch", "onnxruntime", "scikit-learn")


@dataclass(frozen=True)
class Held:
    """What the model said of clips that it did not learn from.

    Attributes:
        labels: m true labels.
        proba: (m, c).
        truth: (m,) column of the true label.
        clips: m clips; none where the model did not say which.
        files: what they are called.
        early: percent of the clip seen -> (m, c), rising; 100 is `proba`.
        counted: the confusion.
    """

    labels: list[str]
    proba: Array
    truth: Array
    clips: list[PoseSequence]
    files: list[str]
    early: dict[float, Array]
    counted: Confusion

    @property
    def ece(self) -> float:
        """Expected calibration error, 15 even intervals."""
        return self.error(100.0)

    def reliability(self, percent: float) -> Reliability:
        """At this share of the clip, ten bins."""
        return reliability(self.truth, self.early[percent], bins=10)

    def error(self, percent: float) -> float:
        """Expected calibration error at this share of the clip, 15 even intervals as everywhere."""
        return calibration_error(self.truth, self.early[percent])

    def hardest(self, most: int) -> list[int]:
        """Rows of what was believed least, the worst first; mistakes come before right answers."""
        right = self.proba.argmax(1) == self.truth
        believed = self.proba[np.arange(len(self.truth)), self.truth]
        return [int(row) for row in np.lexsort((believed, right))[:most]]


@dataclass(frozen=True)
class Facts:
    """All that the pages are made of.

    Attributes:
        model: the classifier.
        clips, labels, subjects, files: what it learned from, one each a clip; "" for unknown.
        held: see `Held`; None where nothing was held out.
        warnings: lines.
        settings, terms: for people to read.
    """

    model: Any
    clips: Sequence[PoseSequence]
    labels: Sequence[str]
    subjects: Sequence[str]
    files: Sequence[str]
    held: Held | None
    warnings: list[str]
    settings: Mapping[str, Any]
    terms: str

    @property
    def classes(self) -> list[str]:
        """Names of the columns."""
        return [str(c) for c in self.model.classes_]


def held_out(model: Any, clips: Sequence[PoseSequence], files: Sequence[str]) -> Held | None:
    """The model's `validation_`, put in order; None where it has none.

    Args:
        model: fitted.
        clips: those it was given, to which `validation_["clips"]` refers.
        files: their names.
    """
    found = getattr(model, "validation_", None)
    if not found or not len(found["labels"]):
        return None
    at = [] if found.get("clips") is None else [int(i) for i in found["clips"]]
    early = {_percent(share): np.asarray(p, float) for share, p in (found.get("proba_early") or {}).items()}
    proba = np.asarray(found["proba"], float)
    return _held(model, found["labels"], proba, early, [clips[i] for i in at], [files[i] for i in at])


def asked(model: Any, clips: Sequence[PoseSequence], labels: Sequence[str], files: Sequence[str]) -> Held | None:
    """What a model says of clips of a test, and of their beginnings; those whose label it never learned are left out."""
    early = {float(share): proba_at(model, clips, share / 100) for share in SHARES}
    return _held(model, labels, early[100.0], early, clips, files)


def _held(
    model: Any,
    labels: Sequence[Any],
    proba: Array,
    early: dict[float, Array],
    clips: Sequence[PoseSequence],
    files: Sequence[str],
) -> Held | None:
    names = [str(c) for c in model.classes_]
    told = [names[int(label)] if isinstance(label, int | np.integer) else str(label) for label in labels]
    keep = [i for i, label in enumerate(told) if label in names]
    if not keep:
        return None
    truth = [told[i] for i in keep]
    return Held(
        truth,
        proba[keep],
        np.array([names.index(label) for label in truth]),
        [clips[i] for i in keep] if len(clips) else [],
        [files[i] for i in keep] if len(clips) else [],
        dict(sorted({**{share: p[keep] for share, p in early.items()}, 100.0: proba[keep]}.items())),
        confusion(truth, [names[i] for i in proba[keep].argmax(1)], names),
    )


def _percent(share: Any) -> float:
    value = float(share)
    return round(100 * value if value <= 1 else value, 1)


def label_rows(facts: Facts) -> list[dict[str, Any]]:
    """Of each label: clips, people, seconds (least, median, most), share of the joints that are missing."""
    rows = []
    for label in facts.classes:
        at = [i for i, own in enumerate(facts.labels) if own == label]
        spans = np.array([seconds_of(facts.clips[i]) for i in at] or [np.nan])
        seen = np.array(
            [float((facts.clips[i].scores > 0).mean()) if facts.clips[i].scores.size else 0.0 for i in at] or [np.nan]
        )
        people = {facts.subjects[i] for i in at} - {""}
        rows.append(
            {"label": label, "clips": len(at), "people": len(people), "spans": spans, "missing": 1 - float(np.mean(seen))}
        )
    return rows


def seconds_of(clip: PoseSequence) -> float:
    """How long a clip lasts."""
    return float(clip.times[-1] - clip.times[0]) if len(clip) else 0.0


def versions() -> dict[str, str]:
    """Of the packages that decide what is learned."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found
