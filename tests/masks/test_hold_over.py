from __future__ import annotations

import numpy as np
import pytest

from kinesics.masks.hold_over import HoldOver
from kinesics.types import Array


def covers(spots: Array, x: float, y: float, radius: float = 10) -> bool:
    """Whether a disc lies in one of the ovals."""
    angles = np.linspace(0, 2 * np.pi, 16)
    ring = np.stack([x + radius * np.cos(angles), y + radius * np.sin(angles)], axis=1)
    return any((((ring - spot[:2]) / spot[2:]) ** 2).sum(axis=1).max() <= 1.0001 for spot in spots)


def walk(seen: list[bool], *, step: float = 4.0, ahead: int = 12, keys: bool = True, hold: float = 1.0) -> list[Array]:
    """What is covered while a head of radius 14 walks; `seen` says at which of 30 moments a second it is found."""
    memory, out = HoldOver(hold, ahead / 30), []
    for moment in range(len(seen) + ahead):
        if moment < len(seen):
            spots = np.array([[100 + step * moment, 50, 14, 14]]) if seen[moment] else np.zeros((0, 4))
            memory.add(moment / 30, spots, np.full(len(spots), 3 if keys else -1))
        if moment >= ahead:
            out.append(memory.at((moment - ahead) / 30))
    return out


@pytest.mark.parametrize(("keys", "step"), [(True, 0.0), (False, 0.0), (True, 4.0), (False, 4.0), (False, 6.0), (True, 10.0)])
def test_what_is_missed_at_random_is_covered(keys: bool, step: float) -> None:
    random = np.random.default_rng(0)
    seen = (random.random(200) > 0.3).tolist()
    seen[0] = True
    for moment, spots in enumerate(walk(seen, keys=keys, step=step)):
        assert covers(spots, 100 + step * moment, 50), moment


def test_before_the_first_and_after_the_last_sighting_it_is_covered() -> None:
    seen = [False] * 10 + [True] * 20 + [False] * 60
    covered = [covers(spots, 100 + 4.0 * moment, 50) for moment, spots in enumerate(walk(seen))]
    assert all(covered[:42]), "ten before, twelve after"
    there = [len(spots) > 0 for spots in walk(seen)]
    assert there[55], "held for a second"
    assert not any(there[75:])


def test_a_missed_spot_grows() -> None:
    spots = walk([True] * 5 + [False] * 25, step=0.0)
    assert [float(one[:, 2].max()) for one in spots[8:25]] == sorted(float(one[:, 2].max()) for one in spots[8:25])
    assert spots[24][:, 2].max() > 1.5 * 14


def test_moments_at_which_nobody_looked_do_not_count_against_it() -> None:
    memory = HoldOver(0.5, 0.2)
    memory.add(0.0, np.array([[50.0, 50, 10, 10]]))
    for moment in range(1, 60):
        memory.add(moment / 30, np.zeros((0, 4)), known=False)
    assert covers(memory.at(59 / 30), 50, 50)


def test_two_who_cross_are_both_covered() -> None:
    memory = HoldOver(1.0, 0.2)
    random = np.random.default_rng(1)
    truth, out = [], []
    for moment in range(80):
        places = np.array([[50 + 4.0 * moment, 60], [370 - 4.0 * moment, 64]])
        truth.append(places)
        rows = np.flatnonzero(random.random(2) > 0.2)
        memory.add(moment / 30, np.column_stack([places, np.full((2, 2), 14.0)])[rows], rows)
        if moment >= 6:
            out.append(memory.at((moment - 6) / 30))
    for moment, spots in enumerate(out[3:], 3):
        assert all(covers(spots, x, y) for x, y in truth[moment]), moment


def test_a_reset_forgets() -> None:
    memory = HoldOver(1.0, 0.2)
    memory.add(0.0, np.array([[50.0, 50, 10, 10]]))
    memory.reset()
    assert len(memory.at(0.0)) == 0 and len(memory.expected(0.1)) == 0
