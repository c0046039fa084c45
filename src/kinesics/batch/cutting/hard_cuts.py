"""Hard cuts: one step that is much larger than the steps around it, and that stays.

A step is measured after each block may have moved, against the busiest steps of the 0.8 s on both sides, so that pans, shaking
cameras and slow video that repeats its pictures set their own measure. After a flash the picture is what it was before: that is
no cut, and neither is light that changes over the same scene.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from .glances import Boundary, Glance, block_changes, change, likeness, same_scene

__all__ = ["HardCuts"]

AROUND = 0.8  # seconds on both sides that a step is compared with
FAR = 8  # pixels of 64 that a block may have moved before a cut is believed
SAID = 0.85  # correlation above which no cut is said at once
LEFT = 0.65  # of a step that movement that far leaves
FLASH = 0.16  # seconds, and frames, after which a flash is over
FLASH_FRAMES = 4
BUSY = 1.5  # a cut is so many times what is usual around it


class HardCuts:
    """Follows the steps from picture to picture."""

    def __init__(self) -> None:
        self._seen: list[Glance] = []
        self._steps: list[float] = []  # from the picture before
        self._next = 1  # the first whose step is not judged yet

    def update(self, new: Glance) -> tuple[bool, list[Boundary]]:
        """Take the next picture.

        Returns:
            whether a cut lies right before it, as far as can be told without seeing more; and the cuts that are sure by now.
        """
        self._steps.append(change(self._seen[-1], new) if self._seen else 0.0)
        self._seen.append(new)
        now = len(self._seen) > 1 and self._at_once()
        found = self._judge(new.time - AROUND)
        self._forget()
        return now, found

    def end(self) -> list[Boundary]:
        """The cuts among the last pictures."""
        return self._judge(math.inf)

    def _judge(self, until: float) -> list[Boundary]:
        found = []
        while self._next < len(self._seen) and self._seen[self._next].time <= until:
            if (strength := self._strength(self._next)) >= 1:
                at = self._seen[self._next]
                found.append(Boundary(at.count, at.time, "cut", strength / (1 + strength), at.time, at.time))
            self._next += 1
        return found

    def _strength(self, i: int) -> float:
        """How many times larger the step before picture i is than it would have to be; 0 where something speaks against it."""
        step, floor = self._steps[i], _floor(self._seen[i - 1], self._seen[i])
        if step < floor:
            return 0.0
        near = [j for j in range(1, len(self._seen)) if j != i and abs(self._seen[j].time - self._seen[i].time) <= AROUND]
        least = floor + BUSY * _usual([self._steps[j] for j in near])
        strength = step / least
        close = [j for j in near if abs(j - i) <= 2 or abs(self._seen[j].time - self._seen[i].time) <= 0.1]
        if strength < 1 or sum(self._steps[j] > step / BUSY for j in close) > 1:  # something large goes by
            return 0.0
        if change(self._seen[i - 1], self._seen[i], FAR) < LEFT * step:
            return 0.0
        return strength if self._stays(i, min(step / 2, 2 * least)) else 0.0

    def _stays(self, i: int, least: float) -> bool:
        """Whether the pictures after the step differ from those before it, by so many levels: after a flash they do not."""
        early, late = self._seen[i - 1].time - FLASH, self._seen[i].time + FLASH
        first = next((j for j in range(i - FLASH_FRAMES, -1, -1) if self._seen[j].time <= early), 0)
        first = next(j for j in range(first, i) if self._seen[j].time >= self._seen[i].time - AROUND or j == i - 1)
        last = next((j for j in range(i + FLASH_FRAMES, len(self._seen)) if self._seen[j].time >= late), len(self._seen) - 1)
        last = next((j for j in range(last, i, -1) if self._seen[j].time <= self._seen[i].time + AROUND), i)
        if min(change(self._seen[a], self._seen[b]) for a in {first, i - 1} for b in {i, last}) < least:
            return False
        return not same_scene(self._seen[i - 1], self._seen[last])

    def _at_once(self) -> bool:
        """The same without anything to come: stricter, and what gets brighter all over may be a flash."""
        old, new, step = self._seen[-2], self._seen[-1], self._steps[-1]
        floor = _floor(old, new)
        if step < floor or new.detail < old.detail / 4:
            return False
        past = [s for s, seen in zip(self._steps[1:-1], self._seen[1:-1], strict=True) if new.time - seen.time <= AROUND]
        if step < 1.2 * (floor + BUSY * _usual(past)) or step < BUSY * max(past[-3:], default=0):
            return False
        alike = likeness(old, new)
        if alike > (SAID if len(past) > 2 else 0.3) or float(np.median(block_changes(old, new))) < floor:
            return False
        if change(old, new, FAR) < LEFT * step:
            return False
        flash = new.mean > old.mean + 25 and alike > 0.5
        return not flash and (len(self._seen) < 3 or change(self._seen[-3], new) > step / 2)

    def _forget(self) -> None:
        waiting = self._seen[min(self._next, len(self._seen) - 1)].time
        gone = max(min(next(i for i, seen in enumerate(self._seen) if seen.time >= waiting - AROUND) - 1, self._next - 3), 0)
        del self._seen[:gone], self._steps[:gone]
        self._next -= gone


def _floor(a: Glance, b: Glance) -> float:
    """Levels below which no step is a cut: less where the pictures are dark or dull."""
    return 0.5 + 0.02 * (a.spread + b.spread)


def _usual(steps: Sequence[float]) -> float:
    """The eighth part of the largest steps begins here; the largest of all may be a cut, too."""
    ordered = sorted(steps, reverse=True)
    return ordered[min(max(2, math.ceil(0.12 * len(ordered))), len(ordered)) - 1] if ordered else 0.0
