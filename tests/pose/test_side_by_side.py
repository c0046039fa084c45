from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from kinesics.pose.side_by_side import SideBySide


def squares(threads: int, made: list[int] | None = None) -> SideBySide[int, int]:
    def make(each: int) -> Callable[[int], int]:
        if made is not None:
            made.append(each)
        return lambda job: job * job

    return SideBySide(make, threads)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("count", range(8))
def test_answers_come_in_the_order_of_the_jobs(threads: int, count: int) -> None:
    assert squares(threads)(range(count)) == [job * job for job in range(count)]


def test_nets_of_one_thread_are_made_when_two_jobs_come_at_once() -> None:
    made: list[int] = []
    both = squares(2, made)
    both([1])
    assert made == [2]
    both([1, 2, 3])
    both([1, 2])
    assert made == [2, 1, 1]


def test_two_jobs_are_done_at_the_same_time() -> None:
    meeting = threading.Barrier(2, timeout=20)
    both: SideBySide[int, int] = SideBySide(lambda each: lambda job: meeting.wait() * 0 + job, 2)
    assert both([4, 5]) == [4, 5]


def test_an_error_comes_through_and_nobody_is_left_working() -> None:
    done: list[int] = []

    def work(job: int) -> int:
        done.append(job)
        if job < 0:
            raise ValueError(f"job {job}")
        return job

    both: SideBySide[int, int] = SideBySide(lambda each: work, 2)
    for jobs in ([-1, 2], [2, -1]):
        with pytest.raises(ValueError, match="job -1"):
            both(jobs)
        assert sorted(done[-2:]) == [-1, 2]
    assert both([1, 2, 3]) == [1, 2, 3]


def test_threads_end_with_the_object() -> None:
    before, both = set(threading.enumerate()), squares(2)
    both([1, 2])
    mine = set(threading.enumerate()) - before
    del both
    for thread in mine:
        thread.join(10)
    assert mine and not any(thread.is_alive() for thread in mine)
