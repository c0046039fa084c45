"""A stream as the service holds it: its settings, its worker's place, who listens, and how it does."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from ...errors import KinesicsError, UsageError
from ..events import Event
from ..guard.secrets_out import without_secrets
from ..messages import Message
from ..places import paths_of
from ..refusals import Busy
from ..settings import BROWSER, StreamSettings
from ..worker.sourcing import is_live
from .counts import Ages, Counts
from .hired import Died, Hired
from .seat import Seat
from .subscription import Audience, Subscription
from .turns import Turns

__all__ = ["Around", "Stream"]

STALLED = 3.0  # seconds without a frame after which a live stream is stalled
PAUSES = 3.0  # or so many pauses between two frames, if that is longer
ASKS = ("teach", "coach")
PATIENCE = {"teach": 30.0, "coach": 15.0, "change": 20.0, "reload": 20.0}  # seconds in which a worker answers


@dataclass(frozen=True)
class Around:
    """What a stream needs of the service around it.

    Attributes:
        folder: of the service's models, exercises and persons.
        turns: at looking.
        deal: gives free turns to those who wait.
        take: a warm worker.
        happened: takes events to store.
        changed: called when the stream's state has changed in a way that concerns others (kept, or counted).
        learned: hands the clip of a taught action to the library; gives the answer.
    """

    folder: Path
    turns: Turns
    deal: Callable[[], None]
    take: Callable[[], Awaitable[Hired]]
    happened: Callable[[list[Event]], None]
    changed: Callable[[Stream], None]
    learned: Callable[[Stream, str | None, Message], Awaitable[Message]]


class Stream:
    """One stream.

    Attributes:
        id: of the stream, never used again.
        settings: as they are now; with the password of the source, see `state` for what may be told.
        epoch: of the newest frame; rises with each connection and each worker.
        taught: the clip (npz) that the last `teach end` gave; None before.
    """

    def __init__(self, name: str, settings: StreamSettings, around: Around, epoch: int = 0) -> None:
        self.id, self.settings, self.epoch = name, settings, epoch
        self.taught: bytes | None = None
        self._around, self._next_epoch = around, epoch
        self._audience = Audience(self._watched)
        self._seat = Seat(around.take, self._seated, self._left)
        self._counts, self._ages, self._looks = Counts(), Ages(), Ages()
        self._looked, self._life, self._restarts = 0, 0, 0
        self._said: dict[str, Any] = {}
        self._state, self._error = "starting", ""
        self._notes: tuple[str, ...] = ()
        self._newest: float | None = None
        self._stalled, self._budget = False, 0.0
        self._slot: tuple[bytes, int, float, float] | None = None  # JPEG, number, its seconds, when it came
        self._asks = False  # the worker has asked for a turn itself
        self._sent: int | None = None  # number of the browser's frame that is being looked at

    # ------------------------------------------------------------------------------------------------------ for everybody
    def subscribe(self, pictures: bool = False, figure: bool = False) -> Subscription:
        """Listen to what is seen: an async iterator of messages; with pictures and the figure if they are asked for."""
        one = self._audience.join(pictures, figure)
        one.put(self._state_message())
        return one

    async def ask(self, do: str, /, *bodies: bytes, **args: Any) -> Message:
        """A worker's answer to "teach" or "coach".

        What `teach end` gives is learned before this returns, unless `learn=False` is among the arguments.

        Raises:
            Busy: no worker is there at present.
            KinesicsError: what the worker or the library answers.
        """
        if do not in ASKS:
            raise UsageError(f"a stream can be asked for {' or '.join(ASKS)}, got {do[:40]!r}")
        if self._seat.worker is None:
            raise Busy(f"stream {self.id} has no worker at present ({self._state}); try again")
        learn, model = args.pop("learn", True), args.pop("model", None)
        try:
            answer = await self._seat.worker.ask(do, *bodies, timeout=PATIENCE[do], **args)
        except Died:
            raise Busy(f"stream {self.id}: its worker was replaced; try again") from None
        if do == "teach" and args.get("do") == "end" and answer.bodies:
            self.taught = answer.bodies[0]
            if learn:
                return await self._around.learned(self, model, answer)
        return answer

    def push(self, jpeg: bytes, number: int, seconds: float) -> None:
        """A browser's frame; the newest wins. Returns at once.

        Args:
            jpeg: of one picture.
            number: comes back with its scene.
            seconds: of the browser's clock.
        """
        if self.settings.source != BROWSER:
            raise UsageError(f"stream {self.id} has frames of its own")
        if self._slot is not None:
            self._counts.add("browser", "newest")
        self._slot = (jpeg, number, seconds, time.monotonic())
        if self._seat.worker is not None:
            self._around.turns.ask(self.id)
            self._around.deal()

    def state(self) -> dict[str, Any]:
        """How it does, plain values without passwords.

        `dropped` are counts by stage and reason, `age` the seconds since the newest frame that was looked at came (None before
        the first), `looked` the scenes so far, `frames` what came in all, `ages` a histogram of the seconds from a frame's
        coming to its scene, `looks` one of the seconds for which it was looked at.
        """
        worker, dropped = self._seat.worker, self._counts.so_far()
        lost = sum(dropped.get("source", {}).values()) + sum(dropped.get("browser", {}).values())
        told = msgspec.structs.asdict(self.settings) | {"source": without_secrets(self.settings.source)}
        return {
            "state": "stalled" if self._stalled else self._state,
            "error": self._error,
            "source": self._said.get("source") or self.settings.name or told["source"],
            "name": self.settings.name or told["source"],
            "settings": told,
            "live": is_live(self.settings) and self.settings.source != BROWSER,
            "size": self._said.get("size"),
            "fps": self._said.get("fps"),
            "epoch": self.epoch,
            "frames": self._looked + lost,
            "looked": self._looked,
            "age": None if self._newest is None else round(max(time.monotonic() - self._newest, 0.0), 3),
            "ages": self._ages.so_far(),
            "looks": self._looks.so_far(),
            "dropped": dropped,
            "restarts": self._restarts,
            "budget": self.settings.budget or self._budget,
            "notes": list(self._notes),
            "listeners": len(self._audience),
            "worker": None if worker is None else worker.pid,
        }

    # ------------------------------------------------------------------------------------------------- for the supervisor
    @property
    def busy(self) -> bool:
        """Whether it is one of those among which time is shared."""
        return self._state not in ("ended", "failed")

    @property
    def worker(self) -> Hired | None:
        """Who looks at it now."""
        return self._seat.worker

    @property
    def young(self) -> bool:
        """Whether its worker has not looked at anything yet."""
        return self._life == 0

    def start(self) -> None:
        """Let a worker come, or another one."""
        self._put_state("starting", "")
        self._seat.fill()

    async def change(self, settings: StreamSettings) -> None:
        """Other settings of the same source, in use when this returns.

        Raises:
            KinesicsError: they cannot be used; the ones before are.
        """
        before, self.settings = self.settings, settings
        worker = self._seat.worker
        if worker is None:
            if self._state == "failed" or (self._state == "ended" and settings.loop and not before.loop):
                self.start()
        else:
            try:
                await self._told(worker, "change", **self._plan())
            except KinesicsError:
                self.settings = before
                worker.tell("change", **self._plan())
                raise
            self._budgeted()
            self._watched(*self._audience.wants)
        self._tell_state()

    async def reload(self, path: Path) -> None:
        """The file of its model has changed; it is in use when this returns."""
        if self._seat.worker is not None:
            await self._told(self._seat.worker, "reload", model=str(path))

    async def _told(self, worker: Hired, do: str, /, **args: Any) -> None:
        with contextlib.suppress(Died):  # the next one is told as it comes
            await worker.ask(do, timeout=PATIENCE[do], **args)

    def _plan(self) -> dict[str, Any]:
        """What a worker must know of the settings."""
        return {"settings": msgspec.to_builtins(self.settings), "paths": paths_of(self._around.folder, self.settings)}

    def budget(self, seconds: float) -> None:
        """The share of time that a frame may take."""
        if abs(seconds - self._budget) > 1e-6:
            self._budget = seconds
            self._budgeted()

    def go(self) -> None:
        """It has a turn."""
        worker = self._seat.worker
        if worker is None:
            self._around.turns.leave(self.id)
        elif self._asks:
            self._asks = False
            worker.tell("go")
        elif self._slot is None:
            self._around.turns.give_back(self.id)
        else:
            (jpeg, number, seconds, came), self._slot = self._slot, None
            self._sent = number
            worker.tell("frame", jpeg, number=number, time=seconds, arrived=came)

    def look_after(self, now: float) -> None:
        """Notice that it has stalled, or is back."""
        if not is_live(self.settings) or self.settings.source == BROWSER or self._newest is None or not self.busy:
            return
        rates = (self.settings.fps, self._said.get("fps") or self.settings.fps)
        stalled = now - self._newest > max(STALLED, PAUSES / min(rates))
        if stalled != self._stalled:
            self._stalled = stalled
            self._happened("stalled" if stalled else "back", seconds=round(now - self._newest, 3))
            self._tell_state()

    async def close(self, seconds: float) -> None:
        """Send its worker away within so many seconds; those who listen hear no more."""
        self._around.turns.leave(self.id)
        await self._seat.close(seconds)
        self._audience.close()

    # ------------------------------------------------------------------------------------------------------- from workers
    def _seated(self, worker: Hired) -> None:
        worker.role, worker.hear = f"stream {self.id}", self._hear
        self._life, self._sent = 0, None
        self._asks = False
        worker.tell("open", id=self.id, epoch=self._next_epoch, **self._plan())
        self._budgeted()
        self._watched(*self._audience.wants)
        if self._slot is not None:
            self._around.turns.ask(self.id)
            self._around.deal()
        self._around.changed(self)

    def _left(self, why: str, pause: float) -> None:
        self._restarts, self._life = self._restarts + 1, 0
        self._counts.settle()
        self._around.turns.leave(self.id)
        self._next_epoch = self.epoch = self.epoch + 1
        if self._sent is not None:
            self._say("bad", number=self._sent, error="the worker died while it looked at this frame")
            self._counts.add("worker", "died")
            self._sent = None
        if self._state != "failed":
            self._happened("failed" if pause else "replaced", reason=why, again=pause)
        self._put_state("failed" if pause else "starting", why)
        self._around.changed(self)
        self._around.deal()

    def _hear(self, message: Message) -> None:
        take = {
            "turn": self._wants_turn,
            "scene": self._scene,
            "bad": self._bad,
            "state": self._worker_state,
            "events": self._events,
        }.get(message.do)
        if take is not None:
            take(message)

    def _wants_turn(self, message: Message) -> None:
        self._asks = True
        if self.id in self._around.turns.holding:  # a browser's frame brings its turn along; who still asks has missed it
            self.go()
        else:
            self._around.turns.ask(self.id)
            self._around.deal()

    def _scene(self, message: Message) -> None:
        args, now = message.args, time.monotonic()
        self._looked += 1
        self._life += 1
        self._counts.totals("source", args.get("dropped", {}))
        self._newest = float(args.get("arrived", now))
        self._ages.add(now - self._newest)
        self._looks.add(float(args.get("took", 0.0)))
        self._counts.add("subscriber", "newest", self._audience.put(message))
        if self._stalled:
            self.look_after(now)
        self._rise(int(args.get("epoch", self.epoch)))
        self._turn_over()

    def _bad(self, message: Message) -> None:
        self._counts.add("browser", "bad")
        self._audience.put(message)
        self._turn_over()

    def _turn_over(self) -> None:
        self._sent = None
        self._around.turns.give_back(self.id)
        if self._slot is not None:
            self._around.turns.ask(self.id)
        self._around.deal()

    def _worker_state(self, message: Message) -> None:
        args = message.args
        self._said = {name: args.get(name) for name in ("size", "fps")}
        self._said["source"] = without_secrets(str(args.get("source") or ""))
        self._notes = tuple(without_secrets(str(note)) for note in args.get("notes") or ())
        self._rise(int(args.get("epoch", self.epoch)))
        if args.get("fault") and self._seat.worker is not None:  # its last words: what follows is its death
            self._seat.worker.why = without_secrets(str(args.get("error", "")))
            return
        state, error = str(args.get("state", "running")), without_secrets(str(args.get("error") or ""))
        self._put_state(state, error)
        if state == "ended":
            self._stalled = False
            self._seat.retire()
            self._counts.settle()
            self._next_epoch = self.epoch + 1
            self._around.turns.leave(self.id)
            self._around.deal()
            self._around.changed(self)
        elif state == "failed":
            self._seat.again(error, slowly=True)  # said as an event by the worker itself

    def _events(self, message: Message) -> None:
        events = msgspec.convert(message.args.get("events", []), list[Event])
        self._around.happened([msgspec.structs.replace(event, stream=self.id) for event in events])

    # ---------------------------------------------------------------------------------------------------------------- own
    def _rise(self, epoch: int) -> None:
        if epoch > self.epoch:
            self.epoch = epoch
            self._around.changed(self)

    def _budgeted(self) -> None:
        if self._seat.worker is not None and self.settings.budget is None and self._budget:
            self._seat.worker.tell("budget", seconds=round(self._budget, 6))

    def _watched(self, pictures: bool, figure: bool) -> None:
        if self._seat.worker is not None:
            self._seat.worker.tell("watchers", pictures=pictures and self.settings.pixels, figure=figure)

    def _happened(self, label: str, **data: Any) -> None:
        self._around.happened([Event(time.time(), self.id, "stream", label=label, epoch=self.epoch, data=data)])

    def _put_state(self, state: str, error: str) -> None:
        self._state, self._error = state, error
        self._tell_state()

    def _tell_state(self) -> None:
        if len(self._audience):
            self._audience.put(self._state_message())

    def _state_message(self) -> Message:
        return Message("state", args=self.state())

    def _say(self, do: str, /, **args: Any) -> None:
        self._audience.put(Message(do, args=args))
