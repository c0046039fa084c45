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
TILTED = 0.28  # what may be left of a standing leg in the picture of a camera near by that looks down
GROWS, SHRINKS = 0.25, 1.5  # seconds over which a larger, a smaller size is believed
STAYS = 15.0  # seconds over which a smaller one is believed of who is down: limbs that point at the camera look short
FORGETS_LEGS = 20.0  # seconds over which the longest leg seen fades to the usual
STOOD = 0.3  # seconds of standing after which it is known how a standing body looks from here
LEARNS, UNLEARNS = 0.5, 3.0  # seconds over which legs that look longer, shorter in standing are believed
PLUMB, EVEN, WIDE = 0.95, 0.8, 1.1  # a leg that stands: hip to ankle against its bones, thigh against shin; shoulders to trunk


class Stature:
    """Height of one person, and what of it is leg, remembered over time.

    Attributes:
        height: in the unit of the joints; 0 until anything was seen.
        leg: hip to ankle along a straight leg, share of the height; once they stood, how much of it this camera shows.
        trunk: hips to neck of who stands, share of the height, as this camera shows it.
    """

    __slots__ = ("_stood", "_time", "height", "leg", "trunk")

    def __init__(self) -> None:
        self.height, self.leg, self.trunk, self._time, self._stood = 0.0, LEG, TRUNK, -math.inf, 0.0

    @property
    def upright(self) -> bool:
        """Whether they were seen standing, so that it is known how long this camera shows what is upright."""
        return self._stood >= STOOD

    def update(self, figure: Figure, time: float) -> None:
        """Take one more moment."""
        seen = _estimates(figure)
        if not seen:
            return
        now = seen[len(seen) // 2] if not figure.flat else sum(seen[:3]) / len(seen[:3])
        gap = time - self._time
        stands = _standing(figure)
        if self.height == 0 or gap > max(SHRINKS, STAYS * (self.upright and not stands)):
            self.height = now
        else:
            shrinks = SHRINKS if stands or not self.upright or not any(figure.ankles) else STAYS
            self.height += (now - self.height) * -math.expm1(-gap / (GROWS if now > self.height else shrinks))
        self._learn(figure, stands, 0.0 if math.isinf(gap) else gap)
        self._time = time

    def _learn(self, figure: Figure, stands: tuple[float, float] | None, gap: float) -> None:
        """What of the height is leg and trunk."""
        if stands:
            self._stood += gap
            slow = min(max(self._stood, LEARNS), UNLEARNS)
            drop, rise = (length / self.height for length in stands)
            self.leg += (min(drop, LONGEST) - self.leg) * -math.expm1(-gap / (LEARNS if drop > self.leg else slow))
            self.trunk += (rise - self.trunk) * -math.expm1(-gap / (LEARNS if rise > self.trunk else slow))
        elif not self.upright:
            legs = _leg(figure)
            self.leg += (LEG - self.leg) * -math.expm1(-gap / FORGETS_LEGS)
            if legs and legs / self.height > self.leg:
                self.leg += (min(legs / self.height, LONGEST) - self.leg) * -math.expm1(-gap / LEARNS)

    @property
    def reach(self) -> float:
        """Hip to ankle along a straight leg, in the unit of the joints."""
        return max(self.leg, TILTED if self.upright else SHORTEST) * self.height


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


def _standing(figure: Figure) -> tuple[float, float] | None:
    """How far hips are over the ankles and the neck over the hips of who seems to stand on a straight leg; else None.

    Thigh and shin look alike then: who crouches towards the camera shows less of the thigh.
    """
    neck, hips = figure.neck, figure.hips
    if not neck or not hips:
        return None
    rise, trunk = hips[1] - neck[1], apart(neck, hips)
    a, b = figure.shoulders
    if rise < 0.9 * trunk or (figure.flat and a and b and apart(a, b) > WIDE * trunk):
        return None
    drops = []
    for h, k, low in zip(figure.hip, figure.knees, figure.ankles, strict=True):
        if h and k and low:
            thigh, shin = apart(h, k), apart(k, low)
            if min(thigh, shin) >= EVEN * max(thigh, shin) and low[1] - h[1] >= PLUMB * (thigh + shin):
                drops.append(low[1] - h[1])
    drop = max(drops, default=0.0)
    return (drop, rise) if rise >= 0.4 * drop > 0 else None
