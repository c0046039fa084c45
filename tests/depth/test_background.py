"""The room behind people is learned; people never become a part of it."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.bodies.named import named_motion
from kinesics.depth import millimetres
from kinesics.depth.background import Background
from kinesics.testing.depth_room import Room, chair, walk
from kinesics.types import Array

ROOM = Room(camera=Room().camera.resized(160, 120))
LENS = np.array([ROOM.camera.fx, ROOM.camera.fy, ROOM.camera.cx, ROOM.camera.cy])
STANDING = walk(named_motion("stand", seed=1), (0.0, 2.5), (0.0, 2.5))[0]
NOBODY = np.zeros((120, 160), bool)


def pictures(room: Room, people: list[Array], count: int, seed: int = 0) -> list[tuple[Array, Array]]:
    """Pictures of millimetres with their owners."""
    rng = np.random.default_rng(seed)
    shots = [room.shot(people, rng) for _ in range(count)]
    return [(millimetres(depth), owner >= 0) for depth, owner in shots]


def left(room: Background, depth: Array) -> Array:
    return room.foreground(depth, np.zeros(4), LENS, 0.0)


def learned(seconds: float = 1.0) -> Background:
    room = Background()
    shots = pictures(ROOM, [], 5)
    for t in range(int(seconds * 20)):
        room.learn(shots[t % 5][0], NOBODY, t / 20)
    return room


def test_an_empty_room_is_learned_in_a_second_and_a_person_stands_out() -> None:
    room = learned()
    assert room.known > 0.95
    (empty, _), (depth, person) = pictures(ROOM, [], 1, seed=9)[0], pictures(ROOM, [STANDING], 1, seed=9)[0]
    assert left(room, empty).mean() < 0.002
    kept = left(room, depth)
    assert (kept & person).sum() / (kept | person).sum() > 0.95


def test_who_stands_still_for_minutes_stays() -> None:
    room = learned()
    shots = pictures(ROOM, [STANDING], 4)
    for t in range(1200):  # four minutes
        depth, person = shots[t % 4]
        room.learn(depth, person, 2 + t / 5)
    kept = left(room, shots[0][0])
    assert (kept & shots[0][1]).sum() / shots[0][1].sum() > 0.95


def test_who_stood_there_from_the_start_leaves_no_hole() -> None:
    room = Background()
    for t, (depth, person) in enumerate(pictures(ROOM, [STANDING], 20)):
        room.learn(depth, person, t / 20)
    empty = pictures(ROOM, [], 1)[0][0]
    assert left(room, empty).mean() < 0.01, "the wall behind continues what is left and right of it"


def test_a_chair_that_was_moved_becomes_a_part_of_the_room() -> None:
    room = learned()
    with_chair = Room(camera=ROOM.camera, boxes=chair(0.3, 3.0))
    shots = pictures(with_chair, [], 4)
    assert left(room, shots[0][0]).sum() > 200
    for t in range(80):
        room.learn(shots[t % 4][0], NOBODY, 2 + t / 5)
    assert left(room, shots[0][0]).sum() < 20
    assert left(room, pictures(ROOM, [], 1)[0][0]).sum() == 0, "it leaves again: what is farther is no person"


def test_a_camera_that_moves_again_and_again_ends_the_learning() -> None:
    room = Background()
    t = 0.0
    for wall in (2.5, 4.0, 2.5, 4.0, 2.5, 4.0):  # it is carried to and fro
        for depth, _ in pictures(Room(camera=ROOM.camera, wall=wall, pitch=0), [], 100 if wall < 3 else 14):
            room.learn(depth, NOBODY, t)
            t += 0.1
    assert not room.steady
    depth = pictures(ROOM, [], 1)[0][0]
    assert left(room, depth).sum() == (depth > 0).sum()


def test_the_floor_goes_with_a_margin() -> None:
    depth = pictures(ROOM, [STANDING], 1)[0][0]
    normal = ROOM.seen(np.array([0, -1.0, 0])) - ROOM.seen(np.zeros(3))
    kept = Background().foreground(depth, np.append(normal, ROOM.eye), LENS, 0.03)
    assert not kept[118:, :60].any()
    assert kept[:40].any()


@pytest.mark.parametrize("shape", [(1, 1), (2, 3)])
def test_tiny_and_empty_pictures_are_fine(shape: tuple[int, int]) -> None:
    room = Background()
    for t in range(20):
        room.learn(np.zeros(shape, np.uint16), np.zeros(shape, bool), t / 10)
    assert room.known == 0
    assert not room.foreground(np.zeros(shape, np.uint16), np.zeros(4), np.ones(4), 0.0).any()


def test_another_size_or_a_step_back_in_time_starts_anew() -> None:
    room = learned()
    room.learn(np.full((8, 9), 2000, np.uint16), np.zeros((8, 9), bool), 5.0)
    assert room.far.shape == (8, 9)
    room.learn(np.full((8, 9), 2000, np.uint16), np.zeros((8, 9), bool), 1.0)
    assert room.known == 0
