"""One person's frames as they come to probabilities, at constant cost a frame; what a whole clip would give."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ..errors import UsageError
from ..types import PoseSequence
from ..types.arrays import Array
from .encoding import Pool
from .energy import Energy
from .features import FeatureStream
from .grid import Grid
from .reader import fitting

if TYPE_CHECKING:
    from .classifier import ActionClassifier

__all__ = ["Stepper"]


class Stepper:
    """Follows one person (or pair) through a model; made by `ActionClassifier.stepper()`.

    Attributes:
        time: seconds of the newest frame, or None.
    """

    def __init__(self, model: ActionClassifier) -> None:
        layout = model.layout_
        self._model = model
        self._grid, self._features = Grid(layout.rate), FeatureStream(model.reader_.features)
        self._state = model.reader_.encoder.start()
        self._pool = Pool(rate=layout.rate)
        self._energy = Energy(model.skeleton_)
        self._shape = (layout.people, len(layout.joints), layout.dims)
        self.time: float | None = None
        self._start: float | None = None

    def push(self, points: Array, scores: Array, time: float) -> None:
        """Take a frame.

        Args:
            points: (n, k, d) joints as the model's `skeleton_` names them; NaN where missing.
            scores: (n, k); 0 where missing.
            time: seconds; a frame that is not later than the last is ignored.

        Raises:
            ShapeError: other joints, a joint that is there without coordinates, or a time that is no number.
            UsageError: joints in a picture where the model reads 3D.
        """
        if self.time is not None and time <= self.time:
            return
        points, scores = self._fitting(points, scores, time)
        self._start = time if self._start is None else max(self._start, time - self._pool.seconds)
        self._energy.take(points, scores, time)
        self.time = time
        moments, known = self._grid.push(points, scores, time)
        if not len(moments):
            return
        z, weight, self._state = self._model.reader_.encoder.encode(self._features.push(moments, known), self._state)
        for i in range(len(z)):
            self._pool.push(z[i], weight[i], time - (len(z) - 1 - i) / self._grid.rate)

    def _fitting(self, points: Array, scores: Array, time: float) -> tuple[Array, Array]:
        """A frame as the model wants it; what it is is looked at closely only where it is not that already."""
        if points.shape == self._shape and scores.shape == self._shape[:2] and math.isfinite(time):
            if np.isfinite(points).all() or np.isfinite(points[scores > 0]).all():
                return np.asarray(points, np.float32), scores
        body, (people, _, dims) = self._model.skeleton_, self._shape
        clip = fitting(PoseSequence(points[None], scores[None], np.array([time]), body), body, dims, people)
        return clip.points[0], clip.scores[0]

    def proba(self, since: float | None = None) -> Array:
        """(c,) probabilities of what was done from `since` (seconds) to now; since the first frame without it.

        Raises:
            UsageError: no frame came yet.
        """
        if self.time is None:
            raise UsageError("expected a frame before probabilities are asked for; call push first")
        return np.asarray(self._model.judge(self._pool.span(since)[None], self._seconds(since))[0])

    def embed(self, since: float | None = None) -> Array:
        """(e,) the place of what was done from `since` to now among all movements."""
        return np.asarray(self._model.place(self._pool.span(since)[None])[0])

    def near(self, since: float | None = None) -> Array:
        """(c,) how far what was done from `since` to now is from what each class was learned from; 1 is as far as usual."""
        nearness = self._model.nearness_
        return np.zeros(len(self._model.classes_)) if nearness is None else nearness.of(self._pool.span(since))

    def energy(self) -> float:
        """How fast the fastest joints move, body lengths a second."""
        return self._energy.speed()

    def _seconds(self, since: float | None) -> float:
        if self.time is None or self._start is None:
            return 0.0
        start = self._start if since is None else max(since, self._start)
        return max(self.time - start, 0.0)
