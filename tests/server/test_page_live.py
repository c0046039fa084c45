"""Journeys through the page as people take them: Debian's Chromium, a made webcam, a real service.

`KINESICS_SHOTS=folder` keeps a picture of each stop.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from kinesics.testing.service import RunningService

if TYPE_CHECKING:
    from page_driving import Chromiums, Driven

pytestmark = pytest.mark.debian

PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
PATIENT = {
    "budget": 2.0
}  # on a machine that is busy with other things a frame may take its time; here it is asked what is seen


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """One service with the demo clip for the whole file."""
    with RunningService(tmp_path_factory.mktemp("page") / "data", "--demo") as service:
        yield service


OUT_OF_VIEW = """out => {
  Object.defineProperty(document, 'hidden', {value: out, configurable: true});
  document.dispatchEvent(new Event('visibilitychange'));
}"""


def shot(driven: Driven, name: str, full: bool = False) -> None:
    folder = os.environ.get("KINESICS_SHOTS")
    if folder:
        driven.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=full)


def stopped(driven: Driven) -> None:
    """Nothing is looked at, and the page waits for a choice."""
    driven.until("kinesics.source !== null")
    driven.page.evaluate("kinesics.stop()")
    driven.page.get_by_role("button", name="Use this camera").wait_for()


def seen(driven: Driven) -> None:
    """Somebody is drawn, and what they do is told beside the picture."""
    driven.until("kinesics.state.state === 'running'")
    driven.page.evaluate(f"kinesics.change({{budget: {PATIENT['budget']}}})")
    driven.until("kinesics.scene?.people.some(p => p.id >= 0) && kinesics.scene.actions.length > 0", 90)
    driven.page.locator(".who .does", has_text=re.compile(r"\w")).first.wait_for()
    assert driven.inked() > 500


def tracks(driven: Driven) -> str:
    return str(driven.page.evaluate("window.track.readyState"))


def test_somebody_at_this_camera_is_drawn_and_named(busy: RunningService, chromiums: Chromiums) -> None:
    with chromiums.open(busy.url) as driven:
        stopped(driven)
        shot(driven, "empty")
        driven.page.get_by_role("button", name="Use this camera").click()
        seen(driven)
        driven.until("kinesics.latency.length > 30")
        driven.page.get_by_text(re.compile(r"\d+ ms from camera to label")).wait_for()
        shot(driven, "camera")
        page = driven.page
        assert "go to the service at 127.0.0.1" in page.inner_text("#where")
        assert page.evaluate("document.querySelector('.stage').classList.contains('mirror')")
        assert page.evaluate("getComputedStyle(document.querySelector('.stage video')).transform").startswith("matrix(-1")
        counts = page.evaluate("kinesics.counts")
        assert counts["sent"] - counts["scenes"] - counts["unanswered"] <= 1  # one frame in flight
        assert re.match(r"Nobody|One person|\d+ people", page.inner_text(".hidden-words"))
        box = page.locator(".stage").bounding_box()
        assert abs(box["width"] / box["height"] - 4 / 3) < 0.02
        page.evaluate("window.track = kinesics.camera.stream.getVideoTracks()[0]")
        page.get_by_role("button", name="Stop").click()
        assert tracks(driven) == "ended"
        assert driven.inked() == 0


def test_skeleton_only_shows_and_asks_for_no_picture(busy: RunningService, chromiums: Chromiums) -> None:
    with chromiums.open(busy.url) as driven:
        page, pictures = driven.page, list[int]()
        page.on(
            "websocket", lambda s: s.on("framereceived", lambda data: isinstance(data, bytes) and pictures.append(len(data)))
        )
        page.reload()
        driven.until("kinesics.picture")
        page.locator(".stage .picture").wait_for()
        seen(driven)
        shot(driven, "demo")
        page.get_by_role("switch", name="Skeleton only").click()
        assert not page.locator(".stage .picture").is_visible()
        driven.until("kinesics.counts.scenes > 0")
        page.reload()  # the choice is kept
        pictures.clear()
        driven.until("kinesics.scene?.people.length", 90)
        shot(driven, "skeleton")
        assert page.get_by_role("switch", name="Skeleton only").get_attribute("aria-checked") == "true"
        assert not page.locator(".stage .picture").is_visible()
        assert not page.locator(".stage video").is_visible()
        assert pictures == []


def test_outlines_are_switched_on_in_the_running_stream(busy: RunningService, chromiums: Chromiums) -> None:
    with chromiums.open(busy.url) as driven:
        seen(driven)
        button = driven.page.get_by_role("button", name="Outlines")
        button.click()
        driven.until("kinesics.scene?.people.some(p => p.mask)", 90)
        assert button.get_attribute("aria-pressed") == "true"
        driven.page.get_by_role("button", name="Boxes").click()
        driven.page.wait_for_timeout(300)
        shot(driven, "outlines")
        button.click()
        driven.until("!kinesics.settings.masks && kinesics.scene && !kinesics.scene.people.some(p => p.mask)", 90)
        assert button.get_attribute("aria-pressed") == "false"


def test_who_is_tapped_is_brought_out_and_explained(busy: RunningService, chromiums: Chromiums) -> None:
    with chromiums.open(busy.url, color_scheme="dark") as driven:
        seen(driven)
        who = driven.page.locator(".who").first
        who.click()
        why = driven.page.locator(f"#{who.get_attribute('aria-controls')}")
        why.locator("li").first.wait_for()
        assert who.get_attribute("aria-expanded") == "true"
        shot(driven, "dark")


def test_the_page_fits_a_phone(busy: RunningService, chromiums: Chromiums) -> None:
    with chromiums.open(busy.url, color_scheme="dark", **PHONE) as driven:
        seen(driven)
        shot(driven, "phone", full=True)
        assert driven.wide() <= 0
        small = driven.page.evaluate(
            "[...document.querySelectorAll('button, select, input')].filter(e => e.checkVisibility() && e.type !== 'checkbox')"
            ".filter(e => Math.min(e.offsetWidth, e.offsetHeight) < 32).map(e => e.outerHTML.slice(0, 80))"
        )
        assert small == []
        driven.page.get_by_role("tab", name="Events").click()
        driven.page.locator("tbody tr").first.wait_for()
        shot(driven, "phone-events")


FAULTS = {
    "busy": (
        "navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('in use', 'NotReadableError'); }",
        "busy",
    ),
    "insecure": ("Object.defineProperty(navigator, 'mediaDevices', {value: undefined})", "safe address"),
    "strange": ("navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('odd', 'DataError'); }", "odd"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_camera_that_cannot_be_used_says_why(busy: RunningService, chromiums: Chromiums, fault: str) -> None:
    script, words = FAULTS[fault]
    with chromiums.open(busy.url) as driven:
        stopped(driven)
        driven.page.evaluate(f"() => {{ {script} }}")
        driven.page.get_by_role("button", name="Use this camera").click()
        driven.page.locator(".stage-note", has_text=words).wait_for()
        driven.page.get_by_role("button", name="Start the demo clip").wait_for()


@pytest.mark.parametrize(("camera", "words"), [("refused", "was refused"), ("absent", "No camera was found")])
def test_a_camera_refused_or_absent_says_what_to_do(
    busy: RunningService, chromiums: Chromiums, camera: str, words: str
) -> None:
    with chromiums.open(busy.url, camera=camera) as driven:
        stopped(driven)
        driven.page.get_by_role("button", name="Use this camera").click()
        driven.page.locator(".stage-note", has_text=words).wait_for()
        shot(driven, camera)
        driven.page.get_by_role("button", name="Try again").click()
        driven.page.locator(".stage-note", has_text=words).wait_for()
        driven.page.locator(".stage-note").get_by_role("button", name="Start the demo clip").click()
        driven.until("kinesics.scene")


def test_a_camera_that_is_unplugged_is_missed_and_taken_again(busy: RunningService, chromiums: Chromiums) -> None:
    with chromiums.open(busy.url) as driven:
        stopped(driven)
        driven.page.get_by_role("button", name="Use this camera").click()
        driven.until("kinesics.scene")
        driven.page.evaluate("kinesics.camera.stream.getVideoTracks()[0].dispatchEvent(new Event('ended'))")
        driven.page.locator(".stage-note", has_text="The camera is gone").wait_for()
        driven.page.get_by_role("button", name="Try again").click()
        driven.until("kinesics.camera && kinesics.scene && kinesics.state.state === 'running'")


def test_out_of_view_nothing_is_sent(busy: RunningService, chromiums: Chromiums) -> None:
    with chromiums.open(busy.url) as driven:
        page = driven.page
        stopped(driven)
        page.get_by_role("button", name="Use this camera").click()
        driven.until("kinesics.scene")
        page.evaluate(OUT_OF_VIEW, True)
        page.locator(".stage-note", has_text="Paused").wait_for()
        page.wait_for_timeout(500)  # what was being made goes out still
        sent = page.evaluate("kinesics.counts.sent")
        page.wait_for_timeout(1000)
        assert page.evaluate("kinesics.counts.sent") == sent
        page.evaluate(OUT_OF_VIEW, False)
        driven.until(f"kinesics.counts.sent > {sent} && kinesics.state.state === 'running'")


def test_streams_are_added_and_removed(busy: RunningService, chromiums: Chromiums) -> None:
    with chromiums.open(busy.url) as driven:
        driven.forgive("status of 400")  # the console tells each refusal
        page = driven.page
        page.get_by_role("button", name="Add a stream").first.click()
        page.get_by_label("Where it comes from").fill("/etc/passwd")
        shot(driven, "adding")
        page.get_by_role("button", name="Add", exact=True).click()
        page.locator("#adding-error", has_text=re.compile(r"\w")).wait_for()
        page.get_by_label("Where it comes from").fill("demo")
        page.get_by_label("Name").fill("<b>Yard</b>")
        page.get_by_role("button", name="Add", exact=True).click()
        page.locator("#source option:checked", has_text="<b>Yard</b>").wait_for(state="attached")
        driven.until("kinesics.scene")
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Remove this stream").click()
        driven.until("![...document.querySelectorAll('#source option')].some(o => o.textContent.includes('Yard'))")
        page.get_by_role("button", name="Use this camera").wait_for()


def test_tabs_and_the_skip_link_work_with_keys_alone(busy: RunningService, chromiums: Chromiums) -> None:
    with chromiums.open(busy.url) as driven:
        page = driven.page
        driven.until("document.activeElement && document.querySelector('[role=tab]')")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.focus("#tab-live")
        page.keyboard.press("End")
        assert page.get_by_role("tab", name="Events").get_attribute("aria-selected") == "true"
        assert page.evaluate("document.activeElement.id") == "tab-events"
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page.keyboard.press("ArrowRight")
        assert page.get_by_role("tab", name="Live").get_attribute("aria-selected") == "true"
        assert page.locator("[role=tabpanel]:visible").count() == 1
        driven.until("document.querySelector('#view-live button:not([hidden])')")  # a view comes a moment after its tab
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('#view-live') !== null")


def test_events_come_are_filtered_saved_and_forgotten(busy: RunningService, chromiums: Chromiums, tmp_path: Path) -> None:
    with chromiums.open(busy.url + "/#events") as driven:
        page = driven.page
        driven.until("document.querySelectorAll('tbody tr').length > 3", 120)
        shot(driven, "events")
        page.get_by_label("What", exact=True).select_option("appeared")
        driven.until("[...document.querySelectorAll('tbody tr')].every(r => r.dataset.kind === 'appeared')")
        for kind, magic in (("JSON", b"{"), ("Parquet", b"PAR1")):
            with page.expect_download() as saving:
                page.get_by_role("button", name=kind).click()
            saving.value.save_as(tmp_path / "kept")
            assert (tmp_path / "kept").read_bytes().startswith(magic)
        page.get_by_label("Action", exact=True).fill("nothing of the kind")
        page.get_by_text("Nothing of this kind has happened.").wait_for()
        page.get_by_label("Action", exact=True).fill("")
        page.locator("#event-person").fill("1")
        driven.until("document.querySelectorAll('tbody tr').length > 0")
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Forget these").click()
        page.get_by_text(re.compile(r"events? (was|were) forgotten")).wait_for()


def test_a_service_that_went_is_told_and_found_again(serve: Callable[..., Any], chromiums: Chromiums) -> None:
    first = serve("--demo")
    port = str(urlsplit(first.url).port)
    with chromiums.open(first.url) as driven:
        driven.forgive(
            "ERR_CONNECTION_REFUSED|WebSocket connection|Failed to fetch|status of 503|ERR_EMPTY|ERR_CONNECTION_RESET"
        )
        driven.until("kinesics.scene")
        first.stop()
        driven.page.get_by_role("alert").filter(has_text="The service does not answer").wait_for()
        shot(driven, "gone")
        serve("--demo", "--port", port, folder=first.folder)
        driven.page.locator("#banner").wait_for(state="hidden", timeout=60_000)
        before = driven.page.evaluate("kinesics.counts.scenes")
        driven.until(f"kinesics.counts.scenes > {before}")
        assert driven.page.evaluate("kinesics.state.state") == "running"


def test_who_has_the_token_gets_in(serve: Callable[..., Any], chromiums: Chromiums) -> None:
    service = serve("--demo", KINESICS_TOKEN="a-long-secret-of-this-test")
    with chromiums.open(service.url) as driven:
        driven.forgive("status of 401|WebSocket connection")
        page = driven.page
        page.get_by_role("dialog", name="This service wants its token").wait_for()
        shot(driven, "login")
        page.locator("#token").fill("guess")
        page.get_by_role("button", name="Enter").click()
        page.locator("#login-error", has_text=re.compile(r"\w")).wait_for()
        page.locator("#token").fill("a-long-secret-of-this-test")
        page.get_by_role("button", name="Enter").click()
        page.get_by_role("dialog").wait_for(state="hidden")
        driven.until("kinesics.scene")
        page.reload()
        driven.until("kinesics.scene")
        assert "secret" not in page.evaluate("JSON.stringify(localStorage)")


@pytest.mark.parametrize("phone", [False, True], ids=["desktop", "phone"])
def test_every_view_is_named_readable_and_fits(busy: RunningService, chromiums: Chromiums, phone: bool) -> None:
    with chromiums.open(busy.url, color_scheme="dark" if phone else "light", **(PHONE if phone else {})) as driven:
        for name in ("Live", "Teach", "Coach", "Person", "Events"):
            driven.page.get_by_role("tab", name=name).click()
            driven.page.locator("[role=tabpanel]:visible :is(h2, .empty)").first.wait_for()
            driven.page.wait_for_timeout(400)
            shot(driven, f"{name.lower()}-{'phone' if phone else 'desktop'}", full=phone)
            driven.check()
