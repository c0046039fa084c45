"""Equal jobs on several threads, each with nets of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

__all__ = ["SideBySide"]

Job = TypeVar("Job")
Answer = TypeVar("Answer")


class SideBySide(Generic[Job, Answer]):
    """Does jobs in their order, as many at the same time as there are threads.

    Two jobs on a thread each take less time than one after the other on two: what is not a net does not gain from threads. One
    alone is done by nets that use all of them. Answers do not depend on how many threads there are. The threads end with the
    object.

    Args:
        make: makes what does a job, told how many threads its nets may use; called when it is first needed.
        threads: how many in all.
    """

    def __init__(self, make: Callable[[int], Callable[[Job], Answer]], threads: int) -> None:
        self._make, self._threads = make, max(int(threads), 1)
        self._alone = make(self._threads)
        self._each: list[Callable[[Job], Answer]] = []
        self._pool: ThreadPoolExecutor | None = None

    def __call__(self, jobs: Sequence[Job]) -> list[Answer]:
        """The answer to each job."""
        together = len(jobs) // self._threads * self._threads if self._threads > 1 else 0
        answers: list[Answer] = []
        for first in range(0, together, self._threads):
            answers += self._at_once(jobs[first : first + self._threads])
        return answers + [self._alone(job) for job in jobs[together:]]

    def _at_once(self, jobs: Sequence[Job]) -> list[Answer]:
        if self._pool is None:
            self._each = [self._make(1) for _ in jobs]
            self._pool = ThreadPoolExecutor(self._threads - 1, "kinesics-people")
        others = [self._pool.submit(worker, job) for worker, job in zip(self._each[1:], jobs[1:], strict=True)]
        try:
            first = self._each[0](jobs[0])
        finally:
            for other in others:
                other.exception()  # nobody goes on working after an error
        return [first, *(other.result() for other in others)]
