from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.errors import UsageError
from kinesics.pose import limb_lengths, retarget
from kinesics.pose.retargeting import HAND, HEAD, SIZES
from kinesics.types import PoseSequence, skeleton

WHOLE = skeleton("wholebody133")


def moving(seed: int, t: int = 12, n: int = 1, lost: float = 0.0) -> PoseSequence:
    rng = np.random.default_rng(seed)
    rest = rng.uniform(100, 400, (1, n, 133, 2))
    points = rest + rng.normal(0, 20, (t, n, 1, 2)) + rng.normal(0, 8, (t, n, 133, 2))
    scores = np.where(rng.random((t, n, 133)) < lost, 0, rng.uniform(0.3, 1, (t, n, 133)))
    return PoseSequence(points, scores, np.arange(t) / 25, WHOLE, np.arange(n) + 3, (640, 480))


@given(st.integers(0, 999), st.floats(0.5, 3), st.floats(0, 6.3), st.floats(-200, 200))
@settings(max_examples=20, deadline=None)
def test_lengths_do_not_mind_where_a_person_stands_and_grow_with_it(seed: int, size: float, turn: float, shift: float) -> None:
    clip = moving(seed, lost=0.2)
    spin = size * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    other = PoseSequence(clip.points @ spin.T + shift, clip.scores, clip.times, WHOLE, clip.ids)
    before, after = limb_lengths(clip), limb_lengths(other)
    assert before.keys() == after.keys()
    assert [after[name] / before[name] for name in before] == pytest.approx([size] * len(before), rel=1e-3)


@given(st.integers(0, 999), st.floats(0, 0.5))
@settings(max_examples=20, deadline=None)
def test_ones_own_lengths_change_nothing(seed: int, lost: float) -> None:
    clip = moving(seed, lost=lost)
    same = retarget(clip, {name: 2.5 * length for name, length in limb_lengths(clip).items()})
    assert np.allclose(same.points, clip.points, atol=1e-2, equal_nan=True) and np.array_equal(same.scores, clip.scores)


@given(st.integers(0, 999))
@settings(max_examples=20, deadline=None)
def test_bones_get_the_proportions_of_the_target(seed: int) -> None:
    clip = moving(seed)
    rng, own = np.random.default_rng(seed + 1), limb_lengths(clip)
    factors = {name: rng.uniform(0.8, 1.25) for name in own}
    for group in (HEAD, HAND):
        factors.update(dict.fromkeys(group, factors[group[0]]))
    target = {name: own[name] * factors[name] for name in own}
    new = limb_lengths(retarget(clip, target, contacts=False))
    size = np.median([factors[name] for name in SIZES])
    assert [new[name] * size for name in own] == pytest.approx([target[name] for name in own], rel=1e-3)


@given(st.integers(0, 999), st.floats(0.0, 0.6))
@settings(max_examples=20, deadline=None)
def test_what_is_missing_stays_missing_and_people_do_not_mix(seed: int, lost: float) -> None:
    clip = moving(seed, n=2, lost=lost)
    target = {name: 30.0 for name in limb_lengths(moving(seed + 1))}
    both = retarget(clip, target)
    assert np.array_equal(np.isnan(both.points), np.isnan(clip.points))
    for identity in clip.ids:
        assert retarget(clip.person(identity), target) == both.person(identity)


def test_foreshortening_is_kept() -> None:
    clip = moving(4)
    points = clip.points.copy()
    share = np.linspace(0.2, 1, len(clip))[:, None]
    points[:, 0, 7] = points[:, 0, 5] + share * [80, 0]  # a left upper arm that points at the camera and turns away
    points[:, 0, 8] = points[:, 0, 6] + share * [-80, 0]
    clip = PoseSequence(points, np.ones(clip.scores.shape), clip.times, WHOLE)
    new = retarget(clip, {**limb_lengths(clip), "upper_arm": 1.3 * limb_lengths(clip)["upper_arm"]}, contacts=False)
    arm = np.linalg.norm(new.points[:, 0, 7] - new.points[:, 0, 5], axis=1)
    assert arm / (80 * share[:, 0]) == pytest.approx(1.3, rel=1e-4)
    hand = new.points[:, 0, 91:112] - new.points[:, 0, 91:92]
    assert hand == pytest.approx(clip.points[:, 0, 91:112] - clip.points[:, 0, 91:92], abs=1e-2)


def test_a_target_from_the_waist_up_leaves_the_legs_as_they_are() -> None:
    clip = moving(5)
    target = {
        name: 2 * length
        for name, length in limb_lengths(clip).items()
        if name not in ("thigh", "shin", "foot", "hips", "torso")
    }
    assert np.allclose(retarget(clip, target).points, clip.points, atol=1e-2)
    assert retarget(clip, {}).points == pytest.approx(clip.points)


def test_other_skeletons_and_crowds_are_refused() -> None:
    coco = PoseSequence(np.zeros((2, 1, 17, 2)), np.ones((2, 1, 17)), [0, 1], skeleton("coco17"))
    for call in (limb_lengths, lambda clip: retarget(clip, {})):
        with pytest.raises(UsageError, match="wholebody133"):
            call(coco)
    with pytest.raises(UsageError, match="one person"):
        limb_lengths(moving(1, n=2))
    assert limb_lengths(moving(1, lost=1.0)) == {} and len(retarget(moving(1, t=0), {"torso": 1.0})) == 0


def signing(reach: float) -> PoseSequence:
    """A body at rest whose right hand is at its chin for the first half and `reach` away for the second."""
    points = np.zeros((20, 133, 2))
    points[:, 5:7], points[:, 7:9], points[:, 9:11] = [(60, 0), (-60, 0)], [(80, 90), (-80, 90)], [(90, 170), (-90, 170)]
    points[:, :5], points[:, 11:13] = [(0, -60), (12, -70), (-12, -70), (25, -65), (-25, -65)], [(40, 180), (-40, 180)]
    face = np.random.default_rng(0).normal(0, 12, (68, 2)) + (0, -60)
    face[[8, 21, 22, 0, 16]] = (0, -25), (-8, -75), (8, -75), (-25, -65), (25, -65)
    points[:, 23:91] = face
    hand = np.random.default_rng(1).normal(0, 10, (21, 2))
    hand[[0, 5, 9, 17]] = (0, 30), (-12, 0), (0, 0), (12, 3)
    points[:, 91:112] = hand + points[:, 9:10] + [0, 20]
    points[:, 112:133] = hand + [0, -15]
    points[10:, 112:133] += [-reach, 60]
    points[:, 10] = points[:, 112]
    return PoseSequence(points[:, None], np.ones((20, 1, 133)), np.arange(20) / 25, WHOLE)


def test_a_hand_at_the_chin_stays_there_whatever_the_arms() -> None:
    clip = signing(150)
    own = limb_lengths(clip)
    target = {**own, "upper_arm": 1.3 * own["upper_arm"], "forearm": 1.3 * own["forearm"]}
    kept, free = retarget(clip, target), retarget(clip, target, contacts=False)
    there = clip.points[0, 0, 121] - clip.points[0, 0, 23 + 8]
    assert kept.points[0, 0, 121] - kept.points[0, 0, 23 + 8] == pytest.approx(there, abs=2)
    assert np.linalg.norm(free.points[0, 0, 121] - free.points[0, 0, 23 + 8] - there) > 15
    assert kept.points[15, 0, 112:] == pytest.approx(free.points[15, 0, 112:], abs=0.1)  # far from the face
    hand = kept.points[:, 0, 112:] - kept.points[:, 0, 112:113]
    assert hand == pytest.approx(clip.points[:, 0, 112:] - clip.points[:, 0, 112:113], abs=0.05)
    assert retarget(clip, own) == retarget(clip, own, contacts=False)


def test_hands_that_touch_go_on_touching() -> None:
    clip = signing(150)
    points = clip.points.copy()
    points[:, 0, 91:112] += points[:, 0, 112:113] - points[:, 0, 91:92] + [25, 100]
    points[:, 0, 112:] += [0, 100]
    points[:, 0, [9, 10]] = points[:, 0, [91, 112]]
    clip = PoseSequence(points, clip.scores, clip.times, WHOLE)
    own = limb_lengths(clip)
    kept = retarget(clip, {**own, "upper_arm": 1.4 * own["upper_arm"], "shoulders": 1.2 * own["shoulders"]})
    apart = kept.points[:, 0, 100] - kept.points[:, 0, 121]
    assert apart == pytest.approx(clip.points[:, 0, 100] - clip.points[:, 0, 121], abs=0.5)


def test_feet_stay_on_the_ground_whatever_the_legs() -> None:
    clip = signing(150)
    points = clip.points.copy()
    points[:, 0, 13:15], points[:, 0, 15:17] = [(45, 280), (-45, 280)], [(45, 380), (-45, 380)]
    points[5:10, 0, [13, 14]] += [(30, 0), (-30, 0)]  # bends the knees
    points[:5, 0, 16] -= [0, 60]  # stands on the left foot
    clip = PoseSequence(points, clip.scores, clip.times, WHOLE)
    own = limb_lengths(clip)
    longer = retarget(clip, {**own, "thigh": 1.4 * own["thigh"], "shin": 1.3 * own["shin"]})
    assert longer.points[:, 0, 15] == pytest.approx(clip.points[:, 0, 15], abs=6)  # knees apart put feet a little apart
    assert longer.points[12, 0, 16] == pytest.approx(clip.points[12, 0, 16], abs=2)
    assert (longer.points[:, 0, 5, 1] < clip.points[:, 0, 5, 1] - 30).all()  # the head is higher up
    hidden = PoseSequence(points, np.where(np.isin(np.arange(133), range(13, 23)), 0, clip.scores), clip.times, WHOLE)
    assert np.allclose(retarget(hidden, own).points[:, 0, 5], hidden.points[:, 0, 5])
