from __future__ import annotations

import numpy as np
import pytest

from kinesics.testing.people import walking_people
from kinesics.tracks import Tracker
from kinesics.tracks.colours import BINS, colours
from kinesics.tracks.traits import Traits, trait_likeness
from kinesics.types import Array, People

RED, BLUE = (200, 30, 30), (30, 30, 200)


def picture(*people: tuple[float, tuple[int, int, int]]) -> Array:
    image = np.full((240, 480, 3), 120, np.uint8)
    for left, colour in people:
        image[100:200, int(left) : int(left) + 40] = colour
    return image


def boxes(*left: float) -> People:
    return People.from_boxes([[x, 100, x + 40, 200] for x in left], np.full(len(left), 0.99))


def test_colours_of_the_same_clothes_are_alike_and_of_others_not() -> None:
    seen = colours(picture((20, RED), (100, BLUE), (200, RED)), boxes(20, 100, 200).boxes)
    assert seen.shape == (3, BINS)
    assert seen[0] @ seen[2] == pytest.approx(1)
    assert seen[0] @ seen[1] < 0.2


def test_colours_of_a_box_beyond_the_picture_are_those_of_its_edge() -> None:
    far = colours(picture(), np.array([[-500, -500, -400, -300], [900, 900, 950, 990]], np.float32))
    assert np.allclose((far**2).sum(axis=1), 1)


@pytest.mark.parametrize("image", [True, False])
def test_colours_decide_who_comes_back(image: bool) -> None:
    """Two leave, and come back between their old places: without a picture that is a guess, with one it is not."""
    tracker = Tracker()
    for k in range(30):
        red, blue = tracker.update(boxes(100, 160), k / 15, picture((100, RED), (160, BLUE)) if image else None).ids
    back = tracker.update(boxes(134, 300), 33 / 15, picture((134, RED), (300, BLUE)) if image else None).ids
    assert (back[0] == red) == image
    assert back[0] in (red, blue)


def test_posture_tells_two_in_one_place_apart() -> None:
    frame = walking_people(2, 1, 10, drop=0, seed=1, noise=0, joints=True)[0][0]
    traits = Traits.of(frame, None)
    pairs = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    heights = np.full(2, float(frame.boxes[0, 3] - frame.boxes[0, 1]))
    same, other, _, again = trait_likeness(traits, traits, np.zeros((2, 2)), heights, np.zeros(2), pairs)
    assert same > 0 and again > 0
    assert other < -2


def test_traits_unknown_on_one_side_say_nothing() -> None:
    frame = walking_people(2, 1, 10, drop=0, seed=1, joints=True)[0][0]
    traits = Traits.of(frame, None)
    rows = np.array([0, 1])
    like = trait_likeness(Traits.unknown(2, traits), traits, np.zeros((2, 2)), np.full(2, 100.0), np.zeros(2), (rows, rows))
    assert (like == 0).all()


def test_crossings_are_kept_apart_better_with_joints_than_without() -> None:
    def switches(joints: bool) -> int:
        count = 0
        for seed in range(3):
            last: dict[int, int] = {}
            tracker = Tracker(sure=0.3)
            film = walking_people(8, 20, 10, seed=seed, size=(768, 576), tall=0.16, noise=0.02, hide=True, joints=True)
            for people, at in film:
                shown = people if joints else People.from_boxes(people.boxes, people.score)
                for true, got in zip(people.ids.tolist(), tracker.update(shown, at).ids.tolist(), strict=True):
                    if got >= 0:
                        count += last.get(true, got) != got
                        last[true] = got
        return count

    assert switches(joints=True) < 0.8 * switches(joints=False)


def test_a_tracker_that_first_saw_boxes_takes_joints_and_pictures_later() -> None:
    film = walking_people(3, 2, 15, drop=0, seed=2, joints=True)
    tracker = Tracker(sure=0.3)
    ids = []
    for k, (people, at) in enumerate(film):
        shown = people if 10 <= k < 20 else People.from_boxes(people.boxes, people.score, people.ids)
        found = tracker.update(shown, at, picture() if k >= 5 else None)
        ids.append(found.ids[np.argsort(people.ids)].tolist())
    assert all(row == ids[0] for row in ids)
