from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from kinesics.errors import UsageError
from kinesics.testing.source import check_source
from kinesics.testing.video import make_video
from kinesics.video import ahead, open_source


def mine() -> int:
    return sum(thread.name == "kinesics-ahead" for thread in threading.enumerate())


def test_order_is_kept_and_nothing_is_dropped() -> None:
    assert list(ahead(range(1000), 3)) == list(range(1000))
    assert list(ahead([], 3)) == [] and list(ahead([None, None])) == [None, None]
    assert mine() == 0


def test_it_runs_ahead_but_no_further_than_told() -> None:
    made: list[int] = []

    def source() -> Iterator[int]:
        for i in range(100):
            made.append(i)
            yield i

    line = ahead(source(), 3)
    assert made == []  # nothing starts before it is asked for
    next(line)
    deadline = time.monotonic() + 2
    while len(made) < 5 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.05)
    assert len(made) == 5  # one taken, three waiting, one in hand
    line.close()  # type: ignore[attr-defined]
    assert mine() == 0


def test_error_comes_after_what_was_made_before_it() -> None:
    def source() -> Iterator[int]:
        yield from range(3)
        raise KeyError("lost")

    seen = []
    with pytest.raises(KeyError, match="lost"):
        for item in ahead(source(), 8):
            seen.append(item)
    assert seen == [0, 1, 2] and mine() == 0


def test_reader_that_leaves_ends_the_thread() -> None:
    for item in ahead(iter(int, 1), 2):
        assert item == 0
        break
    with pytest.raises(ZeroDivisionError):
        for _ in ahead(iter(int, 1), 2):
            raise ZeroDivisionError
    deadline = time.monotonic() + 2
    while mine() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert mine() == 0


def test_depth_below_one_is_refused() -> None:
    with pytest.raises(UsageError, match="depth"):
        ahead([1], 0)


def test_source_may_be_closed_while_it_runs_ahead(tmp_path: pytest.TempPathFactory) -> None:
    path = make_video(f"{tmp_path}/a.mp4", frames=60)
    for taken in (1, 5, 30):
        with open_source(path) as source:
            for frame in ahead(source, 4):
                if frame.index == taken:
                    break
        assert frame.image.any() and source.status == "closed"
    with open_source(path) as source:
        assert [f.index for f in ahead(source, 4)] == list(range(60))
    check_source(lambda: open_source(path))
