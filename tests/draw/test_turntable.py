"""Pictures of depth: lit surfaces, people from all sides, a strip over time."""

from __future__ import annotations

import numpy as np
import pytest

import kinesics as ks
from kinesics.bodies.named import named_motion
from kinesics.draw.page import GROUND
from kinesics.draw.palette import LEFT, RIGHT, id_color
from kinesics.draw.part_colours import PART_COLOURS
from kinesics.draw.shading import EMPTY, about, lit, reach, shaded, side_by_side
from kinesics.draw.turntable import VIEWS, TurntableRecorder, moment, turntable
from kinesics.errors import ShapeError
from kinesics.pipeline.depth_watching import watch_depth
from kinesics.testing.depth_room import KnownJoints, Room, frames, walk
from kinesics.types import Array, Camera, Frame, Scene

ROOM = Room(camera=Room().camera.resized(160, 120))


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    people = [
        walk(named_motion("wave", seed=s), (x, 2.5 + s / 5), (x, 2.5 + s / 5), 25 * s)[::4][:12]
        for s, x in ((1, -0.5), (2, 0.5))
    ]
    known = KnownJoints()
    return list(watch_depth(known.feed(frames(ROOM, people, fps=7.5)), model=known, camera=ROOM.camera, masks=True))


def depth_of(scene: Scene) -> Array:
    assert scene.frame is not None
    assert scene.frame.depth is not None
    return np.asarray(scene.frame.depth)


def share_near(picture: Array, colour: tuple[int, ...], slack: int = 30) -> float:
    return float((np.abs(picture.astype(int) - colour).max(axis=-1) < slack).mean())


def test_a_tilted_board_is_lit_by_its_slant_and_nothing_is_dark() -> None:
    camera = Camera.of_view(64, 48, 45)
    rows = np.mgrid[0:48, 0:64][0]
    depth = np.where(rows < 24, 2.0, 2.0 + (rows - 24) * 0.02).astype(np.float32)
    depth[:, :8] = 0
    light = lit(depth, camera)
    assert not light[:, :8].any()
    assert abs(light[10, 30] - light[40, 30]) > 0.1, "two slants, two shades"
    assert light.max() <= 1
    picture = shaded(depth, camera)
    assert (picture[:, :8] == EMPTY).all()
    assert picture[10, 30, 0] > picture[10, 30, 2], "near is warm"


def test_near_is_warm_and_far_is_cold_on_one_scale() -> None:
    camera = Camera.of_view(20, 10, 45)
    near, far = (shaded(np.full((10, 20), z, np.float32), camera, span=(1, 4))[5, 10].astype(int) for z in (1.0, 4.0))
    assert near[0] > near[2]
    assert far[2] > far[0]
    assert reach(np.zeros((3, 3)), np.full((3, 3), np.nan)) == (1.0, 4.0)
    low, high = reach(np.full((9, 9), 2.0))
    assert high - low == pytest.approx(0.6)


def test_every_view_shows_everybody_in_colours_and_with_both_sides(scenes: list[Scene]) -> None:
    scene = scenes[-1]
    picture = turntable(
        depth_of(scene), ROOM.camera, scene.people, floor=np.array(scene.chosen["floor"]), title="a", note="b", panel=(240, 320)
    )
    assert picture.dtype == np.uint8
    wide = picture.shape[1] // len(VIEWS)
    for number in range(len(VIEWS)):
        panel = picture[40:-50, number * wide : (number + 1) * wide]
        for identity in scene.people.ids.tolist():
            colour = np.array(id_color(identity), float)
            hue = panel / np.maximum(np.linalg.norm(panel, axis=-1, keepdims=True), 1)
            assert ((hue @ (colour / np.linalg.norm(colour))) > 0.99).mean() > 0.003
        assert share_near(panel, LEFT) > 0.0004
        assert share_near(panel, RIGHT) > 0.0004
        assert share_near(panel, GROUND, 4) > 0.3


def test_from_above_who_stands_farther_is_drawn_higher(scenes: list[Scene]) -> None:
    people = scenes[-1].people
    picture = turntable(depth_of(scenes[-1]), ROOM.camera, people, views=("from above",), floor=scenes[-1].chosen["floor"])
    middles = {}
    for row, identity in enumerate(people.ids.tolist()):
        colour = np.array(id_color(identity), float)
        hue = picture / np.maximum(np.linalg.norm(picture.astype(float), axis=-1, keepdims=True), 1)
        rows = np.nonzero((hue @ (colour / np.linalg.norm(colour))) > 0.99)[0]
        middles[float(np.nanmedian(np.asarray(people.world)[row, :, 2]))] = float(np.median(rows))
    near, far = sorted(middles)
    assert middles[far] < middles[near]


def test_parts_have_their_colours(scenes: list[Scene]) -> None:
    scene = scenes[-1]
    parts = np.where(np.asarray(scene.people.masks).any(axis=0), 8, 0).astype(np.uint8)
    picture = side_by_side(depth_of(scene), ROOM.camera, scene.people, parts)
    colour = PART_COLOURS[8].astype(float)
    hue = picture / np.maximum(np.linalg.norm(picture.astype(float), axis=-1, keepdims=True), 1)
    assert ((hue @ (colour / np.linalg.norm(colour))) > 0.995).mean() > 0.02
    assert side_by_side(depth_of(scene), ROOM.camera, scene.people).shape == picture.shape


def test_nobody_no_floor_and_missing_joints_are_fine(scenes: list[Scene]) -> None:
    body = ks.skeleton("kinect20")
    nobody = ks.People(np.zeros((0, 4)), np.zeros(0), np.zeros((0, 20, 3)), np.zeros((0, 20)), body, world=np.zeros((0, 20, 3)))
    empty = np.zeros((120, 160), np.float32)
    assert turntable(empty, ROOM.camera, nobody).std() < 30
    assert side_by_side(empty, ROOM.camera, nobody).ndim == 3
    p = scenes[-1].people
    scores = np.zeros_like(p.point_scores)
    lost = ks.People(p.boxes, p.score, p.points, scores, p.skeleton, p.ids, world=np.full_like(np.asarray(p.world), np.nan))
    assert turntable(depth_of(scenes[-1]), ROOM.camera, lost).shape[1] > 1000
    assert turntable(empty[:1, :1], Camera(1, 1, 1, 1, 0, 0), nobody).ndim == 3


def test_people_without_places_are_told() -> None:
    with pytest.raises(ShapeError, match="world"):
        turntable(np.zeros((4, 4)), Camera.of_view(4, 4, 45), ks.People.empty(ks.skeleton("kinect20")))


def test_the_recorder_keeps_little_and_draws_the_best_moment_over_a_strip(scenes: list[Scene]) -> None:
    recorder = TurntableRecorder(title="test", moments=4)
    for turn in range(30):
        for scene in scenes:
            recorder.add(
                Scene(scene.index, scene.time + turn * 2, scene.size, scene.people, chosen=scene.chosen, frame=scene.frame)
            )
    assert len(recorder._kept) <= 16
    picture = recorder.image()
    alone = turntable(
        depth_of(scenes[-1]), ROOM.camera, scenes[-1].people, floor=scenes[-1].chosen["floor"], title="x", note="y"
    )
    assert picture.shape[1] == alone.shape[1]
    assert picture.shape[0] > alone.shape[0] + 60
    assert recorder.sides().shape[0] > 100


def test_a_recorder_that_saw_nothing_says_so() -> None:
    recorder = TurntableRecorder()
    recorder.add(Scene(0, 0.0, (8, 6), ks.People.empty(ks.skeleton("kinect20"))))
    assert recorder.image().shape[0] < 200
    assert recorder.sides().shape == recorder.image().shape


def test_labels_are_asked_for_once_and_change_the_colours(scenes: list[Scene]) -> None:
    asked: list[int] = []

    def label(scene: Scene) -> Array:
        asked.append(scene.index)
        return np.full((120, 160), 5, np.uint8)

    plain, coloured = TurntableRecorder(), TurntableRecorder(label)
    for scene in scenes:
        plain.add(scene)
        coloured.add(scene)
    assert not np.array_equal(plain.image(), coloured.image())
    assert len(asked) == 1


def test_a_moment_is_the_picture_in_its_size(scenes: list[Scene]) -> None:
    assert moment(scenes[-1], 3).shape == (360, 480, 3)
    assert moment(scenes[-1], 2, part=(10, 20, 60, 100)).shape == (160, 100, 3)
    frame = Frame(depth=np.zeros((6, 8)))
    empty = Scene(0, 0.0, (8, 6), ks.People.empty(ks.skeleton("kinect20"), 3), chosen={"camera": [8, 8, 4, 3]}, frame=frame)
    assert moment(empty, 1).shape == (6, 8, 3)


@pytest.mark.parametrize("box", [(0, 0, 320, 240), (150, 10, 170, 230), (-5, 100, 330, 140), (319, 239, 320, 240)])
def test_the_part_that_is_looked_at_holds_the_people_and_lies_in_the_picture(box: tuple[int, ...]) -> None:
    x1, y1, x2, y2 = about(np.array([box], float), (320, 240))
    assert 0 <= x1 <= max(box[0], 0) < min(box[2], 320) <= x2 <= 320
    assert 0 <= y1 <= max(box[1], 0) < min(box[3], 240) <= y2 <= 240
