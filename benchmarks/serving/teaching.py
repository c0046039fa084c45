"""From the release of the key to the model in use."""

from __future__ import annotations

import tempfile
import time
from typing import Any

import numpy as np

from kinesics.testing.service import RunningService

from .clients import Browser, ask, ready, until
from .pictures import walk


def measure_teaching(examples: int = 12) -> dict[str, Any]:
    """Examples of a second, shown by a camera of ten frames a second; timed from `end` to the answer.

    The service answers when the example is kept on disk and the stream's next frame is looked at with it.
    """
    seconds = []
    with tempfile.TemporaryDirectory(prefix="kinesics-bench-") as folder, RunningService(folder) as service:
        ready(service.url, 60)
        browser = Browser(service.url, walk(), model="bench")
        until(lambda: browser.newest.get("scene", {}).get("people"), 30)
        for number in range(examples):
            browser.ask("teach", do="begin", label=("walk", "turn")[number % 2], model="bench")
            time.sleep(1.0)
            began = time.monotonic()
            said = browser.ask("teach", do="end", model="bench")
            seconds.append(time.monotonic() - began)
            if "error" in said:
                raise RuntimeError(f"teaching: {said['error']}")
        labels = until(lambda: browser.newest["scene"].get("actions"), 10)
        known = ask(f"{service.url}/v1/models/bench/examples")
        browser.close()
    return {
        "teach_seconds_p50": round(float(np.median(seconds)), 3),
        "teach_seconds_max": round(max(seconds), 3),
        "taught_examples": len(known["examples"] if isinstance(known, dict) else known),
        "taught_named": bool(labels),
    }
