"""What can be measured on a body: angles at joints, leans from the vertical, and shares of its own size.

A measure is written as text:

- `hip-knee-ankle`: the angle at the middle joint, degrees. `left_hip-left_knee-left_ankle` is one side; without a side it is
  measured on both, and `knee.left`, `knee.right`, `knee.mean` (the surer side counts more; the default), `knee.min`,
  `knee.max`, `knee.difference` say how the sides are joined.
- `knee-ankle`: how far the line between two joints leans from the vertical, degrees, 0 to 180 (0: the first above the second).
- `shoulders`, `hips`, … in a text mean the middle between left and right.
- a name of `NAMED`, each a share of a length of the same body.

One camera shortens what points towards it. Where a bone's true length is known (it was seen whole in the start pose), the part
that is missing gives its depth (the scaled orthography of Taylor 2000, "Reconstruction of articulated objects from point
correspondences in a single uncalibrated image"); at a hinge both bones point to the same side, which settles the sign.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .body import PAIRED, Body

__all__ = ["JOINS", "NAMED", "Measure", "read", "spoken"]

JOINS = ("mean", "left", "right", "min", "max", "difference")
SIDES = ("left", "right")
Reading = tuple[float, float]  # value, score; NaN and 0 where it cannot be measured
NOTHING: Reading = (math.nan, 0.0)


@dataclass(frozen=True)
class Measure:
    """One measure: text, whether it is measured on each side, its unit, and the joints it needs."""

    text: str
    sided: bool
    unit: str
    joints: tuple[str, ...]

    def on(self, body: Body, side: str) -> Reading:
        """Measure one side ("left", "right") or, where there are none, the body ("")."""
        if self.text in NAMED:
            return NAMED[self.text].measure(body, side)
        names = [_with_side(joint, side) for joint in self.joints]
        return _angle(body, *names) if len(names) == 3 else _lean(body, *names)


@dataclass(frozen=True)
class _Named:
    sided: bool
    joints: tuple[str, ...]
    measure: Callable[[Body, str], Reading]


def _with_side(joint: str, side: str) -> str:
    return f"{side}_{joint}" if side and joint in PAIRED else joint


def read(measure: Measure, join: str, body: Body) -> Reading:
    """Measure a body, both sides joined as `join` says."""
    if not measure.sided:
        return measure.on(body, "")
    if join in SIDES:
        return measure.on(body, join)
    values = [measure.on(body, side) for side in SIDES]
    seen = [reading for reading in values if reading[1] > 0]
    if join == "mean":
        weight = sum(score**2 for _, score in seen)
        if not weight:
            return NOTHING
        return sum(value * score**2 for value, score in seen) / weight, max(score for _, score in seen)
    if len(seen) < 2:
        return seen[0] if seen and join != "difference" else NOTHING
    (a, p), (b, q) = seen
    return {"min": min(a, b), "max": max(a, b), "difference": abs(a - b)}[join], min(p, q)


def _angle(body: Body, a: str, b: str, c: str) -> Reading:
    (p, s1), (q, s2), (r, s3) = body.joint(a), body.joint(b), body.joint(c)
    score = min(s1, s2, s3)
    if score <= 0:
        return NOTHING
    u, v = p - q, r - q
    depth_u, depth_v = body.depth(a, b, u), body.depth(b, c, v)
    long = math.hypot(*u, depth_u) * math.hypot(*v, depth_v)
    if long <= 0:
        return NOTHING
    cosine = (float(u @ v) + depth_u * depth_v) / long
    return math.degrees(math.acos(min(max(cosine, -1), 1))), score


def _lean(body: Body, a: str, b: str) -> Reading:
    (p, s1), (q, s2) = body.joint(a), body.joint(b)
    score = min(s1, s2)
    u = p - q
    long = math.hypot(*u, body.depth(a, b, u)) if score > 0 else 0.0
    return (math.degrees(math.acos(min(max(float(-u[1]) / long, -1), 1))), score) if long > 0 else NOTHING


def _share(body: Body, value: float, scale: float, *joints: str) -> Reading:
    score = min(body.joint(joint)[1] for joint in joints)
    return (value / scale, score) if score > 0 and scale > 0 and math.isfinite(value) else NOTHING


def _gap(body: Body, a: str, b: str) -> float:
    return float(np.linalg.norm(body.joint(a)[0] - body.joint(b)[0]))


def _hip_height(body: Body, side: str) -> Reading:
    """Hips over ankles, in leg lengths: 1 standing, about 0.45 with thighs level."""
    return _share(body, float((body.joint("ankles")[0] - body.joint("hips")[0])[1]), body.leg(), "ankles", "hips")


def _hip_line(body: Body, side: str) -> Reading:
    """Hips above (+) or below (-) the line from shoulder to ankle, in lengths of that line."""
    (a, _), (b, _), (c, _) = (body.joint(f"{side}_{name}") for name in ("shoulder", "hip", "ankle"))
    along = c - a
    long = float(np.linalg.norm(along))
    foot = a + along * float((b - a) @ along) / max(long**2, 1e-12)
    sign = math.copysign(1.0, float(foot[1] - b[1]))
    return _share(body, sign * float(np.linalg.norm(b - foot)), long, f"{side}_shoulder", f"{side}_hip", f"{side}_ankle")


def _feet_apart(body: Body, side: str) -> Reading:
    """Ankle to ankle, in leg lengths."""
    return _share(body, _gap(body, "left_ankle", "right_ankle"), body.leg(), "left_ankle", "right_ankle")


def _stance(body: Body, side: str) -> Reading:
    """Ankle to ankle, in shoulder widths; from the front."""
    joints = ("left_ankle", "right_ankle", "left_shoulder", "right_shoulder")
    return _share(body, _gap(body, *joints[:2]), _gap(body, *joints[2:]), *joints)


def _knees_apart(body: Body, side: str) -> Reading:
    """Knee to knee, in distances from ankle to ankle, along the line of the hips; in a picture from the front."""
    joints = ("left_knee", "right_knee", "left_ankle", "right_ankle")
    line = body.joint("left_hip")[0] - body.joint("right_hip")[0]
    line = np.array([1.0, 0.0]) if body.flat else line * (1, 0, 1) / max(math.hypot(line[0], line[2]), 1e-9)
    across = [abs(float((body.joint(joints[i])[0] - body.joint(joints[i + 1])[0]) @ line)) for i in (0, 2)]
    return _share(body, across[0], max(across[1], 0.1 * body.leg()), *joints)


def _foot_lift(body: Body, side: str) -> Reading:
    """How much higher one ankle is than the other, in leg lengths."""
    rise = abs(float((body.joint("left_ankle")[0] - body.joint("right_ankle")[0])[1]))
    return _share(body, rise, body.leg(), "left_ankle", "right_ankle")


def _knee_over_toe(body: Body, side: str) -> Reading:
    """How far the knee is in front of the toes, in shins; toes that are not seen are 0.55 shins before the ankle."""
    knee, ankle, toe = (f"{side}_{name}" for name in ("knee", "ankle", "foot_index"))
    ahead = float((body.joint(knee)[0] - body.joint(ankle)[0])[0])
    shin = body.length(knee, ankle)
    length = abs(float((body.joint(toe)[0] - body.joint(ankle)[0])[0])) if body.joint(toe)[1] > 0 else 0.55 * shin
    return _share(body, abs(ahead) - length, shin, knee, ankle)


def _travel(body: Body, side: str) -> Reading:
    """How far the feet are sideways from where they were in the start pose, in leg lengths."""
    return body.travel()


NAMED: dict[str, _Named] = {
    "hip_height": _Named(False, ("hip", "knee", "ankle"), _hip_height),
    "hip_line": _Named(True, ("shoulder", "hip", "ankle"), _hip_line),
    "feet_apart": _Named(False, ("hip", "knee", "ankle"), _feet_apart),
    "stance_width": _Named(False, ("ankle", "shoulder"), _stance),
    "knees_apart": _Named(False, ("hip", "knee", "ankle"), _knees_apart),
    "foot_lift": _Named(False, ("hip", "knee", "ankle"), _foot_lift),
    "knee_over_toe": _Named(True, ("knee", "ankle"), _knee_over_toe),
    "travel": _Named(False, ("hip", "knee", "ankle"), _travel),
}


def spoken(measure: Measure, value: float) -> str:
    """A value with its unit, for people to read: "112°", "0.35"."""
    return f"{value:.0f}°" if measure.unit == "°" else f"{value:.2f}"
