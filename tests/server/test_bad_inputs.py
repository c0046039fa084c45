"""Damaged videos and pictures, by seed, through the real service: each is answered in time, and nothing dies of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from kinesics.errors import UsageError
from kinesics.testing.service import RunningService
from kinesics.testing.trasher import WOUNDS, damaged, make_containers, make_pictures

SOON = 5.0  # seconds


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with RunningService(tmp_path_factory.mktemp("data")) as service:
        end = time.monotonic() + 90
        while httpx.get(f"{service.url}/readyz").status_code != 200:
            assert time.monotonic() < end, service.said
            time.sleep(0.1)
        yield service


def desk(service: RunningService) -> dict[str, Any]:
    status = httpx.get(f"{service.url}/v1/status").json()
    return {"restarts": status["desk"]["restarts"], "pid": [one["pid"] for one in status["workers"] if one["role"] == "desk"]}


def check(service: RunningService, answer: httpx.Response) -> None:
    """One line of an error or lines of scenes; nothing of this machine."""
    assert answer.status_code in (200, 400, 415, 422, 503), answer.text[:500]
    for word in ("Traceback", str(service.folder), "site-packages", "/src/kinesics"):
        assert word not in answer.text
    lines = [json.loads(line) for line in answer.text.splitlines()]
    if answer.status_code != 200:
        assert len(lines) == 1 and lines[0].keys() == {"error", "kind"} and "\n" not in lines[0]["error"]


def test_damage_is_a_matter_of_the_seed(tmp_path: Path) -> None:
    data = make_containers(tmp_path)["mp4"]
    assert damaged(data, 5) == damaged(data, 5)
    assert len({damaged(data, seed) for seed in range(50)}) == 50 and data not in {damaged(data, seed) for seed in range(200)}
    assert all(damaged(b"x", seed) != b"x" for seed in range(50)) and len(WOUNDS) >= 6
    with pytest.raises(UsageError):
        damaged(b"", 1)


def test_damaged_pictures_are_answered(running: RunningService) -> None:
    before, hurt = desk(running), 0
    with httpx.Client(base_url=running.url, timeout=30) as client:
        for kind, data in make_pictures().items():
            assert client.post("/v1/pictures", content=data).status_code == 200, kind
            for seed in range(12):
                began = time.monotonic()
                answer = client.post("/v1/pictures", content=damaged(data, seed))
                assert time.monotonic() - began < SOON, (kind, seed)
                check(running, answer)
                hurt += answer.status_code != 200
    assert 10 < hurt, "most damage is told"
    assert desk(running) == before, "the desk was not replaced"


@pytest.mark.parametrize("container", ["mp4", "mkv", "webm", "avi", "ts", "mjpeg"])
def test_damaged_clips_are_answered(running: RunningService, container: str, tmp_path: Path) -> None:
    data = make_containers(tmp_path)[container]
    before = desk(running)
    with httpx.Client(base_url=running.url, timeout=60) as client:
        for seed in range(2):
            check(running, client.post("/v1/clips", content=damaged(data, seed)))
        began = time.monotonic()
        assert client.get("/healthz").status_code == 200 and time.monotonic() - began < SOON
    assert desk(running) == before
    assert not list((running.folder / "uploads").iterdir()), "nothing of them stays"


def test_a_list_of_other_files_opens_none_of_them(running: RunningService, tmp_path: Path) -> None:
    target = tmp_path / "secret.mp4"
    target.write_bytes(make_containers(tmp_path)["mp4"])
    lists = [
        f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n",
        f"ffconcat version 1.0\nfile '{target}'\n",
        f"<?xml version='1.0'?><MPD><Period><BaseURL>{target}</BaseURL></Period></MPD>",
        f"v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\na=control:{target}\n",
    ]
    for text in lists:
        answer = httpx.post(f"{running.url}/v1/clips", content=text.encode(), timeout=60)
        assert answer.status_code in (400, 422), text
        check(running, answer)


def test_the_service_says_no_traceback_over_all_this(running: RunningService) -> None:
    assert not [line for line in running.said if "Traceback" in line or "a fault" in line]


def test_what_is_whole_is_seen(running: RunningService) -> None:
    """Else the tests above prove nothing."""
    answer = httpx.post(f"{running.url}/v1/pictures", content=make_pictures()["jpeg"], timeout=30)
    assert answer.status_code == 200 and answer.json()["size"] == [96, 64]
