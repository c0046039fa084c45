"""The machine's clock, watched: it may be set while the service runs."""

from __future__ import annotations

import time as clocks
from collections.abc import Callable

__all__ = ["StoreClock"]

JUMP = 2.0  # seconds between two looks that are no drift any more


class StoreClock:
    """Says when the clock was put back, and never lets one that was put ahead make anything old.

    Args:
        clock: seconds since 1970.
        say: takes a line.
    """

    def __init__(self, clock: Callable[[], float], say: Callable[[str], None]) -> None:
        self.now, self._say = clock, say
        self._began = self._ahead = clock() - clocks.monotonic()

    def look(self) -> None:
        """See whether the clock went back since the last look."""
        ahead = self.now() - clocks.monotonic()
        if ahead < self._ahead - JUMP:
            back = self._ahead - ahead
            self._say(f"the clock went back by {back:.0f} s; events are in the order in which they were stored")
        self._ahead = ahead

    def compare(self, latest: float) -> None:
        """See whether it stands before the newest event of an earlier run."""
        if latest > self.now() + JUMP:
            behind = latest - self.now()
            self._say(f"the clock stands {behind:.0f} s before the newest stored event; events are in the order of their ids")

    def sure(self) -> float:
        """Seconds since 1970 by which things may be forgotten: not later than the clock at the start and the time since."""
        return min(self.now(), self._began + clocks.monotonic())
