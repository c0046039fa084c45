from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from kinesics.draw import ContactSheetRecorder, TimelineRecorder
from kinesics.draw.face_lane import STATES, FaceTimes, face_state
from kinesics.draw.face_names import FaceNames
from kinesics.types import Array, Frame, People, Scene

Standing = Callable[..., People]


def record(
    person: int, *, apply: float = 1.0, turned: float = 0.0, name: str | None = None, sure: float = 0.9
) -> dict[str, Any]:
    gates = {"apply": apply, "turned": turned, "covered": 0.0, "by": {}}
    return {"person": person, "box": [0, 0, 9, 9], "gates": gates, "name": name, "name_score": sure}


def scene(time: float, ids: list[int], faces: list[dict[str, Any]]) -> Scene:
    people = People.from_boxes(np.tile([0, 0, 9, 9], (len(ids), 1)), np.ones(len(ids)), ids)
    return Scene(round(time * 10), time, (64, 36), people, faces=tuple(faces))


def test_states_are_told_apart() -> None:
    assert face_state(record(1)) == "seen" and face_state({"person": 1, "gates": None}) == "seen"
    assert face_state(record(1, apply=0.1, turned=0.8)) == "turned away"
    assert face_state(record(1, apply=0.1, turned=0.2)) == "covered"
    colours = np.array([colour for colour, _ in STATES.values()], float)
    assert np.abs(colours[0] - colours[2]).sum() > 100


def test_spans_follow_the_face() -> None:
    times = FaceTimes()
    for i in range(100):
        t = i / 10
        faces = [] if 4 < t < 6 else [record(3, apply=0.0 if 2 <= t < 3 else 1.0), record(-1)]
        times.add(scene(t, [3], faces))
    assert list(times.rows) == [3]
    told = [(round(span.start, 3), round(span.end, 3), span.label) for span in times.rows[3]]
    assert told == [(0.0, 2.0, "seen"), (2.0, 3.0, "covered"), (3.0, 4.0, "seen"), (6.0, 9.9, "seen")]


def test_spans_are_bounded_however_often_a_face_turns() -> None:
    times = FaceTimes(limit=200)
    for i in range(6000):
        times.add(scene(i / 10, [1, i % 400], [record(1, apply=float(i % 2)), record(i % 400, apply=float(i % 3 > 0))]))
    assert sum(len(spans) for spans in times.rows.values()) <= 200


def test_a_lane_lies_below_the_row_where_the_face_was() -> None:
    recorder = TimelineRecorder()
    for i in range(200):
        recorder.add(scene(i / 10, [3], [record(3, apply=0.0 if i >= 100 else 1.0, turned=1.0)]))
    image = recorder.image().astype(int)
    seen, turned = ((np.abs(image[:-30] - STATES[name][0]).max(2) <= 2).any(0).nonzero()[0] for name in ("seen", "turned away"))
    assert abs((seen[-1] - seen[0]) - (turned[-1] - turned[0])) < 12 and abs(turned[0] - seen[-1]) <= 2


def test_without_faces_nothing_changes() -> None:
    plain, other = TimelineRecorder(), TimelineRecorder()
    for i in range(50):
        plain.add(scene(i / 10, [1, 2], []))
        other.add(scene(i / 10, [1, 2], [record(-1)]))  # a picture on the wall
    assert (plain.image() == other.image()).all()


def test_names_are_those_that_were_surest_for_longest() -> None:
    names = FaceNames()
    for name, sure in (("Ada", 0.6), ("unknown", 0.9), ("Ada", 0.7), ("Bo", 0.95), (None, 1.0)):
        names.add(scene(0.0, [2], [record(2, name=name, sure=sure)]))
    assert names.of(2) == "Ada" and names.of(3) == ""
    with_name, without = TimelineRecorder(), TimelineRecorder()
    for recorder, name in ((with_name, "Ada"), (without, "unknown")):
        for i in range(9):
            recorder.add(scene(i / 10, [2], [record(2, name=name)]))
    assert (with_name.image() != without.image()).any()


def test_a_very_long_name_keeps_its_place() -> None:
    recorder = TimelineRecorder(width=400)
    for i in range(9):
        recorder.add(scene(i / 10, [2], [record(2, name="W" * 60)]))
    assert recorder.image().shape[1] == 400


@pytest.mark.parametrize("clear_first", [False, True])
def test_the_sheet_takes_the_view_with_a_clear_face(standing: Standing, clear_first: bool) -> None:
    recorder = ContactSheetRecorder()
    shades = {True: 200, False: 60}
    for i, clear in enumerate((clear_first, not clear_first)):
        picture: Array = np.full((360, 640, 3), shades[clear], np.uint8)
        faces = (record(5, apply=1.0 if clear else 0.0, name="Ada"),)
        recorder.add(Scene(i, float(i), (640, 360), standing([(320, 180)], 150, [5]), faces=faces, frame=Frame(picture)))
    assert (recorder.image()[100:180, 40:150] == 200).mean() > 0.9
