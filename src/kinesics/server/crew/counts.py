"""What was dropped on the way, by stage and reason, and how old what arrives is."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict

__all__ = ["EDGES", "Ages", "Counts"]

EDGES = (0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds


class Counts:
    """Counts that only ever rise, though workers, which count for themselves from 0, come and go."""

    def __init__(self) -> None:
        self._settled: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
        self._running: dict[str, dict[str, int]] = {}

    def add(self, stage: str, reason: str, count: int = 1) -> None:
        """So many more were dropped."""
        self._settled[stage][reason] += count

    def totals(self, stage: str, totals: dict[str, int]) -> None:
        """A worker's own totals of a stage, since it began."""
        self._running[stage] = dict(totals)

    def settle(self) -> None:
        """The worker is gone; the next one counts from 0."""
        for stage, totals in self._running.items():
            for reason, count in totals.items():
                self._settled[stage][reason] += count
        self._running = {}

    def so_far(self) -> dict[str, dict[str, int]]:
        """Everything: {stage: {reason: count}}."""
        both = {stage: dict(reasons) for stage, reasons in self._settled.items()}
        for stage, totals in self._running.items():
            known = both.setdefault(stage, {})
            for reason, count in totals.items():
                known[reason] = known.get(reason, 0) + count
        return both

    def sum(self, stage: str) -> int:
        """All that a stage has dropped."""
        return sum(self.so_far().get(stage, {}).values())


class Ages:
    """A histogram of seconds; bucket i counts what is at most `EDGES[i]`, the last one the rest."""

    def __init__(self) -> None:
        self.counts = [0] * (len(EDGES) + 1)
        self.sum = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self.counts[bisect_left(EDGES, seconds)] += 1
        self.sum += seconds

    def so_far(self) -> dict[str, object]:
        """{"edges": seconds, "counts": one more than edges, not summed up, "sum": seconds}."""
        return {"edges": list(EDGES), "counts": list(self.counts), "sum": round(self.sum, 6)}
