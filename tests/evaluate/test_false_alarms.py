"""Counting what a live model names where nothing happens."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.evaluate.false_alarms import FalseAlarms, false_alarms
from kinesics.types import Action, People, Scene


def scene(time: float, actions: list[tuple[int, str]], people: int = 2, epoch: int = 0) -> Scene:
    crowd = People.from_boxes(np.tile([0.0, 0, 1, 1], (people, 1)), np.ones(people), np.arange(people))
    done = tuple(Action(person, label, 0.9, max(time - 1, 0), time) for person, label in actions)
    return Scene(int(time * 10), time, (640, 480), crowd, done, epoch=epoch)


def test_an_alarm_counts_once_however_long_it_lasts_and_again_after_a_pause() -> None:
    waving = [scene(t / 10, [(1, "wave")] if t in range(5, 20) or t in range(40, 45) else []) for t in range(100)]
    found = false_alarms(waving)
    assert found["false_alarms"] == 2
    assert found["hours"] * 3600 == pytest.approx(9.9) and found["person_hours"] == pytest.approx(2 * found["hours"])
    assert found["false_alarms_per_hour"] == pytest.approx(2 * 3600 / 9.9)


def test_each_person_and_each_label_is_an_alarm_of_its_own() -> None:
    busy = [scene(t / 10, [(0, "wave"), (1, "wave"), (1, "kick"), (0, "walk"), (1, "unknown")]) for t in range(30)]
    counter = FalseAlarms()
    for each in busy:
        counter.add(each)
    assert sorted(alarm[:2] for alarm in counter.alarms) == [(0, "wave"), (1, "kick"), (1, "wave")]


def test_nobody_in_view_is_time_of_video_but_not_of_people_and_a_new_clip_starts_anew() -> None:
    counter = FalseAlarms()
    for t in range(11):
        counter.add(scene(t / 10, [(1, "wave")], people=0 if t <= 5 else 1))
    counter.end()
    counter.add(scene(0.0, [(1, "wave")]))
    numbers = counter.numbers()
    assert numbers["hours"] * 3600 == pytest.approx(1.0) and numbers["person_hours"] * 3600 == pytest.approx(0.5)
    assert numbers["false_alarms"] == 2


def test_no_scene_gives_no_rate() -> None:
    assert np.isnan(false_alarms([])["false_alarms_per_hour"])
