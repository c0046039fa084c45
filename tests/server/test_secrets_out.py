"""A camera's password is used and never said: not in an answer, a metric, an event, a log, or to another stream's reader."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from kinesics.testing.service import RunningService

SECRET, TOKEN = "hunter2-and-more", "tell-nobody-this-token"
PATHS = ["/v1/streams", "/v1/status", "/metrics", "/readyz", "/v1/events", "/openapi.json", "/healthz"]


class RefusingCamera:
    """A camera that notes what it is told and refuses it."""

    def __init__(self) -> None:
        self.line, self.heard = socket.create_server(("127.0.0.1", 0)), b""
        self.port = self.line.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                visitor, _ = self.line.accept()
            except OSError:
                return
            with visitor:
                visitor.settimeout(5)
                try:
                    self.heard += visitor.recv(65536)
                    visitor.sendall(
                        b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n"
                    )
                    self.heard += visitor.recv(65536)
                except OSError:
                    continue

    def close(self) -> None:
        self.line.shutdown(socket.SHUT_RDWR)
        self.line.close()
        self._thread.join(10)


@pytest.fixture
def camera() -> Iterator[RefusingCamera]:
    camera = RefusingCamera()
    yield camera
    camera.close()


def test_passwords_of_cameras_are_never_said(serve: Callable[..., RunningService], camera: RefusingCamera) -> None:
    service = serve(KINESICS_TOKEN=TOKEN)
    with httpx.Client(base_url=service.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30) as client:
        sources = [
            f"rtsp://user:{SECRET}@127.0.0.1:1/x",
            f"http://user:{SECRET}@127.0.0.1:{camera.port}/cam?x=1",
            f"http://127.0.0.1:{camera.port}/cam?token={SECRET}&b=1",
        ]
        said, ids = [], []
        for source in sources:
            answer = client.post("/v1/streams", json={"source": source})
            assert answer.status_code == 201, answer.text
            said.append(answer.text)
            ids.append(answer.json()["id"])
        for bad in [f"gopher://user:{SECRET}@h/", f"rtsp://user:{SECRET}/x@h/", f"rtsp://user:{SECRET}@h:port/"]:
            said.append(client.post("/v1/streams", json={"source": bad}).text)
        end = time.monotonic() + 60
        while not (states := [client.get(f"/v1/streams/{one}").json() for one in ids]) or not all(
            one.get("error") for one in states
        ):
            assert time.monotonic() < end, states
            time.sleep(0.2)
        said.append(client.patch(f"/v1/streams/{ids[0]}", json={"fps": 3}).text)
        said.append(client.patch(f"/v1/streams/{ids[0]}", json={"pose": "nonsense"}).text)
        for path in [*PATHS, *(f"/v1/streams/{one}" for one in ids)]:
            said.append(client.get(path).text)
        wrong = client.get("/v1/status", headers={"Authorization": f"Bearer wrong-{TOKEN}"})
        assert wrong.status_code == 401
        said.append(wrong.text)
    basic = base64.b64encode(f"user:{SECRET}".encode())
    assert basic in camera.heard or SECRET.encode() in camera.heard, "it is used where it belongs"
    service.stop()
    everything = "\n".join([*said, *service.said])
    assert SECRET not in everything and TOKEN not in everything and basic.decode() not in everything
    assert "127.0.0.1:1/x" in everything, "what is no secret is told"


def test_no_process_shows_the_token_or_a_password_on_its_command_line(serve: Callable[..., RunningService]) -> None:
    service = serve(KINESICS_TOKEN=TOKEN)
    with httpx.Client(base_url=service.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=30) as client:
        assert client.post("/v1/streams", json={"source": f"rtsp://user:{SECRET}@127.0.0.1:1/x"}).status_code == 201
        workers = [one["pid"] for one in client.get("/v1/status").json()["workers"]]
        for pid in [service.process.pid, *workers]:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                line = file.read()
            assert SECRET.encode() not in line and TOKEN.encode() not in line
        for pid in workers:
            with open(f"/proc/{pid}/environ", "rb") as file:
                assert TOKEN.encode() not in file.read(), "a worker needs no token"
