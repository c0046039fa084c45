"""Those who listen to a stream: each has one place for the newest scene, and a line for what must not be lost."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from ..messages import Message

__all__ = ["Audience", "Subscription"]

LONGEST = 256  # changes of state and the like that wait for one who listens; who lets more wait hears no more


class Subscription:
    """What one listener hears: iterate over it. Messages "state", "scene" and "bad" as they come from the worker.

    A scene that was not fetched when the next one comes is dropped and counted. A "state" with which only numbers changed
    replaces the one before it; all others are kept.

    Attributes:
        pictures, figure: whether scenes come with those.
        dropped: scenes that were not fetched in time.
    """

    def __init__(self, audience: Audience, pictures: bool, figure: bool) -> None:
        self._audience, self._call = audience, asyncio.Event()
        self._line = deque[Message]()
        self._scene: Message | None = None
        self.pictures, self.figure, self.dropped, self.closed = pictures, figure, 0, False

    def watch(self, pictures: bool, figure: bool) -> None:
        """Ask for pictures or the figure from now on, or no longer."""
        self.pictures, self.figure = pictures, figure
        self._audience.tell()

    def put(self, message: Message) -> int:
        """Called by the stream; how many scenes this pushed out."""
        pushed_out = 0
        if message.do == "scene":
            pushed_out = int(self._scene is not None)
            self.dropped += pushed_out
            self._scene = _wanted(message, self.pictures, self.figure)
        else:
            if self._line and message.do == "state" and _same(self._line[-1], message):
                self._line.pop()
            self._line.append(message)
        self._call.set()
        if len(self._line) > LONGEST:
            self.close()
        return pushed_out

    def __aiter__(self) -> Subscription:
        return self

    async def __anext__(self) -> Message:
        while True:
            if self._line:
                return self._line.popleft()
            scene, self._scene = self._scene, None
            if scene is not None:
                return scene
            if self.closed:
                raise StopAsyncIteration
            self._call.clear()
            await self._call.wait()

    def close(self) -> None:
        """Listen no more."""
        self.closed = True
        self._call.set()
        self._audience.leave(self)


def _same(one: Message, other: Message) -> bool:
    """Whether two messages tell the same state, but for numbers that rise by themselves."""
    names = ("state", "error", "epoch", "size", "settings", "restarts", "notes")
    return one.do == other.do and all(one.args.get(name) == other.args.get(name) for name in names)


def _wanted(scene: Message, pictures: bool, figure: bool) -> Message:
    """The scene with the parts that a listener wants."""
    parts: list[str] = list(scene.args.get("parts", ()))
    wanted = {"picture": pictures, "figure": figure}
    if all(wanted.get(part, True) for part in parts):
        return scene
    keep = [i for i, part in enumerate(parts) if wanted.get(part, True)]
    bodies = (scene.bodies[0], *(scene.bodies[1 + i] for i in keep))
    args: dict[str, Any] = {**scene.args, "parts": [parts[i] for i in keep]}
    return Message("scene", scene.ticket, args, [len(body) for body in bodies], bodies)


class Audience:
    """All who listen to a stream.

    Args:
        wanting: called with (pictures, figure) when what any of them wants has changed.
    """

    def __init__(self, wanting: Callable[[bool, bool], None]) -> None:
        self._wanting, self._all = wanting, set[Subscription]()
        self.wants = (False, False)

    def __len__(self) -> int:
        return len(self._all)

    def join(self, pictures: bool, figure: bool) -> Subscription:
        """One more."""
        one = Subscription(self, pictures, figure)
        self._all.add(one)
        self.tell()
        return one

    def leave(self, one: Subscription) -> None:
        """One less."""
        self._all.discard(one)
        self.tell()

    def tell(self) -> None:
        """See whether what they want has changed."""
        wants = (any(one.pictures for one in self._all), any(one.figure for one in self._all))
        if wants != self.wants:
            self.wants = wants
            self._wanting(*wants)

    def put(self, message: Message) -> int:
        """Tell all; how many scenes this pushed out of places."""
        return sum(one.put(message) for one in list(self._all))

    def close(self) -> None:
        """Nothing more will be said."""
        for one in list(self._all):
            one.close()
