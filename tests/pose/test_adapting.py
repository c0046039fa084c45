from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.errors import UsageError
from kinesics.formats import read_sequence
from kinesics.pose.adapting import missing_parts, whole_body
from kinesics.pose.whole_body_names import MESH, sources_of
from kinesics.types import Array, PoseSequence, Skeleton, skeleton

WHOLE = skeleton("wholebody133")
FINGERS = [
    f"{finger}_{joint}"
    for finger in ("INDEX_FINGER", "MIDDLE_FINGER", "RING_FINGER", "PINKY")
    for joint in "MCP PIP DIP TIP".split()
]
HAND = ["WRIST", *(f"THUMB_{joint}" for joint in ("CMC", "MCP", "IP", "TIP")), *FINGERS]
BLAZE = [name.upper() for name in skeleton("blazepose33").joints]


def clip_of(joints: list[str] | Skeleton, t: int = 3, seed: int = 0, dims: int = 2) -> PoseSequence:
    body = joints if isinstance(joints, Skeleton) else Skeleton("made", tuple(joints))
    points = np.random.default_rng(seed).uniform(20, 400, (t, 1, len(body), dims))
    return PoseSequence(points, np.full(points.shape[:3], 0.8), np.arange(t) / 25, body, size=(640, 480))


def holistic(face: list[int]) -> list[str]:
    return [
        *(f"POSE_LANDMARKS.{name}" for name in BLAZE),
        *(f"FACE_LANDMARKS.{number}" for number in face),
        *(f"{side}_HAND_LANDMARKS.{name}" for side in ("LEFT", "RIGHT") for name in HAND),
        *(f"POSE_WORLD_LANDMARKS.{name}" for name in BLAZE),
    ]


def at(clip: PoseSequence, name: str) -> Array:
    return np.asarray(clip.points[:, 0, clip.skeleton.joints.index(name), :2])


@given(st.integers(0, 99), st.floats(0, 1))
@settings(max_examples=15, deadline=None)
def test_a_whole_body_stays_as_it_is(seed: int, lost: float) -> None:
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 600, (4, 2, 133, 2))
    clip = PoseSequence(points, np.where(rng.random((4, 2, 133)) < lost, 0, 0.6), np.arange(4), WHOLE, [4, 7], (640, 480))
    assert whole_body(clip) == clip


@pytest.mark.parametrize("name", ["coco17", "blazepose33", "kinect20", "glimpse14", "itop15"])
def test_what_a_body_has_it_keeps(name: str) -> None:
    clip = clip_of(skeleton(name))
    whole = whole_body(clip)
    shared = set(clip.skeleton.joints) & set(WHOLE.joints)
    assert len(shared) >= 8
    for joint in shared:
        assert np.array_equal(at(whole, joint), at(clip, joint))
    assert np.isfinite(at(whole, "nose")).all() and np.isfinite(at(whole, "left_wrist")).all()
    assert {"face", "left hand", "right hand"} <= set(missing_parts(whole)) and "body" not in missing_parts(clip)


def test_blazepose_has_feet_and_the_edges_of_the_palms() -> None:
    clip = clip_of(skeleton("blazepose33"))
    whole = whole_body(clip)
    assert np.array_equal(at(whole, "right_big_toe"), at(clip, "right_foot_index"))
    assert np.array_equal(at(whole, "left_hand_pinky_mcp"), at(clip, "left_pinky"))
    middle = at(whole, "left_hand_middle_mcp")
    assert middle == pytest.approx(0.65 * at(clip, "left_index") + 0.35 * at(clip, "left_pinky"), abs=1e-3)
    assert whole.scores[0, 0, WHOLE.joints.index("left_hand_middle_mcp")] == pytest.approx(0.4)
    assert missing_parts(whole) == ["left hand", "right hand", "face"]


@pytest.mark.parametrize("count", [468, 478])
def test_holistic_landmarks_fill_every_part(count: int) -> None:
    clip = clip_of(holistic(list(range(count))))
    whole = whole_body(clip)
    assert missing_parts(whole) == []
    assert np.array_equal(at(whole, "face_30"), at(clip, "FACE_LANDMARKS.4"))
    assert np.array_equal(at(whole, "face_0"), at(clip, "FACE_LANDMARKS.127"))  # the person's right
    assert np.array_equal(at(whole, "left_hand_ring_dip"), at(clip, "LEFT_HAND_LANDMARKS.RING_FINGER_DIP"))
    assert np.array_equal(at(whole, "left_hip"), at(clip, "POSE_LANDMARKS.LEFT_HIP"))  # not in metres


def test_a_palm_told_by_the_body_does_not_mix_with_a_hand_that_was_looked_at() -> None:
    clip = clip_of(holistic(list(range(468))))
    hidden = np.array([name.startswith("LEFT_HAND") for name in clip.skeleton.joints])
    clip = PoseSequence(clip.points, np.where(hidden, 0, clip.scores), clip.times, clip.skeleton, clip.ids, clip.size)
    whole = whole_body(clip)
    assert (whole.scores[:, 0, 91:112] == 0).all() and missing_parts(whole) == ["left hand"]
    assert np.array_equal(at(whole, "right_hand_index_mcp"), at(clip, "RIGHT_HAND_LANDMARKS.INDEX_FINGER_MCP"))


def test_the_reduced_face_has_contours_and_lends_eyes_ears_and_a_nose() -> None:
    contours = sorted(point for number, point in enumerate(MESH) if not 27 <= number < 36)
    body = [name for name in BLAZE if name.split("_")[-1] in ("SHOULDER", "ELBOW", "WRIST", "HIP")]
    whole = whole_body(
        clip_of(
            [*(f"POSE_LANDMARKS.{n}" for n in body), *(f"FACE_LANDMARKS.{n}" for n in contours), "RIGHT_HAND_LANDMARKS.WRIST"]
        )
    )
    assert np.isnan(at(whole, "face_30")).all() and "face" not in missing_parts(whole)
    assert at(whole, "left_eye") == pytest.approx(np.mean([at(whole, f"face_{n}") for n in range(42, 48)], axis=0), abs=1e-3)
    nose = WHOLE.joints.index("nose")
    assert 0 < whole.scores[0, 0, nose] < 0.5


def test_openpose_is_known_with_face_and_hands_in_one_or_in_parts() -> None:
    hand = ["BASE", *"T_STT T_BCMC T_MCP T_IP".split(), *(f"{f}_{j}" for f in "IMRP" for j in ("CMC", "MCP", "PIP", "DIP"))]
    face = [
        f"{'FB' if n < 17 else 'FEB' if n < 27 else 'FN' if n < 36 else 'FE' if n < 48 else 'FLO' if n < 60 else 'FLI'}_{n}"
        for n in range(68)
    ]
    parts = {
        "pose": "Nose Neck RShoulder LShoulder LBigToe LSmallToe".split(),
        "face": [*face, "FP_68", "FP_69"],
        "hand_left": hand,
        "hand_right": hand,
    }
    clip = clip_of([f"{part}_keypoints_2d.{name}" for part, names in parts.items() for name in names])
    whole = whole_body(clip)
    same = {
        "left_hand_ring_mcp": "hand_left_keypoints_2d.R_CMC",
        "right_hand_wrist": "hand_right_keypoints_2d.BASE",
        "face_67": "face_keypoints_2d.FLI_67",
        "left_small_toe": "pose_keypoints_2d.LSmallToe",
    }
    for ours, theirs in same.items():
        assert np.array_equal(at(whole, ours), at(clip, theirs))


def test_openpose_135_is_one_body_with_names_of_its_own() -> None:
    runs = "FaceContour:17 REyeBrow:5 LEyeBrow:-5 NoseUpper:4 NoseLower:5 REye:6 LEye:6 OMouth:12 IMouth:8".split()
    counts = [(name, int(count)) for name, _, count in (run.partition(":") for run in runs)]
    numbers = [(name, range(count) if count > 0 else range(-count - 1, -1, -1)) for name, count in counts]
    steps = dict.fromkeys(("Index", "Middle", "Ring", "Pinky"), "1Knuckles 2PIP 3DIP 4FingerTip".split())
    steps = {"Thumb": "1CMC 2Knuckles 3IP 4FingerTip".split(), **steps}
    one = "Nose LEye REye LShoulder RShoulder LWrist RWrist".split()
    one += [f"{side}{finger}{step}" for side in "LR" for finger, all_ in steps.items() for step in all_]
    one += [*(f"{name}{n}" for name, run in numbers for n in run), "RPupil", "LPupil"]
    sources = sources_of(Skeleton("BODY_135", tuple(one)))
    assert [options[0][0] for options in sources[23:91]] == list(range(47, 115))
    assert sources[91 + 18] == ((one.index("LPinky2PIP"), 1.0),) and sources[1] == ((1, 1.0),) and sources[91] == ()


def test_a_hand_alone_is_the_one_that_is_said() -> None:
    clip = clip_of(skeleton("hand21"))
    for hand in ("left", "right"):
        whole = whole_body(clip, hand=hand)
        assert np.array_equal(at(whole, f"{hand}_hand_pinky_tip"), at(clip, "pinky_tip"))
        assert np.array_equal(at(whole, f"{hand}_wrist"), at(clip, "wrist"))
        assert f"{hand} hand" not in missing_parts(whole) and "body" in missing_parts(whole)
    with pytest.raises(UsageError, match="left or right"):
        whole_body(clip, hand="both")


def test_metres_and_shares_of_a_picture_become_pixels() -> None:
    clip = clip_of(skeleton("coco17"), dims=3)
    metres = PoseSequence((clip.points - 200) / 300, clip.scores, clip.times, clip.skeleton)
    whole = whole_body(metres)
    assert whole.size is not None and np.nanmin(whole.points) == 0 and np.nanmax(whole.points) == pytest.approx(512)
    grown = whole.points[:, :, :17] - clip.points[..., :2] * (512 / np.ptp(clip.points[..., :2].reshape(-1, 2), axis=0).max())
    assert np.ptp(grown.reshape(-1, 2), axis=0).max() < 0.1  # moved, not squeezed
    shares = PoseSequence(clip.points[..., :2] / [640, 480], clip.scores, clip.times, clip.skeleton, size=(640, 480))
    assert whole_body(shares).points[:, :, :17] == pytest.approx(clip.points[..., :2], abs=1e-2)


def test_what_is_missing_never_becomes_a_place() -> None:
    clip = clip_of(skeleton("coco17"))
    points = clip.points.copy()
    points[1, 0, [9, 10]] = 0  # two joints in the corner, with a score
    points[2, 0, 9] = 0  # one joint may be there
    whole = whole_body(PoseSequence(points, clip.scores, clip.times, clip.skeleton, size=clip.size))
    assert np.isnan(whole.points[1, 0, [9, 10]]).all() and (whole.scores[1, 0, [9, 10]] == 0).all()
    assert (whole.points[2, 0, 9] == 0).all()
    empty = PoseSequence(np.zeros((0, 0, 17, 2)), np.zeros((0, 0, 17)), [], skeleton("coco17"))
    assert len(whole_body(empty)) == 0 and len(missing_parts(empty)) == 5
    with pytest.raises(UsageError, match="no joint that a whole body has"):
        whole_body(clip_of(["antenna", "tail"]))


@pytest.mark.parametrize(
    ("file", "missing"),
    [
        ("pose-tests/mediapipe.pose", ["left hand", "feet"]),
        ("pose-tests/openpose.pose", ["feet"]),
        ("pose-tests/viewer_sample.pose", []),
        ("words-sgg/sgg/essen.pose", ["feet"]),
    ],
)
def test_real_pose_files_are_known(data: Path, file: str, missing: list[str]) -> None:
    whole = whole_body(read_sequence(data / "pose-files" / file))
    assert missing_parts(whole) == missing
    eyes = np.nanmedian(at(whole, "left_eye") - at(whole, "right_eye"), axis=0)
    shoulders = np.nanmedian(at(whole, "left_shoulder") - at(whole, "right_shoulder"), axis=0)
    assert eyes[0] > 0 and shoulders[0] > 0  # the person's left is on the right of the picture
    inside = np.nanmedian(at(whole, "nose") - (at(whole, "left_ear") + at(whole, "right_ear")) / 2, axis=0)
    assert np.abs(inside).max() < np.linalg.norm(shoulders) / 2


def test_one_hand_beside_a_body_is_the_one_that_the_file_names() -> None:
    body = Skeleton("POSE_LANDMARKS+LEFT_HAND_LANDMARKS", (*BLAZE, *HAND))
    clip = clip_of(body)
    whole = whole_body(clip)
    assert np.array_equal(at(whole, "left_hand_pinky_tip"), at(clip, "PINKY_TIP"))
    assert np.array_equal(at(whole, "left_hand_index_mcp"), at(clip, "INDEX_FINGER_MCP"))
    assert missing_parts(whole) == ["right hand", "face"]
    face = clip_of(Skeleton("POSE_LANDMARKS+FACE_LANDMARKS", (*BLAZE, *(str(n) for n in range(478)))))
    assert np.array_equal(at(whole_body(face), "face_8"), at(face, "152"))


def test_alphapose_in_components_is_known() -> None:
    names = {
        "BODY": skeleton("coco17").joints,
        "FACE": [f"face-{n}" for n in range(68)],
        "LEFT_HAND": [f"hand_{n}" for n in range(21)],
    }
    clip = clip_of([f"{part}_133.{name}" for part, all_ in names.items() for name in all_])
    whole = whole_body(clip)
    assert np.array_equal(whole.points[:, 0, :17], clip.points[:, 0, :17])
    assert np.array_equal(whole.points[:, 0, 23:112], clip.points[:, 0, 17:])
