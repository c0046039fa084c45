"""One worker process as the service sees it: started, told, asked, listened to, and noticed when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import socket
import time
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from ...errors import JobError, UsageError
from ...memory import resident_mb
from ..guard.secrets_out import without_secrets
from ..messages import LARGEST, Message, encode, read_message
from ..refusals import as_error

__all__ = ["Died", "Hired", "hire"]

FEW = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
NOT_FOR_WORKERS = frozenset({"KINESICS_TOKEN"})
ENVIRONMENT = {**FEW, "MALLOC_ARENA_MAX": "2", "OPENCV_IO_MAX_IMAGE_PIXELS": "50000000", "PYTHONUNBUFFERED": "1"}


class Died(JobError):
    """The worker that was asked is no more."""


async def hire(command: Sequence[str], role: str, say: Callable[[str], None]) -> Hired:
    """Start a worker.

    Args:
        command: what to start; the number of its end of the socket is added.
        role: what it is for, said in front of each of its lines.
        say: takes a line that it wrote to stdout or stderr.

    Raises:
        OSError: it cannot be started.
    """
    ours, theirs = socket.socketpair()
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            str(theirs.fileno()),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            pass_fds=(theirs.fileno(),),
            env={name: value for name, value in {**ENVIRONMENT, **os.environ}.items() if name not in NOT_FOR_WORKERS},
            start_new_session=True,  # an interrupt at the terminal is for the service, which tells its workers
        )
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    reader, writer = await asyncio.open_connection(sock=ours, limit=1 << 20)
    return Hired(process, reader, writer, role, say)


class Hired:
    """One worker process.

    Attributes:
        role: what it does at present.
        pid: of the process.
        born: when it was started, monotonic seconds.
        heard_at: when it last said anything, monotonic seconds.
        ready: what it said when it was warm; None before.
        alive: it has not been noticed to be gone.
        why: why it is gone.
        hear: takes each message that is not a beat or the last answer to a question; a coroutine is
            waited for before the next is read.
        lost: called once, when it is gone.
        patient: nobody reads what it says at present, so that it cannot be heard.
    """

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        role: str,
        say: Callable[[str], None],
    ) -> None:
        self._process, self._reader, self._writer, self._say = process, reader, writer, say
        self.role, self.pid = role, process.pid
        self.born = self.heard_at = time.monotonic()
        self.ready: dict[str, Any] | None = None
        self.alive, self.why, self.patient = True, "", False
        self.hear: Callable[[Message], Coroutine[Any, Any, None] | None] = lambda message: None
        self.lost: Callable[[], None] = lambda: None
        self.warm = asyncio.Event()
        self._tickets = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Message]] = {}
        self._hearing: asyncio.Future[None] | None = None
        self._pass_on = asyncio.create_task(self._say_its_lines())
        self._life = asyncio.create_task(self._live())

    # -------------------------------------------------------------------------------------------------------------- to it
    def tell(self, do: str, /, *bodies: bytes, ticket: int = 0, **args: Any) -> None:
        """Say something; nothing happens when it is gone."""
        if self.alive and not self._writer.is_closing():
            self._writer.write(encode(do, *bodies, ticket=ticket, **args))

    async def ask(self, do: str, /, *bodies: bytes, timeout: float, **args: Any) -> Message:
        """Its answer to a question.

        Raises:
            Died: it died before it answered.
            JobError: it did not answer in time.
            KinesicsError: what it answered.
        """
        if sum(map(len, bodies)) > LARGEST - (1 << 20):
            raise UsageError(f"expected at most {(LARGEST >> 20) - 1} MB at once; send less")
        if not self.alive:
            raise Died(f"{self.role}: the worker is gone; try again")
        ticket = next(self._tickets)
        future = self._asked[ticket] = asyncio.get_running_loop().create_future()
        self.tell(do, *bodies, ticket=ticket, **args)
        try:
            async with asyncio.timeout(timeout):
                answer: Message = await future
        except TimeoutError:
            raise JobError(f"{do}: no answer within {timeout:g} s; try again") from None
        finally:
            del self._asked[ticket]
        if answer.args.get("error") and "kind" in answer.args:  # rows have an "error" of their own, empty where all is well
            raise as_error(str(answer.args.get("kind", "")), str(answer.args["error"]))
        return answer

    @property
    def asked(self) -> int:
        """Questions it has not answered yet."""
        return len(self._asked)

    # ------------------------------------------------------------------------------------------------------------ from it
    async def _live(self) -> None:
        why = "it ended"
        try:
            while (message := await read_message(self._reader)) is not None:
                self.heard_at = time.monotonic()
                await self._take(message)
        except Exception as error:  # whatever it said that nobody can make sense of: it is replaced, the others go on
            why = f"it said something that cannot be understood ({type(error).__name__}: {error})"
        self.why = self.why or why
        self._depart()
        await self._buried()

    async def _take(self, message: Message) -> None:
        if message.do == "answer" and not message.args.get("more"):
            future = self._asked.get(message.ticket)
            if future is not None and not future.done():
                future.set_result(message)
        elif message.do == "ready":
            self.ready = message.args
            self.warm.set()
        elif message.do != "beat":
            done = self.hear(message)
            if done is not None:
                self._hearing = asyncio.ensure_future(done)
                await asyncio.wait({self._hearing})
                if not self._hearing.cancelled():
                    self._hearing.result()

    def _depart(self) -> None:
        self.alive = False
        self.warm.set()
        self._answer_none()
        self.lost()

    def _answer_none(self) -> None:
        for future in self._asked.values():
            if not future.done():
                future.set_exception(Died(f"{self.role}: the worker died while it was at this ({self.why})"))

    async def _buried(self) -> None:
        self._signal(signal.SIGKILL)
        status = await self._process.wait()
        if self.why == "it ended":
            self.why = f"killed by signal {-status}" if status < 0 else f"it ended with status {status}"
        await self._pass_on
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def _say_its_lines(self) -> None:
        assert self._process.stdout is not None  # it was asked for
        rest = b""
        while data := await self._process.stdout.read(1 << 16):
            *lines, rest = (rest + data).split(b"\n")
            for line in [*lines, rest] if len(rest) > 1 << 16 else lines:
                self._line(line)
            rest = rest if len(rest) <= 1 << 16 else b""
        self._line(rest)

    def _line(self, line: bytes) -> None:
        words = line.decode(errors="replace").rstrip()[:2000]
        if words:
            self._say(without_secrets(f"{self.role} ({self.pid}): {words}"))

    # ---------------------------------------------------------------------------------------------------------------- end
    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            if self._process.returncode is None:  # Popen.send_signal would take the exit status away from asyncio
                os.kill(self.pid, number)

    def kill(self, why: str) -> None:
        """End it at once; it is noticed like any other death."""
        if self.alive:
            self.why = why
            self._answer_none()  # what it said before and nobody has heard yet would look like a whole answer
            self._signal(signal.SIGKILL)
            if self._hearing is not None:
                self._hearing.cancel()

    async def gone(self) -> None:
        """Wait until nothing of it is left."""
        await asyncio.shield(self._life)

    async def end(self, seconds: float) -> None:
        """Tell it to stop, kill it when it has not within so many seconds, and wait until nothing of it is left."""
        self.tell("stop")
        try:
            async with asyncio.timeout(seconds):
                await self.gone()
        except TimeoutError:
            self.kill(f"it did not stop within {seconds:g} s")
            await self.gone()

    # -------------------------------------------------------------------------------------------------------------- facts
    def memory_mb(self) -> float:
        """Megabytes it occupies now; 0 when it is gone."""
        return resident_mb(self.pid)

    def state(self) -> dict[str, Any]:
        """What it is and does, plain values."""
        now = time.monotonic()
        return {
            "pid": self.pid,
            "role": self.role,
            "state": "gone" if not self.alive else "ready" if self.ready is not None else "warming",
            "rss": self.memory_mb(),
            "age": round(now - self.born, 3),
            "silent": round(now - self.heard_at, 3),
            "asked": self.asked,
        }
