"""Made clips are what they say, and the simplest model keeps the contract of action models."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.errors import NotFittedError, ShapeError
from kinesics.testing import MADE_ACTIONS, NearestCentroid, made_clips


@pytest.mark.parametrize("joints,dims,people", [("kinect20", 3, 1), ("coco17", 2, 1), ("itop15", 3, 2), ("glimpse14", 2, 2)])
def test_the_same_seed_makes_the_same_clips_and_people_can_be_told_apart_by_what_they_do(
    joints: str, dims: int, people: int
) -> None:
    clips, labels, subjects = made_clips(4, joints=joints, dims=dims, people=people, missing=0.05)
    assert clips == made_clips(4, joints=joints, dims=dims, people=people, missing=0.05)[0]
    assert clips[0].points.shape[1:] == (people, len(clips[0].skeleton), dims)
    assert set(labels) == set(MADE_ACTIONS) and set(subjects) == set("1234")
    train = [i for i, who in enumerate(subjects) if who in "13"]
    test = [i for i, who in enumerate(subjects) if who in "24"]
    model = NearestCentroid().fit([clips[i] for i in train], [labels[i] for i in train])
    found = model.predict([clips[i] for i in test])
    assert np.mean([a == labels[i] for a, i in zip(found, test, strict=True)]) > 0.6  # chance is 0.1


def test_made_people_stand_upright_with_y_down_and_move_only_what_the_action_moves() -> None:
    clips, _, _ = made_clips(1, ["raise_right"], noise=0.0)
    (clip,) = clips
    index = {name: i for i, name in enumerate(clip.skeleton.joints)}
    y = clip.points[:, 0, :, 1]
    assert (y[:, index["head"]] < y[:, index["hip_center"]]).all() and (
        y[:, index["hip_center"]] < y[:, index["left_foot"]]
    ).all()
    travel = np.ptp(clip.points[:, 0], axis=0).sum(-1)
    assert travel[index["right_wrist"]] > 0.5 and travel[index["left_wrist"]] < 1e-4 and travel[index["right_foot"]] < 1e-4
    assert y[:, index["right_wrist"]].min() < y[0, index["head"]]


def test_nearest_centroid_keeps_the_contract() -> None:
    clips, labels, _ = made_clips(2, missing=0.3)
    with pytest.raises(NotFittedError):
        NearestCentroid().predict_proba(clips)
    with pytest.raises(ShapeError, match="one label a clip"):
        NearestCentroid().fit(clips, labels[:-1])
    model = NearestCentroid().fit(clips, labels)
    empty = type(clips[0])(np.zeros((0, 1, 20, 3)), np.zeros((0, 1, 20)), [], clips[0].skeleton)
    proba = model.predict_proba([*clips, empty])
    assert np.allclose(proba[:1], model.predict_proba(clips[:1])), "no clip's answer depends on the others"
    assert np.allclose(proba.sum(1), 1) and model.predict_proba([]).shape == (0, 10)
