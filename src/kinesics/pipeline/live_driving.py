"""Poses as they happen made ready to move a fitted person: nothing is known of what comes, and nothing waits for it.

What `driving` reads off a whole clip (proportions, scale, place, who turned round) is read off the last seconds here, and
changes slowly. Where the pose must jump (somebody else, feet that come into view) the difference is faded out.
"""

from __future__ import annotations

import math

import numpy as np

from ..pose import correct_wrists, drop_doubtful_hands, limb_lengths, retarget
from ..pose.adapting import whole_body
from ..pose.limbs import LEAST
from ..types import Array, PoseSequence, Skeleton, skeleton
from ..viewer import SIZE, WHOLE_BODY, Person
from .legs import Legs
from .turning import Turning

__all__ = ["LiveDriver", "resting", "resting_key"]

SIZES = ("shoulders", "hips", "torso", "neck", "upper_arm", "forearm", "thigh", "shin", "face_height", "face_width")
LONG = ("torso", "upper_arm", "forearm", "thigh", "shin")
WIDE = ("shoulders", "hips", "neck", "eyes", "ears", "face_width", "face_height", "palm_width")
LEAN = 0.85  # of what the fitted person has of it beside its limbs: nobody is taken to have less
KEPT, EVERY = 48, 0.2  # moments that are remembered, and seconds between them
EARLY = 8  # moments of which each is looked at anew
ADAPT = 0.8  # seconds, time constant of proportions and scale
DRIFT = 2.0  # seconds, time constant of the window's place
HIGH = 25.0  # percentile of the shoulders' heights that is standing: who squats goes down, and the window does not
AWAY = 0.30  # of the canvas: shoulders go as far from their place to either side; then the window goes along
GLIDE = 0.18  # seconds, time constant in which a jump is faded out
SHOULDERS = [5, 6]
MOMENT = np.zeros(1)


class LiveDriver:
    """One person's poses, moment by moment, as canvas poses of a fitted person.

    Args:
        person: who is to move so.

    Example:
        >>> driver = LiveDriver(load_person("default"))  # doctest: +SKIP
        >>> driver.update(points, scores, skeleton("coco17"), time=0.1)  # doctest: +SKIP
    """

    def __init__(self, person: Person) -> None:
        held = PoseSequence(person.points[:, None], person.scores[:, None], np.arange(len(person)), skeleton(WHOLE_BODY))
        self.person, self.lengths = person, limb_lengths(held)
        self.legs, self.rest = Legs(person), resting(person)
        home = np.where((person.scores >= LEAST)[..., None], person.points, np.nan)[:, SHOULDERS].mean(1)
        self.home = np.array([np.nanmedian(home[:, 0]), np.nanpercentile(home[:, 1], 40)])
        self._shown: Array | None = None  # (133, 2) given out last; not forgotten by a reset: what follows glides from it
        self._time = -math.inf
        self._gap = np.zeros((133, 2))
        self.reset()

    def reset(self) -> None:
        """Forget who moved: somebody else begins."""
        self._moments: list[tuple[Array, Array, float]] = []  # points, scores, seconds
        self._own: dict[str, float] = {}
        self._scale: float | None = None
        self._middle: Array | None = None
        self._standing: bool | None = None
        self._turning = Turning(self.person)
        self._jump = True

    def update(self, points: Array, scores: Array, body: Skeleton, time: float) -> tuple[Array, Array] | None:
        """One more moment.

        Args:
            points: (k, 2 or more) source pixels.
            scores: (k,) 0 to 1.
            body: names of the k joints.
            time: seconds, rising.

        Returns:
            (133, 2) canvas pixels, NaN where missing, and (133,) scores; None where no shoulders are seen.
        """
        whole = whole_body(PoseSequence(points[None, None, :, :2], scores[None, None], MOMENT, body))
        whole = correct_wrists(drop_doubtful_hands(whole))
        points, scores = self._turning.turned(whole.points[0, 0], whole.scores[0, 0], self._last())
        if not (scores[SHOULDERS] >= LEAST).all():
            return None
        passed = min(max(time - self._time, 0.0), 1.0)
        self._remember(points, scores, time)
        self._learn(passed)
        if self._scale is None:
            return None
        clip = PoseSequence(points[None, None], scores[None, None], MOMENT, skeleton(WHOLE_BODY))
        moved = retarget(clip, self.lengths, own=self._own).points[0, 0].astype(float)
        middle = self._follow(moved[SHOULDERS].mean(0), passed)
        placed = (moved - middle) * self._scale + self.home
        scores = self.legs.fitted(placed, scores, self._seen())
        return self._glided(placed, scores, passed, time)

    def still(self, time: float) -> tuple[Array, Array]:
        """Nobody is there: the pose goes to the resting one."""
        points, scores = self.rest
        passed = min(max(time - self._time, 0.0), 1.0)
        self._jump = self._jump or bool(self._moments)
        if self._moments:
            self.reset()
        return self._glided(points.astype(float), scores, passed, time, slower=2.0)

    def _last(self) -> float:
        """Usual distance of the shoulders."""
        return self._own.get("shoulders", 0.0)

    def _seen(self) -> Array:
        """(133,) share of the remembered moments in which a joint was seen."""
        return np.asarray(np.mean([scores >= LEAST for _, scores, _ in self._moments], axis=0))

    def _remember(self, points: Array, scores: Array, time: float) -> None:
        if len(self._moments) < EARLY or time - self._moments[-1][2] >= EVERY:
            self._moments = [*self._moments[1 - KEPT :], (points, scores, time)]
            self._fresh = True
        feet = bool((scores[[15, 16]] >= LEAST).all())
        self._jump = self._jump or (self._standing is not None and feet != self._standing)
        self._standing = feet

    def _learn(self, passed: float) -> None:
        """Proportions and scale, from the last seconds."""
        if self._fresh:
            points, scores = (np.stack([moment[part] for moment in self._moments])[:, None] for part in (0, 1))
            self._target = limb_lengths(PoseSequence(points, scores, np.arange(len(points)), skeleton(WHOLE_BODY)))
            self._fresh = False
        share = 1.0 if len(self._moments) < EARLY // 2 else -math.expm1(-passed / ADAPT)
        for name, length in self._target.items():
            before = self._own.get(name, length)
            self._own[name] = before + share * (length - before)
        self._widened()
        ratios = [self.lengths[name] / self._own[name] for name in SIZES if name in self.lengths and name in self._own]
        if ratios:
            self._scale = float(np.median(ratios))

    def _widened(self) -> None:
        """Who was only seen from the side has no narrow shoulders and no small head: limbs tell how wide they are at least."""
        limbs = [self.lengths[name] / self._own[name] for name in LONG if name in self.lengths and name in self._own]
        if limbs:
            least = LEAN / float(np.median(limbs))
            for name in WIDE:
                if name in self._own and name in self.lengths:
                    self._own[name] = max(self._own[name], self.lengths[name] * least)

    def _follow(self, shoulders: Array, passed: float) -> Array:
        """The source's place that lies at the person's home: calm, but nobody leaves the canvas to a side."""
        paths = np.array([points[SHOULDERS].mean(0) for points, _, _ in self._moments])
        wanted = np.array([np.median(paths[:, 0]), np.percentile(paths[:, 1], HIGH)])
        if self._middle is None:
            self._middle = np.array([wanted[0], min(wanted[1], shoulders[1])])
        self._middle = self._middle - np.expm1(-passed / DRIFT) * (wanted - self._middle)
        room = AWAY * SIZE / (self._scale or 1.0)
        beyond = shoulders[0] - self._middle[0]
        self._middle[0] += beyond - np.clip(beyond, -room, room)
        return self._middle

    def _glided(self, points: Array, scores: Array, passed: float, time: float, slower: float = 1.0) -> tuple[Array, Array]:
        """The pose, and what is left of the last jump."""
        if self._jump and self._shown is not None:
            self._gap = np.nan_to_num(self._shown - points)
        self._jump = False
        self._gap *= math.exp(-passed / (GLIDE * slower))
        self._time, self._shown = time, points + self._gap
        return self._shown.astype(np.float32), scores.astype(np.float32)


def resting_key(person: Person) -> int:
    """Of the keyframes the one with the lowest hands, where they are known."""
    points, scores = person.points, person.scores
    seen = (scores[:, [5, 6, 9, 10]] >= LEAST).all(1)
    low = np.where(seen, np.nan_to_num(points[:, [9, 10], 1] - points[:, SHOULDERS, 1]).min(1), -np.inf)
    return int(low.argmax())


def resting(person: Person) -> tuple[Array, Array]:
    """(133, 2) canvas pixels and (133,) scores of that keyframe."""
    key = resting_key(person)
    return person.points[key], person.scores[key]
