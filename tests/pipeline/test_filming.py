"""Clips to footage and to a person."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from kinesics.errors import SinkError, SourceError, UsageError, WeightsError
from kinesics.pipeline import fit_person, footage_of
from kinesics.viewer import Footage, load_person


@pytest.fixture(scope="module")
def signer(data: Path) -> Path:
    return data / "video" / "asl" / "eat.mkv"


@pytest.fixture(scope="module")
def footage(signer: Path) -> Footage:
    try:
        return footage_of(signer, pose="fast", most=14, longest=1.2)
    except WeightsError as error:
        pytest.skip(str(error))


def test_a_clip_becomes_pictures_poses_and_outlines_on_the_canvas(footage: Footage) -> None:
    assert 10 <= len(footage) <= 14 and footage.times.max() < 1.2
    sure = footage.scores[:, :11] > 0.3
    inside = np.take_along_axis(
        footage.alpha.reshape(len(footage), -1),
        np.clip(np.nan_to_num(footage.points[:, :11]).astype(int), 0, 511) @ np.array([1, 512]),
        1,
    )
    assert sure.mean() > 0.8 and (inside[sure] > 127).mean() > 0.95  # the joints lie on the person
    assert 0.05 < (footage.alpha > 127).mean() < 0.6
    assert (footage.scores[:, 23:91] > 0).mean() > 0.8  # a face is read


def test_a_still_camera_leaves_a_background_without_the_person(footage: Footage) -> None:
    assert footage.background is not None
    beside = footage.alpha[0] < 5
    apart = np.abs(footage.background.astype(int) - footage.pictures[0])
    assert apart[beside].mean() < 6 and apart[footage.alpha[0] > 250].mean() > 20


def test_missing_joints_are_nan_with_score_0(footage: Footage) -> None:
    assert np.array_equal(np.isfinite(footage.points).all(2), footage.scores > 0)


def test_one_picture_of_odd_size_and_16_bits_gives_a_person_and_says_what_it_cannot(signer: Path, tmp_path: Path) -> None:
    import av

    with av.open(str(signer)) as file:
        picture = next(file.decode(video=0)).to_ndarray(format="bgr24")[:-1, :-3]
    cv2.imwrite(str(tmp_path / "me.png"), picture.astype(np.uint16) * 257)
    said: list[str] = []
    try:
        person = fit_person(tmp_path / "me.png", tmp_path / "me.kin", consent="mine", pose="fast", said=said.append)
    except WeightsError as error:
        pytest.skip(str(error))
    assert len(person) == 1 and any("one picture" in words for words in said)
    held = load_person(tmp_path / "me.kin")
    assert (
        held.name == "me" and held.about["consent"] == "mine" and held.about["source"] == "me.png" and held.background is None
    )


def test_more_clips_than_the_time_allows_are_cut_and_it_is_said(signer: Path) -> None:
    said: list[str] = []
    try:
        held = footage_of([signer, signer], pose="fast", longest=0.4, most=6, said=said.append)
    except WeightsError as error:
        pytest.skip(str(error))
    assert len(held) <= 6 and set(held.clips.tolist()) == {0} and any("only the first" in words for words in said)


def test_nobody_is_one_line(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((200, 300, 3), 180, np.uint8))
    try:
        with pytest.raises(SourceError, match=r"wall\.png: nobody"):
            footage_of(tmp_path / "wall.png", pose="fast")
    except WeightsError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("clips", [[], "0", "-", "rtsp://camera/1"], ids=str)
def test_what_cannot_be_read_twice_is_said(clips: list[str] | str) -> None:
    with pytest.raises(UsageError):
        footage_of(clips)


def test_a_place_that_cannot_be_written_is_found_out_before_the_work(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="no folder"):
        fit_person(tmp_path / "me.mp4", tmp_path / "nowhere" / "me.kin")
    with pytest.raises(UsageError, match="256"):
        fit_person(tmp_path / "me.mp4", tmp_path / "me.kin", keyframes=300)
