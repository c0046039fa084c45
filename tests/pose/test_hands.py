from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kinesics.pose.hands import Arm, Hand, HandReader
from kinesics.video import open_source


@pytest.fixture(scope="module")
def reader() -> HandReader:
    return HandReader()


def made_hand(shift: float, wrist: float) -> Hand:
    points = np.random.default_rng(0).uniform(0, 50, (21, 2)) + shift
    return Hand(points, np.full(21, 0.9), 1.0, points[0] + wrist)


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
