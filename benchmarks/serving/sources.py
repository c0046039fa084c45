"""Sources that can be started, killed and started again: a web camera, and RTSP by Debian's GStreamer."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from kinesics.errors import MissingExtra
from kinesics.testing import need_rtsp, start_rtsp

from .pictures import walk
from .web_camera import packed

HERE = Path(__file__).parents[1]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def has_rtsp() -> bool:
    """Whether GStreamer's RTSP server is installed."""
    try:
        need_rtsp()
    except MissingExtra:
        return False
    return True


class Camera:
    """A source at a fixed address that may be there or not.

    Args:
        fps: frames a second of a web camera; an RTSP camera gives ten.
        rtsp: which kind.

    Attributes:
        address: of its pictures.
        process: while it runs.
    """

    def __init__(self, fps: float = 10.0, rtsp: bool = False) -> None:
        self.rtsp, self.fps, self.port = rtsp, fps, free_port()
        self.address = f"{'rtsp' if rtsp else 'http'}://127.0.0.1:{self.port}/cam"
        self.process: subprocess.Popen[str] | None = None
        self._folder = Path(tempfile.mkdtemp(prefix="kinesics-bench-"))
        if not rtsp:
            (self._folder / "pictures").write_bytes(packed(walk()))

    def start(self) -> Camera:
        """Be there."""
        if self.rtsp:
            self.process = start_rtsp(self.port, (640, 480), 10)
            return self
        command = [sys.executable, "-m", "serving.web_camera", str(self.port), str(self.fps), str(self._folder / "pictures")]
        self.process = subprocess.Popen(command, cwd=HERE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if self.process.stdout is None or self.process.stdout.readline() != "ready\n":
            raise RuntimeError(f"{self.address}: the camera of the benchmark did not start")
        return self

    def kill(self) -> None:
        """Be gone, at once and without a word."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            if self.process.stdout is not None:
                self.process.stdout.close()
            self.process = None

    def close(self) -> None:
        """Be gone for good."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> Camera:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()
