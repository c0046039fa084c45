"""Laws of the records."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics import Action, Frame, People, PoseSequence, Scene, ShapeError, UsageError, skeleton


def crowd(n: int = 3, seed: int = 0) -> People:
    rng = np.random.default_rng(seed)
    boxes = rng.uniform(0, 50, (n, 4)) + [0, 0, 50, 50]
    return People(boxes, rng.uniform(0, 1, n), rng.uniform(0, 99, (n, 17, 2)), rng.uniform(0.1, 1, (n, 17)), skeleton("coco17"))


def test_people_missing_joint_loses_its_coordinates() -> None:
    scores = np.ones((1, 17))
    scores[0, 3] = 0
    people = People([[0, 0, 9, 9]], [1], np.zeros((1, 17, 2)), scores, skeleton("coco17"))
    assert np.isnan(people.points[0, 3]).all()
    assert np.isfinite(people.points[0, :3]).all()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"boxes": np.zeros((3, 5))}, "boxes"),
        ({"boxes": np.full((3, 4), np.nan)}, "boxes"),
        ({"score": [0, 1]}, "score"),
        ({"score": [0, 1, 1.5]}, "score"),
        ({"points": np.zeros((3, 16, 2))}, "points"),
        ({"points": np.full((3, 17, 2), np.nan)}, "joint"),
        ({"point_scores": np.full((3, 17), 2.0)}, "scores"),
        ({"point_scores": np.full((3, 17), np.nan)}, "scores"),
        ({"ids": [1, 2]}, "ids"),
    ],
)
def test_people_refuses_what_does_not_fit(change: dict[str, object], word: str) -> None:
    p = crowd()
    parts = {"boxes": p.boxes, "score": p.score, "points": p.points, "point_scores": p.point_scores, **change}
    with pytest.raises(ShapeError, match=word):
        People(**parts, skeleton=skeleton("coco17"))  # type: ignore[arg-type]


def test_people_slices_all_arrays_together_and_stays_read_only() -> None:
    p = crowd(4)
    some = p[p.score > np.median(p.score)]
    assert len(some) == 2
    assert np.array_equal(some.boxes, p.boxes[p.score > np.median(p.score)])
    assert p[[2, 0]] == People(p.boxes[[2, 0]], p.score[[2, 0]], p.points[[2, 0]], p.point_scores[[2, 0]], p.skeleton)
    with pytest.raises(ValueError, match="read-only"):
        some.boxes[0, 0] = 1


def test_people_does_not_share_memory_with_its_makers_arrays() -> None:
    boxes = np.zeros((1, 4), np.float32)
    people = People.from_boxes(boxes, [1])
    boxes[:] = 7
    assert people.boxes.sum() == 0


def test_sequence_gathers_rows_by_id_whatever_their_order() -> None:
    p = crowd(2).with_ids([5, 9])
    clip = PoseSequence.from_people([p, p[[1, 0]], p[[0]]], [0.0, 0.1, 0.2])
    assert clip.ids.tolist() == [5, 9]
    assert np.array_equal(clip.points[0], clip.points[1])
    assert (clip.scores[2, 1] == 0).all()
    assert clip.person(9).points.shape == (3, 1, 17, 2)
    with pytest.raises(UsageError, match="nobody"):
        clip.person(1)


def test_sequence_refuses_time_that_stands_still() -> None:
    with pytest.raises(ShapeError, match="rise"):
        PoseSequence(np.zeros((2, 1, 17, 2)), np.ones((2, 1, 17)), [1.0, 1.0], skeleton("coco17"))


def test_frame_makes_its_picture_once_and_only_when_asked() -> None:
    calls = []

    def make() -> np.ndarray:
        calls.append(1)
        return np.zeros((2, 3, 3), np.uint8)

    frame = Frame(make, size=(3, 2))
    assert not calls
    assert frame.image is frame.image
    assert len(calls) == 1
    with pytest.raises(ShapeError):
        Frame(np.zeros((2, 3), np.uint8))


def test_mirror_order_twice_is_identity_and_names_left_right() -> None:
    for name in ("coco17", "blazepose33", "kinect20", "glimpse14", "itop15", "hand21", "boxes"):
        s = skeleton(name)
        assert np.array_equal(s.mirror_order[s.mirror_order], np.arange(len(s)))
        for a, b in s.mirror:
            assert {("left" in s.joints[i], "right" in s.joints[i]) for i in (a, b)} == {(True, False), (False, True)}


def test_scene_and_action_compare_by_value_and_refuse_nonsense() -> None:
    a = Scene(0, 0.0, (9, 9), crowd(), (Action(1, "wave", 0.5, 0, 1, why={"wrist": 1}),), timing={"pose": 0.1})
    b = Scene(0, 0.0, (9, 9), crowd(), (Action(1, "wave", 0.5, 0, 1, why={"wrist": 1}),), timing={"pose": 0.1})
    assert a == b
    assert a != Scene(0, 0.0, (9, 9), crowd(2))
    with pytest.raises(ShapeError):
        Scene(0, -1.0, (9, 9), crowd())
    with pytest.raises(ShapeError):
        Action(1, "wave", 1.5, 0, 1)
