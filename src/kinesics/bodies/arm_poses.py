"""What arms do in still moments: rest, point, reach, touch the body, hold things, cross, fold, hide behind the back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..types import Array
from .angles import frame_of, within
from .kinematics import DOFS, JOINTS, LIMITS, Body
from .lower_poses import put
from .mirroring import mirrored_pose
from .placing import joint_places
from .reaching import reach

_ANGLES = ("raise", "plane", "twist", "elbow")
_LEFT = [DOFS.index(f"left_arm_{name}") for name in _ANGLES]
_RIGHT = [DOFS.index(f"right_arm_{name}") for name in _ANGLES]
_ARMS = [*_LEFT, DOFS.index("left_arm_wrist"), *_RIGHT, DOFS.index("right_arm_wrist")]

# where a left wrist is when its hand touches something: joint, and metres from it outwards, down and back in the chest's frame
_TOUCHED: tuple[tuple[str, float, float, float], ...] = (
    ("head", 0.03, -0.14, 0.02), ("left_ear", 0.09, 0.04, 0.02), ("left_eye", 0.07, -0.02, -0.07), ("nose", 0.05, 0.1, -0.09),
    ("left_mouth", 0.04, 0.12, -0.06), ("right_mouth", 0.1, 0.1, -0.08), ("head", 0.1, -0.02, 0.13),
    ("shoulder_center", 0.06, -0.04, 0.12), ("right_shoulder", 0.04, 0.06, -0.13), ("left_shoulder", -0.02, 0.04, -0.14),
    ("right_elbow", 0.07, 0.0, -0.1), ("right_wrist", 0.03, 0.0, -0.08), ("shoulder_center", 0.04, 0.14, -0.15),
    ("spine", 0.06, 0.0, -0.19), ("left_hip", 0.1, -0.08, -0.03), ("left_hip", 0.08, 0.04, -0.06), ("left_hip", 0.06, 0.0, 0.1),
    ("right_hip", 0.04, 0.0, -0.15), ("hip_center", 0.04, -0.02, 0.15), ("left_knee", 0.06, -0.1, -0.06),
    ("right_knee", 0.04, -0.12, -0.08), ("left_ankle", 0.08, -0.1, -0.06), ("left_foot", 0.03, -0.12, -0.06),
    ("right_foot", 0.1, -0.1, -0.08), ("left_foot", 0.12, 0.0, -0.15), ("left_knee", 0.18, 0.0, -0.1),
)  # fmt: skip


def with_arms(rng: np.random.Generator, poses: Array, body: Body, wild: float = 0.0) -> Array:
    """Poses (n, len(DOFS)) with the arms doing something: both alike, each its own, one only, or both together.

    Args:
        rng: of all chance.
        poses: trunk, head and legs; their arms are what stays where an arm rests.
        body: whose, for reaching places.
        wild: 0 everyday, 1 mostly anywhere within the limits.
    """
    n = len(poses)
    how = rng.choice(["alike", "own", "one", "other", "together"], n, p=[0.18, 0.34, 0.17, 0.17, 0.14])
    left = _one_arm(rng, poses, body, wild)
    right = mirrored_pose(_one_arm(rng, mirrored_pose(poses), body, wild))
    made = poses.copy()
    turned = mirrored_pose(left) + rng.normal(0, 5, poses.shape)  # never quite the same
    for side, whats, sources in (("left", ("alike", "own", "one"), left), ("right", ("own", "other"), right)):
        columns = np.array([i for i in _ARMS if DOFS[i].startswith(side)])
        some = np.isin(how, whats)
        made[np.ix_(some, columns)] = sources[np.ix_(some, columns)]
    alike, columns = how == "alike", np.array([*_RIGHT, DOFS.index("right_arm_wrist")])
    made[np.ix_(alike, columns)] = turned[np.ix_(alike, columns)]
    together = how == "together"
    made[together] = _together(rng, poses[together], body)
    return made


def random_hands(rng: np.random.Generator, n: int) -> Array:
    """(n, 4): pronation left and right in degrees (-80 to 80), curl of the fingers left and right (0 flat to 1 a fist)."""
    pronation = np.clip(rng.normal(0, 35, (n, 2)), -80, 80)
    curl = rng.choice([0.08, 0.3, 0.85], (n, 2), p=[0.35, 0.4, 0.25]) + rng.normal(0, 0.1, (n, 2))
    alike = rng.random(n) < 0.5
    pronation[alike, 1], curl[alike, 1] = pronation[alike, 0], curl[alike, 0]
    return np.concatenate([pronation, np.clip(curl, 0, 1)], axis=1)


def _one_arm(rng: np.random.Generator, poses: Array, body: Body, wild: float) -> Array:
    """The poses with the left arm doing something."""
    made = poses.copy()
    makers = tuple(_MAKERS.values())
    everyday = np.array([share for _, share in makers])
    chance = (1 - wild) * everyday / everyday.sum() + wild * np.array([0.1, 0.1, 0.15, 0.25, 0.25, 0.05, 0.1])
    kind = rng.choice(len(makers), len(poses), p=chance / chance.sum())
    for k, (maker, _) in enumerate(makers):
        made[kind == k] = maker(rng, made[kind == k], body)
    made[:, DOFS.index("left_arm_wrist")] = np.where(
        rng.random(len(poses)) < 0.3, rng.uniform(*LIMITS["left_arm_wrist"], len(poses)), rng.normal(5, 14, len(poses))
    )
    return made


def _places(body: Body, poses: Array) -> tuple[Array, Array]:
    """Joints (n, len(JOINTS), 3) and chests (n, 3, 3)."""
    joints = joint_places(body, poses)
    across = joints[:, JOINTS.index("left_shoulder")] - joints[:, JOINTS.index("right_shoulder")]
    return joints, frame_of(across, joints[:, JOINTS.index("shoulder_center")] - joints[:, JOINTS.index("spine")])


def _reached(rng: np.random.Generator, poses: Array, body: Body, points: Array, swivel: tuple[float, float]) -> Array:
    """Left arms with their wrists at `points` (n, 3), metres from the shoulder in the chest's frame."""
    poses[:, _LEFT] = reach(body, 1, points, rng.uniform(*swivel, len(poses)))
    return poses


def _before(rng: np.random.Generator, poses: Array, body: Body) -> Array:
    """Anywhere in front and to the side."""
    points = rng.uniform((-0.6, -0.75, -0.97), (0.85, 0.75, -0.15), (len(poses), 3)) * body.arm
    return _reached(rng, poses, body, points, (-10, 75))


def _around(rng: np.random.Generator, poses: Array, body: Body) -> Array:
    """Sideways and overhead."""
    points = rng.uniform((-0.25, -1.0, -0.6), (1.0, 0.2, 0.35), (len(poses), 3)) * body.arm
    return _reached(rng, poses, body, points, (0, 80))


def _straight(rng: np.random.Generator, poses: Array, body: Body) -> Array:
    """Pointing, saluting, spread: an arm nearly straight in any direction."""
    put(poses, rng, left_arm_raise=(10, 170), left_arm_plane=(-55, 115), left_arm_twist=(-60, 60))
    poses[:, DOFS.index("left_arm_elbow")] = np.abs(rng.normal(0, 14, len(poses)))
    return poses


def _anyhow(rng: np.random.Generator, poses: Array, body: Body) -> Array:
    put(poses, rng, **{f"left_arm_{name}": LIMITS[f"left_arm_{name}"] for name in _ANGLES})
    return poses


def _behind(rng: np.random.Generator, poses: Array, body: Body) -> Array:
    """A hand behind the back or in a back pocket, an arm swung back."""
    put(poses, rng, left_arm_raise=(8, 55), left_arm_plane=(-90, -35), left_arm_twist=(-10, 95), left_arm_elbow=(0, 115))
    return poses


def _resting(rng: np.random.Generator, poses: Array, body: Body) -> Array:
    return poses


def _touching(rng: np.random.Generator, poses: Array, body: Body) -> Array:
    """The hand on the head, the face, a shoulder, the hip, the other arm, a knee, a foot."""
    joints, chest = _places(body, poses)
    which = rng.integers(0, len(_TOUCHED), len(poses))
    start = joints[np.arange(len(poses)), np.array([JOINTS.index(name) for name, *_ in _TOUCHED])[which]]
    beside = np.array([offset for _, *offset in _TOUCHED])[which] * body.height / 1.72 + rng.normal(0, 0.03, (len(poses), 3))
    points = within(chest, start - joints[:, JOINTS.index("left_shoulder")]) + beside
    lifted = np.where(points[:, 0] < -0.12, 45.0, 0.0)  # reaching across, the elbow comes up before the chest
    poses[:, _LEFT] = reach(body, 1, points, rng.uniform(0, 80, len(poses)) + lifted)
    return poses


_MAKERS: dict[str, tuple[Callable[[np.random.Generator, Array, Body], Array], float]] = {
    "resting": (_resting, 0.2),
    "before": (_before, 0.25),
    "around": (_around, 0.15),
    "straight": (_straight, 0.11),
    "anyhow": (_anyhow, 0.05),
    "behind": (_behind, 0.05),
    "touching": (_touching, 0.19),
}


def _together(rng: np.random.Generator, poses: Array, body: Body) -> Array:
    """Both hands at one thing: clapping, folded, a ball, a box, a bat, a phone, prayer, arms crossed."""
    n = len(poses)
    middle = rng.uniform((-0.32, -0.7, -0.95), (0.32, 0.75, -0.3), (n, 3)) * body.arm
    way = rng.normal(0, (1.0, 0.5, 0.25), (n, 3))
    way *= np.sign(way[:, :1])
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    half = np.where(rng.random(n) < 0.4, rng.uniform(0.04, 0.08, n), rng.uniform(0.06, 0.32, n))[:, None]
    swivel = rng.uniform(15, 80, n)
    crossed = rng.random(n) < 0.18  # each forearm before the chest, towards the other elbow
    over = rng.uniform(0.06, 0.1, n)[:, None] * np.array([0, 0.35, 1])
    across = np.stack([rng.uniform(-0.2, -0.08, n), rng.uniform(-0.02, 0.12, n), rng.uniform(-0.22, -0.15, n)], axis=1)
    for side, columns in ((1, _LEFT), (-1, _RIGHT)):
        shoulder = np.array([side * body.shoulders, 0.05 * body.trunk, 0])
        held = middle + side * half * way - shoulder + np.array([0, 0.05 * body.trunk, 0])
        folded = across * (side, 1, 1) + side * over + (0, 0.2, -0.02) - shoulder
        poses[:, columns] = reach(body, side, np.where(crossed[:, None], folded, held), swivel + rng.normal(0, 6, n))
    for dof in ("left_arm_wrist", "right_arm_wrist"):
        poses[:, DOFS.index(dof)] = rng.normal(5, 14, n)
    return poses
