from __future__ import annotations

import numpy as np
import pytest

from kinesics.pipeline.main_people import main_people
from kinesics.types import PoseSequence, skeleton

BODY = skeleton("coco17")


def crowd(*people: tuple[float, float, slice], t: int = 60) -> PoseSequence:
    """People of (x, height, moments) over t moments of a thirtieth of a second."""
    rng = np.random.default_rng(1)
    shape = rng.uniform(0, 1, (17, 2)) * [0.4, 1]
    points = np.stack([shape * height + [x, 0] for x, height, _ in people])  # (n, 17, 2)
    scores = np.zeros((t, len(people), 17))
    for n, (_, _, when) in enumerate(people):
        scores[when, n] = 1
    return PoseSequence(np.tile(points, (t, 1, 1, 1)), scores, np.arange(t) / 30, BODY, np.arange(len(people)) + 5)


ALL = slice(None)


@pytest.mark.parametrize(
    ("people", "kept"),
    [
        ([(0, 100, ALL)], [5]),
        ([(0, 100, ALL), (300, 90, ALL)], [5, 6]),
        ([(0, 90, ALL), (300, 100, ALL), (600, 20, ALL)], [5, 6]),
        ([(0, 20, ALL), (300, 100, ALL)], [6]),
        ([(0, 100, ALL), (300, 100, slice(50, 60))], [5]),
        ([(0, 100, slice(0, 10)), (300, 60, ALL), (900, 30, ALL)], [6]),
    ],
    ids=["one", "two", "two and one far off", "one in front", "one passes by", "longest"],
)
def test_the_main_people_stay(people: list[tuple[float, float, slice]], kept: list[int]) -> None:
    assert main_people(crowd(*people)).ids.tolist() == kept


def test_a_track_that_breaks_is_one_person() -> None:
    broken = main_people(crowd((0, 100, slice(0, 30)), (10, 95, slice(36, 60)), (400, 30, ALL)))
    assert broken.ids.tolist() == [5] and (broken.scores[:, 0] > 0).any(1).sum() == 54


def test_somebody_else_later_is_not_the_same_person() -> None:
    apart = main_people(crowd((0, 100, slice(0, 40)), (400, 100, slice(42, 60))))
    assert apart.ids.tolist() == [5] and not apart.scores[42:].any()


def test_nobody_is_one_person_without_joints() -> None:
    empty = PoseSequence(np.zeros((9, 0, 17, 2)), np.zeros((9, 0, 17)), np.arange(9) / 30, BODY)
    assert main_people(empty).points.shape == (9, 1, 17, 2) and not main_people(empty).scores.any()
    unseen = crowd((0, 1, slice(0, 0)), (0, 1, slice(0, 0)))
    assert main_people(unseen).points.shape[1] == 1


def test_people_in_any_order_are_the_same_people() -> None:
    there = crowd((0, 90, ALL), (300, 100, ALL), (600, 20, slice(0, 30)), (620, 20, slice(33, 60)))
    order = [2, 0, 3, 1]
    shuffled = PoseSequence(there.points[:, order], there.scores[:, order], there.times, BODY, there.ids[order])
    assert set(main_people(shuffled).ids.tolist()) == set(main_people(there).ids.tolist())


def test_two_who_were_given_are_kept_whatever_they_do() -> None:
    given = crowd((0, 100, ALL), (300, 40, slice(0, 9)))
    assert main_people(given, tracked=False) == given and main_people(given).ids.tolist() == [5]
    assert main_people(crowd((0, 100, ALL), (300, 90, slice(0, 0))), tracked=False).ids.tolist() == [5]
    assert main_people(crowd((0, 100, ALL), (300, 90, ALL), (400, 20, ALL)), tracked=False).ids.tolist() == [5, 6]
