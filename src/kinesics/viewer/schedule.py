"""When pictures are due: the clip's own times, from the moment the first picture is shown."""

from __future__ import annotations

import statistics
from collections import deque
from collections.abc import Callable

__all__ = ["Schedule"]


class Schedule:
    """Times of poses to moments of a clock.

    Args:
        clock: seconds from any origin.
        waits: pictures wait until they are due; else each is shown as soon as it is there.
    """

    def __init__(self, clock: Callable[[], float], *, waits: bool = True) -> None:
        self.clock, self.waits = clock, waits
        self._origin = 0.0
        self._last: float | None = None
        self._gaps: deque[float] = deque(maxlen=9)

    @property
    def every(self) -> float | None:
        """Seconds between poses: the median of the last few; None before there are two."""
        return statistics.median(self._gaps) if self._gaps else None

    def expect(self, time: float) -> None:
        """The next pose is of this time, seconds. The first is due at once."""
        if self._last is None:
            self._origin = self.clock() - time
        elif time > self._last:
            self._gaps.append(time - self._last)
        self._last = time if self._last is None else max(time, self._last)

    def start(self, time: float) -> None:
        """The first picture, of this time, is shown now: the others are due as long after it as their times say."""
        self._origin = self.clock() - time

    def spare(self, time: float) -> float | None:
        """Seconds until the picture of this time is due; below 0 if it is late, None if pictures do not wait."""
        return self._origin + time - self.clock() if self.waits else None
