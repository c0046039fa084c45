"""Who is looked at when not everybody can be: the largest people always, the others in turn."""

from __future__ import annotations

import math

import numpy as np

from ..geometry import box_area
from ..types import Array, People

__all__ = ["Turns"]

LARGEST = 0.5  # share of the places that goes to the largest people whoever waits


class Turns:
    """Shares out a number of places among people, frame by frame."""

    def __init__(self) -> None:
        self._waited: dict[int, int] = {}

    def reset(self) -> None:
        """Forget who has waited."""
        self._waited = {}

    def choose(self, people: People, places: float) -> Array:
        """Rows of those who get a place, rising.

        Args:
            people: with ids; large is near.
            places: how many can be looked at, any number from 0 up, infinity for all.
        """
        number, ids = len(people), people.ids.tolist()
        waited = np.array([self._waited.get(identity, 0) for identity in ids], np.int64)
        if places >= number:
            rows = np.arange(number)
        else:
            places = max(int(places), 0)
            size = np.argsort(-box_area(people.boxes), kind="stable")
            first = math.ceil(places * LARGEST)
            rest = size[first:]
            rest = rest[np.argsort(-waited[rest], kind="stable")]
            rows = np.sort(np.concatenate([size[:first], rest])[:places])
        waited += 1
        waited[rows] = 0
        self._waited = {identity: wait for identity, wait in zip(ids, waited.tolist(), strict=True) if identity >= 0}
        return rows
