"""A page of somebody else, in a real browser on the same machine, gets nothing done here by any way a page has."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from plain_app import PlainService, plain_service

pytestmark = pytest.mark.debian

ATTACK = """async (target) => {
  const json = {'content-type': 'application/json'}, text = {'content-type': 'text/plain'}, body = '{"source":"demo"}';
  const tries = {
    get: () => fetch(target + '/v1/status'),
    blind: () => fetch(target + '/v1/status', {mode: 'no-cors'}),
    form: () => fetch(target + '/v1/streams', {method: 'POST', body, mode: 'no-cors', headers: text}),
    json: () => fetch(target + '/v1/streams', {method: 'POST', body, headers: json}),
    remove: () => fetch(target + '/v1/events', {method: 'DELETE'}),
    script: () => new Promise((ok, no) => document.head.append(Object.assign(document.createElement('script'),
      {src: target + '/page/main.js', onload: ok, onerror: no}))),
    picture: () => new Promise((ok, no) => Object.assign(new Image(), {src: target + '/v1/status', onload: ok, onerror: no})),
    socket: () => new Promise((ok, no) => Object.assign(new WebSocket(target.replace('http', 'ws') + '/v1/camera'),
      {onopen: ok, onerror: no})),
  };
  const found = {};
  for (const [name, go] of Object.entries(tries)) {
    found[name] = await go().then(answer => answer?.type === 'opaque' ? 'blind' : 'read', () => 'refused');
  }
  const frame = document.body.appendChild(Object.assign(document.createElement('iframe'), {src: target + '/'}));
  await new Promise(done => frame.onload = done);
  return found;
}"""


class Blank(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>elsewhere</title><body>")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Blank) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_foreign_page_gets_nothing_done(elsewhere: str) -> None:
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is missing; pip install playwright")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is missing; apt-get install chromium")
    rules = "--host-resolver-rules=MAP rebound.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    with plain_service() as plain, sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, headless=True, chromium_sandbox=False, args=[rules])
        try:
            page = browser.new_page()
            page.goto(elsewhere)
            found = page.evaluate(ATTACK, f"http://127.0.0.1:{plain.port}")
            assert set(found.values()) <= {"refused", "blind"} and found["socket"] == found["json"] == "refused", found
            assert plain.reached == 0
            page.goto(f"http://rebound.example:{plain.port}/")
            assert "does not answer to that name" in page.content() and plain.reached == 0
            own = own_page(page, plain)
            assert own == ["read", "open"], "the page's own way works"
        finally:
            browser.close()


def own_page(page: Any, plain: PlainService) -> list[str]:
    page.goto(f"http://127.0.0.1:{plain.port}/")
    return list(
        page.evaluate("""async () => [
          await fetch('/v1/streams', {method: 'POST', body: '{}', headers: {'content-type': 'application/json'}})
            .then(() => 'read'),
          await new Promise(done => Object.assign(new WebSocket(`ws://${location.host}/v1/camera`),
            {onopen: () => done('open'), onerror: () => done('refused')})),
        ]""")
    )
