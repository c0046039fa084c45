"""The coach's view as people use it: somebody squats before a made webcam. `KINESICS_SHOTS=folder` keeps pictures."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from squatting import write_squats

from kinesics.testing.service import RunningService

if TYPE_CHECKING:
    from page_driving import Chromiums, Driven

pytestmark = pytest.mark.debian

SPY = "window.spoken = []; speechSynthesis.speak = (words) => { spoken.push(words.text); }; 0"
COUNT = "Number(document.querySelector('.coach-number')?.textContent ?? 0)"


@pytest.fixture(scope="module")
def camera_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two deep squats and one that is not deep enough, again and again."""
    return write_squats(tmp_path_factory.mktemp("squats") / "camera.mjpeg", [95, 95, 50])


@pytest.fixture(scope="module")
def gym(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with RunningService(tmp_path_factory.mktemp("gym") / "data") as service:
        yield service


def shot(driven: Driven, name: str) -> None:
    folder = os.environ.get("KINESICS_SHOTS")
    if folder:
        driven.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def coached(driven: Driven, name: str) -> None:
    """The exercise is chosen, the camera runs, a frame may take its time."""
    driven.page.evaluate(SPY)
    driven.page.locator(f"[data-exercise='{name}']").click()
    driven.page.locator("#coach-finish").wait_for()
    driven.until("kinesics.state.state === 'running' && kinesics.settings.coach")
    driven.page.evaluate("kinesics.change({budget: 2})")


def test_repetitions_are_counted_aloud_and_what_does_not_count_says_why(chromiums: Chromiums, gym: RunningService) -> None:
    with chromiums.open(f"{gym.url}/#coach") as driven:
        page = driven.page
        page.locator("[data-exercise]").nth(8).wait_for()
        shot(driven, "coach-choose")
        coached(driven, "squat")
        driven.until(f"{COUNT} >= 2", 120)
        shot(driven, "coach-count")
        driven.until("spoken.includes('2')", 20)
        assert "1" in page.evaluate("spoken")
        page.locator(".try.missed", has_text=re.compile("Not counted: .*deep enough")).first.wait_for(timeout=120_000)
        page.locator(".try.counted").first.wait_for()
        assert "repetitions" in page.locator(".coach-now").inner_text()
        driven.until(
            "kinesics.scene.people.length && document.querySelector('.coach-measure output').textContent.endsWith('°')"
        )
        assert page.locator("#coach-live").get_attribute("aria-live") == "polite"
        shot(driven, "coach-tries")
        page.locator("#coach-finish").click()
        page.locator(".coach-summary", has_text=re.compile(r"Squat: \d+ repetitions")).wait_for()
        driven.until("!kinesics.settings.coach")
        shot(driven, "coach-summary")


def test_mute_is_kept_and_nothing_is_said_then(chromiums: Chromiums, gym: RunningService) -> None:
    with chromiums.open(f"{gym.url}/#coach") as driven:
        page = driven.page
        coached(driven, "squat")
        page.locator("#coach-mute").click()
        assert page.locator("#coach-mute").get_attribute("aria-pressed") == "true"
        page.evaluate("spoken.length = 0")
        before = int(page.evaluate(COUNT))
        driven.until(f"{COUNT} > {before}", 120)
        assert page.evaluate("spoken") == []
        page.locator("#coach-reset").click()
        driven.until(f"{COUNT} === 0", 20)
        assert page.evaluate("localStorage.getItem('kinesics.mute')") == "on"
        page.reload()
        coached(driven, "squat")
        assert page.locator("#coach-mute").get_attribute("aria-pressed") == "true"


def test_an_exercise_of_ones_own_is_shown_and_then_counted(chromiums: Chromiums, gym: RunningService) -> None:
    with chromiums.open(f"{gym.url}/#coach", viewport={"width": 360, "height": 740}) as driven:
        page = driven.page
        page.evaluate(SPY)
        page.get_by_role("button", name="Use this camera").click()
        driven.until("kinesics.state.state === 'running' && kinesics.scene?.people.some(p => p.id >= 0)")
        page.evaluate("kinesics.change({budget: 2})")
        page.locator("#coach-name").fill("../../etc")
        page.locator("#coach-record").click()
        page.locator("#coach-wrong", has_text="letters").wait_for()
        page.locator("#coach-name").fill("too short")
        page.locator("#coach-record").click()
        driven.forgive("400")
        page.locator("#coach-stop").click()
        page.locator("#coach-wrong", has_text=re.compile("last|nobody|seen")).wait_for()
        page.locator("#coach-name").fill("down we go")
        page.locator("#coach-record").click()
        page.locator("#coach-stop").wait_for()
        assert {"3", "2", "1"} <= set(page.evaluate("spoken"))
        shot(driven, "coach-showing-phone")
        page.wait_for_timeout(9_000)  # it is shown for so long
        page.locator("#coach-stop").click()
        page.locator("h2", has_text="Down we go").wait_for()
        driven.until(f"{COUNT} >= 1", 120)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        shot(driven, "coach-own-phone")
        page.locator("#coach-finish").click()
        page.once("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Remove down we go").click()
        driven.until("!document.querySelector(\"[data-exercise='down we go']\")")
    assert list((gym.folder / "exercises").iterdir()) == []
