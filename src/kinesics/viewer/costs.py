"""What each tier costs on this machine: measured once, remembered in the user's cache folder.

One picture at a time: on a processor a batch of 8 costs these nets within a few per cent what 8 single pictures cost, and more
where tensors outgrow the cache, so that there is nothing to probe but the tiers.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import ShapeError

__all__ = ["CostTable", "cache_folder", "cores", "cost_key", "probe_costs", "read_costs", "write_costs"]

VERSION = 1  # of the file; raised when what is drawn at a tier changes its price
DRAWINGS = 7  # of each tier when it is probed


@dataclass(frozen=True)
class CostTable:
    """Seconds that one picture takes one worker, tier by tier from T0 up.

    Attributes:
        typical: medians.
        p95: 95th percentiles; never below the median, nor below that of a lower tier.

    Raises:
        ShapeError: there is no tier, or something is no time above 0.
    """

    typical: tuple[float, ...]
    p95: tuple[float, ...]

    def __post_init__(self) -> None:
        times = (*self.typical, *self.p95)
        if not self.typical or len(self.typical) != len(self.p95) or not all(math.isfinite(t) and t > 0 for t in times):
            raise ShapeError(f"CostTable: expected as many medians as 95th percentiles, all above 0 seconds, got {times}")

    def __len__(self) -> int:
        return len(self.p95)

    @classmethod
    def of(cls, seconds: Sequence[Sequence[float]]) -> CostTable:
        """From what several drawings of each tier took. A tier does all that the ones below do: it costs at least as much."""
        typical = [float(np.median(times)) for times in seconds]
        high = [float(np.quantile(times, 0.95)) for times in seconds]
        return cls(tuple(np.maximum.accumulate(typical).tolist()), tuple(np.maximum.accumulate(high).tolist()))


def probe_costs(
    draw: Callable[[int], object],
    tiers: int,
    *,
    drawings: int = DRAWINGS,
    clock: Callable[[], float] = time.perf_counter,
    stopped: Callable[[], bool] = lambda: False,
) -> CostTable | None:
    """Draw each tier once to warm it up, then some times with the clock in hand.

    Args:
        draw: draws a picture at the tier it is given.
        tiers: how many there are.
        drawings: how often each is timed.
        clock: seconds from any origin.
        stopped: asked before each drawing; None is returned once it says so.
    """
    seconds: list[list[float]] = []
    for tier in range(tiers):
        took = []
        for _ in range(drawings + 1):
            if stopped():
                return None
            start = clock()
            draw(tier)
            took.append(max(clock() - start, 1e-9))
        seconds.append(took[1:])
    return CostTable.of(seconds)


def cores() -> int:
    """Processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def cost_key(nets: Mapping[str, bytes], also: Iterable[Any] = ()) -> str:
    """Names a table: the processor, how many cores, the nets, and whatever else decides about the price."""
    digest = hashlib.sha256(json.dumps([VERSION, _processor(), cores(), *map(str, also)]).encode())
    for name in sorted(nets):
        digest.update(name.encode() + hashlib.sha256(nets[name]).digest())
    return digest.hexdigest()[:32]


def _processor() -> str:
    with contextlib.suppress(OSError), open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
        return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())
    return platform.processor() or platform.machine()


def cache_folder() -> Path:
    """Where programs of this user keep what can be made again; nothing is made here."""
    if sys.platform == "win32":
        home = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    elif sys.platform == "darwin":
        home = Path.home() / "Library/Caches"
    else:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return home / "kinesics/viewer-costs"


def read_costs(key: str, tiers: int) -> CostTable | None:
    """The table that was kept under `key`, or None: not there, not readable, damaged, of another number of tiers."""
    try:
        held = json.loads((cache_folder() / f"{key}.json").read_text("utf-8"))
        table = CostTable(tuple(map(float, held["typical"])), tuple(map(float, held["p95"])))
    except (OSError, RuntimeError, ValueError, TypeError, KeyError):  # no home folder is a RuntimeError
        return None
    return table if len(table) == tiers else None


def write_costs(key: str, table: CostTable) -> None:
    """Keep a table for the next start; where that cannot be written nothing happens."""
    with contextlib.suppress(OSError, RuntimeError):
        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        beside = folder / f"{key}.{os.getpid()}"
        try:
            beside.write_text(json.dumps({"typical": table.typical, "p95": table.p95}), "utf-8")
            beside.replace(folder / f"{key}.json")
        finally:
            beside.unlink(missing_ok=True)
