"""Damaged files and bad requests: whether anything crashes, hangs, or says more than it should."""

from __future__ import annotations

import itertools
import re
import tempfile
import time
import urllib.error
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from kinesics.testing.request_trasher import bad_requests
from kinesics.testing.rude_client import send_rudely
from kinesics.testing.service import RunningService
from kinesics.testing.trasher import damaged, make_containers

from .clients import ask, ready

HANGS = 5.0  # seconds
DIED = b"this clip cannot be looked at"  # said when the worker that read it is gone
REVEALS = re.compile(rb"Traceback \(most recent|File \"/|site-packages")


def measure_bad(inputs: int = 1000, requests: int = 1000) -> dict[str, Any]:
    """So many seeded damages to each of six small videos, sent as clips, and so many seeded bad requests.

    A crash is a worker that was replaced or a service that ended; a hang an answer that took longer than five seconds.
    """
    with tempfile.TemporaryDirectory(prefix="kinesics-bench-") as folder, RunningService(Path(folder) / "data") as service:
        ready(service.url, 60)
        before = _restarts(service.url)
        count = _Count()
        began = time.monotonic()
        jobs = [(data, seed) for data in make_containers(folder).values() for seed in range(inputs)]
        for data, seed in jobs:
            _send(service.url, damaged(data, seed), count)
        clips = time.monotonic() - began
        address = urlsplit(service.url)
        for request in itertools.islice(bad_requests(3, address.netloc), requests):
            reply = send_rudely(str(address.hostname), int(address.port or 80), request, HANGS)
            count.add(reply.said, reply.hung)
        lives = ready(service.url, 10)
        crashes = count.died + _restarts(service.url) - before + (not lives)
    return {
        "bad_inputs": len(jobs),
        "bad_requests": requests,
        "bad_crashes": crashes,
        "bad_hangs": count.hangs,
        "bad_tracebacks": count.reveals,
        "bad_answers": dict(sorted(count.statuses.items())),
        "bad_input_ms": round(1000 * clips / max(len(jobs), 1), 1),
        "bad_log_tracebacks": sum("Traceback" in line for line in service.said),
    }


class _Count:
    """What came back."""

    def __init__(self) -> None:
        self.hangs = self.reveals = self.died = 0
        self.statuses: dict[str, int] = {}

    def add(self, said: bytes, hung: bool, status: str = "") -> None:
        self.hangs += hung
        self.reveals += bool(REVEALS.search(said))
        self.died += DIED in said
        if status:
            self.statuses[status] = self.statuses.get(status, 0) + 1


def _send(url: str, data: bytes, count: _Count) -> None:
    began = time.monotonic()
    request = Request(f"{url}/v1/clips", data, {"content-type": "application/octet-stream"}, method="POST")
    while True:
        try:
            with urlopen(request, timeout=60) as answer:
                said, status = answer.read(), "200"
        except urllib.error.HTTPError as error:
            said, status = error.read(), str(error.code)
            error.close()
        except OSError as error:
            said, status = str(error).encode(), "no answer"
        if status in ("503", "429"):  # busy: asked again as it says, and the waiting does not count
            time.sleep(0.05)
            began = time.monotonic()
            continue
        count.add(said, time.monotonic() - began > HANGS, status)
        return


def _restarts(url: str) -> int:
    """Workers of the desk and of streams that died so far."""
    status = ask(f"{url}/v1/status")
    return int(status["desk"]["restarts"]) + sum(int(stream["restarts"]) for stream in status["streams"].values())
