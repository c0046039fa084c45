"""The budget on a simulated machine: the clock is ours, so every run is the same."""

from __future__ import annotations

import pytest

from kinesics.budget import Budget
from kinesics.errors import UsageError


class Machine:
    """A clock that work moves."""

    def __init__(self, slowness: float = 1.0) -> None:
        self.now, self.slowness = 0.0, slowness

    def __call__(self) -> float:
        return self.now

    def work(self, units: float) -> None:
        self.now += units * self.slowness


def one_frame(budget: Budget, machine: Machine) -> float:
    """Do as much as the budget allows, at most 100 units; returns the units."""
    budget.begin()
    units = min(100.0, budget.afford("net"))
    with budget.spend("net", units):
        machine.work(units)
    budget.end()
    return units


def test_budget_is_kept_from_the_first_frame_after_a_probe() -> None:
    machine = Machine(0.01)
    budget = Budget(0.5, clock=machine)
    budget.probe("net", 1, lambda: machine.work(1))
    for _ in range(20):
        one_frame(budget, machine)
    assert budget.over == 0
    assert budget.frames == 20


def test_budget_drops_at_once_and_rises_slowly() -> None:
    machine = Machine(0.01)
    budget = Budget(0.5, clock=machine)
    budget.probe("net", 1, lambda: machine.work(1))
    before = one_frame(budget, machine)
    machine.slowness = 0.03
    one_frame(budget, machine)
    after_one = one_frame(budget, machine)
    assert after_one == pytest.approx(before / 3, rel=0.02)
    machine.slowness = 0.01
    rising = [one_frame(budget, machine) for _ in range(40)]
    assert rising[1] < before / 2
    assert rising == sorted(rising)
    assert rising[-1] == pytest.approx(before, rel=0.02)
    assert budget.over == 1  # the frame in which the machine slowed down


def test_a_stage_that_became_too_dear_is_tried_again() -> None:
    machine = Machine(0.01)
    budget = Budget(0.5, clock=machine)
    budget.probe("net", 1, lambda: machine.work(1))
    budget.learn("net", 1, 1000.0)
    least = 10.0  # units below which the stage cannot work at all
    for frame in range(100):  # noqa: B007
        budget.begin()
        if budget.afford("net") >= least:
            break
        budget.end()
    assert 10 < frame < 100


def test_budget_without_a_limit_affords_everything() -> None:
    machine = Machine()
    budget = Budget(clock=machine)
    budget.learn("net", 1, 1.0)
    assert budget.afford("net") == float("inf")
    assert budget.afford("never measured") == float("inf")


def test_budget_that_is_used_up_affords_nothing() -> None:
    machine = Machine()
    budget = Budget(1.0, clock=machine)
    budget.learn("net", 1, 0.1)
    budget.begin()
    machine.work(2.0)
    assert budget.afford("net") == 0
    assert budget.end() == 2.0
    assert budget.over == 1


@pytest.mark.parametrize("limit", [0, -1, float("nan")])
def test_budget_refuses_a_limit_that_is_no_time(limit: float) -> None:
    with pytest.raises(UsageError, match="above 0"):
        Budget(limit)
