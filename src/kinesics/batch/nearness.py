"""What it means that two movements are near each other: one number to rank them by, and how likely they are of one kind.

A head that knows a single example (`FewShotHead`) says how strange a question is: the squared distance, less a share of how
crowded it is around both. For unit rows x and the example q that is 2 - 2·(q·x + c(x)·CROWDED/2) - CROWDED·c(q): one inner
product once c(x) stands beside x as one more number, which is what an index can order by.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..types import Array

__all__ = ["RARE", "Nearness", "beside", "placed"]

RARE = 10.0  # movements of other kinds for each that is of the kind of the example


def placed(rows: Array, crowd: Array) -> Array:
    """(n, e) movements and (n,) how crowded it is around them to (n, e + 1) float32, to be ranked by inner products."""
    from ..actions.fewshot import CROWDED

    return np.concatenate([rows, CROWDED / 2 * np.asarray(crowd)[:, None]], axis=1, dtype=np.float32)


def beside(rows: Array) -> Array:
    """(q, e) questions to (q, e + 1) float32 that fit `placed` rows."""
    return np.concatenate([rows, np.ones((len(rows), 1))], axis=1, dtype=np.float32)


class Nearness:
    """How near movements are to some questions.

    Args:
        embedding: a `MotionEmbedding`, whose calibration is used.
        questions: (q, e) float32 of length 1.

    Attributes:
        asked: (q, e + 1) float32, see `beside`.
    """

    def __init__(self, embedding: Any, questions: Array) -> None:
        from ..actions.fewshot import CROWDED

        head = embedding.head()
        self.asked = beside(questions)
        self._around = CROWDED * head.crowded(np.asarray(questions, float))  # (q,)
        self._constant, self._slope = embedding.calibration.unknown[:2]

    def ranks(self, rows: Array) -> Array:
        """(n, e + 1) placed rows to (n, q): the higher, the nearer."""
        return np.asarray(rows @ self.asked.T)

    def likeness(self, ranks: Array) -> Array:
        """(n, q) ranks to (n,): the probability that a movement is of the kind of the question it is likest.

        The calibration is of as many movements of the kind as of others; here `RARE` others are expected for each.
        """
        odds = self._constant + self._slope * (2 - 2 * np.asarray(ranks, float) - self._around) + np.log(RARE)
        return np.asarray((1 / (1 + np.exp(np.clip(odds, -30, 30)))).max(axis=1))
