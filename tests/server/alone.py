"""Run in a network of its own that holds nothing but loopback: a service and its page, and how often anybody tried to get out.

The kernel counts each attempt to reach an address to which there is no way; here that is every one. Prints one JSON object.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import socket
import struct
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

SIOCSIFFLAGS, UP_AND_RUNNING = 0x8914, 0x41


def loopback_up() -> None:
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", UP_AND_RUNNING))


def attempts() -> tuple[int, int]:
    """How often something was to be sent that has no way to go, since this network was made: over IPv4 and over IPv6."""
    names, values = (line.split()[1:] for line in Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Ip:"))
    six = dict(line.split() for line in Path("/proc/net/snmp6").read_text().splitlines())
    return int(dict(zip(names, values, strict=True))["OutNoRoutes"]), int(six["Ip6OutNoRoutes"])


def knock(family: int, kind: int, address: str) -> None:
    with socket.socket(family, kind) as line:
        try:
            line.connect((address, 80))
        except OSError:
            return
    raise AssertionError("there is a way out")


def until(done: Callable[[], Any], seconds: float = 90) -> Any:
    end = time.monotonic() + seconds
    while not (found := done()):
        if time.monotonic() > end:
            raise AssertionError("it did not happen")
        time.sleep(0.1)
    return found


def asked(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return json.load(answer)


def page_works(url: str, folder: Path) -> dict[str, Any]:
    """The page shows the demo; what it complained of, which includes each request to somebody else.

    The browser itself looks up names of its maker's, which this one is told not to; it also asks once whether there is IPv6.
    """
    from page_driving import Driven
    from playwright.sync_api import sync_playwright

    options: dict[str, Any] = {"executable_path": shutil.which("chromium"), "headless": True, "chromium_sandbox": False}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(args=["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"], **options)
        try:
            driven = Driven(browser.new_page(), url)
            driven.until("document.querySelector('#source option[value=demo]')?.value")
            driven.page.select_option("#source", value="demo")
            driven.until("document.querySelector('.stage .overlay')?.width > 0")
            try:
                inked = until(lambda: driven.page.wait_for_timeout(50) or driven.inked())
            except AssertionError:
                driven.page.screenshot(path=str(folder / "never.png"))
                raise
            for tab in driven.page.locator("[role=tab]").all():
                tab.click()
                driven.page.wait_for_timeout(300)
            driven.check()
            driven.page.screenshot(path=str(folder / "alone.png"))
            return {"inked": inked}
        finally:
            browser.close()


def main() -> None:
    from kinesics.testing.service import RunningService

    folder = Path(tempfile.mkdtemp(dir=sys.argv[1]))
    loopback_up()
    with RunningService(folder / "data", "--demo") as service:
        until(lambda: asked(f"{service.url}/v1/status")["ready"])
        until(lambda: asked(f"{service.url}/v1/streams/demo")["looked"] > 20)
        found: dict[str, Any] = {"service": attempts()}
        if "page" in sys.argv[2:]:
            found |= page_works(service.url, folder)
        status = service.stop()
    last = attempts()
    knock(socket.AF_INET, socket.SOCK_STREAM, "192.0.2.1")
    knock(socket.AF_INET, socket.SOCK_DGRAM, "192.0.2.1")
    knock(socket.AF_INET6, socket.SOCK_STREAM, "2001:db8::1")
    knocks = [after - before for before, after in zip(last, attempts(), strict=True)]
    print(json.dumps({**found, "status": status, "end": last, "knocks": knocks, "said": service.said}))


if __name__ == "__main__":
    main()
