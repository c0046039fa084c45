"""One level of a tree after the other: which pixels choose the splits, how the work is cut, where the pixels go."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from ..types import Array
from .features import bins_of, draw_offsets, make_thresholds
from .samples import SampleSet
from .sampling import Pixels
from .slots import count_labels, give_slots, stirred
from .splits import MOST, best_splits
from .sweeps import code_features, send_down

POOL = 1 << 15  # pairs of offsets; a node takes a stretch of them that starts where its place in the tree says
CODES = 640 << 20  # bytes of binned features at a time
PICTURES = 256  # a thread's piece of a sweep
NODES = 64  # pieces of the nodes of a sweep


@dataclass(frozen=True)
class Rules:
    """How a tree grows.

    Attributes:
        depth: nodes from the root to the farthest leaf, both counted.
        offsets: pairs tried in a node; rounded up to a multiple of 8.
        thresholds: tried with each pair, odd.
        cap: most pixels of a node that choose its split; all of them then go down.
        smallest: fewest pixels of a leaf.
        reach: longest u and v, metres.
        span: largest threshold but those for the background, metres.
    """

    depth: int
    offsets: int
    thresholds: int
    cap: int
    smallest: int
    reach: float
    span: float


@dataclass(frozen=True)
class Level:
    """The nodes of a level; `children` as in `Forest`, but from the start of the next level and of the tree's leaves."""

    children: Array
    offsets: Array
    thresholds: Array
    paths: Array


@dataclass
class Tally:
    """Votes, as pixel x pair of offsets x threshold: those of a search over all pixels of each node, and those counted."""

    nominal: int = 0
    counted: int = 0


class Growth:
    """A tree that grows over pixels drawn from samples.

    Args:
        samples: all of it.
        pixels: what this tree learns from.
        rules: how.
        seed: of all chance; with the same seed the same tree, whatever the number of threads.
        threads: at work.
    """

    def __init__(self, samples: SampleSet, pixels: Pixels, rules: Rules, seed: int, threads: int) -> None:
        self._samples, self._pixels, self._rules, self._threads = samples, pixels, rules, threads
        self._pairs = -(-rules.offsets // 8) * 8
        rng = np.random.default_rng(seed)
        self._pool = draw_offsets(rng, max(POOL, 2 * self._pairs), rules.reach)
        self._key = np.uint64(rng.integers(1 << 63))
        self._across = np.ascontiguousarray(self._pool.T, np.float32)
        self._thresholds = make_thresholds(rules.thresholds, rules.span)
        self._bins = bins_of(self._thresholds)
        steps = np.arange(MOST + 1, dtype=float)
        self._table = steps * np.log2(np.maximum(steps, 1))
        sizes = np.diff(samples.starts)
        tall = sizes // np.maximum(samples.widths, 1) + 2
        self._largest = int((tall * (samples.widths + 2)).max(initial=9))
        self.nodes = np.zeros(len(pixels.rows), np.int32)
        self.levels: list[Level] = []
        self.leaves = 0
        self.tally = Tally()
        self._paths = np.ones(1, np.uint64)
        self._codes = np.empty((0, self._pairs), np.uint8)

    @property
    def done(self) -> bool:
        """Whether no pixel is on its way any more."""
        return not len(self._paths)

    def follow(self, level: Level) -> None:
        """Take a level as it was grown before: pixels go down as they did then."""
        self.levels.append(level)
        self.leaves += int((level.children < 0).sum())
        inner = level.children >= 0
        lefts = level.paths[inner] << np.uint64(1)
        self._paths = np.stack([lefts, lefts | np.uint64(1)], axis=1).ravel()
        pixels, samples = self._pixels, self._samples
        offsets, thresholds = level.offsets.astype(np.float32), level.thresholds.astype(np.int32)

        def piece(first: int, last: int) -> None:
            send_down(
                first, last, samples.depth, samples.starts, samples.widths, samples.optics, pixels.starts, pixels.rows,
                pixels.columns, self.nodes, offsets, thresholds, level.children, self._largest,
            )  # fmt: skip

        self._run(piece, _pieces(len(samples), PICTURES))

    def step(self) -> Level:
        """Grow one more level."""
        count = len(self._samples.labels)
        labels = np.zeros((len(self._paths), count), np.int32)
        count_labels(self.nodes, self._pixels.labels, labels)
        sizes = labels.sum(1)
        last = len(self.levels) + 1 >= self._rules.depth
        wanted = (sizes >= max(2 * self._rules.smallest, 2)) & ((labels > 0).sum(1) > 1) & (not last)
        chosen = np.flatnonzero(wanted)
        winners, gains = self._search(sizes, chosen)
        split = chosen[(winners[:, 0] >= 0) & (gains > 1e-6)]
        winners = winners[(winners[:, 0] >= 0) & (gains > 1e-6)]
        level = self._level(split, winners, self._windows()[split])
        self.follow(level)
        return level

    def _level(self, split: Array, winners: Array, windows: Array) -> Level:
        n = len(self._paths)
        children, offsets, thresholds = np.empty(n, np.int32), np.zeros((n, 4), np.int16), np.zeros(n, np.int16)
        ends = np.ones(n, bool)
        ends[split] = False
        children[ends] = ~(self.leaves + np.arange(ends.sum(), dtype=np.int32))
        children[split] = 2 * np.arange(len(split), dtype=np.int32)
        offsets[split] = self._pool[windows + winners[:, 0]]
        thresholds[split] = self._thresholds[winners[:, 1]]
        return Level(children, offsets, thresholds, self._paths)

    def _windows(self) -> Array:
        """Where in the pool the pairs of each node begin: by its way from the root, whatever the order of the work."""
        with np.errstate(over="ignore"):
            return (stirred(self._paths ^ self._key) % np.uint64(len(self._pool) - self._pairs + 1)).astype(np.int32)

    def _search(self, sizes: Array, chosen: Array) -> tuple[Array, Array]:
        rules = self._rules
        asked = np.zeros(len(sizes), np.int64)
        asked[chosen] = np.minimum(sizes[chosen], rules.cap)
        self.tally.nominal += int(sizes[chosen].sum()) * rules.offsets * rules.thresholds
        self.tally.counted += int(asked.sum()) * self._pairs * rules.thresholds
        ends = np.concatenate([[0], np.cumsum(asked)])
        slots = np.empty(len(self.nodes), np.int32)
        give_slots(self.nodes, sizes, asked, ends, slots)
        windows = self._windows()
        winners, gains = np.full((len(sizes), 2), -1, np.int32), np.zeros(len(sizes), np.float32)
        least = np.maximum(-(-rules.smallest * asked // np.maximum(sizes, 1)), 1)
        room = max(CODES // self._pairs, rules.cap)
        for first, last in _groups(ends, room):
            self._sweep(first, last, ends, slots, windows, least, winners, gains)
        return winners[chosen], gains[chosen]

    def _sweep(
        self, first: int, last: int, ends: Array, slots: Array, windows: Array, least: Array, winners: Array, gains: Array
    ) -> None:
        samples, pixels = self._samples, self._pixels
        low, high = int(ends[first]), int(ends[last])
        if len(self._codes) < high - low:
            self._codes = np.empty((high - low, self._pairs), np.uint8)
        codes, kept = self._codes[: high - low], np.empty(high - low, np.uint8)

        def features(start: int, end: int) -> None:
            code_features(
                start, end, low, high, samples.depth, samples.starts, samples.widths, samples.optics, pixels.starts,
                pixels.rows, pixels.columns, pixels.labels, self.nodes, slots, windows, self._across, self._bins, self._largest,
                codes, kept,
            )  # fmt: skip

        def splits(start: int, end: int) -> None:
            best_splits(
                start, end, ends, low, least, len(samples.labels), len(self._thresholds) + 1, self._table, codes, kept, winners,
                gains,
            )  # fmt: skip

        self._run(features, _pieces(len(samples), PICTURES))
        cuts = np.unique(np.searchsorted(ends[first : last + 1], np.linspace(low, high, NODES + 1)) + first)
        cuts[0], cuts[-1] = first, last
        self._run(splits, list(zip(cuts[:-1].tolist(), cuts[1:].tolist(), strict=True)))

    def run(self, work: Callable[[int, int], None], count: int, size: int) -> None:
        """Do work(first, last) over `count` things, `size` at a time."""
        self._run(work, _pieces(count, size))

    def _run(self, work: Callable[[int, int], None], pieces: Sequence[tuple[int, int]]) -> None:
        if self._threads < 2 or len(pieces) < 2:
            for piece in pieces:
                work(*piece)
            return
        with ThreadPoolExecutor(self._threads) as pool:
            jobs = [pool.submit(work, *piece) for piece in pieces]
            try:
                for job in jobs:
                    job.result()
            finally:  # an interruption does not wait for what has not begun
                pool.shutdown(cancel_futures=True)


def _pieces(count: int, size: int) -> list[tuple[int, int]]:
    return [(first, min(first + size, count)) for first in range(0, count, size)]


def _groups(ends: Array, room: int) -> Iterable[tuple[int, int]]:
    """Stretches of nodes whose pixels together are at most `room`, or one node."""
    first, count = 0, len(ends) - 1
    while first < count:
        last = max(int(np.searchsorted(ends, ends[first] + room, side="right")) - 1, first + 1)
        if ends[last] > ends[first]:
            yield first, last
        first = last
