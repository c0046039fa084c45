from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import UsageError
from kinesics.pose import MultiPose, WholeBody
from kinesics.pose.centimetre import LENGTHS, centimetre
from kinesics.pose.merging import LEFT, RIGHT
from kinesics.testing import check_pose_model
from kinesics.types import Array, People, skeleton
from kinesics.video import open_source
from kinesics.weights.nets import LiteNet

COCO = skeleton("coco17")


@pytest.fixture(scope="module")
def model() -> WholeBody:
    return WholeBody(parts=("hands", "face"))


@pytest.fixture(scope="module")
def shown(data: Path) -> tuple[Array, People]:
    """A signer with both hands before the body, and his 17 joints."""
    with open_source(str(data / "video/asl/again.mkv")) as source:
        for frame in source:
            if frame.index == 13:
                return frame.image, MultiPose("fast")(frame.image)[:1].with_ids([4])
    raise AssertionError("too short a clip")


def person(points: Array, score: float = 0.9) -> People:
    return People([[0, 0, 10, 10]], [0.9], points[None], np.full((1, 17), score), COCO, [3])


def test_a_whole_body_keeps_the_law_of_pose_models(frame: Array) -> None:
    def make() -> object:
        body, whole = MultiPose("fast"), WholeBody(parts=("hands", "face"))
        return lambda image: whole(image, body(image))

    check_pose_model(make, frame)


def test_rows_boxes_ids_and_body_stay_and_nobody_is_fine(model: WholeBody, frame: Array) -> None:
    people = MultiPose("fast")(frame)
    whole = model(frame, people.with_ids(np.arange(len(people)) + 7))
    assert whole.skeleton.name == "wholebody133"
    assert whole.ids.tolist() == list(range(7, 7 + len(people)))
    np.testing.assert_array_equal(whole.boxes, people.boxes)
    np.testing.assert_array_equal(whole.points[:, :17], people.points)
    assert np.isnan(whole.points[:, 17:23]).all()  # nothing tells of the feet
    assert len(model(frame, people[:0])) == 0


def test_people_of_another_skeleton_are_refused(model: WholeBody, frame: Array) -> None:
    with pytest.raises(UsageError, match="coco17"):
        model(frame, People.from_boxes([[0, 0, 5, 5]], [1.0]))


def test_hands_and_face_are_found_where_they_are(model: WholeBody, shown: tuple[Array, People]) -> None:
    image, people = shown
    model.reset()
    whole = model(image, people)
    points, scores = whole.points[0], whole.point_scores[0]
    unit = centimetre(people.points[0], people.point_scores[0])
    for start, wrist in ((LEFT, 9), (RIGHT, 10)):
        assert scores[start : start + 21].mean() > 0.5
        assert np.linalg.norm(points[start] - points[wrist]) < 12 * unit
    assert scores[23:91].min() > 0.8
    assert (
        points[23 + 8, 1] > points[23 + 57, 1] > points[23 + 30, 1] > points[23 + 27, 1]
    )  # chin, lips, tip and root of the nose
    assert points[23 + 36, 0] < points[23 + 45, 0]  # the person's right eye is on the left of the picture
    assert np.linalg.norm(points[23 + 30] - points[0]) < 3 * unit


def test_a_mirrored_picture_gives_mirrored_people(model: WholeBody, shown: tuple[Array, People]) -> None:
    image, people = shown
    pairs = skeleton("wholebody133").mirror
    order = np.arange(133)
    for a, b in pairs:
        order[[a, b]] = b, a
    width = image.shape[1]
    there = people.points[0][order[:17]].copy()
    there[:, 0] = width - 1 - there[:, 0]
    model.reset()
    seen = model(image, people)
    model.reset()
    mirrored = model(np.ascontiguousarray(image[:, ::-1]), person(there))
    back = mirrored.points[0][order].copy()
    back[:, 0] = width - 1 - back[:, 0]
    both = (seen.point_scores[0] > 0.5) & (mirrored.point_scores[0][order] > 0.5)
    assert both[23:].sum() > 80
    assert np.median(np.linalg.norm(back - seen.points[0], axis=1)[both][17:]) < 2.5


def test_hands_beyond_the_picture_are_missing(model: WholeBody, shown: tuple[Array, People]) -> None:
    image, people = shown
    cut = np.ascontiguousarray(image[: int(people.points[0, [5, 6], 1].mean()) + 10])
    model.reset()
    whole = model(cut, people)
    assert np.isnan(whole.points[0, LEFT:]).all() and whole.point_scores[0, LEFT:].max() == 0


def test_the_same_pictures_give_the_same_answers_again_after_reset(model: WholeBody, shown: tuple[Array, People]) -> None:
    image, people = shown
    model.reset()
    first = [model(image, people), model(image, people)]
    model.reset()
    assert [model(image, people), model(image, people)] == first


@pytest.fixture(scope="module")
def complete() -> WholeBody:
    return WholeBody()


@pytest.fixture(scope="module")
def walkers(frame: Array) -> People:
    people = MultiPose("balanced")(frame)
    return people.with_ids(np.arange(len(people)))


def test_a_body_has_feet_and_metres(complete: WholeBody, frame: Array, walkers: People) -> None:
    complete.reset()
    whole = complete(frame, walkers)
    assert whole.world is not None and whole.world.shape == (len(walkers), 133, 3)
    row = int(np.argmax([part is not None and part.body is not None for part in complete.seen]))
    points, scores, world = whole.points[row], whole.point_scores[row], whole.world[row]
    assert (scores[[17, 19, 20, 22]] > 0.3).any() and (scores[[18, 21]] == 0).all()
    unit = centimetre(points[:17], scores[:17])
    for foot, ankle in ((19, 15), (22, 16)):
        if scores[foot] > 0 and scores[ankle] > 0.3:
            assert np.linalg.norm(points[foot] - points[ankle]) < 30 * unit
    assert np.linalg.norm(world[[11, 12]].mean(axis=0)) < 0.05
    assert world[0, 1] < world[[11, 12], 1].mean() < world[[15, 16], 1].mean()  # y is down
    assert 1.0 < np.ptp(world[:17, 1]) < 2.0


def test_metres_of_hands_and_face_lie_where_the_body_has_them(complete: WholeBody, shown: tuple[Array, People]) -> None:
    complete.reset()
    whole = complete(*shown)
    assert whole.world is not None
    world = whole.world[0]
    for start, wrist in ((LEFT, 9), (RIGHT, 10)):
        np.testing.assert_allclose(world[start], world[wrist], atol=1e-5)
        assert 0.03 < np.linalg.norm(world[start + 9] - world[wrist]) < 0.15
    face = world[23:91]
    assert np.linalg.norm(face[30] - world[0]) < 0.06  # tip of the nose
    assert 0.08 < np.ptp(face[:17, 0]) < 0.2
    assert face[30, 2] < face[[0, 16], 2].mean()  # he looks at the camera


def test_parts_that_nobody_knows_are_refused_and_those_left_out_are_missing(frame: Array, walkers: People) -> None:
    with pytest.raises(UsageError, match="'tail'"):
        WholeBody(parts=("body", "tail"))
    bare = WholeBody(parts=("body",))
    whole = bare(frame, walkers)
    assert (whole.point_scores[:, 23:] == 0).all() and np.isfinite(whole.world[:, :17]).any()
    assert all(part is None or (part.left, part.right, part.face) == (None, None, None) for part in bare.seen)


def test_two_threads_give_the_same_answers(complete: WholeBody, frame: Array, walkers: People) -> None:
    two = WholeBody(2)
    complete.reset()
    people = walkers[[0, 0, 0]].with_ids([7, 8, 9])
    for _ in range(2):
        assert two(frame, people) == complete(frame, people)


def test_who_is_not_looked_at_goes_along(complete: WholeBody, shown: tuple[Array, People]) -> None:
    image, people = shown
    complete.reset()
    first = complete(image, people)
    shift = np.array([6.0, -4.0], np.float32)
    there = People(people.boxes, people.score, people.points + shift, people.point_scores, COCO, people.ids)
    for share in (0.5, 0.485):
        whole = complete(image, there, rows=[])
        assert len(complete.seen) == 1 and complete.seen[0] is not None and not complete.seen[0].looked
        known = first.point_scores[0] > 0
        known[:17] = known[17:23] = False
        np.testing.assert_allclose(whole.points[0, known], first.points[0, known] + shift, atol=1e-3)
        np.testing.assert_allclose(whole.point_scores[0, known], share * first.point_scores[0, known], rtol=1e-5)
        np.testing.assert_array_equal(whole.world, first.world)
        body = complete.seen[0].body
        assert body is not None and abs(body.sight.square.x - 6 - _square(complete, image, people)) < 1e-3
        complete.reset()
        complete(image, people)
        complete(image, people, rows=np.zeros(1, bool))


def _square(model: WholeBody, image: Array, people: People) -> float:
    fresh = WholeBody(parts=("body",))
    fresh(image, people)
    part = fresh.seen[0]
    assert part is not None and part.body is not None
    return part.body.sight.square.x


def test_who_was_never_looked_at_has_17_joints(complete: WholeBody, frame: Array, walkers: People) -> None:
    complete.reset()
    whole = complete(frame, walkers, rows=[])
    assert complete.seen == (None,) * len(walkers)
    np.testing.assert_array_equal(whole.points[:, :17], walkers.points)
    assert (whole.point_scores[:, 17:] == 0).all() and np.isnan(whole.world).all()


def test_in_turn_one_hand_is_looked_at_and_nothing_is_lost(
    shown: tuple[Array, People], monkeypatch: pytest.MonkeyPatch
) -> None:
    image, people = shown
    live, full = WholeBody(in_turn=True), WholeBody()
    looks: list[str] = []
    run = LiteNet.run

    def counted(net: LiteNet, *arrays: Array) -> list[Array]:
        looks.append(net.name)
        return run(net, *arrays)

    for _ in range(6):  # until all parts are found
        live(image, people)
    monkeypatch.setattr(LiteNet, "run", counted)
    bodies = 0
    for _ in range(6):
        looks.clear()
        whole = live(image, people)
        bodies += looks.count("pose_landmark_full")
        assert looks.count("pose_landmark_full") == (looks.count("hand_landmark_full") == 0)  # the body, or a hand
        assert looks.count("hand_landmark_full") <= 2 and looks.count("palm_detection_full") <= 1
        assert looks.count("face_landmark") <= 1
    assert bodies >= 3
    monkeypatch.undo()
    want = full(image, people)
    both = (whole.point_scores[0] > 0.3) & (want.point_scores[0] > 0.3)
    assert both[23:].sum() > 90
    assert np.median(np.linalg.norm(whole.points[0] - want.points[0], axis=1)[both]) < 3


@pytest.mark.parametrize("in_turn", [False, True])
def test_nothing_is_invented_where_nothing_is_to_be_seen(in_turn: bool, shown: tuple[Array, People]) -> None:
    model, (image, people) = WholeBody(in_turn=in_turn), shown
    black = np.zeros_like(image)
    for picture, who in (
        (black, people),
        (image[:1, :1], people),
        (black, person(np.full((17, 2), np.nan), 0.0)),
        (image, person(people.points[0] * [0.02, 0.02])),  # ten pixels tall
        (image, person(people.points[0] + 5000)),
    ):
        for _ in range(3):
            whole = model(np.ascontiguousarray(picture), who)
        assert (whole.point_scores[:, 23:] == 0).all()


def test_touching_hands_are_two_hands(data: Path) -> None:
    """He lays one hand in the other."""
    body, model = MultiPose("fast"), WholeBody(parts=("hands", "face"), in_turn=True)
    both = 0
    with open_source(str(data / "video/asl/again.mkv")) as source:
        for frame in source:
            if frame.index < 14:
                continue
            if frame.index > 34:
                break
            people = body(frame.image)[:1].with_ids([0])
            model(frame, people)
            part = model.seen[0]
            assert part is not None
            if part.left is not None and part.right is not None:
                both += 1
                assert not part.left.same(part.right), frame.index
    assert both > 12


def test_a_centimetre_is_known_from_the_joints_that_are_seen() -> None:
    points = np.random.default_rng(0).normal(0, 100, (17, 2))
    for (a, b), length in LENGTHS.items():
        if a in (5, 6) and b in (6, 7, 8):
            points[b] = points[a] + [length * 2.0, 0]
    scores = np.zeros(17)
    assert centimetre(points, scores) == 0
    scores[[5, 6, 7, 8]] = 1
    assert centimetre(points, scores) == pytest.approx(2.0, rel=0.2)
