"""From a browser's camera to the label on its page, in Debian's chromium with a made camera."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from kinesics.testing.service import RunningService

from .clients import ready, until
from .pictures import walk


def measure_label(seconds: float = 20.0, settling: float = 2.0) -> dict[str, Any]:
    """Milliseconds from a frame's capture, as the browser tells it, until its joints and labels are drawn.

    The camera gives 640x480, 30 a second. All share the machine, and the browser draws without a graphics card.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        raise RuntimeError("the browser is not installed: apt-get install chromium fonts-dejavu-core")
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory(prefix="kinesics-bench-") as folder:
        film = Path(folder) / "camera.mjpeg"
        film.write_bytes(b"".join(walk()))
        flags = [
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ]
        with RunningService(Path(folder) / "data") as service, sync_playwright() as play:
            ready(service.url, 60)
            browser = play.chromium.launch(executable_path=chromium, headless=True, chromium_sandbox=False, args=flags)
            page = browser.new_page(viewport={"width": 1100, "height": 800})
            page.goto(service.url)
            page.evaluate("kinesics.start('camera')")
            if not until(lambda: page.evaluate("kinesics.latency.length") > 30, 60):
                raise RuntimeError(f"no labels within a minute: {page.evaluate('kinesics.problem && kinesics.problem.title')}")
            time.sleep(settling)
            page.evaluate("kinesics.latency.length = 0")
            taken, end = list[float](), time.monotonic() + seconds
            while time.monotonic() < end:
                time.sleep(0.5)
                taken += page.evaluate("kinesics.latency.splice(0)")
            version = browser.version
            browser.close()
    rows = np.array(taken)
    return {
        "label_ms_p50": round(float(np.median(rows)), 1),
        "label_ms_p99": round(float(np.quantile(rows, 0.99)), 1),
        "label_fps": round(len(rows) / seconds, 1),
        "label_browser": f"chromium {version}",
    }
