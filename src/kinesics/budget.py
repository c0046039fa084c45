"""How much to compute in the time there is.

A budget is a promise: the work on one frame takes no more than `limit` seconds, at the 95th percentile. Each stage has a cost
that is linear in some unit (pixels of network input, people refined). The slopes are probed before the first frame and
corrected by what each frame really took: at once when it took longer, slowly when it took less.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .errors import UsageError

Clock = Callable[[], float]


class Budget:
    """Tells a pipeline what it can afford in this frame.

    Args:
        limit: seconds a frame may take; infinity for "take the time you need".
        clock: seconds from any origin; tests hand in a simulated one.
        margin: share of the limit that is planned for; the rest absorbs what no plan foresees.
        recovery: share of the distance by which a stage's estimate comes down after a frame that was cheaper.
    """

    def __init__(
        self, limit: float = float("inf"), *, clock: Clock = time.perf_counter, margin: float = 0.85, recovery: float = 0.15
    ) -> None:
        if not limit > 0:
            raise UsageError(f"a budget is a time above 0 seconds a frame, got {limit}")
        self.limit, self.clock, self.margin, self.recovery = limit, clock, margin, recovery
        self.costs: dict[str, float] = {}
        self._least: dict[str, float] = {}
        self._learned: set[str] = set()
        self.frames = self.over = 0
        self._start = self.clock()

    def begin(self) -> None:
        """A frame's work starts now.

        A stage that could not be afforded in the frame before is believed to have become cheaper again, down to the least it
        ever cost: otherwise one slow moment would rule it out for good.
        """
        for stage in self.costs.keys() - self._learned:
            self.costs[stage] = max(self._least[stage], self.costs[stage] * (1 - self.recovery))
        self._learned.clear()
        self._start = self.clock()

    def end(self) -> float:
        """The frame's work is over; returns the seconds it took and counts it if that was too long."""
        taken = self.clock() - self._start
        self.frames += 1
        self.over += taken > self.limit
        return taken

    def left(self) -> float:
        """Seconds this frame may still take."""
        return self.limit * self.margin - (self.clock() - self._start)

    def afford(self, stage: str) -> float:
        """Units of `stage` that fit into what is left; infinity for a stage nobody has measured and for no limit."""
        cost = self.costs.get(stage, 0.0)
        return max(self.left(), 0.0) / cost if cost > 0 else float("inf")

    @contextmanager
    def spend(self, stage: str, units: float) -> Iterator[None]:
        """Time the block and learn the stage's cost a unit from it."""
        start = self.clock()
        yield
        self.learn(stage, units, self.clock() - start)

    def learn(self, stage: str, units: float, seconds: float) -> None:
        """Take note that `units` of `stage` took `seconds`."""
        if units <= 0:
            return
        seen, known = seconds / units, self.costs.get(stage)
        self._learned.add(stage)
        self._least[stage] = min(seen, self._least.get(stage, seen))
        if known is None or seen > known:
            self.costs[stage] = seen
        else:
            self.costs[stage] = known + self.recovery * (seen - known)

    def probe(self, stage: str, units: float, work: Callable[[], object], times: int = 3) -> None:
        """Measure a stage before the first frame: the cheapest of `times` runs after one to warm up."""
        work()
        best = float("inf")
        for _ in range(times):
            start = self.clock()
            work()
            best = min(best, self.clock() - start)
        self.costs[stage] = self._least[stage] = best / units
