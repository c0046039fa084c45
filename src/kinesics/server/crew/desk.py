"""The desk: one worker that answers single pictures and all questions about the library."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

from ...errors import JobError
from ..messages import Message
from ..refusals import Busy
from .hired import Died, Hired
from .seat import Seat

__all__ = ["Desk"]

MOST = 64  # questions that may wait
PATIENCE = {"picture": 30.0, "library": 60.0}  # seconds in which it answers
SAFE = frozenset(
    "models examples film confusions export exercises exercise persons import import_person remove_model remove_person "
    "remove_exercise delete_label learn".split()
)  # what may be asked a second time when the desk died over it: it changes nothing, or the same thing to the same


class Desk:
    """Asks one worker, and its successor when it dies.

    Args:
        take: a warm worker.
        say: takes a line when the desk was replaced.
    """

    def __init__(self, take: Callable[[], Awaitable[Hired]], say: Callable[[str], None]) -> None:
        self._say = say
        self._seat = Seat(take, self._seated, self._left)
        self.waiting, self.restarts, self.trouble = 0, 0, ""

    @property
    def worker(self) -> Hired | None:
        """Who sits there; None while nobody does."""
        return self._seat.worker

    def start(self) -> None:
        """Let a worker come."""
        self._seat.fill()

    def _seated(self, worker: Hired) -> None:
        worker.role, self.trouble = "desk", ""
        worker.tell("desk")  # it gets ready for pictures and for learning

    def _left(self, why: str, pause: float) -> None:
        self.restarts += 1
        self.trouble = why
        self._say(f"desk: {why}; replaced" + (f" in {pause:g} s" if pause else ""))

    async def ask(self, do: str, /, *bodies: bytes, **args: Any) -> Message:
        """The answer to "picture" or "library".

        Raises:
            Busy: too many wait already, or nobody can sit there at present.
            KinesicsError: what it answers; a `JobError` when it died over a question that must not be asked twice.
        """
        if self.waiting >= MOST:
            raise Busy(f"{MOST} questions wait already; ask again in a moment")
        if do == "library" and args.get("do") == "learn":
            args.setdefault("ticket_id", secrets.token_hex(8))
        self.waiting += 1
        try:
            return await self._asked(do, bodies, args)
        finally:
            self.waiting -= 1

    async def _asked(self, do: str, bodies: tuple[bytes, ...], args: dict[str, Any]) -> Message:
        try:
            return await (await self._present()).ask(do, *bodies, timeout=PATIENCE[do], **args)
        except Died as error:
            if do == "library" and args.get("do") not in SAFE:
                raise JobError(f"{args.get('do')}: {error}; look whether it was done before you ask again") from None
        try:
            return await (await self._present()).ask(do, *bodies, timeout=PATIENCE[do], **args)
        except Died as error:
            raise JobError(f"{error}, twice") from None

    async def _present(self) -> Hired:
        worker = await self._seat.present(PATIENCE["picture"])
        if worker is None:
            raise Busy(f"the nets are not ready yet ({self.trouble or 'warming'}); ask again in a moment")
        return worker

    async def close(self, seconds: float) -> None:
        """Send it away."""
        await self._seat.close(seconds)
