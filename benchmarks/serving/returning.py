"""A source that is killed again and again: whether it comes back, and how soon."""

from __future__ import annotations

import random
import tempfile
import time
from typing import Any

import numpy as np

from kinesics.testing.service import RunningService

from .clients import Socket, ask, ready, until
from .sources import Camera, has_rtsp


def measure_return(times: int = 50, rtsp: bool | None = None) -> dict[str, Any]:
    """Kill a camera, start it after 0.2 to 3 s, wait for a scene of the new connection; counted from when it listens again."""
    rng, seconds, never, false = random.Random(7), list[float](), 0, 0
    with (
        tempfile.TemporaryDirectory(prefix="kinesics-bench-") as folder,
        Camera(rtsp=has_rtsp() if rtsp is None else rtsp) as camera,
    ):
        with RunningService(folder) as service:
            ready(service.url, 60)
            stream = ask(f"{service.url}/v1/streams", "POST", {"source": camera.address})["id"]
            newest = {"epoch": -1, "at": 0.0}

            def said(message: dict[str, Any], now: float) -> None:
                if message["type"] == "scene":
                    newest.update(epoch=message["scene"].get("epoch", 0), at=now)

            eye = Socket(service.url, f"/v1/streams/{stream}/live", said)
            until(lambda: newest["epoch"] >= 0, 30)
            for _ in range(times):
                before = newest["epoch"]
                camera.kill()
                time.sleep(rng.uniform(0.2, 3.0))
                camera.start()
                began = time.monotonic()
                if until(lambda before=before: newest["epoch"] > before, 20):
                    seconds.append(newest["at"] - began)
                else:
                    never += 1
                time.sleep(rng.uniform(0.2, 1.0))
            eye.close()
            events = ask(f"{service.url}/v1/events?limit=10000")
            rows = events["events"] if isinstance(events, dict) else events
            false = sum(row["kind"] not in ("stream", "appeared", "left") for row in rows)
    return {
        "return_source": camera.address.partition(":")[0],
        "return_kills": times,
        "return_never": never,
        "return_seconds_p50": round(float(np.median(seconds)), 2) if seconds else None,
        "return_seconds_max": round(max(seconds), 2) if seconds else None,
        "return_false_events": false,
    }
