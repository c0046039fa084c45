"""Playing poses with an artist that draws a disc, on a simulated clock or in real threads."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from kinesics.errors import UsageError
from kinesics.viewer import SIZE
from kinesics.viewer.costs import CostTable, read_costs
from kinesics.viewer.playing import Drawn, play

COSTS = CostTable((0.005, 0.010, 0.016, 0.024), (0.006, 0.012, 0.018, 0.027))


class Machine:
    """A clock that work and waiting move; how slow it is depends on the time."""

    def __init__(self, slowness: Callable[[float], float] = lambda now: 1.0) -> None:
        self.now, self.slowness = 0.0, slowness

    def __call__(self) -> float:
        return self.now

    def work(self, seconds: float) -> None:
        self.now += seconds * self.slowness(self.now)

    def sleep(self, seconds: float) -> None:
        self.now += max(seconds, 0.0)


class DiscArtist:
    """A disc where the first joint is, the brighter the higher the tier."""

    tiers = ("t0", "t1", "t2", "t3")

    def __init__(self, work: Callable[[float], None]) -> None:
        self.work = work

    def begin(self, points: np.ndarray, scores: np.ndarray) -> tuple[int, int]:
        return int(points[0, 0]), int(points[0, 1])

    def draw(self, brief: tuple[int, int], tier: int) -> np.ndarray:
        self.work(COSTS.typical[tier])
        value = 90 + 50 * tier
        picture = np.zeros((SIZE, SIZE, 4), np.uint8)
        cv2.circle(picture, brief, 40, (value, value, value, 255), -1)
        return picture


def poses(count: int, fps: float = 25.0, *, still: bool = False) -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
    for number in range(count):
        yield 3.0 + number / fps, np.full((133, 2), 100.0 if still else 50 + number % 400), np.ones(133)


def simulated(machine: Machine, count: int, *, fps: float = 25.0, still: bool = False, **options: Any) -> list[Drawn]:
    artist = DiscArtist(machine.work)
    options = {"costs": COSTS, "workers": 0, "clock": machine, "sleep": machine.sleep, **options}
    return list(play(artist, poses(count, fps, still=still), **options))


def ours() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("kinesics-")]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kinesics.viewer.costs.cache_folder", lambda: tmp_path)


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_every_pose_gets_its_picture_in_order_at_the_highest_tier(workers: int) -> None:
    wait = threading.Lock()

    def uneven(seconds: float) -> None:
        with wait:
            pause = 0.002 * np.random.default_rng(threading.get_ident() % 1000).random()
        time.sleep(pause)

    shown = list(play(DiscArtist(uneven), poses(40), workers=workers))
    assert [drawn.time for drawn in shown] == [moment for moment, _, _ in poses(40)]
    for drawn, (_, points, _) in zip(shown, poses(40), strict=True):
        assert drawn.tier == 3 and drawn.picture[int(points[0, 1]), int(points[0, 0]), 0] == 240
    assert ours() == []


@pytest.mark.parametrize("tier", range(4))
def test_a_fixed_tier_stays_whatever_it_takes(tier: int) -> None:
    shown = simulated(Machine(lambda now: 100.0), 10, tier=tier)
    assert {drawn.tier for drawn in shown} == {tier} and len(shown) == 10
    assert {drawn.why for drawn in shown} == {"as asked for"}


@pytest.mark.parametrize("factor", [1.0, 2.0, 4.0])
def test_a_budget_is_kept_on_a_slow_machine_without_dropping_a_picture(factor: float) -> None:
    shown = simulated(Machine(lambda now: factor), 600, budget=0.033)
    over = [drawn.over for drawn in shown]
    assert len(shown) == 600 and sum(over) <= 6 and sum(over[25:]) == 0
    assert over == [drawn.took > 0.033 for drawn in shown]
    assert sum(a.tier != b.tier for a, b in itertools.pairwise(shown)) <= 4


def test_pictures_come_when_they_are_due() -> None:
    machine = Machine()
    artist, seen = DiscArtist(machine.work), []
    shown = play(artist, poses(100), realtime=True, costs=COSTS, workers=0, clock=machine, sleep=machine.sleep)
    for drawn in shown:
        seen.append((machine.now, drawn))
    start = seen[0][0]
    for now, drawn in seen[1:]:
        assert now - start == pytest.approx(drawn.time - 3.0, abs=0.001) and drawn.late < 1e-9
    assert seen[0][1].tier == 0 and seen[-1][1].tier == 3  # one worker has 40 ms a picture


def test_a_slow_moment_costs_tiers_and_no_pictures() -> None:
    machine = Machine(lambda now: 4.0 if 4.0 < now < 8.0 else 1.0)
    shown = simulated(machine, 400, realtime=True)
    assert len(shown) == 400 and sum(drawn.dropped for drawn in shown) == 0
    tiers = np.array([drawn.tier for drawn in shown])
    assert tiers[150:180].max() <= 1 and tiers[90:95].min() == 3 and tiers[-1] == 3
    assert np.mean([drawn.late > 0.02 for drawn in shown]) <= 0.01
    assert np.count_nonzero(np.diff(tiers)) <= 12


def test_pictures_are_dropped_only_when_not_even_the_lowest_tier_keeps_up_and_counted() -> None:
    machine = Machine(lambda now: 16.0)  # 80 ms at T0
    shown = simulated(machine, 200, realtime=True)
    assert {drawn.tier for drawn in shown[5:]} == {0}
    assert sum(drawn.dropped for drawn in shown) + len(shown) >= 198
    assert 90 <= len(shown) <= 110
    assert max(drawn.late for drawn in shown[5:]) < 0.16


def test_probing_goes_on_beside_the_first_pictures_and_is_remembered(tmp_path: Path) -> None:
    artist = DiscArtist(lambda seconds: time.sleep(seconds / 4))
    stream = play(artist, poses(10_000), budget=1.0, workers=2)
    first = next(stream)
    assert first.tier == 0 and first.why == "nothing is measured yet"
    assert any(drawn.tier == 3 for drawn in itertools.islice(stream, 500))
    stream.close()
    (file,) = tmp_path.iterdir()
    table = read_costs(file.stem, 4)
    assert table is not None and table.p95[0] < table.p95[3]
    assert ours() == []


def test_a_tier_that_cannot_be_drawn_is_no_secret_of_the_probe() -> None:
    class Damaged(DiscArtist):
        def draw(self, brief: tuple[int, int], tier: int) -> np.ndarray:
            if tier == 2:
                raise ValueError("this net is damaged")
            return super().draw(brief, tier)

    with pytest.raises(ValueError, match="damaged"):
        for _ in play(Damaged(lambda seconds: time.sleep(0.001)), poses(2000), budget=0.5, workers=2):
            pass
    assert ours() == []


def test_closing_early_leaves_no_thread_and_draws_no_more() -> None:
    drawn = []

    def work(seconds: float) -> None:
        drawn.append(seconds)
        time.sleep(0.01)

    for options in ({}, {"realtime": True}, {"live": True}, {"budget": 0.1}):
        stream = play(DiscArtist(work), poses(100_000), workers=2, **options)
        for _ in range(3):
            next(stream)
        stream.close()
        count = len(drawn)
        assert ours() == []
        time.sleep(0.03)
        assert len(drawn) == count


def test_what_goes_wrong_while_drawing_is_raised_and_leaves_no_thread() -> None:
    class Clumsy(DiscArtist):
        def draw(self, brief: tuple[int, int], tier: int) -> np.ndarray:
            if brief[0] >= 55:
                raise ValueError("the pencil broke")
            return super().draw(brief, tier)

    shown = []
    with pytest.raises(ValueError, match="pencil"):
        for drawn in play(Clumsy(lambda seconds: None), poses(30), workers=2):
            shown.append(drawn)
    assert len(shown) == 5 and ours() == []


def test_a_live_source_gets_its_newest_pose_drawn_and_the_others_counted() -> None:
    def camera() -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
        for pose in poses(60, 200.0):
            time.sleep(0.005)
            yield pose

    shown = list(play(DiscArtist(lambda seconds: time.sleep(0.03)), camera(), live=True, workers=1))
    assert 5 <= len(shown) <= 20
    assert sum(drawn.dropped for drawn in shown) + len(shown) in (59, 60)
    assert [drawn.time for drawn in shown] == sorted(drawn.time for drawn in shown)
    assert ours() == []


def test_an_error_of_a_live_source_reaches_the_caller() -> None:
    def camera() -> Iterator[tuple[float, np.ndarray, np.ndarray]]:
        yield from poses(1)
        raise OSError("unplugged")

    with pytest.raises(OSError, match="unplugged"):
        list(play(DiscArtist(lambda seconds: None), camera(), live=True, workers=1))


def test_no_poses_give_no_pictures() -> None:
    for options in ({}, {"realtime": True}, {"live": True}, {"budget": 0.1}):
        assert list(play(DiscArtist(lambda seconds: None), [], **options)) == []
    assert ours() == []


def steps(shown: list[Drawn]) -> np.ndarray:
    """Most that any pixel changes from one picture to the next, around the disc."""
    pictures = [drawn.picture[40:160, 40:160].astype(np.int16) for drawn in shown]
    return np.array([np.abs(a - b).max() for a, b in itertools.pairwise(pictures)])


@pytest.mark.parametrize("mode", [{"budget": 0.035}, {"budget": 0.06}, {"realtime": True}])
def test_a_change_of_tier_is_spread_over_some_pictures(mode: dict[str, Any]) -> None:
    def machine() -> Machine:
        return Machine(lambda now: 2.5 if 2.0 < now < 4.0 else 1.0)

    faded = simulated(machine(), 300, still=True, **mode)
    cut = simulated(machine(), 300, still=True, fade=False, **mode)
    assert {drawn.tier for drawn in faded} > {3}
    jumps, smooth = steps(cut), steps(faded)
    assert jumps.max() >= 50 and smooth.max() <= jumps.max() / 5 and smooth[-1] == 0
    assert sum(drawn.over for drawn in faded) <= 3


def test_colours_stay_below_alpha_while_they_fade() -> None:
    machine = Machine(lambda now: 2.5 if 2.0 < now < 4.0 else 1.0)
    for drawn in simulated(machine, 200, budget=0.06):
        assert (drawn.picture[..., :3] <= drawn.picture[..., 3:]).all()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"tier": 4}, "0 to 3"),
        ({"tier": -1}, "0 to 3"),
        ({"tier": 1, "budget": 0.1}, "exclude each other"),
        ({"offline": True, "realtime": True}, "exclude each other"),
        ({"budget": 0.0}, "above 0"),
        ({"workers": -1}, "workers"),
    ],
)
def test_options_that_mean_nothing_are_refused_before_anything_is_drawn(options: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        play(DiscArtist(lambda seconds: None), poses(1), **options)
