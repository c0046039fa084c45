"""Whether the camera stands where the exercise can be judged, told from the joints alone."""

from __future__ import annotations

import math

import numpy as np

from .body import BONES, PAIRED, Body
from .records import Camera
from .schema import Exercise

__all__ = ["Placement", "nobody"]

SIDE, FRONT = 0.3, 0.61  # shoulder to shoulder against shoulder to hip, 0.7 from the front: 25 degrees off the side, and 60
SLOW = 1.0  # seconds, time constant of the view
PIXELS, SMALL = (
    10,
    90,
)  # who is smaller than the first is not given in pixels; below the second 3 of them are ten degrees of a shin
MISSING = 0.3  # share of the time without a joint that makes it missing
TILT = 10.0  # degrees off the vertical that a body in the start pose may lean on average
WORDS = {"ankle": "feet", "hip": "hips", "knee": "knees", "shoulder": "shoulders", "elbow": "elbows", "wrist": "hands"}


class Placement:
    """Gathers what the joints of one person say about the camera.

    Attributes:
        view: "side", "oblique", "front", "3d" or "unknown", as of the last moments in which it could be told.
    """

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.view = "unknown"
        self._across = math.nan
        self._time = -math.inf
        self._frames = 0
        self._missing = dict.fromkeys(exercise.joints, 0)
        self._height, self._lean, self._leans = 0.0, np.zeros(2), 0

    def step(self, body: Body, time: float, start: bool) -> None:
        """One more moment; `start` when the person is in the start pose, where size and tilt are told."""
        self._frames += 1
        for joint in self._missing:
            self._missing[joint] += not any(body.joint(f"{side}_{joint}")[1] for side in ("left", "right"))
        self._look(body, time)
        if start and body.flat:
            self._height = max(self._height, body.size())
            up = body.joint("shoulders")[0] - body.joint("ankles")[0]
            if np.isfinite(up).all():
                self._lean += up / max(float(np.linalg.norm(up)), 1e-12)
                self._leans += 1

    def _look(self, body: Body, time: float) -> None:
        if not body.flat:
            self.view = "3d"
            return
        sides = [body.joint(f"{side}_shoulder")[0] for side in ("left", "right")]
        across = float(np.linalg.norm(sides[0] - sides[1]))
        known = body.stature.bones.get("shoulders-hips", 0.0) if body.stature else 0.0
        torso = max(known, body.seen_length("shoulders-hips"))
        up = body.joint("shoulders")[0] - body.joint("hips")[0]
        if abs(up[0]) > abs(up[1]):  # of who lies, trunk and shoulders are shortened in turn: limbs that stand tell the size
            torso = max(torso, BONES["shoulders-hips"] * body.size())
        if torso <= 0 or not math.isfinite(across):
            return
        share = -math.expm1(-(time - self._time) / SLOW) if math.isfinite(self._across) else 1.0
        self._time = time
        self._across = across / torso if share == 1.0 else self._across + share * (across / torso - self._across)
        self.view = "side" if self._across < SIDE else "front" if self._across > FRONT else "oblique"

    def camera(self) -> Camera:
        """What is known by now."""
        hidden = [joint for joint in PAIRED if self._missing.get(joint, 0) > MISSING * self._frames]
        problems = []
        if hidden:
            seen_above = "ankle" in hidden and "shoulder" not in hidden
            names = " and ".join(WORDS.get(joint, f"{joint}s") for joint in hidden)
            problems.append(
                f"too close: {names} not seen; step back" if seen_above else f"{names} not seen; turn or move the camera"
            )
        if PIXELS < self._height < SMALL:
            problems.append(
                f"too small: {self._height:.0f} pixels tall, {SMALL} needed; come nearer or film in a higher resolution"
            )
        fine = not problems
        wanted = self.exercise.view
        if wanted != "any" and self.view in ("side", "front") and self.view != wanted:
            problems.append(f"seen from the {self.view}: {self.exercise.camera or f'{self.exercise.name} needs the {wanted}'}")
            judged = all(self.view in limit.views for limit in self.exercise.limits if limit.spoils)
            fine = fine and judged
        tilt = math.degrees(math.atan2(self._lean[0], -self._lean[1])) if self._leans else 0.0
        if self.exercise.kind == "repetitions" and TILT < abs(tilt) < 45:
            problems.append(f"tilted by {abs(tilt):.0f}°: hold the camera upright")
        return Camera(fine, self.view, tuple(problems))


def nobody(exercise: Exercise) -> Camera:
    """What to say when there was nobody."""
    return Camera(False, "unknown", ("nobody seen: stand so that the whole body is in the picture",))
