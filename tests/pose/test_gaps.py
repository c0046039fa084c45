from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.errors import UsageError
from kinesics.pose import GapFiller, fill_gaps
from kinesics.pose.bone_prior import tree_of
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


@given(st.integers(0, 999), st.sampled_from(["coco17", "wholebody133", "kinect20"]), st.floats(0, 0.7))
@settings(max_examples=10, deadline=None)
def test_filling_leaves_what_is_seen_and_invents_nobody(seed: int, name: str, lost: float) -> None:
    rng, body = np.random.default_rng(seed), skeleton(name)
    scores = rng.uniform(0.3, 1, (30, 2, len(body)))
    scores[rng.random(scores.shape) < lost] = 0
    never = rng.integers(len(body))
    scores[:, 0, never] = 0
    clip = PoseSequence(rng.uniform(0, 400, (30, 2, len(body), 2)), scores, np.cumsum(rng.uniform(0.02, 0.2, 30)), body)
    filled = fill_gaps(clip, bones=1.0)
    seen = clip.scores > 0
    assert np.allclose(filled.points[seen], clip.points[seen]) and np.array_equal(filled.scores[seen], clip.scores[seen])
    assert (filled.scores[~seen] <= 0.5).all() and (filled.scores[:, 0, never] == 0).all()
    assert fill_gaps(clip.person(1), bones=1.0) == filled.person(1)


def test_a_joint_lost_for_long_keeps_its_bone_for_a_while() -> None:
    body, times = skeleton("wholebody133"), np.arange(100) / 25
    rest = np.random.default_rng(8).uniform(100, 300, (133, 2))
    walk = np.stack([60 * times, 10 * np.sin(5 * times)], axis=-1)
    points = rest + walk[:, None]
    scores = np.full((100, 133), 0.9)
    scores[20:, 10] = 0.05  # a right wrist that never comes back, with its hand
    scores[20:, 112:] = 0
    scores[:, 15] = 0  # an ankle that is never seen
    filled = fill_gaps(PoseSequence(points[:, None], scores[:, None], times, body), bones=1.5)
    assert filled.points[20:50, 0, 10] == pytest.approx(points[20:50, 10], abs=1e-2)
    assert (filled.scores[20:50, 0, 10] < 0.4).all() and (np.diff(filled.scores[20:50, 0, 10]) < 0).all()
    assert (filled.scores[60:, 0, 10] == np.float32(0.05)).all() and (filled.scores[:, 0, 15] == 0).all()
    assert (filled.scores[20:, 0, 112:] == 0).all()  # the shape of a hand is not guessed


def test_a_bone_turns_from_where_it_was_to_where_it_will_be() -> None:
    times = np.arange(60) / 25
    points = np.repeat(REST[None], 60, axis=0)
    angle = np.linspace(0, np.pi / 2, 60)
    points[:, 9] = points[:, 7] + 40 * np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    scores = np.full((60, 17), 0.8)
    scores[20:40, 9] = 0
    filled = fill_gaps(PoseSequence(points[:, None], scores[:, None], times, COCO), bones=1.0)
    bone = filled.points[:, 0, 9] - filled.points[:, 0, 7]
    assert np.linalg.norm(bone, axis=1) == pytest.approx(40, abs=1e-3)  # a straight line would cut the corner
    assert np.abs(filled.points[:, 0, 9] - points[:, 9]).max() < 1.0


def test_every_joint_hangs_on_one_that_is_nearer_to_the_shoulders() -> None:
    tree = dict(tree_of(skeleton("wholebody133")))
    assert len(tree) == 133 and tree[9] == 7 and tree[91] == 9 and tree[95] == 94 and tree[60] == 0 and tree[17] == 15


def test_a_hand_goes_along_with_its_wrist_while_it_is_lost() -> None:
    body, times = skeleton("wholebody133"), np.arange(30) / 25
    points = np.repeat(np.random.default_rng(3).uniform(100, 300, (1, 133, 2)), 30, axis=0)
    points[:, [9, *range(91, 112)]] += 80 * np.sin(np.arange(30) * 0.5)[:, None, None]  # the arm swings
    scores = np.full((30, 133), 0.8)
    scores[12:18, 91:112] = 0
    filled = fill_gaps(PoseSequence(points[:, None], scores[:, None], times, body))
    assert filled.points[:, 0, 91:112] == pytest.approx(points[:, 91:112], abs=0.01)
    assert filled.scores[12:18, 0, 91:112] == pytest.approx(0.4)


def test_a_lost_forearm_turns_with_its_upper_arm() -> None:
    times = np.arange(40) / 25
    points = np.repeat(np.random.default_rng(5).uniform(100, 300, (1, 17, 2)), 40, axis=0)
    angle = np.linspace(-1.2, 1.2, 40)  # the arm is lowered about its shoulder
    turn = np.stack([np.stack([np.cos(angle), -np.sin(angle)], -1), np.stack([np.sin(angle), np.cos(angle)], -1)], -2)
    arm = [7, 9]
    points[:, arm] = points[:, 5:6] + np.einsum("tij,tkj->tki", turn, points[:, arm] - points[:, 5:6])
    scores = np.full((40, 17), 0.8)
    scores[15:, 9] = 0
    filled = fill_gaps(PoseSequence(points[:, None], scores[:, None], times, COCO), bones=2.0)
    assert filled.points[15:, 0, 9] == pytest.approx(points[15:, 9], abs=0.5)


def test_a_doubtful_joint_is_taken_at_its_word_if_its_bone_can_be_so_long() -> None:
    times = np.arange(60) / 25
    points = np.repeat(REST[None], 60, axis=0)
    points[:, 9] = points[:, 7] + [40, 0]
    scores = np.full((60, 17), 0.8)
    scores[20:, 9] = 0.05
    points[20:40, 9] = points[20:40, 7] + [0, 38]  # says that it hangs down
    points[40:, 9] = points[40:, 7] + [0, 300]  # says that it is far away
    filled = fill_gaps(PoseSequence(points[:, None], scores[:, None], times, COCO), bones=2.0)
    assert filled.points[20:40, 0, 9] == pytest.approx(points[20:40, 9]) and (filled.scores[20:40, 0, 9] > 0.05).all()
    bone = filled.points[40:55, 0, 9] - filled.points[40:55, 0, 7]
    assert np.linalg.norm(bone, axis=1) == pytest.approx(40, abs=0.1)


def test_feet_and_hands_of_a_whole_body_are_held_at_ankle_and_wrist_whatever_the_face_does() -> None:
    body = skeleton("wholebody133")
    points = np.random.default_rng(0).uniform(0, 100, (1, 133, 2))
    scores = np.full((1, 133), 0.9)
    lost = [17, 19, 95]  # left toe, left heel, left thumb

    def seen(points: Array, scores: Array) -> People:
        return People([[0, 0, 200, 200]], [1], points, scores, body, [1])

    filler = GapFiller()
    filler.update(seen(points, scores), 0.0)
    later = points.copy()
    later[0, 23:91] += 50  # the face turns away
    later[0, 15] += [4, 6]
    later[0, 9] += [-8, 2]
    scores[0, lost] = 0
    held = filler.update(seen(later, scores), 1 / 30)
    np.testing.assert_allclose(held.points[0, [17, 19]], points[0, [17, 19]] + [4, 6], atol=1e-4)
    np.testing.assert_allclose(held.points[0, 95], points[0, 95] + [-8, 2], atol=1e-4)
