"""Bad requests, by seed, to the real service: each is answered or hung up on in time, and the service goes on."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

import kinesics
from kinesics.testing.request_trasher import bad_requests
from kinesics.testing.rude_client import BadRequest, send_rudely
from kinesics.testing.service import RunningService

REQUESTS, SEED, SOON = 150, 11, 5.0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with RunningService(tmp_path_factory.mktemp("data")) as service:
        end = time.monotonic() + 90
        while httpx.get(f"{service.url}/readyz").status_code != 200:
            assert time.monotonic() < end, service.said
            time.sleep(0.1)
        yield service


def test_the_same_seed_says_the_same() -> None:
    one, two = (list(itertools.islice(bad_requests(seed, "h:1"), 60)) for seed in (3, 3))
    assert one == two and one != list(itertools.islice(bad_requests(4, "h:1"), 60))
    assert len({request.kind for request in one}) > 20, "all kinds come in turn"


def test_bad_requests_are_answered_and_change_nothing(running: RunningService) -> None:
    host, port = urlsplit(running.url).hostname or "", urlsplit(running.url).port or 0
    before = {
        path: httpx.get(running.url + path).json() for path in ("/v1/streams", "/v1/models", "/v1/persons", "/v1/exercises")
    }
    restarts = httpx.get(f"{running.url}/v1/status").json()["desk"]["restarts"]
    inside = (
        b"Traceback",
        str(running.folder).encode(),
        str(Path(kinesics.__file__).parent).encode(),
        b"site-packages",
        b"root:x:0",
    )
    seen: Counter[int] = Counter()
    for request in itertools.islice(bad_requests(SEED, f"{host}:{port}"), REQUESTS):
        reply = send_rudely(host, port, request, SOON)
        assert not reply.hung, request
        assert not any(word in reply.said for word in inside), (request, reply.said)
        assert reply.status != 500, (request, reply.said)
        seen[reply.status // 100] += 1
    assert seen[4] > REQUESTS / 3, seen
    began = time.monotonic()
    assert httpx.get(f"{running.url}/healthz").status_code == 200 and time.monotonic() - began < SOON
    end = time.monotonic() + 30  # streams of cameras that left go with them
    while {path: httpx.get(running.url + path).json() for path in before} != before:
        assert time.monotonic() < end
        time.sleep(0.1)
    assert httpx.get(f"{running.url}/v1/status").json()["desk"]["restarts"] == restarts
    assert not [line for line in running.said if "Traceback" in line or "a fault" in line], running.said


def test_who_stays_silent_in_a_head_is_not_waited_for(running: RunningService) -> None:
    port = urlsplit(running.url).port or 0
    reply = send_rudely("127.0.0.1", port, BadRequest("half", (b"GET / HTTP/1.1\r\nHost: 127.0.0.1",)), 15)
    assert reply.status == 408 and not reply.hung and reply.seconds < 10
