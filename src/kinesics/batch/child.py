"""A worker's process as its parent sees it: started, told, listened to, watched, buried."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import JobError
from ..memory import resident_mb
from .config import Config
from .shards import alive, beside

__all__ = ["Child", "remove_folders"]

TICK = 0.1  # seconds between two looks at its memory
TEMPORARY = "kinesics-batch-"  # how the folder for its temporary files begins; the parent's number follows
ONE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1")
ENVIRONMENT = {**ONE, "MALLOC_ARENA_MAX": "2", "PYTHONHASHSEED": "0", "OPENCV_IO_MAX_IMAGE_PIXELS": "50000000"}


class Child:
    """One process `python -m kinesics.batch.worker`, in a group of its own together with whatever it starts.

    Attributes:
        pid: its number.
        ready: it has said that it is warm.
        why: the status and the words, when it was ended from here.
    """

    def __init__(self, config: Config, memory: float) -> None:
        self._limit = memory
        self._rest = b""
        self._folder = tempfile.mkdtemp(prefix=f"{TEMPORARY}{os.getpid()}-")
        self.ready = False
        self.why: tuple[str, str] | None = None
        path = os.pathsep.join(os.path.abspath(part) for part in sys.path)  # a user's modules are found as they are here
        theirs, self._life = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "kinesics.batch.worker"],
                pass_fds=(theirs,),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if os.environ.get("KINESICS_DEBUG") else subprocess.DEVNULL,
                env={**os.environ, **ENVIRONMENT, "PYTHONPATH": path, "TMPDIR": self._folder},
                bufsize=0,
                start_new_session=True,  # an interrupt at the terminal is for the parent, and what it starts dies with it
            )
            _bind(self._process.pid, theirs)
        except OSError as error:
            os.close(self._life)
            shutil.rmtree(self._folder, ignore_errors=True)
            raise JobError(f"no worker can be started: {error.strerror or error}") from None
        finally:
            os.close(theirs)
        self.pid = self._process.pid
        assert self._process.stdin is not None and self._process.stdout is not None  # they were asked for
        self._to, self._from = self._process.stdin, self._process.stdout
        self._ears = select.poll()
        self._ears.register(self._from, select.POLLIN)
        self.tell({"config": config.to_json(), "memory": memory})

    def tell(self, words: Mapping[str, Any]) -> None:
        """A line to it; nothing happens when it is gone, which its answer will show."""
        data = memoryview(json.dumps(words).encode() + b"\n")
        try:
            while data:
                data = data[self._to.write(data) :]
        except OSError:
            pass

    def answer(self, end: float) -> dict[str, Any] | None:
        """Its next line; None when it has died, or was ended because of what it cost.

        Args:
            end: on the monotonic clock, when it has taken too long.
        """
        while b"\n" not in self._rest:
            left = end - time.monotonic()
            if self._ears.poll(1000 * max(0.0, min(TICK, left))):
                data = self._from.read(1 << 16)
                if not data:
                    return None
                self._rest += data
            elif left <= 0:
                self._end("timeout", "it did not answer in time")
                return None
            elif self.memory() > self._limit:
                self._end("memory", f"it needs more than {self._limit:g} MB")
                return None
        line, _, self._rest = self._rest.partition(b"\n")
        said: dict[str, Any] = json.loads(line)
        if "memory" not in said:
            return said
        self._end("memory", f"it needs more than {self._limit:g} MB")
        return None

    def memory(self) -> float:
        """Megabytes it occupies; 0 when it is gone or nobody knows: then it watches itself."""
        return resident_mb(self.pid)

    def gone(self) -> bool:
        """Whether it has died, and nobody has noticed yet."""
        return self._process.poll() is not None

    def kill(self) -> None:
        """End it and whatever it has started, at once."""
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):  # nobody is left of the group
            pass

    def bury(self, place: Path | None = None) -> tuple[str, str]:
        """Leave nothing of it: processes, pipes, temporary files, a shard half-written for `place`.

        Returns:
            a status of `rows.STATUSES` and words: why it has died.
        """
        self.kill()
        try:
            status = self._process.wait(10.0)
        except subprocess.TimeoutExpired:  # it hangs in the kernel, on a disk that is gone say: the others go on without it
            status = -signal.SIGKILL
        self._to.close()
        self._from.close()
        os.close(self._life)
        shutil.rmtree(self._folder, ignore_errors=True)
        if place is not None:
            beside(place, self.pid).unlink(missing_ok=True)
        return self.why or ("crashed", _words(status))

    def _end(self, status: str, words: str) -> None:
        self.why = (status, words)
        self.kill()


def _bind(group: int, life: int) -> None:
    """Have the kernel of Linux kill a group of processes when nobody holds the other end of this pipe any more.

    It does so also while they start, and when no thread of theirs gets to run; the worker's own look at stdin comes later.
    """
    import fcntl

    if hasattr(fcntl, "F_SETSIG"):
        fcntl.fcntl(life, fcntl.F_SETOWN, -group)
        fcntl.fcntl(life, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(life, fcntl.F_SETFL, fcntl.fcntl(life, fcntl.F_GETFL) | os.O_ASYNC)


def _words(status: int) -> str:
    if status >= 0:
        return f"it ended with status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"


def remove_folders() -> None:
    """Remove the temporary folders of workers whose parents were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{TEMPORARY}*-*"):
        pid = folder.name.removeprefix(TEMPORARY).partition("-")[0]
        if pid.isdecimal() and not alive(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
