"""Fixtures that several folders of tests share; real local servers for live sources among them. Loopback only."""

from __future__ import annotations

import gc
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run side by side, a file's stay together, and one browser at a time is enough for two cores."""
    for item in items:
        if item.config.pluginmanager.hasplugin("xdist"):
            driven = {"chromiums", "browser"} & set(getattr(item, "fixturenames", ()))
            item.add_marker(pytest.mark.xdist_group("a browser" if driven else str(item.path)))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Thousands of collected tests are not searched through each time Python looks for circles."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data; a test that asks for it is skipped, visibly, where there is none."""
    folder = Path(os.environ.get("KINESICS_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no real data: set KINESICS_DATA (looked for {folder})")
    return folder


@pytest.fixture(scope="session", autouse=True)
def interrupts() -> Iterator[None]:
    """Programs that the tests start and interrupt would ignore it where a shell runs the tests in the background."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def a_free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@pytest.fixture
def free_port() -> Callable[[], int]:
    """A number of a port that nobody listens on."""
    return a_free_port


class PictureServer:
    """A web camera: numbered JPEGs in parts, 50 a second, until it is frozen or killed."""

    def __init__(self) -> None:
        self.port, self.sent = a_free_port(), 0
        self.frozen = threading.Event()
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/cam"

    def start(self) -> None:
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera.serve(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.alive = threading.Event()
        self.alive.set()
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        import cv2

        from kinesics.testing.video import counter_picture

        alive = self.alive
        request.send_response(200)
        request.send_header("Content-Type", "multipart/x-mixed-replace; boundary=cut")
        request.end_headers()
        while alive.is_set():
            if not self.frozen.is_set():
                data = cv2.imencode(".jpg", counter_picture(self.sent % 4096, (160, 120)))[1].tobytes()
                head = f"--cut\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n".encode()
                try:
                    request.wfile.write(head + data + b"\r\n")
                except OSError:
                    return
                self.sent += 1
            time.sleep(0.02)

    def kill(self) -> None:
        self.alive.clear()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def camera() -> Iterator[PictureServer]:
    server = PictureServer()
    yield server
    server.kill()


@pytest.fixture
def rtsp() -> Iterator[Callable[[int], subprocess.Popen[str]]]:
    """Start an RTSP server on a port: `rtsp(port)` gives its process."""
    from kinesics.errors import MissingExtra
    from kinesics.testing import need_rtsp, start_rtsp

    try:
        need_rtsp()
    except MissingExtra as error:
        pytest.skip(str(error))
    running: list[subprocess.Popen[str]] = []

    def start(port: int) -> subprocess.Popen[str]:
        process = start_rtsp(port)
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
