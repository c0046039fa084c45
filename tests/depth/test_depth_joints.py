"""The decoders of the model that ships, on people that no training saw."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.bodies import ViewMaker
from kinesics.depth import DepthModel, Forest, Found, JointFinder, open_depth_model
from kinesics.depth.anatomy import VOTED, mirror_order
from kinesics.depth.joints import DECODERS
from kinesics.depth.tuning import person_of
from kinesics.errors import ShapeError, UsageError
from kinesics.types import Array, Camera

People = list[tuple[Array, Array, Camera]]


@pytest.fixture(scope="module")
def model() -> DepthModel:
    return open_depth_model()


@pytest.fixture(scope="module")
def people() -> People:
    """Depth, joints and camera of forty people who look roughly at the camera."""
    maker = ViewMaker(700_001, yaw="front")
    views = [maker.view(i) for i in range(40)]
    return [(depth, joints, view.camera) for view in views for depth, joints, _ in [person_of(view)] if depth.any()]


def errors(found: Found, joints: Array) -> Array:
    return np.asarray(np.linalg.norm(found.joints - joints, axis=-1)[:20])


@pytest.mark.parametrize("decoder", DECODERS)
def test_joints_are_found_and_doubted_rightly(model: DepthModel, people: People, decoder: str) -> None:
    finder = JointFinder(model, decoder)
    answers = [finder(depth, camera) for depth, _, camera in people]
    missed = np.stack([errors(found, joints) for found, (_, joints, _) in zip(answers, people, strict=True)])
    right = np.nan_to_num(missed, nan=9) < 0.1
    sure = np.stack([found.confidence[:20] for found in answers])
    assert right.mean() > {"fit": 0.65, "votes": 0.55, "parts": 0.35}[decoder]
    assert abs(sure.mean() - right.mean()) < 0.12
    assert sure[right].mean() > sure[~right].mean() + 0.15


def test_the_whole_body_is_better_than_votes_and_votes_than_parts(model: DepthModel, people: People) -> None:
    shares = {}
    for decoder in DECODERS:
        finder = JointFinder(model, decoder)
        shares[decoder] = np.mean([np.nan_to_num(errors(finder(d, c), j), nan=9) < 0.1 for d, j, c in people])
    assert shares["fit"] > shares["votes"] > shares["parts"]


@pytest.mark.parametrize("decoder", DECODERS)
def test_the_same_picture_gives_the_same_answer_and_stays_as_it_is(model: DepthModel, people: People, decoder: str) -> None:
    depth, _, camera = people[0]
    before, finder = depth.copy(), JointFinder(model, decoder)
    first, second = finder(depth, camera), finder(depth, camera)
    assert np.array_equal(first.joints, second.joints, equal_nan=True) and np.array_equal(depth, before)
    assert np.array_equal(first.joints, JointFinder(model, decoder)(depth, camera).joints, equal_nan=True)


def test_a_mirrored_picture_gives_a_mirrored_body(model: DepthModel, people: People) -> None:
    finder, order, apart = JointFinder(model), mirror_order(), []
    for depth, _, camera in people[:20]:
        turned = Camera(camera.width, camera.height, camera.fx, camera.fy, camera.width - 1 - camera.cx, camera.cy)
        straight, mirrored = finder(depth, camera), finder(np.ascontiguousarray(depth[:, ::-1]), turned)
        apart.append(np.linalg.norm(mirrored.joints[order] * (-1, 1, 1) - straight.joints, axis=-1))
    assert np.median(apart) < 0.05


def test_twice_the_pixels_give_the_same_body(model: DepthModel, people: People) -> None:
    finder, apart = JointFinder(model), []
    for depth, _, camera in people[:20]:
        large = np.ascontiguousarray(depth.repeat(2, 0).repeat(2, 1))
        apart.append(np.linalg.norm(finder(large, camera.resized(640, 480)).joints - finder(depth, camera).joints, axis=-1))
    assert np.median(apart) < 0.03


def test_what_was_seen_a_moment_ago_decides_open_sides(model: DepthModel, people: People) -> None:
    finder, order = JointFinder(model), mirror_order()
    kept = 0
    for depth, _, camera in people:
        found = finder(depth, camera)
        again = finder(depth, camera, previous=found)
        other = Found(found.joints[order], found.confidence[order], found.proposals[order], found.proposal_confidence[order])
        turned = finder(depth, camera, previous=other)
        sides = [np.linalg.norm(x.joints[4:8] - found.joints[4:8], axis=-1).mean() for x in (again, turned)]
        kept += sides[0] < 0.05
        assert sides[0] <= sides[1] + 1e-6
    assert kept >= 0.95 * len(people)


@pytest.mark.parametrize("shape", [(1, 1), (7, 3), (240, 320)])
def test_nobody_has_no_joints_and_a_pixel_is_no_crash(model: DepthModel, shape: tuple[int, int]) -> None:
    camera = Camera(shape[1], shape[0], 285.0, 285.0, shape[1] / 2, shape[0] / 2)
    for decoder in DECODERS:
        finder = JointFinder(model, decoder)
        nobody = finder(np.zeros(shape, np.uint16), camera)
        assert nobody.joints.shape == (len(VOTED), 3) and np.isnan(nobody.joints).all() and not nobody.confidence.any()
        spot = np.zeros(shape, np.uint16)
        spot[0, 0] = 2000
        assert finder(spot, camera).confidence.shape == (len(VOTED),)


def test_what_is_no_depth_picture_is_refused_in_one_line(model: DepthModel) -> None:
    finder, camera = JointFinder(model), Camera(320, 240, 285.0, 285.0, 160.0, 120.0)
    with pytest.raises(ShapeError, match="uint16 millimetres"):
        finder(np.zeros((240, 320), np.float32), camera)
    with pytest.raises(ShapeError, match="camera is 320 x 240"):
        finder(np.zeros((120, 160), np.uint16), camera)
    with pytest.raises(UsageError, match="decoder should be one of fit, votes, parts"):
        JointFinder(model, "magic")


def test_a_foreign_forest_has_no_votes_and_says_so(model: DepthModel) -> None:
    forest = model.forest
    foreign = Forest(forest.roots, forest.children, forest.offsets, forest.thresholds, forest.leaf_parts, labels=forest.labels)
    with pytest.raises(UsageError, match="has not learned the decoder 'fit'"):
        JointFinder(DepthModel(foreign, {"parts": model.extras["parts"]}), "fit")
