"""kill -9 of the service while it writes: what was acknowledged and is gone."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from kinesics.testing.service import RunningService

from .clients import Browser, Socket, ask, ready, until
from .pictures import empty, walk


def measure_kills(times: int = 100, cameras: int = 1) -> dict[str, Any]:
    """Kill the service at random moments while people come and go before some cameras and somebody teaches.

    Acknowledged: an event that a client was told of over the socket of events, an example whose number was answered.
    """
    rng, told, taught = random.Random(11), set[int](), set[int]()
    people, blank = walk(20), empty()
    coming = [*people[:14], *[blank] * 30]  # appears, leaves, appears
    left, restarts = 0, list[float]()
    with tempfile.TemporaryDirectory(prefix="kinesics-bench-") as folder:
        for _ in range(times):
            began = time.monotonic()
            service = RunningService(folder)
            ready(service.url, 60)
            restarts.append(time.monotonic() - began)
            browsers = [
                Browser(service.url, coming[shift:] + coming[:shift], fps=15, model=None)
                for shift in range(0, 10 * cameras, 10)
            ]
            browsers.append(Browser(service.url, people, fps=15, model="kept"))
            ear = Socket(
                service.url,
                "/v1/events/live",
                lambda said, now: told.add(said["event"]["id"]) if said["type"] == "event" else None,
            )
            stop = threading.Event()
            teacher = threading.Thread(target=_teach, args=(browsers[-1], taught, stop, rng.random()))
            teacher.start()
            time.sleep(rng.uniform(2.5, 6.0))
            workers = children(service.process.pid)
            service.process.send_signal(signal.SIGKILL)
            service.process.wait()
            stop.set()
            teacher.join(30)
            for socket in (*browsers, ear):
                socket.close()
            service.stop()
            left += not until(lambda workers=workers: not any(_alive(pid) for pid in workers), 5)
        stored, sound = _stored(Path(folder) / "events.db")
        with RunningService(folder) as service:
            ready(service.url, 60)
            examples = ask(f"{service.url}/v1/models/kept/examples") if taught else {"examples": []}
        rows = examples["examples"] if isinstance(examples, dict) else examples
        kept = {row["id"] for row in rows}
    return {
        "kills": times,
        "kill_events": len(told),
        "kill_events_lost": len(told - stored),
        "kill_examples": len(taught),
        "kill_examples_lost": len(taught - kept),
        "kill_examples_doubled": max(0, len(rows) - len(kept)),
        "kill_store_sound": sound,
        "kill_workers_left": left,
        "kill_ready_seconds_max": round(max(restarts), 2),
    }


def _teach(browser: Browser, taught: set[int], stop: threading.Event, seed: float) -> None:
    rng = random.Random(seed)
    try:
        until(lambda: browser.newest.get("scene", {}).get("people") or stop.is_set(), 10)
        while not stop.is_set():
            browser.ask("teach", do="begin", label=rng.choice(("walk", "turn")), model="kept")
            time.sleep(rng.uniform(0.3, 0.6))
            said = browser.ask("teach", do="end", model="kept")
            if "error" not in said:
                taught.add(said["example"]["id"])
    except (TimeoutError, OSError):
        return


def _stored(path: Path) -> tuple[set[int], bool]:
    with sqlite3.connect(path) as base:
        sound = base.execute("pragma integrity_check").fetchone()[0] == "ok"
        stored = {row[0] for row in base.execute("select id from events")}
    base.close()
    return stored, sound


def children(pid: int) -> list[int]:
    """The processes that a process has started, from whichever of its threads."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                    found.append(int(entry.name))
            except (OSError, ValueError, IndexError):
                continue
    return found


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
