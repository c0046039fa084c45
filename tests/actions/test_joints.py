from __future__ import annotations

import numpy as np
import pytest

from kinesics.actions.joints import common_skeleton, joint_map, map_joints, mirror_of, part_of
from kinesics.errors import UsageError
from kinesics.types import PoseSequence, Skeleton, skeleton
from kinesics.types.sides import words

BUILT_IN = ("coco17", "blazepose33", "kinect20", "glimpse14", "itop15")
OTHERS = {
    "kinect2": "SpineBase SpineMid Neck Head ShoulderLeft ElbowLeft WristLeft HandLeft ShoulderRight ElbowRight WristRight "
    "HandRight HipLeft KneeLeft AnkleLeft FootLeft HipRight KneeRight AnkleRight FootRight SpineShoulder HandTipLeft "
    "ThumbLeft HandTipRight ThumbRight",
    "rig": "Hips LHipJoint LeftUpLeg LeftLeg LeftFoot LeftToeBase RHipJoint RightUpLeg RightLeg RightFoot RightToeBase "
    "LowerBack Spine Spine1 Neck Neck1 Head LeftShoulder LeftArm LeftForeArm LeftHand RightShoulder RightArm RightForeArm "
    "RightHand",
    "openpose25": "Nose Neck RShoulder RElbow RWrist LShoulder LElbow LWrist MidHip RHip RKnee RAnkle LHip LKnee LAnkle REye "
    "LEye REar LEar LBigToe LSmallToe LHeel RBigToe RSmallToe RHeel",
    "human17": "Hip RHip RKnee RFoot LHip LKnee LFoot Spine Thorax Neck/Nose Head LShoulder LElbow LWrist RShoulder RElbow "
    "RWrist",
}


def body(name: str) -> Skeleton:
    return skeleton(name) if name in BUILT_IN else Skeleton(name, tuple(OTHERS[name].split()))


def clip(of: Skeleton, d: int = 2, t: int = 5) -> PoseSequence:
    rng = np.random.default_rng(3)
    scores = rng.uniform(0.1, 1, (t, 1, len(of)))
    return PoseSequence(rng.normal(0, 100, (t, 1, len(of), d)), scores, np.arange(t) / 30, of)


@pytest.mark.parametrize(
    ("names", "part"),
    [
        (
            ["LShoulder", "left shoulder", "ShoulderLeft", "L_Shoulder", "left.shoulder", "lShldr", "LEFT_SHOULDER"],
            "left shoulder",
        ),
        (["hip_center", "pelvis", "MidHip", "SpineBase", "Hips", "base of the spine"], "hips"),
        (["shoulder_center", "Neck", "Thorax", "SpineShoulder"], "neck"),
        (["belly", "torso", "spine", "SpineMid"], "spine"),
        (["mixamorig:RightForeArm", "right_elbow", "r_elbow", "relbow"], "right elbow"),
        (["face", "Head"], "head"),
        (["POSE_LANDMARKS.LEFT_KNEE", "left knee", "LeftLeg"], "left knee"),
    ],
)
def test_a_part_is_known_by_each_of_its_names(names: list[str], part: str) -> None:
    assert {part_of(name)[0] for name in names} == {part}


@pytest.mark.parametrize("source", [*BUILT_IN, *OTHERS])
@pytest.mark.parametrize("target", ["coco17", "kinect20", "glimpse14", "itop15", "kinect2"])
def test_limbs_are_found_between_any_two_bodies(source: str, target: str) -> None:
    found = joint_map(body(source), body(target)).found
    limbs = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    wanted = [k for k, name in enumerate(body(target).joints) if part_of(name)[0].rpartition(" ")[2] in limbs]
    assert len(wanted) >= 8 and found[wanted].all()


def test_mapped_joints_keep_their_side_and_place() -> None:
    kinect, coco = skeleton("kinect20"), skeleton("coco17")
    there = clip(kinect)
    mapped = map_joints(there, coco)
    for name in ("left_wrist", "right_ankle", "left_hip"):
        a, b = kinect.joints.index(name), coco.joints.index(name)
        np.testing.assert_array_equal(mapped.points[:, :, b], there.points[:, :, a])
        np.testing.assert_array_equal(mapped.scores[:, :, b], there.scores[:, :, a])
    eyes = coco.joints.index("left_eye")
    assert np.isnan(mapped.points[:, :, eyes]).all() and not mapped.scores[:, :, eyes].any()


def test_the_middle_is_computed_and_as_sure_as_the_less_sure_side() -> None:
    coco, kinect = skeleton("coco17"), skeleton("kinect20")
    there = clip(coco, d=3)
    mapped = map_joints(there, kinect)
    sides = [coco.joints.index(name) for name in ("left_hip", "right_hip")]
    hips = kinect.joints.index("hip_center")
    np.testing.assert_allclose(mapped.points[:, :, hips], there.points[:, :, sides].mean(2), rtol=1e-5)
    np.testing.assert_array_equal(mapped.scores[:, :, hips], there.scores[:, :, sides].min(2))


def test_a_middle_with_one_side_missing_is_missing() -> None:
    coco = skeleton("coco17")
    there = clip(coco)
    scores = there.scores.copy()
    scores[2, 0, coco.joints.index("left_hip")] = 0
    mapped = map_joints(PoseSequence(there.points, scores, there.times, coco), skeleton("kinect20"))
    hips = skeleton("kinect20").joints.index("hip_center")
    assert [bool(s) for s in mapped.scores[:, 0, hips] > 0] == [True, True, False, True, True]


@pytest.mark.parametrize("name", [*BUILT_IN, *OTHERS])
def test_onto_itself_changes_nothing(name: str) -> None:
    there = clip(body(name))
    assert map_joints(there, body(name)) == there
    renamed = Skeleton("other", tuple("_".join(words(joint)) for joint in body(name).joints))
    np.testing.assert_array_equal(joint_map(body(name), renamed).index[:, 0], np.arange(len(renamed)))


def test_mirroring_and_mapping_commute() -> None:
    coco, kinect = skeleton("coco17"), skeleton("kinect20")
    there = clip(coco)

    def mirrored(c: PoseSequence) -> PoseSequence:
        order = c.skeleton.mirror_order
        return PoseSequence(c.points[:, :, order] * [-1, 1], c.scores[:, :, order], c.times, c.skeleton)

    one, other = mirrored(map_joints(there, kinect)), map_joints(mirrored(there), kinect)
    np.testing.assert_allclose(one.points, other.points, rtol=1e-4, atol=1e-4)


def test_a_rig_has_its_ankle_where_its_foot_begins() -> None:
    found = joint_map(body("rig"), skeleton("coco17"))
    at = {name: body("rig").joints[found.index[k, 0]] for k, name in enumerate(skeleton("coco17").joints)}
    assert (at["left_ankle"], at["left_shoulder"], at["left_hip"]) == ("LeftFoot", "LeftArm", "LeftUpLeg")


def test_another_kind_of_body_is_one_line() -> None:
    with pytest.raises(UsageError, match=r"hand21 do not fit those of coco17: it has nothing for .*left_shoulder") as error:
        map_joints(clip(skeleton("hand21")), skeleton("coco17"))
    assert "\n" not in str(error.value)
    with pytest.raises(UsageError, match="too few joints in common"):
        common_skeleton([skeleton("hand21"), skeleton("coco17")])


def test_a_body_of_all_has_what_each_of_them_can_be_given() -> None:
    bodies = [body(name) for name in ("coco17", "kinect20", "rig", "openpose25", "human17")]
    common = common_skeleton(bodies)
    assert len(common) >= 14 and len(common.mirror) >= 6
    for one in bodies:
        found = joint_map(one, common)
        assert found.found.all()
        assert len({tuple(sorted(set(row))) for row in found.index.tolist()}) == len(common)  # no joint twice
    assert common.bones and common_skeleton([bodies[0], bodies[0]]) is bodies[0]


@pytest.mark.parametrize("name", BUILT_IN)
def test_sides_of_built_in_bodies_are_read_from_the_names(name: str) -> None:
    assert {frozenset(pair) for pair in mirror_of(skeleton(name).joints)} == {frozenset(p) for p in skeleton(name).mirror}
