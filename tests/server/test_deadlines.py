"""Connections that do not get on are closed, those that do are not."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator

import pytest
from plain_app import PlainService, answer, close_code, everything, frame, parsed, plain_service
from websockets.sync.client import connect


@pytest.fixture(scope="module")
def plain() -> Iterator[PlainService]:
    with plain_service(
        ping_seconds=0.5,
        head_seconds=0.6,
        keep_alive=0.6,
        silence_seconds=0.6,
        body_rate=1000,
        reader_seconds=1.0,
        connections=8,
    ) as service:
        yield service


def head(plain: PlainService, *lines: str, method: str = "GET", path: str = "/v1/status") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{plain.port}", *lines, "", ""]).encode()


def closes(line: socket.socket, within: float = 20) -> float:
    """Seconds until the other side closes."""
    began = time.monotonic()
    line.settimeout(within)
    everything(line)
    return time.monotonic() - began


def test_a_connection_that_says_nothing_is_closed(plain: PlainService) -> None:
    with plain.connect() as line:
        assert closes(line) > 0.3


def test_half_a_head_is_answered_with_408_though_it_trickles(plain: PlainService) -> None:
    with plain.connect() as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        began, said = time.monotonic(), b""
        line.settimeout(0.1)
        while time.monotonic() - began < 20:
            with contextlib.suppress(OSError):
                line.sendall(b"X-More: 1\r\n")
            try:
                chunk = line.recv(65536)
            except TimeoutError:
                continue
            except ConnectionError:
                break
            said += chunk
            if not chunk:
                break
        assert parsed(said).status == 408 and time.monotonic() - began < 10


def test_a_body_that_stops_is_answered_with_408(plain: PlainService) -> None:
    with plain.connect() as line:
        line.sendall(head(plain, "Content-Length: 10", "Content-Type: application/json", method="POST") + b"12345")
        said = answer(line)
        assert said.status == 408 and "stopped" in said.error


def test_a_body_that_trickles_is_answered_with_408(plain: PlainService) -> None:
    with plain.connect() as line:
        line.sendall(head(plain, "Content-Length: 100000", "Content-Type: application/json", method="POST"))
        said, began = b"", time.monotonic()
        line.settimeout(0.2)
        while not said and time.monotonic() - began < 20:
            line.sendall(b"12345")
            with contextlib.suppress(TimeoutError):
                said = line.recv(65536)
        line.settimeout(20)
        said += everything(line)
        assert parsed(said).status == 408 and "slowly" in parsed(said).error


def test_a_body_that_nobody_reads_does_not_hold_the_connection(plain: PlainService) -> None:
    with plain.connect() as line:
        line.sendall(head(plain, "Content-Length: 100000", "Content-Type: application/json", method="POST", path="/v1/unread"))
        began = time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() - began < 20:
                line.sendall(b"1")
                time.sleep(0.1)
        assert time.monotonic() - began < 15


def test_quiet_connections_are_kept_for_a_moment_and_used_again(plain: PlainService) -> None:
    with plain.connect() as line:
        for _ in range(4):
            time.sleep(0.15)
            line.sendall(head(plain))
            said = b""
            while not said.endswith(b"\r\n\r\n0"):
                said += line.recv(65536)
            assert said.startswith(b"HTTP/1.1 200")
        assert closes(line) < 15


def test_requests_one_behind_the_other_are_all_answered(plain: PlainService) -> None:
    with plain.connect() as line:
        line.sendall(head(plain) * 3 + head(plain, "Connection: close"))
        assert everything(line).count(b"HTTP/1.1 200") == 4


def test_who_does_not_read_the_answer_is_cut_off(plain: PlainService) -> None:
    with plain.connect() as line:
        line.sendall(head(plain, path="/v1/long"))
        assert line.recv(10)
        time.sleep(2.5)
        with contextlib.suppress(ConnectionError):
            size = len(everything(line))
            assert size < 50_000_000


def test_an_address_has_so_many_connections(plain: PlainService) -> None:
    with contextlib.ExitStack() as opened:
        lines = [opened.enter_context(plain.connect()) for _ in range(8)]
        time.sleep(0.1)
        with plain.connect() as line:
            said = answer(line)
        assert said.status == 503 and "8 connections" in said.error
        del lines
    end = time.monotonic() + 20
    while plain.ask().status != 200:
        assert time.monotonic() < end, "they have gone"


def test_what_is_no_http_is_told_so(plain: PlainService) -> None:
    for raw in [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x00" * 40 + b"\r\n\r\n",
    ]:
        with plain.connect() as line:
            line.sendall(raw)
            said = answer(line)
            assert said.status == 400 and said.error and said.headers["x-content-type-options"] == "nosniff"
    with plain.connect() as line:  # the lie comes when the app already reads
        line.sendall(
            head(plain, "Transfer-Encoding: chunked", "Content-Type: application/json", method="POST") + b"5\r\n12345\r\nzz\r\n"
        )
        assert answer(line).status == 400


def test_broken_handshakes_are_answered(plain: PlainService) -> None:
    up = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"]
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    for lines in [
        up,
        [*up[:2], key],
        [*up, "Sec-WebSocket-Key: x"],
        [*up, key, "Content-Length: 5"],
        [*up, key, "X: " + "y" * 9000],
    ]:
        with plain.connect() as line:
            line.sendall(head(plain, *lines, path="/v1/camera"))
            said = answer(line)
            assert 400 <= said.status < 500, said
    with plain.connect() as line:
        line.sendall(head(plain, *up, key, "Connection: close, Upgrade", method="POST"))
        assert answer(line).status == 200, "a request like any other"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (frame(b"a", rsv=4), 1002),  # compressed, which was not agreed
        (frame(b"a", 3), 1002),
        (frame(b"a" * 126, 9), 1002),  # a long ping
        (frame(b"a", 9, fin=False), 1002),
        (frame(b"a", 0), 1002),  # continues nothing
        (frame(b"a", fin=False) + frame(b"b"), 1002),
        (frame(b"\xff\xfe") + frame(b"a"), 1007),
        (b"\x81\x01a", 1002),  # not masked
        (b"\x82\xff\xff" + b"\xff" * 7 + bytes(4), 1009),
        (b"\x82\xff" + (1 << 40).to_bytes(8, "big") + bytes(4), 1009),
        (frame(b"", 9) * 400, 1008),  # pings without end
        (frame(b"", fin=False) + frame(b"", 0, fin=False) * 2000, 1008),  # crumbs
        (frame(b"\x03", 8), 1002),
    ],
)
def test_broken_frames_close_a_websocket(plain: PlainService, raw: bytes, code: int) -> None:
    with plain.websocket() as line:
        line.sendall(raw)
        assert close_code(everything(line)) == code
    assert plain.ask().status == 200


def test_a_websocket_that_nobody_reads_is_cut_off(plain: PlainService) -> None:
    with plain.websocket() as line:
        line.settimeout(0.5)
        text = frame(b"x" * 100_000)
        began = time.monotonic()
        with contextlib.suppress(ConnectionError, BrokenPipeError):
            while time.monotonic() - began < 30:
                with contextlib.suppress(TimeoutError):
                    line.sendall(text)
        assert time.monotonic() - began < 25


def test_a_websocket_whose_other_side_is_gone_is_closed(plain: PlainService) -> None:
    with plain.websocket() as line:
        assert closes(line) < 15, "nobody answered the pings"


def test_a_websocket_that_only_listens_stays_open(plain: PlainService) -> None:
    with connect(f"ws://127.0.0.1:{plain.port}/v1/camera") as line:
        time.sleep(2.5)
        line.send("still here")
        assert line.recv(10) == "still here"
