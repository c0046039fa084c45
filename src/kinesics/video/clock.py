"""Container timestamps into seconds from the first frame that always rise."""

from __future__ import annotations

from collections.abc import Callable

FAR = 600.0  # a longer gap than this, in seconds, is a broken clock and not a pause
HELD = 1e-3  # how much later than the frame before a frame counts that claims to be as old or a little older


class Clock:
    """Turns raw timestamps of one source into times that rise from frame to frame.

    The first frame is at 0. Steps are kept as they are (variable frame rates stay variable). A jump back of more than two
    frames or forward of more than `FAR` seconds is a discontinuity: time goes on by one nominal step and the difference is
    kept, so that later steps are right again. A small step back is held: the frame comes a millisecond after the one before.

    Args:
        step: nominal seconds from frame to frame.
        report: called with one line of text at each discontinuity.
    """

    def __init__(self, step: float, report: Callable[[str], None]) -> None:
        self.step = min(max(step, 1e-3), 10.0)
        self.time: float | None = None
        self._shift = 0.0
        self._resumed: float | None = None
        self._report = report

    def __call__(self, raw: float | None) -> float:
        """The time of the next frame; `raw` is its timestamp in seconds, None when it has none."""
        if self.time is None:
            self._shift = -(raw or 0.0)
            self.time = 0.0
            return 0.0
        if self._resumed is not None and raw is not None:
            self._shift = self.time + self._resumed - raw
            self._resumed = None
        now = self.time + self.step if raw is None else raw + self._shift
        gap = now - self.time
        if gap > FAR or gap < -2.5 * self.step:
            self._report(f"timestamps jump by {gap:+.3f} s after {self.time:.3f} s; time goes on without the jump")
            self._shift += self.time + self.step - now
            now = self.time + self.step
        self.time = now if now > self.time else self.time + HELD
        return self.time

    def resume(self, gap: float) -> None:
        """Start over after a reconnect: the next frame comes `gap` seconds after the last one, whatever its timestamp."""
        self._resumed = gap
