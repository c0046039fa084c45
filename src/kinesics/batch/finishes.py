"""What is done with a job's rows when all clips are done: across the corpus, in the driver, within bounded memory."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path

from .config import Config

__all__ = ["FINISHES", "finish"]

FINISHES = {"duplicates": ("duplicates", "find_duplicates"), "faces": ("who", "cluster")}
"""Job -> module in this folder, and a function `(shards, out, config) -> counts` that writes its table to `out`."""


def finish(places: Sequence[Path], out: Path, config: Config) -> dict[str, dict[str, int]]:
    """Do the finishes of all jobs that are asked for; what each counted, by job."""
    counts = {}
    for name in config.jobs:
        if name in FINISHES:
            module, function = FINISHES[name]
            counts[name] = getattr(importlib.import_module(f".{module}", __package__), function)(list(places), out, config)
    return counts
