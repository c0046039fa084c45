"""What people do, cut into windows and embedded: the rows that a search by example compares.

A window is cut from the time for which one person is followed: two seconds every second, and four every two, because movements
last differently long; who is there for less than that gives one window of all of it. Each is embedded by itself, so that the
same movement gives the same row whatever came before it and whoever else is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..types import Array, People, PoseSequence, Skeleton

__all__ = ["WINDOWS", "Movements", "motions_of", "shown_joints"]

WINDOWS = ((2.0, 1.0), (4.0, 2.0))  # seconds long, seconds from one to the next
SHORTEST = 0.7  # seconds that somebody must be there to have moved at all
GAP = 0.5  # seconds without somebody that are bridged; at few frames a second three frames
SHOWN = 4  # joints that must be seen in a frame
MOST = 0.023  # seconds between two frames that are kept, at least: from 43 a second on some are left out
STEP = 0.25  # seconds between two frames that count as seen
FINE = 2048  # an embedding's numbers are multiples of 1 / FINE: it is no finer than that, and packs better
NEAR = 1e-6


class Movements:
    """The people of a clip over time, as rows of the kind "search"; memory is bounded by who is there now.

    Args:
        embedding: a `MotionEmbedding` of two coordinates.
    """

    def __init__(self, embedding: Any) -> None:
        self._embedding, self._head = embedding, embedding.head()
        self._there: dict[int, _Presence] = {}
        self._epoch = 0

    def push(self, people: People, time: float, epoch: int = 0) -> list[dict[str, Any]]:
        """Take one frame; the rows of windows that ended with it, and of people who have left."""
        rows = self.end() if epoch != self._epoch else []
        self._epoch = epoch
        for identity in [i for i, presence in self._there.items() if presence.lost(time)]:
            rows += self._rows(identity, self._there.pop(identity).rest())
        if not (people.ids >= 0).any():
            return rows
        points, scores = shown_joints(people, self._embedding.skeleton_)
        for row in np.argsort(people.ids, kind="stable").tolist():
            identity = int(people.ids[row])
            if identity >= 0 and np.count_nonzero(scores[row]) >= SHOWN:
                presence = self._there.setdefault(identity, _Presence(self._embedding.skeleton_))
                rows += self._rows(identity, presence.push(points[row], scores[row], time))
        return rows

    def end(self) -> list[dict[str, Any]]:
        """The clip, or a stretch without a cut, is over: rows of all who are still there."""
        there, self._there = sorted(self._there.items()), {}
        return [row for identity, presence in there for row in self._rows(identity, presence.rest())]

    def _rows(self, identity: int, windows: Iterator[tuple[PoseSequence, float]]) -> list[dict[str, Any]]:
        return [self._row(identity, window, speed) for window, speed in windows]

    def _row(self, identity: int, window: PoseSequence, speed: float) -> dict[str, Any]:
        row = motions_of(self._embedding, [window])
        return {
            "epoch": self._epoch,
            "person": identity,
            "start": float(window.times[0]),
            "end": float(window.times[-1]),
            "score": _seen(window),
            "speed": speed,
            "crowd": round(float(self._head.crowded(row)[0]), 5),
            "embedding": row[0],
        }


def motions_of(embedding: Any, clips: list[PoseSequence]) -> Array:
    """(n, e) float32 of length 1, but for the last digits: each clip from its start to its end."""
    rows = [embedding.embed([clip])[0] for clip in clips]  # one by one, so that none depends on the others
    return np.asarray(np.round(np.array(rows, np.float32).reshape(len(clips), -1) * FINE) / FINE, np.float32)


def shown_joints(people: People, body: Skeleton) -> tuple[Array, Array]:
    """The joints that an embedding reads, (n, k, 2) and (n, k), of people of any skeleton.

    Raises:
        UsageError: their skeleton has not half of these joints.
    """
    from ..actions.joints import joint_map
    from ..pipeline.chain import seventeen

    people = seventeen(people)
    return joint_map(people.skeleton, body).apply(people.points[..., :2], people.point_scores)


def _seen(window: PoseSequence) -> float:
    """0 to 1: how sure the joints are on average, times the share of the window in which frames follow one another closely."""
    steps = np.diff(window.times)
    return float(window.scores.mean(dtype=np.float64) * np.minimum(steps, STEP).sum() / max(steps.sum(), NEAR))


class _Presence:
    """One person for as long as they are followed: the last seconds of it."""

    def __init__(self, body: Skeleton) -> None:
        from ..actions.energy import Energy

        self._body, self._energy = body, Energy(body)
        self._frames: list[tuple[float, Array, Array, float]] = []  # time, points, scores, speed
        self._first = self._last = self._kept = -np.inf
        self._usual = 0.0
        self._cut = [0] * len(WINDOWS)  # windows of each length that were given
        self._told = [-np.inf] * len(WINDOWS)  # the end of the last of them

    def lost(self, time: float) -> bool:
        """Whether the gap is too long to be bridged."""
        return bool(time - self._last > max(GAP, 3 * self._usual) + NEAR)

    def push(self, points: Array, scores: Array, time: float) -> Iterator[tuple[PoseSequence, float]]:
        """Take one frame, (k, 2) and (k,); windows that it ends, each with its speed in body lengths a second."""
        if time <= self._last:
            return
        self._usual = min(time - self._last, GAP) if self._frames else 0.0
        self._first, self._last = (self._first if self._frames else time), time
        if time - self._kept < MOST:
            return
        self._kept = time
        self._frames.append((time, points, scores, self._energy.update(points[None], scores[None], time)))
        for place, (seconds, step) in enumerate(WINDOWS):
            while self._kept >= (start := self._first + self._cut[place] * step) + seconds - NEAR:
                self._cut[place] += 1
                self._told[place] = start + seconds
                yield from self._window(start, start + seconds)
        oldest = self._kept - WINDOWS[-1][0] - NEAR
        self._frames = self._frames[sum(frame[0] < oldest for frame in self._frames) :]

    def rest(self) -> Iterator[tuple[PoseSequence, float]]:
        """What no window shows yet: the end of it, or all of it when it was short."""
        there = self._kept - self._first
        for place, (seconds, step) in enumerate(WINDOWS):
            if self._cut[place]:
                if self._kept - self._told[place] >= step / 2 - NEAR:
                    yield from self._window(self._kept - seconds, self._kept)
            elif there >= (0.75 * seconds if place else SHORTEST) - NEAR:
                yield from self._window(self._first, self._kept)

    def _window(self, start: float, end: float) -> Iterator[tuple[PoseSequence, float]]:
        frames = [frame for frame in self._frames if start - NEAR <= frame[0] <= end + NEAR]
        if len(frames) < 2:
            return
        times, points, scores, speeds = (np.array(values) for values in zip(*frames, strict=True))
        yield PoseSequence(points[:, None], scores[:, None], times, self._body), float(speeds.mean())
