"""Which label is told: scores averaged over a moment, and a new label only once it has led for a while."""

from __future__ import annotations

import math

from .rules import Rule

__all__ = ["Settled"]

FIRST = 0.1  # seconds for which the first label of all must hold


class Settled:
    """The label of one person, with hysteresis in score and in time.

    Args:
        rules: the labels to choose from.
        fallback: what is told when none of them holds.
        hold: seconds for which none must hold before the fallback is told.
        smooth: seconds over which scores are averaged.
        lead: by how much a new label must lead.
        least: the fallback's score while nothing else is known.
    """

    def __init__(self, rules: tuple[Rule, ...], fallback: str, hold: float, smooth: float, lead: float, least: float) -> None:
        self._rules = rules
        self._hold = {rule.label: rule.hold for rule in rules} | {fallback: hold}
        self._lasts = {rule.label: rule.lasts for rule in rules}
        self._fallback, self._smooth, self._lead, self._least = fallback, smooth, lead, least
        self._means = dict.fromkeys((rule.label for rule in rules), 0.0)
        self._time = -math.inf
        self._rival, self._since = "", 0.0
        self._strong, self._told, self._named = -math.inf, False, False
        self.label, self.start = fallback, 0.0

    def update(self, scores: dict[str, float], time: float) -> tuple[str, float]:
        """The label that is told now, and its score, 0 to 1."""
        share = 1.0 if math.isinf(self._time) else -math.expm1(-(time - self._time) / self._smooth)
        self._time = time
        for label, score in scores.items():
            self._means[label] += share * (score - self._means[label])
        self._choose(time)
        return self.label, self._score(self.label)

    def _score(self, label: str) -> float:
        return 1.0 - max(self._means.values()) if label == self._fallback else self._means[label]

    def _choose(self, time: float) -> None:
        best = max(self._means, key=lambda label: (self._hold[label] == 0 and self._means[label] >= 0.5, self._means[label]))
        if self._means[best] < self._least:
            best = self._fallback
        if not self._told:
            self._tell(self._fallback, time)
        if self.label in self._means and self._means[self.label] >= self._least:
            self._strong = time
        if best == self.label or not self._leads(best, time):
            self._rival = ""
            return
        if best != self._rival:
            self._rival, self._since = best, time
        hold = self._hold[best] if self._named else min(self._hold[best], FIRST)
        if time - self._since >= hold - 1e-9:
            self._tell(best, time)

    def _leads(self, best: str, time: float) -> bool:
        if time - self._strong < self._lasts.get(self.label, 0.0):
            return self._hold[best] == 0
        if best == self._fallback or self.label == self._fallback or self._hold[best] == 0:
            return True
        return self._means[best] > self._means[self.label] + self._lead

    def _tell(self, label: str, time: float) -> None:
        self.label, self.start, self._rival, self._told = label, time, "", True
        self._named = self._named or label != self._fallback
        self._strong = time
