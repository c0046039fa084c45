"""Depth pictures to Scenes: everybody found, ids that stay, bones that keep, nothing made up."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import kinesics as ks
from kinesics.bodies.named import named_motion
from kinesics.depth.bones import BONES
from kinesics.depth.people import DepthPeople
from kinesics.errors import ShapeError, SourceError, UsageError
from kinesics.pipeline.depth_watching import DepthChain, watch_depth
from kinesics.testing.depth_room import Box, KnownJoints, Room, chair, frames, walk
from kinesics.types import Array, Camera, Frame, Scene

FPS = 15.0


def small(**options: Any) -> Room:
    """A room seen by a camera of 160 x 120."""
    return Room(camera=Room().camera.resized(160, 120), **options)


BARE = small(floor=False, wall=None)


def somebody(seed: int, start: tuple[float, float], stop: tuple[float, float], does: str = "walk", facing: float = 0) -> Array:
    """Joints at 15 pictures a second."""
    return walk(named_motion(does, seed=seed), start, stop, facing)[::2]


CROSSING = [somebody(1, (-0.9, 2.2), (0.9, 2.2)), somebody(2, (0.9, 3.2), (-0.9, 3.2))]


def watched(room: Room, people: list[Array], most: int | None = None, **options: object) -> tuple[list[Scene], list[Array]]:
    """Scenes, and the true joints (n, 23, 3) of each."""
    known = KnownJoints(noise=0.01)
    options["people"] = most
    scenes, truths = [], []
    for scene in watch_depth(known.feed(frames(room, people, fps=FPS)), model=known, camera=room.camera, **options):  # type: ignore[arg-type]
        scenes.append(scene)
        truths.append(known.joints)
    return scenes, truths


def who(scene: Scene, truth: Array) -> dict[int, int]:
    """Id -> whose joints are nearest."""
    told = {}
    for identity, world in zip(scene.people.ids.tolist(), np.asarray(scene.people.world), strict=True):
        away = [np.nanmean(np.linalg.norm(world - joints[:20], axis=1)) for joints in truth]
        if min(away) < 0.3:
            told[identity] = int(np.argmin(away))
    return told


def steady(scenes: list[Scene], truths: list[Array]) -> set[tuple[int, int]]:
    return {pair for scene, truth in zip(scenes, truths, strict=True) for pair in who(scene, truth).items()}


@pytest.mark.parametrize("room", [small(boxes=chair(1.5, 4.0)), BARE], ids=["furnished", "segmented"])
def test_who_passes_behind_somebody_keeps_the_id(room: Room) -> None:
    scenes, truths = watched(room, CROSSING)
    assert len(scenes) == min(len(person) for person in CROSSING)
    assert steady(scenes, truths) == {(1, who(scenes[0], truths[0])[1]), (2, who(scenes[0], truths[0])[2])}
    assert np.mean([len(scene.people) == 2 for scene in scenes]) > 0.9


def test_joints_are_where_they_are_and_everything_fits_together() -> None:
    scenes, truths = watched(small(), [person[:25] for person in CROSSING])
    away = []
    for scene, truth in zip(scenes, truths, strict=True):
        people = scene.people
        assert people.skeleton.name == "kinect20"
        assert people.points.shape == (len(people), 20, 3)
        seen = people.point_scores > 0
        pixels = small().camera.project(np.asarray(people.world))
        assert people.points[seen][:, :2] == pytest.approx(pixels[seen], abs=1e-3)
        assert people.points[seen][:, 2] == pytest.approx(np.asarray(people.world)[seen][:, 2], abs=1e-5)
        for identity, person in who(scene, truth).items():
            world = np.asarray(people.world)[people.ids.tolist().index(identity)]
            away.append(np.nanmean(np.linalg.norm(world - truth[person][:20], axis=1)))
    assert np.mean(away) < 0.03
    assert scenes[-1].chosen["pitch"] == pytest.approx(5, abs=1)
    assert scenes[-1].chosen["floor"][3] == pytest.approx(1.1, abs=0.03)
    assert scenes[-1].chosen["camera"] == [small().camera.fx, small().camera.fy, small().camera.cx, small().camera.cy]


def test_people_who_meet_and_touch_stay_two() -> None:
    people = [somebody(1, (-0.7, 2.5), (-0.22, 2.5)), somebody(2, (0.7, 2.5), (0.22, 2.55))]
    scenes, truths = watched(BARE, people)
    assert len(steady(scenes, truths)) == 2
    assert np.mean([len(scene.people) == 2 for scene in scenes]) > 0.95


def test_who_leaves_for_a_moment_returns_under_the_same_id() -> None:
    out = np.concatenate([somebody(1, (0.3, 2.5), (1.9, 2.5)), somebody(1, (1.9, 2.5), (0.3, 2.5))[::3]])
    scenes, truths = watched(small(), [out, somebody(3, (-0.6, 2.4), (-0.6, 2.4), "stand")[np.zeros(len(out), int)]])
    counts = [len(scene.people) for scene in scenes]
    assert counts[0] == counts[-1] == 2
    assert 1 in counts
    assert len(steady(scenes, truths)) == 2


def test_a_chair_alone_is_nobody() -> None:
    class Guessing(KnownJoints):
        """Finds joints in anything, as forests do."""

        def __call__(self, depth: Array, camera: Camera, *, previous: object = None) -> object:
            found = super().__call__(depth, camera)
            middle = camera.unproject(np.argwhere(depth)[:, ::-1], depth[depth > 0] / 1000).mean(axis=0)
            return type(found)(np.tile(middle, (23, 1)).astype(np.float32), np.full(23, 0.45, np.float32))

    room = small(boxes=chair(0.2, 2.8))
    rng, camera = np.random.default_rng(0), room.camera
    clip = [Frame(depth=room.shot([], rng)[0], index=t, time=t / FPS) for t in range(40)]
    scenes = list(watch_depth(clip, model=Guessing(), camera=camera))
    assert sum(len(scene.people) for scene in scenes) == 0


def test_nobody_is_an_empty_scene_and_nothing_no_scene() -> None:
    known, camera = KnownJoints(), small().camera
    rng = np.random.default_rng(0)
    clip = [Frame(depth=small().shot([], rng)[0], index=t, time=t / FPS) for t in range(8)]
    scenes = list(watch_depth(clip, model=known, camera=camera))
    assert [len(scene.people) for scene in scenes] == [0] * 8
    assert scenes[0].people.world is not None
    assert list(watch_depth([], model=known, camera=camera)) == []


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf, -np.inf, -3.0])
@pytest.mark.parametrize("size", [(1, 1), (7, 5), (160, 120)])
def test_pictures_without_a_measured_point_are_fine(value: float, size: tuple[int, int]) -> None:
    width, height = size
    clip = [Frame(depth=np.full((height, width), value, np.float32), index=t, time=t / FPS) for t in range(3)]
    scenes = list(watch_depth(clip, model=KnownJoints(), camera=Camera.of_view(width, height, 45)))
    assert [len(scene.people) for scene in scenes] == [0, 0, 0]


def test_holes_and_wild_values_in_a_picture_hide_nobody() -> None:
    rng = np.random.default_rng(0)

    def damaged(clip: Iterator[Frame]) -> Iterator[Frame]:
        for frame in clip:
            depth = np.array(frame.depth)
            for value in (0.0, np.nan, np.inf, -1.0, 1e9):
                depth[rng.random(depth.shape) < 0.01] = value
            yield Frame(depth=depth, index=frame.index, time=frame.time)

    known = KnownJoints()
    clip = damaged(known.feed(frames(small(), [CROSSING[0][:30]], fps=FPS)))
    scenes = list(watch_depth(clip, model=known, camera=small().camera))
    assert np.mean([len(scene.people) == 1 for scene in scenes]) > 0.9


def test_who_is_cut_by_the_edge_is_followed() -> None:
    scenes, truths = watched(small(), [somebody(1, (-1.0, 2.2), (-1.0, 2.2), "wave")])
    assert np.mean([len(scene.people) for scene in scenes]) > 0.9
    assert scenes[5].people.boxes[0, 0] == 0
    assert len(steady(scenes, truths)) == 1


def test_twice_the_same_answer_and_a_reset_is_a_new_beginning() -> None:
    clip = list(frames(small(), [person[20:50] for person in CROSSING], fps=FPS))

    def through(chain: DepthChain, known: KnownJoints) -> list[ks.People]:
        return [chain.look(frame, small().camera).people for frame in known.feed(clip)]

    first, second = KnownJoints(), KnownJoints()
    chain = DepthChain(first)
    one, other = through(chain, first), through(DepthChain(second), second)
    assert one == other
    chain.reset()
    assert through(chain, first) == one


def test_a_new_epoch_starts_anew() -> None:
    known = KnownJoints()
    clip = list(frames(small(), [CROSSING[0][:6]], fps=FPS))
    again = [
        (Frame(depth=frame.depth, index=frame.index + 6, time=frame.time + 0.4, epoch=1), joints, owner)
        for frame, joints, owner in clip
    ]
    scenes = list(watch_depth(known.feed([*clip, *again]), model=known, camera=small().camera))
    assert [scene.people.ids.tolist() for scene in scenes] == [[1]] * 12
    assert [scene.epoch for scene in scenes] == [0] * 6 + [1] * 6


@pytest.mark.parametrize("name", ["kinect20", "glimpse14", "itop15", "coco17"])
def test_every_skeleton_is_made_of_the_same_joints(name: str) -> None:
    scenes, _ = watched(BARE, [CROSSING[0][:5]], skeleton=name)
    people = scenes[-1].people
    assert people.skeleton == ks.skeleton(name)
    assert np.isfinite(np.asarray(people.world)).all()
    kinect, _ = watched(BARE, [CROSSING[0][:5]])
    left = [scene.people.skeleton.joints.index("left_knee") for scene in (scenes[-1], kinect[-1])]
    assert np.asarray(people.world)[0, left[0]] == pytest.approx(np.asarray(kinect[-1].people.world)[0, left[1]], abs=1e-6)


def test_bones_keep_their_lengths_to_a_centimetre_once_learned() -> None:
    scenes, _ = watched(BARE, [somebody(1, (-0.3, 2.5), (0.3, 2.5))])
    kinect = BONES[(BONES < 20).all(axis=1)]
    worlds = np.array([np.asarray(scene.people.world)[0] for scene in scenes[45:]])
    lengths = np.linalg.norm(worlds[:, kinect[:, 1]] - worlds[:, kinect[:, 0]], axis=2)
    assert np.ptp(lengths, axis=0).max() < 0.01


def test_prediction_leads_by_its_seconds_and_not_further() -> None:
    person = [somebody(1, (-0.9, 2.5), (0.9, 2.5))]
    now, truths = watched(BARE, person)
    ahead, _ = watched(BARE, person, predict=0.1)
    later = np.array([truth[0, 3] for truth in truths])  # hip_center
    lead = [np.asarray(b.people.world)[0, 3, 0] - np.asarray(a.people.world)[0, 3, 0] for a, b in zip(now, ahead, strict=True)]
    moved = np.median(np.diff(later[:, 0])) * 0.1 * FPS
    assert 0.3 * moved < np.median(lead[10:]) < 1.1 * moved
    with pytest.raises(UsageError, match="predict"):
        watch_depth([], model=KnownJoints(), camera=BARE.camera, predict=0.15)


def test_masks_are_the_people() -> None:
    known = KnownJoints()
    clip = list(frames(small(), [person[:4] for person in CROSSING], fps=FPS))
    scenes = list(watch_depth(known.feed(clip), model=known, camera=small().camera, masks=True))
    people, owner = scenes[-1].people, clip[-1][2]
    assert people.masks is not None
    for mask in people.masks:
        best = max((mask & (owner == k)).sum() / (mask | (owner == k)).sum() for k in (0, 1))
        assert best > 0.9
    assert scenes[-1].people[:1].masks is not None


def test_at_most_so_many_people_are_told() -> None:
    scenes, _ = watched(BARE, [person[:10] for person in CROSSING], most=1)
    assert [len(scene.people) for scene in scenes] == [1] * 10


def test_without_filters_joints_come_as_they_are_found() -> None:
    scenes, truths = watched(BARE, [CROSSING[0][:10]], smooth=False)
    away = [
        np.linalg.norm(np.asarray(s.people.world)[0] - t[0][:20], axis=1).max() for s, t in zip(scenes, truths, strict=True)
    ]
    assert max(away) < 0.06, "noise of a centimetre, no lag"


def test_a_still_person_is_not_absorbed_by_the_room() -> None:
    known, room = KnownJoints(), small()
    rng = np.random.default_rng(0)
    joints = CROSSING[0][0]
    shots = [room.shot([joints], rng) for _ in range(3)]
    clip = [
        (Frame(depth=depth, index=t, time=t / 4), room.seen(joints)[None], owner)
        for t, (depth, owner) in enumerate(itertools.islice(itertools.cycle(shots), 600))
    ]
    scenes = list(watch_depth(known.feed(clip), model=known, camera=room.camera))  # two and a half minutes
    assert all(scene.people.ids.tolist() == [1] for scene in scenes)


def test_options_that_make_no_sense_are_told_before_anything_is_opened() -> None:
    known = KnownJoints()
    for options, words in (
        ({"background": "green"}, "background"),
        ({"people": 0}, "people"),
        ({"skeleton": "hand21"}, "depth picture gives no"),
        ({"skeleton": "nosuch"}, "no skeleton"),
        ({"predict": -0.1}, "predict"),
    ):
        with pytest.raises(UsageError, match=words):
            watch_depth("missing/", model=known, **options)  # type: ignore[arg-type]
    with pytest.raises(SourceError, match="no such file"):
        watch_depth("missing/", model=known)
    with pytest.raises(UsageError, match="camera"):
        watch_depth([Frame(depth=np.ones((4, 4)))], model=known)


def test_a_picture_of_another_size_than_the_camera_is_told() -> None:
    stage = DepthPeople(KnownJoints(), Camera.of_view(8, 6, 45), lambda places, scores, time: np.full(len(places), -1))
    with pytest.raises(ShapeError, match="8 x 6"):
        stage.look(np.ones((5, 5)), 0.0)
    with pytest.raises(UsageError, match="colours only"):
        DepthChain(KnownJoints()).look(Frame(np.zeros((6, 8, 3), np.uint8)), Camera.of_view(8, 6, 45))


def test_millimetres_are_no_metres() -> None:
    clip = [Frame(depth=np.full((6, 8), 2300.0))]
    with pytest.raises(ShapeError, match="expected metres"):
        list(watch_depth(clip, model=KnownJoints(), camera=Camera.of_view(8, 6, 45)))


def test_a_source_is_closed_whether_it_is_read_to_its_end_or_not() -> None:
    class Watched(list[Frame]):
        closed = 0
        camera = Camera.of_view(8, 6, 45)

        def close(self) -> None:
            self.closed += 1

    source = Watched([Frame(depth=np.ones((6, 8)), index=t, time=t / FPS) for t in range(3)])
    list(watch_depth(source, model=KnownJoints()))
    scenes = watch_depth(source, model=KnownJoints())
    next(scenes)
    scenes.close()
    assert source.closed == 2


def test_a_person_before_a_table_and_behind_a_rod_in_a_room_is_one() -> None:
    rod, table = Box((-0.04, -2.2, 1.4), (0.04, 0, 1.45)), Box((0.6, -0.75, 3.2), (1.6, -0.7, 3.9))
    scenes, truths = watched(small(boxes=(rod, table)), [somebody(1, (-0.7, 2.5), (0.7, 2.5))])
    assert len(steady(scenes, truths)) == 1
    assert np.mean([len(scene.people) == 1 for scene in scenes]) > 0.95


def test_who_leans_on_a_wall_from_the_start_is_found() -> None:
    room = small(wall=2.62)
    scenes, truths = watched(room, [somebody(1, (0.1, 2.5), (0.1, 2.5), "wave")])
    assert np.mean([len(scene.people) == 1 for scene in scenes]) > 0.95
    assert len(steady(scenes, truths)) == 1
