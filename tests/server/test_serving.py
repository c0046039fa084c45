"""The service as a process: starts, refuses to, holds its folder, ends in order or at once."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from kinesics.cli import main
from kinesics.server.config_file import read_plan
from kinesics.server.folder import held_folder
from kinesics.server.store.store import Store
from kinesics.testing.service import RunningService

Serve = Callable[..., RunningService]
HEAVY = ("cv2", "scipy", "numba", "av", "ai_edge_litert", "onnxruntime", "torch", "pyarrow", "numpy")


def until(done: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while not (found := done()):
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
    return found


def workers(service: RunningService) -> list[int]:
    with httpx.Client(timeout=30) as client:
        return [one["pid"] for one in client.get(f"{service.url}/v1/status").json()["workers"]]


def lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def refused(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    """The one line with which the command does not start."""
    assert main(["serve", "--port", "0", *options]) == 2
    words = capsys.readouterr().err
    assert words.count("\n") == 1 and "Traceback" not in words
    return words


# ------------------------------------------------------------------------------------------------------------ the process
def test_the_serving_process_loads_nothing_heavy() -> None:
    code = "import sys, kinesics.server.serving, kinesics.server.routes.app, kinesics.server.crew.supervisor, "
    code += "kinesics.server.store.store, "
    code += f"kinesics.server.guard.guards, kinesics.server.guard.deadlines; print([m for m in {HEAVY} if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_it_listens_after_little_work_and_stays_light(serve: Serve) -> None:
    service = serve()
    ticks = Path(f"/proc/{service.process.pid}/stat").read_text().rpartition(")")[2].split()
    assert (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK") < 1.5  # half of it when the machine does nothing else
    assert service.url.startswith("http://127.0.0.1:")
    until(lambda: any(service.url in line for line in service.said))
    until(lambda: httpx.get(f"{service.url}/readyz").status_code == 200)
    mapped = Path(f"/proc/{service.process.pid}/maps").read_text()
    assert not [name for name in (*HEAVY, "litert") if f"/{name}/" in mapped]


# ---------------------------------------------------------------------------------------------------------------- the end
def test_sigterm_while_a_socket_is_busy_ends_in_order(serve: Serve) -> None:
    service = serve("--demo")
    with connect(service.url.replace("http", "ws") + "/v1/streams/demo/live?pictures=1") as line:
        until(lambda: json.loads(text)["type"] == "scene" if isinstance(text := line.recv(60), str) else False)
        at_work = workers(service)
        service.process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                line.recv(30)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1001
    assert service.process.wait(20) == 0
    assert time.monotonic() - began < 10  # 6 s alone
    assert len(at_work) >= 2
    until(lambda: not any(map(lives, at_work)))


def test_who_does_not_read_holds_nobody_up(serve: Serve) -> None:
    service = serve("--demo")
    with (
        connect(service.url.replace("http", "ws") + "/v1/streams/demo/live?pictures=1", max_queue=1, close_timeout=1),
        httpx.Client(base_url=service.url, timeout=30) as client,
    ):
        until(lambda: client.get("/v1/streams/demo").json()["dropped"].get("subscriber", {}).get("newest", 0) > 3)
        assert client.get("/v1/streams/demo").json()["age"] < 5
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(20) == 0
    assert not any("fault" in line for line in service.said)


@pytest.fixture
def held_up(serve: Serve) -> Iterator[RunningService]:
    """A service whose workers do not answer, so that there is something to wait for at its end."""
    service = serve("--demo")
    until(lambda: httpx.get(f"{service.url}/v1/streams/demo").json().get("looked"))
    at_work = workers(service)
    for worker in at_work:
        os.kill(worker, signal.SIGSTOP)
    yield service
    for worker in filter(lives, at_work):
        os.kill(worker, signal.SIGCONT)
    until(lambda: not any(map(lives, at_work)))


def test_it_is_unready_as_soon_as_it_is_told_to_end(held_up: RunningService) -> None:
    with httpx.Client(base_url=held_up.url, timeout=30) as client:
        client.get("/healthz")
        held_up.process.send_signal(signal.SIGINT)
        until(lambda: any("ending" in line for line in held_up.said))
        answer = client.get("/readyz")
        assert answer.status_code == 503 and answer.json()["ending"] is True
        assert client.post("/v1/streams", json={"source": "demo"}).status_code == 503
    began = time.monotonic()
    assert held_up.process.wait(30) == 0
    assert time.monotonic() - began < 12  # 5 s alone


def test_a_second_signal_ends_it_at_once(held_up: RunningService) -> None:
    held_up.process.send_signal(signal.SIGTERM)
    until(lambda: any("ending" in line for line in held_up.said))
    held_up.process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    assert held_up.process.wait(20) == 128 + signal.SIGTERM
    assert time.monotonic() - began < 3


def test_kill_leaves_no_worker_and_the_folder_free(serve: Serve, tmp_path: Path) -> None:
    service = serve("--demo")
    until(lambda: len(workers(service)) >= 3)
    at_work = workers(service)
    service.process.kill()
    service.process.wait(20)
    until(lambda: not any(map(lives, at_work)))
    with held_folder(tmp_path / "data") as folder:
        assert not list((folder / "uploads").iterdir())


def test_streams_are_there_again_after_a_kill(serve: Serve, tmp_path: Path) -> None:
    service = serve()
    with httpx.Client(base_url=service.url, timeout=30) as client:
        added = client.post("/v1/streams", json={"source": "demo", "name": "door", "fps": 4}).json()
        client.post("/v1/streams", json={"source": "demo", "name": "gone", "keep": False})
    service.process.kill()
    service.process.wait(20)
    again = serve(folder=tmp_path / "data")
    with httpx.Client(base_url=again.url, timeout=30) as client:
        streams = until(lambda: client.get("/v1/streams").json()["streams"])
    assert [(one["id"], one["name"], one["settings"]["fps"]) for one in streams] == [(added["id"], "door", 4)]
    assert streams[0]["epoch"] > added["epoch"]


# ------------------------------------------------------------------------------------------------------- what is refused
def test_a_host_that_others_reach_needs_a_token(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = refused(capsys, "--host", "0.0.0.0", "--data", str(tmp_path / "data"))
    assert "token" in words and "--token-file" in words and not (tmp_path / "data").exists()


def test_with_a_token_nothing_is_told_without_it(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a-token-of-some-length\n")
    service = serve("--host", "0.0.0.0", "--token-file", str(tmp_path / "token"))
    assert httpx.get(f"{service.url}/healthz").status_code == 200
    assert httpx.get(f"{service.url}/v1/streams").status_code == 401
    told = {"authorization": "Bearer a-token-of-some-length"}
    assert httpx.get(f"{service.url}/v1/streams", headers=told).status_code == 200


def test_the_token_may_stand_in_the_environment(serve: Serve) -> None:
    service = serve(KINESICS_TOKEN="a-token-of-some-length")
    assert httpx.get(f"{service.url}/v1/streams").status_code == 401


def test_a_port_that_is_taken_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        words = refused(capsys, "--port", str(port), "--data", str(tmp_path / "data"))
    assert str(port) in words and "--port" in words


def test_one_service_a_folder(service: RunningService, capsys: pytest.CaptureFixture[str]) -> None:
    words = refused(capsys, "--data", str(service.folder))
    assert str(service.process.pid) in words and "--data" in words


def test_a_folder_that_cannot_be_made_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "--data" in refused(capsys, "--data", str(tmp_path / "file" / "data"))


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--tls-cert", "none.pem"], "key"),
        (["--tls-cert", "none.pem", "--tls-key", "none.key"], "none.pem"),
        (["--tls-cert", __file__, "--tls-key", __file__], "PEM"),
        (["--token-file", "none"], "token"),
        (["--config", "none.toml"], "none.toml"),
        (["--root", "none"], "none"),
        (["--allow-host", "a b"], "a b"),
        (["--host", "no.such.name.invalid"], "no.such.name.invalid"),
    ],
)
def test_options_that_make_no_sense_are_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, options: list[str], word: str
) -> None:
    assert word in refused(capsys, "--data", str(tmp_path / "data"), *options)


# ------------------------------------------------------------------------------------------------------- the file of streams
def test_streams_of_a_file_are_there_and_kept_nowhere(serve: Serve, tmp_path: Path) -> None:
    file = tmp_path / "service.toml"
    file.write_text('[[stream]]\nname = "Front door"\nsource = "demo"\nfps = 4\n')
    service = serve("--config", str(file))
    with httpx.Client(base_url=service.url, timeout=30) as client:
        streams = until(lambda: client.get("/v1/streams").json()["streams"])
    assert [one["id"] for one in streams] == ["front-door"] and streams[0]["settings"]["keep"] is False
    assert service.stop() == 0
    store = Store(tmp_path / "data")
    assert store.kept() == {}
    store.close()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[[stream]\n", "no TOML"),
        ("[[stream]]\nname = 'x'\n", "stream 1"),
        ("[[stream]]\nsource = '0'\nspeed = 3\n", "speed"),
        ("[[stream]]\nsource = '0'\nname = 'a'\n[[stream]]\nsource = '1'\nname = 'A'\n", "stream 2"),
        ("[[stream]]\nsource = 'browser'\n", "stream 1"),
        ("[stream]\nsource = '0'\n", "[[stream]]"),
        ("[streams]\n", "streams"),
        ("mqtt = 3\n", "mqtt"),
        ("[mqtt]\nport = 0\n", "mqtt"),
        ("[mqtt]\nhots = 'x'\n", "hots"),
        ("[[webhook]]\nurl = 'ftp://x/'\n", "webhook 1"),
        ("[[webhook]]\nurl = 'http://127.0.0.1/'\nkinds = ['party']\n", "party"),
    ],
)
def test_a_bad_file_is_one_line_that_says_where(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, word: str
) -> None:
    file = tmp_path / "service.toml"
    file.write_text(text)
    words = refused(capsys, "--data", str(tmp_path / "data"), "--config", str(file))
    assert word in words and "service.toml" in words


def test_ids_come_from_names(tmp_path: Path) -> None:
    file = tmp_path / "service.toml"
    file.write_text('[[stream]]\nname = "Küche, Nord!"\nsource = "0"\n[[stream]]\nsource = "1"\n')
    assert list(read_plan(file).streams) == ["k-che-nord", "stream-2"]
