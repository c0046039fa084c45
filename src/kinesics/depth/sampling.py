"""Which pixels of a person a tree learns from."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np

from ..types import Array
from .samples import SampleSet


@dataclass(frozen=True)
class Pixels:
    """Pixels drawn from every person, person after person.

    Attributes:
        starts: (n + 1,) int64, those of person i are starts[i]:starts[i + 1].
        rows: (pixels,) uint16 in the crop.
        columns: (pixels,) uint16.
        labels: (pixels,) uint8.
    """

    starts: Array
    rows: Array
    columns: Array
    labels: Array


def draw_pixels(samples: SampleSet, each: int, *, seed: int, balance: float = 0.5) -> Pixels:
    """Draw pixels from the segment of every person, none twice.

    Args:
        samples: from whom.
        each: pixels a person; a person of fewer gives all.
        seed: of all chance; another seed, other pixels.
        balance: 0 draws labels as often as they are seen; 1 each label of a person equally often; between, by the power
            1 - balance of their size. Small parts such as hands gain; nothing is weighed back, so leaves lean towards them.

    Returns:
        the pixels.
    """
    counts = np.minimum(np.diff(samples.part_starts), each)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    rows, columns, labels = (np.empty(starts[-1], kind) for kind in (np.uint16, np.uint16, np.uint8))
    seeds = np.random.SeedSequence(seed).generate_state(1, np.uint64)
    _draw(
        samples.depth, samples.starts, samples.widths, samples.parts, samples.part_starts, len(samples.labels),
        1.0 - balance, seeds[0], starts, rows, columns, labels,
    )  # fmt: skip
    return Pixels(starts, rows, columns, labels)


@numba.njit(cache=True, nogil=True)
def mixed(x: np.uint64) -> np.uint64:
    """A well stirred number from any other (Steele et al., "Fast splittable pseudorandom number generators", 2014)."""
    x = np.uint64(x) + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@numba.njit(cache=True, nogil=True)
def _quotas(counts: Array, wanted: int, power: float, quotas: Array) -> None:
    """How many of each label: in proportion to counts ** power, never more than there are, `wanted` together."""
    for p in range(len(counts)):
        quotas[p] = 0
    left = wanted
    weights = np.zeros(len(counts))
    while left > 0:
        total = 0.0
        for p in range(len(counts)):
            weights[p] = counts[p] ** power if quotas[p] < counts[p] else 0.0
            total += weights[p]
        share, carried, given = left / total, 0.0, 0
        for p in range(len(counts)):
            if weights[p] > 0:
                carried += weights[p] * share
                part = min(int(carried + 1e-9), counts[p] - quotas[p], left - given)
                carried -= part
                quotas[p] += part
                given += part
        if given == 0:
            for p in range(len(counts)):
                if weights[p] > 0 and left > 0:
                    quotas[p] += 1
                    left -= 1
        left -= given


@numba.njit(cache=True, nogil=True)
def _draw(
    depth: Array, starts: Array, widths: Array, parts: Array, part_starts: Array, count: int, power: float, seed: int,
    drawn: Array, rows: Array, columns: Array, labels: Array,
) -> None:  # fmt: skip
    counts, quotas, seen, taken = (
        np.empty(count, np.int64),
        np.empty(count, np.int64),
        np.empty(count, np.int64),
        np.empty(count, np.int64),
    )
    step = 1.0 / 9007199254740992.0
    for i in range(len(widths)):
        for p in range(count):
            counts[p] = seen[p] = taken[p] = 0
        for k in range(part_starts[i], part_starts[i + 1]):
            counts[parts[k]] += 1
        _quotas(counts, drawn[i + 1] - drawn[i], power, quotas)
        at, k, width = drawn[i], part_starts[i], widths[i]
        state = mixed(np.uint64(seed) ^ mixed(np.uint64(i)))
        for place in range(starts[i], starts[i + 1]):
            if depth[place] == 0:
                continue
            label = parts[k]
            k += 1
            # of `counts` pixels of the label `quotas` are kept, each as likely as any other (Knuth's algorithm S)
            state = mixed(state)
            chance = float(state >> np.uint64(11)) * step
            if chance * (counts[label] - seen[label]) < quotas[label] - taken[label]:
                taken[label] += 1
                local = place - starts[i]
                rows[at] = local // width
                columns[at] = local % width
                labels[at] = label
                at += 1
            seen[label] += 1
