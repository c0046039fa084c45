"""Clients of the service, as its page is one: a camera that sends frames, an eye on a stream, plain requests."""

from __future__ import annotations

import contextlib
import itertools
import json
import struct
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

JSON = {"content-type": "application/json"}


def ask(url: str, method: str = "GET", body: Any = None, data: bytes | None = None, kind: str = "", timeout: float = 30) -> Any:
    """One request, with values as JSON or bytes of a kind; its answer as JSON.

    Raises:
        urllib.error.HTTPError, OSError: as it is answered.
    """
    sent = json.dumps(body).encode() if body is not None else data
    kinds = JSON if body is not None else {"content-type": kind} if kind else {}
    request = urllib.request.Request(url, sent, kinds, method=method)
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        said = answer.read()
    return json.loads(said) if said else None


def until(true: Callable[[], Any], seconds: float, every: float = 0.02) -> Any:
    """What `true` says once it is; None when it is not within so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            said = true()
            if said:
                return said
        time.sleep(every)
    return None


def ready(url: str, seconds: float = 30) -> bool:
    """Wait until the service is ready; whether it is."""

    def said() -> bool:
        try:
            ask(f"{url}/readyz", timeout=5)
        except urllib.error.HTTPError as error:
            error.close()
            return False
        return True

    return bool(until(said, seconds))


class Socket:
    """A WebSocket of the service whose messages are gathered by a thread.

    Args:
        url: http address of the service.
        path: of the socket.
        on: called with each message that came as text, and when it came (monotonic seconds).
    """

    def __init__(self, url: str, path: str, on: Callable[[dict[str, Any], float], None]) -> None:
        self.line: ClientConnection = connect(url.replace("http", "ws", 1) + path, max_size=None, compression=None)
        self.on, self.closed = on, threading.Event()
        self._tickets, self._answers = itertools.count(1), dict[int, dict[str, Any]]()
        self._turn = threading.Condition()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with contextlib.suppress(ConnectionClosed, OSError):
            for said in self.line:
                if isinstance(said, str):
                    self._take(json.loads(said), time.monotonic())
        self.closed.set()
        with self._turn:
            self._turn.notify_all()

    def _take(self, said: dict[str, Any], now: float) -> None:
        if said.get("type") == "answer":
            with self._turn:
                self._answers[said["ticket"]] = said
                self._turn.notify_all()
        else:
            self.on(said, now)

    def ask(self, what: str, seconds: float = 20, **args: Any) -> dict[str, Any]:
        """Ask something and wait for the answer.

        Raises:
            TimeoutError: there is none, or the service has gone.
        """
        ticket = next(self._tickets)
        try:
            self.line.send(json.dumps({"ask": what, "ticket": ticket, "args": args}))
        except (ConnectionClosed, OSError):
            raise TimeoutError(f"{what}: the service has gone") from None
        with self._turn:
            self._turn.wait_for(lambda: ticket in self._answers or self.closed.is_set(), seconds)
            if ticket not in self._answers:
                raise TimeoutError(f"{what}: no answer")
            return self._answers.pop(ticket)

    def close(self) -> None:
        """Leave."""
        with contextlib.suppress(OSError, ConnectionClosed):
            self.line.close()
        self._thread.join(5)


class Browser(Socket):
    """A camera of a browser: sends pictures at a rate, one in flight, newest first.

    Args:
        url: of the service.
        pictures: JPEGs, shown again and again.
        fps: at most so many a second.
        settings: of the stream.

    Attributes:
        seconds: from a picture's sending to its scene, of each.
        scenes: the newest scene.
    """

    def __init__(self, url: str, pictures: Iterable[bytes], fps: float = 10.0, **settings: Any) -> None:
        self.seconds, self.newest, self.stream = list[float](), dict[str, Any](), ""
        self._back, self._sent, self._stopped = threading.Event(), 0.0, threading.Event()
        super().__init__(url, "/v1/camera", self._said)
        self.line.send(json.dumps({"settings": {"source": "browser", **settings}}))
        self._shower = threading.Thread(target=self._show, args=(itertools.cycle(pictures), fps), daemon=True)
        self._shower.start()

    def _said(self, said: dict[str, Any], now: float) -> None:
        if said["type"] == "stream":
            self.stream = said["id"]
        elif said["type"] in ("scene", "bad"):
            if said["type"] == "scene":
                self.seconds.append(now - self._sent)
                self.newest = said
            self._back.set()

    def _show(self, pictures: Iterable[bytes], fps: float) -> None:
        due = time.monotonic()
        for number, picture in enumerate(pictures, 1):
            due = max(due + 1 / fps, time.monotonic())
            if self._stopped.wait(max(0.0, due - time.monotonic())) or self.closed.is_set():
                return
            self._back.clear()
            self._sent = time.monotonic()
            try:
                self.line.send(struct.pack("<Id", number, self._sent * 1000) + picture)
            except (ConnectionClosed, OSError):
                return
            while not self._back.wait(0.1):
                if self._stopped.is_set() or self.closed.is_set():
                    return

    def close(self) -> None:
        """Stop the camera."""
        self._stopped.set()
        self._shower.join(5)
        super().close()
