"""Who may ask, how much and how often; each refusal in one line, before the app is reached."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from plain_app import PlainService, answer, close_code, everything, frame, plain_service

from kinesics.errors import UsageError
from kinesics.server.config import Limits, ServiceConfig, split_host
from kinesics.server.guard.secrets_out import without_secrets
from kinesics.server.guard.tokens import TokenHolders

TOKEN = "a-token-for-tests"


@pytest.fixture(scope="module")
def plain() -> Iterator[PlainService]:
    with plain_service(
        allowed_hosts=("camera.lan", "other.lan:99"), websockets=3, json_bytes=1000, picture_bytes=5000
    ) as service:
        yield service


@pytest.fixture(scope="module")
def locked() -> Iterator[PlainService]:
    with plain_service(token=TOKEN) as service:
        yield service


# ------------------------------------------------------------------------------------------------------------------- hosts
@pytest.mark.parametrize(
    "host", ["127.0.0.1:{}", "localhost:{}", "LOCALHOST:{}", "[::1]:{}", "camera.lan", "camera.lan:5", "other.lan:99"]
)
def test_own_names_are_answered(plain: PlainService, host: str) -> None:
    assert plain.ask(host=host.format(plain.port)).status == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{}", "localhost", "127.0.0.1:1", "localhost.evil.example:{}", "other.lan", "127.0.0.1:{}:{}",
     "a@127.0.0.1:{}", "xcamera.lan", "", " ", "[::1", "127.0.0.1:99999999"],
)  # fmt: skip
def test_foreign_names_are_refused_before_the_app(plain: PlainService, host: str) -> None:
    before = plain.reached
    said = plain.ask(host=host.format(plain.port, plain.port))
    assert said.status == 421 and "name" in said.error and plain.reached == before


def test_the_address_at_which_it_is_reached_is_an_own_name() -> None:
    with plain_service(address="127.0.0.2") as other:
        names = ("127.0.0.2", "127.0.0.1", "127.0.0.3", "192.168.1.5")
        assert [other.ask(host=f"{name}:{other.port}").status for name in names] == [200, 200, 421, 421]
        assert other.ask(origin=f"http://127.0.0.2:{other.port}").status == 200


# ----------------------------------------------------------------------------------------------------------------- origins
def own(plain: PlainService) -> str:
    return f"http://127.0.0.1:{plain.port}"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1", "http://localhost:1", "https://127.0.0.1:{}", "file://",
     "http://127.0.0.1:{}.evil.example", "http://user@127.0.0.1:{}", "chrome-extension://abc"],
)  # fmt: skip
def test_a_foreign_page_is_refused(plain: PlainService, method: str, origin: str) -> None:
    before = plain.reached
    said = plain.ask(method, origin=origin.format(plain.port))
    assert said.status == 403 and plain.reached == before
    assert plain.handshake(origin=origin.format(plain.port)).status == 403 and plain.reached == before


@pytest.mark.parametrize(
    "origin", ["http://127.0.0.1:{}", "http://localhost:{}", "http://camera.lan", "https://camera.lan", "http://other.lan:99"]
)
def test_the_own_page_is_not(plain: PlainService, origin: str) -> None:
    assert (
        plain.ask("POST", "/v1/streams", b"{}", content_type="application/json", origin=origin.format(plain.port)).status == 200
    )
    assert plain.handshake(origin=origin.format(plain.port)).status == 101


def test_what_a_browser_says_of_itself_counts(plain: PlainService) -> None:
    assert plain.ask(sec_fetch_site="cross-site").status == 403
    assert plain.ask(sec_fetch_site="same-site").status == 403, "another port of this machine is another page"
    assert plain.ask(path="/", sec_fetch_site="cross-site", sec_fetch_mode="no-cors").status == 403
    assert plain.ask(path="/", sec_fetch_site="cross-site", sec_fetch_mode="navigate").status == 200, (
        "a link to the page may be followed"
    )
    assert plain.ask(path="/v1/status", sec_fetch_site="cross-site", sec_fetch_mode="navigate").status == 403
    assert plain.ask(sec_fetch_site="same-origin").status == plain.ask(sec_fetch_site="none").status == 200
    assert plain.handshake().status == 101, "no browser"
    assert plain.handshake(sec_fetch_mode="websocket").status == 403, "a browser that does not say where its page comes from"


# ------------------------------------------------------------------------------------------------------------------- token
def test_without_the_token_only_the_page_is_there(locked: PlainService) -> None:
    before = locked.reached
    for path in ["/v1/status", "/v1/streams", "/metrics", "/v1/pictures", "/openapi.json", "/readyz", "//", "/pages"]:
        assert locked.ask(path=path).status == 401, path
    assert locked.ask("POST", "/", b"{}", content_type="application/json").status == 401
    assert locked.handshake().status == 401 and locked.reached == before
    assert [locked.ask(path=path).status for path in ("/", "/page/main.js", "/healthz")] == [200, 200, 200]


def test_the_token_opens_as_a_header_and_as_a_cookie(locked: PlainService) -> None:
    assert locked.ask(authorization=f"Bearer {TOKEN}").status == 200
    assert locked.handshake(authorization=f"Bearer {TOKEN}").status == 101
    said = locked.ask(
        "POST", "/v1/login", json.dumps({"token": TOKEN}).encode(), content_type="application/json", origin=own(locked)
    )
    assert said.status == 200 and json.loads(said.body) == {"needed": True}
    cookie, *properties = said.headers["set-cookie"].split("; ")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(properties) and TOKEN not in cookie
    assert locked.ask(cookie=f"a=b; {cookie}; c").status == 200 and locked.handshake(cookie=cookie).status == 101
    assert locked.ask(cookie=cookie[:-1] + "x").status == 401
    with plain_service(token=TOKEN) as other:
        assert other.ask(cookie=cookie).status == 401, "of one start only"


def test_over_tls_the_cookie_stays_there() -> None:
    said: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": json.dumps({"token": TOKEN}).encode()}

    async def send(message: Any) -> None:
        said.append(message)

    guard = TokenHolders(guarded_nothing, ServiceConfig(token=TOKEN))
    scope = {"type": "http", "scheme": "https", "method": "POST", "path": "/v1/login", "headers": [], "client": ("10.0.0.1", 5)}
    asyncio.run(guard(scope, receive, send))
    assert said[0]["status"] == 200 and b"; Secure" in dict(said[0]["headers"])[b"set-cookie"]


async def guarded_nothing(scope: Any, receive: Any, send: Any) -> None:
    raise AssertionError("not reached")


def test_odd_logins_are_refused(locked: PlainService) -> None:
    for body in [b"", b"{}", b"[]", b'"x"', b"nonsense", b'{"token": 5}', b'{"token": null}', b"[" * 100_000, b"\xff\xfe"]:
        assert locked.ask("POST", "/v1/login", body, content_type="application/json").status in (400, 401), body[:20]
    assert locked.ask("GET", "/v1/login").status == 405


def test_who_guesses_tokens_is_stopped_and_old_cookies_are_no_guesses() -> None:
    with plain_service(token=TOKEN, wrong_tokens=4) as fresh:
        said = fresh.ask("POST", "/v1/login", json.dumps({"token": TOKEN}).encode(), content_type="application/json")
        cookie = said.headers["set-cookie"].split(";")[0]
        assert [fresh.ask(cookie="kinesics=old").status for _ in range(6)] == [401] * 6
        assert [fresh.ask(authorization=f"Bearer {n}").status for n in range(6)] == [401] * 4 + [429] * 2
        refused = fresh.ask(authorization=f"Bearer {TOKEN}")
        assert refused.status == 429 and refused.headers["retry-after"] == "60", "else guessing goes on"
        assert fresh.ask(cookie=cookie).status == 200, "who is in stays in"


def test_without_a_token_login_says_that_none_is_needed(plain: PlainService) -> None:
    said = plain.ask("POST", "/v1/login", b"{}", content_type="application/json")
    assert json.loads(said.body) == {"needed": False} and "set-cookie" not in said.headers


# ------------------------------------------------------------------------------------------------------------------ bodies
def test_types_a_form_can_send_are_refused(plain: PlainService) -> None:
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "", "application/jsonx"]:
        assert plain.ask("POST", "/v1/streams", b"{}", content_type=kind).status == 415, kind
    for kind in ["text/plain", "multipart/form-data; boundary=a"]:
        assert plain.ask("POST", "/v1/pictures", b"x", content_type=kind).status == 415, kind
    assert plain.ask("POST", "/v1/streams", b"{}", content_type="application/json; charset=utf-8").status == 200
    assert plain.ask("POST", "/v1/pictures", b"x", content_type="image/jpeg").status == 200
    assert plain.ask("POST", "/v1/pictures", b"x").status == 200
    assert plain.ask("POST", "/v1/pictures", b"x", content_encoding="gzip").status == 415
    assert plain.ask("POST", "/v1/streams").status == 200, "nothing at all is fine"


def test_a_body_that_says_it_is_too_large_is_refused_at_once(plain: PlainService) -> None:
    before = plain.reached
    with plain.connect() as line:
        line.sendall(f"POST /v1/pictures HTTP/1.1\r\nHost: 127.0.0.1:{plain.port}\r\nContent-Length: 5001\r\n\r\n".encode())
        began = time.monotonic()
        said = answer(line)
    assert said.status == 413 and said.headers["connection"] == "close" and plain.reached == before
    assert time.monotonic() - began < 5


def test_bytes_are_counted_whatever_the_headers_say(plain: PlainService) -> None:
    head = f"POST /v1/pictures HTTP/1.1\r\nHost: 127.0.0.1:{plain.port}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    chunk = b"100\r\n" + bytes(256) + b"\r\n"
    with plain.connect() as line:
        line.sendall(head)
        for _ in range(40):
            line.sendall(chunk)
        assert answer(line).status == 413
    assert plain.ask("POST", "/v1/pictures", bytes(5000)).body == b"5000"


def test_a_heap_of_headers_is_refused(plain: PlainService) -> None:
    with plain.connect() as line:
        heap = "".join(f"x{n}: {'y' * 300}\r\n" for n in range(90))
        line.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{plain.port}\r\n{heap}\r\n".encode())
        assert answer(line).status in (400, 431)
    assert plain.ask(**{f"x{n}": "" for n in range(120)}).status == 431


# -------------------------------------------------------------------------------------------------------------- WebSockets
def test_an_address_may_hold_so_many_websockets(plain: PlainService) -> None:
    with plain.websocket(), plain.websocket(), plain.websocket():
        assert plain.handshake().status == 429
    end = time.monotonic() + 20
    while plain.handshake().status != 101:
        assert time.monotonic() < end, "they have gone"
        time.sleep(0.05)


def test_large_messages_and_floods_close_a_websocket(plain: PlainService) -> None:
    with plain.websocket() as line:
        line.sendall(frame(bytes((2 << 20) + 1), 2)[: 1 << 20])
        assert close_code(everything(line)) == 1009
    with plain.websocket() as line:
        line.sendall(frame(b"hi") * 1000)
        assert close_code(everything(line)) == 1008


# ----------------------------------------------------------------------------------------------------------- every answer
def test_every_answer_carries_the_headers(plain: PlainService, locked: PlainService) -> None:
    answers = [
        plain.ask(),
        plain.ask(path="/"),
        plain.ask(path="/none"),
        plain.ask(host="evil"),
        locked.ask(),
        plain.handshake(origin="x"),
    ]
    answers += [plain.ask(path="/v1/fault"), plain.ask("POST", "/v1/streams", b"x")]
    for said in answers:
        policy = said.headers["content-security-policy"]
        assert policy.startswith("default-src 'self';") and "'unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert "evil" not in policy.replace("ws://evil wss://evil", "")
        assert (
            said.headers["x-content-type-options"] == "nosniff"
            and said.headers["cross-origin-resource-policy"] == "same-origin"
        )
        assert said.headers["referrer-policy"] == "no-referrer" and "camera=(self)" in said.headers["permissions-policy"]
        assert "server" not in said.headers
    assert answers[0].headers["cache-control"] == "no-store" and answers[1].headers["cache-control"] == "no-cache"


def test_a_fault_is_answered_with_one_line(plain: PlainService, caplog: pytest.LogCaptureFixture) -> None:
    said = plain.ask(path="/v1/fault")
    assert said.status == 500 and b"hunter2" not in said.body and b"Traceback" not in said.body
    assert "hunter2" not in caplog.messages[-1] and "RuntimeError" in caplog.messages[-1]


# ----------------------------------------------------------------------------------------------------------------- records
def test_others_are_let_in_only_with_a_token() -> None:
    for host in ["0.0.0.0", "::", "192.168.1.5", "camera.lan", ""]:
        with pytest.raises(UsageError, match="token"):
            ServiceConfig(host=host)
        assert ServiceConfig(host=host, token=TOKEN).host == host
    for host in ["127.0.0.1", "127.1.2.3", "::1", "localhost"]:
        assert ServiceConfig(host=host).token is None
    assert TOKEN not in repr(ServiceConfig(token=TOKEN))


@pytest.mark.parametrize(
    "odd",
    [{"port": 70000}, {"token": "short"}, {"token": "has a blank in it"}, {"token": "ünïcödé-tökén"}, {"allowed_hosts": ("*",)},
     {"allowed_hosts": ("http://a",)}, {"roots": ("/no/such/folder",)}],
)  # fmt: skip
def test_odd_settings_are_refused(odd: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        ServiceConfig(**odd)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="expected more than 0"):
        Limits(json_bytes=0)


def test_hosts_are_split() -> None:
    assert split_host("A.b:5") == ("a.b", 5) and split_host("a.b.") == ("a.b", None) and split_host("[::1]:80") == ("[::1]", 80)
    assert [split_host(text) for text in ("a b", "a/b", "a:b", "a:1:2", "::1", "", "a\n", "a:70000", "é")] == [None] * 9


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("rtsp://user:secret@10.0.0.1/x: lost", "rtsp://10.0.0.1/x: lost"),
        ("rtsp://u:s@ec@ret@h:554/a", "rtsp://h:554/a"),
        ("rtsp://user:se/cr@et@h/a", "rtsp://h/a"),
        ("(http://secret@h/a?b=1)", "(http://h/a?b=1)"),
        ("http://h/a?token=secret&b=1", "http://h/a?token=…&b=1"),
        ("http://h/a?user=x&PWD=secret", "http://h/a?user=x&PWD=…"),
        ("Authorization: Bearer secret", "Authorization: Bearer …"),
        ("http://h:80/a@2x.png", "http://h:80/a@2x.png"),
        ("nothing here: a=b", "nothing here: a=b"),
    ],
)
def test_credentials_are_taken_out(text: str, clean: str) -> None:
    assert without_secrets(text) == clean and without_secrets(clean) == clean
