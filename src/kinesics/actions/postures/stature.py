"""How large a person is in the unit of the joints, though one camera shows every limb too short or in full.

A limb is never seen longer than it is. So each limb, divided by its share of an upright person's height, says how tall that
person is at least; the longest few say it best. Shares of height after Drillis and Contini, "Body segment parameters" (1966),
measured between joints as pose nets place them.
"""

from __future__ import annotations

import math

from .figure import Figure, Point, apart

__all__ = ["LEG", "THIGH", "Stature"]

TRUNK, THIGH, SHIN, UPPER_ARM, FOREARM, SHOULDERS = 0.288, 0.24, 0.235, 0.172, 0.146, 0.215
LEG = THIGH + SHIN
SHORTEST, LONGEST = 0.40, 0.60  # what legs may be, of the height; depth cameras put hips high
GROWS, SHRINKS = 0.25, 1.5  # seconds over which a larger, a smaller size is believed
FORGETS_LEGS = 20.0  # seconds over which the longest leg seen fades to the usual


class Stature:
    """Height of one person, and what of it is leg, remembered over time.

    Attributes:
        height: in the unit of the joints; 0 until anything was seen.
        leg: hip to ankle along a straight leg, share of the height.
    """

    __slots__ = ("_time", "height", "leg")

    def __init__(self) -> None:
        self.height, self.leg, self._time = 0.0, LEG, -math.inf

    def update(self, figure: Figure, time: float) -> None:
        """Take one more moment."""
        seen = _estimates(figure)
        if not seen:
            return
        now = seen[len(seen) // 2] if not figure.flat else sum(seen[:3]) / len(seen[:3])
        gap = time - self._time
        if self.height == 0 or gap > SHRINKS:
            self.height = now
        else:
            self.height += (now - self.height) * -math.expm1(-gap / (GROWS if now > self.height else SHRINKS))
        legs = _leg(figure)
        gap = 0.0 if math.isinf(gap) else gap
        self.leg += (LEG - self.leg) * -math.expm1(-gap / FORGETS_LEGS)
        if legs and legs / self.height > self.leg:
            self.leg += (min(legs / self.height, LONGEST) - self.leg) * -math.expm1(-gap / 0.5)
        self._time = time

    @property
    def reach(self) -> float:
        """Hip to ankle along a straight leg, in the unit of the joints."""
        return max(self.leg, SHORTEST) * self.height


def _estimates(figure: Figure) -> list[float]:
    """Heights that the limbs speak for, the largest first."""
    found: list[float] = []

    def add(a: Point | None, b: Point | None, share: float) -> None:
        if a and b:
            found.append(apart(a, b) / share)

    add(figure.neck, figure.hips, TRUNK)
    add(*figure.shoulders, SHOULDERS)
    for side in (0, 1):
        add(figure.hip[side], figure.knees[side], THIGH)
        add(figure.knees[side], figure.ankles[side], SHIN)
        add(figure.shoulders[side], figure.elbows[side], UPPER_ARM)
        add(figure.elbows[side], figure.wrists[side], FOREARM)
    found.sort(reverse=True)
    return found


def _leg(figure: Figure) -> float:
    """The longer leg as seen: thigh plus shin; 0 when none is seen."""
    return max(
        (apart(h, k) + apart(k, a) for h, k, a in zip(figure.hip, figure.knees, figure.ankles, strict=True) if h and k and a),
        default=0.0,
    )
