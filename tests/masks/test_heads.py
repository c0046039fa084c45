from __future__ import annotations

import numpy as np
import pytest

from kinesics.masks.heads import head_spots
from kinesics.types import Array, People, skeleton

COCO = skeleton("coco17")
STANDING = np.array([  # centimetres: 0, 0 between the eyes
    (0, 3), (3.2, 0), (-3.2, 0), (7.5, 2), (-7.5, 2), (18, 27), (-18, 27), (22, 55), (-22, 55), (24, 80), (-24, 80),
    (10, 78), (-10, 78), (10, 120), (-10, 120), (10, 160), (-10, 160),
], float)  # fmt: skip


def person(points: Array, scores: Array | float = 0.9) -> People:
    low, high = points.min(axis=0) - 12, points.max(axis=0) + 12
    return People([[*low, *high]], [0.9], points[None], np.broadcast_to(scores, (1, 17)), COCO)


def held(spots: Array, place: Array) -> bool:
    return bool(((((place - spots[:, :2]) / spots[:, 2:]) ** 2).sum(axis=1) <= 1).any())


@pytest.mark.parametrize("angle", [0, 40, 90, 180, 270])
@pytest.mark.parametrize("scale", [0.3, 1.0, 4.0])
def test_a_whole_head_is_held_whichever_way_up(angle: float, scale: float) -> None:
    turn = np.deg2rad(angle)
    matrix = scale * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    spots, rows = head_spots(person(STANDING @ matrix.T + 500))
    for place in [(0, -11), (0, 13), (9, 0), (-9, 0), (6, 9)]:  # crown, chin, temples, jaw
        assert held(spots, matrix @ np.array(place) + 500), place
    assert rows.tolist() == [0] * len(spots)
    assert spots[:, 2:].max() < 40 * scale, "not the whole body"


def test_a_head_from_behind_is_held_by_the_shoulders() -> None:
    scores = np.full(17, 0.9)
    scores[:5] = 0
    spots, _ = head_spots(person(STANDING * 2 + 300, scores))
    assert held(spots, np.array([300.0, 300])) and held(spots, np.array([300.0, 300 - 16]))


def test_a_profile_is_as_large_as_a_face_from_the_front() -> None:
    side = STANDING * (0.05, 1)
    front, profile = head_spots(person(STANDING))[0], head_spots(person(side))[0]
    assert profile[0, 2:].min() > 0.8 * front[0, 2:].min()


def test_unsure_joints_cover_more() -> None:
    sure, unsure = head_spots(person(STANDING))[0], head_spots(person(STANDING, 0.2))[0]
    assert unsure[:, 2:].max() > sure[:, 2:].max() and len(unsure) >= len(sure)


def test_boxes_alone_are_covered_to_a_third() -> None:
    spots, rows = head_spots(People.from_boxes([[100, 50, 160, 230], [0, 0, 9, 9]], [0.9, 0.2]))
    assert rows.tolist() == [0, 1]
    assert all(held(spots[:1], np.array(place)) for place in [(105, 70), (155, 70), (130, 52), (130, 108)])
    assert len(head_spots(People.empty(COCO))[0]) == 0
