from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest
from worker_driving import DrivenWorker, as_jpeg, scene_of

from kinesics.testing import counter_picture


class Camera:
    """A web camera on a free port that can be frozen, killed and brought back."""

    def __init__(self) -> None:
        self.port = 0
        self.frozen, self.alive = threading.Event(), threading.Event()
        self.start()

    def start(self) -> None:
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera.serve(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.alive.set()
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "multipart/x-mixed-replace; boundary=cut")
        request.end_headers()
        number = 0
        while self.alive.is_set():
            if not self.frozen.is_set():
                data = as_jpeg(counter_picture(number, (160, 120)))
                number += 1
                try:
                    request.wfile.write(b"--cut\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(data) + data)
                    request.wfile.write(b"\r\n")
                except OSError:
                    return
            time.sleep(0.04)

    def kill(self) -> None:
        self.alive.clear()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def camera() -> Iterator[Camera]:
    one = Camera()
    try:
        yield one
    finally:
        if one.alive.is_set():
            one.kill()


@pytest.fixture
def worker() -> Iterator[DrivenWorker]:
    one = DrivenWorker()
    try:
        yield one
    finally:
        one.end()


def stream_events(worker: DrivenWorker) -> list[str]:
    return [event["label"] for event in worker.events if event["kind"] == "stream"]


def test_a_frozen_camera_is_noticed_and_comes_back_as_a_new_epoch(worker: DrivenWorker, camera: Camera) -> None:
    worker.open(f"http://user:secret@127.0.0.1:{camera.port}/cam")
    before = worker.until("scene")
    began = time.monotonic()
    camera.frozen.set()
    waiting = worker.until("state", lambda message: message.args["state"] == "waiting")
    noticed = time.monotonic() - began
    worker.until("state", lambda message: "no data" in message.args["error"])
    camera.frozen.clear()
    after = worker.until("scene", lambda message: message.args["epoch"] > before.args["epoch"])
    worker.until("state", lambda message: message.args["state"] == "running")
    assert noticed < 3 + 3  # three seconds, and what a busy machine takes
    assert scene_of(after)["time"] > scene_of(before)["time"]
    assert stream_events(worker) == ["connected", "lost", "connected"]
    assert waiting.args["error"] and "secret" not in repr([one.args for one in worker.heard])


def test_a_killed_camera_is_waited_for_and_found_again(worker: DrivenWorker, camera: Camera) -> None:
    worker.open(f"http://127.0.0.1:{camera.port}/cam")
    worker.until("scene")
    camera.kill()
    worker.until("state", lambda message: message.args["state"] == "waiting")
    worker.until("state", lambda message: "cannot be opened" in message.args["error"])
    back = time.monotonic()
    camera.start()
    scene = worker.until("scene", lambda message: message.args["epoch"] == 1)
    assert scene.args["arrived"] - back < 8 + 5  # the longest wait, a quarter more, and a busy machine
    worker.until("state", lambda message: message.args["state"] == "running")
    assert stream_events(worker) == ["connected", "lost", "connected"]
    assert not [event for event in worker.events if event["kind"] in ("appeared", "left")]


def test_a_figure_moves_with_somebody_who_is_looked_at(worker: DrivenWorker) -> None:
    worker.open("demo", person="default", fps=10)
    worker.tell("watchers", pictures=False, figure=True)
    scene = worker.until("scene", lambda message: message.args["parts"] == ["figure"])
    assert scene_of(scene)["skeleton"] == "wholebody133"
    picture = np.frombuffer(scene.bodies[1], np.uint8)
    assert picture[:3].tolist() == [0xFF, 0xD8, 0xFF] and len(picture) > 2000
