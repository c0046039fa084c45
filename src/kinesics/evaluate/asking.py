"""Asking an action model, whoever made it, and holding what it answers to its contract."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from ..errors import ShapeError
from ..types import Array, PoseSequence

__all__ = ["ActionModel", "places_of", "proba_of"]


class ActionModel(Protocol):
    """What can be measured: see "action model" among the contracts."""

    classes_: Any

    @property
    def fit(self) -> Callable[..., Any]:
        """Learn: `fit(clips, labels, subjects=…)`, `progress=` where it is told of."""
        ...

    def predict_proba(self, clips: Sequence[PoseSequence]) -> Array:
        """(n, c), rows sum to 1."""
        ...


def proba_of(model: ActionModel, clips: Sequence[PoseSequence]) -> Array:
    """`predict_proba`, held to its contract: (n, c) rows that sum to 1."""
    proba = np.asarray(model.predict_proba(clips), float)
    if proba.shape != (len(clips), len(model.classes_)):
        raise ShapeError(f"predict_proba: expected ({len(clips)}, {len(model.classes_)}), got {proba.shape}")
    return proba


def places_of(model: ActionModel, labels: Sequence[str]) -> Array:
    """(n,) column of each label; -1 for labels that the model never learned."""
    column = {str(name): i for i, name in enumerate(model.classes_)}
    return np.array([column.get(label, -1) for label in labels], int)
