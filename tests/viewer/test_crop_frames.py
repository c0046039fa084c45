from __future__ import annotations

import numpy as np
import pytest
from made_poses import mirrored, pose

from kinesics.viewer.crop_frames import CROP, crop_frames


def test_a_pose_has_a_face_and_two_hands_each_upright_in_its_square() -> None:
    frames = {frame.part: frame for frame in crop_frames(*pose())}
    assert list(frames) == ["face", "left", "right"]
    for part, frame in frames.items():
        assert frame.room > 0.9, part
        assert (frame.points[np.isfinite(frame.points[:, 0])] > 0).all() and np.nanmax(frame.points[:21]) < CROP
    assert np.linalg.norm(frames["face"].points[36:42].mean(axis=0) - [22, 25]) < 1.5
    for part in ("left", "right"):
        hand = frames[part].points
        assert abs(hand[0, 0] - 31.5) < 3 and hand[12, 1] < hand[9, 1] < hand[0, 1]  # upright
        assert hand[4, 0] < hand[17, 0]  # both have their thumbs on one side: left hands are mirrored


def test_where_a_hand_lies_and_how_large_it_is_does_not_change_its_crop() -> None:
    points, scores = pose()
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    moved = ((points - 256) @ turn.T * 0.7 + [250, 270]).astype(np.float32)
    for a, b in zip(crop_frames(points, scores), crop_frames(moved, scores), strict=True):
        assert a.part == b.part
        np.testing.assert_allclose(a.points, b.points, atol=0.02)


def test_the_left_hand_of_a_mirrored_pose_has_the_crop_of_the_right_hand() -> None:
    points, scores = pose(3)
    here = {frame.part: frame for frame in crop_frames(points, scores)}
    there = {frame.part: frame for frame in crop_frames(*mirrored(points, scores))}
    for a, b in (("left", "right"), ("right", "left")):
        np.testing.assert_allclose(here[a].points, there[b].points, atol=0.02)
        assert here[a].room == pytest.approx(there[b].room, abs=1e-6)


def test_a_crop_and_back_is_the_same_place() -> None:
    points, scores = pose()
    for frame, part in zip(crop_frames(points, scores), (slice(23, 91), slice(91, 112), slice(112, 133)), strict=True):
        back = np.linalg.inv(np.vstack([frame.matrix, [0, 0, 1]]))[:2]
        k = part.stop - part.start
        np.testing.assert_allclose(frame.points[:k] @ back[:, :2].T + back[:, 2], points[part], atol=1e-3)


def test_what_is_missing_unsure_tiny_or_huge_has_no_crop() -> None:
    points, scores = pose()
    points[91:112], scores[91:112] = np.nan, 0
    assert [frame.part for frame in crop_frames(points, scores)] == ["face", "right"]
    points, scores = pose()
    scores[112:133] = 0.2
    assert [frame.part for frame in crop_frames(points, scores)] == ["face", "left"]
    points, scores = pose()
    assert crop_frames(points * 0.1, scores) == []
    assert crop_frames(points * 8, scores) == []
    assert crop_frames(np.full((133, 2), np.nan), np.zeros(133)) == []
    points[100] = np.nan  # a score beside NaN is no point
    assert {frame.part for frame in crop_frames(points, scores)} == {"face", "left", "right"}


def test_a_hand_before_the_face_closes_the_face_and_one_pointing_at_us_itself() -> None:
    points, scores = pose()
    points[91:112] += points[23:91].mean(axis=0) - points[91:112].mean(axis=0)
    assert "face" not in {frame.part for frame in crop_frames(points, scores)}
    points, scores = pose()
    points[112:133, 1] = 300 + 0.1 * (points[112:133, 1] - 300)  # its length is not seen
    assert "right" not in {frame.part for frame in crop_frames(points, scores)}


def test_a_face_turned_away_has_no_crop() -> None:
    points, scores = pose()
    points[23 + 30, 0] += 24  # its tip is beyond the eye
    assert "face" not in {frame.part for frame in crop_frames(points, scores)}
