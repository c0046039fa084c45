"""Spots over time: what is missed between two sightings, before the first and after the last is covered all the same."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..types import Array

__all__ = ["HoldOver"]

NEAR = 0.1  # seconds round a moment whose sightings are covered together: regions do not flicker
GATE = 0.8  # how many radii a spot may lie from where its track is expected, to be the same
SPREAD = 8.0  # … and so many radii a second more: walking is eight
GROWTH = 1.2  # a missed spot grows by this share of itself a second …
DAMP = 0.4  # seconds that a spot goes on moving after it was last seen
FAST = 25.0  # radii a second; a faster motion is a mistake


@dataclass
class _Track:
    """One spot over time."""

    key: int
    times: list[float] = field(default_factory=list)
    spots: list[Array] = field(default_factory=list)
    blind: float = 0.0  # of the owner, when it was last seen

    def speed(self, at: int) -> Array:
        """(2,) pixels a second about a sighting, from those up to 0.3 s before (at -1) or after (at 0)."""
        times, spots = np.array(self.times), np.array(self.spots)
        near = np.flatnonzero(np.abs(times - times[at]) <= 0.3)
        a, b = near[0], near[-1]
        if times[b] - times[a] < 0.02:
            return np.zeros(2)
        speed = (spots[b, :2] - spots[a, :2]) / (times[b] - times[a])
        most = FAST * float(spots[at, 2:].max())
        return np.asarray(speed * min(1.0, most / max(float(np.linalg.norm(speed)), 1e-9)))


class HoldOver:
    """Remembers spots, and tells what has to be covered at a moment when later ones are known as well.

    Args:
        hold: seconds that a spot stays covered after it was last seen.
        reach: seconds that it is covered before it was first seen.
    """

    def __init__(self, hold: float, reach: float) -> None:
        self.hold, self.reach = hold, reach
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self._tracks: list[_Track] = []
        self._blind, self._last = 0.0, None

    _last: float | None

    def add(self, time: float, spots: Array, keys: Array | None = None, *, known: bool = True) -> None:
        """What was seen at a moment; moments rise.

        Args:
            time: seconds.
            spots: (n, 4) x, y, half width, half height.
            keys: (n,) ids of whom they belong to, -1 for nobody known.
            known: somebody looked; a moment at which nobody did does not count against what was seen before.
        """
        if not known and self._last is not None:
            self._blind += time - self._last
        self._last = time
        keys = np.full(len(spots), -1) if keys is None else keys
        free = [track for track in self._tracks if track.times[-1] < time]
        pairs = sorted(
            (cost, row, number)
            for row in range(len(spots))
            for number, track in enumerate(free)
            if (cost := _cost(track, time, spots[row], int(keys[row]))) is not None
        )
        taken: set[int] = set()
        placed: set[int] = set()
        for _, row, number in pairs:
            if row not in placed and number not in taken:
                placed.add(row)
                taken.add(number)
                self._put(free[number], time, spots[row], int(keys[row]))
        for row in range(len(spots)):
            if row not in placed:
                self._tracks.append(track := _Track(int(keys[row])))
                self._put(track, time, spots[row], int(keys[row]))

    def _put(self, track: _Track, time: float, spot: Array, key: int) -> None:
        track.times.append(time)
        track.spots.append(np.asarray(spot, float))
        track.key = key if key >= 0 else track.key
        track.blind = self._blind

    def at(self, time: float, *, missed: bool = False) -> Array:
        """(m, 4) spots to cover at a moment; moments rise, and what is long past is forgotten.

        Args:
            time: seconds.
            missed: only those that were not seen at this very moment.
        """
        tracks = [track for track in self._tracks if not (missed and time in track.times)]
        spots = [spot for track in tracks for spot in self._of(track, time)]
        self._forget(time)
        return np.array(spots, float).reshape(-1, 4)

    def expected(self, time: float) -> Array:
        """(m, 4) where spots should be at a moment after the last, to look there."""
        gone = [track for track in self._tracks if self._age(track, time) <= self.hold]
        return np.array([_moved(track, -1, time)[-1] for track in gone], float).reshape(-1, 4)

    def _age(self, track: _Track, time: float) -> float:
        return time - track.times[-1] - (self._blind - track.blind)

    def _of(self, track: _Track, time: float) -> list[Array]:
        times = np.array(track.times)
        near = np.flatnonzero(np.abs(times - time) <= NEAR)
        here = [_around(np.array(track.spots)[near])] if len(near) else []
        if (times == time).any():
            return here
        before, after = np.flatnonzero(times < time), np.flatnonzero(times > time)
        if len(before) and len(after):
            return [*here, _between(track, int(before[-1]), int(after[0]), time)]
        if len(before):
            return here + (_moved(track, -1, time) if self._age(track, time) <= self.hold else [])
        return here + (_moved(track, 0, time) if times[0] - time <= self.reach else [])

    def _forget(self, time: float) -> None:
        kept = []
        for track in self._tracks:
            while len(track.times) > 1 and track.times[1] < time - 0.5:
                del track.times[0], track.spots[0]
            if self._age(track, time) <= self.hold + NEAR or track.times[-1] > time:
                kept.append(track)
        self._tracks = kept


def _cost(track: _Track, time: float, spot: Array, key: int) -> float | None:
    """How far a spot is from where a track is expected, in radii; None where it cannot be the same."""
    gap = time - track.times[-1]
    there = track.spots[-1]
    expected = there[:2] + track.speed(-1) * min(gap, DAMP)
    radius = (float(spot[2:].max()) + float(there[2:].max())) / 2
    far = min(float(np.linalg.norm(spot[:2] - expected)), float(np.linalg.norm(spot[:2] - there[:2]))) / radius
    own = key >= 0 and key == track.key
    if far > (GATE + SPREAD * gap) * (2 if own else 1):
        return None
    return far + abs(float(np.log(spot[3] / there[3]))) - (2.0 if own else 0.0)


def _around(spots: Array) -> Array:
    """The oval round several."""
    low, high = (spots[:, :2] - spots[:, 2:]).min(axis=0), (spots[:, :2] + spots[:, 2:]).max(axis=0)
    return np.concatenate([(low + high) / 2, (high - low) / 2])


def _between(track: _Track, a: int, b: int, time: float) -> Array:
    """A missed spot between two that were seen: in between, as large as the larger, and grown."""
    gap = track.times[b] - track.times[a]
    share = (time - track.times[a]) / gap
    middle = track.spots[a][:2] * (1 - share) + track.spots[b][:2] * share
    radius = np.maximum(track.spots[a][2:], track.spots[b][2:]) * (1 + GROWTH * gap * min(share, 1 - share))
    return np.concatenate([middle, radius + 0.1 * np.abs(track.spots[b][:2] - track.spots[a][:2])])


def _moved(track: _Track, at: int, time: float) -> list[Array]:
    """A spot after it was last seen (or before it was first): where it was, where it may have gone, and between; grown."""
    gap = time - track.times[at]
    spot = track.spots[at]
    way = track.speed(at) * float(np.clip(gap, -DAMP, DAMP))
    radius = spot[2:] * (1 + GROWTH * abs(gap))
    shares = (0.0, 0.5, 1.0) if float(np.linalg.norm(way)) > 0.3 * float(radius.min()) else (1.0,)
    return [np.concatenate([spot[:2] + share * way, radius]) for share in shares]
