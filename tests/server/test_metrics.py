"""Metrics: the text format, and what stands there."""

from __future__ import annotations

import re
import time

import httpx
import pytest

from kinesics.server.routes.metrics import Exposition
from kinesics.testing.service import RunningService

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"'
SAMPLE = re.compile(rf"({NAME})(?:{{({LABEL}(?:,{LABEL})*)}})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|\+Inf|NaN)")
ENDS = ("_bucket", "_sum", "_count")


def parsed(text: str) -> dict[str, dict[str, float]]:
    """Samples by name and labels; fails where the text is not as Prometheus reads it."""
    assert text.endswith("\n") and "\r" not in text
    kinds: dict[str, str] = {}
    found: dict[str, dict[str, float]] = {}
    family = ""
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, family, kind = line.split(" ")
            assert family not in kinds and kind in ("counter", "gauge", "histogram")
            kinds[family] = kind
        elif line.startswith("# HELP "):
            assert re.fullmatch(rf"# HELP {NAME} .+", line)
        else:
            match = SAMPLE.fullmatch(line)
            assert match, line
            name, labels, value = match[1], match[2] or "", float(match[3])
            base = re.sub(rf"({'|'.join(ENDS)})$", "", name) if kinds.get(family) == "histogram" else name
            assert base == family, f"{name} stands among {family}"
            assert labels not in found.get(name, {}), f"{line} twice"
            found.setdefault(name, {})[labels] = value
    return found


def test_labels_are_escaped() -> None:
    page = Exposition()
    page.family("odd", "gauge", "Odd.", [({"name": 'a"b\\c\nd'}, 1)])
    assert parsed(page.text()) == {"kinesics_odd": {'name="a\\"b\\\\c\\nd"': 1.0}}


def test_a_histogram_is_summed_up() -> None:
    page = Exposition()
    page.histogram("wait_seconds", "Wait.", [({}, {"edges": [0.1, 1.0], "counts": [2, 3, 1], "sum": 4.5})])
    found = parsed(page.text())
    assert list(found["kinesics_wait_seconds_bucket"].values()) == [2, 5, 6]
    assert list(found["kinesics_wait_seconds_bucket"])[-1] == 'le="+Inf"'
    assert found["kinesics_wait_seconds_count"][""] == 6 and found["kinesics_wait_seconds_sum"][""] == 4.5


def test_what_is_not_known_is_left_out() -> None:
    page = Exposition()
    page.family("age_seconds", "gauge", "Age.", [({"stream": "a"}, None), ({"stream": "b"}, 0)])
    assert parsed(page.text()) == {"kinesics_age_seconds": {'stream="b"': 0.0}}


def test_large_counts_are_not_rounded() -> None:
    page = Exposition()
    page.family("frames_total", "counter", "Frames.", [({}, 123_456_789)])
    assert parsed(page.text())["kinesics_frames_total"][""] == 123_456_789


@pytest.fixture(scope="module")
def scraped(resident: RunningService) -> dict[str, dict[str, float]]:
    end = time.monotonic() + 60
    while True:
        found = parsed(httpx.get(f"{resident.url}/metrics").text)
        if found.get("kinesics_looked_total", {}).get('stream="demo"', 0) >= 3:
            return found
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.parametrize(
    "name",
    [
        "build_info",
        "frames_total",
        "looked_total",
        "restarts_total",
        "dropped_total",
        "newest_frame_age_seconds",
        "frame_age_seconds_bucket",
        "look_seconds_bucket",
        "worker_resident_bytes",
        "events_stored",
        "events_lost_total",
        "events_waiting",
        "store_writable",
        "turns",
        "desk_waiting",
        "clips",
        "websockets",
    ],
)
def test_a_running_service_tells(scraped: dict[str, dict[str, float]], name: str) -> None:
    assert scraped.get(f"kinesics_{name}")


def test_ages_count_what_was_looked_at(scraped: dict[str, dict[str, float]]) -> None:
    assert scraped["kinesics_frame_age_seconds_count"]['stream="demo"'] == scraped["kinesics_looked_total"]['stream="demo"']
    assert all(
        {"stage=", "reason=", "stream="} <= set(re.findall(r"\w+=", labels)) for labels in scraped["kinesics_dropped_total"]
    )


def test_memory_of_workers_is_told_in_bytes(scraped: dict[str, dict[str, float]]) -> None:
    assert all(1e6 < value < 3e9 for value in scraped["kinesics_worker_resident_bytes"].values())
