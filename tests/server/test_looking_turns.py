from __future__ import annotations

import random

import pytest

from kinesics.server.crew.turns import Turns

SEEDS = range(20)


@pytest.mark.parametrize("at_once", [1, 2, 3])
@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_waits_for_more_than_one_turn_of_each_other(seed: int, at_once: int) -> None:
    rng = random.Random(seed)
    names = [f"s{i}" for i in range(6)]
    turns = Turns(at_once)
    before: dict[str, list[str]] = {}  # who was granted a turn since somebody began to wait
    for step in range(500):
        for who in names:
            if who not in turns.holding and rng.random() < 0.7:
                turns.ask(who)
                before.setdefault(who, [])
        dealt = turns.deal(step)
        assert len(turns.holding) <= at_once
        for lucky in dealt:
            passed = before.pop(lucky)
            assert len(passed) == len(set(passed)) <= len(names) - 1
            for waiting in before.values():
                waiting.append(lucky)
        for who in list(turns.holding):
            if rng.random() < 0.5:
                turns.give_back(who)


def test_those_who_always_want_get_the_same_number_of_turns() -> None:
    turns, had = Turns(2), dict.fromkeys("abc", 0)
    for step in range(300):
        for who in had:
            turns.ask(who)
        for who in turns.deal(step):
            had[who] += 1
        for who in list(turns.holding):
            turns.give_back(who)
    assert max(had.values()) - min(had.values()) <= 1 and sum(had.values()) == turns.dealt == 600


def test_a_slow_stream_is_not_pushed_back_by_a_greedy_one() -> None:
    turns = Turns(1)
    turns.ask("greedy")
    assert turns.deal(0) == ["greedy"]
    turns.ask("slow")
    turns.ask("greedy")
    turns.give_back("greedy")
    assert turns.deal(1) == ["slow"]


def test_a_holder_that_dies_blocks_nobody() -> None:
    turns = Turns(1)
    turns.ask("a")
    turns.deal(0)
    turns.ask("a")
    turns.ask("b")
    assert turns.deal(1) == []
    turns.leave("a")
    assert turns.deal(2) == ["b"] and turns.waiting == []


def test_asking_twice_and_giving_back_nothing_change_nothing() -> None:
    turns = Turns(2)
    turns.give_back("a")
    turns.ask("a")
    turns.ask("a")
    assert turns.deal(0) == ["a"] and turns.deal(0) == []


def test_who_holds_a_turn_gets_no_second_one_and_keeps_nobody_waiting() -> None:
    turns = Turns(2)
    for who in "aab":
        turns.ask(who)
        turns.deal(0)
    turns.ask("a")
    assert sorted(turns.holding) == ["a", "b"] and turns.deal(1) == []


def test_nothing_is_dealt_after_the_end() -> None:
    turns = Turns(1)
    turns.ask("a")
    turns.close()
    assert turns.deal(0) == []
