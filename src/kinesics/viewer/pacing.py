"""Which tier the next picture gets: the highest whose 95th percentile fits into the time there is.

All tiers share one unknown, how much slower the machine is now than when it was probed. `kinesics.budget.Budget` learns that
factor (up at once, down slowly) with the table's 95th percentiles as units, so that a slow T0 already tells what T2 would take
and nothing too dear is tried to find out. Down goes at once; up goes one tier at a time and after some calm pictures, of which
it wants twice as many after each rise that did not last. One slow picture among fast ones is no slow machine: the tier is back
after three, and a machine that is known for such moments is forgiven them as long as they are rare.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from ..budget import Budget
from ..errors import UsageError
from .costs import CostTable

__all__ = ["Choice", "Pacer"]

_WORK = "drawing"
_LEEWAY = 0.9  # share of what is planned for that a higher tier may need before it is tried
_HOLDS = 0.95  # share of the limit up to which a tier that is in use stays
_PATIENCE, _LONGEST = 12, 768  # calm pictures before a rise, and the most of them
_LASTED = 8  # patiences after which a rise has been a good one
_ALIKE = 1.2  # factor within which a machine is as fast as before
_CONVINCED = 3  # pictures as fast as before that make a slow one an exception
_FAMILIAR, _RARE, _WINDOW = 2, 0.02, 150  # exceptions until they are expected; the share of them that is forgiven, of so many


@dataclass(frozen=True)
class Choice:
    """What the next picture gets.

    Attributes:
        tier: 0 for T0, and so on.
        why: in words.
        skipped: names of the tiers there was no time for: ("t2", "t3").
    """

    tier: int
    why: str
    skipped: tuple[str, ...] = ()


class Pacer:
    """Chooses the tier of each picture, and learns from what the pictures took.

    Args:
        costs: what each tier was probed to cost; None while nobody knows, when T0 is chosen.
        tiers: how many there are, if `costs` is not known yet.
        budget: seconds of one worker that a picture may take.
        workers: pictures that are drawn at the same time.

    Raises:
        UsageError: the budget is no time above 0, or there are no workers.
    """

    def __init__(self, costs: CostTable | None = None, *, tiers: int = 1, budget: float = math.inf, workers: int = 1) -> None:
        if workers < 1:
            raise UsageError(f"workers: expected 1 or more, got {workers}")
        self.workers, self.tiers = workers, tiers
        self.tier = self.changes = 0
        self.limit = self._limit = budget
        self._budget = Budget(budget)
        self._costs: tuple[float, ...] = ()
        self._budget.costs[_WORK] = 1.0
        self._fresh = True
        self._calm = self._since = 0
        self._patience = _PATIENCE
        self._alarm: _Alarm | None = None
        self._exceptions = 0
        self._forgiven = False
        self._overs: deque[bool] = deque(maxlen=_WINDOW)
        if costs is not None:
            self.know(costs)

    @property
    def slowness(self) -> float:
        """How many times as long as in the table a picture is believed to take now."""
        return self._budget.costs[_WORK]

    @property
    def pictures(self) -> int:
        """How many were learned from."""
        return self._budget.frames

    @property
    def over(self) -> int:
        """How many of them took longer than they might."""
        return self._budget.over

    def know(self, costs: CostTable) -> None:
        """The table has come; the next picture gets what fits."""
        self._costs, self.tiers, self._fresh = costs.p95, len(costs), True
        self._budget.costs[_WORK] = 1.0

    def cost(self, tier: int) -> float:
        """Seconds that a picture at `tier` is believed to take now, with 95 % certainty; 0 while nobody knows."""
        return self._costs[tier] * self.slowness if self._costs else 0.0

    @property
    def room(self) -> float:
        """Seconds that are planned for a picture: the limit without its margin."""
        return self._limit * self._budget.margin

    def choose(self, *, every: float | None = None, spare: float | None = None) -> Choice:
        """The tier of the next picture.

        Args:
            every: seconds from one picture to the next where they must keep up; each may take as many times that as there are
                workers.
            spare: seconds until this picture is due.
        """
        self._limit = min(self.limit, math.inf if every is None else every * self.workers)
        if not self._costs:
            return self._choice("nothing is measured yet")
        due = math.inf if spare is None else spare
        best = self._highest(min(self.room, due))
        if self._fresh:
            self._fresh, self.tier = False, best
        elif best < self.tier and self.cost(self.tier) > min(self._limit * _HOLDS, due):
            self._drop(best)
        elif best > self.tier and self._calm >= self._patience:
            self._rise(self.tier + 1)
        return self._choice(self._reason())

    def learn(self, tier: int, seconds: float, *, also: float = 0.0) -> bool:
        """A picture at `tier` took `seconds`, and what else was done for it `also`; tells whether that was too long."""
        over = seconds + also > self._limit
        self._budget.frames += 1
        self._budget.over += over
        self._overs.append(over)
        if self._costs and not (over and self._forgives()):
            self._believe(tier, seconds, over)
        return over

    def _believe(self, tier: int, seconds: float, over: bool) -> None:
        seen, before = seconds / self._costs[tier], self.slowness
        self._forgiven = False
        self._budget.learn(_WORK, self._costs[tier], seconds)
        if self._alarm is not None:
            self._judge(self._alarm, seen)
        elif over and seen > before * _ALIKE and self._since > self._patience:
            self._alarm = _Alarm(before, self.tier, self._patience)
        self._since += 1
        fits = self.cost(min(self.tier + 1, self.tiers - 1)) <= self.room * _LEEWAY
        self._calm = self._calm + 1 if fits else 0

    def _forgives(self) -> bool:
        self._forgiven = not self._forgiven and self._exceptions >= _FAMILIAR and sum(self._overs) <= _RARE * _WINDOW
        return self._forgiven

    def _judge(self, alarm: _Alarm, seen: float) -> None:
        """Was the slow picture an exception? Back to where things were, if so."""
        alarm.calm += 1
        if seen > alarm.slowness * _ALIKE:
            self._alarm = None
        elif alarm.calm == _CONVINCED:
            self._alarm = None
            self._exceptions += 1
            self._patience = alarm.patience
            self._budget.costs[_WORK] = max(alarm.slowness, seen)
            if alarm.tier > self.tier:
                self._rise(alarm.tier)

    def _highest(self, room: float) -> int:
        return max((tier for tier in range(self.tiers) if self.cost(tier) <= room), default=0)

    def _drop(self, tier: int) -> None:
        lasted = self._since >= _LASTED * self._patience
        self._patience = max(self._patience // 2, _PATIENCE) if lasted else min(self._patience * 2, _LONGEST)
        self._move(tier)

    def _rise(self, tier: int) -> None:
        self._since = 0
        self._move(tier)

    def _move(self, tier: int) -> None:
        self.tier, self._calm = tier, 0
        self.changes += 1

    def _reason(self) -> str:
        if self.tier == self.tiers - 1:
            return "there is no higher tier"
        return f"t{self.tier + 1} would take {self.cost(self.tier + 1) * 1000:.1f} ms, of {self.room * 1000:.1f}"

    def _choice(self, why: str) -> Choice:
        return Choice(self.tier, why, tuple(f"t{higher}" for higher in range(self.tier + 1, self.tiers)))


@dataclass
class _Alarm:
    """Somebody took too long: how things were before, and how many pictures since were as fast as then."""

    slowness: float
    tier: int
    patience: int
    calm: int = 0
