"""The choice of tiers on a simulated machine: it is told what each picture took, so every run is the same."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinesics.errors import UsageError
from kinesics.viewer.costs import CostTable
from kinesics.viewer.pacing import Pacer

COSTS = CostTable((0.005, 0.010, 0.016, 0.024), (0.006, 0.012, 0.018, 0.027))
Slowness = Callable[[int], float]


def simulate(pacer: Pacer, pictures: int, slow: Slowness, *, extra: Slowness = lambda n: 0.0, late: int = 1) -> np.ndarray:
    """Draw; what a picture took is learned `late` pictures after. Returns (pictures, 2): tier and seconds."""
    done: list[tuple[int, float]] = []
    for number in range(pictures):
        tier = pacer.choose().tier
        done.append((tier, COSTS.typical[tier] * slow(number) + extra(number)))
        if number + 1 >= late:
            pacer.learn(*done[number + 1 - late])
    return np.array(done)


def jitter(seed: int, size: float = 0.08) -> Slowness:
    noise = np.exp(np.random.default_rng(seed).normal(0, size, 5000))
    return lambda n: float(noise[n])


def test_the_highest_tier_that_fits_is_chosen_from_the_first_picture() -> None:
    for budget, tier in ((0.005, 0), (0.0075, 0), (0.015, 1), (0.025, 2), (1.0, 3)):
        pacer = Pacer(COSTS, budget=budget)
        choice = pacer.choose()
        assert choice.tier == tier
        assert choice.skipped == tuple(f"t{k}" for k in range(tier + 1, 4))
    assert "no higher" in choice.why and "t3 would take 27.0 ms" in Pacer(COSTS, budget=0.025).choose().why


@pytest.mark.parametrize("late", [1, 3])
@pytest.mark.parametrize("factor", [1.0, 1.3, 2.0, 3.0])
def test_a_machine_that_is_slower_than_its_table_keeps_the_budget(factor: float, late: int) -> None:
    pacer, noise = Pacer(COSTS, budget=0.033), jitter(1)
    done = simulate(pacer, 1000, lambda n: factor * noise(n), late=late)
    over = done[:, 1] > 0.033
    assert over.mean() <= 0.05 and over[25:].mean() <= 0.01
    assert pacer.changes <= 8
    best = max(tier for tier in range(4) if COSTS.p95[tier] * factor <= 0.033 * 0.85 or tier == 0)
    assert (done[200:, 0] >= best - 1).all() and np.median(done[200:, 0]) in (best, best - (factor != 1))


@pytest.mark.parametrize("late", [1, 3])
def test_a_sudden_slowdown_drops_at_once_and_recovery_rises_slowly(late: int) -> None:
    pacer = Pacer(COSTS, budget=0.033)
    done = simulate(pacer, 1000, lambda n: 4.0 if 300 <= n < 600 else 1.0, late=late)
    tiers, over = done[:, 0], done[:, 1] > 0.033
    assert (tiers[:300] == 3).all() and over.sum() == late  # none but those that had begun
    assert (tiers[300 + late : 600] == 0).all()
    assert tiers[600 + 11] == 0 and tiers[700:].min() == 3
    assert pacer.changes == 4 and pacer.over == late
    assert (np.diff(tiers[600:]) <= 1).all()


def test_spikes_are_no_slow_machine() -> None:
    pacer, noise = Pacer(COSTS, budget=0.033), jitter(2)
    spiky = np.random.default_rng(3).random(2000) < 0.008
    done = simulate(pacer, 2000, noise, extra=lambda n: 0.05 * spiky[n])
    over = done[:, 1] > 0.033
    assert over.sum() == spiky.sum()  # nothing can be done about these, and there are no others
    assert pacer.changes <= spiky.sum()
    assert (done[100:, 0] >= 2).mean() > 0.9


def test_many_spikes_that_a_low_tier_can_bear_are_borne() -> None:
    pacer, noise = Pacer(COSTS, budget=0.033), jitter(4)
    spiky = np.random.default_rng(5).random(2000) < 0.1
    done = simulate(pacer, 2000, noise, extra=lambda n: 0.018 * spiky[n])
    over = done[:, 1] > 0.033
    assert over.mean() <= 0.05 and over[200:].mean() <= 0.02


def test_a_budget_between_two_tiers_does_not_swing() -> None:
    for budget in np.linspace(0.008, 0.04, 33):
        pacer, noise = Pacer(COSTS, budget=float(budget)), jitter(6)
        done = simulate(pacer, 2000, noise)
        assert pacer.changes <= 12, budget
        assert (done[25:, 1] > budget).mean() <= 0.01


def test_a_tier_that_is_dearer_than_its_table_is_tried_ever_more_rarely() -> None:
    pacer = Pacer(COSTS, budget=0.033)
    over = 0
    for _ in range(3000):
        tier = pacer.choose().tier
        took = COSTS.typical[tier] * (1.6 if tier == 3 else 1.0)
        over += took > 0.033
        pacer.learn(tier, took)
    assert pacer.changes <= 16 and over <= 8


def test_pictures_that_must_keep_up_may_take_a_share_of_each_worker() -> None:
    assert Pacer(COSTS, workers=2).choose(every=0.02).tier == 3
    assert Pacer(COSTS, workers=1).choose(every=0.02).tier == 1
    assert Pacer(COSTS, workers=2, budget=0.016).choose(every=0.02).tier == 1
    assert Pacer(COSTS, workers=2).choose(every=0.02, spare=0.001).tier == 0


def test_while_nothing_is_known_the_lowest_tier_is_drawn() -> None:
    pacer = Pacer(tiers=4)
    assert pacer.choose().tier == 0
    pacer.learn(0, 0.1)
    pacer.know(COSTS)
    assert pacer.choose().tier == 3


def test_no_workers_and_no_time_are_refused() -> None:
    with pytest.raises(UsageError, match="workers"):
        Pacer(COSTS, workers=0)
    with pytest.raises(UsageError, match="above 0"):
        Pacer(COSTS, budget=0)
