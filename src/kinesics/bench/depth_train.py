"""Growing a tree: how many votes a second of one processor, and how many people a second."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..bodies.pose_bank import PoseBank
from ..bodies.views import ViewMaker
from ..depth.gathering import make_samples
from ..depth.making import Clock
from ..depth.training import grow_forest, settings_of
from ..memory import peak_mb

__all__ = ["bench_depth_train"]


def bench_depth_train(views: int = 2000, *, seed: int = 0, workers: int = 1, **options: Any) -> dict[str, Any]:
    """Make views and grow one tree on them, as `kinesics depth train` does; only the growing counts.

    Votes are counted as glimpse counts them, pixel x pair of offsets x threshold. `votes_per_cpu_second` are those of a search
    over all pixels of each node, which is what the tree is worth; `counted_votes_per_cpu_second` those that were evaluated, for
    at most `cap` pixels choose the split of a node. One vote into a bin of a histogram stands for all thresholds in either.

    Args:
        views: people.
        seed: of all chance.
        workers: threads and processes; seconds are those of the processor, of all threads together.
        options: of `grow_forest`.

    Returns:
        votes, seconds, nodes and the settings.
    """
    options = {"trees": 1, "pixels": 400, **options}
    settings = settings_of(**options)
    clock = Clock()
    samples = make_samples(ViewMaker(seed, bank=PoseBank(seed, poses=2000)), 0, views, workers=workers)
    clock.stop("bodies")
    grow_forest(
        samples, threads=workers, **{**options, "trees": 1, "depth": 3, "pixels": 20, "offsets": 8, "smallest": 2}
    )  # compiles
    clock.stop("compile")
    trained = grow_forest(samples, seed=seed, threads=workers, **options)
    clock.stop("growing")
    spent = trained.cpu_seconds
    learned = int(np.minimum(np.diff(samples.part_starts), settings["pixels"]).sum())
    return {
        "votes_per_cpu_second": trained.tally.nominal / spent,
        "counted_votes_per_cpu_second": trained.tally.counted / spent,
        "train_cpu_seconds": spent, "views": views, "pixels_learned": learned, "leaves": len(trained.forest.leaf_parts),
        "workers": workers, **clock.seconds, "peak_memory_mb": peak_mb(), **trained.settings,
    }  # fmt: skip
