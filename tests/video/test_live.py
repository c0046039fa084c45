"""Live sources against real servers on this machine."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import time
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from kinesics.errors import SourceError
from kinesics.testing.source import check_source
from kinesics.testing.video import make_video, read_counter
from kinesics.video import open_source

Rtsp = Callable[[int], subprocess.Popen[str]]


def test_web_camera_keeps_the_law(camera: Any) -> None:
    check_source(lambda: open_source(camera.address), limit=12)


def test_frames_of_a_web_camera_have_the_times_at_which_they_came(camera: Any) -> None:
    with open_source(camera.address) as source:
        next(source)
        began = time.monotonic()
        frames = list(itertools.islice(source, 20))
        took = time.monotonic() - began
    assert frames[-1].time - frames[0].time == pytest.approx(took, abs=0.25)  # not 25 a second, which is what ffmpeg assumes


def test_slow_reader_gets_the_newest_frame(camera: Any) -> None:
    with open_source(camera.address) as source:
        assert source.live and source.size == (160, 120)
        behind = []
        for frame in itertools.islice(source, 4):
            time.sleep(0.3)
            behind.append(frame.index)
        fresh = next(source)
        assert camera.sent - read_counter(fresh.image) < 25  # half a second of pictures; it waited for more than one
        assert source.dropped >= 20
        assert min(b - a for a, b in itertools.pairwise(behind[1:])) > 5


def test_killed_web_camera_comes_back_as_a_new_epoch(camera: Any) -> None:
    with open_source(camera.address, timeout=0.5, max_wait=10.0) as source:
        before = next(source)
        camera.kill()
        camera.start()
        for frame in source:
            if frame.epoch > before.epoch:
                break
        assert frame.epoch == 1 and frame.index > before.index and frame.time > before.time
        assert any("connected again" in note for note in source.notes)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are counted in /proc")
def test_web_camera_that_comes_and_goes_leaves_no_threads(camera: Any) -> None:
    counts = []
    with open_source(camera.address, timeout=0.5) as source:
        for frame in source:
            assert frame.image.any()
            if frame.epoch == len(counts):
                counts.append(len(list(Path("/proc/self/task").iterdir())))
                if frame.epoch == 3:
                    break
                camera.kill()
                camera.start()
    assert counts[3] <= counts[1]


def test_frozen_web_camera_ends_after_max_wait(camera: Any) -> None:
    with open_source(camera.address, timeout=0.3, max_wait=1.0) as source:
        next(source)
        camera.frozen.set()
        start = time.monotonic()
        list(source)
        assert 0.9 < time.monotonic() - start < 3.0
        assert source.status == "timeout" and "1 s" in source.notes[-1]


def test_frozen_web_camera_that_thaws_goes_on(camera: Any) -> None:
    with open_source(camera.address, timeout=0.3, max_wait=10.0) as source:
        next(source)
        camera.frozen.set()
        time.sleep(1.5)
        camera.frozen.clear()
        frame = next(frame for frame in source if frame.epoch)
        assert 1.0 < frame.time < 6.0  # time went on while there was no picture


def test_reader_that_waits_is_woken_by_close(camera: Any) -> None:
    source = open_source(camera.address, timeout=0.3)
    next(source)
    camera.frozen.set()
    reader = Thread(target=lambda: list(source))
    reader.start()
    time.sleep(0.2)
    source.close()
    reader.join(3.0)
    assert not reader.is_alive() and source.status == "closed"


@pytest.mark.parametrize("scheme", ["rtsp", "http", "tcp", "rtmp"])
def test_refused_address_is_one_line_without_the_password(scheme: str, free_port: Callable[[], int]) -> None:
    start = time.monotonic()
    with pytest.raises(SourceError, match=r"127\.0\.0\.1.*refused") as caught:
        open_source(f"{scheme}://me:secret@127.0.0.1:{free_port()}/x", timeout=0.5)
    assert "secret" not in str(caught.value) and "\n" not in str(caught.value)
    assert time.monotonic() - start < 3.0


def test_silent_udp_is_one_line(free_port: Callable[[], int]) -> None:
    with pytest.raises(SourceError, match="no data in time"):
        open_source(f"udp://127.0.0.1:{free_port()}", timeout=0.1)


def test_unknown_scheme_names_the_known() -> None:
    with pytest.raises(SourceError, match="rtsp"):
        open_source("gopher://127.0.0.1/x")


def test_patient_source_waits_for_the_first_frame(camera: Any) -> None:
    camera.kill()
    with open_source(camera.address, patient=True, live=True, timeout=0.5, max_wait=10.0) as source:
        time.sleep(0.3)
        camera.start()
        assert next(source).size == (160, 120)


def test_file_behind_http_ends_at_its_end(tmp_path: Path) -> None:
    make_video(tmp_path / "a.mp4", frames=20, container={"movflags": "faststart"})

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        root = f"http://127.0.0.1:{server.server_port}"
        with open_source(f"{root}/a.mp4") as source:
            assert not source.live
            assert [read_counter(f.image) for f in source] == list(range(20))
            assert source.status == "ok"
        with pytest.raises(SourceError, match="404"):
            open_source(f"{root}/b.mp4")
    finally:
        server.shutdown()
        server.server_close()


def test_camera_that_is_absent_is_one_line() -> None:
    with pytest.raises(SourceError, match=r"camera 97: there is no /dev/video97"):
        open_source(97)
    with pytest.raises(SourceError, match="camera 97"):
        open_source("97")


@pytest.mark.parametrize(
    ("code", "words"),
    [("EBUSY", "busy.*another program"), ("EACCES", "permission.*group video"), ("EINVAL", "gives no video")],
)
def test_camera_that_cannot_be_used_says_why(code: str, words: str) -> None:
    import errno
    import re

    from kinesics.video.camera import why

    number = getattr(errno, code)
    assert re.search(words, why(OSError(number, os.strerror(number)), "/dev/video0"))


# ------------------------------------------------------------------------------------------------------------------- rtsp
@pytest.mark.debian
def test_rtsp_server_killed_and_brought_back_raises_the_epoch(rtsp: Rtsp, free_port: Callable[[], int]) -> None:
    port = free_port()
    server = rtsp(port)
    with open_source(f"rtsp://127.0.0.1:{port}/cam", timeout=1.0, max_wait=20.0) as source:
        first = [frame.time for frame in itertools.islice(source, 10)]
        assert source.live and source.size == (160, 120)
        assert 0.02 < (first[-1] - first[0]) / 9 < 0.2
        server.kill()
        server.wait()
        killed = time.monotonic()
        rtsp(port)
        back = next(frame for frame in source if frame.epoch == 1)
        assert time.monotonic() - killed < 8.0
        assert back.time > first[-1] and next(source).time > back.time


@pytest.mark.debian
def test_frozen_rtsp_server_is_noticed(rtsp: Rtsp, free_port: Callable[[], int]) -> None:
    port = free_port()
    server = rtsp(port)
    with open_source(f"rtsp://127.0.0.1:{port}/cam", timeout=0.5, max_wait=20.0) as source:
        next(source)
        os.kill(server.pid, signal.SIGSTOP)
        start = time.monotonic()
        while not any("lost" in note for note in source.notes) and time.monotonic() - start < 10.0:
            time.sleep(0.05)
        noticed = time.monotonic() - start
        os.kill(server.pid, signal.SIGCONT)
        assert noticed < 3.0, source.notes
        assert next(frame for frame in source if frame.epoch >= 1).image.shape == (120, 160, 3)
