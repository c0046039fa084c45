"""A small app behind the real guards and the real protocol, on a free port, and raw talk to it."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import logging
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from kinesics.server.config import Limits, ServiceConfig
from kinesics.server.guard.deadlines import uvicorn_options
from kinesics.server.guard.guards import guarded


async def body_size(request: Request) -> Response:
    return PlainTextResponse(str(len(await request.body())))


async def unread(request: Request) -> Response:
    return PlainTextResponse("not wanted", 404)


async def fault(request: Request) -> Response:
    raise RuntimeError("rtsp://user:hunter2@10.0.0.1/ is inside")


async def long(request: Request) -> Response:
    return Response(bytes(50_000_000))


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    with contextlib.suppress(WebSocketDisconnect):
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            await socket.send_text(message.get("text") or str(len(message["bytes"])))


METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
PATHS = ["/", "/page/main.js", "/healthz", "/metrics", "/v1/status", "/v1/streams", "/v1/pictures", "/v1/clips", "/v1/models/a"]
ROUTES = [
    *(Route(path, body_size, methods=METHODS) for path in PATHS),
    Route("/v1/unread", unread, methods=METHODS),
    Route("/v1/fault", fault),
    Route("/v1/long", long),
    WebSocketRoute("/v1/camera", echo),
]


class PlainService:
    """Attributes: port, and how often the app was reached."""

    def __init__(self, config: ServiceConfig, address: str = "127.0.0.1") -> None:
        self.reached, self.address = 0, address
        app = guarded(self._app, config)
        self._inner = Starlette(routes=ROUTES)
        self._line = socket.create_server((address, 0))
        self.port = self._line.getsockname()[1]
        plan = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1, **uvicorn_options(config))
        self._server = uvicorn.Server(plan)
        self._thread = threading.Thread(target=self._server.run, args=([self._line],))
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        self.reached += 1
        await self._inner(scope, receive, send)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(20)
        self._line.close()

    # ------------------------------------------------------------------------------------------------------------ talk
    def connect(self, seconds: float = 20) -> socket.socket:
        return socket.create_connection((self.address, self.port), seconds)

    def ask(self, method: str = "GET", path: str = "/v1/status", body: bytes = b"", **headers: str) -> Answer:
        """One request on a connection of its own; in names of headers _ stands for -, `host=None` leaves it out."""
        said = {"host": f"127.0.0.1:{self.port}", "connection": "close"}
        if body or method in ("POST", "PUT", "PATCH"):
            said["content-length"] = str(len(body))
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items()), "", ""]
        with self.connect() as line:
            line.sendall("\r\n".join(lines).encode("latin-1") + body)
            return answer(line)

    def handshake(self, path: str = "/v1/camera", **headers: str) -> Answer:
        said = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13"}
        return self.ask("GET", path, **said, sec_websocket_key="dGhlIHNhbXBsZSBub25jZQ==", **headers)

    @contextlib.contextmanager
    def websocket(self) -> Iterator[socket.socket]:
        """An open WebSocket, raw."""
        head = (
            f"GET /v1/camera HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        with self.connect() as line:
            line.sendall(head.encode())
            said = b""
            while b"\r\n\r\n" not in said:
                said += line.recv(1)
            assert b" 101 " in said, said
            yield line


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def error(self) -> str:
        return str(json.loads(self.body)["error"])


def everything(line: socket.socket) -> bytes:
    """What comes until the other side closes."""
    said = b""
    with contextlib.suppress(ConnectionError):
        while chunk := line.recv(65536):
            said += chunk
    return said


def answer(line: socket.socket) -> Answer:
    """The answer, when the other side closes behind it or opens a WebSocket; status 0 for none."""
    said = b""
    with contextlib.suppress(ConnectionError):
        while chunk := line.recv(65536):
            said += chunk
            if b" 101 " in said[:20] and b"\r\n\r\n" in said:
                break
    return parsed(said)


def parsed(said: bytes) -> Answer:
    head, _, body = said.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    if not first:
        return Answer(0, {}, b"")
    headers = dict(line.split(": ", 1) for line in lines)
    return Answer(int(first.split()[1]), {name.lower(): value for name, value in headers.items()}, body)


def frame(data: bytes, opcode: int = 1, *, fin: bool = True, rsv: int = 0) -> bytes:
    """A masked frame of a WebSocket, its mask all 0."""
    size = len(data)
    length = (
        bytes([0x80 | size])
        if size < 126
        else b"\xfe" + size.to_bytes(2, "big")
        if size < 65536
        else b"\xff" + size.to_bytes(8, "big")
    )
    return bytes([fin << 7 | rsv << 4 | opcode]) + length + bytes(4) + data


def close_code(said: bytes) -> int:
    """The code of the close frame among small frames of a server; 0 for none."""
    at = 0
    while at + 2 <= len(said):
        size, opcode = said[at + 1] & 127, said[at] & 15
        start = at + 2
        if size == 126:
            size, start = int.from_bytes(said[at + 2 : at + 4], "big"), at + 4
        if opcode == 8:
            return int.from_bytes(said[start : start + 2], "big")
        at = start + size
    return 0


@contextlib.contextmanager
def plain_service(
    *, address: str = "127.0.0.1", token: str | None = None, allowed_hosts: tuple[str, ...] = (), **limits: float
) -> Iterator[PlainService]:
    chosen: Any = limits
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    config = ServiceConfig(token=token, allowed_hosts=allowed_hosts, limits=Limits(**chosen))
    service = PlainService(config, address)
    try:
        yield service
    finally:
        service.stop()
