from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

import kinesics as ks
from kinesics.draw import Painter, draw
from kinesics.draw.canvas import Picture, usual_matrix, yuv_matrix
from kinesics.draw.palette import IDS, NOBODY, id_color
from kinesics.draw.tags import tag_sprite
from kinesics.errors import ShapeError, SourceError, UsageError
from kinesics.types import Action, Array, Frame, People, Scene, skeleton

Standing = Callable[..., People]
PlanesOf = Callable[[Array], tuple[Array, Array, Array]]

SKELETONS = ("boxes", "coco17", "blazepose33", "hand21", "kinect20", "glimpse14", "itop15")


def scene_of(people: People, picture: Array, time: float = 0.0, **more: object) -> Scene:
    size = picture.shape[1], picture.shape[0]
    return Scene(0, time, size, people, frame=Frame(picture), **more)  # type: ignore[arg-type]


def rgb_of(picture: Picture) -> Array:
    """Planes as RGB, chroma doubled."""
    assert isinstance(picture, tuple)
    y, u, v = picture
    rows = yuv_matrix(usual_matrix((y.shape[1], y.shape[0])))
    yuv = np.stack([y, *(cv2.resize(p, y.shape[::-1], interpolation=cv2.INTER_LINEAR) for p in (u, v))], -1)
    return np.clip((yuv - rows[:, 3]) @ np.linalg.inv(rows[:, :3]).T, 0, 255)


@pytest.mark.parametrize("name", SKELETONS)
def test_nobody_leaves_the_picture_as_it_is(ground: Array, name: str) -> None:
    assert (draw(ground, People.empty(skeleton(name))) == ground).all()


@pytest.mark.parametrize("name", SKELETONS)
@pytest.mark.parametrize("dims", [2, 3])
def test_any_skeleton_with_missing_and_far_joints_is_drawn(ground: Array, name: str, dims: int) -> None:
    rng, k = np.random.default_rng(1), len(skeleton(name))
    scores = rng.uniform(0.05, 1, (5, k)) * (rng.uniform(size=(5, k)) > 0.3)
    points = rng.uniform(-300, 900, (5, k, dims))
    points[0] *= 1e5
    boxes = np.sort(rng.uniform(-100, 700, (5, 2, 2)), axis=1).reshape(5, 4)
    boxes[1] = [-9e8, -9e8, 9e8, 9e8]
    people = People(boxes, np.ones(5), points, scores, skeleton(name), [-1, 0, 5, 10**12, 3])
    before = ground.copy()
    drawn = draw(ground, people, boxes=True, clock=True)
    assert (ground == before).all()
    assert drawn.shape == ground.shape and drawn.dtype == np.uint8
    assert (drawn != ground).any()


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 17), (16, 9), (641, 359)])
def test_pictures_of_any_size_are_painted(standing: Standing, size: tuple[int, int]) -> None:
    picture = np.full((size[1], size[0], 3), 128, np.uint8)
    assert draw(picture, standing([(size[0] / 2, size[1] / 2)], size[1]), clock=True, boxes=True).shape == picture.shape


def test_rgb_and_planes_show_the_same(ground: Array, standing: Standing, planes_of: PlanesOf) -> None:
    people = standing([(150, 190), (330, 200), (500, 170)], 260, [1, 2, 3])
    masks = np.zeros((3, 360, 640), bool)
    masks[2, 60:300, 440:560] = True
    people = People(people.boxes, people.score, people.points, people.point_scores, people.skeleton, people.ids, masks=masks)
    planes = planes_of(ground)
    actions = (Action(2, "walking", 0.8, 0.0, 0.0),)
    in_rgb = Painter(clock=True, boxes=True).paint(scene_of(people, ground, actions=actions))
    frame = Frame(lambda: ground, size=(640, 360), planes=lambda: planes)
    in_planes = Painter(clock=True, boxes=True).paint(Scene(0, 0.0, (640, 360), people, actions, frame=frame))
    assert isinstance(in_rgb, np.ndarray)
    assert isinstance(in_planes, tuple)
    touched = (in_rgb != ground).any(2)
    as_planes = planes_of(in_rgb)
    assert np.abs(as_planes[0].astype(int) - in_planes[0])[touched].mean() < 1  # brightness is the same
    gap = np.abs(rgb_of(as_planes) - rgb_of(in_planes)).mean(2)  # thin lines keep more of their colour on planes
    assert gap.mean() < 2.5 and gap[touched].mean() < 9
    assert isinstance(Painter(rgb=True).paint(Scene(0, 0.0, (640, 360), people, frame=frame)), np.ndarray)


def test_planes_that_were_given_stay_untouched(ground: Array, standing: Standing, planes_of: PlanesOf) -> None:
    planes = planes_of(ground)
    for plane in planes:
        plane.flags.writeable = False
    before = [plane.copy() for plane in planes]
    painted = Painter().paint(Scene(0, 0.0, (640, 360), standing([(300, 180)], 250)), planes)
    assert isinstance(painted, tuple) and [p.shape for p in painted] == [(360, 640), (180, 320), (180, 320)]
    assert all((a == b).all() for a, b in zip(planes, before, strict=True))
    assert (painted[0] != planes[0]).any() and (painted[1] != planes[1]).any()


def test_left_and_right_differ_and_swap_in_the_mirror(standing: Standing) -> None:
    black = np.zeros((400, 400, 3), np.uint8)
    people = standing([(200, 200)], 360, [3])
    order = people.skeleton.mirror_order
    points = people.points[:, order] * [-1, 1] + [400, 0]
    mirrored = People(people.boxes, people.score, points, people.point_scores, people.skeleton, people.ids)
    one, other = draw(black, people, tags=False), draw(black, mirrored, tags=False)
    left = people.points[0, [5, 7]].mean(0)  # the middle of an upper arm
    right = people.points[0, [6, 8]].mean(0)
    at = [tuple(round(float(v)) for v in p[::-1]) for p in (left, right)]
    assert one[at[0]][2] > 200 > one[at[0]][0]  # left is blue
    assert one[at[1]][0] > 200 > one[at[1]][2]  # right is orange
    assert np.abs(one[at[0]].astype(int) - other[at[0]]).max() < 30  # a mirrored person's left is on the same side again


def test_an_id_has_one_colour_and_nobody_is_grey(standing: Standing) -> None:
    black = np.zeros((400, 400, 3), np.uint8)
    for identity in (0, 3, 13, -1):
        drawn = draw(black, standing([(200, 200)], 360, [identity]), tags=False)
        hip = tuple(round(float(v)) for v in standing([(200, 200)], 360).points[0, 11][::-1])
        assert np.abs(drawn[hip].astype(int) - id_color(identity)).max() <= 3
    assert id_color(3) == id_color(3 + len(IDS)) and id_color(-1) == NOBODY
    grey = draw(black, standing([(200, 200)], 360, [-1]), trails=0)
    assert np.ptp(grey.astype(int), axis=2).max() < 12


def test_less_sure_joints_are_fainter_and_least_hides_them(standing: Standing) -> None:
    black = np.zeros((400, 400, 3), np.uint8)
    light = [int(draw(black, standing([(200, 200)], 360, score=s), tags=False).sum()) for s in (0.9, 0.3, 0.18, 0.1)]
    assert light == sorted(light, reverse=True) and light[-1] == 0 < light[-2] < 0.6 * light[0]
    assert draw(black, standing([(200, 200)], 360, score=0.9), tags=False, least=0.95).sum() == 0


def test_interpolated_frames_look_like_the_others_so_that_nothing_flickers(ground: Array, standing: Standing) -> None:
    people = standing([(300, 180)], 300)
    seen, filled = (Painter().paint(scene_of(people, ground, skipped=skipped)) for skipped in ((), ("pose",)))
    assert np.array_equal(np.asarray(seen), np.asarray(filled))


@pytest.mark.parametrize(
    ("size", "low", "high"), [((640, 360), 0.018, 0.035), ((1920, 1080), 0.012, 0.025), ((3840, 2160), 0.012, 0.025)]
)
def test_text_and_lines_keep_their_share_of_the_picture(
    size: tuple[int, int], low: float, high: float, standing: Standing
) -> None:
    from kinesics.draw.letters import capital_height

    painter, picture = Painter(), np.zeros((size[1], size[0], 3), np.uint8)
    drawn = np.asarray(painter.paint(scene_of(standing([(size[0] / 2, size[1] / 2)], 0.7 * size[1]), picture)))
    hip = standing([(size[0] / 2, size[1] / 2)], 0.7 * size[1]).points[0, [5, 11]].mean(0)
    bone = (drawn[round(float(hip[1]))].max(1) > 128).sum() / 2 / size[1]  # two sides of the trunk
    assert 0.003 < bone < 0.014
    sprite = tag_sprite("1", "", (255, 255, 255), max(0.0215 * size[1], 11), "rgb")
    rows = np.flatnonzero(drawn[: int(0.15 * size[1])].any((1, 2)))
    assert len(rows) == pytest.approx(sprite.size[1], abs=2)
    assert low < capital_height(max(0.0215 * size[1], 11)) / size[1] < high


def test_trails_are_seconds_not_frames(standing: Standing) -> None:
    reach = []
    for fps in (10, 30, 60):
        painter, black = Painter(trails=1.0, tags=False), np.zeros((200, 900, 3), np.uint8)
        for i in range(2 * fps + 1):
            person = standing([(100 + 300 * i / fps, 100)], 100, [4])
            drawn = np.asarray(painter.paint(scene_of(person, black, i / fps)))
        feet = drawn[140:150, : 700 - 20]
        reach.append(700 - int(np.flatnonzero(feet.any((0, 2)))[0]))
    assert max(reach) - min(reach) < 45 and 270 < reach[1] < 380  # 300 pixels a second, and the easing's delay


def test_a_new_epoch_and_reset_forget_trails(standing: Standing) -> None:
    black = np.zeros((200, 400, 3), np.uint8)
    moves = [scene_of(standing([(50 + 10 * i, 100)], 120, [4]), black, i / 10) for i in range(10)]
    last = scene_of(standing([(300, 100)], 120, [4]), black, 1.0, epoch=1)
    fresh = np.asarray(Painter().paint(last))
    painter = Painter()
    for scene in moves:
        painter.paint(scene)
    assert (np.asarray(painter.paint(last)) == fresh).all()
    painter.reset()
    assert (np.asarray(painter.paint(last)) == fresh).all()


def test_two_painters_never_meet(ground: Array, standing: Standing) -> None:
    one, other = Painter(), Painter()
    for i in range(5):
        one.paint(scene_of(standing([(100 + 20 * i, 180)], 200), ground, i / 10))
    scene = scene_of(standing([(300, 180)], 200), ground, 0.6)
    assert (np.asarray(other.paint(scene)) == np.asarray(Painter().paint(scene))).all()


def test_actions_show_while_they_last(ground: Array, standing: Standing) -> None:
    people = standing([(300, 200)], 200, [2])
    plain = np.asarray(Painter().paint(scene_of(people, ground, 5.0)))
    now = Action(2, "sitting down", 0.7, 4.0, 5.0)
    assert (np.asarray(Painter().paint(scene_of(people, ground, 5.0, actions=(now,)))) != plain).any()
    for action in (
        Action(2, "sitting down", 0.7, 1.0, 2.0),
        Action(2, "unknown", 0.7, 4.0, 5.0),
        Action(9, "wave", 0.7, 4.0, 5.0),
    ):
        assert (np.asarray(Painter().paint(scene_of(people, ground, 5.0, actions=(action,)))) == plain).all()


def test_masks_of_another_size_are_left_out(ground: Array, standing: Standing) -> None:
    p = standing([(300, 200)], 200)
    masked = People(p.boxes, p.score, p.points, p.point_scores, p.skeleton, p.ids, masks=np.ones((1, 20, 20), bool))
    assert (draw(ground, masked) == draw(ground, p)).all()


def test_a_depth_frame_is_painted_on_greys(standing: Standing) -> None:
    depth = np.linspace(0.5, 4, 240 * 320, dtype=np.float32).reshape(240, 320)
    depth[:9] = np.nan
    frame = Frame(depth=depth)
    painted = Painter().paint(Scene(0, 0.0, (320, 240), People.empty(skeleton("itop15")), frame=frame))
    assert isinstance(painted, np.ndarray) and painted.shape == (240, 320, 3)
    assert painted[20].mean() > painted[200].mean() and painted[0].max() == 0


def test_draw_reads_files_and_says_what_is_wrong(tmp_path: Path, ground: Array, standing: Standing) -> None:
    people = standing([(300, 200)], 200)
    cv2.imwrite(str(tmp_path / "a.png"), ground[:, :, ::-1])
    assert (draw(tmp_path / "a.png", people) == draw(ground, people)).all()
    (tmp_path / "b.png").write_bytes(b"no picture")
    (tmp_path / "c.png").write_bytes(b"")
    bomb = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (20000).to_bytes(4, "big") * 2
    (tmp_path / "d.png").write_bytes(bomb)
    for name in ("b.png", "c.png", "d.png", "none.png"):
        with pytest.raises(SourceError, match=name):
            draw(tmp_path / name, people)


def test_wrong_use_is_told(ground: Array, standing: Standing) -> None:
    people = standing([(300, 200)], 200)
    with pytest.raises(UsageError, match="has no picture at hand"):
        Painter().paint(Scene(7, 0.0, (640, 360), people))
    with pytest.raises(UsageError, match="trails"):
        Painter(trails=-1)
    with pytest.raises(ShapeError, match="RGB"):
        draw(ground[..., 0], people)


def test_the_folder_is_the_function_too(ground: Array) -> None:
    import sys

    people = People.empty(skeleton("coco17"))
    assert (ks.draw(ground, people) == ground).all()
    assert (sys.modules["kinesics.draw"](ground, people) == ground).all()  # type: ignore[operator]
    assert ks.Painter is Painter


def test_a_known_name_stands_beside_the_id_and_an_unknown_one_does_not(ground: Array, standing: Standing) -> None:
    people = standing([(300, 180)], 250, [1])
    plain = Painter(rgb=True).paint(scene_of(people, ground))
    unknown = Painter(rgb=True).paint(scene_of(people, ground, faces=({"person": 1, "name": "unknown"},)))
    named = Painter(rgb=True).paint(scene_of(people, ground, faces=({"person": 1, "name": "Anna"},)))
    assert np.array_equal(plain, unknown)
    assert not np.array_equal(plain, named)


def test_without_figures_tags_and_trails_the_picture_stays_as_it_is(ground: Array, standing: Standing) -> None:
    bare = Painter(rgb=True, figures=False, tags=False, trails=0.0).paint(scene_of(standing([(300, 180)], 250, [1]), ground))
    assert np.array_equal(bare, ground)
