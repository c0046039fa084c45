from __future__ import annotations

import warnings

import numpy as np
import pytest

from kinesics.pipeline.raised_hands import RaisedHands, raised
from kinesics.types import Array, People, skeleton

BLACK = np.zeros((240, 320, 3), np.uint8)


def standing(x: float, *, wrist: tuple[float, float] | None = None, scores: float = 0.9) -> tuple[Array, Array]:
    """(17, 2) and (17,) of somebody 100 pixels high whose shoulders are 24 apart, or of nobody's joints at all."""
    points = np.full((17, 2), (x, 150.0))
    points[:5] = (x, 60.0)
    points[5], points[6] = (x + 12, 78), (x - 12, 78)
    points[9:11] = wrist or (x, 120.0)
    return points, np.full(17, scores)


def people(*rows: tuple[Array, Array]) -> People:
    points, scores = (np.stack(part) for part in zip(*rows, strict=True))
    boxes = np.array([[p[:, 0].min() - 5, 50, p[:, 0].max() + 5, 150] for p, _ in rows])
    return People(boxes, np.ones(len(rows)), points, scores, skeleton("coco17"), np.arange(len(rows)))


def test_only_hands_near_a_head_are_looked_at() -> None:
    near, far = standing(60, wrist=(66, 66)), standing(160)
    assert raised(people(near, far)).tolist() == [0]
    other = standing(240, wrist=(165, 62))  # before somebody else's face
    assert raised(people(far, other)).tolist() == [1]


def test_joints_that_are_not_seen_raise_no_hand() -> None:
    unseen = standing(60, wrist=(60, 60), scores=0.05)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert raised(people(unseen)).tolist() == []
        assert raised(People.empty(skeleton("coco17"))).tolist() == []


def test_where_no_hand_is_seen_there_is_none() -> None:
    hands = RaisedHands()
    assert hands(BLACK, people(standing(60))) == [] and hands._whole is None  # no net was asked
    assert hands(BLACK, People.empty(skeleton("boxes"))) == []
    assert hands(BLACK, people(standing(60, wrist=(62, 64)))) == []
    hands.reset()


@pytest.mark.parametrize("sides", [(), (0,), (0, 1)])
def test_whole_bodies_bring_their_hands(sides: tuple[int, ...]) -> None:
    points, scores = np.full((1, 133, 2), 5.0), np.zeros((1, 133))
    for side in sides:
        scores[0, 91 + 21 * side : 112 + 21 * side] = 0.8
    whole = People(np.array([[0, 0, 9, 9]]), np.ones(1), points, scores, skeleton("wholebody133"))
    assert [hand.shape for hand in RaisedHands()(BLACK, whole)] == [(21, 2)] * len(sides)
