"""How alike two encodings are, and how likely that makes them one person."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import numpy as np

from ..types import Array

__all__ = ["Likeness", "likeness"]


class Likeness:
    """What was learned from pairs of faces.

    Args:
        mean: (d,) the mean encoding of many people: what all faces have in common says nothing.
        middle: the cosine at which it is as likely one person as not, of a stranger taken among a hundred.
        slope: how fast that changes with the cosine.
    """

    def __init__(self, mean: Array, middle: float, slope: float) -> None:
        self.mean, self.middle, self.slope = mean, middle, slope

    def centred(self, encodings: Array) -> Array:
        """(n, d) rows without what all faces have in common, of length 1."""
        unit = encodings / np.linalg.norm(encodings, axis=1, keepdims=True)
        apart = unit - self.mean
        return np.asarray(apart / np.linalg.norm(apart, axis=1, keepdims=True), np.float32)

    def odds(self, cosine: Array) -> Array:
        """The odds that two encodings of this cosine are of one person: 1 at `middle`."""
        return np.asarray(np.exp(np.clip(self.slope * (np.asarray(cosine, float) - self.middle), -50, 50)))


@functools.cache
def likeness() -> Likeness:
    """The one that ships."""
    table = json.loads(Path(__file__).with_name("likeness.json").read_text("utf-8"))
    mean = np.array(table["mean"], np.float32)
    mean.flags.writeable = False
    return Likeness(mean, table["middle"], table["slope"])
