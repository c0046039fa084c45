"""The table of rules, `postures.toml`, read and applied: measures in, a score and its evidence out."""

from __future__ import annotations

import functools
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

__all__ = ["Condition", "Rule", "Rules", "load_rules"]

NEVER = 0.001  # a score below which the rest of a rule is not looked at


@dataclass(frozen=True, slots=True)
class Condition:
    """One measure held against one threshold.

    Attributes:
        measure: name of the measure.
        at: where it is as likely met as not.
        soft: how far from there it is met with 73 %; negative when the measure must be below.
        if_seen: it does not count where the measure cannot be taken.
        reason: why this threshold.
    """

    measure: str
    at: float
    soft: float
    if_seen: bool
    reason: str

    def score(self, measures: Mapping[str, float]) -> float | None:
        """0 to 1; None where it does not count."""
        value = measures.get(self.measure)
        if value is None:
            return None if self.if_seen else 0.0
        x = (value - self.at) / self.soft
        return 1.0 / (1.0 + math.exp(-x)) if -30 < x < 30 else float(x > 0)


@dataclass(frozen=True, slots=True)
class Rule:
    """A posture: all of `needs` hold; of each one alternative is enough, and of that all conditions.

    Attributes:
        label: its name.
        needs: groups of alternatives, each of one or more conditions.
        hold: seconds for which it must lead before it is told.
        lasts: seconds for which it is told at least.
    """

    label: str
    needs: tuple[tuple[tuple[Condition, ...], ...], ...]
    hold: float
    lasts: float

    def score(self, measures: Mapping[str, float]) -> float:
        """That of the weakest group, 0 to 1 (fuzzy logic: min is "and", max is "or"; Zadeh 1965)."""
        worst = 1.0
        for group in self.needs:
            best = -1.0
            for alternative in group:
                best = max(best, _weakest(alternative, measures))
            if 0 <= best < worst:
                worst = best
                if worst < NEVER:
                    return worst
        return worst

    def evidence(self, measures: Mapping[str, float]) -> dict[str, float]:
        """The measures that this rule looks at, rounded: degrees whole, others to two places."""
        names = dict.fromkeys(one.measure for group in self.needs for alternative in group for one in alternative)
        return {name: _rounded(name, measures[name]) for name in names if name in measures}


@dataclass(frozen=True)
class Rules:
    """All rules, and settings that are common to them."""

    body: tuple[Rule, ...]
    gesture: tuple[Rule, ...]
    smooth: float
    lead: float
    least: float
    tall: float
    gone: float


def _weakest(conditions: tuple[Condition, ...], measures: Mapping[str, float]) -> float:
    """The score of the weakest condition; -1 when none of them counts."""
    worst = -1.0
    for condition in conditions:
        score = condition.score(measures)
        if score is not None and not 0 <= worst <= score:
            worst = score
    return worst


def _rounded(name: str, value: float) -> float:
    return round(value) if "vertical" in name or "angle" in name else round(value, 2)


def _condition(row: Mapping[str, Any]) -> Condition:
    above = "above" in row
    at, soft = float(row["above" if above else "below"]), float(row["soft"])
    return Condition(row["measure"], at, soft if above else -soft, bool(row.get("if_seen", False)), row["reason"])


def _rule(label: str, row: Mapping[str, Any]) -> Rule:
    needs = tuple(
        tuple(tuple(_condition(one) for one in way.get("all", [way])) for way in need.get("any", [need]))
        for need in row["needs"]
    )
    return Rule(label, needs, float(row["hold"]), float(row.get("lasts", 0.0)))


@functools.cache
def load_rules() -> Rules:
    """The rules as shipped."""
    table = tomllib.loads(resources.files(__package__).joinpath("postures.toml").read_text("utf-8"))
    body, gesture = (tuple(_rule(label, row) for label, row in table[kind].items()) for kind in ("body", "gesture"))
    return Rules(body, gesture, **table["settings"])
