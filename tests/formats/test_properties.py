"""Any scenes written are the scenes read."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kinesics.formats import open_sink, read_scenes
from kinesics.formats.numbers import shortest
from kinesics.types import Action, Array, People, Scene, Skeleton, skeleton

OWN = Skeleton("meins", ("Kopf", "Fuß, links", 'a "quoted" one'), ((0, 1),), ((1, 2),))
FLOATS = st.floats(-(2.0**100), 2.0**100, width=32)
SCORES = st.floats(0, 1, width=32)
TEXT = st.text(max_size=8)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
PLAIN: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
THINGS = st.dictionaries(TEXT, PLAIN, max_size=3)


@st.composite
def peoples(draw: st.DrawFn) -> People:
    body = draw(st.sampled_from([skeleton("coco17"), skeleton("boxes"), OWN]))
    n, k, d = draw(st.integers(0, 3)), len(body), draw(st.sampled_from([2, 3]))
    world = masks = None
    if draw(st.booleans()):
        world = draw(arrays(np.float32, (n, k, 3), elements=FLOATS | st.just(np.float32("nan"))))
    if draw(st.booleans()):
        masks = draw(arrays(bool, (n, draw(st.integers(1, 5)), draw(st.integers(1, 5)))))
    return People(
        draw(arrays(np.float32, (n, 4), elements=FLOATS)),
        draw(arrays(np.float32, n, elements=SCORES)),
        draw(arrays(np.float32, (n, k, d), elements=FLOATS)),
        draw(arrays(np.float32, (n, k), elements=SCORES)),
        body,
        draw(arrays(np.int64, n)),
        world,
        masks,
    )


@st.composite
def actions(draw: st.DrawFn) -> Action:
    start, end = sorted((draw(NUMBERS), draw(NUMBERS)))
    score, progress = draw(st.floats(0, 1)), draw(st.none() | st.floats(0, 1))
    return Action(draw(st.integers(-1, 2**40)), draw(TEXT), score, start, end, progress, draw(THINGS))


SCENES = st.builds(
    Scene,
    st.integers(0, 2**40),
    st.floats(0, 1e9),
    st.tuples(st.integers(1, 10**5), st.integers(1, 10**5)),
    peoples(),
    st.lists(actions(), max_size=2).map(tuple),
    st.lists(THINGS, max_size=2).map(tuple),
    st.dictionaries(TEXT, NUMBERS, max_size=2),
    THINGS,
    st.lists(TEXT, max_size=2).map(tuple),
    st.integers(0, 1000),
    st.booleans(),
).map(lambda s: s if s.people.masks is None else dataclasses.replace(s, size=s.people.masks.size))


def through(scenes: list[Scene], suffix: str) -> list[Scene]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"scenes{suffix}"
        with open_sink(path) as sink:
            for scene in scenes:
                sink.write(scene)
        if suffix == ".jsonl":
            for line in path.read_bytes().splitlines():
                json.loads(line, parse_constant=pytest.fail)  # NaN, Infinity
        return list(read_scenes(path))


@pytest.mark.parametrize("suffix", [".jsonl", ".parquet"])
@settings(deadline=None, max_examples=40)
@given(scenes=st.lists(SCENES, max_size=4))
def test_any_scenes_read_back_equal(scenes: list[Scene], suffix: str) -> None:
    assert through(scenes, suffix) == scenes


@pytest.mark.parametrize("suffix", [".csv", ".json"])
@settings(deadline=None, max_examples=30)
@given(crowds=st.lists(peoples(), max_size=3))
def test_joints_read_back_equal_through_csv_and_coco(crowds: list[People], suffix: str) -> None:
    flat = [dataclasses.replace(p, points=p.points[:, :, :2], world=None, masks=None) for p in crowds]
    flat = [p for p in flat if len(p) and p.skeleton == flat[0].skeleton and (p.ids >= -1).all()]
    flat = [p for p in flat if np.abs(p.boxes).max() < 1e5]  # sizes of boxes are computed in COCO
    scenes = [Scene(i, i / 25, (64, 48), p) for i, p in enumerate(flat)]
    got = through(scenes, suffix)
    assert [scene.time for scene in got] == [scene.time for scene in scenes]
    for one, other in zip(got, scenes, strict=True):
        assert one.people.skeleton.joints == other.people.skeleton.joints
        np.testing.assert_array_equal(one.people.points, other.people.points)
        np.testing.assert_array_equal(one.people.point_scores, other.people.point_scores)
        np.testing.assert_allclose(one.people.boxes, other.people.boxes, atol=1e-4)


@st.composite
def whole_bodies(draw: st.DrawFn) -> list[Scene]:
    rng, body = (
        np.random.default_rng(draw(st.integers(0, 2**32))),
        skeleton("wholebody133"),
    )  # drawing 133 joints one by one is slow
    scenes = []
    for index in range(draw(st.integers(1, 3))):
        n, edge = draw(st.integers(1, 3)), draw(st.sampled_from([1.0, 640.0, 1e5]))
        scores = rng.random((n, 133), np.float32) * rng.integers(0, 2, (n, 133))
        scores[:, 0] = 1
        points = rng.uniform(-edge, edge, (n, 133, 2)).astype(np.float32)
        boxes = rng.uniform(0, 999, (n, 4)).astype(np.float32)
        people = People(boxes, rng.random(n, np.float32), points, scores, body, rng.permutation(n) - 1)
        scenes.append(Scene(index * 3, index / 7, (draw(st.integers(1, 9999)), draw(st.integers(1, 9999))), people))
    return scenes


@pytest.mark.parametrize("form", ["coco", "openpose", "mediapipe", "csv"])
@settings(deadline=None, max_examples=15)
@given(scenes=whole_bodies())
def test_whole_bodies_read_back_equal(form: str, scenes: list[Scene]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a"
        with open_sink(path, form) as sink:
            for scene in scenes:
                sink.write(scene)
        back = list(read_scenes(path, form))
    for one, other in zip(back, scenes, strict=True):
        assert (one.index, one.time, one.size, one.people.skeleton) == (
            other.index,
            other.time,
            other.size,
            other.people.skeleton,
        )
        np.testing.assert_array_equal(one.people.points, other.people.points)
        np.testing.assert_array_equal(one.people.point_scores, other.people.point_scores)
        np.testing.assert_array_equal(one.people.ids, other.people.ids)


@given(arrays(np.float32, 20, elements=st.floats(width=32)))
def test_short_decimals_are_the_same_float32(array: Array) -> None:
    np.testing.assert_array_equal(shortest(array).astype(np.float32), array)


def test_short_decimals_are_short() -> None:
    assert shortest(np.array([0.1, 467.2, 12.345, 0.6844378], np.float32)).tolist() == [0.1, 467.2, 12.345, 0.6844378]
