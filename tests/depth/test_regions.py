"""Pieces are what a flood would fill; bodies are pieces put together and cut apart."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.bodies.named import named_motion
from kinesics.depth import millimetres
from kinesics.depth.grouping import Bodies, find_bodies
from kinesics.depth.regions import Regions, find_regions, grow
from kinesics.geometry import upright_axes
from kinesics.testing.depth_room import Box, Room, walk
from kinesics.types import Array, Camera

AXES = upright_axes(np.array([0.0, -1.0, 0.0]))
BARE = Room(floor=False, wall=None)


def near(one: int, other: int) -> bool:
    return abs(one - other) <= 45 + 0.016 * min(one, other)


def flooded(depth: Array) -> Array:
    """Labels by a plain flood fill over eight neighbours."""
    labels, count = np.zeros(depth.shape, int), 0
    for start in zip(*np.nonzero(depth), strict=True):
        if labels[start]:
            continue
        count += 1
        todo = [start]
        labels[start] = count
        while todo:
            row, column = todo.pop()
            for r in range(max(row - 1, 0), min(row + 2, depth.shape[0])):
                for c in range(max(column - 1, 0), min(column + 2, depth.shape[1])):
                    if depth[r, c] and not labels[r, c] and near(int(depth[row, column]), int(depth[r, c])):
                        labels[r, c] = count
                        todo.append((r, c))
    return labels


@pytest.mark.parametrize("seed", range(4))
def test_pieces_are_those_of_a_flood_fill(seed: int) -> None:
    rng = np.random.default_rng(seed)
    depth = (rng.integers(0, 4, (23, 31)) * 60 + 1000).astype(np.uint16)
    depth[rng.random(depth.shape) < 0.3] = 0
    camera = Camera.of_view(31, 23, 45)
    labels = find_regions(depth, depth > 0, camera, AXES, least=1).labels
    expected = flooded(depth)
    assert (labels > 0).sum() == (depth > 0).sum()
    pairs = set(zip(labels[depth > 0].tolist(), expected[depth > 0].tolist(), strict=True))
    assert len(pairs) == len({a for a, _ in pairs}) == len({b for _, b in pairs})


def test_measures_of_a_board_are_its_own() -> None:
    camera = Camera.of_view(100, 80, 60)
    depth = np.zeros((80, 100), np.uint16)
    depth[10:50, 20:60] = 2000
    found = find_regions(depth, depth > 0, camera, AXES)
    side = 40 * 2 / camera.fx
    assert len(found) == 1
    assert found.boxes[0].tolist() == [20, 10, 60, 50]
    assert found.area[0] == pytest.approx(side * side, rel=1e-6)
    assert found.size[0] == pytest.approx([side * 39 / 40, side * 39 / 40, 0], abs=1e-9)
    assert found.middle[0] == pytest.approx([(39.5 - 49.5) * 2 / camera.fx, (39.5 - 29.5) * 2 / camera.fx, 2.0])
    assert found.samples[0].min(axis=0) == pytest.approx(found.low[0], abs=0.2)


def test_nothing_is_kept_of_an_empty_picture() -> None:
    for shape in ((1, 1), (5, 7)):
        found = find_regions(np.zeros(shape, np.uint16), np.ones(shape, bool), Camera.of_view(shape[1], shape[0], 45), AXES)
        assert len(found) == 0
        assert len(find_bodies(found, np.zeros(shape, np.uint16), Camera.of_view(shape[1], shape[0], 45), AXES)) == 0


def test_growing_gives_each_pixel_to_the_nearer_seed_over_the_surface() -> None:
    depth = np.full((3, 11), 1000, np.uint16)
    depth[:, 5] = 3000  # a step that nothing goes over
    inside = np.ones(depth.shape, bool)
    seeds = np.zeros(depth.shape, np.int32)
    seeds[1, 0], seeds[1, 4] = 1, 2
    got = grow(np.zeros(depth.shape, np.int32), inside, seeds, depth)
    assert set(got[:, :2].ravel().tolist()) == {1}
    assert set(got[:, 3:5].ravel().tolist()) == {2}
    assert not got[:, 5:].any()


def motion(seed: int, x: float, z: float, name: str = "walk", facing: float = 0.0) -> Array:
    return walk(named_motion(name, seed=seed), (x, z), (x, z), facing)


def bodies_of(room: Room, people: list[Array], last: Bodies | None = None) -> tuple[Bodies, Array]:
    depth, owner = room.shot(people, np.random.default_rng(0))
    picture = millimetres(depth)
    pieces = find_regions(picture, picture > 0, room.camera, AXES)
    return find_bodies(pieces, picture, room.camera, AXES, last=last), owner


def owners(bodies: Bodies, owner: Array) -> list[int]:
    """For each body the person that most of its pixels are of; asserts that nearly all are."""
    told = []
    for i in range(len(bodies)):
        whose, count = np.unique(owner[bodies.regions.labels == i + 1], return_counts=True)
        assert count.max() / count.sum() > 0.9
        told.append(int(whose[count.argmax()]))
    return sorted(told)


def test_two_people_apart_are_two() -> None:
    bodies, owner = bodies_of(BARE, [motion(1, -0.5, 2.5)[0], motion(2, 0.5, 2.8)[0]])
    assert owners(bodies, owner) == [0, 1]
    assert (bodies.likely > 0.6).all()


@pytest.mark.parametrize(
    "rod",
    [Box((-0.04, -2.2, 1.5), (0.04, 0, 1.55)), Box((-1.4, -0.95, 1.5), (1.4, -0.88, 1.55))],
    ids=["upright", "level"],
)
def test_a_person_behind_a_rod_is_one(rod: Box) -> None:
    room = Room(floor=False, wall=None, boxes=(rod,))
    bodies, owner = bodies_of(room, [motion(1, 0.02, 2.6)[0]])
    mine = [i for i in range(len(bodies)) if (owner[bodies.regions.labels == i + 1] == 0).mean() > 0.5]
    assert len(mine) == 1
    assert (bodies.regions.labels == mine[0] + 1)[owner == 0].mean() > 0.9


def test_people_who_begin_to_touch_stay_two() -> None:
    one, other = motion(1, 0, 2.5), motion(2, 0, 2.5)
    last: Bodies | None = None
    for step in range(0, 40, 2):
        gap = 0.9 - 0.012 * step  # metres between them: their arms meet on the way
        bodies, owner = bodies_of(BARE, [one[step] - (gap / 2, 0, 0), other[step] + (gap / 2, 0, 0)], last)
        assert owners(bodies, owner) == [0, 1]
        if last is not None:
            assert sorted(bodies.before.tolist()) == [0, 1]
        last = bodies


def test_people_who_touch_from_the_start_are_told_apart_by_their_trunks() -> None:
    bodies, owner = bodies_of(BARE, [motion(1, -0.3, 2.5, "stand")[0], motion(4, 0.3, 2.5, "stand")[0]])
    assert owners(bodies, owner) == [0, 1]


def test_a_person_cut_by_the_edge_is_a_person() -> None:
    room = Room(floor=False, wall=None)
    half = room.camera.unproject(np.array([319.0, 120.0]), np.array(2.5))[0]
    bodies, _ = bodies_of(room, [motion(1, float(half), 2.5)[0]])
    assert len(bodies) == 1
    assert bodies.regions.boxes[0, 2] == 320


@pytest.mark.parametrize(
    "box", [Box((-0.1, -0.3, 2.4), (0.1, 0, 2.5)), Box((-2, -2.6, 2.6), (2, 0.2, 2.8))], ids=["small", "a wall"]
)
def test_what_has_not_the_size_of_a_person_is_none(box: Box) -> None:
    assert len(bodies_of(Room(floor=False, wall=None, boxes=(box,)), [])[0]) == 0


def test_a_board_of_a_persons_size_is_unlikely_one() -> None:
    board, _ = bodies_of(Room(floor=False, wall=None, boxes=(Box((-0.3, -1.8, 2.4), (0.3, 0, 2.5)),)), [])
    assert len(board) == 1
    assert board.likely[0] < 0.5


def test_regions_say_how_many_they_are() -> None:
    bodies, _ = bodies_of(BARE, [motion(1, 0, 2.5)[0]])
    assert isinstance(bodies.regions, Regions)
    assert len(bodies) == len(bodies.regions) == len(bodies.likely) == len(bodies.before) == 1
