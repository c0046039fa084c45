"""Where poses come from: all of them in order, or the newest of a source that does not wait."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from ..types import Array

__all__ = ["Newest", "OneByOne", "Pose"]

Pose: TypeAlias = tuple[float, Array, Array]
"""Time in seconds, points (133, 2), scores (133,)."""


class OneByOne:
    """Every pose, asked for when there is room for it."""

    def __init__(self, poses: Iterable[Pose]) -> None:
        self.ended = False
        self.missed = 0
        self._poses: Iterator[Pose] = iter(poses)

    def take(self, ready: Callable[[], bool]) -> Pose | None:
        """The next pose; None at the end."""
        for pose in self._poses:
            return pose
        self.ended = True
        return None

    def nudge(self) -> None:
        """Nobody waits here."""

    def close(self) -> None:
        """No more poses are wanted."""


class Newest:
    """The newest pose of a live source, which is read in a thread of its own.

    Attributes:
        ended: the source has, and its last pose was taken.
        missed: poses that were replaced before anybody took them, since the last one that was taken.
    """

    def __init__(self, poses: Iterable[Pose]) -> None:
        self.ended = False
        self.missed = 0
        self._poses = poses
        self._turn = threading.Condition()
        self._newest: Pose | None = None
        self._lost = 0
        self._read = self._stopped = False
        self._error: BaseException | None = None
        self._thread: threading.Thread | None = None

    def _fill(self) -> None:
        try:
            for pose in self._poses:
                with self._turn:
                    self._lost += self._newest is not None
                    self._newest = pose
                    self._turn.notify_all()
                    if self._stopped:
                        break
        except BaseException as error:  # whatever it is, it belongs to the reader
            self._error = error
        with self._turn:
            self._read = True
            self._turn.notify_all()

    def take(self, ready: Callable[[], bool]) -> Pose | None:
        """The newest pose as soon as there is one; None at the end, or when `ready()` while waiting (see `nudge`)."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._fill, name="kinesics-poses", daemon=True)
            self._thread.start()
        with self._turn:
            self._turn.wait_for(lambda: self._newest is not None or self._read or ready())
            pose, self._newest = self._newest, None
            if pose is not None:
                self.missed, self._lost = self._lost, 0
            elif self._read:
                self.ended = True
                if self._error is not None:
                    raise self._error
            return pose

    def nudge(self) -> None:
        """Something happened: whoever waits asks `ready()` again."""
        with self._turn:
            self._turn.notify_all()

    def close(self) -> None:
        """No more poses are wanted; the thread ends with the one it is reading."""
        with self._turn:
            self._stopped = True
        if self._thread is not None:
            self._thread.join(2.0)
