"""Workers and drivers of a corpus killed at random moments, and whether everything is there once in the end."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from serving.killing import children

from kinesics.batch.reading import shards
from kinesics.batch.shards import read_rows

from .material import pieces


def measure_kills(kills: int = 100, clips: int = 24, *, seed: int = 7) -> dict[str, Any]:
    """Kill a worker or, one time in four, the driver, after 0.05 to 1 s, until `kills` are done; each round ends unharmed.

    A clip is lost that has no rows in the end, or other rows than in a run that nobody disturbed; doubled, if it has two
    shards or two rows of the kind "clip".
    """
    rng = random.Random(seed)
    counts = {"lost": 0, "doubled": 0, "kills": 0, "kills_of_driver": 0, "kill_rounds": 0, "orphans": 0}
    with tempfile.TemporaryDirectory(prefix="kinesics-bench-") as name:
        corpus = Path(name) / "corpus"
        paths = [str(path) for path in pieces(corpus, clips, seconds=1.0, high=240)]
        _finish(corpus, Path(name) / "reference")
        wanted = _rows(Path(name) / "reference")
        while counts["kills"] < kills:
            out = Path(name) / f"round{counts['kill_rounds']}"
            _disturb(corpus, out, rng, kills, counts)
            _finish(corpus, out)
            counts["kill_rounds"] += 1
            got = _rows(out)
            counts["lost"] += sum(got.get(path, [])[:1] != wanted[path][:1] for path in paths)
            counts["doubled"] += sum(len(got.get(path, [])) > 1 for path in paths)
            counts["orphans"] += len(_workers(str(out)))
    return counts


def _command(corpus: Path, out: Path) -> list[str]:
    jobs = ["--jobs", "people,shots", "--pose", "fast", "--workers", "2"]
    return [sys.executable, "-m", "kinesics", "batch", str(corpus), "-o", str(out), *jobs, "--quiet"]


def _finish(corpus: Path, out: Path) -> None:
    """Run it to its end; clips that were marked because their worker was killed twice are done again."""
    subprocess.run(_command(corpus, out), check=True, capture_output=True)


def _disturb(corpus: Path, out: Path, rng: random.Random, kills: int, counts: dict[str, int]) -> None:
    """One driver after the other until one comes to its end or the kills are used up."""
    while counts["kills"] < kills:
        with subprocess.Popen(_command(corpus, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as driver:
            time.sleep(rng.uniform(0.3, 1.5))
            while driver.poll() is None and counts["kills"] < kills:
                time.sleep(rng.uniform(0.05, 1.0))
                workers = children(driver.pid)
                if rng.random() < 0.25:
                    driver.kill()
                    counts["kills_of_driver"] += driver.poll() is None
                    counts["kills"] += 1
                    driver.wait()
                elif workers:
                    with_luck(rng.choice(workers), counts)
            if driver.poll() is None:
                driver.kill()
            if driver.wait() == 0:
                return


def with_luck(pid: int, counts: dict[str, int]) -> None:
    """Kill it, unless it has just ended."""
    try:
        os.kill(pid, signal.SIGKILL)
        counts["kills"] += 1
    except ProcessLookupError:
        return


def _workers(word: str) -> list[int]:
    """Processes that have a word in their command line a second later."""
    time.sleep(1.0)
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if word.encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def _rows(out: Path) -> dict[str, list[Any]]:
    """For each clip, its status and facts from every shard that speaks of it."""
    found: dict[str, list[Any]] = {}
    for place in shards(out):
        for batch in read_rows([place], "clip"):
            for row in batch.to_pylist():
                counted = sum(len(rows) for kind in ("people", "shots") for rows in read_rows([place], kind))
                found.setdefault(row["path"], []).append({**row, "rows": counted})
    return found
