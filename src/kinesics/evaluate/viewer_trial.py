"""One person on trial: drawn in poses that nothing was learned from, in every way there is, beside what was filmed."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import UsageError
from ..metrics.pictures import Likeness, flicker, mean_step
from ..types import Array
from ..viewer import Footage, Person
from .viewer_regions import JointCount, PoseReader, regions
from .viewer_split import plate_of

__all__ = ["BASELINES", "Moment", "Trial", "trial"]

BASELINES = ("mean", "nearest", "warp")
"""The mean of the pictures; the whole picture whose pose is nearest; the nearest keyframe alone, warped."""
STILL = 10  # times that one pose is drawn to see whether the picture is steady

FOLLOWS = 0.25  # seconds: pictures farther apart do not follow each other


@dataclass(frozen=True, eq=False)
class Moment:
    """A pose that nothing was learned from: what was filmed, and what was drawn instead, by name.

    Attributes:
        time: seconds within its clip.
        clip: number of its clip.
        points: (133, 2).
        scores: (133,).
        real: (512, 512, 3) uint8.
        drawn: pictures of that shape; baselines first, then tiers.
    """

    time: float
    clip: int
    points: Array
    scores: Array
    real: Array
    drawn: Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Trial:
    """What came of it.

    Attributes:
        numbers: flat.
        person: who was drawn.
        moments: some of the pictures, evenly spread.
        film: a run of pictures, one after the other, of half the size; of the baselines only the nearest picture.
    """

    numbers: dict[str, Any]
    person: Person
    moments: list[Moment]
    film: list[Moment]


def trial(
    learned: Footage,
    asked: Footage,
    person: Person,
    *,
    read: PoseReader | None = None,
    looks: int = 120,
    reads: int = 60,
    keep: int = 6,
    film: int = 0,
    step: Callable[..., None] = lambda done, **facts: None,
) -> Trial:
    """Draw each pose of `asked` in every way and measure.

    Args:
        learned: what the baselines may know.
        asked: what nothing was learned from, clip by clip, in order.
        person: fitted from `learned`.
        read: reads joints off pictures; None: no PCK.
        looks: pictures, evenly spread, of which SSIM and GMSD are taken; PSNR and motion are of all.
        reads: pictures, evenly spread, off which joints are read.
        keep: moments that are kept, evenly spread.
        film: pictures of the run that is kept, from the middle on.
        step: is told how many poses are done.

    Raises:
        UsageError: nothing is asked.
    """
    if not len(asked):
        raise UsageError("there is nothing to ask: the part that is held out has no pictures")
    artist = _Ways(person, learned)
    judge = _Judge(artist.names, read)
    look, joints, kept = (_spread(len(asked), count) for count in (looks, reads, keep))
    run = _run(asked, film)
    moments: list[Moment] = []
    filmed: list[Moment] = []
    for i in range(len(asked)):
        if i and asked.clips[i] != asked.clips[i - 1]:
            artist.reset()
            judge.cut()
        drawn = artist(asked.points[i], asked.scores[i])
        moment = Moment(float(asked.times[i]), int(asked.clips[i]), asked.points[i], asked.scores[i], asked.pictures[i], drawn)
        judge.see(moment, regions(asked, i), structure=i in look, joints=i in joints)
        if i in kept:
            moments.append(moment)
        if i in run:
            filmed.append(_halved(moment))
        step(i + 1, of=len(asked), part="drawing")
    numbers = judge.numbers() | _steadiness(artist, asked, sorted(kept))
    numbers |= {"frames": len(asked), "frames_learned": len(learned), "keyframes": len(person)}
    numbers |= {"bytes_nets": sum(len(net) for net in person.nets.values()), "tiers": list(artist.tiers)}
    return Trial(numbers, person, moments, filmed)


def _spread(n: int, count: int) -> set[int]:
    """At most `count` of n places, evenly spread, away from both ends."""
    return set(((np.arange(min(count, n)) + 0.5) * n / max(min(count, n), 1)).astype(int).tolist())


def _run(asked: Footage, count: int) -> range:
    """At most `count` pictures of the clip that the middle one is of, about its middle."""
    clip = np.flatnonzero(asked.clips == asked.clips[len(asked) // 2])
    start = int(clip[0]) + max(len(clip) - count, 0) // 2
    return range(start, min(start + count, int(clip[-1]) + 1))


def _halved(moment: Moment) -> Moment:
    import cv2

    shown = {name: picture for name, picture in moment.drawn.items() if name not in BASELINES or name == "nearest"}
    small = {name: cv2.resize(picture, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA) for name, picture in shown.items()}
    return replace(moment, real=cv2.resize(moment.real, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), drawn=small)


class _Ways:
    """Every way to draw a pose."""

    def __init__(self, person: Person, learned: Footage) -> None:
        from ..viewer.drawing import Artist
        from ..viewer.pose_distance import pose_distance, pose_features

        self.artist, self.learned = Artist(person), learned
        self.single = Artist(person)  # chooses by itself, so that the other's memory stays its own
        self.features, self.distance = pose_features, pose_distance
        self.plate = plate_of(learned) if person.background is None else person.background
        self.mean = np.rint(np.mean(learned.pictures, axis=0, dtype=np.float64)).astype(np.uint8)
        self.known = pose_features(learned.points, learned.scores)
        self.keyframes = pose_features(person.points, person.scores)
        self.tiers = tuple(self.artist.tiers)
        self.names = (*BASELINES, *self.tiers)

    def reset(self) -> None:
        """What comes is another clip."""
        self.artist.reset()

    def __call__(self, points: Array, scores: Array) -> dict[str, Array]:
        """Pictures (512, 512, 3) uint8 by name."""
        brief = self.artist.begin(points, scores)
        pose = self.features(points, scores)
        near = int(self.distance(self.known, pose).argmin())
        drawn = {"mean": self.mean, "nearest": self.learned.pictures[near], "warp": self._alone(points, scores, pose)}
        return drawn | {name: self._over(brief, tier) for tier, name in enumerate(self.tiers)}

    def again(self, points: Array, scores: Array) -> dict[str, Array]:
        """One pose ten times, by tier: (10, 512, 512, 3)."""
        self.reset()
        rows = [self.artist.begin(points, scores) for _ in range(STILL)]
        return {name: np.stack([self._over(brief, tier) for brief in rows]) for tier, name in enumerate(self.tiers)}

    def _over(self, brief: Any, tier: int) -> Array:
        return np.asarray(self.artist.over(self.artist.draw(brief, tier), self.plate))

    def _alone(self, points: Array, scores: Array, pose: Any) -> Array:
        """Warped from the one keyframe that is nearest."""
        allowed = np.zeros(len(self.keyframes), bool)
        allowed[int(self.distance(self.keyframes, pose).argmin())] = True
        return self._over(self.single.begin(points, scores, allowed=allowed), 0)


class _Judge:
    """Sees moment after moment, and counts."""

    def __init__(self, names: Sequence[str], read: PoseReader | None) -> None:
        self.names, self.read = names, read
        self.likeness = {name: Likeness() for name in names}
        self.joints = {name: JointCount() for name in ("real", *names)}
        self.steps: dict[str, list[float]] = {name: [] for name in ("real", *names)}
        self.switches: dict[str, list[float]] = {}
        self._before: tuple[Moment, Array] | None = None

    def cut(self) -> None:
        """What comes does not follow what was."""
        self._before = None

    def see(self, moment: Moment, where: Mapping[str, Array | None], *, structure: bool, joints: bool) -> None:
        for name, picture in moment.drawn.items():
            self.likeness[name].add(picture, moment.real, where, structure=structure)
        person = where["person"]
        here = np.ones(moment.real.shape[:2], bool) if person is None else person
        if self._before is not None:
            self._move(*self._before, moment, here)
        if structure:
            tiers = [name for name in moment.drawn if name not in BASELINES]
            for low, high in itertools.pairwise(tiers):
                change = mean_step(moment.drawn[low], moment.drawn[high], here)
                self.switches.setdefault(f"switch_{low}_{high}", []).append(change)
        if joints and self.read is not None:
            for name, picture in {"real": moment.real, **moment.drawn}.items():
                self.joints[name].add((moment.points, moment.scores), self.read(picture))
        self._before = moment, here

    def _move(self, before: Moment, there: Array, moment: Moment, here: Array) -> None:
        where = there | here
        if where.any() and moment.time - before.time < FOLLOWS:
            self.steps["real"].append(mean_step(before.real, moment.real, where))
            for name, picture in moment.drawn.items():
                self.steps[name].append(mean_step(before.drawn[name], picture, where))

    def numbers(self) -> dict[str, Any]:
        """All that was counted, flat."""
        values: dict[str, Any] = {}
        for name in self.names:
            values |= {f"{key}_{name}": value for key, value in self.likeness[name].numbers().items()}
        moved = float(np.sum(self.steps["real"]))
        values["motion_real"] = float(np.mean(self.steps["real"])) if self.steps["real"] else float("nan")
        for name in self.names:
            values[f"motion_ratio_{name}"] = float(np.sum(self.steps[name])) / moved if moved else float("nan")
        values |= {key: float(np.nanmean(steps)) for key, steps in self.switches.items()}
        if self.read is not None:
            for name in ("real", *self.names):
                values[f"pck_10_{name}"], values[f"hands_pck_{name}"] = self.joints[name].body, self.joints[name].hands
            for name in self.names:
                values[f"pck_ratio_{name}"] = _share(self.joints[name].body, self.joints["real"].body)
                values[f"hands_pck_ratio_{name}"] = _share(self.joints[name].hands, self.joints["real"].hands)
        return values


def _share(one: float, whole: float) -> float:
    return one / whole if whole > 0 else float("nan")


def _steadiness(artist: _Ways, asked: Footage, which: Sequence[int]) -> dict[str, float]:
    """`flicker_TIER`: mean change between pictures of one pose drawn again and again, over at most three poses."""
    found: dict[str, list[float]] = {}
    for i in which[:: max(len(which) // 3, 1)][:3]:
        for name, pictures in artist.again(asked.points[i], asked.scores[i]).items():
            found.setdefault(f"flicker_{name}", []).append(flicker(pictures))
    return {name: float(np.mean(values)) for name, values in found.items()}
