"""From what one person's motion is evidence for, to actions with a start and an end.

Models learn from trimmed clips, and nobody trims live. So evidence is gathered since each of a few moments at which an action
may have begun (`Onsets`), and what is believed since the best of them is named once it is believed enough for long enough, and
unnamed when it no longer is: two thresholds and two waiting times, so that labels do not flicker.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..types import Array
from .onsets import GRACE, Onsets

__all__ = ["Rules", "Segmenter", "Span"]

EVERY = 0.1  # seconds between two judgements
LEAST = 0.3  # seconds of evidence before anything is said
HOLD = 0.2  # seconds that a belief lasts before it is named
SWITCH = 0.3  # seconds that another belief is stronger before it takes over
MARGIN = 0.1  # by how much it must be stronger
LEAVE = 0.6  # of the score needed to be named: below it a name is dropped
DOUBT = 0.4  # seconds of doubt before that
UNKNOWN = 1.0  # seconds of motion, and at least what actions usually last, without a name before it is called unknown
NEAR = 0.4  # seconds round the moment when an action was believed most in which a still point is its end
FADES = 4.0  # how fast a class fades when a stretch gets longer than its longest
LATER = 0.85  # what evidence since a still point counts against evidence since the onset
NONE = -1  # label of a motion that fits no class


@dataclass(frozen=True)
class Rules:
    """What a model's answers need to become names.

    Attributes:
        needed: (c,) probability from which a class is named.
        at_once: name it at the first judgement that reaches `needed`, without waiting whether it lasts.
        shortest, longest: (c,) seconds short of which a stretch is hardly one of this class yet, and beyond which no longer.
        lasts: (c,) seconds after which a short rest may be the end of an action of this class; before, it must be a longer one.
        usual: seconds that most actions last.
        reach: seconds of the past that evidence may cover.
    """

    needed: Array
    at_once: bool
    shortest: Array
    longest: Array
    lasts: Array
    usual: float
    reach: float


@dataclass
class Span:
    """One action, while it goes on and after.

    Attributes:
        label: index of the class; `NONE` for a motion that fits none.
        score: what is believed of it now, 0 to 1; when it is over, what was believed at best.
        start, end: seconds; `end` follows until the action is over.
        peak: the best score so far.
        peak_at: the second at which it was that.
        shown: (c,) what was believed of each class then.
        since: the moment since which the evidence was gathered.
        fits: (c,) what is believed since then of each class; when it is over, what was at best.
    """

    label: int
    score: float
    start: float
    end: float
    since: float
    fits: Array
    peak: float
    peak_at: float
    shown: Array


class _Lasting:
    """Since when something has been the same."""

    def __init__(self) -> None:
        self.what, self.since = -2, 0.0

    def seconds(self, what: int, time: float) -> float:
        if what != self.what:
            self.what, self.since = what, time
        return time - self.since


class Segmenter:
    """One person's actions, at constant cost a moment and of constant size.

    Args:
        rules: of the model.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.now: Span | None = None
        self.onsets = Onsets()
        self._due = 0.0
        self._bare: float | None = None  # since when there is motion without a name
        self._wish, self._rival, self._doubt = _Lasting(), _Lasting(), _Lasting()

    def step(self, time: float, energy: float, believe: Callable[[float], Array]) -> tuple[Span | None, Span | None]:
        """Take one more moment.

        Args:
            time: seconds, rising.
            energy: how fast the person moves, see `Energy`.
            believe: a moment -> (c,) probabilities of what was done since.

        Returns:
            The action that turned out to be over, and the one that goes on.
        """
        now = self.now
        complete = now is not None and now.label != NONE and time - now.start >= self.rules.lasts[now.label] - GRACE
        self.onsets.update(time, energy, complete=complete)
        over: Span | None = None
        if self.onsets.stopped or (self.onsets.moving and time >= self._due):
            self._due = time + EVERY - GRACE
            over = self._judge(time, believe)
        if self.now is not None:
            self.now.end = max(time if self.onsets.quiet is None else self.onsets.quiet, self.now.start)
            if self.onsets.stopped:
                over = self._finish(self.now.end)
        if not self.onsets.moving:
            self._bare = None
        return over, self.now

    def _judge(self, time: float, believe: Callable[[float], Array]) -> Span | None:
        """Name, rename or unname what goes on; the action that is over because of it."""
        spans = self._since_anchors(time, believe)
        if not spans:
            return None
        best = max(spans, key=self._rank)
        if self.now is None or self.now.label == NONE:
            return self._name(best, time)
        label = self.now.label
        held = max(spans, key=lambda span: float(span.fits[label]))
        self.now.score, self.now.since, self.now.fits = float(held.fits[label]), held.since, held.fits
        if self.now.score >= self.now.peak:
            self.now.peak, self.now.peak_at, self.now.shown = self.now.score, time, self.now.fits
        return self._doubt_it(self.now, best, time)

    def _rank(self, span: Span) -> float:
        return span.score / float(self.rules.needed[span.label])

    def _since_anchors(self, time: float, believe: Callable[[float], Array]) -> list[Span]:
        """What is believed since each anchor; a class fades where a stretch is too long for it."""
        rules = self.rules
        self.onsets.follow(time - rules.reach, time - rules.usual)
        spans = []
        for anchor in self.onsets.anchors:
            if time - anchor >= LEAST - GRACE:
                age = time - anchor
                fits = believe(anchor) * np.exp(-FADES * np.maximum(age / rules.longest - 1, 0))
                if not self.rules.at_once:
                    fits = fits * np.minimum(age / rules.shortest, 1) ** 2
                if anchor > self.onsets.anchors[0]:
                    fits = fits * LATER
                label = int((fits / rules.needed).argmax())
                score = float(fits[label])
                spans.append(Span(label, score, anchor, time, anchor, fits, score, time, fits))
        return spans

    def _name(self, best: Span, time: float) -> Span | None:
        """Nothing has a name yet."""
        good = self._rank(best) >= 1
        lasts = self._wish.seconds(best.label if good else NONE, time)
        if good and (self.rules.at_once or lasts >= HOLD - GRACE or self.onsets.stopped):
            before, self._bare = self.now, None
            self._start(best)
            if before is None or best.start <= before.start:
                return None
            before.end = best.start
            return before
        self._bare = max(self.onsets.onset, self.onsets.anchors[0]) if self._bare is None else self._bare
        if self.now is not None:
            self.now.score, self.now.fits = 1 - best.score, best.fits
        elif time - self._bare >= (UNKNOWN if self.onsets.stopped else max(UNKNOWN, self.rules.usual)) - GRACE:
            self.now = Span(NONE, 1 - best.score, self._bare, time, best.since, best.fits, 0.0, time, best.fits)
        return None

    def _doubt_it(self, now: Span, best: Span, time: float) -> Span | None:
        """Something has a name: is another stronger, or is it not believed any more?"""
        rival = self._rank(best) >= 1 and best.label != now.label and best.score > now.score + MARGIN
        strong = self._rival.seconds(best.label if rival else NONE, time)
        weak = self._doubt.seconds(int(self._rank(now) < LEAVE), time)
        if rival and strong >= SWITCH - GRACE:
            if best.start >= now.start + SWITCH - GRACE:
                over = self._finish(best.start)
                self._start(best)
                return over
            best.start = now.start
            self._start(best)
        elif self._rank(now) < LEAVE and weak >= DOUBT - GRACE:
            return self._finish(self._parting(now, time - weak))
        return None

    def _parting(self, now: Span, doubted: float) -> float:
        """When something that is doubted since a moment was over: when it was believed most, or at a still point near that."""
        peak = min(max(now.peak_at, now.start), doubted)
        near = [a for a in self.onsets.anchors if abs(a - peak) <= NEAR and a > now.start]
        return min(near, key=lambda a: abs(a - peak), default=peak)

    def _start(self, span: Span) -> None:
        """From here on it has this name, and what was doubted of another is forgotten."""
        self.now = span
        self._wish, self._rival, self._doubt = _Lasting(), _Lasting(), _Lasting()

    def _finish(self, end: float) -> Span | None:
        over, self.now = self.now, None
        if over is not None:
            over.end, over.score = max(end, over.start), max(over.score, over.peak)
            over.fits = over.fits if over.label == NONE else over.shown
            if over.label != NONE:
                self.onsets.free(end)
        self._bare = end if self.onsets.moving else None
        return over
