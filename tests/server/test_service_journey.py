"""What a user does with a service, from end to end: the demo, a camera, teaching, events as they come, a webhook."""

from __future__ import annotations

import contextlib
import json
import struct
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from squatting import squats
from websockets.sync.client import ClientConnection, connect

from kinesics.testing.service import RunningService

Serve = Callable[..., RunningService]


def until(done: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while not (found := done()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)
    return found


def socket_of(service: RunningService, path: str) -> ClientConnection:
    return connect(service.url.replace("http", "ws") + path, max_size=8 << 20)


def heard(line: ClientConnection, *kinds: str, seconds: float = 60) -> dict[str, Any]:
    """The next text message of one of these kinds."""
    end = time.monotonic() + seconds
    while True:
        data = line.recv(max(end - time.monotonic(), 0.01))
        if isinstance(data, str) and (message := json.loads(data))["type"] in kinds:
            return dict(message)


def ask(line: ClientConnection, what: str, **args: Any) -> dict[str, Any]:
    line.send(json.dumps({"ask": what, "ticket": 7, "args": args}))
    answer = heard(line, "answer")
    assert answer["ticket"] == 7
    return answer


def jpeg_of(picture: Any) -> bytes:
    import cv2

    return bytes(cv2.imencode(".jpg", picture[..., ::-1])[1])


def frame(number: int, jpeg: bytes) -> bytes:
    return struct.pack("<Id", number, 40.0 * number) + jpeg


def test_scenes_of_the_demo_come_with_pictures_when_they_are_asked_for(resident: RunningService) -> None:
    with socket_of(resident, "/v1/streams/demo/live?pictures=1") as line:
        assert heard(line, "state")["settings"]["source"] == "demo"
        scene = heard(line, "scene")
        assert scene["age"] >= 0 and scene["took"] > 0 and scene["scene"]["size"] == [1768, 994]
        assert set(scene["dropped"]) == {"newest", "rate", "corrupt"}
        picture = until(lambda: data if isinstance(data := line.recv(30), bytes) else None)
        (length,) = struct.unpack_from("<I", picture)
        head = json.loads(picture[4 : 4 + length])
        assert head["kind"] == "picture" and picture[4 + length :].startswith(b"\xff\xd8\xff")
        assert ask(line, "watch", pictures=False) == {"type": "answer", "ticket": 7, "pictures": False, "figure": False}
        heard(line, "scene")
        heard(line, "scene")
        end = time.monotonic() + 1
        with contextlib.suppress(TimeoutError):
            while time.monotonic() < end:
                assert isinstance(line.recv(0.3), str)


def test_without_asking_no_pixel_leaves(resident: RunningService) -> None:
    with socket_of(resident, "/v1/streams/demo/live") as line:
        for _ in range(8):
            data = line.recv(60)
            assert isinstance(data, str) and "/9j/" not in data  # how a JPEG begins in base64


def test_a_browsers_camera_gets_an_answer_to_each_frame(resident: RunningService, people_jpeg: bytes) -> None:
    with httpx.Client(base_url=resident.url, timeout=30) as client:
        with socket_of(resident, "/v1/camera") as line:
            line.send(json.dumps({"settings": {"pose": "fast", "name": "my camera", "budget": 10}}))
            told = heard(line, "stream")
            for number in range(1, 40):
                line.send(frame(number, people_jpeg))
                scene = heard(line, "scene", "bad")
                assert scene["type"] == "scene" and scene["number"] == number, scene
                if scene["scene"]["people"]:
                    break
            assert scene["scene"]["people"]
            line.send(frame(99, b"no picture"))
            assert heard(line, "scene", "bad")["number"] == 99
            line.send(b"x")
            assert heard(line, "bad")["error"]
            assert ask(line, "change", postures=False)["settings"]["postures"] is False
            assert ask(line, "dance")["kind"] == "UsageError"
            assert client.get(f"/v1/streams/{told['id']}").json()["looked"] == number
        until(lambda: client.get(f"/v1/streams/{told['id']}").status_code == 404)


@pytest.mark.parametrize(
    "first", ["{", '{"settings": {"colour": "red"}}', '{"settings": 3}', b"\0\1", '{"settings": {"fps": -1}}']
)
def test_a_camera_that_begins_wrongly_is_told_so(resident: RunningService, first: str | bytes) -> None:
    with socket_of(resident, "/v1/camera") as line:
        line.send(first)
        assert heard(line, "error")["kind"] == "UsageError"


def test_a_thing_is_taught_used_and_taken_away(serve: Serve) -> None:
    service = serve("--demo")
    with httpx.Client(base_url=service.url, timeout=60) as client, socket_of(service, "/v1/streams/demo/live") as line:
        until(lambda: len(heard(line, "scene")["scene"]["people"]) > 0)
        assert "error" not in ask(line, "teach", do="begin", label="stroll")
        began = heard(line, "scene")["scene"]["time"]
        until(lambda: abs(heard(line, "scene")["scene"]["time"] - began) > 1.5)
        learned = ask(line, "teach", do="end", label="stroll")
        assert "error" not in learned, learned
        assert learned["model"] == "taught" and learned["examples"] == 1
        assert [one["name"] for one in client.get("/v1/models").json()["models"]] == ["taught"]
        film = client.get("/v1/models/taught/examples/" + str(learned["example"]["id"])).json()
        assert film["points"] and len(film["points"]) == len(film["times"])
        bundle = client.get("/v1/models/taught")
        assert bundle.content[:2] == b"PK" and client.get("/v1/streams/demo").json()["settings"]["model"] == "taught"
        kind = {"content-type": "application/octet-stream"}
        brought = client.put("/v1/models/copy", content=bundle.content, headers=kind)
        assert brought.status_code == 200, brought.text
        assert client.put("/v1/models/copy", content=bundle.content, headers=kind).status_code == 409
        assert client.delete("/v1/models/copy").status_code == 200
        assert client.post("/v1/models/taught/rename", json={"label": "stroll", "to": "walk"}).status_code == 200
        assert client.post("/v1/models/taught/undo").status_code == 200


def test_an_exercise_is_shown_to_a_camera_and_then_counted(resident: RunningService) -> None:
    film = [jpeg_of(picture) for picture in squats((95.0, 95.0), fps=8)]
    seconds = iter(range(10_000))

    def show(line: ClientConnection, film: list[bytes]) -> None:
        for jpeg in film:
            number = next(seconds)
            line.send(struct.pack("<Id", number, 125.0 * number) + jpeg)
            while heard(line, "scene", "bad").get("number") != number:
                pass

    with httpx.Client(base_url=resident.url, timeout=60) as client, socket_of(resident, "/v1/camera") as line:
        line.send(json.dumps({"settings": {"name": "gym", "budget": 10}}))
        name = heard(line, "stream")["id"]
        show(line, film[:1])
        assert "error" not in ask(line, "teach", do="begin", label="bob")
        show(line, film)
        made = client.put("/v1/exercises/bob", json={"stream": name})
        assert made.status_code == 200, made.text
        assert "bob" in [one["name"] for one in client.get("/v1/exercises").json()["exercises"]]
        assert ask(line, "change", coach="bob")["settings"]["coach"] == "bob"
        show(line, film)
        session = ask(line, "coach", do="session")["session"]
        assert session["exercise"] == "bob" and session["repetitions"] + session["not_counted"] >= 1, session
        assert client.delete("/v1/exercises/bob").status_code == 200


def test_events_come_once_they_are_stored_and_nothing_is_missed(resident: RunningService) -> None:
    with httpx.Client(base_url=resident.url, timeout=30) as client:
        until(lambda: client.get("/v1/events").json()["events"])
        with socket_of(resident, "/v1/events/live?after=0") as line:
            told = [heard(line, "event")["event"]["id"]]
            place = client.post("/v1/streams", json={"source": "demo", "keep": False, "fps": 2}).headers["location"]
            while (event := heard(line, "event")["event"])["stream"] != place.rpartition("/")[2]:
                told.append(event["id"])
            told.append(event["id"])
            stored = client.get("/v1/events").json()["events"]
            client.delete(place)
    assert told == sorted(set(told)) and event["id"] in [one["id"] for one in stored]


class Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        data = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.events += data["events"]  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Hook) as server:
        server.events = []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_webhook_of_the_file_hears_of_events(serve: Serve, hook: ThreadingHTTPServer, tmp_path: Path) -> None:
    file = tmp_path / "service.toml"
    url = f"http://127.0.0.1:{hook.server_port}/secret-path"
    file.write_text(f'[[stream]]\nname = "door"\nsource = "demo"\n[[webhook]]\nurl = "{url}"\nkinds = ["stream"]\n')
    service = serve("--config", str(file))
    events = until(lambda: hook.events)  # type: ignore[attr-defined]
    assert events[0]["stream"] == "door" and events[0]["id"] >= 1 and {one["kind"] for one in events} == {"stream"}
    assert "secret-path" not in httpx.get(f"{service.url}/metrics").text + httpx.get(f"{service.url}/v1/status").text
    assert service.stop() == 0


def test_passwords_of_cameras_are_told_nowhere(serve: Serve) -> None:
    service = serve()
    source = "rtsp://visitor:hunter2@127.0.0.1:9/door"
    with httpx.Client(base_url=service.url, timeout=30) as client:
        added = client.post("/v1/streams", json={"source": source, "keep": False})
        assert added.status_code == 201
        until(lambda: client.get("/v1/streams").json()["streams"][0]["error"])
        with socket_of(service, f"/v1/streams/{added.json()['id']}/live") as line:
            told = line.recv(10)
        pages = [client.get(path).text for path in ("/v1/streams", "/v1/status", "/readyz", "/metrics", "/v1/events")]
        wrong = client.post("/v1/streams", json={"source": source, "fps": 0}).text
    assert service.stop() == 0
    assert "hunter2" not in "".join([added.text, str(told), *pages, wrong, *service.said])
