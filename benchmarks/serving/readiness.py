"""How soon the service is ready, and how long one picture takes."""

from __future__ import annotations

import tempfile
import time
from typing import Any

import numpy as np

from kinesics.testing.service import RunningService

from .clients import ask, ready
from .pictures import two_people


def measure_start(times: int = 5) -> dict[str, Any]:
    """Seconds from the start of the process until /readyz says that the nets are warm."""
    seconds = []
    for _ in range(times):
        with tempfile.TemporaryDirectory(prefix="kinesics-bench-") as folder:
            began = time.monotonic()
            with RunningService(folder) as service:
                if not ready(service.url, 60):
                    raise RuntimeError("the service did not become ready within a minute")
                seconds.append(time.monotonic() - began)
    return {"ready_seconds": round(float(np.median(seconds)), 2), "ready_seconds_max": round(max(seconds), 2)}


def measure_picture(times: int = 60) -> dict[str, Any]:
    """Milliseconds from sending a picture of 1280x720 with two people until its metadata is there, all workers being warm."""
    data = two_people()
    with tempfile.TemporaryDirectory(prefix="kinesics-bench-") as folder, RunningService(folder) as service:
        ready(service.url, 60)
        end = time.monotonic() + 60
        while not ask(f"{service.url}/v1/status")["spares"]["warm"] and time.monotonic() < end:  # it starts after the first
            time.sleep(0.1)
        taken: dict[str, list[float]] = {"balanced": [], "fast": []}
        people = 0
        for turn in range(times + 5):
            for pose, kept in taken.items():
                began = time.monotonic()
                scene = ask(f"{service.url}/v1/pictures?pose={pose}", "POST", data=data, kind="image/jpeg")
                if turn >= 5:
                    kept.append(1000 * (time.monotonic() - began))
                if pose == "balanced":
                    people = len(scene["people"])
    quick, usual = (np.array(taken[pose]) for pose in ("fast", "balanced"))
    return {
        "picture_ms_p50": round(float(np.median(usual)), 1),
        "picture_ms_p95": round(float(np.quantile(usual, 0.95)), 1),
        "picture_fast_ms_p50": round(float(np.median(quick)), 1),
        "picture_people": people,
        "picture_bytes": len(data),
    }
