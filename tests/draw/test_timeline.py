from __future__ import annotations

import tracemalloc
from pathlib import Path

import cv2
import numpy as np
import pytest

from kinesics.draw import TimelineRecorder, timeline
from kinesics.draw.palette import id_color
from kinesics.draw.presence import Presence
from kinesics.errors import SinkError, UsageError
from kinesics.types import Action, Array, People, Scene


def scene(time: float, ids: list[int], actions: tuple[Action, ...] = ()) -> Scene:
    n = len(ids)
    people = People.from_boxes(np.tile([0, 0, 9, 9], (n, 1)), np.ones(n), ids)
    return Scene(round(time * 10), time, (64, 36), people, actions)


def spans(presence: Presence, identity: int) -> list[tuple[float, float]]:
    return [(round(s.start, 3), round(s.end, 3)) for s in presence.rows[identity].spans]


def test_presence_keeps_gaps_and_bridges_blinks() -> None:
    presence = Presence(gap=0.5)
    for i in range(100):
        t = i / 10
        presence.add(scene(t, [7] * (t < 2 or 2.4 <= t <= 4 or t >= 8) + [-1]))
    assert spans(presence, 7) == [(0.0, 4.0), (8.0, 9.9)]
    assert list(presence.rows) == [7]


def test_presence_of_a_slow_source_is_not_all_gaps() -> None:
    presence = Presence(gap=0.5)
    for i in range(20):
        presence.add(scene(3.0 * i, [1]))
    assert spans(presence, 1) == [(0.0, 57.0)]


def test_actions_that_grow_or_overlap_stay_whole() -> None:
    presence = Presence()
    for i in range(50):
        t = i / 10
        both = Action(1, "walk", 0.9, 0.0, t), Action(1, "talk", 0.9, max(0.0, t - 1), t), Action(1, "unknown", 0.2, 0, t)
        presence.add(scene(t, [1], both))
    assert sorted((a.label, a.start, a.end) for a in presence.rows[1].actions) == [("talk", 0.0, 4.9), ("walk", 0.0, 4.9)]


def test_an_action_whose_end_turns_out_to_be_earlier_ends_there() -> None:
    presence = Presence()
    for time, end in ((1.0, 1.0), (2.0, 2.0), (3.0, 3.0), (3.2, 2.2)):
        presence.add(scene(time, [4], (Action(4, "squat", 0.9, 0.5, end),)))
    assert [(span.start, span.end) for span in presence.rows[4].actions] == [(0.5, 2.2)]


def test_presence_is_bounded_and_remembers_who_stayed() -> None:
    presence = Presence(gap=0.1, limit=300)
    for i in range(4000):  # everybody blinks, strangers come and go
        presence.add(scene(float(i), [0] * (i % 7 != 0) + [100 + i // 3]))
    assert sum(len(r.spans) + len(r.actions) for r in presence.rows.values()) <= 300
    assert presence.rows[0].seconds > 3000 and presence.forgotten > 500
    times, people = presence.counts()
    assert len(times) == len(people) <= 1024 and np.nanmean(people) == pytest.approx(1.857, abs=0.02)


def test_ten_hours_cost_no_more_memory_than_ten_minutes() -> None:
    peaks = []
    for hours in (0.2, 10):
        recorder = TimelineRecorder()
        tracemalloc.start()
        for i in range(1500):
            t = hours * 3600 * i / 1500
            recorder.add(scene(t, [1, 2 + i % 2]))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0] + 50_000


def row_colors(image: Array, color: tuple[int, int, int]) -> Array:
    return np.asarray((np.abs(image.astype(int) - color).max(2) <= 2).sum(0) > 8)


def test_bars_lie_where_people_were() -> None:
    image = timeline(scene(i / 10, [3] * (i < 300) + [4] * (i >= 450)) for i in range(600))
    three, four = (np.flatnonzero(row_colors(image, id_color(i))[130:]) for i in (3, 4))
    middle = (three[0] + four[-1]) / 2
    assert three[-1] == pytest.approx(middle, abs=4)  # the first half
    assert four[0] == pytest.approx(three[0] + 0.75 * (four[-1] - three[0]), abs=4)  # the last quarter


@pytest.mark.parametrize("people", [0, 1, 60, 90])
@pytest.mark.parametrize("seconds", [0.0, 3.0, 36000.0])
def test_any_number_and_length_gives_a_picture(people: int, seconds: float) -> None:
    recorder = TimelineRecorder("a clip", width=900)
    for i in range(12):
        act = (Action(1, "wave", 0.9, seconds * i / 12, seconds * i / 12),) if i % 4 == 1 else ()
        recorder.add(scene(seconds * i / 12, list(range(people)), act))
    image = recorder.image()
    assert image.shape[1] == 900 and image.shape[0] < 2600 and image.dtype == np.uint8
    assert (image == recorder.image()).all()


def test_nothing_at_all_gives_a_picture_and_files_are_written(tmp_path: Path) -> None:
    image = timeline([], tmp_path / "t.png")
    assert (cv2.imread(str(tmp_path / "t.png"))[:, :, ::-1] == image).all()
    with pytest.raises(SinkError, match="cannot be written"):
        timeline([], tmp_path / "missing" / "t.png")
    with pytest.raises(SinkError, match=r"\.png or \.jpg"):
        timeline([], tmp_path / "t.txt")
    with pytest.raises(UsageError, match="width"):
        TimelineRecorder(width=3)


def test_people_seen_for_a_blink_are_only_counted() -> None:
    long, blink = TimelineRecorder(), TimelineRecorder()
    for i in range(100):
        long.add(scene(i / 10, [1]))
        blink.add(scene(i / 10, [1] + [2] * (i in (50, 51))))
    assert blink.image().shape[0] - long.image().shape[0] < 40  # a line of words, not a row
    only = Presence()
    only.add(scene(0.0, [4]))
    assert only.lasting(0.3) == [4]
