from __future__ import annotations

import itertools
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from worker_driving import as_jpeg

from kinesics.errors import SourceError
from kinesics.server.settings import StreamSettings
from kinesics.server.worker.browsing import Browsing
from kinesics.server.worker.feeding import QUEUE, Feed, Waiting
from kinesics.server.worker.sourcing import Sourcing, is_live
from kinesics.testing import counter_picture, make_video, read_counter
from kinesics.types import Frame


def frame(index: int, fps: float = 30.0, **more: object) -> Frame:
    return Frame(np.full((8, 8, 3), index % 256, np.uint8), index=index, time=index / fps, **more)  # type: ignore[arg-type]


def open_feed(live: bool, fps: float | None = None) -> tuple[Feed, list[float]]:
    """A feed whose turns come at once, and when they were asked for."""
    asked: list[float] = []

    def ask() -> None:
        asked.append(time.monotonic())
        feed.go()

    feed = Feed(live, fps, ask)
    return feed, asked


def test_the_newest_live_frame_wins_and_all_are_accounted_for() -> None:
    feed, asked = open_feed(live=True)
    for index in range(10):
        feed.put(frame(index))
    taken = next(feed.frames())
    assert taken.index == 9 and len(asked) == 1
    assert feed.came == 10 == 1 + feed.dropped["newest"]


@pytest.mark.parametrize(("source", "cap"), [(30.0, 15.0), (30.0, 10.0), (25.0, 15.0), (60.0, 7.0), (10.0, 15.0)])
def test_the_rate_is_kept_to_and_spread_evenly(source: float, cap: float) -> None:
    feed, _ = open_feed(live=True, fps=cap)
    frames = feed.frames()
    times = []
    for index in range(int(10 * source)):
        before = feed.dropped["rate"]
        feed.put(frame(index, source))
        if feed.dropped["rate"] == before:
            times.append(next(frames).time)
            feed.given_back()
    assert len(times) == pytest.approx(10 * min(source, cap), rel=0.03)
    assert max(b - a for a, b in itertools.pairwise(times)) <= 1 / min(source, cap) + 1.01 / source
    assert len(times) + feed.dropped["rate"] == feed.came


def test_damaged_live_frames_are_left_out_and_counted() -> None:
    feed, _ = open_feed(live=True)
    feed.put(frame(0))
    feed.put(frame(1, corrupt=True))
    assert next(feed.frames()).index == 0
    assert feed.dropped == {"newest": 0, "rate": 0, "corrupt": 1}


def test_of_a_file_nothing_is_lost_and_the_source_waits() -> None:
    feed, asked = open_feed(live=False, fps=1.0)

    def read() -> None:
        for index in range(30):
            feed.put(frame(index, corrupt=index == 7))
        feed.over()

    reader = threading.Thread(target=read)
    reader.start()
    frames = feed.frames()
    seen = []
    for taken in frames:
        assert feed.came <= len(seen) + QUEUE + 2
        seen.append(taken.index)
        feed.given_back()
    reader.join(5)
    assert seen == list(range(30)) and len(asked) == 30
    assert sum(feed.dropped.values()) == 0 and feed.finished


def test_a_turn_that_was_not_used_is_not_asked_for_again() -> None:
    feed, asked = open_feed(live=False)
    for index in range(3):
        feed.put(frame(index))
    frames = feed.frames()
    next(frames)
    next(frames)  # an interpolated one: nothing was looked at yet
    assert len(asked) == 1
    feed.given_back()
    next(frames)
    assert len(asked) == 2


def test_a_pause_ends_the_frames_and_loses_none() -> None:
    feed, _ = open_feed(live=False)
    feed.put(frame(0))
    feed.put(frame(1))
    frames = feed.frames()
    next(frames)
    feed.pause()
    assert next(frames, None) is None and not feed.finished
    feed.epoch += 1
    after = next(feed.frames())
    assert (after.index, after.epoch) == (1, 1)


def test_a_failure_of_the_source_comes_after_its_last_frame() -> None:
    feed, _ = open_feed(live=False)
    feed.put(frame(0))
    feed.over(SourceError("gone"))
    assert [one.index for one in feed.frames()] == [0]
    assert isinstance(feed.error, SourceError)


def test_pixels_of_frames_that_nobody_looks_at_are_not_made() -> None:
    made = []

    def make(index: int) -> np.ndarray:
        made.append(index)
        return np.zeros((8, 8, 3), np.uint8)

    feed, _ = open_feed(live=True, fps=15)
    for index in range(30):
        feed.put(Frame(lambda index=index: make(index), size=(8, 8), index=index, time=index / 30))
    assert next(feed.frames()).image.shape == (8, 8, 3)
    assert made == [28]  # the newest within the rate


def test_a_loop_goes_on_in_time_and_index_and_begins_a_new_epoch(tmp_path: Path) -> None:
    path = make_video(tmp_path / "short.mp4", frames=5, fps=25)
    feed, _ = open_feed(live=False)
    Sourcing(StreamSettings(str(path), loop=True, live=False), feed).start()
    seen = []
    for taken in itertools.islice(feed.frames(), 12):
        seen.append((taken.index, taken.epoch, read_counter(taken.image)))
        times = taken.time
        feed.given_back()
    feed.over()
    assert seen == [(k, k // 5, k % 5) for k in range(12)]
    end = time.monotonic() + 20  # whoever stops looking stops the reading, too
    while any(thread.name == "kinesics-source" for thread in threading.enumerate()):
        assert time.monotonic() < end
        time.sleep(0.01)
    assert times == pytest.approx(11 / 25, abs=0.01)


def test_a_file_played_live_takes_as_long_as_it_lasts(tmp_path: Path) -> None:
    path = make_video(tmp_path / "second.mp4", frames=26, fps=25)
    feed, _ = open_feed(live=True)
    sourcing = Sourcing(StreamSettings(str(path), live=True), feed)
    began = time.monotonic()
    sourcing.start()
    last = None
    for taken in feed.frames():
        last = taken.index
        feed.given_back()
    assert 0.9 < time.monotonic() - began < 20 and last == 25


@pytest.mark.parametrize(
    ("source", "live", "expected"),
    [
        ("0", None, True),
        ("rtsp://camera/1", None, True),
        ("browser", None, True),
        ("demo", None, True),
        ("a.mp4", None, False),
        ("a.mp4", True, True),
        ("http://host/a.mp4", False, False),
    ],
)
def test_what_is_live(source: str, live: bool | None, expected: bool) -> None:
    assert is_live(StreamSettings(source, live=live)) is expected


def test_a_browsers_clock_becomes_times_that_rise() -> None:
    bad: list[tuple[int, str]] = []
    make = Browsing(lambda number, error: bad.append((number, error)))
    small, large = as_jpeg(counter_picture(1)), as_jpeg(counter_picture(2, (640, 480)))
    told = [
        (50.0, small),
        (50.1, small),
        (50.1, small),
        (50.3, large),
        (50.4, b"\xff\xd8\xff\xe0 no"),
        (3.0, large),
        (3.2, large),
    ]
    made = [make(Waiting(one, 0.0, number)) for number, one in enumerate(told)]
    frames = [one for one in made if one is not None]
    assert [one.time for one in frames] == pytest.approx([0.0, 0.1, 0.101, 0.3, 0.301, 0.501])
    assert [one.epoch for one in frames] == [0, 0, 0, 1, 2, 2]
    assert [one.index for one in frames] == list(range(6))
    assert [number for number, _ in bad] == [4] and "\n" not in bad[0][1]
