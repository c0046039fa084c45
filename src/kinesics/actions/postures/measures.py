"""What the joints of one moment say about the body: angles in degrees, lengths in body lengths or shares of the leg.

Up is up in the picture; a camera that is held level is assumed, one that looks down a little is fine. A measure that cannot be
taken is left out, and the rules that need it do not hold.
"""

from __future__ import annotations

import math

from .figure import Figure, Point, apart, level
from .stature import THIGH, Stature

__all__ = ["measure"]

_TURNED = 0.09  # body lengths the thighs must reach to a side before the picture tells what is before and behind
_NEARER = 0.65  # least a leg may be shortened against the trunk by a camera near by that looks down
_FRONT = ("leg extension", "shin drop")  # judged where what is before and behind cannot be told
_MASS = {"head": 0.08, "trunk": 0.60, "thigh": 0.20, "shin": 0.12}  # after Winter, "Biomechanics and Motor Control" (2009)


def measure(figure: Figure, stature: Stature) -> dict[str, float]:
    """All measures of a moment, by the names that the table of rules uses."""
    found: dict[str, float] = {}
    unit = stature.height
    if not unit or not figure.hips or not figure.neck:
        return found
    _trunk(figure, figure.neck, figure.hips, found)
    if stature.upright:
        found["trunk rise"] = (figure.hips[1] - figure.neck[1]) / (stature.trunk * unit)
    _legs(figure, stature, found)
    _extent(figure, unit, found)
    ahead = _weight(figure, unit)
    if ahead is not None:
        found["weight ahead of feet"] = ahead
    else:
        names = (*_FRONT, "trunk rise" if stature.upright else "shoulders against trunk")
        found.update({f"{name}, front view": found[name] for name in names if name in found and "leg extension" in found})
    return found


def _trunk(figure: Figure, neck: Point, hips: Point, found: dict[str, float]) -> None:
    found["trunk from vertical"] = math.degrees(math.atan2(level(neck, hips), hips[1] - neck[1]))
    a, b = figure.shoulders
    if figure.flat and a and b:
        found["shoulders against trunk"] = apart(a, b) / max(apart(neck, hips), 1e-9)


def _legs(figure: Figure, stature: Stature, found: dict[str, float]) -> None:
    """Along the better leg: how far the ankle is below the hip, the knee below the hip, and the angle of the knee."""
    reach = _reach(figure, stature)
    drops, thighs, shins, bends = [], [], [], []
    for side in (0, 1):
        hip, knee, ankle = figure.hip[side] or figure.hips, figure.knees[side], figure.ankles[side]
        if hip and knee:
            thighs.append((knee[1] - hip[1]) / (0.505 * reach))
            if ankle:
                drops.append((ankle[1] - hip[1]) / reach)
                shins.append((ankle[1] - knee[1]) / (0.495 * reach))
                bends.append(_angle(hip, knee, ankle))
    if drops:
        found["leg extension"] = max(drops)
        found["thigh drop"] = max(thighs)
        found["shin drop"] = max(shins)
        found["knee angle"] = max(bends)
        found["other thigh drop"] = min(thighs)


def _reach(figure: Figure, stature: Stature) -> float:
    """Length of a straight leg here: as it was in standing; else by the body's size, or shorter if its longest limb is."""
    if stature.upright:
        return stature.reach
    limbs = [
        apart(a, b)
        for a, b in (*zip(figure.hip, figure.knees, strict=True), *zip(figure.knees, figure.ankles, strict=True))
        if a and b
    ]
    whole = stature.reach
    return min(whole, max(_NEARER * whole, 2.02 * max(limbs, default=0.0)))


def _angle(a: Point, b: Point, c: Point) -> float:
    u = (a[0] - b[0], a[1] - b[1], a[2] - b[2])
    v = (c[0] - b[0], c[1] - b[1], c[2] - b[2])
    dot = u[0] * v[0] + u[1] * v[1] + u[2] * v[2]
    return math.degrees(math.acos(max(-1.0, min(1.0, dot / max(apart(a, b) * apart(c, b), 1e-12)))))


def _extent(figure: Figure, unit: float, found: dict[str, float]) -> None:
    """From the highest to the lowest joint, and from the head to the farthest, hands left out; only when a knee is seen."""
    if not any(figure.knees):
        return
    joints = [p for p in (figure.head, figure.neck, figure.hips, *figure.knees, *figure.ankles) if p]
    ys = [p[1] for p in joints]
    found["height of all"] = (max(ys) - min(ys)) / unit
    found["length of all"] = max(apart(figure.head or joints[0], p) for p in joints[1:]) / unit


def _weight(figure: Figure, unit: float) -> float | None:
    """How far the centre of mass is before the ankles, body lengths; negative behind them.

    Who crouches keeps it over the feet, or would fall; who sits has it behind them. Told by the side to which the thighs reach,
    and divided by how much of a level thigh is seen, so that it means the same from any side.
    """
    knees = [p for p in figure.knees if p]
    ankles = [p for p in figure.ankles if p]
    if len(knees) < 2 or len(ankles) < 2 or not figure.hips or not figure.neck:
        return None
    x, z = _toward(knees, figure.hips)
    far = math.hypot(x, z)
    if far < _TURNED * unit:
        return None
    masses = (
        (_MASS["head"], figure.head or figure.neck),
        (_MASS["trunk"] / 2, figure.neck), (_MASS["trunk"] / 2 + _MASS["thigh"] / 2, figure.hips),
        *((_MASS["thigh"] / 4 + _MASS["shin"] / 4, knee) for knee in knees),
        *((_MASS["shin"] / 4, ankle) for ankle in ankles),
    )  # fmt: skip
    feet = ((ankles[0][0] + ankles[1][0]) / 2, (ankles[0][2] + ankles[1][2]) / 2)
    mx = sum(m * p[0] for m, p in masses) - feet[0]
    mz = sum(m * p[2] for m, p in masses) - feet[1]
    return (mx * x + mz * z) / far / min(far / THIGH, unit)


def _toward(knees: list[Point], hips: Point) -> tuple[float, float]:
    return (knees[0][0] + knees[1][0]) / 2 - hips[0], (knees[0][2] + knees[1][2]) / 2 - hips[2]
