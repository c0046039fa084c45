"""The law of action models that learn from clips: what is fitted, saved and asked again gives one answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import KinesicsError, NotFittedError
from ..types import Array, PoseSequence

__all__ = ["check_action_model"]

CLOSE = 1e-4  # in probability


def check_action_model(
    build: Callable[[], Any], clips: Sequence[PoseSequence], labels: Sequence[str], folder: str | Path
) -> None:
    """Raise AssertionError, saying which law is broken, unless all of them hold.

    1. Before `fit` every question raises `NotFittedError`.
    2. `fit` returns the model itself and keeps what it was given as it was; `classes_` are the labels, sorted, each once.
    3. `predict_proba` gives a row a clip, 0 to 1, which sums to 1; no clips, no rows.
    4. Asking changes nothing: the same question gets the same answer, one by one or all at once.
    5. What is saved and loaded answers the same; a damaged file raises one of `errors.py`.
    6. Fitted again on the same clips it answers the same (seeds).
    7. Where there is a `stepper`, a clip gone through moment by moment gets the same answer as the clip.

    Args:
        build: makes a new, unfitted model; `load` is called on its type.
        clips: to learn from.
        labels: one a clip; at least two different.
        folder: an empty place for files.
    """
    _refuses_unfitted(build(), clips)
    before = [(clip.points.copy(), clip.scores.copy()) for clip in clips]
    model = build()
    _demand(model.fit(list(clips), list(labels)) is model, "fit returns the model itself")
    kept = all(np.array_equal(a, c.points, equal_nan=True) for (a, _), c in zip(before, clips, strict=True))
    _demand(kept, "fit keeps the clips as they are")
    _demand(tuple(model.classes_) == tuple(sorted(set(labels))), "classes_ are the labels, sorted")
    proba = _rows(model, clips)
    _answers_alike(model, clips, proba)
    _comes_back(model, clips, proba, Path(folder))
    again = build().fit(list(clips), list(labels))
    _demand(_close(_rows(again, clips), proba), "fitted again on the same clips, it answers the same")
    if hasattr(model, "stepper"):
        _streams(model, clips, proba)


def _demand(holds: bool, law: str) -> None:
    if not holds:
        raise AssertionError(f"check_action_model: {law}")


def _close(a: Array, b: Array) -> bool:
    return a.shape == b.shape and bool(np.abs(a - b).max(initial=0) < CLOSE)


def _refuses_unfitted(model: Any, clips: Sequence[PoseSequence]) -> None:
    for question in ("predict_proba", "stepper"):
        if not hasattr(model, question):
            continue
        try:
            getattr(model, question)(*([list(clips)] if question == "predict_proba" else []))
        except NotFittedError:
            continue
        raise AssertionError(f"check_action_model: {question} before fit raises NotFittedError")


def _rows(model: Any, clips: Sequence[PoseSequence]) -> Array:
    proba = np.asarray(model.predict_proba(list(clips)))
    _demand(proba.shape == (len(clips), len(model.classes_)), "predict_proba gives a row a clip and a column a class")
    _demand(bool((proba >= 0).all() and np.allclose(proba.sum(1), 1, atol=1e-4)), "rows are probabilities that sum to 1")
    return proba


def _answers_alike(model: Any, clips: Sequence[PoseSequence], proba: Array) -> None:
    _demand(_close(_rows(model, clips), proba), "asking changes nothing")
    one_by_one = np.concatenate([_rows(model, [clip]) for clip in clips])
    _demand(_close(one_by_one, proba), "clips one by one get the answer they get all at once")
    _demand(_rows(model, []).shape[0] == 0, "no clips, no rows")


def _comes_back(model: Any, clips: Sequence[PoseSequence], proba: Array, folder: Path) -> None:
    path = folder / "model.kin"
    model.save(path)
    loaded = type(model).load(path)
    _demand(tuple(loaded.classes_) == tuple(model.classes_), "what is loaded knows the same classes")
    _demand(_close(_rows(loaded, clips), proba), "what is loaded answers the same")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    (folder / "damaged.kin").write_bytes(bytes(data))
    try:
        type(model).load(folder / "damaged.kin")
    except KinesicsError:
        return
    raise AssertionError("check_action_model: a damaged file is refused with one of the library's errors")


def _streams(model: Any, clips: Sequence[PoseSequence], proba: Array) -> None:
    for clip, row in list(zip(clips, proba, strict=True))[:5]:
        stepper = model.stepper()
        for points, scores, time in zip(clip.points, clip.scores, clip.times.tolist(), strict=True):
            stepper.push(points, scores, time)
        streamed = np.asarray(stepper.proba(None))
        _demand(bool(np.abs(streamed - row).max() < 0.02), "a clip gone through moment by moment gets the clip's answer")
