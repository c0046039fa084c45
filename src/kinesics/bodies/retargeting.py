"""The poses of a recorded body: from where its joints are to the angles that bring ours there, whatever its bones measure."""

from __future__ import annotations

import numpy as np

from ..errors import UsageError
from ..types import Array, PoseSequence
from ..types.joint_names import parts_of
from .angles import arm_angles, frame_of, head_angles, leg_angles, root_angles, trunk_angles, unit, within
from .kinematics import DOFS, LIMITS, limited, turn

_NEEDED = tuple(
    f"{side} {part}" for side in ("left", "right") for part in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
)
_HIP_DROP = 0.06  # of the trunk: how far the hips lie below the pelvis' origin, as in `forward`
_SOLE = np.degrees(np.arctan(0.35))  # by how much a line from ankle to toes points down when the foot is level, likewise
_FLIGHT = 0.1  # metres above the floor from which on somebody jumps


def retarget(clip: PoseSequence) -> Array:
    """The angles of a recorded motion, as `forward` takes them.

    Directions alone count, so that bodies of any size fit: of the hips, the shoulders and the spine between them, of upper
    arms, forearms, thighs, shins, feet, and of the head as far as joints of it are known. Joints are known by the names that
    rigs, sensors and data sets give them.

    Args:
        clip: one body, 3D, metres, y down, as `formats.load_bvh` reads it. Joints missing for a while are filled in between.

    Returns:
        (t, len(DOFS)) within the limits; `root_yaw` says where the body faces (0: towards -z), steps are 0.

    Raises:
        UsageError: several people, no depth, or a joint that is needed is not there.
    """
    at = _Places(clip)
    pose = np.zeros((len(clip), len(DOFS)))
    root, chest = _trunk(at)
    root = _upright(root, np.concatenate([_leg(at, name, side, root)[:, 0] for name, side in (("left", 1), ("right", -1))]))
    _put(pose, "root_yaw", root_angles(root))
    _put(pose, "spine_bend", trunk_angles(np.swapaxes(root, 1, 2) @ chest))
    head = _head(at, chest)
    if head is not None:
        _put(pose, "neck_nod", head_angles(np.swapaxes(chest, 1, 2) @ head))
    for name, side in (("left", 1), ("right", -1)):
        _put(pose, f"{name}_arm_raise", _arm(at, name, side, chest))
        _put(pose, f"{name}_leg_flex", _leg(at, name, side, root))
    lowest = at.lowest()
    above = lowest.max() - lowest  # y is down
    _put(pose, "jump", np.where(above > _FLIGHT, above, 0)[:, None])
    return limited(pose)


def _put(pose: Array, first: str, values: Array) -> None:
    column = DOFS.index(first)
    pose[:, column : column + values.shape[1]] = values


class _Places:
    """Joints (t, 3) of a clip by the part of the body they are."""

    def __init__(self, clip: PoseSequence) -> None:
        people, _, axes = clip.points.shape[1:]
        if people != 1:
            raise UsageError(f"retarget: expected one body, got {people} people; pick one with clip.person(id)")
        if not len(clip):
            raise UsageError("retarget: expected at least one moment, got none")
        if axes != 3:
            raise UsageError("retarget: expected 3D joints in metres, got 2D ones")
        self._points = np.asarray(clip.points[:, 0], float)
        self._known = {
            part: joint for part, joint in parts_of(clip.skeleton).items() if np.isfinite(self._points[:, joint]).all(-1).any()
        }
        for side in ("left", "right"):
            for part, stand_in in (("wrist", "hand"), ("foot", "ankle"), ("ankle", "foot")):
                if f"{side} {part}" not in self._known and f"{side} {stand_in}" in self._known:
                    self._known[f"{side} {part}"] = self._known[f"{side} {stand_in}"]
        missing = [part for part in _NEEDED if part not in self._known]
        if missing:
            raise UsageError(
                f"retarget: the skeleton {clip.skeleton.name} has no {', no '.join(missing)}; a whole body is needed"
            )

    def __contains__(self, part: str) -> bool:
        return part in self._known

    def __getitem__(self, part: str) -> Array:
        points = self._points[:, self._known[part]]
        seen = np.isfinite(points).all(axis=-1)
        if seen.all():
            return points
        moments = np.arange(len(points))
        return np.stack([np.interp(moments, moments[seen], points[seen, axis]) for axis in range(3)], axis=-1)

    def lowest(self) -> Array:
        """(t,) y of the lowest joint."""
        y = self._points[..., 1]
        filled = np.where(np.isfinite(y), y, -np.inf).max(axis=1)
        return np.asarray(np.where(np.isfinite(filled), filled, np.nanmax(y)))

    def middle(self, part: str) -> Array:
        return np.asarray((self[f"left {part}"] + self[f"right {part}"]) / 2)

    def across(self, part: str) -> Array:
        return np.asarray(self[f"left {part}"] - self[f"right {part}"])


def _trunk(at: _Places) -> tuple[Array, Array]:
    """Frames (t, 3, 3) of pelvis and chest.

    The trunk turns by the same half twice, below and above the spine's joint. The lower half's axis is the line from pelvis to
    spine; its facing is turned until the pelvis that follows from it lies along the hips.
    """
    hips, neck = at.middle("hip"), at["neck"] if "neck" in at else at.middle("shoulder")
    spine = at["spine"] if "spine" in at else (hips + neck) / 2
    chest = frame_of(at.across("shoulder"), neck - spine)
    across = unit(at.across("hip"))
    drop = _HIP_DROP / (1 + _HIP_DROP) * np.linalg.norm(neck - hips, axis=-1, keepdims=True)
    root = frame_of(across, spine - hips)
    facing = unit(at.across("shoulder")) + across
    for _ in range(6):
        lower = frame_of(facing, spine - (hips - drop * root[:, :, 1]))
        root = lower @ np.swapaxes(chest, 1, 2) @ lower
        ahead = within(root, across)
        error = np.degrees(np.arctan2(-ahead[:, 2], ahead[:, 0]))  # by how much the hips are turned further than the pelvis
        facing = (lower @ turn("y", np.clip(error / 2, -30, 30)))[:, :, 0]
    return root, chest


def _upright(root: Array, flex: Array) -> Array:
    """The pelvises tilted forward until hips stretch no further back than they can.

    What rigs call spine lies before or behind the line from hips to neck by some centimetres, which would tilt the pelvis all
    along.
    """
    beyond = LIMITS["left_leg_flex"][0] - float(np.quantile(flex, 0.02))
    return np.asarray(root @ turn("x", np.full(len(root), min(max(beyond, 0.0), 60.0))))


def _head(at: _Places, chest: Array) -> Array | None:
    """Frames (t, 3, 3) of the head: up from the neck, facing as nose, ears or eyes say, else as the chest does."""
    neck = at["neck"] if "neck" in at else at.middle("shoulder")
    pairs = [part for part in ("ear", "eye") if f"left {part}" in at and f"right {part}" in at]
    if "head" not in at and not pairs:
        return None
    up = (at["head"] if "head" in at else at.middle(pairs[0])) - neck
    if pairs:
        return frame_of(at.across(pairs[0]), up)
    if "nose" in at:
        return frame_of(np.cross(unit(up), at["nose"] - neck), up)
    return frame_of(chest[:, :, 0], up)


def _arm(at: _Places, name: str, side: int, chest: Array) -> Array:
    """(t, 5) angles of an arm, that of the wrist 0 where no joint of the hand is known."""
    elbow, wrist = at[f"{name} elbow"], at[f"{name} wrist"]
    upper, fore = within(chest, elbow - at[f"{name} shoulder"]), within(chest, wrist - elbow)
    upper = _reachable(name, side, upper)
    angles = arm_angles(side, upper, fore)
    bend = np.zeros(len(fore))
    if f"{name} hand" in at:
        hand = at[f"{name} hand"] - wrist
        axis = np.cross(unit(upper), unit(fore))  # of the elbow
        sharp = np.linalg.norm(axis, axis=-1) * np.linalg.norm(hand, axis=-1) > 1e-3
        turned = (np.cross(unit(fore), unit(within(chest, hand))) * unit(axis)).sum(-1)
        bend = np.where(sharp, np.degrees(np.arcsin(np.clip(turned, -1, 1))), 0.0)
    return np.concatenate([angles, bend[:, None]], axis=1)


def _reachable(name: str, side: int, upper: Array) -> Array:
    """The nearest directions (t, 3) to those of an upper arm that its limits allow: what hangs inwards hangs down."""
    angles = arm_angles(side, upper, upper)
    plane = np.clip(angles[:, 1], *LIMITS[f"{name}_arm_plane"])
    short = np.cos(np.radians(np.minimum(np.abs(plane - angles[:, 1]), 90)))
    level = np.hypot(upper[:, 0], upper[:, 2]) * short
    return np.stack([side * level * np.cos(np.radians(plane)), upper[:, 1], -level * np.sin(np.radians(plane))], axis=-1)


def _leg(at: _Places, name: str, side: int, root: Array) -> Array:
    """(t, 5) angles of a leg."""
    knee, ankle = at[f"{name} knee"], at[f"{name} ankle"]
    thigh, shin = within(root, knee - at[f"{name} hip"]), within(root, ankle - knee)
    heel = f"{name} heel" in at
    toes = within(root, at[f"{name} foot"] - (at[f"{name} heel"] if heel else ankle))
    if np.linalg.norm(toes, axis=-1).max() < 1e-3:
        return leg_angles(side, thigh, shin)
    angles = leg_angles(side, thigh, shin, toes)
    angles[:, 4] -= 0 if heel else _SOLE
    return angles
