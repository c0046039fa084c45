"""Events and states to an MQTT broker. The store stays the truth: what is not acknowledged is read from it again."""

from __future__ import annotations

import logging
import threading
import time as clocks
from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from ...errors import KinesicsError, SinkError, UsageError, need
from ..events import Event
from ..store.store import Store
from .discovery import announcements, topic_name

__all__ = ["Mqtt", "MqttSettings"]

_log = logging.getLogger(__name__)

WINDOW = 100  # messages that may be without acknowledgement
KEPT = 1.0  # seconds between two times that it is kept how far the broker has acknowledged
FRESH = 60.0  # seconds within which a fall switches the fall sensor; older ones are told as events only
CURSOR = "mqtt"


class MqttSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, repr_omit_defaults=True):
    """Which broker, and how.

    Attributes:
        host, port: of the broker.
        username, password: if it asks for them.
        tls: encrypted, with the certificates this machine trusts, or those of the file `ca`.
        prefix: with which topics begin.
        discovery: with which topics of Home Assistant's discovery begin; "": none are sent.
        client: id; of two clients with the same the broker throws out one.
    """

    host: str = "127.0.0.1"
    port: int = 1883
    username: str = ""
    password: str = ""
    tls: bool = False
    ca: str = ""
    prefix: str = "kinesics"
    discovery: str = "homeassistant"
    client: str = "kinesics"

    def __post_init__(self) -> None:
        if not self.host or not 0 < self.port < 65536:
            raise UsageError(f"mqtt: expected a host and a port from 1 to 65535, got {self.host!r} and {self.port}")
        for topic in (self.prefix, self.discovery):
            if any(sign in topic for sign in "+#\0") or topic.startswith(("/", "$")):
                raise UsageError(f"mqtt: expected the beginning of a topic, without + and #, got {topic!r}")

    def __repr__(self) -> str:
        return f"MqttSettings({self.host}:{self.port})"


class Mqtt:
    """Publishes stored events (`PREFIX/STREAM/event`, at least once, in order) and the retained state of each stream.

    Args:
        settings: or a table with its fields.
        store: events are read from it, and it keeps how far they are acknowledged.

    Raises:
        UsageError: settings that are none.
        MissingExtra: paho-mqtt is not installed.
    """

    def __init__(self, settings: MqttSettings | Mapping[str, Any], store: Store) -> None:
        self._settings, self._store = _settings(settings), store
        self._wake = threading.Event()
        self._states: dict[str, dict[str, Any] | None] = {}
        self._dirty: set[str] = set()
        self._lock = threading.Lock()
        self._acks: deque[int] = deque()
        self._pending: dict[int, int] = {}  # message -> event, 0 for what is no event
        self._connected, self._closing, self._error, self._published = False, False, "not connected yet", 0
        self._at = self._acknowledged = self._cursor()
        self._kept, self._kept_at = -1, float("-inf")
        self._client = self._make()
        self._client.connect_async(self._settings.host, self._settings.port, 30)
        self._client.loop_start()
        self._thread = threading.Thread(target=self._run, name="mqtt", daemon=True)
        self._thread.start()

    def events(self, events: Sequence[Event]) -> None:
        """Events were stored. Never waits, never fails."""
        self._wake.set()

    def stream_state(self, stream: str, state: dict[str, Any] | None) -> None:
        """How a stream is; sent when it differs from before, and again after each connection.

        Args:
            stream: its id.
            state: `name`; `state`, such as "running"; `people`, how many are there; `action`, "" for none. None: it is removed.
        """
        with self._lock:
            if stream in self._states and self._states[stream] == state:
                return
            self._states[stream] = None if state is None else dict(state)
            self._dirty.add(stream)
        self._wake.set()

    def state(self) -> dict[str, Any]:
        """`connected`, `to`, `error`, events `published` and the id up to which all are `acknowledged`."""
        to = f"{self._settings.host}:{self._settings.port}"
        found = {"connected": self._connected, "to": to, "error": self._error, "published": self._published}
        return found | {"acknowledged": self._acknowledged}

    def close(self) -> None:
        """Say that the service is offline, and end."""
        self._closing = True
        self._wake.set()
        self._thread.join(10)
        if self._connected:
            told = self._client.publish(self._available, "offline", 1, retain=True)
            try:
                told.wait_for_publish(1.0)
            except (RuntimeError, ValueError):
                _log.info("mqtt: the broker went before it was told that the service ends")
        self._client.disconnect()
        self._client.loop_stop()
        self._keep(at_once=True)

    @property
    def _available(self) -> str:
        return f"{self._settings.prefix}/availability"

    def _make(self) -> Any:
        paho, settings = need("paho.mqtt.client", "mqtt"), self._settings
        client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=settings.client)
        if settings.username:
            client.username_pw_set(settings.username, settings.password or None)
        if settings.tls:
            try:
                client.tls_set(settings.ca or None)
            except OSError as error:
                raise UsageError(f"mqtt: the certificates of {settings.ca} cannot be read: {error.strerror or error}") from None
        client.will_set(self._available, "offline", 1, retain=True)
        client.reconnect_delay_set(1, 30)
        client.on_connect, client.on_disconnect, client.on_publish = self._on_connect, self._on_disconnect, self._on_publish
        client.on_connect_fail = self._on_fail
        return client

    # paho's thread

    def _on_connect(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.is_failure:
            self._say(f"refused: {reason}")
            return
        self._say("")
        client.publish(self._available, "online", 1, retain=True)
        with self._lock:
            self._dirty |= self._states.keys()
        self._connected = True
        self._wake.set()

    def _on_disconnect(self, client: Any, userdata: Any, flags: Any, reason: Any, properties: Any) -> None:
        self._connected = False
        if not self._closing and not self._error:
            self._say("the connection was lost")

    def _on_fail(self, client: Any, userdata: Any) -> None:
        self._say("not reached")

    def _on_publish(self, client: Any, userdata: Any, message: int, reason: Any, properties: Any) -> None:
        self._acks.append(message)
        self._wake.set()

    def _say(self, error: str) -> None:
        changed, self._error = error != self._error, error
        if changed:
            _log.warning("mqtt broker %s:%d: %s", self._settings.host, self._settings.port, error or "connected")

    # our thread

    def _run(self) -> None:
        while not self._closing:
            self._wake.wait(KEPT)
            self._wake.clear()
            self._take_acks()
            self._keep()
            if self._connected:
                self._tell_states()
                self._tell_events()
        self._take_acks()

    def _cursor(self) -> int:
        """After which event to go on: at the very first with what happens from now on."""
        try:
            kept = self._store.kept(CURSOR).get(CURSOR)
            return int(self._store.state()["newest"] if kept is None else kept["id"])
        except (KinesicsError, KeyError, TypeError, ValueError):
            return int(self._store.state()["newest"])

    def _take_acks(self) -> None:
        while self._acks:
            self._pending.pop(self._acks.popleft(), None)
        open_ = [event for event in self._pending.values() if event]
        self._acknowledged = max(self._acknowledged, min(open_) - 1 if open_ else self._at)

    def _keep(self, at_once: bool = False) -> None:
        now = clocks.monotonic()
        if self._acknowledged == self._kept or (not at_once and now - self._kept_at < KEPT):
            return
        self._kept_at = now
        try:
            self._store.keep(CURSOR, {"id": self._acknowledged})
            self._kept = self._acknowledged
        except SinkError as error:
            _log.info("mqtt: %s", error)  # the store says so itself, too

    def _send(self, topic: str, payload: bytes, event: int = 0, retain: bool = False) -> None:
        told = self._client.publish(topic, payload, 1, retain)
        self._pending[told.mid] = event

    def _tell_events(self) -> None:
        while self._connected and len(self._pending) < WINDOW and not self._closing:
            try:
                fresh = self._store.events(after=self._at, limit=WINDOW - len(self._pending))
            except KinesicsError:
                return  # read again in a second
            for event in fresh:
                place = f"{self._settings.prefix}/{topic_name(event.stream)}"
                self._send(f"{place}/event", msgspec.json.encode(event), event.id)
                if event.kind == "fall" and clocks.time() - event.time < FRESH:
                    self._send(f"{place}/fall", b"ON")
                self._at, self._published = event.id, self._published + 1
            if not fresh:
                return
            self._take_acks()

    def _tell_states(self) -> None:
        with self._lock:
            dirty = {stream: self._states[stream] for stream in sorted(self._dirty)}
            self._dirty.clear()
            for stream in [stream for stream, state in dirty.items() if state is None]:
                del self._states[stream]
        for stream, state in dirty.items():
            place = f"{self._settings.prefix}/{topic_name(stream)}"
            for topic, payload in announcements(self._settings.discovery, place, self._available, stream, state):
                self._send(topic, payload, retain=True)
            self._send(f"{place}/state", b"" if state is None else msgspec.json.encode(_told(state)), retain=True)


def _settings(settings: MqttSettings | Mapping[str, Any]) -> MqttSettings:
    if isinstance(settings, MqttSettings):
        return settings
    try:
        return msgspec.convert(dict(settings), MqttSettings)
    except msgspec.ValidationError as error:
        raise UsageError(f"mqtt: {str(error).removeprefix('mqtt: ')}") from None


def _told(state: Mapping[str, Any]) -> dict[str, Any]:
    people = int(state.get("people") or 0)
    told = {"name": state.get("name") or "", "state": state.get("state") or "", "people": people}
    return told | {"somebody": "ON" if people else "OFF", "action": state.get("action") or ""}
