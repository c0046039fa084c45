from __future__ import annotations

import pickle
from dataclasses import fields

import numpy as np
import pytest

from kinesics.bodies import JOINTS, PARTS, PoseBank, View, ViewMaker
from kinesics.bodies.sensor_noise import SENSORS
from kinesics.errors import UsageError

BANK = PoseBank(0, poses=60)


def maker(seed: int = 0, **options: object) -> ViewMaker:
    return ViewMaker(seed, **{"bank": BANK, "detail": "light", **options})  # type: ignore[arg-type]


def assert_same(one: View, other: View) -> None:
    for field in fields(View):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name), err_msg=field.name)


def test_a_view_depends_on_seed_and_index_alone() -> None:
    forwards, backwards = maker(), maker()
    first = [forwards.view(i) for i in (0, 9, 20)]
    for i, view in reversed(list(zip((0, 9, 20), first, strict=True))):
        assert_same(backwards.view(i), view)
    assert_same(pickle.loads(pickle.dumps(forwards)).view(9), first[1])


def test_seeds_and_indices_differ() -> None:
    depths = [maker(seed).view(i).depth for seed in (0, 1) for i in (0, 1, 8)]
    for a in range(6):
        for b in range(a):
            assert (depths[a] != depths[b]).any()


def test_the_usual_bank_is_made_of_the_seed() -> None:
    one, other = (ViewMaker(3, detail="light").view(0) for _ in range(2))
    assert_same(one, other)


def test_arrays_have_the_promised_shapes_and_agree() -> None:
    for index in range(12):
        view = maker(people=2, size=(200, 150)).view(index)
        assert view.depth.shape == view.parts.shape == view.owner.shape == view.kept.shape == (150, 200)
        assert [a.dtype for a in (view.depth, view.parts, view.owner, view.kept)] == [np.float32, np.uint8, np.int8, np.int8]
        assert view.joints.shape == (2, len(JOINTS), 3) and view.visible.shape == (2, len(JOINTS))
        assert view.joints.dtype == np.float32 and view.visible.dtype == bool and len(view.people) == 2
        assert view.parts.max() < len(PARTS) and set(np.unique(view.owner)) <= {-1, 0, 1}
        assert not view.parts[view.owner < 0].any()
        np.testing.assert_array_equal(view.segment, view.kept >= 0)
        assert (view.depth[view.segment] > 0).all() and np.isfinite(view.depth).all()


def test_without_noise_and_damage_the_cut_out_is_the_person() -> None:
    for index in range(6):
        view = maker(sensor="none", damage=False).view(index)
        np.testing.assert_array_equal(view.segment, view.owner == 0)
        np.testing.assert_array_equal(view.depth > 0, view.owner == 0)


def test_joints_lie_in_the_body_that_is_seen() -> None:
    """Visible joints of the trunk lie at most 20 cm behind the surface at their pixels, the wrists hardly at all."""
    behind: dict[str, list[float]] = {"spine": [], "left_knee": [], "right_wrist": []}
    for index in range(40):
        view = maker(sensor="none", damage=False).view(index)
        pixels = view.camera.project(view.joints[0])
        for name, gaps in behind.items():
            j = JOINTS.index(name)
            if view.visible[0, j]:
                u, v = np.rint(pixels[j]).astype(int)
                if view.depth[v, u] > 0:
                    gaps.append(view.joints[0, j, 2] - view.depth[v, u])
    for gaps in behind.values():
        assert len(gaps) > 10 and -0.02 < np.median(gaps) and max(gaps) < 0.2
    assert np.median(behind["spine"]) > np.median(behind["right_wrist"])


def test_people_face_the_camera_where_asked() -> None:
    left, right = JOINTS.index("left_hip"), JOINTS.index("right_hip")
    for yaw, sign in ((0.0, 1), (180.0, -1)):
        signs = []
        for index in range(12):
            joints = maker(yaw=yaw).view(index).joints[0]
            signs.append(joints[left, 0] - joints[right, 0])
        assert np.mean(np.sign(signs) == sign) > 0.8  # a twisted hip may turn one


def test_views_all_round_cover_all_directions() -> None:
    left, right = JOINTS.index("left_hip"), JOINTS.index("right_hip")
    across = [np.subtract(*maker().view(i).joints[0, [left, right]]) for i in range(60)]
    angles = np.degrees(np.arctan2([v[2] for v in across], [v[0] for v in across]))
    assert np.histogram(angles, 6, (-180, 180))[0].min() > 2


def test_the_floor_is_under_the_feet() -> None:
    for index in range(8):
        view = maker(people=2).view(index)
        heights = view.joints @ view.floor[:3] + view.floor[3]
        assert (heights.min(axis=1) > -0.03).all() and (heights.min(axis=1) < 0.75).all()


def test_views_from_above_look_down() -> None:
    for index in range(6):
        view = maker(top=1.0).view(index)
        assert view.floor[2] < -0.6  # away from the camera is down
        assert (view.joints[0] @ view.floor[:3] + view.floor[3]).max() < view.floor[3]


def test_most_views_show_most_of_a_person() -> None:
    seen = np.array([maker().view(i).visible.any(axis=1).sum() and (maker().view(i).segment.sum() > 300) for i in range(24)])
    assert seen.mean() > 0.8


def test_nearer_people_hide_farther_ones() -> None:
    shared = 0
    for index in range(10):
        view = maker(people=4, sensor="none", damage=False).view(index)
        alone = [(view.owner == k).sum() for k in range(4)]
        shared += sum(n > 0 for n in alone)
        hips = view.joints[:, JOINTS.index("hip_center")]
        gaps = np.linalg.norm(hips[:, None] - hips[None], axis=-1) + 9 * np.eye(4)
        assert gaps.min() > 0.4
    assert shared > 20


def test_a_room_is_nobody_and_stays_out_of_the_cut_out() -> None:
    for index in range(6):
        bare = maker(sensor="none", damage=False).view(index)
        room = maker(sensor="none", damage=False, scenery=True).view(index)
        np.testing.assert_array_equal(bare.joints, room.joints)
        assert (room.depth > 0).mean() > 0.5 and (room.depth > 0).sum() > (bare.depth > 0).sum()
        assert not room.parts[room.owner < 0].any()
        np.testing.assert_array_equal(room.segment, room.owner == 0)
        assert ((room.owner == 0) <= (bare.owner == 0)).all()  # furniture may stand before somebody


def test_damage_takes_and_leaves_a_little() -> None:
    lost, left = [], []
    for index in range(40):
        view = maker(sensor="none").view(index)
        body = view.owner == 0
        if body.sum() > 300:
            lost.append((body & ~view.segment).sum() / body.sum())
            left.append((view.segment & ~body).sum() / body.sum())
    assert 0.01 < np.mean(lost) < 0.25 and 0.005 < np.mean(left) < 0.3
    assert np.median(left) < 0.1


@pytest.mark.parametrize("sensor", SENSORS)
@pytest.mark.parametrize("size", [(1, 1), (640, 480), (37, 211)])
def test_every_sensor_works_at_every_size(sensor: str, size: tuple[int, int]) -> None:
    view = maker(size=size, sensor=sensor, scenery=size[0] == 37).view(1)
    assert view.depth.shape == size[::-1]


def test_an_actor_outside_the_picture_gives_an_empty_one() -> None:
    """A lens so long that the camera misses everybody."""
    empty = 0
    for index in range(12):
        view = maker(size=(4, 4), focal=4000.0, damage=False, sensor="none").view(index)
        if not view.segment.any():
            empty += 1
            assert not view.depth.any() and not view.parts.any() and (view.owner == -1).all() and not view.visible.any()
    assert empty


def test_a_focal_length_that_is_given_makes_one_camera_of_all_views() -> None:
    cameras = {maker(focal=285.0).view(i).camera for i in range(4)}
    assert len(cameras) == 1 and cameras.pop().fx == 285.0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"sensor": "lidar"}, "there is no lidar"),
        ({"yaw": "sideways"}, "round, front, mixed or degrees"),
        ({"people": 0}, "expected 1 to 100, got 0"),
        ({"size": (0, 5)}, "at least one pixel, got 0 x 5"),
        ({"size": (99999, 99999)}, "at most 50 million pixels"),
        ({"yaw": float("nan")}, "expected numbers"),
        ({"views_each": 0}, "at least 1, got 0"),
        ({"top": 2.0}, "share from 0 to 1"),
        ({"seed": -1}, "0 or more, got -1"),
        ({"focal": 0.0}, "above 0"),
        ({"detail": "low"}, "full or light"),
    ],
)
def test_options_that_nobody_knows_are_refused_in_words(options: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        ViewMaker(**options)  # type: ignore[arg-type]


def test_views_are_counted_from_zero() -> None:
    with pytest.raises(UsageError, match="0 or more, got -1"):
        maker().view(-1)
