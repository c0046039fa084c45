"""Labels of a person's pixels in a depth picture: how many pictures a second, on one thread."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import Any

import numpy as np

from ..bodies.pose_bank import PoseBank
from ..bodies.views import View, ViewMaker
from ..depth import Forest, load_model, millimetres
from ..depth.features import draw_offsets
from ..depth.shipped import FILE
from ..types import Array

__all__ = ["bench_depth_label"]

SIZE = (320, 240)
DEPTH = 18  # of the trees that are made up where no model is at hand


def bench_depth_label(model: str | None = None, *, pixels: int = 6000, pictures: int = 40, rounds: int = 7) -> dict[str, Any]:
    """Label every pixel of one person, 320x240, about as many of them as asked for; only `Forest.label` is timed.

    Args:
        model: a file; None: the one that ships, or where there is none, full trees with random questions: the worst case, for
            every pixel takes the whole way and no two pixels the same.
        pixels: of the person.
        pictures: how many.
        rounds: over all pictures; the fastest of each counts.

    Returns:
        fps and milliseconds by the processor's time of this thread, pixels a second, what the forest is.
    """
    forest, name = _forest(model)
    views = islice(_large(pixels), pictures)
    asked = [_pixels(view) for view in views]
    best = np.full(len(asked), np.inf)
    forest.label(*asked[0])  # compiled
    for _ in range(rounds):
        for at, question in enumerate(asked):
            start = time.thread_time()
            forest.label(*question)
            best[at] = min(best[at], time.thread_time() - start)
    p50, p95, p99 = (1000 * np.percentile(best, (50, 95, 99))).tolist()
    counted = np.array([len(question[2]) for question in asked])
    return {
        "fps": len(asked) / float(best.sum()), "ms_p50": p50, "ms_p95": p95, "ms_p99": p99,
        "pixels": round(float(counted.mean())), "pixels_per_second": float(counted.sum() / best.sum()), "pictures": len(asked),
        "model": name, "trees": forest.trees, "leaves": len(forest.leaf_parts),
    }  # fmt: skip


def _forest(model: str | None) -> tuple[Forest, str]:
    if model is not None:
        return load_model(model).forest, Path(model).name
    if FILE.is_file():
        return load_model(FILE).forest, f"{FILE.name}, which ships"
    return random_forest(), f"3 full trees of depth {DEPTH} with random questions"


def random_forest(trees: int = 3, depth: int = DEPTH, labels: int = 32, seed: int = 0) -> Forest:
    """Full trees that ask at random; `depth` counts the nodes from root to leaf."""
    rng = np.random.default_rng(seed)
    inner, ends = 2 ** (depth - 1) - 1, 2 ** (depth - 1)
    one = np.concatenate([2 * np.arange(inner) + 1, ~np.arange(ends)])
    children = np.concatenate([np.where(one < 0, one - t * ends, one + t * (inner + ends)) for t in range(trees)])
    asks = (children >= 0)[:, None]
    offsets, thresholds = draw_offsets(rng, len(children), 0.5) * asks, rng.normal(0, 60, (len(children), 1)) * asks
    parts = np.zeros((trees * ends, labels), np.uint8)
    parts[np.arange(len(parts)), rng.integers(0, labels, len(parts))] = 255
    return Forest(np.arange(trees) * (inner + ends), children, offsets, thresholds[:, 0].astype(np.int16), parts)


def _large(pixels: int, seed: int = 6_000_000) -> Iterator[View]:
    """Views of people who fill that many pixels, give or take a sixth; of 64 views at least the one that comes nearest."""
    maker = ViewMaker(seed, size=SIZE, bank=PoseBank(seed, poses=1000))
    for first in count(0, 64):
        nearest, closest = None, np.inf
        found = False
        for index in range(first, first + 64):
            view = maker.view(index)
            away = abs(int((view.segment & (view.depth > 0)).sum()) - pixels) / pixels
            if away < 1 / 6:
                found = True
                yield view
            elif away < closest:
                nearest, closest = view, away
        if not found and nearest is not None:
            yield nearest


def _pixels(view: View) -> tuple[Array, Any, Array, Array]:
    depth = millimetres(np.where(view.segment, view.depth, 0))
    rows, columns = (place.astype(np.int32) for place in np.nonzero(depth))
    return depth, view.camera, rows, columns
