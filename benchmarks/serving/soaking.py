"""A long run with reconnects: whether memory, files or threads grow."""

from __future__ import annotations

import os
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from kinesics.testing.service import RunningService

from .clients import Browser, Socket, ask, ready
from .killing import children
from .pictures import walk
from .sources import Camera


def measure_soak(minutes: float = 20.0, reconnects: int = 200) -> dict[str, Any]:
    """Two web cameras and browsers that come and go, so many times; memory of all processes, files and threads once a second.

    The slope is of the second half, by least squares on half-minute means, with its 95 % confidence limits (the means are taken
    as independent; neighbouring ones are alike, so that the limits are rather too narrow than too wide).
    """
    rng, rows = random.Random(5), list[tuple[float, float, int, int]]()
    with tempfile.TemporaryDirectory(prefix="kinesics-bench-") as folder, Camera() as camera, RunningService(folder) as service:
        ready(service.url, 60)
        streams = [ask(f"{service.url}/v1/streams", "POST", {"source": camera.address, "pixels": True})["id"] for _ in range(2)]
        pictures, began, done = walk(), time.monotonic(), 0
        eye = Socket(service.url, f"/v1/streams/{streams[0]}/live", lambda said, now: None)
        while (now := time.monotonic() - began) < 60 * minutes:
            if done < reconnects and now > done * 60 * minutes / reconnects:
                _come_and_go(service.url, pictures, streams, rng, done)
                if done % 20 == 19:
                    camera.kill()
                    camera.start()
                done += 1
            rows.append((now, *_counts(service.process.pid)))
            time.sleep(1.0)
        eye.close()
        ends = service.stop()
    return {**_slopes(np.array(rows)), "soak_minutes": minutes, "soak_reconnects": done, "soak_exit": ends}


def _come_and_go(url: str, pictures: list[bytes], streams: list[str], rng: random.Random, number: int) -> None:
    if number % 2:
        browser = Browser(url, pictures, fps=15)
        time.sleep(rng.uniform(0.3, 1.0))
        browser.close()
    else:
        eye = Socket(url, f"/v1/streams/{streams[1]}/live?pictures=1", lambda said, now: None)
        time.sleep(rng.uniform(0.3, 1.0))
        eye.close()


def _counts(pid: int) -> tuple[float, int, int]:
    """Megabytes, open files and threads of the service and all its workers."""
    memory, files, threads = 0.0, 0, 0
    for one in (pid, *children(pid)):
        try:
            memory += _own(one)
            files += len(os.listdir(f"/proc/{one}/fd"))
            threads += len(os.listdir(f"/proc/{one}/task"))
        except OSError:
            continue  # it ended while we counted
    return memory, files, threads


def _own(pid: int) -> float:
    """Megabytes that only this process holds, and its share of what it holds with others."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _slopes(rows: Any) -> dict[str, Any]:
    half = rows[rows[:, 0] > rows[-1, 0] / 2]
    slot = (half[:, 0] // 30).astype(int)
    means = np.array([half[slot == s].mean(0) for s in np.unique(slot)])
    fit = stats.linregress(means[:, 0] / 3600, means[:, 1])
    reach = float(stats.t.ppf(0.975, max(len(means) - 2, 1)) * fit.stderr)
    first, last = half[: len(half) // 4], half[-(len(half) // 4) :]
    return {
        "soak_mb": round(float(means[:, 1].mean()), 1),
        "soak_mb_per_hour": round(float(fit.slope), 2),
        "soak_mb_per_hour_low": round(float(fit.slope) - reach, 2),
        "soak_mb_per_hour_high": round(float(fit.slope) + reach, 2),
        "soak_files_before": float(np.median(first[:, 2])),
        "soak_files_after": float(np.median(last[:, 2])),
        "soak_threads_before": float(np.median(first[:, 3])),
        "soak_threads_after": float(np.median(last[:, 3])),
    }
