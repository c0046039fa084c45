"""What was shown to a teacher: clips of one person with a label, and what there is to say about their quality."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import UsageError
from ..types import Array, PoseSequence
from .energy import Energy
from .joints import part_of
from .onsets import MOVES, PREROLL, RESTS

__all__ = ["Example", "checked_label", "only_person", "quality", "stilled", "trimmed"]

SHORT, LONG = 0.4, 12.0  # seconds
STILL = 0.25  # body lengths a second
SEEN = 0.5  # share of the moments in which a part should be seen
GAP = 0.5  # seconds
TAIL = 0.3  # seconds of rest that are kept after a motion
LABEL = 80  # letters


@dataclass(frozen=True, eq=False)
class Example:
    """One example that a teacher learned from.

    Attributes:
        id: its number.
        label: of the action.
        person: the id it was shown by.
        start, end: seconds of the video it was shown in.
        notes: what may be wrong with it, in words; empty when nothing is.
        clip: the person's joints, for embedding them anew.
    """

    id: int
    label: str
    person: int
    start: float
    end: float
    notes: tuple[str, ...]
    clip: PoseSequence

    def __repr__(self) -> str:
        words = f", {'; '.join(self.notes)}" if self.notes else ""
        return f"Example({self.id}, {self.label!r}, person {self.person}, {self.start:.1f} to {self.end:.1f} s{words})"


def checked_label(label: str) -> str:
    """The label without blanks round it.

    Raises:
        UsageError: empty, too long, of several lines, or "unknown", which is what nobody taught.
    """
    if not isinstance(label, str) or not label.strip() or len(label.strip()) > LABEL or not label.strip().isprintable():
        raise UsageError(f"a label: expected 1 to {LABEL} letters on one line, got {str(label)[:LABEL]!r}")
    if label.strip() == "unknown":
        raise UsageError("'unknown' is what is said of actions that nobody taught; choose another label")
    return label.strip()


def only_person(clip: PoseSequence, person: int | None = None) -> PoseSequence:
    """The clip of one person: the one asked for, else the one who moves most.

    Raises:
        UsageError: nobody is in the clip at any moment, or not the one asked for.
    """
    if person is not None:
        clip = clip.person(person)
    seen = (clip.scores > 0).any(2)  # (t, n)
    if not len(clip) or not seen.any():
        raise UsageError("nobody is seen in this clip; an example needs a person")
    if clip.points.shape[1] == 1:
        return clip
    moved = [float(np.sum(speeds(clip.person(i)))) for i in clip.ids.tolist()]
    return clip.person(int(clip.ids[int(np.argmax(moved))]))


def speeds(clip: PoseSequence) -> Array:
    """(t,) body lengths a second at each moment."""
    energy = Energy(clip.skeleton)
    return np.array([energy.update(p, s, t) for p, s, t in zip(clip.points, clip.scores, clip.times.tolist(), strict=True)])


def trimmed(clip: PoseSequence) -> PoseSequence:
    """The clip without most of the rest before and after its motion: keys are pressed early and let go late."""
    fast = speeds(clip)
    moves = np.flatnonzero(fast > MOVES)
    if not len(moves):
        return clip
    times = clip.times
    first, last = times[moves[0]] - PREROLL, times[np.flatnonzero(fast > RESTS)[-1]] + TAIL
    kept = (times >= first) & (times <= last)
    return clip[kept] if kept.sum() > 1 else clip


def stilled(clip: PoseSequence) -> PoseSequence:
    """The clip of somebody who stands as this one begins."""
    first = int(np.flatnonzero((clip.scores > 0).any((1, 2)))[0])
    points, scores = (np.repeat(a[first : first + 1], len(clip), 0) for a in (clip.points, clip.scores))
    return PoseSequence(points, scores, clip.times, clip.skeleton, clip.ids, clip.size)


def quality(clip: PoseSequence) -> tuple[str, ...]:
    """What may be wrong with an example of one person, in words."""
    notes = []
    times = clip.times[(clip.scores > 0).any((1, 2))]
    lasts = float(times[-1] - times[0]) if len(times) else 0.0
    if lasts < SHORT:
        notes.append(f"too short ({lasts:.1f} s)")
    if lasts > LONG:
        notes.append(f"very long ({lasts:.0f} s); one action is best")
    if len(times) > 1 and np.diff(times).max() > GAP:
        notes.append(f"lost from view for {np.diff(times).max():.1f} s")
    if lasts >= SHORT and float(speeds(clip).max(initial=0.0)) < STILL:
        notes.append("nothing moved")
    for part, words in (("wrist", "hands"), ("ankle", "feet"), ("shoulder", "shoulders")):
        at = [i for i, name in enumerate(clip.skeleton.joints) if part_of(name)[0].endswith(" " + part)]
        if at and float((clip.scores[:, :, at] > 0).mean()) < SEEN:
            notes.append(f"{words} not seen")
    return tuple(notes)
