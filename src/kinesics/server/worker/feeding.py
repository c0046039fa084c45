"""Frames on their way from a source to the look: one slot where the newest wins, or a short queue where nothing may be lost.

A source's side (`put`, `over`) and a looker's side (`frames`) meet here. The looker asks for its turn when there is something
to see, waits for it, and takes then what is newest.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

__all__ = ["Feed", "Taken", "Waiting"]

QUEUE = 4  # frames of a file that are decoded ahead
EARLY = 0.1  # share of the pause between two frames by which one may come too early


@dataclass
class Waiting:
    """A frame that waits to be looked at.

    Attributes:
        frame: a `Frame`, or what `make` of a feed turns into one.
        arrived: monotonic seconds.
        number: a browser's, None elsewhere: its turn has come with it.
    """

    frame: Any
    arrived: float
    number: int | None = None


@dataclass(frozen=True)
class Taken:
    """What is known of a frame that is looked at.

    Attributes:
        arrived, began: monotonic seconds: when it came, when its turn came.
        number: a browser's, None elsewhere.
    """

    arrived: float
    began: float
    number: int | None


class Feed:
    """The frames of one stream.

    Args:
        live: the newest wins and those it replaces are counted; else `put` waits until there is room.
        fps: at most so many frames a second are let in, if live; None for all.
        ask: called, from the looker's thread, when a turn is needed.

    Attributes:
        dropped: frames that were not looked at: "newest" replaced by newer ones, "rate" above the rate, "corrupt" damaged.
        came: frames that came so far.
        newest: monotonic seconds when the newest came; None before the first.
        epoch: added to the epoch of each frame.
        error: why the source failed; None while it has not.
    """

    def __init__(self, live: bool, fps: float | None, ask: Callable[[], None]) -> None:
        self.live, self.fps, self._ask = live, fps, ask
        self.dropped = {"newest": 0, "rate": 0, "corrupt": 0}
        self.came, self.epoch = 0, 0
        self.newest: float | None = None
        self.error: Exception | None = None
        self._changed = threading.Condition()
        self._waiting: deque[Waiting] = deque()
        self._taken: dict[int, Taken] = {}
        self._due, self._due_epoch = 0.0, -1
        self._asked = self._granted = self._over = self._paused = False

    # -------------------------------------------------------------------------------------------------- the source's side
    def put(self, frame: Any, *, arrived: float | None = None, number: int | None = None) -> None:
        """One more frame; waits while the queue of what may not be lost is full.

        Args:
            frame: see `Waiting`.
            arrived: monotonic seconds; None for now.
            number: a browser's; the turn comes with it.
        """
        arrived = time.monotonic() if arrived is None else arrived
        with self._changed:
            self.came, self.newest = self.came + 1, arrived
            reason = self._unwanted(frame) if self.live and number is None else None
            if reason is not None:
                self.dropped[reason] += 1
                return
            if self.live:
                self.dropped["newest"] += len(self._waiting)
                self._waiting.clear()
            else:
                self._changed.wait_for(lambda: len(self._waiting) < QUEUE or self._over)
            if self._over:  # nobody takes it any more
                return
            self._waiting.append(Waiting(frame, arrived, number))
            self._changed.notify_all()

    @property
    def closed(self) -> bool:
        """No more frames are wanted, or come."""
        with self._changed:
            return self._over

    def over(self, error: Exception | None = None) -> None:
        """No more frames come; `error` says why if that is a failure."""
        with self._changed:
            self._over, self.error = True, error
            self._changed.notify_all()

    def _unwanted(self, frame: Any) -> str | None:
        """Why a live frame is not let in."""
        if frame.corrupt:
            return "corrupt"
        if self.fps is None:
            return None
        pause = 1 / self.fps
        if frame.epoch != self._due_epoch:
            self._due, self._due_epoch = frame.time, frame.epoch
        if frame.time < self._due - EARLY * pause:
            return "rate"
        self._due = max(self._due, frame.time - pause) + pause
        return None

    # -------------------------------------------------------------------------------------------------- the looker's side
    def frames(self, make: Callable[[Waiting], Any] | None = None) -> Generator[Any]:
        """Frames whose turn it is, until the source is over or `pause` was called.

        Args:
            make: makes a `Frame` of what waits, or gives None if that is none; None: they are frames.
        """
        while self._turn_comes():
            with self._changed:
                waiting = self._waiting.popleft()
                self._changed.notify_all()
            frame = waiting.frame if make is None else make(waiting)
            if frame is None:
                continue
            frame.epoch += self.epoch
            self._taken[frame.index] = Taken(waiting.arrived, time.monotonic(), waiting.number)
            yield frame

    def _turn_comes(self) -> bool:
        """Wait for a frame and for the turn; False if there will be none."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._over or self._paused)
            if self._paused or not self._waiting:
                self._paused = False
                return False
            if self._waiting[0].number is not None:
                return True
            ask, self._asked = not self._asked, True
        if ask:
            self._ask()
        with self._changed:
            self._changed.wait_for(lambda: self._granted)
        return True

    @property
    def finished(self) -> bool:
        """The source is over and all that waited was taken."""
        with self._changed:
            return self._over and not self._waiting

    def go(self) -> None:
        """It is this stream's turn."""
        with self._changed:
            self._granted = True
            self._changed.notify_all()

    def given_back(self) -> None:
        """The turn has been used."""
        with self._changed:
            self._asked = self._granted = False

    def pause(self) -> None:
        """End `frames` before the next frame; call it again to go on."""
        with self._changed:
            self._paused = True
            self._changed.notify_all()

    def taken(self, index: int) -> Taken:
        """What is known of the frame of that index; asked once."""
        now = time.monotonic()
        return self._taken.pop(index, Taken(now, now, None))
