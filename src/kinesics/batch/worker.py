"""The process that does the work: `python -m kinesics.batch.worker`, clips in on stdin, a line for each out on stdout.

Lines are JSON. First comes `{"config", "memory"}`; it warms its nets and answers `{"ready"}`. Then, for each `{"path", "place",
"attempt"}`, it writes the shard and answers `{"facts"}`; or `{"refused", "words"}` when no clip can be done, or `{"memory"}`
when there was not enough of it. When its stdin closes, it ends at once and takes with it whatever it has started.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import KinesicsError, MissingExtra, SinkError, UsageError, WeightsError
from ..memory import settle
from .config import Config
from .failing import about, failed_rows

__all__ = ["main"]

REFUSED = (UsageError, WeightsError, MissingExtra, SinkError)  # no other clip would fare better


def main() -> None:
    """Work until there is nobody to work for."""
    tasks, answers = _own_pipes()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    first = _next(tasks)
    if first is None:
        return
    config = Config.from_json(first["config"])
    _watch(tasks.fileno(), first["memory"], answers)
    try:
        _warm(config)
    except Exception as error:
        _say(answers, _refusal(error))
        return
    _say(answers, {"ready": True})
    facts = about(config)
    while (task := _next(tasks)) is not None:
        _say(answers, _do(task, config, {**facts, "attempts": task["attempt"]}))


def _own_pipes() -> tuple[Any, int]:
    """Keep the two pipes for ourselves: what libraries and a user's function print must not be taken for an answer."""
    tasks, answers = os.fdopen(os.dup(0), "rb"), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return tasks, answers


def _next(tasks: Any) -> dict[str, Any] | None:
    line = tasks.readline()
    if not line.endswith(b"\n"):
        return None
    said: dict[str, Any] = json.loads(line)
    return said


def _say(answers: int, words: dict[str, Any]) -> None:
    data = memoryview(json.dumps(words).encode() + b"\n")
    try:
        while data:
            data = data[os.write(answers, data) :]
    except BrokenPipeError:  # nobody to work for
        _end()


def _end() -> None:
    """End at once, and so does whatever was started from here."""
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


# ------------------------------------------------------------------------------------------------------------------- one clip
def _do(task: dict[str, Any], config: Config, facts: dict[str, Any]) -> dict[str, Any]:
    """Write the shard of a clip; what to answer."""
    from .shards import write_shard

    path, place = str(task["path"]), Path(task["place"])
    place.parent.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    try:
        return {"facts": write_shard(place, _rows(path, config), facts)}
    except MemoryError:
        return {"memory": True}
    except _Failed as failed:
        error = failed.error
    except KinesicsError as refused:
        return _refusal(refused)
    if isinstance(error, MemoryError):
        return {"memory": True}
    if isinstance(error, REFUSED):
        return _refusal(error)
    words = " ".join(f"{type(error).__name__}: {error}".split())
    facts["seconds"] = round(time.perf_counter() - began, 6)
    return {"facts": write_shard(place, failed_rows(path, "failed", words), facts)}


class _Failed(Exception):
    """The making of rows has failed, not the writing."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


def _rows(path: str, config: Config) -> Iterator[Any]:
    from .one_pass import process

    try:
        yield from process([path], config)
    except Exception as error:  # whatever a net or a job makes of a strange clip: the other clips go on
        raise _Failed(error) from error


def _refusal(error: Exception) -> dict[str, Any]:
    if isinstance(error, KinesicsError):
        return {"refused": type(error).__name__, "words": str(error)}
    return {"refused": "JobError", "words": f"a worker cannot start: {type(error).__name__}: {error}"}


# --------------------------------------------------------------------------------------------------------------------- around
def _warm(config: Config) -> None:
    """Load what every clip needs, on one thread each: the processes share the cores between them."""
    import cv2
    import pyarrow as pa

    from .jobs import job_classes
    from .nets import pose_net

    cv2.setNumThreads(1)
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    if any(getattr(job, "scenes", False) for job in job_classes(config).values()):
        pose_net(config.pose, config.threads)
    settle()


def _watch(tasks: int, memory: float, answers: int) -> None:
    """Have threads end this process with its parent and, where the parent cannot see it, when it grows too large."""
    threading.Thread(target=_until_closed, args=(tasks,), daemon=True).start()
    if not os.path.exists("/proc/self/statm"):
        threading.Thread(target=_until_large, args=(memory, answers), daemon=True).start()


def _until_closed(tasks: int) -> None:
    ears = select.poll()
    ears.register(tasks, 0)  # nothing but the end: the tasks themselves are for the main thread
    ears.poll()
    _end()


def _until_large(memory: float, answers: int) -> None:
    import resource

    unit = 1e6 if sys.platform == "darwin" else 1e3  # megabytes in its bytes or kilobytes
    while resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit < memory:
        time.sleep(0.2)
    _say(answers, {"memory": True})
    _end()


if __name__ == "__main__":
    main()
