from __future__ import annotations

import numpy as np
import pytest

from kinesics.pose.merge import average, clarity, fair_score, merge
from kinesics.pose.movenet import Seen
from kinesics.types import Array, skeleton

SIZE = (640, 480)
POSE = np.random.default_rng(5).uniform(0.1, 0.9, (17, 2))
SIGMAS = np.array(skeleton("coco17").sigmas)


def seen(
    *people: tuple[Array, float], box: tuple[int, int, int, int] = (0, 0, 640, 480), scale: float = 0.5, full: bool = False
) -> Seen:
    """Finds of one look; each person as (box, score), its joints at fixed places in the box."""
    boxes = np.array([p[0] for p in people], float).reshape(-1, 4)
    points = boxes[:, None, :2] + POSE * (boxes[:, None, 2:] - boxes[:, None, :2])
    score = np.array([p[1] for p in people])
    return Seen(points, np.full(points.shape[:2], 0.6), boxes, score, box, scale, full)


A, B = np.array([100, 100, 200, 400.0]), np.array([400, 80, 520, 440.0])


def test_one_person_seen_twice_is_one_person() -> None:
    people = merge([seen((A, 0.5), (B, 0.4)), seen((A + 2, 0.5), scale=0.8)], SIZE)
    assert len(people) == 2
    assert people.boxes[0] == pytest.approx(A + 1, abs=1)
    assert people.points[0] == pytest.approx(A[:2] + POSE * [100, 300] + 1, abs=1)


def test_neighbours_stay_two_people() -> None:
    both = (A, 0.5), (A + [40, 0, 40, 0], 0.5)
    assert len(merge([seen(*both), seen(*both, scale=0.8)], SIZE)) == 2


def test_a_look_that_should_have_seen_a_person_speaks_against() -> None:
    agreed = merge([seen((A, 0.5)), seen((A, 0.5), scale=0.6)], SIZE).score[0]
    denied = merge([seen((A, 0.5)), seen(scale=0.6)], SIZE).score[0]
    full = merge([seen((A, 0.5)), seen((B, 0.5), scale=0.6, full=True)], SIZE)
    elsewhere = merge([seen((A, 0.5)), seen(box=(300, 0, 640, 480))], SIZE).score[0]
    assert denied < 0.85 * agreed
    assert full.score.min() > 0.9 * agreed or full.score.max() > 0.9 * agreed
    assert elsewhere == pytest.approx(agreed)


def test_a_person_cut_by_a_border_of_a_look_hardly_counts() -> None:
    cut = np.array([100, 100, 200, 240.0])
    people = merge([seen((A, 0.5)), seen((cut, 0.5), box=(0, 0, 640, 240))], SIZE)
    assert people.boxes[0] == pytest.approx(A, abs=40)
    assert len(people) <= 2


def test_joints_that_disagree_are_chosen_not_averaged() -> None:
    points = np.zeros((3, 17, 2))
    points[1] += 1
    points[2] += 100
    mean, scores = average(points, np.full((3, 17), 0.8), np.ones(3), np.full(17, 5.0))
    assert mean == pytest.approx(np.full((17, 2), 0.5), abs=0.1)
    assert (scores < 0.6).all()  # one of three spoke against


def test_clarity_rises_with_size_and_scores_are_made_fair() -> None:
    assert (np.diff(clarity(np.array([10, 30, 60, 120, 300]))) > 0).all()
    assert fair_score(np.array([0.4, 0.4]), np.array([100, 280])) == pytest.approx([0.4, 0.4 * (280 / 110) ** 0.75])
    assert fair_score(np.array([0.9]), np.array([900])) == pytest.approx([1])


def test_people_come_best_first_and_weak_ones_are_dropped() -> None:
    people = merge([seen((A, 0.2), (B, 0.6))], SIZE, keep=0.3)
    assert people.score.tolist() == pytest.approx([0.6 * np.clip((120 * 360) ** 0.5 * 0.5 / 110, 1, 9) ** 0.75], abs=1e-3)
    assert len(merge([seen()], SIZE)) == 0
