"""The pool: so many workers on this machine, each with a clip at a time."""

from __future__ import annotations

import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import UsageError
from .config import Config
from .limits import Limits
from .supervised import Stopped, Task, Worker

__all__ = ["cores", "run_shards"]


def run_shards(
    tasks: Sequence[Task],
    config: Config,
    limits: Limits,
    *,
    workers: int | None = None,
    step: Callable[[dict[str, Any]], None] | None = None,
) -> None:
    """Make the shards of clips.

    Args:
        tasks: clips and where their shards go, the first ones first.
        config: what is asked of each.
        limits: what each may cost.
        workers: processes; None for as many as there are cores to run on.
        step: called in this thread with what `Worker.do` returned, once a clip, as they are done.

    Raises:
        UsageError, WeightsError, MissingExtra, SinkError, JobError: see `Worker.do`. Then, and when `step` raises or somebody
            interrupts, all workers are ended at once; what is done is done, and nothing half-written stays.
    """
    if workers is not None and workers < 1:
        raise UsageError(f"workers: expected 1 or more, got {workers}")
    waiting, answers = deque(tasks), queue.SimpleQueue[Any]()
    crew = [Worker(config, limits) for _ in range(min(workers or cores(), len(tasks)))]
    threads = [threading.Thread(target=_work, args=(worker, waiting, answers)) for worker in crew]
    try:
        for thread in threads:
            thread.start()
        for _ in tasks:
            answer = answers.get()
            if isinstance(answer, BaseException):
                raise answer
            if step is not None:
                step(answer)
    finally:
        waiting.clear()
        for worker in crew:
            worker.close()
        for thread in threads:
            if thread.ident is not None:
                thread.join()


def _work(worker: Worker, waiting: deque[Task], answers: queue.SimpleQueue[Any]) -> None:
    """One worker's thread: clips, until there are none left."""
    try:
        while (task := _next(waiting)) is not None:
            answers.put(worker.do(task))
    except Stopped:
        return
    except BaseException as error:
        answers.put(error)


def _next(waiting: deque[Task]) -> Task | None:
    try:
        return waiting.popleft()
    except IndexError:
        return None


def cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
