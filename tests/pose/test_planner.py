"""Where to look: everyone known at the right size, the unknown in time, within the pixels allowed."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.pose.planner import Planner, look_cost
from kinesics.types import People

SIZE = (1280, 720)


def crowd(n: int, height: float = 120, seed: int = 0) -> People:
    rng = np.random.default_rng(seed)
    corner = rng.uniform([0, 0], [SIZE[0] - height * 0.4, SIZE[1] - height], (n, 2))
    return People.from_boxes(np.hstack([corner, corner + [height * 0.4, height]]), np.ones(n), np.arange(n))


def cost(looks: list) -> float:
    return sum(look_cost(look) for look in looks)


def settled(planner: Planner, people: People, **options: float) -> list:
    """Plans of the second and a half after the first frame."""
    planner.plan(SIZE, people, 0.0)
    return [planner.plan(SIZE, people, t / 10, **options) for t in range(1, 16)]


@pytest.mark.parametrize("n", [1, 3, 12, 60])
@pytest.mark.parametrize("height", [40, 120, 500])
def test_everyone_known_is_shown_whole_at_a_size_the_net_likes(n: int, height: float) -> None:
    people = crowd(n, height)
    plan = settled(Planner(), people)[0]
    assert plan.left_out == 0
    for box in people.boxes.astype(float):
        sizes = [
            height * min(look.size[0] / (look.box[2] - look.box[0]), look.size[1] / (look.box[3] - look.box[1]))
            for look in plan.looks
            if look.box[0] <= box[0] + 1
            and look.box[1] <= box[1] + 1
            and look.box[2] >= box[2] - 1
            and look.box[3] >= box[3] - 1
        ]
        assert any(min(75, 2 * height * 0.8) <= size <= 240 for size in sizes)


def test_first_frame_sees_the_whole_picture_at_every_level() -> None:
    plan = Planner(intervals=(0.4, 0.6)).plan(SIZE, crowd(0), 0.0)
    assert len(plan.looks) == 5


def test_every_tile_is_visited_within_its_interval_and_a_few_frames() -> None:
    planner = Planner(intervals=(0.4, 0.8), exploring=90_000)
    seen: dict[tuple, float] = {}
    longest = 0.0
    for t in range(60):
        for look in planner.plan(SIZE, crowd(0), t / 10).looks:
            if look.box in seen:
                longest = max(longest, t / 10 - seen[look.box])
            seen[look.box] = t / 10
    assert len(seen) == 5
    assert longest <= 3 * 0.8 + 0.5


def test_a_level_is_visited_more_often_while_new_people_of_its_size_appear() -> None:
    def visits(new: bool) -> int:
        planner, count = Planner(intervals=(0.4, 0.6)), 0
        for t in range(150):
            people = crowd(1, 150).with_ids([t // 5 if new else 0])
            looks = planner.plan(SIZE, people, t / 10).looks
            count += sum(400 < look.box[2] - look.box[0] < 800 for look in looks)
        return count

    assert visits(new=True) > 1.5 * visits(new=False)


@pytest.mark.parametrize("pixels", [10_000, 60_000, 200_000])
def test_plan_stays_within_the_pixels_allowed(pixels: float) -> None:
    for plan in settled(Planner(), crowd(30), pixels=pixels):
        assert cost(plan.looks) <= pixels


def test_people_take_turns_when_there_is_no_time_for_all() -> None:
    shown: set[int] = set()
    plans = settled(Planner(exploring=0), crowd(30), pixels=80_000)
    for plan in plans:
        assert plan.left_out == 30 - len(plan.known)
        shown |= set(plan.known.tolist())
    assert shown == set(range(30))


def test_one_person_costs_a_fraction_of_the_whole_picture() -> None:
    plan = settled(Planner(exploring=0), crowd(1, 400))[0]
    assert cost(plan.looks) < 40_000


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (33, 7), (7, 2000)])
def test_tiny_and_thin_pictures_can_be_planned(size: tuple[int, int]) -> None:
    planner = Planner()
    for t in range(3):
        plan = planner.plan(size, People.from_boxes([[0, 0, size[0], size[1]]], [1], [1]), t / 10)
        assert all(side % 32 == 0 and side > 0 for look in plan.looks for side in look.size)


def test_a_tile_is_visited_in_time_even_when_it_costs_more_than_exploring_allows() -> None:
    planner = Planner(intervals=(0.4,), exploring=10)
    planner.plan(SIZE, crowd(0), 0.0)
    assert sum(len(planner.plan(SIZE, crowd(0), t / 10).looks) for t in range(1, 22)) == 5


@pytest.mark.parametrize("pixels", [45_000, 80_000])
def test_the_whole_picture_is_searched_also_when_the_known_take_all_the_time(pixels: float) -> None:
    planner, people = Planner(intervals=(0.4, 0.6)), crowd(3, 300)
    seen, known = set(), 0
    for t in range(60):
        plan = planner.plan(SIZE, people, t / 30, pixels=pixels)
        assert cost(plan.looks) <= pixels
        seen |= {look.box for look in plan.looks if look.box[2] - look.box[0] > 600}
        known += len(plan.known)
    assert len(seen) == 5
    assert known > 60


def test_a_look_is_risked_when_none_seemed_affordable_for_long() -> None:
    planner, looked = Planner(), list[float]()
    for t in np.arange(0, 12, 0.1).tolist():
        plan = planner.plan((640, 480), crowd(0), t, pixels=100.0)
        looked += [t] * bool(plan.looks)
        assert len(plan.looks) <= 1
    assert 3 <= len(looked) <= 5 and max(np.diff(looked)) < 2.7
