"""How many web cameras the service holds, and what a browser's camera costs in time."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import numpy as np

from kinesics.testing.service import RunningService

from .clients import Browser, Socket, ask, ready, until
from .pictures import walk
from .sources import Camera

FPS = 10.0
LATE, DROPPED = 0.250, 0.05  # seconds, share: what counts as held


def measure_streams(
    seconds: float = 15.0, counts: Sequence[int] = (1, 2, 4, 5, 6, 7, 8, 9, 10), settling: float = 4.0
) -> dict[str, Any]:
    """Cameras of 640x480 at ten frames a second, more and more, until they are not held any more.

    Held: of all scenes of all streams, 99 in 100 leave the service less than 250 ms after their picture arrived, and fewer than
    5 in 100 pictures are not looked at. The web camera takes its own share of the same machine.
    """
    held, curve = 0, []
    with tempfile.TemporaryDirectory(prefix="kinesics-bench-") as folder, Camera(FPS) as camera, ExitStack() as stack:
        service = stack.enter_context(RunningService(folder))
        ready(service.url, 60)
        eyes: list[_Eye] = []
        stack.callback(lambda: [eye.close() for eye in eyes])
        for count in counts:
            while len(eyes) < count:
                eyes.append(_Eye(service.url, camera.address))
            until(lambda: all(eye.ages for eye in eyes), 60)
            time.sleep(settling)  # what the streams cost each other is learned
            for eye in eyes:
                eye.begin()
            time.sleep(seconds)
            row = _row(eyes, seconds)
            curve.append({"streams": count, **row})
            if row["age_ms_p99"] < 1000 * LATE and row["dropped"] < DROPPED:
                held = count
            elif count > held + 1 and held:
                break
    at_four = next((row for row in curve if row["streams"] == 4), {})
    return {
        "streams_held": held,
        "streams_curve": curve,
        **{f"streams_4_{key}": value for key, value in at_four.items() if key != "streams"},
    }


class _Eye:
    """One stream and who watches it."""

    def __init__(self, url: str, address: str) -> None:
        self.url, self.ages, self.seen, self.people = url, list[float](), 0, 0
        self.stream = ask(f"{url}/v1/streams", "POST", {"source": address})["id"]
        self.socket = Socket(url, f"/v1/streams/{self.stream}/live", self._said)
        self.before: dict[str, float] = {}

    def _said(self, said: dict[str, Any], now: float) -> None:
        if said["type"] == "scene":
            self.ages.append(said["age"])
            self.people += bool(said["scene"].get("people"))
            self.newest = said

    def begin(self) -> None:
        """Count from here."""
        self.before = self.counts()
        self.ages, self.people = [], 0

    def counts(self) -> dict[str, float]:
        """Frames looked at and dropped so far."""
        state = ask(f"{self.url}/v1/streams/{self.stream}")
        state = state.get("state") if isinstance(state.get("state"), dict) else state
        dropped = sum(number for reasons in state["dropped"].values() for number in reasons.values())
        return {"looked": state["looked"], "dropped": dropped}

    def close(self) -> None:
        self.socket.close()


def _row(eyes: list[_Eye], seconds: float) -> dict[str, Any]:
    after = [eye.counts() for eye in eyes]
    looked = [now["looked"] - eye.before["looked"] for now, eye in zip(after, eyes, strict=True)]
    dropped = [now["dropped"] - eye.before["dropped"] for now, eye in zip(after, eyes, strict=True)]
    ages = np.concatenate([np.array(eye.ages) for eye in eyes])
    return {
        "age_ms_p50": round(1000 * float(np.median(ages)), 1),
        "age_ms_p99": round(1000 * float(np.quantile(ages, 0.99)), 1),
        "dropped": round(
            max(1 - min(looked) / (FPS * seconds), max(d / max(d + n, 1) for d, n in zip(dropped, looked, strict=True)), 0.0), 4
        ),
        "fps": round(sum(looked) / seconds / len(eyes), 2),
        "people": round(sum(eye.people for eye in eyes) / max(len(ages), 1), 3),
    }


def measure_socket(seconds: float = 15.0) -> dict[str, Any]:
    """Milliseconds from a frame's sending to its scene, over the browser's socket, without a browser."""
    with tempfile.TemporaryDirectory(prefix="kinesics-bench-") as folder, RunningService(folder) as service:
        ready(service.url, 60)
        browser = Browser(service.url, walk(), fps=15.0)
        time.sleep(3.0)
        browser.seconds.clear()
        time.sleep(seconds)
        taken = 1000 * np.array(browser.seconds)
        browser.close()
    return {
        "socket_ms_p50": round(float(np.median(taken)), 1),
        "socket_ms_p99": round(float(np.quantile(taken, 0.99)), 1),
        "socket_fps": round(len(taken) / seconds, 1),
    }
