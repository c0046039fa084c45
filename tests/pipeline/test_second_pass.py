from __future__ import annotations

import itertools

import numpy as np
import pytest

from kinesics import Budget, Frame, People, watch
from kinesics.pipeline.chain import seventeen
from kinesics.pipeline.second_pass import SecondPass
from kinesics.pose import pose_model
from kinesics.video import open_source
from kinesics.weights import find


@pytest.fixture(scope="module")
def pair() -> tuple[Frame, People]:
    """Somebody who walks, beside a mirror."""
    with open_source(find("demo_clip")) as source:
        picture = next(itertools.islice(source, 60, None)).image
    found = pose_model("fast")(picture)
    x1, _, x2, _ = found.boxes[found.score.argmax()].round().astype(int).tolist()
    cut = picture[:, max(x1 - 120, 0) : x2 + 120]
    both = np.ascontiguousarray(np.concatenate([cut, cut[:, ::-1]], axis=1))
    people = pose_model("fast")(both)
    people = people[np.sort((-people.score).argsort()[:2])]
    assert len(people) == 2 and people.score.min() > 0.3
    return Frame(both), people.with_ids([4, 9])


def test_everything_is_read_where_time_does_not_matter(pair: tuple[Frame, People]) -> None:
    frame, people = pair
    read = SecondPass(whole_body=True, masks=True, faces=True).update(frame, people, Budget())
    assert read.people.skeleton.name == "wholebody133"
    assert read.people.ids.tolist() == [4, 9]
    assert read.people.world is not None and np.isfinite(read.people.world[:, 5:17]).all()
    assert np.array_equal(seventeen(read.people).points, people.points)
    assert read.people.masks is not None and (read.people.masks.areas > 2000).all()
    a, b = (read.people.masks.whole(row) for row in range(2))
    assert not (a & b).any()
    assert read.skipped == ()


def test_with_time_for_one_they_take_turns_and_both_keep_their_outline(pair: tuple[Frame, People]) -> None:
    frame, people = pair
    second = SecondPass(masks=True)
    second.update(frame, people, Budget())
    for _ in range(3):
        budget = Budget(0.015, clock=lambda: 0.0)
        budget.learn("whole", 1, 0.01)
        read = second.update(frame, people, budget)
        assert read.chosen == {"whole": 1}
        assert "whole" in read.skipped
        assert read.people.skeleton.name == "coco17"
        assert read.people.masks is not None and (read.people.masks.areas > 2000).all()


def test_nobody_is_fine(pair: tuple[Frame, People]) -> None:
    frame, people = pair
    read = SecondPass(whole_body=True, masks=True, faces=True).update(frame, people[:0], Budget())
    assert len(read.people) == 0
    assert read.people.masks is not None and len(read.people.masks) == 0


def test_watch_fills_frames_between_looks_too() -> None:
    with open_source(find("demo_clip")) as source:
        frames = list(itertools.islice(source, 40, 46))
    scenes = list(watch(frames, pose="fast", whole_body=True, masks=True, faces=True, live=False))
    assert len(scenes) == len(frames)
    assert any("pose" in scene.skipped for scene in scenes)
    for scene in scenes:
        assert scene.people.skeleton.name == "wholebody133"
        assert scene.people.masks is not None and scene.people.world is not None
        assert len(scene.people.masks) == len(scene.people)
