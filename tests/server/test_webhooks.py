"""Webhooks against a real server that answers, refuses, stalls, redirects and dies."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from kinesics.errors import UsageError
from kinesics.server.events import Event
from kinesics.server.onward.posting import parse_address, post
from kinesics.server.onward.webhooks import Rule, Webhooks


class Receiver:
    """Takes posts; `answers` are the statuses of the next ones, after them 200."""

    def __init__(self, port: int = 0) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[int] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append((self.path, dict(self.headers), body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.port = int(self.server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}/hook/s3cret-path?x=1"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def numbers(self) -> list[int]:
        return [event["id"] for _, _, body in list(self.got) for event in json.loads(body)["events"]]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


Make = Callable[..., Webhooks]


@pytest.fixture
def hooks() -> Iterator[Make]:
    made: list[Webhooks] = []

    def make(*rules: Any, **options: Any) -> Webhooks:
        made.append(Webhooks(rules, **{"first": 0.02, "longest": 0.1, **options}))
        return made[-1]

    yield make
    for one in made:
        one.close()


def some(*ids: int, **fields: Any) -> list[Event]:
    return [Event(1.5, **{"stream": "a", "kind": "began", "label": "wave", **fields}, id=i) for i in ids]


def wait_until(there: Callable[[], Any], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.01)


def test_events_arrive_in_order_as_they_are_stored(receiver: Receiver, hooks: Make) -> None:
    webhooks = hooks({"url": receiver.url})
    for i in range(1, 301):
        webhooks.events(some(i, person=3, data={"ä": [1]}))
    wait_until(lambda: webhooks.state()[0]["sent"] == 300)
    assert receiver.numbers == list(range(1, 301))
    path, headers, body = receiver.got[0]
    assert path == "/hook/s3cret-path?x=1" and headers["Content-Type"] == "application/json"
    assert "X-Kinesics-Signature" not in headers and "Authorization" not in headers
    first = json.loads(body)["events"][0]
    assert first == {
        "time": 1.5, "stream": "a", "kind": "began", "label": "wave", "person": 3, "data": {"ä": [1]}, "id": 1
    }  # fmt: skip


def test_only_what_a_rule_asks_for_is_sent(receiver: Receiver, hooks: Make) -> None:
    webhooks = hooks({"url": receiver.url, "kinds": ["fall", "began"], "streams": ["a"], "labels": ["wave", ""]})
    webhooks.events(
        [*some(1), *some(2, stream="b"), *some(3, label="jump"), *some(4, kind="left"), *some(5, kind="fall", label="")]
    )
    wait_until(lambda: webhooks.state()[0]["sent"] == 2)
    assert receiver.numbers == [1, 5]


def test_the_signature_is_of_the_body_under_the_secret(receiver: Receiver, hooks: Make) -> None:
    webhooks = hooks({"url": receiver.url, "secret": "hush"})
    webhooks.events(some(1, 2))
    wait_until(lambda: receiver.got)
    _, headers, body = receiver.got[0]
    assert headers["X-Kinesics-Signature"] == "sha256=" + hmac.new(b"hush", body, hashlib.sha256).hexdigest()


def test_a_refusal_is_tried_again_with_the_same_body(receiver: Receiver, hooks: Make) -> None:
    receiver.answers = [500, 404, 429, 503]
    webhooks = hooks({"url": receiver.url})
    webhooks.events(some(1))
    wait_until(lambda: webhooks.state()[0]["sent"] == 1)
    state = webhooks.state()[0]
    assert receiver.numbers == [1] * 5 and len({body for _, _, body in receiver.got}) == 1
    assert state["failed"] == 4 and state["lost"] == 0 and state["error"] == ""


def test_a_redirect_is_never_followed(receiver: Receiver, hooks: Make) -> None:
    receiver.answers = [302, 307, 301]
    webhooks = hooks({"url": receiver.url})
    webhooks.events(some(1))
    wait_until(lambda: webhooks.state()[0]["sent"] == 1)
    assert {path for path, _, _ in receiver.got} == {"/hook/s3cret-path?x=1"} and webhooks.state()[0]["failed"] == 3


def test_a_receiver_that_comes_back_gets_what_waited(hooks: Make) -> None:
    first = Receiver()
    webhooks = hooks({"url": first.url})
    webhooks.events(some(1))
    wait_until(lambda: first.numbers == [1])
    first.close()
    webhooks.events(some(2))
    webhooks.events(some(3))
    wait_until(lambda: webhooks.state()[0]["failed"] >= 2)
    assert webhooks.state()[0]["waiting"] == 2 and webhooks.state()[0]["error"].startswith("not reached")
    again = Receiver(first.port)
    wait_until(lambda: webhooks.state()[0]["sent"] == 3)
    assert again.numbers == [2, 3]
    again.close()


def test_what_is_hopeless_is_given_up_and_counted(hooks: Make) -> None:
    webhooks = hooks({"url": "http://127.0.0.1:9/x"}, hopeless=0.2)
    webhooks.events(some(1, 2))
    wait_until(lambda: webhooks.state()[0]["lost"] == 2)
    assert webhooks.state()[0]["waiting"] == 0 and webhooks.state()[0]["sent"] == 0


def test_one_that_does_not_answer_keeps_no_other_from_it(receiver: Receiver, hooks: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        webhooks = hooks({"url": f"http://127.0.0.1:{deaf.getsockname()[1]}/"}, {"url": receiver.url})
        began = time.monotonic()
        webhooks.events(some(1))
        assert time.monotonic() - began < 1
        wait_until(lambda: receiver.numbers == [1], 4.0)


@pytest.mark.parametrize(("say", "what"), [(b"", "no answer"), (b"hello\r\n\r\n", "no HTTP"), (b"HTTP/1.1 2", "no answer")])
def test_an_answer_has_a_deadline_and_a_form(say: bytes, what: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        answered = threading.Thread(target=lambda: lines.append(server.accept()[0]) or lines[0].sendall(say))
        lines: list[socket.socket] = []
        answered.start()
        began = time.monotonic()
        error = post(parse_address(f"http://127.0.0.1:{server.getsockname()[1]}/"), b"{}", {}, timeout=0.3)
        answered.join()
        lines[0].close()
    assert what in error and time.monotonic() - began < 5


def test_a_trickling_answer_ends_at_the_deadline() -> None:
    stop = threading.Event()

    def trickle(server: socket.socket) -> None:
        line = server.accept()[0]
        with line:
            while not stop.wait(0.05):
                try:
                    line.sendall(b"x")
                except OSError:
                    return

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=trickle, args=(server,))
        thread.start()
        began = time.monotonic()
        error = post(parse_address(f"http://127.0.0.1:{server.getsockname()[1]}/"), b"{}", {}, timeout=0.5)
        took = time.monotonic() - began
        stop.set()
        thread.join()
    assert "no answer" in error and took < 5


def test_nothing_secret_is_told(hooks: Make, caplog: pytest.LogCaptureFixture) -> None:
    rule = {"url": "http://uma:pa55@127.0.0.1:9/hook/t0ken?key=k3y", "secret": "hush"}
    with caplog.at_level(logging.DEBUG):
        webhooks = hooks(rule)
        webhooks.events(some(1))
        wait_until(lambda: webhooks.state()[0]["failed"] >= 2)
    said = caplog.text + repr(webhooks.state()) + repr(Rule(**rule)) + repr(parse_address(rule["url"]))
    assert "127.0.0.1:9" in said
    assert not [word for word in ("uma", "pa55", "t0ken", "k3y", "hush") if word in said]


def test_a_login_in_the_address_becomes_a_header(receiver: Receiver, hooks: Make) -> None:
    webhooks = hooks({"url": f"http://uma:p%40ss@127.0.0.1:{receiver.port}/"})
    webhooks.events(some(1))
    wait_until(lambda: receiver.got)
    assert receiver.got[0][1]["Authorization"] == "Basic dW1hOnBAc3M="


def test_of_too_much_that_waits_the_oldest_is_lost_and_counted(hooks: Make) -> None:
    webhooks = hooks({"url": "http://127.0.0.1:9/x"}, first=60.0)
    webhooks.events(some(1))
    wait_until(lambda: webhooks.state()[0]["failed"] == 1)
    webhooks.events(some(*range(2, 10_012)))
    assert webhooks.state()[0]["lost"] == 10 and webhooks.state()[0]["waiting"] == 10_001


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"url": "ftp://host/x"}, "https://host/path"),
        ({"url": "https://"}, "https://host/path"),
        ({"url": "http://host:99999/"}, "host or port"),
        ({"url": "http://h\r\nX: y/"}, "https://host/path"),
        ({"url": "http://hä/"}, "ASCII"),
        ({"url": 7}, "Expected `str`"),
        ({}, "required field `url`"),
        ({"url": "http://h/", "kinds": ["party"]}, "no events of kind 'party'"),
        ({"url": "http://h/", "color": 1}, "color"),
    ],
)
def test_a_rule_that_is_none_is_refused_in_words(rule: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as error:
        Webhooks([rule])
    assert words in str(error.value) and "\n" not in str(error.value)
