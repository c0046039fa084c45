"""How an overlay goes and comes back: in seconds, not in frames, and without flicker at the limit."""

from __future__ import annotations

from ..errors import UsageError

__all__ = ["Fading"]


class Fading:
    """The opacity of one overlay over time.

    It turns round only when the gate has crossed the farther of two limits, and moves at most as fast as the times say.

    Args:
        away: seconds from all there to gone.
        back: seconds from gone to all there.
        limits: the gate goes when `apply` falls below the first, and comes back when it is above the second.

    Attributes:
        opacity: 0 to 1.
    """

    def __init__(self, *, away: float = 0.15, back: float = 0.3, limits: tuple[float, float] = (0.4, 0.6)) -> None:
        if not (away > 0 and back > 0) or not 0 <= limits[0] <= limits[1] <= 1:
            raise UsageError(f"Fading: expected times above 0 s and limits 0 <= low <= high <= 1, got {away}, {back}, {limits}")
        self.away, self.back, self.limits = away, back, limits
        self.opacity, self._wanted, self._time = 0.0, False, -1.0

    def update(self, apply: float, time: float) -> float:
        """The opacity at `time` seconds, when the gate says `apply` (0 to 1; 0 for a face that is not seen)."""
        step = max(time - self._time, 0.0) if self._time >= 0 else 0.0
        self._wanted = apply >= self.limits[0] if self._wanted else apply > self.limits[1]
        self._time = time
        change = step / self.back if self._wanted else -step / self.away
        self.opacity = min(max(self.opacity + change, 0.0), 1.0)
        return self.opacity
