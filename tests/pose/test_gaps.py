from __future__ import annotations

import numpy as np
import pytest

from kinesics.errors import UsageError
from kinesics.pose import GapFiller, fill_gaps
from kinesics.types import Array, People, PoseSequence, skeleton

COCO = skeleton("coco17")
REST = np.random.default_rng(2).uniform(0, 100, (17, 2))


def person(shift: float, scores: Array, identity: int = 3) -> People:
    return People([[0, 0, 100, 100]], [0.9], (REST + shift)[None], scores[None], COCO, [identity])


def lost(score: float = 0.0) -> Array:
    scores = np.full(17, 0.8)
    scores[9] = score
    return scores


def test_a_lost_joint_moves_with_the_body_for_a_bounded_time() -> None:
    filler = GapFiller(limit=0.4)
    filler.update(person(0, np.full(17, 0.8)), 0.0)
    held = filler.update(person(10, lost()), 0.1)
    assert held.points[0, 9] == pytest.approx(REST[9] + 10) and held.point_scores[0, 9] == pytest.approx(0.6)
    assert held.points[0, 8] == pytest.approx(REST[8] + 10)
    later = filler.update(person(20, lost()), 0.3)
    assert later.points[0, 9] == pytest.approx(REST[9] + 20) and later.point_scores[0, 9] == pytest.approx(0.2)
    over = filler.update(person(30, lost()), 0.5)
    assert np.isnan(over.points[0, 9]).all() and over.point_scores[0, 9] == 0


def test_a_weak_joint_is_held_and_a_strong_one_taken() -> None:
    filler = GapFiller()
    filler.update(person(0, np.full(17, 0.8)), 0.0)
    wild = person(0, lost(0.1))
    points = wild.points.copy()
    points[0, 9] += 70
    held = filler.update(People(wild.boxes, wild.score, points, wild.point_scores, COCO, wild.ids), 0.03)
    assert held.points[0, 9] == pytest.approx(REST[9])
    assert filler.update(person(5, np.full(17, 0.5)), 0.06).points[0] == pytest.approx(REST + 5)


def test_nothing_is_held_without_id_after_reset_or_when_switched_off() -> None:
    for filler, identity in ((GapFiller(), -1), (GapFiller(limit=0), 3)):
        filler.update(person(0, np.full(17, 0.8), identity), 0.0)
        assert np.isnan(filler.update(person(0, lost(), identity), 0.03).points[0, 9]).all()
    filler = GapFiller()
    filler.update(person(0, np.full(17, 0.8)), 0.0)
    filler.reset()
    assert np.isnan(filler.update(person(0, lost()), 0.03).points[0, 9]).all()
    with pytest.raises(UsageError, match="limit >= 0"):
        GapFiller(limit=-1)


def test_gaps_of_a_clip_are_bridged_if_short() -> None:
    times = np.arange(40) / 20
    points = np.repeat(REST[None, None], 40, axis=0) + np.arange(40)[:, None, None, None]
    scores = np.full((40, 1, 17), 0.8)
    scores[5:8, 0, 2] = 0  # 0.2 s
    scores[10:30, 0, 4] = 0.05  # 1.05 s
    scores[38:, 0, 6] = 0  # at the end
    filled = fill_gaps(PoseSequence(points, scores, times, COCO))
    assert filled.points[5:8, 0, 2] == pytest.approx(points[5:8, 0, 2], abs=1e-3)
    assert filled.scores[5:8, 0, 2] == pytest.approx(0.4)
    assert filled.scores[20, 0, 4] == pytest.approx(0.05) and (filled.scores[38:, 0, 6] == 0).all()
