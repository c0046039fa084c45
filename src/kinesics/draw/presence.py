"""When was who there, doing what: intervals that grow with the number of people, not with the length of the video."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..errors import UsageError
from ..types import Action, Array, Scene

_COUNTS = 1024  # cells of the count over time; the cells get wider as time goes on

_AT_ONCE = 6  # actions of one person that may go on at the same time


@dataclass
class Span:
    """From `start` to `end` seconds; `label` names the action, empty for being there."""

    start: float
    end: float
    label: str = ""


@dataclass
class Row:
    """One person: when seen, and doing what."""

    spans: list[Span] = field(default_factory=list)
    actions: list[Span] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Time in view."""
        return sum(span.end - span.start for span in self.spans)


class Presence:
    """Takes scenes, keeps spans per id and the number of people over time.

    Args:
        gap: seconds out of view that are not worth a gap.
        limit: spans kept in all; when there are more, the gap doubles, and in the end those seen least are forgotten.

    Attributes:
        rows: by id.
        start, end: seconds covered.
        forgotten: people left out because of `limit`.
    """

    def __init__(self, gap: float = 0.5, limit: int = 20_000) -> None:
        if not gap > 0 or limit < 1:
            raise UsageError(f"expected a gap above 0 s and a limit of at least 1, got {gap} and {limit}")
        self.gap, self.limit = gap, limit
        self.rows: dict[int, Row] = {}
        self.start = self.end = 0.0
        self.scenes = self.forgotten = 0
        self._step = 0.0
        self._spans = 0
        self._cell = 0.05
        self._sums, self._seen = np.zeros(_COUNTS), np.zeros(_COUNTS)

    def add(self, scene: Scene) -> None:
        """Take one more scene; times should rise, a time that falls is taken as it is."""
        time = scene.time
        if not self.scenes:
            self.start = self.end = time
        step = time - self.end
        if 0 < step:
            self._step = min(step, 2 * self._step) if self._step else step  # one pause is no frame rate
        self.scenes += 1
        self.start, self.end = min(self.start, time), max(self.end, time)
        ids = [identity for identity in scene.people.ids.tolist() if identity >= 0]
        for identity in ids:
            self._extend(self._row(identity).spans, Span(time, time), max(self.gap, 2.5 * self._step))
        for action in scene.actions:
            self._act(action)
        self._count(time, len(scene.people))
        if self._spans > self.limit:
            self._shrink()

    @property
    def frame(self) -> float:
        """Seconds that one scene stands for."""
        return self._step

    def lasting(self, least: float) -> list[int]:
        """Ids of those who were in view for `least` seconds; of all, if nobody was."""
        return [i for i, row in self.rows.items() if row.seconds + self._step >= least] or list(self.rows)

    def counts(self) -> tuple[Array, Array]:
        """Seconds (m,) at which cells start and the mean number of people (m,) in each, NaN where no scene fell."""
        used = int((self.end - self.start) / self._cell) + 1
        with np.errstate(invalid="ignore"):
            return self.start + np.arange(used) * self._cell, self._sums[:used] / np.where(
                self._seen[:used], self._seen[:used], np.nan
            )

    def _row(self, identity: int) -> Row:
        return self.rows.setdefault(identity, Row())

    def _act(self, action: Action) -> None:
        if action.person < 0 or action.label == "unknown":
            return
        spans = self._row(action.person).actions
        for span in spans[: -_AT_ONCE - 1 : -1]:
            if span.label == action.label and span.start == action.start:  # when it is over, its end may turn out to be earlier
                span.end = action.end
                return
        self._extend(spans, Span(action.start, action.end, action.label), self.gap)

    def _extend(self, spans: list[Span], new: Span, gap: float) -> None:
        for last in spans[: -_AT_ONCE - 1 : -1]:
            if last.label == new.label and last.start - gap <= new.start <= last.end + gap:
                last.start, last.end = min(last.start, new.start), max(last.end, new.end)
                return
        spans.append(new)
        self._spans += 1

    def _count(self, time: float, people: int) -> None:
        while time - self.start >= self._cell * _COUNTS:
            self._cell *= 2
            for name in ("_sums", "_seen"):
                halved = np.zeros(_COUNTS)
                halved[: _COUNTS // 2] = getattr(self, name).reshape(-1, 2).sum(1)
                setattr(self, name, halved)
        cell = max(int((time - self.start) / self._cell), 0)
        self._sums[cell] += people
        self._seen[cell] += 1

    def _shrink(self) -> None:
        self.gap *= 2
        for row in self.rows.values():
            row.spans, row.actions = _merged(row.spans, self.gap), _merged(row.actions, self.gap)
        self._spans = sum(len(row.spans) + len(row.actions) for row in self.rows.values())
        for identity in sorted(self.rows, key=lambda i: self.rows[i].seconds):
            if self._spans <= self.limit * 3 // 4 or len(self.rows) == 1:
                break
            row = self.rows.pop(identity)
            self._spans -= len(row.spans) + len(row.actions)
            self.forgotten += 1


def _merged(spans: list[Span], gap: float) -> list[Span]:
    kept: list[Span] = []
    latest: dict[str, Span] = {}
    for span in spans:
        last = latest.get(span.label)
        if last is not None and span.start <= last.end + gap:
            last.end = max(last.end, span.end)
        else:
            kept.append(span)
            latest[span.label] = span
    return kept
