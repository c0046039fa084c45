"""One stream from its opening to its end: frames in, scenes, events and what may be seen of it out."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from ...errors import KinesicsError
from ..settings import BROWSER, StreamSettings
from .feeding import Feed
from .sourcing import Sourcing, is_live
from .stream_state import StreamState

if TYPE_CHECKING:
    from ...types import Scene
    from ..events import Event
    from ..messages import Message
    from .nets import Nets

__all__ = ["Looking", "Say"]

MODELS = ("postures", "taught", "coach")
NOTES = 30  # remarks that are told


class Say(Protocol):
    """How the service is told something."""

    def __call__(self, do: str, /, *bodies: bytes, ticket: int = 0, **args: Any) -> None:
        """Say it; may be called from any thread."""


class Looking:
    """One stream. `run` belongs to the main thread, all else may be called from others.

    Args:
        message: `open`: {id, settings, paths, epoch?}. `epoch` is the one to begin with: a stream whose worker died goes on
            with a higher one.
        say: tells the service.

    Attributes:
        settings, paths: as they are now.
        feed, sourcing, showing, acting, state: its parts.

    Raises:
        UsageError: the settings are none.
    """

    def __init__(self, message: Message, say: Say) -> None:
        from .acting import Acting
        from .browsing import Browsing
        from .showing import Showing

        args = message.args
        self.id, self.settings, self._say = str(args.get("id", "")), settings_of(args.get("settings", {})), say
        self.paths: dict[str, str] = dict(args.get("paths") or {})
        browser = self.settings.source == BROWSER
        self.feed = Feed(is_live(self.settings), None if browser else self.settings.fps, lambda: say("turn"))
        self.feed.epoch = int(args.get("epoch", 0))
        self._make = Browsing(lambda number, error: say("bad", number=number, error=error)) if browser else None
        self._notes: list[str] = []
        self._turn = threading.Lock()
        self._limit = self.settings.budget
        self._budget: Any = None
        self._happenings: Any = None
        self._telling, self._parted = threading.Lock(), False
        self._coach: Any = None
        self.showing, self.acting = Showing(self.note), Acting(self.note)
        self.sourcing = Sourcing(self.settings, self.feed)
        self.state = StreamState(self.id, self.settings, self.feed, self.sourcing, self._notes, say)

    def note(self, line: str) -> None:
        """Keep a remark about this stream."""
        if line not in self._notes:
            self._notes.append(line)
            del self._notes[:-NOTES]

    def limit(self, seconds: float | None) -> None:
        """So much time a frame may take from now on; None for all it needs."""
        self._limit = seconds or None
        if self._budget is not None:
            self._budget.limit = self._limit or float("inf")

    def act(self, *names: str, remembers: bool = True) -> None:
        """Make the action models of these names as the settings say, and use them from the next frame on.

        Raises:
            FormatError: a file is no model.
            UsageError: nobody knows the exercise.
        """
        from .action_models import action_model

        with self._turn:
            for name in names:
                self.acting.put(name, action_model(name, self.settings, self.paths), remembers=remembers)

    # ------------------------------------------------------------------------------------------------ in the main thread
    def run(self, nets: Nets) -> None:
        """Look at frames until the source is over; what goes wrong on purpose is told as the stream's state."""
        from ..happenings.happenings import Happenings

        self._happenings = Happenings(self.id)
        self.state.check()
        try:
            self._look_at_all(nets)
        except KinesicsError as error:
            self._tell_events(self._happenings.end(time.time()))
            self.state.end("failed", " ".join(str(error).split()))
        else:
            self._tell_events(self._happenings.end(time.time()))
            self.state.end("ended")

    def part(self) -> None:
        """The stream is taken away while it runs: what is open ends. From any thread; no event is told after it."""
        with self._telling:
            if self._happenings is not None and not self._parted:
                self._tell_events(self._happenings.end(time.time(), finish=False))
            self._parted = True

    def _look_at_all(self, nets: Nets) -> None:
        from ...budget import Budget

        # Seconds of this thread's own work: on a busy machine frames then come later, and are not looked at less well.
        self._budget = Budget(self._limit or float("inf"), clock=time.thread_time)
        for name in MODELS:
            try:
                self.act(name, remembers=False)
            except KinesicsError as error:  # the rest of the stream is worth having
                self.note(f"{name}: {error}")
        self.sourcing.start()
        while not self.feed.finished:
            self._look(nets)
            self.feed.epoch += 1  # ids begin again
        if self.feed.error is not None:
            raise self.feed.error

    def _look(self, nets: Nets) -> None:
        """Look at frames with one chain, until the source is over or the chain has to be another one."""
        from ...pipeline.watching import watch

        settings = self.settings
        bounded = self.feed.live or settings.budget is not None
        scenes = watch(
            self.feed.frames(self._make),
            pose=nets.pose(settings.pose),
            actions=self.acting,
            whole_body=settings.whole_body or settings.person is not None,
            masks=settings.masks,
            faces=settings.faces,
            budget=self._budget if bounded else None,
            live=self.feed.live,
            overlap=False,
        )
        for scene in scenes:
            self._tell(scene)

    def _tell(self, scene: Scene) -> None:
        from ...formats.encode import encode_scene

        taken = self.feed.taken(scene.index)
        person = None if self.settings.person is None else self.paths.get("person", self.settings.person)
        shown = self.showing.parts(scene, self.settings, person)
        self._say(
            "scene",
            encode_scene(scene),
            *shown.values(),
            index=scene.index,
            time=scene.time,
            epoch=scene.epoch,
            arrived=taken.arrived,
            took=time.monotonic() - taken.began,
            dropped=self.feed.dropped,
            parts=list(shown),
            **({} if taken.number is None else {"number": taken.number}),
        )
        self.feed.given_back()
        self.state.looked, self.state.epoch, self.state.size = self.state.looked + 1, scene.epoch, scene.size
        self.state.check()
        coach = self.acting.coach
        if coach is not self._coach:
            self._coach = coach
            self._happenings.follow(coach)
        with self._telling:
            if not self._parted:
                self._tell_events(self._happenings.update(scene, time.time()))

    def _tell_events(self, events: list[Event]) -> None:
        if events:
            self._say("events", events=[msgspec.to_builtins(event) for event in events])


def settings_of(given: Any) -> StreamSettings:
    """Settings out of a message.

    Raises:
        UsageError: they are none.
    """
    from ...errors import UsageError

    try:
        return msgspec.convert(given, StreamSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"settings of a stream: {error}") from None
