"""A real worker process at the other end of a socket, told and heard as the service does."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from kinesics.server.messages import Channel, Message
from kinesics.types import Array

PATIENCE = 60.0  # seconds; the machine may be busy
Asked = Callable[[Message], bool]


class DrivenWorker:
    """One worker.

    Attributes:
        process: it.
        heard: all messages so far but beats.
        beats: monotonic seconds of its beats.
        gives: turns are given as soon as they are asked for.
    """

    def __init__(self, *options: str) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "kinesics.server.worker", *options, str(theirs.fileno())]
        self.process = subprocess.Popen(command, pass_fds=[theirs.fileno()], stderr=subprocess.PIPE)
        theirs.close()
        self.heard: list[Message] = []
        self.beats: list[float] = []
        self.gives = True
        self._line, self._channel = ours, Channel(ours)
        self._said = iter(self._channel)
        self._tickets, self._words = 0, ""
        ours.settimeout(PATIENCE)

    def tell(self, do: str, /, *bodies: bytes, ticket: int = 0, **args: Any) -> None:
        """Say something."""
        self._channel.send(do, *bodies, ticket=ticket, **args)

    def open(self, source: Any, *, paths: dict[str, str] | None = None, epoch: int = 0, **settings: Any) -> None:
        """Give it a stream, called "here"."""
        self.tell("open", id="here", settings={"source": str(source), **settings}, paths=paths or {}, epoch=epoch)

    def listen(self) -> Message:
        """The next message that is no beat."""
        while True:
            message = next(self._said)
            if message.do == "beat":
                self.beats.append(time.monotonic())
                continue
            self.heard.append(message)
            if message.do == "turn" and self.gives:
                self.tell("go")
            return message

    def until(self, do: str, when: Asked = lambda message: True, seconds: float = PATIENCE) -> Message:
        """The next message of that kind of which `when` is true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            message = self.listen()
            if message.do == do and when(message):
                return message
            if message.args.get("state") == "failed" and do != "state":
                raise AssertionError(f"the stream failed: {message.args}")
        raise AssertionError(f"no {do} within {seconds} s; heard {[one.do for one in self.heard][-20:]}")

    def beaten(self) -> None:
        """Wait for a beat."""
        count = len(self.beats)
        self._line.settimeout(PATIENCE)
        while len(self.beats) == count:
            message = next(self._said)
            if message.do == "beat":
                self.beats.append(time.monotonic())
            else:
                self.heard.append(message)

    def ask(self, do: str, /, *bodies: bytes, **args: Any) -> Message:
        """Its answer."""
        self._tickets += 1
        self.tell(do, *bodies, ticket=self._tickets, **args)
        return self.until("answer", lambda message: message.ticket == self._tickets)

    def said(self, do: str) -> list[Message]:
        """What it said of one kind so far."""
        return [message for message in self.heard if message.do == do]

    @property
    def events(self) -> list[dict[str, Any]]:
        """Events it told so far."""
        return [event for message in self.said("events") for event in message.args["events"]]

    def hang_up(self) -> None:
        """Close the socket."""
        self._line.close()

    def end(self) -> str:
        """Hang up, and what it wrote to stderr."""
        self.hang_up()
        try:
            self.process.wait(PATIENCE)
        finally:
            self.process.kill()
            pipe = self.process.stderr
            if pipe is not None and not pipe.closed:
                self._words = pipe.read().decode()
                pipe.close()
        return self._words


def scene_of(message: Message) -> dict[str, Any]:
    """The scene of a message as plain values."""
    return dict(msgspec.json.decode(message.bodies[0]))


def walk(folder: Path, *, frames: int = 60, rounds: int = 1, size: tuple[int, int] = (640, 480)) -> Path:
    """The bundled clip's walking person as a small video of `rounds` times so many frames, there and back and there again."""
    import av
    import cv2

    from kinesics.video import open_source
    from kinesics.weights import find

    path = folder / f"walk-{rounds}.mp4"
    with open_source(find("demo_clip")) as source:
        there = [cv2.resize(frame.image, size) for _, frame in zip(range(frames), source, strict=False)]
    with av.open(str(path), "w") as film:
        stream: Any = film.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt, stream.options = *size, "yuv420p", {"preset": "veryfast"}
        for turn in range(rounds):
            for image in there[:: -1 if turn % 2 else 1]:
                film.mux(stream.encode(av.VideoFrame.from_ndarray(image)))
        film.mux(stream.encode())
    return path


def as_jpeg(image: Array, quality: int = 90) -> bytes:
    """(h, w, 3) RGB as JPEG."""
    import cv2

    return bytes(cv2.imencode(".jpg", np.ascontiguousarray(image[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, quality])[1])


def is_alive(pid: int) -> bool:
    """Whether there is a process of that number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
