"""What sensors make of a moving body: the skeleton stream of a depth camera, or the joints a pose net finds in a picture."""

from __future__ import annotations

import numpy as np

from ..errors import UsageError
from ..types import Array, PoseSequence
from ..types import skeleton as built_in
from .kinematics import JOINTS, turn

# names of other skeletons for joints of ours; two names: halfway between them
_ALIKE: dict[str, tuple[str, ...]] = {
    "neck": ("shoulder_center",), "torso": ("spine",), "mouth_left": ("left_mouth",), "mouth_right": ("right_mouth",),
    "belly": ("spine", "hip_center"), "face": ("nose", "head"),
    **{f"{s}_eye_inner": (f"{s}_eye", "nose") for s in ("left", "right")},
    **{f"{s}_eye_outer": (f"{s}_eye", f"{s}_ear") for s in ("left", "right")},
    **{f"{s}_foot_index": (f"{s}_foot",) for s in ("left", "right")},
}  # fmt: skip
_LOOSE = {
    "hand": 2.2,
    "wrist": 1.6,
    "foot": 2.0,
    "ankle": 1.5,
    "elbow": 1.1,
    "knee": 1.1,
    "thumb": 2.2,
    "index": 2.4,
    "pinky": 2.4,
    "heel": 2.0,
}


def skeleton_of(joints: Array, name: str) -> Array:
    """Our joints (t, len(JOINTS), d) as those of a built-in skeleton (t, k, d).

    Raises:
        UsageError: a joint of that skeleton is not on this body (a hand's fingers, say).
    """
    columns = []
    for joint in built_in(name).joints:
        parts = _ALIKE.get(joint, (joint,))
        if any(part not in JOINTS for part in parts):
            raise UsageError(
                f"skeleton {name}: the made body has no {joint}; use kinect20, coco17, blazepose33, glimpse14 or itop15"
            )
        columns.append(np.mean([joints[:, JOINTS.index(part)] for part in parts], axis=0))
    return np.stack(columns, axis=1)


def _looseness(names: tuple[str, ...]) -> Array:
    return np.array([_LOOSE.get(name.rsplit("_", 1)[-1], 1.0) for name in names])


def _turned(joints: Array, yaw: float, tilt: float) -> Array:
    """As seen by a camera that looks from another side and from above, about the middle of the body's path."""
    middle = joints[:, 0].mean(axis=0)
    matrix = turn("x", np.array([tilt]))[0] @ turn("y", np.array([yaw]))[0]
    return np.asarray((joints - middle) @ matrix.T)


def depth_camera(
    joints: Array,
    times: Array,
    rng: np.random.Generator,
    *,
    skeleton: str = "kinect20",
    noise: float = 1.0,
    facing: float | None = None,
) -> PoseSequence:
    """The skeleton stream of a depth camera, metres: with its jitter, its lag, its fixed bias and its guesses of hidden hands.

    Args:
        joints: (t, len(JOINTS), 3).
        times: (t,) seconds.
        rng: of place and faults.
        skeleton: name of the built-in skeleton.
        noise: dose of faults; 0 for none.
        facing: degrees the person is turned away from the camera; by default drawn within about 40.
    """
    yaw = float(rng.normal(0, 18)) if facing is None else facing
    seen = _turned(joints, yaw, float(rng.normal(0, 4)) * (noise > 0))
    seen = skeleton_of(seen, skeleton)
    loose = _looseness(built_in(skeleton).joints)
    if noise:
        fps = (len(times) - 1) / max(times[-1] - times[0], 1e-6)
        seen = seen + rng.normal(0, 0.012 * noise, seen.shape[1:])  # where this sensor thinks this person's joints are
        seen = _lagged(seen, float(rng.uniform(0, 0.06)) * noise, fps)
        seen = seen + _coloured(seen.shape, rng, 0.004 * noise) * loose[:, None]
        seen = seen + _guessed(seen, rng, built_in(skeleton).joints) * noise
    place = np.array([rng.uniform(-0.5, 0.5), rng.uniform(-0.2, 0.2), rng.uniform(1.8, 3.8)])
    return PoseSequence(_one(seen + place), np.ones((len(times), 1, seen.shape[1])), times, built_in(skeleton))


def picture_camera(
    joints: Array,
    times: Array,
    rng: np.random.Generator,
    *,
    skeleton: str = "coco17",
    noise: float = 1.0,
    facing: float | None = None,
    size: tuple[int, int] = (1280, 720),
) -> PoseSequence:
    """Joints in a picture, in pixels, as a pose net finds them: jitter, doubt and gaps where a limb is hidden.

    Args:
        joints: (t, len(JOINTS), 3).
        times: (t,) seconds.
        rng: of place and faults.
        skeleton: name of the built-in skeleton.
        noise: dose of faults; 0 for none.
        facing: degrees the person is turned away from the camera; by default drawn within about 60.
        size: (width, height) of the picture.
    """
    yaw = float(rng.normal(0, 30)) if facing is None else facing
    seen = skeleton_of(_turned(joints, yaw, float(rng.normal(3, 6)) * (noise > 0)), skeleton)
    far = rng.uniform(2.5, 7.0)
    focal = size[1] * rng.uniform(0.28, 0.4) * far  # the person is about a third of the picture high, or more
    depth = np.maximum(seen[..., 2:] + far, 0.3)
    flat = focal * seen[..., :2] / depth
    scores = np.full(flat.shape[:2], 0.9)
    if noise:
        loose = _looseness(built_in(skeleton).joints)
        unit = focal / far * 0.5  # pixels of a trunk
        flat = flat + rng.normal(0, 0.02 * noise, flat.shape[1:]) * unit
        flat = flat + _coloured(flat.shape, rng, 0.012 * noise) * unit * loose[:, None]
        hidden = seen[..., 2] > np.median(seen[..., 2], axis=1, keepdims=True) + 0.12  # behind the rest of the body
        bad = hidden & (_coloured(scores.shape, rng, 1.0) > 1.0)
        flat = flat + bad[..., None] * _coloured(flat.shape, rng, 0.12 * noise) * unit
        scores = np.clip(rng.normal(0.8 - 0.4 * bad, 0.12), 0, 1)
        scores[scores < 0.2] = 0
    place = np.array([rng.uniform(0.3, 0.7) * size[0], rng.uniform(0.45, 0.55) * size[1]])
    return PoseSequence(_one(flat + place), scores[:, None], times, built_in(skeleton), size=size)


def _one(points: Array) -> Array:
    return np.asarray(points[:, None])


def _coloured(shape: tuple[int, ...], rng: np.random.Generator, spread: float) -> Array:
    """Noise that wanders: half of it fresh in each moment, half remembered for a few."""
    fresh = rng.normal(0, 1, shape)
    slow = np.empty(shape)
    slow[0] = fresh[0]
    step = rng.normal(0, np.sqrt(1 - 0.8**2), shape)
    for t in range(1, shape[0]):
        slow[t] = 0.8 * slow[t - 1] + step[t]
    return np.asarray(spread * np.sqrt(0.5) * (fresh + slow))


def _lagged(points: Array, seconds: float, fps: float) -> Array:
    """What a smoothing filter of that time constant leaves."""
    keep = float(np.exp(-1 / max(seconds * fps, 1e-6)))
    if keep < 0.05:
        return points
    late = np.empty_like(points)
    late[0] = points[0]
    for t in range(1, len(points)):
        late[t] = keep * late[t - 1] + (1 - keep) * points[t]
    return late


def _guessed(points: Array, rng: np.random.Generator, names: tuple[str, ...]) -> Array:
    """Errors (t, k, 3) of hands and feet while the sensor does not see them: close to the trunk, or for a while by chance."""
    errors = np.zeros_like(points)
    trunk = points[
        :, [i for i, n in enumerate(names) if n in ("spine", "torso", "shoulder_center", "neck", "left_hip", "right_hip")]
    ]
    for i, name in enumerate(names):
        if not name.endswith(("hand", "wrist", "foot", "ankle")):
            continue
        close = np.linalg.norm(points[:, i, None, :2] - trunk[..., :2], axis=-1).min(axis=1, initial=9.0) < 0.14
        lost = close & (_coloured((len(points), 1), rng, 1.0)[:, 0] > 0.7)
        lost |= _coloured((len(points), 1), rng, 1.0)[:, 0] > 2.6
        errors[:, i] = lost[:, None] * _coloured((len(points), 3), rng, 0.07)
    return errors
