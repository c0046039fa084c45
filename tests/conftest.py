"""Fixtures that several folders of tests share; real local servers for live sources among them. Loopback only."""

from __future__ import annotations

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


RTSP = """
import sys, gi
gi.require_version("Gst", "1.0"); gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer, GLib
Gst.init(None)
if sys.argv[1] == "probe":
    missing = [n for n in ("videotestsrc", "x264enc", "rtph264pay") if Gst.ElementFactory.find(n) is None]
    sys.exit(", ".join(missing) or 0)
server = GstRtspServer.RTSPServer(); server.set_address("127.0.0.1"); server.set_service(sys.argv[1])
factory = GstRtspServer.RTSPMediaFactory(); factory.set_shared(True)
factory.set_launch("( videotestsrc is-live=true ! video/x-raw,width=160,height=120,framerate=30/1 ! x264enc tune=zerolatency "
                   "speed-preset=ultrafast key-int-max=10 ! rtph264pay name=pay0 config-interval=-1 )")
server.get_mount_points().add_factory("/cam", factory); server.attach(None)
print("ready", flush=True)
GLib.MainLoop().run()
"""
PYTHON = "/usr/bin/python3"  # Debian's own: gi is not in a virtual environment


@pytest.fixture
def rtsp() -> Iterator[Callable[[int], subprocess.Popen[str]]]:
    """Start an RTSP server on a port: `rtsp(port)` gives its process."""
    if not Path(PYTHON).exists():
        pytest.skip("no RTSP server: needs Debian's python3-gi and gir1.2-gst-rtsp-server-1.0")
    probe = subprocess.run([PYTHON, "-c", RTSP, "probe"], capture_output=True, text=True, check=False)
    if probe.returncode:
        pytest.skip(
            "no RTSP server: apt-get install gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-{base,good,ugly} "
            f"({probe.stderr.strip().splitlines()[-1:]})"
        )
    running: list[subprocess.Popen[str]] = []

    def start(port: int) -> subprocess.Popen[str]:
        command = [PYTHON, "-c", RTSP, str(port)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        running.append(process)
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
