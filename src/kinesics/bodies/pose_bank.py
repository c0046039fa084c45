"""Poses of bodies for training and tests: what people do before a camera, what they could do, and what was recorded."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import UsageError
from ..types import Array, PoseSequence
from .arm_poses import random_hands, with_arms
from .collisions import all_collide, apart
from .inventing import random_recipe
from .kinematics import DOFS, LIMITS, Body, limited
from .lower_poses import LOWER
from .mirroring import mirrored_hands, mirrored_pose
from .motions import perform
from .named import NAMED_MOTIONS
from .placing import joint_places, lengths_of
from .random_poses import random_poses
from .recipes import Recipe

#: Share of each source of a bank's poses: still moments, moments of motions, still moments near the limits, any angles.
SHARES = {"everyday": 0.42, "motions": 0.30, "wild": 0.14, "random": 0.14}
_STAYING = [DOFS.index(name) for name in ("root_yaw", "step_side", "step_forward")]
_JITTER = np.array([0.0 if dof in ("root_yaw", "jump", "step_side", "step_forward") else 1.0 for dof in DOFS])
_LOW, _HIGH = np.array(list(LIMITS.values()), float).T
_MOMENTS = 6  # of a performance
_TRIES = 8  # to find a pose for a body of other proportions


class PoseBank:
    """Poses to draw from: within the joints' limits, no part passing through another, left and right alike often.

    Made of four sources (`SHARES`): still moments (standing, stepping, bending, sitting, lying … with arms that rest, point,
    reach, touch, hold), moments of made motions (`perform`), the same further out, and independent random angles, tilted until
    the weight is above the feet. Different seeds give different poses, made motions among them.

    Args:
        seed: of all poses.
        poses: how many are kept; each draw adds a jitter of some degrees.
        clips: recorded motions of one body each, 3D (`formats.load_bvh`); half of the draws then come from them.
        jitter: standard deviation in degrees of what a draw adds to every angle.

    Attributes:
        poses: (n, len(DOFS)) the kept ones; the last `recorded` of them come from clips.
        hands: (n, 4).
        recorded: how many come from clips.
        rejected: share of the made poses that passed through themselves and were left out.

    Raises:
        UsageError: fewer than one pose is asked for, or a clip lacks a joint.
    """

    def __init__(self, seed: int = 0, *, poses: int = 20_000, clips: Sequence[PoseSequence] = (), jitter: float = 2.5) -> None:
        if poses < 1:
            raise UsageError(f"PoseBank: expected at least one pose, got {poses}")
        self.body = Body()
        self.jitter = jitter
        self._lengths = lengths_of(self.body)
        tried = 0
        made: list[Array] = []
        for number, (source, share) in enumerate(SHARES.items()):
            rng = np.random.default_rng([seed, 3, number])
            wanted = max(round(share * poses), 1)
            kept = np.zeros((0, len(DOFS)))
            while len(kept) < wanted:
                fresh = _SOURCES[source](rng, int(1.25 * (wanted - len(kept))) + 8, self.body)
                tried += len(fresh)
                kept = np.concatenate([kept, _possible(self.body, fresh)])
            made.append(kept[:wanted])
        self.rejected = 1 - sum(map(len, made)) / tried
        self.recorded = 0
        if clips:
            made.append(_recorded(self.body, clips))
            self.recorded = len(made[-1])
        self.poses = np.concatenate(made)
        self.hands = random_hands(np.random.default_rng([seed, 4]), len(self.poses))

    def draw(self, rng: np.random.Generator, body: Body | None = None) -> tuple[Array, Array]:
        """One pose, and hands.

        Args:
            rng: of the choice.
            body: who takes the pose: it keeps that body's parts apart too, with few exceptions. None: a usual adult.

        Returns:
            pose (len(DOFS),), degrees, `root_yaw` 0; hands (4,): pronation left and right in degrees, curl left and right.
        """
        lengths = self._lengths if body is None else lengths_of(body)
        for _ in range(_TRIES):
            i = self._chosen(rng)
            pose = np.clip(self.poses[i] + self.jitter * _JITTER * rng.standard_normal(len(DOFS)), _LOW, _HIGH)
            if apart(lengths, pose):
                break
            pose = self.poses[i]
            if apart(lengths, pose):
                break
        hands = self.hands[i] + rng.standard_normal(4) * (6, 6, 0.04, 0.04)
        hands = np.clip(hands, (-80, -80, 0, 0), (80, 80, 1, 1))
        if rng.random() < 0.5:
            return mirrored_pose(pose), mirrored_hands(hands)
        return np.array(pose), hands

    def _chosen(self, rng: np.random.Generator) -> int:
        made = len(self.poses) - self.recorded
        recorded = self.recorded and rng.random() < 0.5
        return int(made + rng.integers(self.recorded) if recorded else rng.integers(made))


def _possible(body: Body, poses: Array) -> Array:
    """Those of the poses, brought within their limits, that do not pass through themselves."""
    poses = limited(poses)
    poses[:, _STAYING] = 0
    return np.asarray(poses[~all_collide(body, joint_places(body, poses))])


def _still(wild: float, rng: np.random.Generator, n: int, body: Body) -> Array:
    """Lower bodies of each kind in its share, with arms that do something."""
    shares = np.array([share for _, share in LOWER.values()])
    kind = rng.choice(len(LOWER), n, p=shares / shares.sum())
    made = np.zeros((n, len(DOFS)))
    for k, (maker, _) in enumerate(LOWER.values()):
        made[kind == k] = maker(rng, int((kind == k).sum()), body, wild)
    held = kind == list(LOWER).index("on hands and knees")
    armed = with_arms(rng, made, body, 0.8 * wild)
    return np.asarray(np.where(held[:, None] & (rng.random((n, 1)) < 0.7), made, armed))


def _everyday(rng: np.random.Generator, n: int, body: Body) -> Array:
    return _still(0.0, rng, n, body)


def _wild(rng: np.random.Generator, n: int, body: Body) -> Array:
    return _still(1.0, rng, n, body)


def _motions(rng: np.random.Generator, n: int, body: Body) -> Array:
    """Moments of performances, a quarter of them of named motions."""
    named = list(NAMED_MOTIONS.values())
    made: list[Array] = []
    while _MOMENTS * len(made) < n:
        recipe: Recipe = named[int(rng.integers(len(named)))] if rng.random() < 0.25 else random_recipe(rng)
        shown = perform(recipe, body, rng, fps=10)
        share = rng.uniform(0.15, 0.95, _MOMENTS)  # before and after people stand
        made.append(shown.pose[(share * len(shown.pose)).astype(int)])
    return np.concatenate(made)[:n]


_SOURCES = {"everyday": _everyday, "motions": _motions, "wild": _wild, "random": random_poses}


def _recorded(body: Body, clips: Sequence[PoseSequence]) -> Array:
    from .retargeting import retarget

    poses = _possible(body, np.concatenate([retarget(clip) for clip in clips]))
    if not len(poses):
        raise UsageError("PoseBank: no moment of these clips is a possible pose; are they in metres, y down, of a whole body?")
    return poses
