"""Routes of a running service: what they answer, and how they say no."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from kinesics.testing.service import RunningService


@pytest.fixture(scope="module")
def client(resident: RunningService) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=resident.url, timeout=60) as client:
        yield client


def until(done: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while not (found := done()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
    return found


def refused(answer: httpx.Response, status: int, *words: str) -> str:
    """The one line of an error."""
    assert answer.status_code == status, answer.text
    said: dict[str, str] = answer.json()
    assert set(said) == {"error", "kind"} and "\n" not in said["error"] and "Traceback" not in answer.text
    for word in words:
        assert word in said["error"]
    return said["error"]


def test_healthz_answers_as_soon_as_it_listens(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}


def test_readyz_becomes_ready_and_names_each_stream(client: httpx.Client) -> None:
    def ready() -> Any:
        answer = client.get("/readyz")
        assert (answer.status_code == 200) == answer.json()["ready"]
        return answer.json() if answer.json()["ready"] and answer.json()["streams"]["demo"]["age"] is not None else None

    told = until(ready)
    assert told["nets"] == "warm" and told["store"] == "writable"
    assert told["streams"]["demo"]["state"] in ("running", "stalled")


def test_status_counts_workers_and_streams(client: httpx.Client) -> None:
    told = client.get("/v1/status").json()
    assert "demo" in told["streams"] and told["version"] and told["store"]["writable"]


@pytest.mark.parametrize("path", ["/", "/page/main.js", "/page/style.css", "/favicon.ico"])
def test_page_files_come_with_their_kinds_and_a_policy(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    kind = {"/": "text/html", "/page/main.js": "text/javascript", "/page/style.css": "text/css"}.get(path, "image/svg+xml")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith(kind)
    assert answer.headers["content-security-policy"].startswith("default-src 'self'")
    assert "uvicorn" not in answer.headers.get("server", "")


@pytest.mark.parametrize(
    "path",
    ["/page/..%2fserver%2fapp.py", "/page/%2e%2e/__init__.py", "/page//etc/passwd", "/page/", "/page/lib", "/page/no%00.js"],
)
def test_nothing_but_the_pages_files_is_given(client: httpx.Client, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/v1", "/v1/nothing", "/docs", "/v1/streams/none", "/v1/models/none/examples"])
def test_what_is_not_there_is_404(client: httpx.Client, path: str) -> None:
    refused(client.get(path), 404)


def test_a_wrong_method_is_405(client: httpx.Client) -> None:
    refused(client.put("/v1/streams", json={}), 405)


@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"{", "JSON"),
        (b"[1]", "object"),
        (b'{"source": ""}', "source"),
        (b'{"source": "0", "fps": 0}', "fps"),
        (b'{"source": "0", "colour": "red"}', "colour"),
        (b'{"source": "/etc/passwd"}', ""),
        (b'{"source": "browser"}', "/v1/camera"),
        (b"[" * 100_000, "JSON"),
    ],
)
def test_a_stream_that_makes_no_sense_is_refused(client: httpx.Client, body: bytes, word: str) -> None:
    answer = client.post("/v1/streams", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 403, 422)
    refused(answer, answer.status_code, word)


def test_a_stream_is_added_changed_and_removed(client: httpx.Client) -> None:
    added = client.post("/v1/streams", json={"source": "demo", "name": "second", "fps": 5, "keep": False})
    assert added.status_code == 201
    place = added.headers["location"]
    assert place == f"/v1/streams/{added.json()['id']}"
    assert client.patch(place, json={"fps": 3}).json()["settings"]["fps"] == 3
    refused(client.patch(place, json={"source": "0"}), 400, "source")
    assert place.rpartition("/")[2] in [one["id"] for one in client.get("/v1/streams").json()["streams"]]
    assert client.delete(place).status_code == 200
    refused(client.get(place), 404)


def test_a_stream_can_only_be_asked_what_it_knows(client: httpx.Client) -> None:
    refused(client.post("/v1/streams/demo/ask/dance", json={}), 404, "teach")
    refused(client.post("/v1/streams/none/ask/teach", json={}), 404)


def test_one_picture_gives_its_people(client: httpx.Client, people_jpeg: bytes) -> None:
    answer = client.post("/v1/pictures?pose=fast", content=people_jpeg, headers={"content-type": "image/jpeg"})
    assert answer.status_code == 200, answer.text
    scene = answer.json()
    assert scene["size"] == [1768, 994] and scene["people"]
    assert all(len(one["points"]) == 17 for one in scene["people"]) and scene["skeleton"] == "coco17"


@pytest.mark.parametrize(
    ("body", "query"),
    [(b"only words", ""), (b"", ""), (b"\xff\xd8\xff" + b"x" * 50, ""), (None, "?colour=1"), (None, "?masks=perhaps")],
)
def test_what_is_no_picture_is_refused_in_one_line(
    client: httpx.Client, people_jpeg: bytes, body: bytes | None, query: str
) -> None:
    content = people_jpeg if body is None else body
    answer = client.post(f"/v1/pictures{query}", content=content, headers={"content-type": "application/octet-stream"})
    assert answer.status_code in (400, 415, 422)
    refused(answer, answer.status_code)


def test_a_picture_that_is_cut_off_is_refused(client: httpx.Client, people_jpeg: bytes) -> None:
    answer = client.post("/v1/pictures", content=people_jpeg[:100], headers={"content-type": "image/jpeg"})
    refused(answer, 422)


def test_a_clip_gives_a_line_a_frame_and_is_removed(client: httpx.Client, resident: RunningService, people_clip: Path) -> None:
    kind = {"content-type": "video/mp4"}
    with client.stream("POST", "/v1/clips?pose=fast", content=people_clip.read_bytes(), headers=kind) as answer:
        assert answer.status_code == 200 and answer.headers["content-type"] == "application/x-ndjson"
        scenes = [json.loads(line) for line in answer.iter_lines()]
    assert len(scenes) >= 15 and all("error" not in scene for scene in scenes)
    times = [scene["time"] for scene in scenes]
    assert times == sorted(times) and scenes[-1]["people"]
    until(lambda: not list((resident.folder / "uploads").iterdir()))


def test_what_is_no_clip_is_refused_without_its_place(client: httpx.Client, resident: RunningService) -> None:
    answer = client.post("/v1/clips", content=b"only words" * 100, headers={"content-type": "video/mp4"})
    error = refused(answer, 422)
    assert "uploads" not in error and str(resident.folder) not in error
    until(lambda: not list((resident.folder / "uploads").iterdir()))


def test_who_leaves_a_clip_ends_the_job(client: httpx.Client, resident: RunningService, people_clip: Path) -> None:
    kind = {"content-type": "video/mp4"}
    with client.stream("POST", "/v1/clips?masks=1", content=people_clip.read_bytes(), headers=kind) as answer:
        next(answer.iter_lines())
    until(lambda: not list((resident.folder / "uploads").iterdir()) and client.get("/v1/status").json()["clips"] == 0)


def test_events_are_told_filtered_and_taken_as_a_table(client: httpx.Client) -> None:
    import pyarrow.parquet

    events = until(lambda: client.get("/v1/events?stream=demo").json()["events"])
    assert [one["id"] for one in events] == sorted(one["id"] for one in events)
    last = client.get(f"/v1/events?after={events[-1]['id'] - 1}&limit=1").json()
    assert [one["id"] for one in last["events"]] == [events[-1]["id"]] and last["more"] is True
    assert client.get("/v1/events?since=2999-01-01").json() == {"events": [], "more": False}
    table = client.get("/v1/events?format=parquet&stream=demo")
    assert (
        table.headers["content-type"] == "application/vnd.apache.parquet"
        and "attachment" in table.headers["content-disposition"]
    )
    assert pyarrow.parquet.read_table(io.BytesIO(table.content)).num_rows >= len(events)


@pytest.mark.parametrize(
    "query", ["since=yesterday", "person=x", "kind=party", "limit=0", "limit=999999", "format=xls", "colour=red", "after=1e9"]
)
def test_a_question_about_events_that_makes_no_sense_is_refused(client: httpx.Client, query: str) -> None:
    refused(client.get(f"/v1/events?{query}"), 400)


def test_events_are_forgotten(client: httpx.Client) -> None:
    until(lambda: client.get("/v1/events?kind=stream").json()["events"])
    assert client.delete("/v1/events?kind=stream").json()["forgotten"] >= 1
    assert client.get("/v1/events?kind=stream").json()["events"] == []


def test_the_library_is_told(client: httpx.Client) -> None:
    assert client.get("/v1/models").json()["models"] == []
    assert {"squat"} <= {one["name"] for one in client.get("/v1/exercises").json()["exercises"]}
    assert isinstance(client.get("/v1/persons").json()["persons"], list)


def test_a_model_that_is_none_is_refused(client: httpx.Client) -> None:
    kind = {"content-type": "application/octet-stream"}
    refused(client.put("/v1/models/mine", content=b"PK nothing", headers=kind), 422)
    refused(client.put("/v1/models/mine", content=b"", headers=kind), 400)
    refused(client.get("/v1/models/mine"), 404)
    assert client.get("/v1/models").json()["models"] == []


def test_an_exercise_needs_something_shown(client: httpx.Client) -> None:
    refused(client.put("/v1/exercises/mine", json={}), 400, "stream")
    until(lambda: client.get("/v1/streams/demo").json()["looked"])
    refused(client.put("/v1/exercises/mine", json={"stream": "demo"}), 400, "begin")
    refused(client.put("/v1/exercises/mine", json={"stream": "demo", "last": True}), 503, "begin")
    refused(client.put("/v1/exercises/mine", json={"stream": "none"}), 404)


def test_a_socket_of_a_stream_that_is_not_there_says_so(resident: RunningService) -> None:
    with connect(resident.url.replace("http", "ws") + "/v1/streams/none/live") as line:
        said = json.loads(line.recv(10))
    assert said["type"] == "error" and said["kind"] == "Absent"
