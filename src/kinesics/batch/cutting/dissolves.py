"""Dissolves: over a quarter of a second to two, one picture turns into another, everywhere at the same rate."""

from __future__ import annotations

import numpy as np

from ...types import Array
from .glances import Boundary, Glance, block_changes, change, same_scene
from .mixing import Mixture, mixture, vector

__all__ = ["Dissolves"]

EVERY = 0.05  # seconds between looks, at least
WINDOWS = (0.35, 0.6, 1.0, 1.5, 2.2)  # seconds within which a dissolve may lie
MIXED = 0.5  # of the residual that movement leaves
LOCAL = 0.35  # (mean / root mean square)² of the blocks' change: 1 if it is even, p if over a share p of the picture
MOVED = 0.66  # of a change that is left where movement explains it
RESTING = 0.25  # seconds
RESTED = 0.5  # the same where the picture rests before and after
SETTLED = 0.3  # seconds without a better place


class Dissolves:
    """Keeps the dot products of the pictures of the last seconds, and tries windows that end now."""

    def __init__(self) -> None:
        self._seen: list[Glance] = []
        self._vectors: list[Array] = []
        self._products = np.zeros((0, 0), np.float32)
        self._best: tuple[float, float, Boundary] | None = None  # how good, when found

    def update(self, new: Glance) -> list[Boundary]:
        """Take the next picture; dissolves that are over come back."""
        if self._seen and new.time - self._seen[-1].time < EVERY - 1e-3:
            return []
        self._take(new)
        done = []
        for window in WINDOWS:
            found = self._try(window)
            if found is None:
                continue
            good, boundary = found
            if self._best is not None and boundary.time - self._best[2].time > 0.5:
                done.append(self._best[2])
                self._best = None
            if self._best is None or good > self._best[0]:
                self._best = (good, new.time, boundary)
        if self._best is not None and new.time - self._best[1] >= SETTLED:
            done.append(self._best[2])
            self._best = None
        return done

    def end(self) -> list[Boundary]:
        """What was found and not told yet."""
        return [self._best[2]] if self._best is not None else []

    def _take(self, new: Glance) -> None:
        old = sum(new.time - seen.time > 2 * WINDOWS[-1] - 1.0 for seen in self._seen)
        del self._seen[:old], self._vectors[:old]
        self._seen.append(new)
        self._vectors.append(vector(new))
        row = np.array([v @ self._vectors[-1] for v in self._vectors], np.float32)
        kept = self._products[old:, old:]
        self._products = np.vstack([np.column_stack([kept, row[:-1]]), row[None]]) if len(row) > 1 else row[None]

    def _try(self, window: float) -> tuple[float, Boundary] | None:
        """A dissolve that lies in the last `window` seconds."""
        last = len(self._seen) - 1
        now = self._seen[last].time
        first = next(i for i, seen in enumerate(self._seen) if seen.time >= now - window - 1e-3)
        if (first == 0 and now - self._seen[0].time < window - EVERY) or last - first < 3:
            return None
        whole = self._products[first, first] + self._products[-1, -1] - 2 * self._products[first, -1]
        if whole < _least(self._seen[first], self._seen[-1]) ** 2:
            return None
        found = mixture(self._products[first:, first:])
        if not self._is_one(found, first, window):
            return None
        path = np.maximum.accumulate(np.array([0.0, *found.shares, 1.0]))
        times = np.array([seen.time for seen in self._seen[first:]])
        low, middle, high = (float(np.interp(share, path, times)) for share in (0.1, 0.5, 0.9))
        at = next(seen for seen in self._seen[first:] if seen.time >= middle - 1e-6)
        margin = max((high - low) / 8, EVERY)
        good = found.change * (1 - found.residual)
        return good, Boundary(at.count, at.time, "dissolve", good / (good + 5), low - margin, high + margin)

    def _is_one(self, found: Mixture, first: int, window: float) -> bool:
        a, b = self._seen[first], self._seen[-1]
        if found.residual > MIXED:
            return False
        steps = np.diff([0.0, *found.shares, 1.0])
        if window < WINDOWS[-1] and steps[-1] > 0.5 * steps.max():  # it goes on: a later window will see more of it
            return False
        halfway = ((found.shares > 0.2) & (found.shares < 0.8)).any()
        if (
            not halfway
            or steps.max() > 0.55
            or steps.min() < -0.15
            or self._is_light(first, found)
            or (max(steps[0], steps[-1]) > 0.3 * steps.max() and self._drifts(first, window, found))
        ):
            return False
        if same_scene(a, b):
            return False
        times = np.array([seen.time for seen in self._seen[first:]])
        rest = (times < times[0] + RESTING) | (times > times[-1] - RESTING)  # a pan seldom begins and ends in so short a time
        rests = steps[rest[1:] & rest[:-1]].max(initial=0.0) < 0.35 * steps.max()
        blocks = block_changes(a, b, still=np.inf)
        if float(blocks.mean()) ** 2 < LOCAL * float((blocks * blocks).mean()):  # a lamp, a screen, somebody
            return False
        return change(a, b) > 1 + 0.05 * (a.spread + b.spread) and not self._moves(first, found, RESTED if rests else MOVED)

    def _moves(self, first: int, found: Mixture, least: float) -> bool:
        """Whether a camera that moves explains the middle: less than `least` of the change is left when blocks may move."""
        middle = first + 1 + int(np.abs(found.shares - 0.5).argmin())
        for reach in (1, 2, 4):
            a, b = self._seen[max(middle - reach, first)], self._seen[min(middle + reach, len(self._seen) - 1)]
            plain, moved = (float(block_changes(a, b, still).mean()) for still in (np.inf, 0.0))
            if plain > 1.5 and moved < least * plain:
                return True
        return False

    def _is_light(self, first: int, found: Mixture) -> bool:
        """Whether one picture is the other one, brighter or darker: light that changes, or a fade."""
        aa, bb, ab = (float(self._products[i]) for i in ((first, first), (-1, -1), (first, -1)))
        explained = min(bb - ab * ab / max(aa, 1e-6), aa - ab * ab / max(bb, 1e-6))
        return explained < 0.1 * found.change**2

    def _drifts(self, first: int, window: float, found: Mixture) -> bool:
        """Whether it changed as much in the time before: a slow pan."""
        start = self._seen[first].time
        before = next(i for i, seen in enumerate(self._seen) if seen.time >= start - min(window, 1.0) - 1e-3)
        g = self._products
        return bool(g[first, first] + g[before, before] - 2 * g[before, first] > 0.6 * found.change**2) and self._slow(
            before, first
        )

    def _slow(self, before: int, first: int) -> bool:
        """Whether that change before came bit by bit: a cut or a dissolve shortly before is no drift."""
        g = self._products
        steps = [g[i, i] + g[i + 1, i + 1] - 2 * g[i, i + 1] for i in range(before, first)]
        whole = g[first, first] + g[before, before] - 2 * g[before, first]
        return bool(steps) and max(steps) < 0.5 * whole


def _least(a: Glance, b: Glance) -> float:
    """Levels, root mean square, below which two pictures show one thing."""
    return 2 + 0.1 * (a.spread + b.spread)
