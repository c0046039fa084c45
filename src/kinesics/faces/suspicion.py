"""How much a face over time looks exchanged: a cue with its evidence, never a verdict."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np

from ..types import Array

__all__ = ["FITTED", "Suspicion", "Window", "features", "pooled", "spans"]

LASTS = 1.0  # seconds of a window
STEP = 0.5  # seconds from one window to the next
MOST = 6.0  # spreads that a deviation may count
LEAST = 8  # pictures in a window that is judged
FITTED = ("sharpness", "seam", "flicker", "tremble", "strangeness")  # the cues that need no net for identity


@dataclass(frozen=True)
class Window:
    """A second of one face.

    Attributes:
        start, end: seconds.
        score: 0 to 1; 0.5 where as many exchanged as real faces look so, among those that it was measured with.
        evidence: by cue, how many standard deviations of real faces its mean is away from theirs.
    """

    start: float
    end: float
    score: float
    evidence: Mapping[str, float]


class Suspicion:
    """Weighs the cues of `FaceTrace`.

    A logistic regression on means and 90th percentiles of the cues over a second, and on how far each is from the usual to
    either side, learned from a few real faces and simple exchanges of them (`scripts/make_suspicion.py`). It says how unusual
    a face is; compression, make-up, low light and small faces are unusual too.

    Args:
        settings: what was learned; None for what ships.
    """

    def __init__(self, settings: Mapping[str, Any] | None = None) -> None:
        known = settings or json.loads(files(__package__).joinpath("suspicion.json").read_text("utf-8"))
        self.mean, self.spread = np.array(known["mean"]), np.array(known["spread"])
        self.weights, self.bias = np.array(known["weights"]), float(known["bias"])

    def windows(self, times: Array, cues: Sequence[Mapping[str, float]]) -> list[Window]:
        """Judge a face second by second.

        Args:
            times: (t,) seconds, rising.
            cues: of each picture, as `FaceTrace.add` says them.

        Returns:
            windows in order; seconds with too few pictures are left out.
        """
        values = np.array([[cue[name] for name in FITTED] for cue in cues]).reshape(-1, len(FITTED))
        judged = []
        for rows in spans(times):
            away = (pooled(values[rows]) - self.mean) / self.spread
            odds = float(features(away) @ self.weights + self.bias)
            evidence = {
                name: round(float(z), 2) for name, z in zip(FITTED, away[: len(FITTED)], strict=True) if math.isfinite(z)
            }
            judged.append(
                Window(float(times[rows[0]]), float(times[rows[-1]]), 1 / (1 + math.exp(-np.clip(odds, -30, 30))), evidence)
            )
        return judged


def features(away: Array) -> Array:
    """(…, c) deviations in spreads to (…, 2 c): themselves and their sizes; what is not known is as usual."""
    known = np.clip(np.nan_to_num(away), -MOST, MOST)
    return np.concatenate([known, np.abs(known)], axis=-1)


def spans(times: Array) -> list[Array]:
    """Rows of each window; one window for a face that is seen for less than its length."""
    times = np.asarray(times, float)
    if len(times) < LEAST:
        return []
    starts = np.arange(times[0], max(times[-1] - LASTS, times[0]) + 1e-6, STEP)
    rows = [np.flatnonzero((times >= start) & (times <= start + LASTS)) for start in starts]
    return [window for window in rows if len(window) >= LEAST]


def pooled(values: Array) -> Array:
    """(t, c) cues of a window to (2 c,): means and 90th percentiles; NaN where a cue was never told."""
    told = np.isfinite(values).any(axis=0)
    pooled = np.full((2, values.shape[1]), np.nan)
    pooled[0, told] = np.nanmean(values[:, told], axis=0)
    pooled[1, told] = np.nanpercentile(values[:, told], 90, axis=0)
    return pooled.ravel()
