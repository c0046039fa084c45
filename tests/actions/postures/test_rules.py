"""The table of rules: every threshold has a reason, and the logic of scores."""

from __future__ import annotations

import math

import pytest

from kinesics.actions.postures.rules import Condition, Rule, load_rules


def test_every_threshold_has_a_reason() -> None:
    rules = load_rules()
    assert [rule.label for rule in rules.body] == ["standing", "walking", "running", "sitting", "crouching", "lying", "falling"]
    assert [rule.label for rule in rules.gesture] == ["hand raised", "waving"]
    for rule in (*rules.body, *rules.gesture):
        conditions = [one for group in rule.needs for alternative in group for one in alternative]
        assert conditions and all(len(one.reason) > 4 and one.soft for one in conditions), rule.label


def test_a_condition_is_met_by_half_at_its_threshold() -> None:
    above = Condition("x", 10, 2, False, "because")
    assert above.score({"x": 10}) == 0.5
    assert above.score({"x": 12}) == pytest.approx(1 / (1 + math.exp(-1)))
    assert above.score({"x": 500}) == 1.0 and above.score({"x": -500}) == 0.0
    assert above.score({}) == 0.0
    assert Condition("x", 10, 2, True, "because").score({}) is None


def test_the_weakest_need_and_its_strongest_alternative_decide() -> None:
    def over(name: str, if_seen: bool = False) -> Condition:
        return Condition(name, 0, 1, if_seen, "because")

    rule = Rule("it", (((over("a"),),), ((over("b"),), (over("c"), over("d")))), 0.0, 0.0)
    assert rule.score({"a": 30, "b": 30}) == pytest.approx(1, abs=1e-6)
    assert rule.score({"a": 30, "b": -30, "c": 30, "d": 0}) == 0.5
    assert rule.score({"a": 0, "b": 30}) == 0.5
    assert rule.score({"b": 30}) == 0.0
    unseen = Rule("it", (((over("a"),),), ((over("b", True),),)), 0.0, 0.0)
    assert unseen.score({"a": 30}) == pytest.approx(1, abs=1e-6)


def test_evidence_holds_what_was_looked_at() -> None:
    standing = load_rules().body[0]
    found = standing.evidence({"leg extension": 0.98765, "trunk from vertical": 3.7, "something else": 1.0})
    assert found == {"leg extension": 0.99, "trunk from vertical": 4}
