"""Draws pictures side by side, one worker each, and settles the tier of each at the moment its drawing begins."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..types import Array
from .pacing import Choice, Pacer
from .schedule import Schedule

__all__ = ["Crew", "Draws", "Job"]


class Draws(Protocol):
    """Who draws: an `Artist`. `begin` is called pose after pose; `draw` from several threads at once."""

    tiers: Any

    def begin(self, points: Array, scores: Array) -> Any:
        """What is to be drawn for a pose."""
        ...

    def draw(self, brief: Any, tier: int) -> Array:
        """(512, 512, 4) uint8, colour premultiplied by alpha."""
        ...


@dataclass(eq=False)
class Job:
    """A pose on its way to a picture.

    Attributes:
        time: seconds, of the pose.
        brief: what the artist made of it.
        missed: poses just before it that nobody asked to be drawn.
        points: (133, 2) of the pose.
        choice: the tier it got; None as long as nobody began it, and for good if it was dropped because it came too late.
        picture: at that tier.
        changed: the tier is another one than that of the picture before.
        before: for such a change, if there was room for it, one pose at the old tier and at the new one. None stands for the
            picture that was shown last (old) or this job's own (new).
        took: seconds of a worker.
        over: that was longer than it might be.
    """

    time: float
    brief: Any
    missed: int
    points: Array
    choice: Choice | None = None
    picture: Array | None = None
    before: tuple[Array | None, Array | None] | None = None
    changed: bool = False
    took: float = 0.0
    over: bool = False
    error: BaseException | None = None
    done: threading.Event = field(default_factory=threading.Event)


class Crew:
    """Workers with one thread each, who begin jobs in the order in which they came.

    Args:
        artist: who draws.
        pacer: chooses the tiers, unless `fixed` says which.
        fixed: the tier of all pictures.
        workers: how many draw at the same time; with 0 a job is done when it is put.
        clock: seconds from any origin.
        schedule: when pictures are due; None where they need not keep up with anything.
        fading: draw what a change of tier is faded with, where there is room for it.
    """

    def __init__(
        self,
        artist: Draws,
        pacer: Pacer,
        *,
        fixed: int | None,
        workers: int,
        clock: Callable[[], float],
        schedule: Schedule | None,
        fading: bool,
    ) -> None:
        self.artist, self.pacer, self.fixed, self.clock = artist, pacer, fixed, clock
        self.schedule, self.fading = schedule, fading
        self.lock = threading.Lock()
        self.finished: Callable[[], None] = lambda: None
        self._todo: deque[Job] = deque()
        self._before: tuple[Any, int] | None = None
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="kinesics-draw") if workers else None

    def put(self, job: Job) -> None:
        """Have a job done."""
        with self.lock:
            self._todo.append(job)
        if self._pool is None:
            self._work()
        else:
            self._pool.submit(self._work)

    def close(self) -> None:
        """Finish what has begun, forget the rest."""
        with self.lock:
            self._todo.clear()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def _work(self) -> None:
        with self.lock:
            if not self._todo:
                return
            job = self._todo.popleft()
            also = self._plan(job)
        if job.choice is not None:
            try:
                self._draw(job, job.choice, also)
            except BaseException as error:  # it is raised where the picture is asked for
                job.error = error
        job.done.set()
        self.finished()

    def _plan(self, job: Job) -> tuple[Any, int] | None:
        """Settle the tier; returns what else is to be drawn for a fade: a brief and a tier."""
        schedule = self.schedule
        spare, every = (None, None) if schedule is None else (schedule.spare(job.time), schedule.every)
        if self.fixed is not None:
            job.choice = Choice(self.fixed, "as asked for")
        elif spare is not None and self._before is not None and spare + (every or 0) < self.pacer.cost(0):
            return None
        else:
            job.choice = self.pacer.choose(every=every, spare=spare)
        before, self._before = self._before, (job.brief, job.choice.tier)
        if before is None or before[1] == job.choice.tier:
            return None
        job.changed = True
        low = min(before[1], job.choice.tier)
        cost = self.pacer.cost(low) + self.pacer.cost(job.choice.tier)
        if not self.fading or (cost > self.pacer.room and (spare is None or cost > spare / 2)):
            return None
        return (job.brief if low == before[1] else before[0]), low

    def _draw(self, job: Job, choice: Choice, also: tuple[Any, int] | None) -> None:
        start = self.clock()
        job.picture = self.artist.draw(job.brief, choice.tier)
        own = self.clock() - start
        if also is not None:
            other = self.artist.draw(*also)
            job.before = (other, None) if also[0] is job.brief else (None, other)
        job.took = self.clock() - start
        if self.fixed is None:
            with self.lock:
                job.over = self.pacer.learn(choice.tier, own, also=job.took - own)
