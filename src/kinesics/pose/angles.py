"""The angles of a body by their anatomical names: what a hip, a knee, a shoulder, the trunk and the neck do.

They follow the recommendations of the International Society of Biomechanics (Wu et al. 2002 for hip, ankle and spine, 2005 for
shoulder and elbow) as far as points on a body allow: a segment's axes are built from joints, not from bony landmarks, and the
pelvis takes its upright from the line of the trunk, as two hips do not show how it is tilted. Signs are those of the clinic:
flexion, abduction, inward rotation and dorsiflexion are positive, and so are bending to the right and turning to the left.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..bodies.angles import frame_of, head_angles, unit, within
from ..errors import UsageError
from ..types import Array, People, PoseSequence, Skeleton

__all__ = ["ANGLES", "joint_angles", "world_clip"]

SIDES = {"left": 1, "right": -1}
EYES_UP = 10.0  # degrees that the line from ear to eye rises in a head that looks straight ahead
PLAIN = 0.25  # least share of a bone in a plane for which its direction there is told
BENT = 20.0  # degrees of knee flexion from which the shin shows how the thigh is rotated

#: What each name means: where it is 0 and what is positive, degrees. Those in `SIDED` exist with `left_` and `right_`.
SIDED = {
    "hip_flexion": "thigh against trunk, about the line of the hips; 0 in line, forwards positive, -180 to 180",
    "hip_abduction": "thigh out of the plane that trunk and forward make; 0 in it, outwards positive, -90 to 90",
    "hip_rotation": "thigh about itself, told by the shin of a bent knee; 0 shin behind it, inwards positive, -180 to 180",
    "knee_flexion": "shin against thigh; 0 straight, 0 to 180",
    "ankle_dorsiflexion": "sole against shin; 0 at right angles, toes towards the shin positive, -90 to 90",
    "shoulder_elevation": "upper arm against trunk; 0 hanging, 180 overhead, 0 to 180",
    "shoulder_plane": "in which plane the arm is raised; 0 sideways, 90 forwards, behind negative, -180 to 180",
    "shoulder_flexion": "upper arm in the plane seen from the side; 0 hanging, forwards positive, -180 to 180",
    "shoulder_abduction": "upper arm in the plane seen from the front; 0 hanging, outwards positive, -180 to 180",
    "elbow_flexion": "forearm against upper arm; 0 straight, 0 to 180",
}
MIDDLE = {
    "trunk_lean": "line from hips to shoulders against the vertical; 0 upright, 0 to 180",
    "trunk_flexion": "the same, forwards and back; 0 upright, forwards positive, -180 to 180",
    "trunk_lateral_bend": "the same, to the sides; 0 upright, to the right positive, -90 to 90",
    "trunk_rotation": "line of the shoulders against that of the hips, about the trunk; to the left positive, -180 to 180",
    "neck_flexion": "head against trunk; 0 looking straight ahead, chin to the chest positive, -180 to 180",
    "neck_lateral_bend": "head against trunk; 0 upright, ear to the right shoulder positive, -90 to 90",
    "neck_rotation": "head against trunk; 0 straight ahead, to the left positive, -180 to 180",
}
#: Every name that `joint_angles` gives, with its meaning.
ANGLES: dict[str, str] = {f"{side}_{name}": what for name, what in SIDED.items() for side in SIDES} | MIDDLE

_TOES = ("foot_index", "big_toe")


def joint_angles(
    people: People | PoseSequence, *, least: float = 0.3, up: Sequence[float] = (0.0, -1.0, 0.0)
) -> dict[str, Array]:
    """Angles of every person, in degrees, by anatomical name (`ANGLES` says what each means).

    Where a body is known in 3D (`People.world`, or a clip with three coordinates a joint, see `world_clip`), all angles are
    told. Where it is known in the picture alone, those are told that a flat picture shows, as they look there (hip flexion
    without its sign): hip and knee flexion, ankle dorsiflexion, shoulder elevation, elbow flexion, trunk lean. They are true
    where limbs move across the line of sight. The others are NaN.

    Args:
        people: of a skeleton with left and right shoulders, hips, knees ... by these names.
        least: joints with a lower score are not used.
        up: (3,) against gravity, in the same axes; the default is a level camera. Only the trunk's angles but for
            `trunk_rotation` depend on it.

    Returns:
        for each name of `ANGLES` (n,) float64 for people, (t, n) for a clip; NaN where a joint is missing or unsure, or where
        the angle does not exist (the plane of an arm that hangs down).

    Raises:
        UsageError: `up` is no direction.
    """
    vertical = np.asarray(up, float)
    if vertical.shape != (3,) or not 0 < np.linalg.norm(vertical) < np.inf:
        raise UsageError(f"joint_angles: expected three numbers upwards, got {up}")
    if isinstance(people, PoseSequence):
        places, scores = people.points, people.scores
    else:
        places, scores = people.points[..., :2] if people.world is None else people.world, people.point_scores
    known = np.where((scores >= max(least, 1e-6))[..., None], places, np.nan).astype(float)
    lead = known.shape[:-2]
    at = _Joints(known.reshape(int(np.prod(lead)), *known.shape[-2:]), people.skeleton)
    found = _flat(at) if known.shape[-1] == 2 else _deep(at, unit(vertical))
    return {name: found.get(name, np.full(len(at.points), np.nan)).reshape(lead) for name in ANGLES}


def world_clip(people: Sequence[People], times: Sequence[float] | Array) -> PoseSequence:
    """Tracked people of consecutive pictures as a clip in metres, for `joint_angles`, `smooth_clip`, and so on.

    Args:
        people: with ids and `world`, (n, k, 3) metres; what is missing there is missing in the clip.
        times: (t,) seconds, rising.

    Raises:
        UsageError: people without `world`.
    """
    if any(frame.world is None for frame in people):
        raise UsageError("world_clip: expected people with `world`, such as those of BodyLandmarks, got some without")
    return PoseSequence.from_people([_in_metres(frame) for frame in people], times)


def _in_metres(frame: People) -> People:
    world = np.asarray(frame.world)
    scores = np.where(np.isfinite(world).all(axis=-1), frame.point_scores, 0)
    return People(frame.boxes, frame.score, world, scores, frame.skeleton, frame.ids)


class _Joints:
    """Joints (m, k, 2 or 3) by name; what the skeleton lacks is NaN."""

    def __init__(self, points: Array, skeleton: Skeleton) -> None:
        self.points, self._column = points, {name: i for i, name in enumerate(skeleton.joints)}

    def __call__(self, *names: str) -> Array:
        """(m, d) of the first of these that the skeleton has."""
        for name in names:
            if name in self._column:
                return np.asarray(self.points[:, self._column[name]])
        return np.full((len(self.points), self.points.shape[2]), np.nan)

    def middle(self, name: str) -> Array:
        """(m, d) between left and right."""
        return np.asarray((self(f"left_{name}") + self(f"right_{name}")) / 2)

    def across(self, name: str) -> Array:
        """(m, d) from the right one to the left one."""
        return np.asarray(self(f"left_{name}") - self(f"right_{name}"))

    def sole(self, side: str) -> Array:
        """(m, d) from the heel to the toes."""
        return self(*(f"{side}_{toes}" for toes in _TOES)) - self(f"{side}_heel")


def _between(a: Array, b: Array) -> Array:
    """Degrees between vectors (m, d), 0 to 180."""
    a, b = unit(a), unit(b)
    return np.asarray(2 * np.degrees(np.arctan2(np.linalg.norm(a - b, axis=-1), np.linalg.norm(a + b, axis=-1))))


def _bends(at: _Joints, side: str) -> dict[str, Array]:
    """The angles that are the same in any axes: at hinges, and of the arm against the trunk."""
    hip, knee, ankle = (at(f"{side}_{name}") for name in ("hip", "knee", "ankle"))
    shoulder, elbow, wrist = (at(f"{side}_{name}") for name in ("shoulder", "elbow", "wrist"))
    return {
        f"{side}_knee_flexion": _between(knee - hip, ankle - knee),
        f"{side}_ankle_dorsiflexion": 90 - _between(knee - ankle, at.sole(side)),
        f"{side}_shoulder_elevation": _between(elbow - shoulder, at.middle("hip") - at.middle("shoulder")),
        f"{side}_elbow_flexion": _between(elbow - shoulder, wrist - elbow),
    }


def _flat(at: _Joints) -> dict[str, Array]:
    trunk = at.middle("shoulder") - at.middle("hip")
    found = {"trunk_lean": _between(trunk, np.broadcast_to([0.0, -1.0], trunk.shape))}
    for side in SIDES:
        found |= _bends(at, side)
        found[f"{side}_hip_flexion"] = _between(at(f"{side}_knee") - at(f"{side}_hip"), -trunk)
    return found


def _deep(at: _Joints, up: Array) -> dict[str, Array]:
    trunk = at.middle("shoulder") - at.middle("hip")
    pelvis, chest = frame_of(at.across("hip"), trunk), frame_of(at.across("shoulder"), trunk)
    found = _trunk(at, trunk, pelvis, up) | _neck(at, chest)
    for side, sign in SIDES.items():
        bends = _bends(at, side)
        found |= bends | _leg(at, side, sign, pelvis, bends) | _arm(at, side, sign, chest)
    return found


def _leg(at: _Joints, side: str, sign: int, pelvis: Array, bends: dict[str, Array]) -> dict[str, Array]:
    """The hip by three turns: flexion, then abduction, then rotation (Grood and Suntay 1983; Wu et al. 2002)."""
    thigh = within(pelvis, unit(at(f"{side}_knee") - at(f"{side}_hip")))
    shin = within(pelvis, unit(at(f"{side}_ankle") - at(f"{side}_knee")))
    flexion, abduction = np.arctan2(-thigh[:, 2], thigh[:, 1]), np.arcsin(np.clip(sign * thigh[:, 0], -1, 1))
    back = np.stack([np.zeros_like(flexion), np.sin(flexion), np.cos(flexion)], axis=-1)  # behind the thigh, without rotation
    out = np.cross(thigh, back)
    spin = np.degrees(np.arctan2((shin * out).sum(-1), (shin * back).sum(-1)))
    return {
        f"{side}_hip_flexion": np.degrees(flexion),
        f"{side}_hip_abduction": np.degrees(abduction),
        f"{side}_hip_rotation": np.where(bends[f"{side}_knee_flexion"] >= BENT, sign * spin, np.nan),
    }


def _arm(at: _Joints, side: str, sign: int, chest: Array) -> dict[str, Array]:
    upper = within(chest, unit(at(f"{side}_elbow") - at(f"{side}_shoulder")))
    out, down, ahead = sign * upper[:, 0], upper[:, 1], -upper[:, 2]
    return {
        f"{side}_shoulder_plane": _direction(ahead, out),
        f"{side}_shoulder_flexion": _direction(ahead, down),
        f"{side}_shoulder_abduction": _direction(out, down),
    }


def _direction(y: Array, x: Array) -> Array:
    """Degrees of a direction in a plane; NaN where little of it lies there."""
    return np.where(np.hypot(x, y) >= PLAIN, np.degrees(np.arctan2(y, x)), np.nan)


def _trunk(at: _Joints, trunk: Array, pelvis: Array, up: Array) -> dict[str, Array]:
    across = unit(at.across("hip"))
    level = across - (across @ up)[:, None] * up
    plain = np.linalg.norm(level, axis=-1) >= PLAIN
    left = np.where(plain[:, None], unit(level), np.nan)
    ahead = np.cross(left, up)
    along = unit(trunk)
    shoulders = within(pelvis, unit(at.across("shoulder")))
    return {
        "trunk_lean": _between(trunk, np.broadcast_to(up, trunk.shape)),
        "trunk_flexion": np.degrees(np.arctan2((along * ahead).sum(-1), along @ up)),
        "trunk_lateral_bend": -np.degrees(np.arcsin(np.clip((along * left).sum(-1), -1, 1))),
        "trunk_rotation": np.degrees(np.arctan2(shoulders[:, 2], shoulders[:, 0])),
    }


def _neck(at: _Joints, chest: Array) -> dict[str, Array]:
    across = unit(at.across("ear"))
    ahead = at.middle("eye") - at.middle("ear")
    back = -unit(ahead - (ahead * across).sum(-1, keepdims=True) * across)
    head = np.stack([across, np.cross(back, across), back], axis=-1)
    c, s = np.cos(np.radians(EYES_UP)), np.sin(np.radians(EYES_UP))
    level = head @ np.array([[1.0, 0, 0], [0, c, -s], [0, s, c]])
    nod, tilt, turned = head_angles(np.swapaxes(chest, -1, -2) @ level).T
    return {"neck_flexion": nod, "neck_lateral_bend": -tilt, "neck_rotation": -turned}
