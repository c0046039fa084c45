from __future__ import annotations

import numpy as np
import pytest

from kinesics.errors import UsageError
from kinesics.testing.people import walking_people
from kinesics.testing.tracker import check_tracker
from kinesics.tracks import Tracker
from kinesics.types import People


def boxes(*left: float, score: float = 0.99) -> People:
    rows = [[x, 100, x + 40, 200] for x in left]
    return People.from_boxes(rows, np.full(len(rows), score))


def changes(tracker: Tracker, film: list[tuple[People, float]]) -> int:
    """How often a person's id is not the one before, or belongs to somebody else."""
    last: dict[int, int] = {}
    count = 0
    for people, at in film:
        for true, got in zip(people.ids.tolist(), tracker.update(people, at).ids.tolist(), strict=True):
            if got >= 0 and true >= 0:
                count += last.get(true, got) != got
                last[true] = got
    return count


@pytest.mark.parametrize("joints", [False, True])
def test_tracker_keeps_the_laws(joints: bool) -> None:
    check_tracker(Tracker, joints=joints)


def test_ids_start_at_one_in_each_instance() -> None:
    for _ in range(2):
        assert sorted(Tracker().update(boxes(0, 100, 200), 0).ids.tolist()) == [1, 2, 3]


def test_ids_survive_a_gap_shorter_than_memory_and_end_after_it() -> None:
    for gap, same in ((0.8, True), (1.5, False)):
        tracker = Tracker(memory=1.0)
        for k in range(30):
            before = tracker.update(boxes(0), k / 30).ids
        tracker.update(boxes(), 29 / 30 + gap / 2)
        after = tracker.update(boxes(0), 29 / 30 + gap).ids
        assert (before == after).all() == same


def test_two_who_pass_each_other_keep_their_ids() -> None:
    film = [(boxes(x, 400 - x).with_ids([0, 1]), k / 15) for k, x in enumerate(np.linspace(0, 400, 60))]
    assert changes(Tracker(), film) == 0


def test_who_is_hidden_while_passing_comes_back_under_the_same_id() -> None:
    film = []
    for k, x in enumerate(np.linspace(0, 400, 60)):
        both = boxes(x, 400 - x).with_ids([0, 1])
        film.append((both[:1] if abs(400 - 2 * x) < 40 else both, k / 15))
    assert changes(Tracker(), film) == 0


def test_a_weak_detection_extends_a_track_but_founds_none() -> None:
    tracker = Tracker()
    for k in range(10):
        first = tracker.update(boxes(0), k / 30).ids
    tracker.update(boxes(1, score=0.3), 10 / 30)
    assert tracker.update(boxes(2), 11 / 30).ids == first
    lonely = Tracker()
    assert all(lonely.update(boxes(0, score=0.3), k / 30).ids == -1 for k in range(30))


def test_who_was_seen_just_now_comes_before_who_was_lost() -> None:
    tracker = Tracker()
    for k in range(10):
        left, right = tracker.update(boxes(0, 12), k / 30).ids
    for k in range(10, 16):
        tracker.update(boxes(12), k / 30)
    assert tracker.update(boxes(7), 16 / 30).ids == right != left


@pytest.mark.parametrize("fps", [2, 5, 15, 60])
def test_every_frame_rate_keeps_ids(fps: int) -> None:
    film = walking_people(5, 10, fps, drop=0, seed=1)
    assert changes(Tracker(), film) <= 2


@pytest.mark.parametrize("people", [0, 1, 60])
def test_any_number_of_people_is_followed(people: int) -> None:
    film = walking_people(people, 2, 15, drop=0.1, seed=2)
    assert changes(Tracker(), film) <= people / 5


def test_expected_moves_on_with_the_last_speed() -> None:
    tracker = Tracker()
    for k in range(30):
        ids = tracker.update(boxes(10.0 * k), k / 30).ids
    ahead = tracker.expected(29 / 30 + 0.1)
    assert ahead.ids.tolist() == ids.tolist()
    assert ahead.boxes[0] == pytest.approx([320, 100, 360, 200], abs=4)
    assert ahead.score[0] > 0.5


def test_expected_of_a_new_tracker_is_nobody() -> None:
    assert len(Tracker().expected(1.0)) == 0


def test_time_that_stands_still_or_falls_is_survived() -> None:
    tracker = Tracker()
    for at in (0.0, 0.0, 0.1, 0.05, 0.1, 0.2):
        ids = tracker.update(boxes(0, 100), at).ids
    assert sorted(ids.tolist()) == [1, 2]


@pytest.mark.parametrize("options", [{"memory": -1}, {"memory": float("nan")}, {"sure": 0}, {"sure": 1.5}])
def test_impossible_options_are_refused(options: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        Tracker(**options)


def test_a_time_that_is_no_number_is_refused() -> None:
    with pytest.raises(UsageError, match="time"):
        Tracker().update(boxes(0), float("nan"))


def test_missing_joints_are_no_hindrance() -> None:
    film = []
    rng = np.random.default_rng(0)
    for people, at in walking_people(4, 3, 15, drop=0, seed=5, joints=True):
        gone = rng.random(people.point_scores.shape) < 0.7
        scores = np.where(gone, 0, people.point_scores)
        film.append((People(people.boxes, people.score, people.points, scores, people.skeleton, people.ids), at))
    assert changes(Tracker(), film) == 0


def test_with_a_panning_camera_who_is_out_of_sight_moves_along() -> None:
    """The camera starts to pan while one of five is hidden."""
    found = []
    for camera in (False, True):
        tracker = Tracker(camera=camera)
        left = np.array([300.0, 420, 540, 660, 800])
        for k in range(30):
            before = tracker.update(boxes(*left), k / 30).ids
        for k in range(30, 42):
            left -= 8
            tracker.update(boxes(*left[1:]), k / 30)
        ahead = tracker.expected(41 / 30)
        found.append(abs(ahead.boxes[ahead.ids.tolist().index(before[0]), 0] - left[0]))
    assert found[0] > 60
    assert found[1] < 50


def test_settled_boxes_lie_nearer_to_the_truth_and_nothing_else_changes() -> None:
    walkers = {"people": 6, "seconds": 4.0, "fps": 15.0, "drop": 0.0, "seed": 5}
    exact, seen = walking_people(**walkers, noise=0.0), walking_people(**walkers, noise=0.03)
    tracker, raw, better = Tracker(), 0.0, 0.0
    for (truth, _), (people, at) in zip(exact, seen, strict=True):
        tracked = tracker.update(people.with_ids(np.full(len(people), -1)), at)
        settled = tracker.settled(tracked)
        assert np.array_equal(settled.ids, tracked.ids) and np.array_equal(settled.score, tracked.score)
        assert np.array_equal(settled.boxes[settled.ids < 0], tracked.boxes[tracked.ids < 0])
        assert tracker.settled(tracked[tracked.ids > 2]) == settled[settled.ids > 2]
        if at > 1:
            raw += float(np.abs(tracked.boxes - truth.boxes).sum())
            better += float(np.abs(settled.boxes - truth.boxes).sum())
    assert better < 0.9 * raw


def test_settled_leaves_strangers_alone() -> None:
    people = People.from_boxes([[0, 0, 10, 30]], [0.9], [77])
    assert Tracker().settled(people) == people
