"""The page in Debian's Chromium, with a made webcam; what went wrong in it is kept."""

from __future__ import annotations

import itertools
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

FAKE = "--use-fake-device-for-media-stream"
ALLOW = "--use-fake-ui-for-media-stream"
FILM = "--use-file-for-fake-video-capture="
WATCH = """() => {
  window.violations = [];
  document.addEventListener('securitypolicyviolation', e => window.violations.push(`${e.violatedDirective} ${e.blockedURI}`));
}"""
NAMELESS = """() => {
  const named = e => (e.getAttribute('aria-label') || '').trim() || (e.textContent || '').trim() || e.title
    || [...(e.labels || [])].some(l => l.textContent.trim())
    || (e.getAttribute('aria-labelledby') || '').split(' ').some(i => document.getElementById(i)?.textContent.trim());
  const roles = ['button', 'switch', 'tab', 'img', 'tabpanel'].map(role => `[role=${role}]`);
  const controls = ['button', 'input', 'select', 'textarea', 'a[href]', 'canvas', 'img', ...roles].join();
  return [...document.querySelectorAll(controls)]
    .filter(e => e.checkVisibility() && !e.closest('[aria-hidden=true]'))
    .filter(e => e.tagName === 'IMG' ? !e.hasAttribute('alt') : !named(e)).map(e => e.outerHTML.slice(0, 160));
}"""
FAINT = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const parts = color => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = color; canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const ground = e => {
    for (; e; e = e.parentElement) { const c = parts(getComputedStyle(e).backgroundColor); if (c[3] > 250) return c; }
  };
  const faint = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.checkVisibility() || e.closest('.sr, :disabled, [aria-hidden=true], noscript, option, optgroup')) continue;
    const a = light(parts(getComputedStyle(e).color)), b = light(ground(e) || [255, 255, 255]);
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${e.tagName} ${e.className} ${e.textContent.slice(0, 40)}`);
  }
  return faint;
}"""
INKED = """e => {
  const d = e.getContext('2d').getImageData(0, 0, e.width, e.height).data;
  let n = 0;
  for (let i = 3; i < d.length; i += 4) n += d[i] > 0;
  return n;
}"""


def write_camera(path: Path, clip: Path, frames: int = 150) -> Path:
    """A clip as what Chromium's made webcam plays: Motion JPEG of 640x480, the picture's middle."""
    import av

    with av.open(str(clip)) as source, av.open(str(path), "w", format="mjpeg") as sink:
        out: Any = sink.add_stream("mjpeg", rate=30)
        out.width, out.height, out.pix_fmt = 640, 480, "yuvj420p"
        for frame in itertools.islice(source.decode(video=0), frames):
            image = frame.to_ndarray(format="rgb24")
            edge = max(image.shape[1] - image.shape[0] * 4 // 3, 0) // 2
            middle = np.ascontiguousarray(image[:, edge : image.shape[1] - edge])
            shown = av.VideoFrame.from_ndarray(middle, format="rgb24").reformat(640, 480, "yuvj420p")
            sink.mux(out.encode(shown))
        sink.mux(out.encode(None))
    return path


class Driven:
    """One open page.

    Attributes:
        page: playwright's.
        problems: console errors, exceptions, violations of the policy, and requests to other hosts, so far.
        forgiven: patterns of problems that this test brings about.
    """

    def __init__(self, page: Any, url: str) -> None:
        self.page, self.problems, self.forgiven = page, list[str](), list[str]()
        host = urlsplit(url).netloc
        page.on("console", lambda said: said.type == "error" and self.problems.append(f"console: {said.text}"))
        page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        page.on("request", lambda request: self._asked(request.url, host))
        page.on("websocket", lambda socket: self._asked(socket.url, host))
        page.add_init_script(f"({WATCH})()")
        page.set_default_timeout(30_000)
        page.goto(url)

    def _asked(self, url: str, host: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("blob", "data") and parts.netloc != host:
            self.problems.append(f"asked another host: {url}")

    def until(self, expression: str, seconds: float = 60) -> Any:
        """Wait until JavaScript of the page gives something true, and give that.

        Playwright's own waiting needs eval, which the page's policy forbids.
        """
        end = time.monotonic() + seconds
        while not (value := self.page.evaluate(expression)):
            assert time.monotonic() < end, f"still not, after {seconds} s: {expression}"
            self.page.wait_for_timeout(50)
        return value

    def forgive(self, pattern: str) -> None:
        """Problems like this are what the test is about."""
        self.forgiven.append(pattern)

    def nameless(self) -> list[str]:
        """Controls that a screen reader could not name."""
        return list(self.page.evaluate(NAMELESS))

    def faint(self) -> list[str]:
        """Texts whose contrast against what is behind them is below 4.5."""
        return list(self.page.evaluate(FAINT))

    def wide(self) -> int:
        """Pixels by which the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    def inked(self, selector: str = ".stage .overlay") -> int:
        """Pixels of a canvas that are not empty."""
        return int(self.page.locator(selector).first.evaluate(INKED))

    def source(self, words: str) -> None:
        """Choose in the head of the page what is looked at."""
        label = self.page.locator("#source option", has_text=re.compile(words)).first.inner_text()
        self.page.select_option("#source", label=label)  # its value changes when the browser has named its cameras

    def check(self) -> None:
        """Nothing went wrong, nothing was asked of anybody else, every control has a name."""
        self.problems += [f"policy: {line}" for line in self.page.evaluate("window.violations || []")]
        left = [line for line in self.problems if not any(re.search(pattern, line) for pattern in self.forgiven)]
        assert not left, left
        assert not self.nameless(), self.nameless()
        assert not self.faint(), self.faint()
        assert self.wide() <= 0, f"{self.wide()} pixels wider than the window"


class Chromiums:
    """Browsers by the flags that they were started with; `open` gives a page in a context of its own.

    Args:
        playwright: started.
        film: of `write_camera`; the made webcam plays it.
    """

    def __init__(self, playwright: Any, film: Path) -> None:
        self._playwright, self._film = playwright, film
        self._browsers: dict[tuple[str, ...], Any] = {}

    def _browser(self, camera: str) -> Any:
        flags = {
            "film": (FAKE, ALLOW, FILM + str(self._film)),
            "refused": (FAKE, FILM + str(self._film)),
            "absent": (FAKE, ALLOW, FILM + "/nowhere.mjpeg"),
        }[camera]
        if flags not in self._browsers:
            chromium = self._playwright.chromium
            options = {"executable_path": shutil.which("chromium"), "headless": True, "chromium_sandbox": False}
            self._browsers[flags] = chromium.launch(args=list(flags), **options)
        return self._browsers[flags]

    @contextmanager
    def open(self, url: str, *, camera: str = "film", **context: Any) -> Iterator[Driven]:
        """A page; afterwards it is checked and closed.

        Args:
            url: of the service.
            camera: "film", "refused" or "absent".
            context: of playwright's `new_context`, such as `viewport` and `color_scheme`.
        """
        made = self._browser(camera).new_context(**{"viewport": {"width": 1280, "height": 800}, **context})
        try:
            driven = Driven(made.new_page(), url)
            yield driven
            driven.check()
        finally:
            made.close()

    def close(self) -> None:
        for browser in self._browsers.values():
            browser.close()
