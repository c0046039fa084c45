"""The floor is found where it is seen, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.bodies.named import named_motion
from kinesics.bodies.pose_bank import PoseBank
from kinesics.bodies.views import ViewMaker
from kinesics.depth.floor import Floor, FloorKeeper, find_floor
from kinesics.errors import UsageError
from kinesics.testing.depth_room import Box, Room, chair, walk
from kinesics.types import Array, Camera

STANDING = walk(named_motion("stand", seed=1), (0.2, 2.5), (0.2, 2.5))[0]
RNG = np.random.default_rng


def shot(room: Room, people: list[Array] | None = None) -> Array:
    return room.shot([STANDING] if people is None else people, RNG(0))[0]


@pytest.mark.parametrize(("pitch", "eye"), [(0, 1.0), (5, 0.7), (12, 1.4), (25, 1.9), (40, 2.4)])
def test_the_floor_is_found_within_two_degrees_and_three_centimetres(pitch: float, eye: float) -> None:
    table = Box((-1.6, -0.75, 2.4), (-0.7, -0.7, 3.2))
    room = Room(pitch=pitch, eye=eye, boxes=(*chair(0.9, 3.0), table))
    floor = find_floor(shot(room), room.camera)
    assert floor is not None
    assert floor.pitch == pytest.approx(pitch, abs=2)
    assert floor.roll == pytest.approx(0, abs=2)
    assert floor.height == pytest.approx(eye, abs=0.03)


def test_noise_of_an_old_sensor_is_no_reason_to_miss_it() -> None:
    room = Room(noise=0.012, pitch=8)
    floor = find_floor(shot(room), room.camera)
    assert floor is not None
    assert floor.pitch == pytest.approx(8, abs=2)
    assert floor.height == pytest.approx(room.eye, abs=0.03)


def test_heights_above_it_are_heights() -> None:
    floor = find_floor(shot(Room()), Room().camera)
    assert floor is not None
    assert floor.above(Room().seen(np.array([[0, -1.5, 3.0], [1, 0, 4.0]]))) == pytest.approx([1.5, 0], abs=0.06)


@pytest.mark.parametrize(
    "room",
    [Room(floor=False, wall=None), Room(floor=False, wall=3.0), Room(eye=1.1, pitch=-40, wall=2.0)],
    ids=["nothing but a person", "nothing but a wall", "looking up"],
)
def test_where_no_floor_is_seen_none_is_made_up(room: Room) -> None:
    assert find_floor(shot(room), room.camera) is None


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf, -1.0])
def test_a_picture_with_nothing_in_it_has_no_floor(value: float) -> None:
    camera = Camera.of_view(64, 48, 45)
    assert find_floor(np.full((48, 64), value, np.float32), camera) is None
    assert find_floor(np.full((1, 1), value, np.float32), Camera(1, 1, 1, 1, 0, 0)) is None


def test_a_table_over_a_floor_is_not_the_floor() -> None:
    room = Room(pitch=20, eye=1.5, boxes=(Box((-1.5, -0.75, 1.6), (1.5, -0.7, 3.0)),))
    floor = find_floor(shot(room, []), room.camera)
    assert floor is not None
    assert floor.height == pytest.approx(1.5, abs=0.03)


def test_gravity_finds_the_floor_of_a_camera_that_looks_steeply_down() -> None:
    room = Room(pitch=65, eye=2.4, wall=None)
    depth = shot(room, [])
    assert find_floor(depth, room.camera) is None
    floor = find_floor(depth, room.camera, up=room.seen(np.array([0, -1.0, 0])) - room.seen(np.zeros(3)))
    assert floor is not None
    assert floor.pitch == pytest.approx(65, abs=1)


@pytest.mark.parametrize("up", [(0, 0, 0), (np.nan, 0, 1), (1, 2)])
def test_an_up_that_is_no_direction_is_told(up: tuple[float, ...]) -> None:
    with pytest.raises(UsageError, match="where up is"):
        find_floor(np.ones((9, 9), np.float32), Camera.of_view(9, 9, 45), up=np.array(up))


def test_the_keeper_settles_and_follows_a_camera_that_was_moved() -> None:
    before, after = Room(pitch=5), Room(pitch=15, eye=1.4)
    keeper = FloorKeeper(before.camera)
    found = [keeper.update(shot(before), t / 4) for t in range(8)]
    assert all(floor is not None for floor in found)
    assert keeper.floor is not None
    assert keeper.floor.pitch == pytest.approx(5, abs=0.5)
    for t in range(8, 20):
        keeper.update(shot(after), float(t))
    assert keeper.floor.pitch == pytest.approx(15, abs=1)


def test_a_keeper_keeps_the_floor_while_it_is_hidden_and_resets_to_new() -> None:
    room = Room()
    keeper, again = FloorKeeper(room.camera), FloorKeeper(room.camera)
    first = keeper.update(shot(room), 0.0)
    assert isinstance(first, Floor)
    assert keeper.update(np.zeros((240, 320), np.float32), 1.0) == first
    keeper.reset()
    one, other = keeper.update(shot(room), 0.0), again.update(shot(room), 0.0)
    assert one is not None
    assert other is not None
    assert np.array_equal(one.normal, other.normal)


def test_the_floor_of_rendered_rooms_is_found() -> None:
    maker = ViewMaker(seed=11, people=2, scenery=True, size=(160, 120), bank=PoseBank(1, poses=20))
    found = 0
    for index in range(8):
        view = maker.view(index)
        rows, columns = np.nonzero(view.depth > 0)
        points = view.camera.unproject(np.stack([columns, rows], -1), view.depth[rows, columns])
        normal, height = view.floor[:3], float(view.floor[3])
        if (np.abs(points @ normal + height) < 0.05).mean() < 0.15 or abs(normal[1]) < np.cos(np.radians(45)):
            continue  # hardly any floor in view, or a camera that looks down without saying so
        floor = find_floor(view.depth, view.camera)
        assert floor is not None
        assert np.degrees(np.arccos(min(float(floor.normal @ normal), 1.0))) < 2
        assert floor.height == pytest.approx(height, abs=0.03)
        found += 1
    assert found >= 4
