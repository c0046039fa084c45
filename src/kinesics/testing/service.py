"""A real service as a process of its own: for tests and measurements that want to see it die."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from ..errors import JobError

__all__ = ["RunningService"]


class RunningService:
    """`kinesics serve` on a free port of this machine.

    Args:
        folder: what it keeps lies here.
        options: of the command, such as "--demo".
        environment: variables beside those of this process.

    Attributes:
        url: without a slash at the end.
        process: of the service.
        said: its lines on stderr so far.

    Raises:
        JobError: it did not start; what it said stands in the error.
    """

    def __init__(self, folder: str | Path, *options: str, **environment: str) -> None:
        command = [sys.executable, "-m", "kinesics", "serve", "--port", "0", "--data", str(folder), "--json", *options]
        self.folder, self.said = Path(folder), list[str]()
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, env={**os.environ, **environment}, **pipes)
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            status = self.stop()
            raise JobError(f"the service did not start (exit status {status}): {' / '.join(self.said)}")
        self.url = str(json.loads(line)["url"]).rstrip("/")

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line.rstrip())

    def stop(self, number: int = signal.SIGTERM, seconds: float = 15) -> int:
        """Send a signal, SIGTERM if not another, and wait; its exit status.

        Raises:
            subprocess.TimeoutExpired: it did not end; it is killed all the same.
        """
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

    def __enter__(self) -> RunningService:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
