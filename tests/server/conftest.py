"""A real service on a free port, with its own folder, ended and checked after each test."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


class Service:
    """`kinesics serve` as a process.

    Attributes:
        url: without a slash at the end.
        said: its lines on stderr so far.
    """

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        command = [sys.executable, "-m", "kinesics", "serve", "--port", "0", "--data", str(folder), "--json", *options]
        self.folder, self.said = folder, list[str]()
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, env={**os.environ, **environment}, **pipes)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.process.wait(10)
            self._listener.join(5)
            raise AssertionError(f"the service did not start: {self.said}")
        self.url = str(json.loads(line)["url"]).rstrip("/")

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line.rstrip())

    def stop(self, number: int = signal.SIGTERM, seconds: float = 15) -> int:
        """Tell it to end; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        finally:
            self.process.kill()
            self._listener.join(5)
            for pipe in (self.process.stdout, self.process.stderr):
                if pipe is not None:
                    pipe.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Starts services: `serve("--demo")`; all have ended after the test."""
    running: list[Service] = []

    def start(*options: str, folder: Path | None = None, **environment: str) -> Service:
        running.append(Service(folder or tmp_path / "data", *options, **environment))
        return running[-1]

    yield start
    for service in running:
        service.stop()


@pytest.fixture
def service(serve: Callable[..., Service]) -> Service:
    """One service that has no streams yet."""
    return serve()
