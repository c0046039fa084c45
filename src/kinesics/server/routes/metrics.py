"""Counters and gauges in the text format of Prometheus."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..service import Service

__all__ = ["Exposition", "exposition"]


class Exposition:
    """A page of metrics, a family at a time."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def family(self, name: str, kind: str, words: str, samples: Iterable[tuple[Mapping[str, str], float | None]]) -> None:
        """One name with its samples; those that are not known (None) are left out.

        Args:
            name: without the package's.
            kind: counter or gauge.
            words: what it counts.
            samples: labels and value of each.
        """
        self._head(name, kind, words)
        self._lines += [f"kinesics_{name}{_labels(labels)} {value:.12g}" for labels, value in samples if value is not None]

    def histogram(self, name: str, words: str, samples: Iterable[tuple[Mapping[str, str], Mapping[str, Any]]]) -> None:
        """One name with a histogram for each set of labels: `edges`, `counts` (one more, not summed up) and `sum`."""
        self._head(name, "histogram", words)
        for labels, told in samples:
            so_far = 0
            for edge, count in zip([*told["edges"], "+Inf"], told["counts"], strict=True):
                so_far += count
                self._lines.append(f"kinesics_{name}_bucket{_labels({**labels, 'le': str(edge)})} {so_far}")
            self._lines.append(f"kinesics_{name}_sum{_labels(labels)} {told['sum']:.9g}")
            self._lines.append(f"kinesics_{name}_count{_labels(labels)} {so_far}")

    def _head(self, name: str, kind: str, words: str) -> None:
        self._lines += [f"# HELP kinesics_{name} {words}", f"# TYPE kinesics_{name} {kind}"]

    def text(self) -> str:
        """The page."""
        return "\n".join(self._lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    escaped = ((name, value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")) for name, value in labels.items())
    return "{" + ",".join(f'{name}="{value}"' for name, value in escaped) + "}"


def exposition(service: Service) -> str:
    """All metrics of a service. Streams are told by their ids: no address, no name, no password stands here."""
    from ... import __version__

    page = Exposition()
    page.family("build_info", "gauge", "Always 1.", [({"version": __version__}, 1)])
    _of_streams(page, {name: stream.state() for name, stream in service.supervisor.streams.items()})
    _of_workers(page, service.supervisor.state())
    _of_store(page, service.store.state())
    page.family("websockets", "gauge", "Open WebSockets.", [({}, len(service.lines))])
    _of_onward(page, service.onward.state())
    return page.text()


def _of_streams(page: Exposition, states: Mapping[str, dict[str, Any]]) -> None:
    def each(key: str) -> list[tuple[dict[str, str], float | None]]:
        return [({"stream": name}, state.get(key)) for name, state in states.items()]

    words = [({"stream": name, "state": str(state.get("state"))}, 1.0) for name, state in states.items()]
    page.family("stream_state", "gauge", "1 for the state that a stream is in.", words)
    page.family("frames_total", "counter", "Frames that came.", each("frames"))
    page.family("looked_total", "counter", "Frames that were looked at.", each("looked"))
    page.family("restarts_total", "counter", "Workers of this stream that were replaced.", each("restarts"))
    page.family("epoch", "gauge", "Connections of this stream so far.", each("epoch"))
    page.family("newest_frame_age_seconds", "gauge", "Since the newest frame.", each("age"))
    dropped = [
        ({"stage": stage, "reason": reason, "stream": name}, float(count))
        for name, state in states.items()
        for stage, reasons in (state.get("dropped") or {}).items()
        for reason, count in reasons.items()
    ]
    page.family("dropped_total", "counter", "Frames and scenes that were dropped, by stage and reason.", dropped)
    for key, words_of in (("ages", "frame_age_seconds"), ("looks", "look_seconds")):
        told = {"frame_age_seconds": "Of a frame when what is seen in it leaves.", "look_seconds": "For a look at a frame."}
        found = [({"stream": name}, state[key]) for name, state in states.items() if state.get(key)]
        page.histogram(words_of, told[words_of], found)


def _of_workers(page: Exposition, state: dict[str, Any]) -> None:
    workers = [({"role": str(one.get("role")), "pid": str(one.get("pid"))}, one) for one in state.get("workers", ())]
    page.family("workers", "gauge", "Worker processes.", [({}, len(workers))])
    rss = [(labels, None if one.get("rss") is None else 1e6 * one["rss"]) for labels, one in workers]
    page.family("worker_resident_bytes", "gauge", "Memory of each worker.", rss)
    page.family("desk_waiting", "gauge", "Questions that wait for the desk.", [({}, (state.get("desk") or {}).get("waiting"))])
    page.family("clips", "gauge", "Clips that are looked at.", [({}, state.get("clips"))])
    turns = state.get("turns")
    if isinstance(turns, Mapping):
        numbers = [({"turn": name}, value) for name, value in turns.items() if isinstance(value, int | float)]
        page.family("turns", "gauge", "Turns to look: granted now, waited for.", numbers)


def _of_store(page: Exposition, state: dict[str, Any]) -> None:
    page.family("events_stored", "gauge", "Events in the store.", [({}, state.get("events"))])
    page.family("events_lost_total", "counter", "Events that could not be stored.", [({}, state.get("lost"))])
    page.family("events_waiting", "gauge", "Events that wait to be stored.", [({}, state.get("waiting"))])
    page.family("store_bytes", "gauge", "Of the store on disk.", [({}, state.get("bytes"))])
    page.family("store_writable", "gauge", "1 when the store can be written.", [({}, float(bool(state.get("writable"))))])


def _of_onward(page: Exposition, state: dict[str, Any]) -> None:
    hooks = [({"webhook": str(number)}, one) for number, one in enumerate(state["webhooks"], 1)]
    told = {"sent": "Events passed on.", "lost": "Events given up.", "failed": "Requests that failed."}
    for key, words in told.items():
        page.family(f"webhook_{key}_total", "counter", words, [(labels, one[key]) for labels, one in hooks])
    page.family("webhook_waiting", "gauge", "Events that wait.", [(labels, one["waiting"]) for labels, one in hooks])
    broker = [] if state["mqtt"] is None else [state["mqtt"]]
    page.family("mqtt_connected", "gauge", "1 while the broker is.", [({}, float(one["connected"])) for one in broker])
    page.family("mqtt_published_total", "counter", "Events published.", [({}, one["published"]) for one in broker])
