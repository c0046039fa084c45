"""The person's view as people use it: a made person does what somebody before a made webcam does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from squatting import write_squats

from kinesics.testing.service import RunningService
from kinesics.viewer.person_file import NAMED

if TYPE_CHECKING:
    from page_driving import Chromiums, Driven

pytestmark = pytest.mark.debian

WATCH = "window.figures = []; kinesics.addEventListener('figure', ({detail}) => figures.push(detail.bytes.length))"
HIGHEST = """() => {
  const canvas = document.querySelector('canvas.figure');
  const data = canvas.getContext('2d').getImageData(0, 0, 512, 512).data;
  for (let i = 0; i < data.length; i += 4) if (Math.abs(data[i] - data[0]) > 40) return Math.floor(i / 2048);
  return 512;
}"""


@pytest.fixture(scope="module")
def camera_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody squats, again and again."""
    return write_squats(tmp_path_factory.mktemp("squats") / "camera.mjpeg", [95, 95])


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with RunningService(tmp_path_factory.mktemp("studio") / "data") as service:
        yield service


def shot(driven: Driven, name: str) -> None:
    folder = os.environ.get("KINESICS_SHOTS")
    if folder:
        driven.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def driving(driven: Driven, name: str) -> None:
    driven.page.locator(f"[data-person='{name}']").click()
    driven.until("kinesics.state.state === 'running' && kinesics.settings.person")
    driven.page.evaluate("kinesics.change({budget: 2})")
    driven.page.locator("canvas.drawn").wait_for(timeout=90_000)


def test_a_chosen_person_moves_as_the_one_before_the_camera(chromiums: Chromiums, studio: RunningService) -> None:
    with chromiums.open(f"{studio.url}/#person") as driven:
        page = driven.page
        page.locator("[data-person='default-full'] img").wait_for()
        shot(driven, "person-choose")
        driving(driven, "default-full")
        page.evaluate(WATCH)
        driven.until("figures.length > 5", 90)
        heights: list[int] = []
        for _ in range(600):
            heights.append(int(page.evaluate(HIGHEST)))
            if max(heights) > min(heights) + 40:
                break
            page.wait_for_timeout(50)
        assert max(heights) > min(heights) + 40  # the head goes down and up
        assert "pictures a second" in driven.until("document.getElementById('figure-pace').textContent")
        assert "generated" in page.locator("#figure-marked").inner_text()
        shot(driven, "person-drawn")
        page.locator("#person-beside").click()
        assert not page.locator(".person-own").is_visible()
        page.locator("#person-stop").click()
        driven.until("!kinesics.settings.person")
        page.evaluate("kinesics.stop()")


def test_skeleton_only_still_moves_the_person_and_shows_no_picture(chromiums: Chromiums, studio: RunningService) -> None:
    with chromiums.open(f"{studio.url}/#person", viewport={"width": 360, "height": 740}) as driven:
        page = driven.page
        page.get_by_role("switch", name="Skeleton only").click()
        driving(driven, "default")
        page.evaluate(WATCH)
        driven.until("figures.length > 1", 90)
        assert page.locator(".stage video").is_hidden()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        shot(driven, "person-private-phone")


def test_a_person_is_brought_with_licence_and_consent_and_taken_away(chromiums: Chromiums, studio: RunningService) -> None:
    with chromiums.open(f"{studio.url}/#person") as driven:
        page = driven.page
        page.locator("[data-person='default']").wait_for()
        page.set_input_files("#person-file", {"name": "no one.kin", "mimeType": "application/zip", "buffer": b"PK no bundle"})
        page.locator("#person-bring").click()
        page.locator("#person-wrong", has_text="kinesics fit").wait_for()
        driven.forgive("4(00|15|22)")
        page.set_input_files(
            "#person-file", {"name": "Zoë.kin", "mimeType": "application/zip", "buffer": NAMED["default-full"].read_bytes()}
        )
        page.locator("#person-name").fill("Zoë")
        page.locator("#person-bring").click()
        card = page.locator(".person-card", has=page.locator("[data-person='Zoë']"))
        card.get_by_text("nobody real is shown").wait_for()
        assert "Licence:" in card.inner_text()
        shot(driven, "person-brought")
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Remove Zoë").click()
        driven.until("!document.querySelector(\"[data-person='Zoë']\")")
