"""Stored events and the states of streams on their way to a broker, from a service that runs."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from kinesics.server.onward.onward import SeenScene, broker_state
from kinesics.testing.service import RunningService

PROGRAM = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def test_a_broker_hears_of_those_who_are_followed_and_of_the_surest_action() -> None:
    import msgspec

    scene = {
        "people": [{"id": 3}, {"id": -1}, {"id": 4, "score": 0.5}],
        "actions": [{"label": "wave", "score": 0.4}, {"label": "walk", "score": 0.9}, {"label": "odd", "score": None}],
        "faces": [],
    }
    seen = msgspec.convert(scene, SeenScene)
    assert broker_state("door", "running", seen) == {"name": "door", "state": "running", "people": 2, "action": "walk"}
    assert broker_state("door", "failed", SeenScene()) == {"name": "door", "state": "failed", "people": 0, "action": ""}


@pytest.fixture
def broker() -> Iterator[int]:
    if PROGRAM is None:
        pytest.skip("mosquitto is not installed")
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port = int(line.getsockname()[1])
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([PROGRAM, "-p", str(port)], **quiet) as process:
        until(lambda: listens(port))
        yield port
        process.kill()


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def until(done: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while not (found := done()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
    return found


@pytest.mark.debian
def test_the_broker_of_the_file_hears_events_and_states(
    serve: Callable[..., RunningService], broker: int, tmp_path: Path
) -> None:
    paho = pytest.importorskip("paho.mqtt.client")
    file = tmp_path / "service.toml"
    file.write_text(f'[[stream]]\nname = "door"\nsource = "demo"\nfps = 4\n[mqtt]\nport = {broker}\n')
    got: dict[str, bytes] = {}
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.on_connect = lambda client, *_: client.subscribe("#", 1)
    client.on_message = lambda client, userdata, message: got.update({message.topic: message.payload})
    client.connect("127.0.0.1", broker)
    client.loop_start()
    try:
        service = serve("--config", str(file))
        state = until(lambda: said if (said := json.loads(got.get("kinesics/door/state") or b"{}")).get("people") else None)
        assert state["name"] == "door" and state["somebody"] == "ON"
        event = until(lambda: json.loads(got.get("kinesics/door/event") or b"null"))
        assert event["stream"] == "door" and event["id"] >= 1
        assert got["kinesics/availability"] == b"online"
        assert "kinesics_mqtt_connected 1" in httpx.get(f"{service.url}/metrics").text
        httpx.delete(f"{service.url}/v1/streams/door")
        until(lambda: got.get("kinesics/door/state") == b"")
        assert service.stop() == 0
        until(lambda: got["kinesics/availability"] == b"offline")
    finally:
        client.disconnect()
        client.loop_stop()
