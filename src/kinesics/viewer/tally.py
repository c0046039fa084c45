"""What became of a clip's pictures: how many at which tier, what they took, what was late or left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from .playing import Drawn

__all__ = ["Tally"]


class Tally:
    """Counts pictures as they go by: `for drawn in tally.counting(play(...))`."""

    def __init__(self) -> None:
        self._took: list[float] = []
        self._tiers: list[int] = []
        self._over = self._dropped = 0
        self._late = 0.0

    def counting(self, pictures: Iterable[Drawn]) -> Iterator[Drawn]:
        """The same pictures, counted."""
        for drawn in pictures:
            self.add(drawn)
            yield drawn

    def add(self, drawn: Drawn) -> None:
        """One more picture."""
        self._took.append(drawn.took)
        self._tiers.append(drawn.tier)
        self._over += drawn.over
        self._dropped += drawn.dropped
        self._late = max(self._late, drawn.late)

    def report(self) -> dict[str, Any]:
        """Numbers of them all.

        Returns:
            pictures; tiers ({"t0": how many, ...}); tier_changes; over_budget, the share of pictures that took longer than they
            might (where they wait until they are due: came more than half a picture late); dropped; ms_p50 and ms_p95 of one
            worker; late_ms, the most.
        """
        p50, p95 = (np.percentile(self._took, (50, 95)) * 1000).tolist() if self._took else (0.0, 0.0)
        return {
            "pictures": len(self._took),
            "tiers": {f"t{tier}": self._tiers.count(tier) for tier in sorted(set(self._tiers))},
            "tier_changes": int(np.count_nonzero(np.diff(self._tiers))),
            "over_budget": self._over / max(len(self._took), 1),
            "dropped": self._dropped,
            "ms_p50": p50,
            "ms_p95": p95,
            "late_ms": self._late * 1000,
        }
