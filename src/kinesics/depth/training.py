"""Samples to a forest: tree after tree, level after level, remembered as it goes."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ..errors import UsageError
from ..types import Array
from .checkpoints import Checkpoint, Progress
from .forest import Forest
from .growing import Growth, Level, Rules, Tally
from .leaves import Leaves, learn_leaves
from .samples import SampleSet
from .sampling import Pixels, draw_pixels
from .splits import MOST

LEAVES = 360_000  # of a forest, at most
FEWEST = 30


class Told(Protocol):
    """Who is told how far a training is."""

    def __call__(self, share: float, **facts: Any) -> object:
        """So much of the work is done, 0 to 1; facts: tree, level, nodes, seconds_left."""
        ...


@dataclass(frozen=True)
class Trained:
    """A forest, what it was made with, the votes it took and the processor's seconds of this run."""

    forest: Forest
    settings: dict[str, Any]
    tally: Tally
    cpu_seconds: float


def train_forest(samples: SampleSet, **options: Any) -> Forest:
    """Learn a forest; the arguments are those of `grow_forest`."""
    return grow_forest(samples, **options).forest


def grow_forest(
    samples: SampleSet,
    *,
    trees: int = 3,
    depth: int = 20,
    pixels: int = 400,
    offsets: int = 320,
    thresholds: int = 49,
    cap: int = 4000,
    smallest: int | None = None,
    reach: float = 0.8,
    span: float = 0.6,
    balance: float = 0.5,
    votes: int = 7,
    seed: int = 0,
    threads: int = 2,
    checkpoint: str | Path | None = None,
    keep_checkpoint: bool = False,
    progress: Told | None = None,
) -> Trained:
    """Learn a forest.

    Args:
        samples: people whose pixels are labelled.
        trees: how many; each draws its own pixels and offsets.
        depth: nodes from the root to the farthest leaf, both counted, 1 to 40.
        pixels: drawn from each person.
        offsets: pairs tried in each node.
        thresholds: tried with each pair, odd.
        cap: most pixels of a node that choose its split, spread over all its pictures; all of them then go down.
        smallest: fewest pixels of a leaf, as far as those that choose can tell; None: so many that the forest has about
            `LEAVES` leaves at most, which keeps the model below 20 MB, and no fewer than 30.
        reach: longest u and v, metres.
        span: largest threshold, metres, but for those that tell the background.
        balance: 0 draws labels as often as they are seen, 1 all labels of a person equally often.
        votes: kept in each leaf.
        seed: of all chance: the same seed and samples, the same forest, bit for bit.
        threads: at work; the forest does not depend on it.
        checkpoint: a file that remembers; a training that finds it goes on from there.
        keep_checkpoint: leave that file when all is done.
        progress: told after each level.

    Returns:
        the forest and how much work it was.

    Raises:
        UsageError: an option out of range, no samples, or a checkpoint of another training.
        FormatError: the checkpoint is damaged.
        SinkError: the checkpoint cannot be written.
    """
    if smallest is None:
        smallest = usual_smallest(int(np.minimum(np.diff(samples.part_starts), pixels).sum()), trees)
    rules = Rules(depth, offsets, thresholds, cap, smallest, reach, span)
    _check(rules, samples, trees, pixels, balance, votes)
    settings = {**asdict(rules), "trees": trees, "pixels": pixels, "balance": balance, "votes": votes, "seed": seed}
    memory = Checkpoint(checkpoint, {**settings, "samples": samples.digest() if checkpoint is not None else ""})
    state = memory.load()
    began, cpu = time.monotonic(), time.process_time()
    work = _Work(rules, trees, len(samples) * pixels, state)
    for number in range(len(state.trees), trees):
        seeds = np.random.SeedSequence([seed, number]).generate_state(2)
        drawn = draw_pixels(samples, pixels, seed=int(seeds[0]), balance=balance)
        growth = Growth(samples, drawn, rules, int(seeds[1]), threads)
        for level in state.levels:
            growth.follow(level)
        while not growth.done:
            before = growth.tally.nominal, growth.tally.counted
            state.levels.append(growth.step())
            state.tally.nominal += growth.tally.nominal - before[0]
            state.tally.counted += growth.tally.counted - before[1]
            memory.save(state)
            if progress is not None:
                share = work.share(number, len(state.levels))
                left = (time.monotonic() - began) * (1 - share) / max(share - work.begun, 1e-9)
                progress(
                    share, tree=number + 1, level=len(state.levels), nodes=len(state.levels[-1].children), seconds_left=left
                )
        state.trees.append((state.levels, _leaves(samples, drawn, growth, votes)))
        state.levels = []
        memory.save(state)
    forest = assembled(state.trees, samples.labels, samples.joint_names)
    if not keep_checkpoint:
        memory.clear()
    return Trained(forest, settings, state.tally, time.process_time() - cpu)


def usual_smallest(pixels: int, trees: int) -> int:
    """Fewest pixels of a leaf when nobody says: leaves end up with about 2.6 times as many on average."""
    return max(FEWEST, round(pixels * trees / (2.6 * LEAVES)))


def settings_of(**options: Any) -> dict[str, Any]:
    """All settings of a training that was given only some.

    Raises:
        UsageError: there is no such option.
    """
    known = {
        name: value.default for name, value in inspect.signature(grow_forest).parameters.items() if name not in _NO_SETTINGS
    }
    if other := sorted(set(options) - set(known)):
        raise UsageError(f"training a forest: there is no option {', '.join(other)}; there are {', '.join(known)}")
    return {**known, **options}


_NO_SETTINGS = ("samples", "seed", "threads", "checkpoint", "keep_checkpoint", "progress")


def _check(rules: Rules, samples: SampleSet, trees: int, pixels: int, balance: float, votes: int) -> None:
    wanted: Sequence[tuple[str, float, float, float]] = (
        ("trees", trees, 1, 64), ("depth", rules.depth, 1, 40), ("pixels", pixels, 1, 65535), ("balance", balance, 0, 1),
        ("offsets", rules.offsets, 1, 16384), ("thresholds", rules.thresholds, 3, 255), ("cap", rules.cap, 8, MOST),
        ("smallest", rules.smallest, 1, 1 << 20), ("reach", rules.reach, 0.01, 3.2), ("span", rules.span, 0.01, 1.9),
        ("votes", votes, 0, 64),
    )  # fmt: skip
    for name, value, low, high in wanted:
        if not low <= value <= high:
            raise UsageError(f"{name} {value}: expected {low} to {high}")
    if rules.thresholds % 2 == 0:
        raise UsageError(f"thresholds {rules.thresholds}: expected an odd number, for they lie evenly around 0")
    if len(samples) * pixels >= 1 << 31:
        raise UsageError(f"{pixels} pixels of each of {len(samples)} people: expected fewer than {1 << 31} together")
    if not len(samples.parts):
        raise UsageError("training a forest: there is not a pixel of anybody in these samples")


def _leaves(samples: SampleSet, drawn: Pixels, growth: Growth, votes: int) -> Leaves:
    def run(work: Callable[[int, int], None], count: int) -> None:
        growth.run(work, count, 256)

    return learn_leaves(samples, drawn, growth.nodes, growth.leaves, votes, run)


class _Work:
    """How much of the work is done, guessed from how many pixels choose splits on each level."""

    def __init__(self, rules: Rules, trees: int, pixels: int, state: Progress) -> None:
        costs = [min(pixels, rules.cap << min(level, 40)) + 0.05 * pixels for level in range(rules.depth)]
        self._costs, self._trees = np.concatenate([[0.0], np.cumsum(costs)]), trees
        self.begun = self.share(len(state.trees), len(state.levels))

    def share(self, tree: int, levels: int) -> float:
        whole = float(self._costs[-1])
        return (tree * whole + float(self._costs[min(levels, len(self._costs) - 1)])) / (self._trees * whole)


def assembled(trees: Sequence[tuple[list[Level], Leaves]], labels: tuple[str, ...], joints: tuple[str, ...]) -> Forest:
    """One forest of finished trees."""
    roots, children, nodes, ends = [], [], 0, 0
    for levels, leaves in trees:
        roots.append(nodes)
        for level in levels:
            below = nodes + len(level.children)
            children.append(np.where(level.children < 0, level.children - ends, level.children + below))
            nodes = below
        ends += len(leaves.leaf_parts)

    def whole(name: str) -> Array:
        return np.concatenate([getattr(level, name) for levels, _ in trees for level in levels])

    said = {item.name: np.concatenate([getattr(leaves, item.name) for _, leaves in trees]) for item in fields(Leaves)}
    return Forest(
        np.array(roots, np.int32), np.concatenate(children).astype(np.int32), whole("offsets"), whole("thresholds"),
        labels=labels, joints=joints, **said,
    )  # fmt: skip
