"""The file that a service may be started with: streams, webhooks, a broker, how long events are kept."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ..errors import FormatError, KinesicsError, SourceError
from .settings import BROWSER, StreamSettings

if TYPE_CHECKING:
    from .onward.mqtt import MqttSettings
    from .onward.webhooks import Rule

__all__ = ["Plan", "read_plan"]


@dataclass
class Plan:
    """What is to be there from the start.

    Attributes:
        streams: settings by id.
        webhooks: where events go.
        mqtt: the broker; None for none.
        days: after which events are forgotten; None: never.
    """

    streams: dict[str, StreamSettings] = field(default_factory=dict)
    webhooks: list[Rule] = field(default_factory=list)
    mqtt: MqttSettings | None = None
    days: float | None = None


def read_plan(path: Path) -> Plan:
    """Read a file such as this.

        [[stream]]
        name = "door"
        source = "rtsp://user:password@camera.lan/main"
        masks = true

        [[webhook]]
        url = "http://127.0.0.1:9000/hook"

        [mqtt]
        host = "127.0.0.1"

        [events]
        days = 30

    Streams of a file are made at each start and kept nowhere else; a name makes the id.

    Raises:
        SourceError: it cannot be read.
        FormatError: it is no TOML, or something in it makes no sense; says which.
    """
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SourceError(f"{path}: cannot be read ({error.strerror or error})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(f"{path}: no TOML: {error}") from None
    unknown = set(said) - {"stream", "webhook", "mqtt", "events"}
    if unknown:
        raise FormatError(
            f"{path}: expected [[stream]], [[webhook]], [mqtt] and [events], got {', '.join(sorted(unknown))[:80]}"
        )
    plan = Plan(
        webhooks=_webhooks(path, _tables(path, said, "webhook")), mqtt=_broker(path, said.get("mqtt")), days=_days(path, said)
    )
    for number, table in enumerate(_tables(path, said, "stream"), 1):
        name, settings = _stream(path, number, table)
        if name in plan.streams:
            raise FormatError(f"{path}: stream {number}: there is another one named {name!r}; give each a name of its own")
        plan.streams[name] = settings
    return plan


def _tables(path: Path, said: dict[str, Any], key: str) -> list[dict[str, Any]]:
    tables = said.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise FormatError(f"{path}: {key}: expected tables [[{key}]]")
    return tables


def _webhooks(path: Path, tables: list[dict[str, Any]]) -> list[Rule]:
    rules = []
    for number, table in enumerate(tables, 1):
        from .onward.webhooks import Rule

        try:
            rules.append(msgspec.convert(table, Rule))
        except (msgspec.ValidationError, KinesicsError) as error:
            raise FormatError(f"{path}: webhook {number}: {error}") from None
    return rules


def _broker(path: Path, table: Any) -> MqttSettings | None:
    if table is None:
        return None
    from .onward.mqtt import MqttSettings

    if not isinstance(table, dict):
        raise FormatError(f"{path}: mqtt: expected a table [mqtt]")
    try:
        return msgspec.convert(table, MqttSettings)
    except (msgspec.ValidationError, KinesicsError) as error:
        raise FormatError(f"{path}: mqtt: {error}") from None


def _days(path: Path, said: dict[str, Any]) -> float | None:
    if "events" not in said:
        return None
    table = said["events"]
    days = table.get("days") if isinstance(table, dict) and set(table) == {"days"} else None
    if isinstance(days, bool) or not isinstance(days, int | float) or not 0 < days < 1e6:
        raise FormatError(f"{path}: events: expected only days = NUMBER, above 0, after which events are forgotten")
    return float(days)


def _stream(path: Path, number: int, table: dict[str, Any]) -> tuple[str, StreamSettings]:
    try:
        settings = msgspec.convert({**table, "keep": False}, StreamSettings)
    except (msgspec.ValidationError, KinesicsError) as error:
        raise FormatError(f"{path}: stream {number}: {error}") from None
    if settings.source == BROWSER:
        raise FormatError(f"{path}: stream {number}: frames of a browser come from the page, not from a file")
    name = re.sub(r"[^a-z0-9]+", "-", settings.name.lower()).strip("-") or f"stream-{number}"
    return name[:32], settings
