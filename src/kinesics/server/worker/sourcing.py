"""Sources of a stream by its settings, read in a thread of their own into its feed."""

from __future__ import annotations

import sys
import threading
import time
import traceback
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ...errors import KinesicsError, SourceError
from ..settings import BROWSER, DEMO, StreamSettings

if TYPE_CHECKING:
    from ...types import Frame
    from ...video.source import Source
    from .feeding import Feed

__all__ = ["Sourcing", "is_live"]

TIMEOUT = 1.0  # seconds without data after which a connection counts as lost: noticed within twice that
BEHIND = 1.0  # seconds that a file played as a camera may lag before it goes on from there


def is_live(settings: StreamSettings) -> bool:
    """Whether the newest frame wins."""
    if settings.source in (BROWSER, DEMO):
        return True
    return not _is_file(settings.source) if settings.live is None else settings.live


def _is_file(source: str) -> bool:
    return "://" not in source and not source.isdecimal()


class Sourcing:
    """Reads a stream's source into its feed, in a thread.

    Attributes:
        source: what is open now, None before.
    """

    def __init__(self, settings: StreamSettings, feed: Feed) -> None:
        self.settings, self.feed = settings, feed
        self.source: Source | None = None
        self._ends: tuple[int, float, int] = (0, 0.0, 0)  # index, time and epoch with which the next round begins

    def start(self) -> None:
        """Begin; a browser's frames come by themselves."""
        if self.settings.source != BROWSER:
            threading.Thread(target=self._run, name="kinesics-source", daemon=True).start()

    @property
    def trouble(self) -> str:
        """Why no frames come now, as far as the source knows; empty if it does not."""
        return getattr(self.source, "trouble", "")

    def _run(self) -> None:
        try:
            self._read()
        except KinesicsError as error:
            self.feed.over(error)
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            self.feed.over(SourceError(f"{self.settings.name or 'the source'}: cannot be read ({type(error).__name__})"))
        else:
            self.feed.over()

    def _read(self) -> None:
        loop = self.settings.loop or self.settings.source == DEMO
        while True:
            self.source = self._open()
            with self.source as source:
                played = _paced(source) if self.feed.live and not source.live else source
                for frame in self._joined(played):
                    self.feed.put(frame)
                    if self.feed.closed:
                        return
            if not loop:
                return

    def _open(self) -> Source:
        from ...video import open_source
        from ...weights import find

        named = self.settings.source
        if named == DEMO:
            return open_source(find("demo_clip"))
        if _is_file(named):
            return open_source(named)
        return open_source(named, live=is_live(self.settings), patient=is_live(self.settings), timeout=TIMEOUT)

    def _joined(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        """The frames of one more round: indices and times go on where the last round ended, in an epoch of its own."""
        index, began, epoch = self._ends
        before = 0.0
        for frame in frames:
            step, before = frame.time - before, frame.time
            frame.index, frame.time, frame.epoch = frame.index + index, frame.time + began, frame.epoch + epoch
            self._ends = frame.index + 1, frame.time + max(step, 1e-3), frame.epoch + 1
            yield frame


def _paced(frames: Iterator[Frame]) -> Iterator[Frame]:
    """The frames of a file at the times at which a camera would give them."""
    start: float | None = None
    for frame in frames:
        now = time.monotonic()
        if start is None or now - start - frame.time > BEHIND:
            start = now - frame.time
        time.sleep(max(start + frame.time - now, 0.0))
        yield frame
