"""Run a source ahead of its reader, in a thread of its own, with a bound on how far."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from ..errors import UsageError

T = TypeVar("T")


def ahead(items: Iterable[T], depth: int = 4) -> Iterator[T]:
    """Iterate over `items` in a thread, at most `depth` ahead of the reader.

    Order is kept and nothing is dropped. An exception of `items` is raised here, after the items that came before it. When the
    reader stops early (break, exception, Ctrl-C) the thread ends after the item it is making; `items` is not closed.
    """
    if depth < 1:
        raise UsageError(f"ahead: expected a depth of 1 or more, got {depth}")
    return _Line(items, depth).run()


class _Line(Generic[T]):
    """What the two threads share: the items made and not yet taken."""

    def __init__(self, items: Iterable[T], depth: int) -> None:
        self.items, self.depth = items, depth
        self.made: deque[T] = deque()
        self.turn = threading.Condition()
        self.ended = self.stopped = False
        self.error: BaseException | None = None

    def fill(self) -> None:
        try:
            for item in self.items:
                with self.turn:
                    self.turn.wait_for(lambda: self.stopped or len(self.made) < self.depth)
                    if self.stopped:
                        break
                    self.made.append(item)
                    self.turn.notify_all()
        except BaseException as error:  # whatever it is, it belongs to the reader
            self.error = error
        with self.turn:
            self.ended = True
            self.turn.notify_all()

    def run(self) -> Iterator[T]:
        thread = threading.Thread(target=self.fill, name="kinesics-ahead", daemon=True)
        thread.start()
        try:
            while (item := self.take()) is not None:
                yield item[0]
            if self.error is not None:
                raise self.error
        finally:
            with self.turn:
                self.stopped = True
                self.turn.notify_all()
            thread.join(5.0)

    def take(self) -> tuple[T] | None:
        with self.turn:
            self.turn.wait_for(lambda: self.made or self.ended)
            if not self.made:
                return None
            self.turn.notify_all()
            return (self.made.popleft(),)
