from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from supervised import supervised, until

from kinesics.server.crew.supervisor import WORKER, Stream, Supervisor
from kinesics.server.settings import StreamSettings

NOTICED, BACK = 4.5, 5.0  # seconds; on an idle machine 3 and 2


def in_a_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    @wraps(test)
    def run(**fixtures: Any) -> None:
        asyncio.run(test(**fixtures))

    return run


async def _watched(supervisor: Supervisor, source: str) -> Stream:
    stream = await supervisor.add(StreamSettings(source, pose="fast"))
    await until(lambda: stream.state()["looked"] > 5, 60)
    return stream


async def _lost_and_found(stream: Stream, lose: Callable[[], Any], bring_back: Callable[[], Any]) -> float:
    """Seconds from the source's return to the next scene, which belongs to a later epoch."""
    epoch = stream.epoch
    lose()
    noticed = await until(lambda: stream.state()["state"] == "stalled")
    assert noticed < NOTICED
    await asyncio.to_thread(bring_back)
    looked = stream.state()["looked"]
    back = await until(lambda: stream.state()["state"] == "running" and stream.state()["looked"] > looked)
    assert back < BACK and stream.epoch > epoch and stream.state()["restarts"] == 0
    return back


def _events(supervisor: Supervisor, stream: Stream) -> tuple[list[str], list[str]]:
    """What was told of the stream, and of people who were never there."""
    supervisor._store.flush(5)
    events = supervisor._store.events(stream=stream.id)
    return [event.label for event in events if event.kind == "stream"], [e.kind for e in events if e.kind != "stream"]


@pytest.mark.debian
@in_a_loop
async def test_an_rtsp_camera_killed_and_frozen_is_back(
    tmp_path: Path, rtsp: Callable[[int], subprocess.Popen[str]], free_port: Callable[[], int]
) -> None:
    port = free_port()
    servers = [rtsp(port)]
    async with supervised(tmp_path, worker=WORKER) as supervisor:
        stream = await _watched(supervisor, f"rtsp://me:secret@127.0.0.1:{port}/cam")
        seconds = await _lost_and_found(stream, servers[0].kill, lambda: servers.append(rtsp(port)))
        print(f"killed: from the server's return to the next scene {seconds:.2f} s")
        seconds = await _lost_and_found(
            stream,
            lambda: servers[-1].send_signal(signal.SIGSTOP),
            lambda: servers[-1].send_signal(signal.SIGCONT),
        )
        print(f"frozen: from the server's return to the next scene {seconds:.2f} s")
        told, others = _events(supervisor, stream)
        assert told.count("stalled") == told.count("back") == 2 and told[0] == "connected" and others == []
        assert "secret" not in str(supervisor.state())


@in_a_loop
async def test_a_camera_over_http_killed_and_frozen_is_back(tmp_path: Path, camera: Any) -> None:
    async with supervised(tmp_path, worker=WORKER) as supervisor:
        stream = await _watched(supervisor, camera.address)
        print(f"killed: {await _lost_and_found(stream, camera.kill, camera.start):.2f} s")
        print(f"frozen: {await _lost_and_found(stream, camera.frozen.set, camera.frozen.clear):.2f} s")
        told, others = _events(supervisor, stream)
        assert told.count("stalled") == told.count("back") == 2 and others == []


@in_a_loop
async def test_a_camera_that_is_not_there_yet_is_waited_for(tmp_path: Path, camera: Any) -> None:
    camera.kill()
    async with supervised(tmp_path, worker=WORKER) as supervisor:
        stream = await supervisor.add(StreamSettings(camera.address, pose="fast"))
        await until(lambda: stream.state()["state"] == "waiting", 60)
        assert stream.state()["error"] and stream.state()["age"] is None
        time.sleep(0.1)
        camera.start()
        await until(lambda: stream.state()["looked"], 30)
        assert stream.state()["restarts"] == 0
