from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kinesics.pose.hand_squares import Arm
from kinesics.pose.hands import Hand, HandReader
from kinesics.sights import HandSight, Turned
from kinesics.video import open_source


@pytest.fixture(scope="module")
def reader() -> HandReader:
    return HandReader()


def made_hand(shift: float, wrist: float) -> Hand:
    points = np.random.default_rng(0).uniform(0, 50, (21, 2)) + shift
    sight = HandSight(Turned(25.0 + shift, 25.0 + shift, 100.0, 0.0), points, 0.9, 1.0, np.zeros((21, 3)))
    return Hand(points, np.full(21, 0.9), 1.0, points[0] + wrist, sight)


def test_two_hands_are_the_same_only_where_they_lie_on_each_other() -> None:
    assert made_hand(0, 0).same(made_hand(3, 0))
    assert not made_hand(0, 0).same(made_hand(40, 0))


def test_no_hand_is_seen_in_an_empty_picture_beyond_it_or_far_away(reader: HandReader) -> None:
    empty = np.full((240, 320, 3), 90, np.uint8)
    assert reader.read(empty, Arm(np.array([160.0, 120]), np.array([160.0, 200]), 3.0)) is None
    assert reader.read(empty, Arm(np.array([600.0, 120]), np.array([500.0, 120]), 3.0)) is None
    assert reader.read(empty, Arm(np.array([160.0, 120]), np.array([np.nan, np.nan]), 0.5)) is None


def test_a_hand_is_read_as_another_program_reads_it(reader: HandReader, data: Path) -> None:
    golden = np.array(json.loads((data / "video/tfjs/asl_hand.full.json").read_text()))[..., :2]
    noise = np.random.default_rng(2).normal(0, 10, (325, 2))
    errors, before = [], None
    with open_source(str(data / "video/tfjs/asl_hand.25fps.mp4")) as source:
        for frame in source:
            if frame.index % 25 or frame.index > 200:
                continue
            wrist = golden[frame.index, 0] + noise[frame.index]
            before = reader.read(frame.image, Arm(wrist, wrist + [0, 300], 20.0), before)
            assert before is not None, frame.index
            size = np.linalg.norm(np.ptp(golden[frame.index], axis=0))
            errors.append(np.linalg.norm(before.points - golden[frame.index], axis=1).mean() / size)
    assert np.mean(errors) < 0.02  # of the hand's diagonal
    assert max(errors) < 0.05


def test_a_hand_that_is_moved_takes_all_that_is_known_of_it_along() -> None:
    hand, shift = made_hand(0, 5), np.array([7.0, -3.0])
    moved = hand.moved(shift, 0.5)
    for one, other in ((moved.points, hand.points), (moved.wrist, hand.wrist), (moved.sight.points, hand.sight.points)):
        np.testing.assert_allclose(one - other, np.broadcast_to(shift, one.shape))
    assert moved.score == pytest.approx(0.45)
    assert (moved.sight.square.x, moved.sight.square.y) == (32.0, 22.0)


@pytest.mark.parametrize("shape", [(240, 320, 3), (1, 1, 3), (400, 30, 3)])
def test_no_hand_is_found_where_there_is_none(reader: HandReader, shape: tuple[int, ...]) -> None:
    assert reader.find(np.zeros(shape, np.uint8)) is None
    assert reader.find(np.full(shape, 200, np.uint8), made_hand(0, 0)) is None


def test_a_hand_without_a_body_is_found_and_followed_as_published(reader: HandReader, data: Path) -> None:
    golden = np.array(json.loads((data / "video/tfjs/asl_hand.full.json").read_text()))[..., :2]
    errors, before = [], None
    with open_source(str(data / "video/tfjs/asl_hand.25fps.mp4")) as source:
        for frame in source:
            if frame.index >= 40:
                break
            before = reader.find(frame.image, before)
            assert before is not None, frame.index
            size = np.ptp(golden[frame.index], axis=0).max()
            errors.append(np.linalg.norm(before.points - golden[frame.index], axis=1).mean() / size)
    assert np.mean(errors) < 0.01
    assert before is not None and before.right > 0.9


def test_a_hand_beyond_the_edge_keeps_only_what_is_in_the_picture(reader: HandReader, data: Path) -> None:
    golden = np.array(json.loads((data / "video/tfjs/asl_hand.full.json").read_text()))[0, :, :2]
    with open_source(str(data / "video/tfjs/asl_hand.25fps.mp4")) as source:
        image = next(iter(source)).image
    cut = np.ascontiguousarray(image[int(golden[[8, 12], 1].mean()) + 40 :])  # without the tips of two fingers
    hand = reader.find(cut)
    assert hand is not None
    assert (hand.scores[hand.points[:, 1] < -0.5] == 0).all() and hand.scores[0] > 0.5
