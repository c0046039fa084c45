"""Fingers with joints: they bend the right way round, both hands alike, within limits, and change nothing if not asked for."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest

from kinesics.bodies import (
    DOFS,
    FINGER_ANGLES,
    FINGER_LIMITS,
    HANDSHAPES,
    JOINTS,
    Traits,
    limited_fingers,
    make_actor,
    mirrored_fingers,
    mirrored_hands,
    random_fingers,
)
from kinesics.bodies.fine_segments import FINE_SEGMENTS
from kinesics.bodies.human import load_human
from kinesics.bodies.mirroring import mirrored_pose
from kinesics.bodies.segments import SEGMENTS
from kinesics.errors import UsageError

STILL = np.zeros(len(DOFS))
STRAIGHT = np.zeros((2, 20))
LEFT, RIGHT = 91, 112


@pytest.fixture(scope="module")
def actor():
    return make_actor(np.random.default_rng(1), dressed=False)


def both(**values):
    hand = np.array([values.get(name, 0.0) for name in FINGER_ANGLES])
    return np.stack([hand, hand])


def shape(name):
    return np.array([HANDSHAPES[name]] * 2)


def opposite_of(actor):
    mesh = load_human("full").meshes["body"]
    opposite = np.arange(len(actor.rest))
    opposite[mesh.mirrored] = len(mesh.rows) + np.arange(len(mesh.mirrored))
    opposite[len(mesh.rows) :] = mesh.mirrored
    return opposite


def palm(points):
    """Out of the palm, towards the fingers, towards the thumb's side: axes of the left hand from its landmarks."""
    wrist, index, middle, little = (points[LEFT + k].astype(float) for k in (0, 5, 9, 17))
    along = (middle - wrist) / np.linalg.norm(middle - wrist)
    side = index - little
    side -= (side @ along) * along
    side /= np.linalg.norm(side)
    return np.cross(along, side), along, side


def test_no_angles_are_the_hand_at_rest(actor):
    there, here = actor.posed(STILL), actor.posed(STILL, fingers=STRAIGHT)
    np.testing.assert_allclose(here.vertices, there.vertices, atol=2e-6)
    np.testing.assert_allclose(here.landmarks, there.landmarks, atol=2e-6)
    np.testing.assert_array_equal(here.joints[JOINTS.index("left_wrist")], there.joints[JOINTS.index("left_wrist")])


def test_fingers_move_nothing_but_hands(actor):
    there, here = actor.posed(STILL), actor.posed(STILL, fingers=shape("S"))
    hands = [i for i, name in enumerate(SEGMENTS) if name.endswith(("hand", "fingers", "tips", "thumb"))]
    share = (actor.weights * np.isin(actor.segments, hands)).sum(axis=1)
    np.testing.assert_allclose(here.vertices[share == 0], there.vertices[share == 0], atol=2e-6)
    assert np.linalg.norm(here.vertices - there.vertices, axis=1).max() > 0.05


def test_weights_of_the_fine_skin_are_shares(actor):
    np.testing.assert_allclose(actor.fine.weights.sum(axis=1), 1, atol=1e-6)
    assert (np.diff(actor.fine.weights, axis=1) <= 1e-6).all() and actor.fine.segments.max() < len(FINE_SEGMENTS)


@pytest.mark.parametrize("k", range(1, 5), ids=["index", "middle", "ring", "little"])
def test_each_joint_bends_its_finger_towards_the_palm(actor, k):
    finger = FINGER_ANGLES[4 * k].removesuffix("_spread")
    tip, rest = LEFT + 4 * k + 4, actor.posed(STILL, fingers=STRAIGHT).landmarks
    out, _, _ = palm(rest)
    for joint in ("base", "middle", "tip"):
        bent = actor.posed(STILL, fingers=both(**{f"{finger}_{joint}": 40.0})).landmarks
        assert (bent[tip] - rest[tip]) @ out > 0.006
        others = [i for i in range(LEFT, LEFT + 21) if not LEFT + 4 * k < i <= LEFT + 4 * k + 4]
        np.testing.assert_allclose(bent[others], rest[others], atol=1e-6)


def test_spread_fingers_and_thumb_go_apart(actor):
    rest = actor.posed(STILL, fingers=STRAIGHT).landmarks
    _, _, side = palm(rest)
    for finger, point, way in (("index", 8, 1), ("middle", 12, 1), ("ring", 16, -1), ("little", 20, -1), ("thumb", 4, 1)):
        wide = actor.posed(STILL, fingers=both(**{f"{finger}_spread": 12.0})).landmarks
        assert way * ((wide[LEFT + point] - rest[LEFT + point]) @ side) > 0.006


def test_thumb_comes_in_front_of_the_palm_and_bends_across_it(actor):
    rest = actor.posed(STILL, fingers=STRAIGHT).landmarks
    out, _, side = palm(rest)
    tip = LEFT + 4
    opposed = actor.posed(STILL, fingers=both(thumb_base=45.0)).landmarks[tip] - rest[tip]
    assert opposed @ out > 0.01 and opposed @ side < -0.02
    bent = actor.posed(STILL, fingers=both(thumb_middle=40.0, thumb_tip=40.0)).landmarks[tip] - rest[tip]
    assert bent @ side < -0.02


def test_handshapes_look_like_their_names(actor):
    at = {name: actor.posed(STILL, fingers=shape(name)).landmarks.astype(float) for name in HANDSHAPES}

    def apart(name, a, b):
        return np.linalg.norm(at[name][LEFT + a] - at[name][LEFT + b])

    tall = {name: [apart(name, 4 * k + 4, 0) / apart(name, 4 * k + 1, 0) for k in range(1, 5)] for name in at}
    assert min(tall["flat"]) > 1.5 and max(tall["S"]) < 1.25
    assert tall["point"][0] > 1.6 and max(tall["point"][1:]) < 1.25
    assert min(tall["V"][:2]) > 1.6 and max(tall["V"][2:]) < 1.25
    assert apart("F", 4, 8) < 0.025 and apart("O", 4, 8) < 0.035 and apart("C", 4, 8) > 0.035
    assert apart("V", 8, 12) > 1.5 * apart("U", 8, 12)
    assert apart("L", 4, 8) > apart("flat", 4, 8) and apart("Y", 4, 20) > 0.12 > apart("S", 4, 20)
    for one, other in itertools.combinations(at, 2):
        assert np.abs(at[one] - at[other])[LEFT:].max() > 0.004, (one, other)


def test_mirrored_pose_gives_mirrored_skin(actor):
    rng = np.random.default_rng(3)
    opposite = opposite_of(actor)
    for fingers in random_fingers(rng, 4):
        pose = rng.uniform(-25, 25, len(DOFS))
        hands = np.array([30.0, -40.0, 0.0, 0.0])
        there = actor.posed(pose, hands, fingers=fingers).vertices
        back = actor.posed(mirrored_pose(pose), mirrored_hands(hands), fingers=mirrored_fingers(fingers)).vertices
        np.testing.assert_allclose(back[opposite] * [-1, 1, 1], there, atol=2e-5)


def test_bones_of_fingers_keep_their_lengths(actor):
    pairs = np.array([(LEFT + 4 * f + j, LEFT + 4 * f + j + 1) for f in range(5) for j in (1, 2, 3)])

    def lengths(fingers):
        at = actor.posed(STILL, fingers=fingers).landmarks.astype(float)
        return np.linalg.norm(at[pairs[:, 0]] - at[pairs[:, 1]], axis=1)

    straight = lengths(STRAIGHT)
    for fingers in random_fingers(np.random.default_rng(5), 5):
        np.testing.assert_allclose(lengths(fingers), straight, atol=1e-5)


def test_random_hands_are_many_and_within_limits():
    one, other = (random_fingers(np.random.default_rng(7), 400) for _ in range(2))
    np.testing.assert_array_equal(one, other)
    assert one.shape == (400, 2, 20)
    assert (one >= FINGER_LIMITS[:, 0]).all() and (one <= FINGER_LIMITS[:, 1]).all()
    assert len(np.unique(one.reshape(400, -1).round(1), axis=0)) == 400
    assert (one.std(axis=(0, 1)) > 1.5).all()
    for name, values in HANDSHAPES.items():
        np.testing.assert_array_equal(limited_fingers(np.array(values)), values, err_msg=name)


def test_every_build_bends_without_tearing():
    """No edge of a hand's skin grows long, whoever it is and whatever is shown."""
    mesh = load_human("full").meshes["body"]
    hands = [i for i, name in enumerate(SEGMENTS) if name.endswith(("fingers", "tips", "thumb"))]
    own = (mesh.weights * np.isin(mesh.segments, hands)).sum(axis=1) > 0.5
    faces = mesh.faces[own[mesh.faces].all(axis=1)]
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]]])
    rng = np.random.default_rng(11)
    for traits, height in ((Traits(age=8), 1.25), (Traits(weight=1.4, sex=0.9), 1.7), (Traits(weight=0.1), 1.8)):
        actor = make_actor(rng, dressed=False, traits=traits, height=height)
        for fingers in random_fingers(rng, 3):
            at = actor.posed(STILL, fingers=fingers).vertices
            far = [np.linalg.norm(v[edges[:, 0]] - v[edges[:, 1]], axis=1) for v in (at, actor.rest)]
            assert (far[0] < 2.8 * far[1] + 0.003).all()


@pytest.mark.parametrize("wrong", (np.zeros(20), np.zeros((2, 5)), np.full((2, 20), np.nan)))
def test_other_shapes_of_fingers_are_refused(actor, wrong):
    with pytest.raises(UsageError, match="FINGER_ANGLES"):
        actor.posed(STILL, fingers=wrong)


def test_light_actors_say_that_they_have_no_fingers():
    with pytest.raises(UsageError, match="light"):
        make_actor(np.random.default_rng(0), detail="light").posed(STILL, fingers=STRAIGHT)


def test_posing_all_of_it_takes_under_a_millisecond():
    actor = make_actor(np.random.default_rng(2), detail="fine")
    fingers, face = shape("F"), np.full(6, 0.4)
    took = []
    for _ in range(20):
        start = time.process_time()
        actor.posed(STILL, fingers=fingers, face=face)
        took.append(time.process_time() - start)
    assert min(took) < 0.001
