from __future__ import annotations

import numpy as np
import pytest
from ball_people import CAMERA, JOINTS, LABELS, draw, people

from kinesics.bodies import JOINTS as BODY_JOINTS
from kinesics.bodies.pose_bank import PoseBank
from kinesics.bodies.views import ViewMaker
from kinesics.depth import SampleSet, make_samples, millimetres
from kinesics.depth import gathering as gathering_module
from kinesics.depth.anatomy import VOTED
from kinesics.depth.gathering import Gathering
from kinesics.depth.sampling import draw_pixels
from kinesics.errors import ShapeError
from kinesics.types.arrays import same


def test_a_crop_is_what_stood_in_the_picture() -> None:
    depth, parts, joints = draw(np.random.default_rng(3))
    samples = SampleSet.of_pictures([depth], [parts], [CAMERA], [joints], labels=LABELS, joint_names=JOINTS)
    crop, labels, camera = samples.crop(0)
    rows, columns = np.nonzero(crop)
    down, right = round(CAMERA.cy - camera.cy), round(CAMERA.cx - camera.cx)
    assert (crop[rows, columns] == millimetres(depth)[rows + down, columns + right]).all()
    assert (labels[rows, columns] == parts[rows + down, columns + right]).all()
    assert len(rows) == (depth > 0).sum()
    assert crop[0].any() and crop[-1].any() and crop[:, 0].any() and crop[:, -1].any()  # no larger than the person
    np.testing.assert_allclose(samples.joints[0], joints, atol=1e-6)


def test_pixels_that_are_no_depth_are_left_out() -> None:
    depth, parts, joints = draw(np.random.default_rng(3))
    seen = int((depth > 0).sum())
    rows, columns = np.nonzero(depth)
    for k, value in enumerate((np.nan, np.inf, -np.inf, -1.0, 20.0)):
        depth[rows[40 + k], columns[40 + k]] = value
    samples = SampleSet.of_pictures([depth], [parts], [CAMERA], [joints], labels=LABELS, joint_names=JOINTS)
    assert len(samples.parts) == seen - 5


def test_pictures_without_anybody_are_left_out() -> None:
    depth, parts, joints = draw(np.random.default_rng(3))
    nobody = np.zeros_like(depth)
    samples = SampleSet.of_pictures(
        [nobody, depth, nobody], [parts] * 3, [CAMERA] * 3, [joints] * 3, labels=LABELS, joint_names=JOINTS
    )
    assert len(samples) == 1
    assert len(SampleSet.of_pictures([nobody], [parts], [CAMERA])) == 0


@pytest.mark.parametrize(
    ("depth", "parts", "words"),
    [
        (np.zeros((5, 4), np.float32), np.zeros((5, 4), np.uint8), "a picture of"),
        (np.zeros((128, 96), np.float32), np.zeros((5, 4), np.uint8), "labels of"),
        (np.ones((128, 96), np.float32), np.full((128, 96), 8, np.uint8), "label 8 of 8 labels"),
    ],
    ids=["size", "parts", "label"],
)
def test_pictures_that_do_not_belong_together_are_refused(depth: np.ndarray, parts: np.ndarray, words: str) -> None:
    with pytest.raises(ShapeError, match=words):
        SampleSet.of_pictures([depth], [parts], [CAMERA], labels=LABELS)


def test_gathered_pieces_are_the_whole() -> None:
    whole = people(7)
    gathering = Gathering()
    rng = np.random.default_rng(0)
    for count in (3, 0, 4):
        drawn = [draw(rng) for _ in range(count)]
        depths, parts, joints = zip(*drawn, strict=True) if drawn else ((), (), ())
        gathering.add(SampleSet.of_pictures(depths, parts, [CAMERA] * count, joints, labels=LABELS, joint_names=JOINTS))
    assert same(gathering.whole(), whole)


@pytest.mark.parametrize("balance", [0.0, 0.5, 1.0])
def test_pixels_are_drawn_from_the_person_and_none_twice(balance: float) -> None:
    samples = people(6)
    drawn = draw_pixels(samples, 120, seed=1, balance=balance)
    assert (np.diff(drawn.starts) == 120).all()
    for i in range(6):
        crop, labels, _ = samples.crop(i)
        rows, columns = (place[drawn.starts[i] : drawn.starts[i + 1]].astype(int) for place in (drawn.rows, drawn.columns))
        assert crop[rows, columns].all()
        assert (labels[rows, columns] == drawn.labels[drawn.starts[i] : drawn.starts[i + 1]]).all()
        assert len(set(zip(rows.tolist(), columns.tolist(), strict=True))) == 120


def test_balance_gives_small_parts_more_pixels() -> None:
    samples = people(20)
    seen = np.bincount(samples.parts, minlength=8) / len(samples.parts)
    shares = {b: np.bincount(draw_pixels(samples, 150, seed=1, balance=b).labels, minlength=8) / 3000 for b in (0.0, 0.5, 1.0)}
    np.testing.assert_allclose(shares[0.0], seen, atol=0.03)
    assert seen[7] * 1.5 < shares[0.5][7] < shares[1.0][7]
    assert shares[1.0][1] < shares[0.5][1] < seen[1]


def test_a_small_person_gives_all_pixels_and_another_seed_others() -> None:
    samples = people(3)
    most = int(np.diff(samples.part_starts).max())
    every = draw_pixels(samples, most + 1, seed=1)
    assert (np.diff(every.starts) == np.diff(samples.part_starts)).all()
    one, again, other = (draw_pixels(samples, 50, seed=seed) for seed in (1, 1, 2))
    assert same(one, again)
    assert not same(one, other)


def test_made_samples_do_not_depend_on_the_number_of_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gathering_module, "CHUNK", 4)
    maker = ViewMaker(seed=5, size=(96, 72), detail="light", bank=PoseBank(5, poses=30))
    told: list[int] = []
    alone = make_samples(maker, 2, 10, workers=1, progress=told.append)
    assert same(alone, make_samples(maker, 2, 10, workers=2))
    assert told == [4, 8, 10]
    assert alone.joint_names == VOTED
    view = maker.view(2)
    np.testing.assert_allclose(alone.joints[0], view.joints[0][[BODY_JOINTS.index(name) for name in VOTED]])
    assert len(alone.parts[: alone.part_starts[1]]) == (view.segment & (view.depth > 0)).sum()
