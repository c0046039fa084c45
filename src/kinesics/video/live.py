"""Live sources: the newest frame wins, and a lost connection is made again for as long as somebody reads."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator

from av.error import FFmpegError

from ..errors import SourceError
from ..types import Frame
from .clock import Clock
from .framer import Framer
from .reel import Reel, reason
from .source import Source

FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0  # seconds between attempts to connect, doubling
HEALTHY = 10.0  # seconds of frames after which the waits start short again
KNOCK = 0.2  # seconds between two looks at whether somebody listens again where nobody did


def open_live(
    connect: Callable[[], Reel],
    name: str,
    *,
    max_wait: float | None,
    patient: bool,
    seed: int,
    knock: Callable[[], bool] | None = None,
) -> Source:
    """A source of the newest frames of whatever `connect` opens, again and again.

    A thread decodes all that comes and keeps one frame for the reader. When the stream ends or fails, the epoch of the frames
    rises and `connect` is called until it works: after 0.1 s, then twice as long each time up to 5 s, each a quarter more or
    less, so that many readers do not come at once. Where nobody listens during such a wait, and then somebody does,
    it is over. Time goes on meanwhile.

    Args:
        connect: opens the stream; raises `SourceError` or an error of the library.
        name: what to call it, without a password.
        max_wait: see `open_source`.
        patient: do not raise when the first attempt fails.
        seed: of the jitter.
        knock: whether somebody listens at the address; None where that cannot be told without connecting.
    """
    line = _Line(connect, max_wait, random.Random(seed), knock)
    source = Source(name, line.feed, release=line.stop, live=True)
    line.start(source, patient)
    return source


class _Line:
    """A connection that is made again and again, and the one frame that waits for the reader."""

    def __init__(
        self, connect: Callable[[], Reel], max_wait: float | None, rng: random.Random, knock: Callable[[], bool] | None
    ) -> None:
        self.connect, self.max_wait, self.rng, self.knock = connect, max_wait, rng, knock
        self.turn = threading.Condition()
        self.newest: Frame | None = None
        self.framer: Framer | None = None
        self.failed: str | None = None
        self.stopped = threading.Event()
        self.seen = 0.0  # when the last frame came
        self.wait = FIRST_WAIT

    def start(self, source: Source, patient: bool) -> None:
        self.source, self.patient = source, patient
        self.thread = threading.Thread(target=self._run, name="kinesics-live", daemon=True)
        self.thread.start()
        if patient:
            return
        with self.turn:
            self.turn.wait_for(lambda: self.newest is not None or self.failed is not None)
        if self.failed is not None:
            source.close()
            raise SourceError(f"{source.name}: {self.failed}")

    # ---------------------------------------------------------------------------------------------------- the thread's side
    def _run(self) -> None:
        while not self.stopped.is_set():
            began = time.monotonic()
            why = self._read()
            if self.stopped.is_set():
                return
            if self.framer is None and not self.patient:
                with self.turn:
                    self.failed = why
                    self.turn.notify_all()
                return
            self.source.trouble = why
            if self.seen - began > HEALTHY:
                self.wait = FIRST_WAIT
            returned = self._rest(self.wait * self.rng.uniform(0.75, 1.25))
            self.wait = FIRST_WAIT if returned else min(2 * self.wait, LONGEST_WAIT)

    def _rest(self, seconds: float) -> bool:
        """Wait; not so long, and true, if somebody listens again where nobody did."""
        end = time.monotonic() + seconds
        absent = self.knock is not None and not self.knock()
        while not self.stopped.is_set() and (left := end - time.monotonic()) > 0:
            with self.turn:
                self.turn.wait_for(self.stopped.is_set, min(left, KNOCK * self.rng.uniform(0.75, 1.25)) if absent else left)
            if absent and self.knock is not None and self.knock():
                return True
        return False

    def _read(self) -> str:
        """Connect once and pass on frames until it ends; returns why it did."""
        try:
            reel = self.connect()
        except SourceError as error:
            return str(error).removeprefix(f"{self.source.name}: ")
        except (FFmpegError, OSError, ValueError) as error:
            return f"cannot be opened ({reason(error)}); check that it is there and running"
        before = -1 if self.framer is None else self.framer.index
        why = "the stream ended"
        try:
            for picture in reel.pictures():
                if self.stopped.is_set():
                    break
                self._put(self._framer(reel, before)(picture, time.monotonic() if reel.untimed else None))
        except (FFmpegError, OSError) as error:
            why = reason(error)
        finally:
            reel.close()
        if self.framer is None:
            return f"no frame came ({why})"
        if self.framer.index > before and not self.stopped.is_set():
            self.source.note(f"connection lost after frame {self.framer.index} ({why})")
        return why

    def _framer(self, reel: Reel, before: int) -> Framer:
        """The maker of frames; told of the reconnect at the first picture of a new connection."""
        note = self.source.note
        if self.framer is None:
            self.framer = Framer(Clock(1 / (reel.fps or 25.0), note), note)
            self.source.fps = reel.fps
        elif self.framer.index == before:
            self.framer.reconnect(time.monotonic() - self.seen)
            note(f"connected again: epoch {self.framer.epoch} begins with frame {before + 1}")
        return self.framer

    def _put(self, frame: Frame) -> None:
        with self.turn:
            self.source.size = self.source.size or frame.size
            self.source.dropped += self.newest is not None
            self.newest, self.seen, self.source.trouble = frame, time.monotonic(), ""
            self.turn.notify_all()

    # ---------------------------------------------------------------------------------------------------- the reader's side
    def feed(self, source: Source) -> Iterator[Frame]:
        while True:
            with self.turn:
                self.turn.wait_for(lambda: self.newest is not None or self.stopped.is_set(), self.max_wait)
                frame, self.newest = self.newest, None
            if self.stopped.is_set():
                return
            if frame is None:
                source.note(f"no frame for {self.max_wait:g} s: given up")
                source.status = "timeout"
                self.stop()
                return
            yield frame

    def stop(self) -> None:
        with self.turn:
            self.stopped.set()
            self.turn.notify_all()
        self.thread.join(1.0)  # one that waits for the network ends by itself at its timeout
