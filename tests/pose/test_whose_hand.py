from __future__ import annotations

import numpy as np

from kinesics.pose.hands import Hand
from kinesics.pose.parts import Known, Parts
from kinesics.pose.whose_hand import each_hand_once
from kinesics.sights import HandSight, Turned


def a_hand(at: float, gap: float) -> Hand:
    """A hand at x = `at` whose arm ends `gap` pixels from it."""
    points = np.random.default_rng(0).uniform(0, 50, (21, 2)) + [at, 0]
    sight = HandSight(Turned(at + 25, 25.0, 100.0, 0.0), points, 0.9, 1.0, np.zeros((21, 3)))
    return Hand(points, np.full(21, 0.9), 1.0, points[0] + [gap, 0], sight)


def somebody(left: Hand | None = None, right: Hand | None = None) -> Known:
    return Known(Parts(left=left, right=right), np.zeros((17, 2)), np.ones(17))


def test_a_hand_that_two_people_have_goes_to_the_nearer_arm() -> None:
    near, far, elsewhere = a_hand(100, 5), a_hand(102, 30), a_hand(400, 50)
    for people in ([somebody(right=near), somebody(left=far, right=elsewhere)], [somebody(left=far), somebody(right=near)]):
        kept = {id(hand) for one in each_hand_once([None, *people]) if one for hand in (one.parts.left, one.parts.right)}
        assert id(near) in kept and id(far) not in kept
        assert (id(elsewhere) in kept) == (people[1].parts.right is elsewhere)


def test_hands_of_one_person_and_hands_apart_stay() -> None:
    people = [somebody(a_hand(0, 3), a_hand(1, 9)), None, somebody(a_hand(200, 3)), somebody(a_hand(300, 3))]
    assert each_hand_once(people) == people
