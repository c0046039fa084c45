"""MQTT against a real broker that is killed and comes back."""

from __future__ import annotations

import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kinesics.errors import UsageError
from kinesics.server.events import Event
from kinesics.server.onward.discovery import announcements, topic_name
from kinesics.server.onward.mqtt import Mqtt, MqttSettings
from kinesics.server.store.store import Store

PROGRAM = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def wait_until(there: Callable[[], Any], seconds: float = 40.0) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.02)


class Broker:
    """mosquitto on a port of loopback, which keeps its state on the disk."""

    def __init__(self, folder: Path, *lines: str) -> None:
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = int(s.getsockname()[1])
        folder.mkdir()
        self.saved = folder / "mosquitto.db"
        self.settings = folder / "mosquitto.conf"
        access = ["user root"] if os.geteuid() == 0 else []  # else it becomes somebody who may not write here
        access += [] if lines else ["allow_anonymous true"]
        keeps = ["persistence true", f"persistence_location {folder}/", "autosave_on_changes true", "autosave_interval 1"]
        self.settings.write_text("\n".join([f"listener {self.port} 127.0.0.1", *access, *keeps, *lines, ""]))
        self.start()

    def start(self) -> None:
        quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen([str(PROGRAM), "-c", str(self.settings)], **quiet)
        wait_until(self._listens)

    def _listens(self) -> bool:
        assert self.process.poll() is None, "the broker ended"
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    if PROGRAM is None:
        pytest.skip("mosquitto is not installed")
    broker = Broker(tmp_path / "broker")
    yield broker
    broker.kill()


class Listener:
    """Subscribes to everything, also after the broker was away."""

    def __init__(self, port: int, name: str = "listener") -> None:
        paho = pytest.importorskip("paho.mqtt.client")
        self.got: list[tuple[str, bytes, bool]] = []
        self.subscribed = threading.Event()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
        self.client.on_connect = lambda client, *_: client.subscribe("#", 1)
        self.client.on_subscribe = lambda *_: self.subscribed.set()
        self.client.on_message = lambda client, userdata, m: self.got.append((m.topic, m.payload, m.retain))
        self.client.connect_async("127.0.0.1", port)
        self.client.loop_start()
        assert self.subscribed.wait(30)

    def numbers(self, topic: str = "kinesics/a/event") -> list[int]:
        return [json.loads(payload)["data"]["n"] for at, payload, _ in list(self.got) if at == topic]

    def newest(self, topic: str) -> bytes | None:
        return next((payload for at, payload, _ in reversed(list(self.got)) if at == topic), None)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@pytest.fixture
def listener(broker: Broker) -> Iterator[Listener]:
    listener = Listener(broker.port)
    yield listener
    listener.close()


class Service:
    """A store and what publishes from it."""

    def __init__(self, folder: Path, port: int, **settings: Any) -> None:
        self.mqtt: Mqtt | None = None
        self.store = Store(folder, self._committed)
        self.mqtt = Mqtt({"host": "127.0.0.1", "port": port, **settings}, self.store)

    def _committed(self, events: list[Event]) -> None:
        if self.mqtt is not None:
            self.mqtt.events(events)

    def put(self, *ns: int, **fields: Any) -> None:
        self.store.put([Event(**{"time": time.time(), "stream": "a", "kind": "began", **fields, "data": {"n": n}}) for n in ns])
        assert self.store.flush(20)

    def close(self) -> None:
        assert self.mqtt is not None
        self.mqtt.close()
        self.store.close()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    running: list[Service] = []

    def start(port: int, **settings: Any) -> Service:
        running.append(Service(tmp_path / "data", port, **settings))
        return running[-1]

    yield start
    for service in running:
        service.close()


Serve = Callable[..., Service]


@pytest.mark.debian
def test_events_arrive_in_order_and_the_service_is_online(broker: Broker, listener: Listener, serve: Serve) -> None:
    service = serve(broker.port)
    for n in range(300):
        service.store.put([Event(float(n), "a", "began", 1, "wave", data={"n": n})])
    wait_until(lambda: len(listener.numbers()) >= 300)
    assert listener.numbers() == list(range(300))
    assert listener.newest("kinesics/availability") == b"online"
    wait_until(lambda: service.mqtt.state()["acknowledged"] == 300)
    state = service.mqtt.state()
    assert state["connected"] and state["error"] == "" and state["published"] == 300
    service.close()
    wait_until(lambda: listener.newest("kinesics/availability") == b"offline")


@pytest.mark.debian
def test_a_broker_that_is_killed_and_comes_back_gets_all(broker: Broker, listener: Listener, serve: Serve) -> None:
    service = serve(broker.port)
    service.put(*range(50))
    wait_until(lambda: len(listener.numbers()) == 50)
    wait_until(lambda: broker.saved.exists() and b"listener" in broker.saved.read_bytes())
    broker.kill()
    service.put(*range(50, 120))
    wait_until(lambda: not service.mqtt.state()["connected"])
    assert service.mqtt.state()["error"]
    broker.start()
    wait_until(lambda: set(listener.numbers()) == set(range(120)))
    firsts = list(dict.fromkeys(listener.numbers()))
    assert firsts == list(range(120)), "in order, but for what came twice"
    wait_until(lambda: service.mqtt.state()["acknowledged"] == 120)


@pytest.mark.debian
def test_a_service_that_was_away_goes_on_after_what_was_acknowledged(broker: Broker, listener: Listener, serve: Serve) -> None:
    service = serve(broker.port)
    service.put(0, 1, 2)
    wait_until(lambda: len(listener.numbers()) == 3)
    wait_until(lambda: service.mqtt.state()["acknowledged"] == 3)
    service.mqtt.close()
    service.put(3, 4)  # stored while nobody published
    service.store.close()
    serve(broker.port).put(5)
    wait_until(lambda: len(listener.numbers()) >= 6)
    assert listener.numbers() == list(range(6))


@pytest.mark.debian
def test_the_first_time_nothing_old_is_sent(broker: Broker, listener: Listener, serve: Serve, tmp_path: Path) -> None:
    store = Store(tmp_path / "data")
    store.put([Event(1.0, "a", "began", data={"n": 99})])
    assert store.flush(20)
    store.close()
    serve(broker.port).put(1)
    wait_until(lambda: listener.numbers())
    assert listener.numbers() == [1]


@pytest.mark.debian
def test_states_are_retained_announced_told_again_and_removed(broker: Broker, listener: Listener, serve: Serve) -> None:
    service = serve(broker.port)
    service.mqtt.stream_state("a", {"name": "Hall", "state": "running", "people": 2, "action": "waving"})
    wait_until(lambda: listener.newest("kinesics/a/state"))
    told = json.loads(listener.newest("kinesics/a/state") or b"")
    assert told == {"name": "Hall", "state": "running", "people": 2, "somebody": "ON", "action": "waving"}
    sensors = ["binary_sensor/kinesics_a/somebody", "binary_sensor/kinesics_a/fall", "sensor/kinesics_a/people"]
    for sensor in [*sensors, "sensor/kinesics_a/action"]:
        wait_until(lambda sensor=sensor: listener.newest(f"homeassistant/{sensor}/config"))
        row = json.loads(listener.newest(f"homeassistant/{sensor}/config") or b"")
        assert row["device"]["name"] == "Hall" and row["availability_topic"] == "kinesics/availability"
    late = Listener(broker.port, "late")
    wait_until(lambda: late.newest("kinesics/a/state"))
    assert all(retained for topic, _, retained in late.got if topic == "kinesics/a/state")
    late.got.clear()
    service.mqtt.stream_state("a", {"name": "Hall", "state": "running", "people": 2, "action": "waving"})
    service.mqtt.stream_state("a", {"name": "Hall", "state": "running", "people": 0})
    wait_until(lambda: (late.newest("kinesics/a/state") or b"").find(b'"OFF"') > 0)
    assert sum(topic == "kinesics/a/state" for topic, _, _ in late.got) == 1, "only what differs is told"
    service.mqtt.stream_state("a", None)
    wait_until(lambda: late.newest("kinesics/a/state") == b"")
    assert late.newest("homeassistant/sensor/kinesics_a/people/config") == b""
    late.close()


@pytest.mark.debian
def test_a_fresh_fall_switches_the_sensor_and_an_old_one_does_not(broker: Broker, listener: Listener, serve: Serve) -> None:
    service = serve(broker.port)
    service.put(0, kind="fall", time=time.time() - 3600)
    service.put(1, kind="fall")
    service.put(2)
    wait_until(lambda: len(listener.numbers()) == 3)
    falls = [(payload, retained) for topic, payload, retained in listener.got if topic == "kinesics/a/fall"]
    assert falls == [(b"ON", False)]


@pytest.mark.debian
def test_a_service_that_is_killed_is_told_offline_by_the_broker(broker: Broker, listener: Listener, tmp_path: Path) -> None:
    code = (
        "import sys, time; from kinesics.server.onward.mqtt import Mqtt; from kinesics.server.store.store import Store\n"
        "m = Mqtt({'port': int(sys.argv[2])}, Store(sys.argv[1]))\n"
        "while True: time.sleep(1)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "data"), str(broker.port)]) as child:
        wait_until(lambda: listener.newest("kinesics/availability") == b"online")
        child.kill()
    wait_until(lambda: listener.newest("kinesics/availability") == b"offline")


@pytest.mark.debian
def test_a_broker_that_refuses_is_told_without_the_password(
    tmp_path: Path, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    if PROGRAM is None:
        pytest.skip("mosquitto is not installed")
    broker = Broker(tmp_path / "strict", "allow_anonymous false")
    with caplog.at_level(logging.DEBUG):
        service = serve(broker.port, username="uma", password="pa55")
        wait_until(lambda: service.mqtt.state()["error"].startswith("refused"))
        service.close()
    broker.kill()
    said = caplog.text + repr(service.mqtt.state()) + repr(MqttSettings(username="uma", password="pa55"))
    assert "uma" not in said and "pa55" not in said


def test_without_a_broker_nothing_waits_or_fails(serve: Serve) -> None:
    pytest.importorskip("paho.mqtt.client")
    service = serve(9)
    began = time.monotonic()
    service.put(1)
    service.mqtt.stream_state("a", {"people": 1})
    wait_until(lambda: service.mqtt.state()["error"] == "not reached")
    service.close()
    assert time.monotonic() - began < 30 and not service.mqtt.state()["connected"]


def test_ids_become_levels_of_topics() -> None:
    assert topic_name("hall") == "hall" and topic_name("a/b+#ä") == "a_b___" and topic_name("") == "_"
    assert announcements("", "kinesics/a", "x", "a", {}) == []


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"port": 0}, "a port from 1 to 65535"),
        ({"host": ""}, "expected a host"),
        ({"prefix": "a/#"}, "without + and #"),
        ({"colour": 1}, "colour"),
        ({"port": "x"}, "Expected `int`"),
        ({"tls": True, "ca": "/nowhere/ca.pem"}, "cannot be read"),
    ],
)
def test_settings_that_are_none_are_refused_in_words(settings: dict[str, Any], words: str, tmp_path: Path) -> None:
    pytest.importorskip("paho.mqtt.client")
    store = Store(tmp_path)
    try:
        with pytest.raises(UsageError) as error:
            Mqtt(settings, store)
    finally:
        store.close()
    assert words in str(error.value)
