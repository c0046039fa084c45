"""Poses to pictures as they go by: drawn side by side, given out in order, each at the tier there is time for."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass

import numpy as np

from ..errors import UsageError
from ..types import Array
from .costs import CostTable, cores
from .crew import Crew, Draws, Job
from .fading import Fade
from .intake import Newest, OneByOne, Pose
from .pacing import Pacer
from .probing import Prober
from .schedule import Schedule

__all__ = ["Drawn", "play"]

RING = 8
"""Pictures that may be drawn before they are due."""
_SOON = 0.005  # seconds that nobody sees


@dataclass(frozen=True, eq=False)
class Drawn:
    """A picture that is ready to be shown.

    Attributes:
        time: seconds, of its pose.
        picture: (512, 512, 4) uint8 RGBA, colour premultiplied by alpha.
        tier: 0 for T0, and so on.
        took: seconds of one worker.
        skipped: tiers above it that there was no time for: ("t2", "t3").
        why: it is this tier, in words.
        dropped: poses just before this one of which there is no picture.
        late: seconds after it was due; 0 where nothing is due.
        over: it took longer than it might; where pictures wait until they are due, it was more than half a picture late.
    """

    time: float
    picture: Array
    tier: int
    took: float
    skipped: tuple[str, ...] = ()
    why: str = ""
    dropped: int = 0
    late: float = 0.0
    over: bool = False


def play(
    artist: Draws,
    poses: Iterable[Pose],
    *,
    realtime: bool = False,
    live: bool = False,
    budget: float | None = None,
    tier: int | None = None,
    offline: bool = False,
    workers: int | None = None,
    costs: CostTable | None = None,
    fade: bool = True,
    clock: Callable[[], float] = time.perf_counter,
    sleep: Callable[[float], None] = time.sleep,
) -> Generator[Drawn]:
    """Draw poses, several at a time, and give the pictures out in order.

    Without any of `realtime`, `live`, `budget` and `tier` every picture gets the highest tier. A change of tier is faded over
    some pictures. Whoever stops early (break, Ctrl-C, `close`) waits for the pictures that are being drawn and leaves no thread
    behind.

    Args:
        artist: who draws; used by one `play` at a time.
        poses: time in seconds, points (133, 2) on the canvas, scores (133,).
        realtime: give each picture out when it is due by the times of the poses, and choose the tier so that it is there by
            then. What would be late even at T0 is dropped, and counted.
        live: poses come when they happen: always draw the newest, as soon as it is there.
        budget: seconds of one worker a picture may take.
        tier: this one, whatever it takes.
        offline: the highest tier, whatever it takes.
        workers: pictures that are drawn at the same time, a thread each; as many as there are cores if None, and with 0 in the
            caller's own thread.
        costs: what the tiers cost here; if None as remembered from an earlier start, or probed while T0 is drawn.
        fade: fade changes of tier.
        clock: seconds from any origin; tests hand in a simulated one.
        sleep: waits so many seconds.

    Raises:
        UsageError: options that exclude each other, or a tier this person does not have.
    """
    paced = realtime or live or budget is not None
    if sum([paced, tier is not None, offline]) > 1:
        raise UsageError("a fixed tier, offline, and realtime, live or a budget exclude each other; give one of them")
    tiers = len(artist.tiers)
    if tier is not None and not 0 <= tier < tiers:
        raise UsageError(f"tier: this person has 0 to {tiers - 1} ({', '.join(artist.tiers)}), got {tier}")
    workers = cores() if workers is None else workers
    if workers < 0:
        raise UsageError(f"workers: expected 0 or more, got {workers}")
    pacer = Pacer(costs, tiers=tiers, budget=math.inf if budget is None else budget, workers=max(workers, 1))
    schedule = Schedule(clock, waits=not live) if realtime or live else None
    fixed = None if paced else tiers - 1 if tier is None else tier
    crew = Crew(artist, pacer, fixed=fixed, workers=workers, clock=clock, schedule=schedule, fading=fade)
    prober = Prober(crew, inline=workers == 0) if paced and costs is None else None
    depth = RING if realtime and not live else max(workers, 1) + (0 if live else 2)
    return _play(artist, Newest(poses) if live else OneByOne(poses), crew, prober, _Show(depth, schedule, sleep, fade))


def _play(artist: Draws, source: OneByOne | Newest, crew: Crew, prober: Prober | None, show: _Show) -> Generator[Drawn]:
    crew.finished = source.nudge
    try:
        while show.waiting or not source.ended:
            if not show.full and not source.ended:
                pose = source.take(show.ready)
                if pose is not None:
                    crew.put(show.expect(Job(pose[0], artist.begin(*pose[1:]), source.missed, points=pose[1])))
            if show.waiting and (source.ended or show.full or show.ready()):
                job = show.waiting.popleft()
                drawn = show.shown(job)
                if drawn is not None:
                    yield drawn
                if prober is not None:
                    prober.begin(job.brief)
                    if prober.error is not None:
                        raise prober.error
    finally:
        source.close()
        if prober is not None:
            prober.close()
        crew.close()


class _Show:
    """The pictures on their way, in order, until they are due."""

    def __init__(self, depth: int, schedule: Schedule | None, sleep: Callable[[float], None], fading: bool) -> None:
        self.depth, self.schedule, self.sleep, self.fading = depth, schedule, sleep, fading
        self.waiting: deque[Job] = deque()
        self._fade = Fade()
        self._last: _Last | None = None
        self._dropped = 0

    @property
    def full(self) -> bool:
        """Whether enough is on its way; the first picture goes alone, so that it is there soon."""
        return len(self.waiting) >= (1 if self._last is None else self.depth)

    def expect(self, job: Job) -> Job:
        if self.schedule is not None:
            self.schedule.expect(job.time)
        self.waiting.append(job)
        return job

    @property
    def _every(self) -> float:
        return 0.0 if self.schedule is None else self.schedule.every or 0.0

    def ready(self) -> bool:
        """Whether there is a picture to be shown now."""
        if not self.waiting or not self.waiting[0].done.is_set():
            return False
        spare = None if self.schedule is None else self.schedule.spare(self.waiting[0].time)
        return spare is None or spare <= 0

    def shown(self, job: Job) -> Drawn | None:
        """Wait until a picture is drawn and due; None if it was dropped."""
        while not job.done.wait(1.0):  # a wait without an end cannot be interrupted everywhere
            pass
        if job.error is not None:
            raise job.error
        self._dropped += job.missed
        if job.choice is None or job.picture is None:
            self._dropped += 1
            return None
        picture, choice = self._faded(job, job.picture), job.choice
        late = self._wait(job)
        over = job.over if late is None else late > max(self._every / 2, _SOON)
        self._last, dropped, self._dropped = _Last(picture, job.points), self._dropped, 0
        return Drawn(job.time, picture, choice.tier, job.took, choice.skipped, choice.why, dropped, late or 0.0, over)

    def _wait(self, job: Job) -> float | None:
        """Until the picture is due; returns seconds for which it has been, None where nothing ever is."""
        if self.schedule is not None and self._last is None:
            self.schedule.start(job.time)
        spare = None if self.schedule is None else self.schedule.spare(job.time)
        if spare is None:
            return None
        if spare > 0:
            self.sleep(spare)
        return max(-spare, 0.0)

    def _faded(self, job: Job, picture: Array) -> Array:
        last = self._last
        if job.changed and self.fading and last is not None:
            if job.before is None:
                self._fade.begin(last.picture, picture, _moved(last.points, job.points))
            else:
                old, new = job.before
                self._fade.begin(last.picture if old is None else self._fade.apply(old), picture if new is None else new)
        return self._fade.apply(picture)


@dataclass(frozen=True, eq=False)
class _Last:
    """What is seen at the moment."""

    picture: Array
    points: Array


def _moved(before: Array, after: Array) -> float:
    """Pixels that joints move from one pose (133, 2) to another: more than nine in ten of them do."""
    far = np.hypot(*(np.asarray(after, np.float64) - before).T)
    return float(np.quantile(far[np.isfinite(far)], 0.9)) if np.isfinite(far).any() else 0.0
