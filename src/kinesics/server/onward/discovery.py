"""What Home Assistant is told, so that a stream appears there by itself as a device."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = ["announcements", "topic_name"]

OFF_AFTER = 30  # seconds after which the fall sensor is off again


def topic_name(stream: str) -> str:
    """A stream's id as a level of a topic."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", stream) or "_"


def announcements(
    prefix: str, place: str, available: str, stream: str, state: Mapping[str, Any] | None
) -> list[tuple[str, bytes]]:
    """Topics and payloads, all to be retained; empty payloads, which remove the device, for a stream that is removed.

    Args:
        prefix: of the topics; "": nothing is announced.
        place: topic below which the stream is told.
        available: topic on which the service says that it is online.
        stream: its id.
        state: of it, with its `name`; None: it is removed.
    """
    if not prefix:
        return []
    node = f"kinesics_{topic_name(stream)}"
    name = str((state or {}).get("name") or stream)
    device = {"identifiers": [node], "name": name, "manufacturer": "Kinesics"}
    told = []
    for component, key, fields in _entities(place):
        topic = f"{prefix}/{component}/{node}/{key}/config"
        row = {"unique_id": f"{node}_{key}", "device": device, "availability_topic": available, **fields}
        told.append((topic, b"" if state is None else msgspec.json.encode(row)))
    return told


def _entities(place: str) -> list[tuple[str, str, dict[str, Any]]]:
    state = {"state_topic": f"{place}/state"}
    fall = {"name": "Fall", "state_topic": f"{place}/fall", "device_class": "safety", "off_delay": OFF_AFTER}
    somebody = {"name": "Somebody there", "device_class": "occupancy", "value_template": "{{ value_json.somebody }}"}
    people = {
        "name": "People",
        "state_class": "measurement",
        "value_template": "{{ value_json.people }}",
        "icon": "mdi:account",
    }
    action = {"name": "Action", "value_template": "{{ value_json.action }}", "icon": "mdi:human-handsup"}
    return [
        ("binary_sensor", "somebody", state | somebody),
        ("binary_sensor", "fall", fall),
        ("sensor", "people", state | people),
        ("sensor", "action", state | action),
    ]
