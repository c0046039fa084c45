"""A process that looks: at one stream, or at what is asked. Started as `python -m kinesics.server.worker.process FD`.

FD is one end of a connected socket, see `messages`. It imports, warms its nets, says `ready` and waits for what comes. When the
other end closes it is gone at once, whatever it is at.
"""

from __future__ import annotations

import os
import queue
import signal
import socket
import sys
import threading
import time
import traceback
from typing import Any, NoReturn

from ...errors import KinesicsError
from ...memory import resident_mb, settle
from ..messages import Channel, Message
from .asking import QUESTIONS, Asking
from .directing import Directing
from .looking import Looking
from .nets import Nets, calm

__all__ = ["Worker", "main"]

BEATS = 0.5  # seconds between two


class Worker:
    """The process: a thread that listens, one that beats, and the main thread that looks.

    Args:
        line: the socket.
        folder: of the library, if it is known.
        threads: a look may use.
    """

    def __init__(self, line: socket.socket, folder: str | None = None, threads: int = 1) -> None:
        self._channel = Channel(line)
        self._nets = Nets(threads)
        self._asking = Asking(self._nets, self.say, folder)
        self._jobs: queue.SimpleQueue[Message | Looking] = queue.SimpleQueue()
        self._directing: Directing | None = None

    def say(self, do: str, /, *bodies: bytes, ticket: int = 0, **args: Any) -> None:
        """Tell the service something; without it there is nothing to live for."""
        try:
            self._channel.send(do, *bodies, ticket=ticket, **args)
        except OSError:
            leave(0)

    def run(self, began: float) -> NoReturn:
        """Warm up, say so, and work until told to stop.

        Args:
            began: monotonic seconds when the process did.
        """
        for work in (self._listen, self._beat):
            threading.Thread(target=_guarded, args=(work, self), name=f"kinesics{work.__name__}", daemon=True).start()
        _guarded(lambda: self._work(began), self)
        leave(0)

    def _work(self, began: float) -> None:
        self._nets.warm()
        settle()
        self.say("ready", pid=os.getpid(), seconds=round(time.monotonic() - began, 3), rss_mb=resident_mb())
        while True:
            job = self._jobs.get()
            if isinstance(job, Looking):
                job.run(self._nets)
            else:
                self._asking.take(job)

    def _listen(self) -> None:
        for message in self._channel:
            self._take(message)
        leave(0)

    def _take(self, message: Message) -> None:
        if message.do == "stop":
            if self._directing is not None:
                self._directing.looking.part()
            leave(0)
        elif message.do == "open":
            self._open(message)
        elif message.do in QUESTIONS:
            self._jobs.put(message)
        elif self._directing is not None:
            self._directing.take(message)

    def _open(self, message: Message) -> None:
        try:
            looking = Looking(message, self.say)
        except KinesicsError as error:
            self.say("state", state="failed", error=str(error))
            return
        self._directing = Directing(looking, self.say)
        self._jobs.put(looking)

    def _beat(self) -> None:
        while True:
            self.say("beat")
            if self._directing is not None:
                self._directing.looking.state.check()
            time.sleep(BEATS)

    def fail(self, error: Exception) -> NoReturn:
        """Something nobody foresaw: say it in one line, leave the rest to whoever reads stderr, and go."""
        traceback.print_exc(file=sys.stderr)
        self.say("state", state="failed", error=f"the worker failed ({type(error).__name__})", fault=True)
        leave(1)


def _guarded(work: Any, worker: Worker) -> None:
    try:
        work()
    except Exception as error:
        worker.fail(error)


def leave(status: int) -> NoReturn:
    """End the process at once, in the middle of whatever other threads do."""
    sys.stderr.flush()
    os._exit(status)


def main(arguments: list[str]) -> NoReturn:
    """Run a worker.

    Args:
        arguments: the number of the socket, last; before it may stand `--folder DIR` and `--threads N`.
    """
    began = time.monotonic()
    calm(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the service decides; an interrupt at the terminal reaches the whole group
    options = dict(zip(arguments[:-1:2], arguments[1:-1:2], strict=True))
    line = socket.socket(fileno=int(arguments[-1]))
    Worker(line, options.get("--folder"), int(options.get("--threads", "1"))).run(began)


if __name__ == "__main__":
    main(sys.argv[1:])
