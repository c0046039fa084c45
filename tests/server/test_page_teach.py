"""The teach view as somebody uses it: hold a key before a camera, look at what was learned, mend it, take it along."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kinesics import ActionTeacher
from kinesics.server.library.clip_bytes import pack_clip
from kinesics.server.library.models import TaughtModels
from kinesics.testing import made_clips
from kinesics.testing.service import RunningService

if TYPE_CHECKING:
    from page_driving import Chromiums, Driven

pytestmark = pytest.mark.debian

PAD = """() => {
  const buttons = Array.from({length: 16}, () => ({pressed: false, value: 0}));
  window.pad = buttons;
  navigator.getGamepads = () => window.there ? [{id: 'A pad', connected: true, buttons}] : [];
}"""

# The page is shown again, and so asks anew, just as it asks for the models.
OVERTAKING = """() => {
  const real = window.fetch;
  window.overtaken = 0;
  window.fetch = (...given) => {
    const answer = real(...given);
    if (!window.overtaken && String(given[0]).endsWith('/v1/models') && given[1]?.method !== 'POST') {
      window.overtaken++;
      document.dispatchEvent(new Event('visibilitychange'));
    }
    return answer;
  };
}"""


@pytest.fixture(scope="session")
def camera_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A made person who squats before the made webcam."""
    from squatting import write_squats

    return write_squats(tmp_path_factory.mktemp("webcam") / "squats.mjpeg", [95.0, 95.0])


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    """One service for all of these; each test has a model of its own."""
    with RunningService(tmp_path_factory.mktemp("teach")) as running:
        yield running


def in_view(driven: Driven) -> None:
    """The camera is on and somebody is seen."""
    driven.source("camera")
    driven.page.locator(".stage .overlay[aria-label^='One person']").wait_for()


def new_model(driven: Driven, name: str) -> None:
    driven.page.click("text=New")
    driven.page.fill("#teach-new-name", name)
    driven.page.press("#teach-new-name", "Enter")
    driven.page.locator("#teach-model option:checked", has_text=name).wait_for(state="attached")


def add_label(driven: Driven, label: str) -> Any:
    driven.page.fill("#teach-name", label)
    driven.page.press("#teach-name", "Enter")
    return driven.page.locator(".teach-hold", has_text=label)


def told(driven: Driven, words: str) -> str:
    line = driven.page.locator(".teach-told", has_text=words)
    line.wait_for()
    return str(line.inner_text())


def teach(driven: Driven, down: Any, up: Any, examples: str) -> str:
    """Hold until it is learned: a machine that is busy may miss who is there, and says so; then it is shown once more."""
    words = ""
    for _ in range(5):
        hold(driven, down, up)
        words = driven.page.locator(".teach-told").inner_text()
        if examples in words:
            return words
        assert "nobody was seen" in words or "was not seen" in words or "began anew" in words, words
    raise AssertionError(words)


def hold(driven: Driven, down: Any, up: Any, seconds: float = 2.5) -> None:
    """Press, wait until so much was recorded, let go, and wait until it is answered."""
    down()
    driven.page.locator(".teach-hold[data-state=recording]").wait_for()
    driven.page.wait_for_timeout(1000 * seconds)
    up()
    driven.page.locator(".teach-hold:not([data-state=idle])").wait_for(state="detached")


def kept(service: RunningService, name: str) -> list[tuple[int, str]]:
    path = service.folder / "models" / f"{name}.kin"
    return [(example.id, example.label) for example in ActionTeacher.load(path).examples]


def test_an_action_is_taught_mended_and_taken_along(service: RunningService, chromiums: Chromiums, tmp_path: Path) -> None:
    with chromiums.open(f"{service.url}/#teach", accept_downloads=True) as driven:
        page = driven.page
        driven.forgive("status of 404")  # a list that was asked for while its model was taken away
        in_view(driven)
        new_model(driven, "journey")
        button = add_label(driven, "squat")
        button.and_(page.locator(":enabled")).wait_for()
        assert page.evaluate("document.activeElement.className") == "teach-hold"  # ready to be held by the space bar, too
        words = teach(driven, lambda: page.keyboard.down("1"), lambda: page.keyboard.up("1"), "squat (1 example)")
        assert words.startswith("Learned in") and float(words.split()[2]) < 10
        assert kept(service, "journey") == [(1, "squat")]
        page.locator(".teach-answer:is([data-kind=known], [data-kind=unknown])").wait_for()  # the model answers

        film = page.locator("canvas.film").first
        film.scroll_into_view_if_needed()
        wait_for(lambda: driven.inked("canvas.film") > 50)
        button.focus()
        teach(driven, lambda: page.keyboard.down(" "), lambda: page.keyboard.up(" "), "2 examples")

        page.click("[aria-label='Rename squat']")
        page.fill("[aria-label='New name of squat']", "knee bend/deep")
        page.press("[aria-label='New name of squat']", "Enter")
        page.locator("h3", has_text="knee bend/deep").wait_for()
        assert [label for _, label in kept(service, "journey")] == ["knee bend/deep"] * 2
        page.click("[aria-label='Delete example 1 of knee bend/deep']")
        wait_for(lambda: kept(service, "journey") == [(2, "knee bend/deep")])
        page.click("text=Undo")
        wait_for(lambda: len(kept(service, "journey")) == 2)
        page.click("[aria-label='Delete knee bend/deep and its examples']")
        wait_for(lambda: kept(service, "journey") == [])
        page.click("text=Undo")
        wait_for(lambda: len(kept(service, "journey")) == 2)

        with page.expect_download() as download:
            page.click("text=Export")
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        assert path.name == "journey.kin" and ActionTeacher.load(path).classes_ == ("knee bend/deep",)
        page.set_input_files("input[type=file]", path)
        page.click("text=Keep both")
        page.locator("#teach-model option:checked", has_text="journey 2").wait_for(state="attached")
        assert len(kept(service, "journey 2")) == 2
        page.click("text=Remove model")
        page.click("text=Remove it")
        page.locator("#teach-model option", has_text="journey 2").wait_for(state="detached")
        assert not (service.folder / "models" / "journey 2.kin").exists()


def test_the_model_chosen_last_is_taught_whatever_is_asked_meanwhile(service: RunningService, chromiums: Chromiums) -> None:
    with chromiums.open(f"{service.url}/#teach") as driven:
        page = driven.page
        in_view(driven)
        new_model(driven, "former")
        page.evaluate(OVERTAKING)
        new_model(driven, "latter")
        assert page.evaluate("window.overtaken") == 1
        page.wait_for_timeout(1000)
        assert page.locator("#teach-model option:checked").inner_text().startswith("latter")


def test_what_holds_is_a_pointer_a_pad_or_a_countdown(service: RunningService, chromiums: Chromiums) -> None:
    with chromiums.open(f"{service.url}/#teach") as driven:
        page = driven.page
        page.evaluate(PAD)
        in_view(driven)
        new_model(driven, "hands")
        button = add_label(driven, "squat")
        button.and_(page.locator(":enabled")).wait_for()
        box = button.bounding_box()
        page.mouse.move(box["x"] + 40, box["y"] + 40)
        page.mouse.down()
        page.mouse.up()
        told(driven, "very short")
        teach(driven, page.mouse.down, page.mouse.up, "(1 example)")

        wait_for(lambda: page.locator(".stage .overlay").click() or page.get_by_text("Whose example: person ").count())
        page.click("text=Whoever is largest")
        page.get_by_text("Whose example: the largest").wait_for()
        page.evaluate("window.there = true")
        page.locator("kbd", has_text="A").wait_for()
        press, release = (f"window.pad[0].pressed = {down}" for down in ("true", "false"))
        teach(driven, lambda: page.evaluate(press), lambda: page.evaluate(release), "2 examples")

        page.check("#teach-alone")
        page.select_option("#teach-lasts", "1")
        button.click()
        page.locator(".teach-pill[data-state=counting]").wait_for()
        page.locator(".teach-pill").wait_for(state="hidden")
        before = len(kept(service, "hands"))
        assert ("3 examples" in page.locator(".teach-told").inner_text()) == (before == 3)
        button.click()
        page.keyboard.press("Escape")
        told(driven, "Cancelled")
        page.evaluate("window.pad[8].pressed = true")
        wait_for(lambda: len(kept(service, "hands")) == before - 1)


def test_nobody_in_view_and_no_source_are_said(service: RunningService, chromiums: Chromiums) -> None:
    with chromiums.open(f"{service.url}/#teach") as driven:
        new_model(driven, "nobody")
        button = add_label(driven, "wave")
        button.wait_for()
        assert button.is_disabled()
        driven.page.keyboard.press("1")
        driven.page.locator("body").click()
        driven.page.keyboard.press("1")
        told(driven, "choose a camera")
        add_label(driven, "unknown")
        told(driven, "choose another name")


@pytest.mark.parametrize(("name", "size", "scheme"), [("phone", (360, 740), "dark"), ("desktop", (1280, 800), "light")])
def test_what_was_taught_is_shown_as_films_and_words(
    service: RunningService, chromiums: Chromiums, tmp_path: Path, name: str, size: tuple[int, int], scheme: str
) -> None:
    clips, labels, _ = made_clips(3, ("wave_left", "curl_both", "march"), joints="coco17", dims=2)
    models = TaughtModels(service.folder)
    for k, (clip, label) in enumerate(zip(clips, labels, strict=True)):
        models.learn(name, "curl both arms" if k == 0 or label == "curl_both" else label, pack_clip(clip))
    viewport = {"width": size[0], "height": size[1]}
    with chromiums.open(f"{service.url}/#teach", viewport=viewport, color_scheme=scheme, has_touch=size[0] < 500) as driven:
        page = driven.page
        page.locator("#teach-model option", has_text=name).wait_for(state="attached")
        page.select_option("#teach-model", name)
        page.locator("canvas.film").nth(8).wait_for()
        page.locator(".teach-confused li", has_text="curl both arms is sometimes taken for wave_left (1 of 4)").wait_for()
        page.locator(".teach-film", has_text="taken for wave_left").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        wait_for(lambda: driven.inked("canvas.film") > 50 or page.locator("canvas.film").first.scroll_into_view_if_needed())
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        assert json.dumps(page.locator(".teach-block h3").all_inner_texts()) == json.dumps(
            ["curl both arms", "march", "wave_left"]
        )


def wait_for(condition: Any, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
