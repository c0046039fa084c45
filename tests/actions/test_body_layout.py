"""What a model learns about bodies from its clips."""

from __future__ import annotations

import json

import numpy as np
import pytest
from made_clips import BODIES, wandering

from kinesics.actions.layout import FASTEST, PAIRS, SLOWEST, Layout, learn_layout
from kinesics.actions.measures import widths
from kinesics.types import PoseSequence, Skeleton, skeleton


def standing(degrees: float, seed: int = 0) -> PoseSequence:
    """Somebody in 3D who faces the camera, turned about gravity."""
    rng = np.random.default_rng(seed)
    body = BODIES["kinect20"]
    points = rng.normal(0, 0.05, (30, 1, 20, 3)) + rng.normal(0, 0.1, (20, 3))
    for name, x in (("left_shoulder", 0.2), ("right_shoulder", -0.2), ("left_hip", 0.1), ("right_hip", -0.1)):
        points[:, 0, body.joints.index(name)] = [x, 0.0, 0.0]
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    points = points @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]).T + [0.0, 0.0, 3.0]
    return PoseSequence(points, np.ones((30, 1, 20)), np.arange(30) / 30, body)


@pytest.mark.parametrize(("spread", "turns"), [(0.0, False), (10.0, False), (40.0, True), (180.0, True)])
def test_facing_is_taken_out_where_people_face_unlike_one_another(spread: float, turns: bool) -> None:
    clips = [standing(float(a)) for a in np.linspace(-spread, spread, 9)]
    assert learn_layout(clips).turn is turns
    assert not learn_layout(clips, flat=True).turn
    turned = [standing(float(a) + 120) for a in np.linspace(-spread, spread, 9)]
    assert learn_layout(turned).turn is turns


@pytest.mark.parametrize(("seconds", "rate"), [(0.2, FASTEST), (2.0, 18.0), (600.0, SLOWEST)])
def test_an_action_of_typical_length_gets_as_many_moments_whatever_its_length(seconds: float, rate: float) -> None:
    times = np.linspace(0, seconds, 20) + 5
    clip = PoseSequence(np.zeros((20, 1, 17, 2)), np.ones((20, 1, 17)), times, skeleton("coco17"))
    layout = learn_layout([clip] * 3)
    assert layout.rate == pytest.approx(rate) and layout.seconds == pytest.approx((seconds,) * 3)
    assert 0.1 <= layout.lag / layout.rate <= 0.25


@pytest.mark.parametrize("body", ["coco17", "kinect20", "blazepose33", "hand21", "itop15"])
def test_every_built_in_body_has_a_place_and_a_size(body: str) -> None:
    own = skeleton(body)
    layout = learn_layout([PoseSequence(np.ones((9, 1, len(own), 2)), np.ones((9, 1, len(own))), np.arange(9) / 9, own)])
    assert layout.roots and set(layout.roots).isdisjoint(layout.necks)
    assert len(layout.pairs) <= PAIRS and len(set(layout.pairs)) == len(layout.pairs)
    assert all(i != j for i, j in layout.pairs) and sorted(layout.mirror) == list(range(len(own)))
    names = {own.joints[i] for i in layout.roots}
    assert body == "hand21" or all("hip" in name for name in names)


def test_a_body_without_bones_gets_those_of_joints_that_keep_near() -> None:
    names = tuple("abcde")
    rng = np.random.default_rng(0)
    line = np.arange(5.0)[None, :, None] * [1.0, 0.0] + np.cumsum(rng.normal(0, 0.01, (20, 5, 2)), 0)
    clip = PoseSequence(line[:, None], np.ones((20, 1, 5)), np.arange(20) / 10, Skeleton("beads", names, ()))
    bones = {tuple(sorted(bone)) for bone in learn_layout([clip]).bones}
    assert bones == {(0, 1), (1, 2), (2, 3), (3, 4)}


def test_people_and_dimensions_are_those_of_the_clips() -> None:
    layout = learn_layout([wandering("kinect20", 3, 1), wandering("kinect20", 3, 2)])
    assert (layout.people, layout.dims) == (2, 3)
    assert sum(map(sum, widths(layout))) == sum(map(sum, widths(Layout.from_json(layout.to_json()))))
    assert learn_layout([wandering("kinect20", 3)], flat=True).dims == 2


@pytest.mark.parametrize("body", ["coco17", "kinect20", "unnamed"])
def test_it_comes_back_from_json(body: str) -> None:
    layout = learn_layout([wandering(body, 2)])
    assert Layout.from_json(json.loads(json.dumps(layout.to_json()))) == layout
    assert layout.skeleton().joints == layout.joints
