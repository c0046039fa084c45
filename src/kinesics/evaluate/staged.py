"""Made people who stand, sit, crouch, lie, walk, run, wave, fall …, seen by one camera anywhere: what they do is known exactly.

Bodies of varied proportions (`kinesics.bodies`) go through a script of postures; transitions are not judged. A picture camera
stands on any side, looks down by up to 20 degrees and finds joints with the faults of a pose net: jitter, doubt about hidden limbs, left and
right mixed up, limbs beyond the border.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..bodies import DOFS, Body, depth_camera, forward, make_body, skeleton_of
from ..bodies.kinematics import turn
from ..types import Array, PoseSequence, skeleton

__all__ = ["SCRIPTS", "Staged", "staged_people"]

_AT = {name: i for i, name in enumerate(DOFS)}
_SLACK = 0.35  # seconds at either end of an act that are not judged


@dataclass(frozen=True)
class Staged:
    """A clip of one person, and for each moment the true body posture and gesture ("" none, None not judged)."""

    script: str
    clip: PoseSequence
    body: tuple[str | None, ...]
    gesture: tuple[str | None, ...]


@dataclass(frozen=True)
class Act:
    """Something done for a while: the body's label (None: not judged), the gesture, seconds, angles, and seconds to get there."""

    body: str | None
    gesture: str | None
    seconds: float
    pose: dict[str, float]
    into: float = 1.0
    moves: str = ""


def _legs(**values: float) -> dict[str, float]:
    return {f"{side}_leg_{name}": value for side in ("left", "right") for name, value in values.items()}


def _arms(rng: np.random.Generator) -> dict[str, float]:
    """What arms do that mean nothing: hang, rest on the hips, cross, hold something, hold a telephone."""
    kinds = (
        {"raise": rng.uniform(4, 14), "elbow": rng.uniform(5, 30)},
        {"raise": 35, "plane": -30, "twist": 60, "elbow": 100},
        {"raise": 35, "plane": 70, "twist": 60, "elbow": 95},
        {"raise": 20, "plane": 80, "elbow": rng.uniform(60, 100)},
    )
    pose = {}
    for side in ("left", "right"):
        pose |= {f"{side}_arm_{name}": float(value) for name, value in kinds[int(rng.integers(4))].items()}
    if rng.random() < 0.15:
        pose |= {"right_arm_raise": 40.0, "right_arm_plane": 60.0, "right_arm_twist": 30.0, "right_arm_elbow": 140.0}
    return pose


def _stand(rng: np.random.Generator) -> dict[str, float]:
    pose = {**_arms(rng), **_legs(abduct=rng.uniform(0, 10), knee=rng.uniform(0, 10), flex=rng.uniform(0, 4))}
    return {**pose, "spine_bend": rng.uniform(0, 15)}


def _sit(rng: np.random.Generator) -> dict[str, float]:
    lean = rng.uniform(-15, 15)
    thigh = rng.uniform(78, 95)
    pose = {**_arms(rng), **_legs(flex=thigh + lean, knee=rng.uniform(65, 110), abduct=rng.uniform(0, 15))}
    return {**pose, "root_pitch": lean, "spine_bend": rng.uniform(0, 20)}


def _sit_on_floor(rng: np.random.Generator) -> dict[str, float]:
    lean = rng.uniform(-15, 10)
    legs = _legs(flex=88 + lean, knee=rng.uniform(2, 35)) if rng.random() < 0.5 else _legs(flex=105 + lean, knee=125, abduct=38)
    return {**_arms(rng), **legs, "root_pitch": lean, "spine_bend": rng.uniform(0, 25)}


def _crouch(rng: np.random.Generator, body: Body, thigh: float | None = None) -> dict[str, float]:
    """Thighs level or beyond, and the trunk leaning so far that the weight is over the feet."""
    thigh = rng.uniform(82, 118) if thigh is None else thigh
    lean = rng.uniform(20, 32)
    back, over = math.sin(math.radians(thigh)) * body.thigh, math.sin(math.radians(lean)) * body.shin
    hips = over - back
    rest = -0.03 - (0.88 * hips + 0.10 * back + 0.06 * over)  # the arms, held out in front, bear the first term
    trunk = math.degrees(math.asin(min(max(rest / ((0.30 + 0.10) * body.trunk), 0.05), 0.95)))
    arms = {f"{side}_arm_{name}": value for side in ("left", "right") for name, value in (("raise", trunk + rng.uniform(0, 70)), ("plane", 85.0), ("elbow", 30.0))}  # fmt: skip
    return {**arms, **_legs(flex=thigh + trunk, knee=thigh + lean, abduct=rng.uniform(5, 25), ankle=-lean), "root_pitch": trunk}


def _lie(rng: np.random.Generator) -> dict[str, float]:
    how = {"root_pitch": -88.0} if rng.random() < 0.5 else {"root_pitch": 87.0}
    if rng.random() < 0.3:
        how = {"root_roll": float(rng.choice([-86, 86]))}
    bent = rng.uniform(0, 40) if "root_pitch" not in how or how["root_pitch"] < 0 else rng.uniform(0, 5)
    return {**_legs(flex=bent, knee=2 * bent), **how, "left_arm_raise": rng.uniform(5, 50), "right_arm_raise": rng.uniform(5, 50)}


def _raised(rng: np.random.Generator, side: str) -> dict[str, float]:
    return {f"{side}_arm_raise": rng.uniform(150, 170), f"{side}_arm_plane": rng.uniform(10, 80), f"{side}_arm_elbow": rng.uniform(5, 40)}  # fmt: skip


def _waving(rng: np.random.Generator, side: str) -> dict[str, float]:
    """The upper arm out to the side, the forearm up."""
    return {f"{side}_arm_raise": rng.uniform(75, 110), f"{side}_arm_plane": rng.uniform(5, 30), f"{side}_arm_twist": -90.0, f"{side}_arm_elbow": rng.uniform(70, 95)}  # fmt: skip


def _side(rng: np.random.Generator) -> str:
    return "left" if rng.random() < 0.4 else "right"


def _script_walk(rng: np.random.Generator, body: Body) -> list[Act]:
    stand = _stand(rng)
    return [Act("standing", "", 3, stand), Act("walking", "", 5, stand, 0.5, "walk"), Act("standing", "", 3, stand, 0.5)]


def _script_sit(rng: np.random.Generator, body: Body) -> list[Act]:
    stand, arm = _stand(rng), _side(rng)
    sit = _sit(rng)
    return [Act("standing", "", 2, stand), Act("sitting", "", 5, sit, 1.3), Act("sitting", "hand raised", 2.5, {**sit, **_raised(rng, arm)}, 0.7),
            Act("sitting", "", 2, sit, 0.7), Act("standing", "", 2, stand, 1.2)]  # fmt: skip


def _script_sit_on_floor(rng: np.random.Generator, body: Body) -> list[Act]:
    sit, arm = _sit_on_floor(rng), _side(rng)
    return [Act("standing", "", 2, _stand(rng)), Act("sitting", "", 4, sit, 2.2), Act("sitting", "waving", 3, {**sit, **_waving(rng, arm)}, 0.7, f"wave {arm}")]  # fmt: skip


def _script_crouch(rng: np.random.Generator, body: Body) -> list[Act]:
    stand = _stand(rng)
    return [Act("standing", "", 2, stand), Act("crouching", "", 4, _crouch(rng, body), 1.0), Act("standing", "", 2, stand, 1.0)]


def _script_squats(rng: np.random.Generator, body: Body) -> list[Act]:
    stand, low = _stand(rng), _crouch(rng, body, 90)
    return [Act("standing", "", 2, stand)] + 4 * [Act("crouching", "", 1.3, low, 0.9), Act("standing", "", 1.3, stand, 0.9)]


def _script_run(rng: np.random.Generator, body: Body) -> list[Act]:
    stand = {**_stand(rng), **{f"{s}_arm_{n}": v for s in ("left", "right") for n, v in (("raise", 15.0), ("plane", 60.0), ("elbow", 85.0))}}
    return [Act("standing", "", 2, stand), Act("running", "", 5, {**stand, "root_pitch": 6.0}, 0.6, "run")]


def _script_hand(rng: np.random.Generator, body: Body) -> list[Act]:
    stand = _stand(rng)
    up = {**stand, **_raised(rng, _side(rng))}
    return [Act("standing", "", 2, stand), Act("standing", "hand raised", 4, up, 0.7), Act("standing", "", 3, stand, 0.7)]


def _script_wave(rng: np.random.Generator, body: Body) -> list[Act]:
    stand, arm = _stand(rng), _side(rng)
    up = {**stand, **(_waving(rng, arm) if rng.random() < 0.6 else _raised(rng, arm))}
    return [Act("standing", "", 2, stand), Act("standing", "waving", 5, up, 0.6, f"wave {arm}"), Act("standing", "", 3, stand, 0.6)]


def _script_fall(rng: np.random.Generator, body: Body) -> list[Act]:
    stand, lie = _stand(rng), _lie(rng)
    first = Act("walking", "", 3, stand, 0.5, "walk") if rng.random() < 0.5 else Act("standing", "", 3, stand)
    return [first, Act("lying", None, 4, lie, rng.uniform(0.55, 0.95), "fall")]


def _script_lie(rng: np.random.Generator, body: Body) -> list[Act]:
    low = _sit_on_floor(rng)
    return [Act("standing", "", 2, _stand(rng)), Act(None, None, 1, low, 2.2), Act("lying", None, 4, _lie(rng), 2.0), Act(None, None, 1, low, 2.0)]  # fmt: skip


def _script_distract(rng: np.random.Generator, body: Body) -> list[Act]:
    """What is often taken for something else: picking up, stretching, a kick, jumping jacks."""
    stand = _stand(rng)
    bow = {**stand, "root_pitch": 40.0, "spine_bend": 60.0, **_legs(flex=rng.uniform(35, 60), knee=rng.uniform(10, 50)), "right_arm_raise": 70.0, "right_arm_plane": 85.0}  # fmt: skip
    star = {**stand, **_legs(abduct=24), "left_arm_raise": 150.0, "right_arm_raise": 150.0}
    kick = {**stand, "right_leg_flex": 75.0, "root_pitch": -10.0}
    acts = [Act("standing", "", 2, stand), Act(None, "", 0.6, bow, 0.7), Act("standing", "", 2, stand, 0.7), Act(None, None, 0.2, kick, 0.4), Act("standing", "", 1.5, stand, 0.5)]  # fmt: skip
    return acts + 4 * [Act(None, None, 0.1, star, 0.4), Act(None, None, 0.1, stand, 0.4)] + [Act("standing", "", 2, stand)]


def _script_desk(rng: np.random.Generator, body: Body) -> list[Act]:
    sit, arm = _sit(rng), _side(rng)
    return [Act("unknown", "", 4, sit), Act("unknown", "waving", 3, {**sit, **_waving(rng, arm)}, 0.7, f"wave {arm}")]


def _script_above(rng: np.random.Generator, body: Body) -> list[Act]:
    return [Act("unknown", None, 4, _stand(rng)), Act("unknown", None, 3, _sit(rng), 1.5)]


SCRIPTS: dict[str, Callable[[np.random.Generator, Body], list[Act]]] = {
    "walk": _script_walk, "sit": _script_sit, "floor": _script_sit_on_floor, "crouch": _script_crouch, "squats": _script_squats,
    "run": _script_run, "hand": _script_hand, "wave": _script_wave, "fall": _script_fall, "lie": _script_lie,
    "distract": _script_distract, "desk": _script_desk, "above": _script_above,
}  # fmt: skip


def staged_people(seed: int, script: str, *, view: str = "picture", fps: float = 30.0, noise: float = 1.0) -> Staged:
    """One person goes through one script.

    Args:
        seed: of who it is, how they do it, where the camera is and its faults; the same at any frame rate but for the faults.
        script: a name in `SCRIPTS`.
        view: "picture" (coco17, pixels, any side) or "depth" (kinect20, metres, from the front half).
        fps: moments a second.
        noise: dose of the sensor's faults; 0 for none.
    """
    rng = np.random.default_rng([seed, *script.encode()])
    body = make_body(rng)
    acts = SCRIPTS[script](rng, body)
    pose, labels, gestures, times = _played(acts, body, rng, fps)
    joints = forward(body, pose)
    if view == "depth":
        clip = depth_camera(joints, times, rng, noise=noise, facing=float(rng.uniform(-70, 70)))
    else:
        clip = _photographed(joints, times, body, rng, noise, above=script == "above", cut=script == "desk")
    return Staged(script, clip, labels, gestures)


def _row(pose: dict[str, float]) -> Array:
    row = np.zeros(len(DOFS))
    for name, value in pose.items():
        row[_AT[name]] = value
    return row


def _ease(x: Array) -> Array:
    """Smallest jerk from 0 to 1 (Flash and Hogan, 1985)."""
    x = np.clip(x, 0, 1)
    return np.asarray(x**3 * (10 - 15 * x + 6 * x * x))


def _played(
    acts: list[Act], body: Body, rng: np.random.Generator, fps: float
) -> tuple[Array, tuple[str | None, ...], tuple[str | None, ...], Array]:
    """The pose of each moment, and what is true then."""
    total = sum(act.seconds + act.into for act in acts) - acts[0].into
    times = np.arange(round(total * fps)) / fps
    pose = np.tile(_row(acts[0].pose), (len(times), 1))
    labels: list[str | None] = [None] * len(times)
    gestures: list[str | None] = [None] * len(times)
    start, before = -acts[0].into, _row(acts[0].pose)
    for act in acts:
        there, end = start + act.into, start + act.into + act.seconds
        now = _row(act.pose)
        share = _ease((times - start) / act.into)[:, None]
        here = times >= start
        pose[here] = (before + share * (now - before))[here]
        _moving(pose, act, body, times, start, end, rng)
        _told(labels, gestures, act, times, start, there, end)
        start, before = end, now
    return pose + _sway(times, rng), tuple(labels), tuple(gestures), times


def _told(labels: list[str | None], gestures: list[str | None], act: Act, times: Array, start: float, there: float, end: float) -> None:
    fall = act.moves == "fall"
    late = 0.9 if act.gesture == "waving" else _SLACK
    for i, time in enumerate(times.tolist()):
        if there + (1.3 if fall else _SLACK) <= time < end:
            labels[i] = act.body
        elif fall and start + 0.75 * act.into <= time < there + 0.3:
            labels[i] = "falling"
        if there + late <= time < end:
            gestures[i] = act.gesture
    for i, time in enumerate(times.tolist()):  # what follows is not judged until it is settled
        if end - 0.1 <= time < end:
            labels[i] = gestures[i] = None


def _moving(pose: Array, act: Act, body: Body, times: Array, start: float, end: float, rng: np.random.Generator) -> None:
    """Add what goes to and fro during an act: legs, arms, a waving hand."""
    if act.moves in ("", "fall"):
        return
    strength = _ease((times - start) / 0.5) * _ease((end - times) / 0.4)
    if act.moves.startswith("wave"):
        side = act.moves.split()[1]
        rate, size = rng.uniform(0.8, 2.2), rng.uniform(18, 35)
        swing = strength * size * np.sin(2 * np.pi * rate * (times - start))
        pose[:, _AT[f"{side}_arm_twist" if pose[:, _AT[f"{side}_arm_twist"]].min() < -45 else f"{side}_arm_plane"]] += swing
        pose[:, _AT[f"{side}_arm_raise"]] += 0.3 * swing
        return
    runs = act.moves == "run"
    rate = rng.uniform(1.25, 1.5) if runs else rng.uniform(0.75, 1.1)
    thigh, knee = (rng.uniform(30, 38), rng.uniform(85, 105)) if runs else (rng.uniform(19, 27), rng.uniform(45, 62))
    speed = 4 * (body.thigh + body.shin) * math.sin(math.radians(thigh)) * rate * (1.25 if runs else 1.0)
    phase = 2 * np.pi * rate * (times - start) + rng.uniform(0, 6)
    for side, shift in (("left", 0.0), ("right", np.pi)):
        wave, lift = np.sin(phase + shift), np.maximum(np.cos(phase + shift), 0)
        pose[:, _AT[f"{side}_leg_flex"]] += strength * (thigh * wave + (10 if runs else 2))
        pose[:, _AT[f"{side}_leg_knee"]] += strength * (knee * lift**1.3 + 6)
        pose[:, _AT[f"{side}_arm_raise"]] += strength * (16 - 16 * wave)
    if runs:  # on the ground the feet carry the body on; in the air it flies on
        air = strength * 0.07 * np.maximum(np.abs(np.sin(phase)) - 0.4, 0)
        pose[:, _AT["jump"]] += air
        pose[:, _AT["step_forward"]] += np.cumsum((air > 1e-3) * speed) * (times[1] - times[0])


def _sway(times: Array, rng: np.random.Generator) -> Array:
    """Nobody is quite still: each angle wanders by about a degree."""
    still = np.array([d.startswith(("root_yaw", "jump", "step")) for d in DOFS])
    rates, phases = rng.uniform(0.1, 0.5, (2, len(DOFS))), rng.uniform(0, 2 * np.pi, (2, len(DOFS)))
    waves = np.sin(2 * np.pi * rates * times[:, None, None] + phases).sum(axis=1)
    return np.asarray(np.where(still, 0.0, waves))


def _photographed(
    joints: Array, times: Array, body: Body, rng: np.random.Generator, noise: float, above: bool, cut: bool
) -> PoseSequence:
    """Joints in a picture, in pixels, from any side."""
    way = float(np.ptp(joints[:, 0], axis=0).max()) / 2
    yaw, pitch = rng.uniform(0, 360), rng.uniform(72, 90) if above else rng.uniform(0, 20) / max(1.0, way / 2)
    matrix = turn("z", np.array([rng.normal(0, 2)]))[0] @ turn("x", np.array([pitch]))[0] @ turn("y", np.array([yaw]))[0]
    seen = (joints - joints[:, :1].mean(axis=0)) @ matrix.T
    reach = float(np.ptp(seen[..., 2])) / 2
    far = rng.uniform(3.5, 8.0) + reach
    tall = rng.uniform(80, 420)
    flat3 = skeleton_of(seen, "coco17")
    depth = np.maximum(flat3[..., 2] + far, 0.5)
    flat = flat3[..., :2] / depth[..., None] * far / body.height * tall
    scores = np.full(flat.shape[:2], 0.85)
    if noise:
        flat, scores = _found(flat, flat3[..., 2], tall, noise, times, rng)
    if cut:
        edge = np.median(flat[:, [11, 12], 1]) + rng.uniform(0.05, 0.15) * tall
        beyond = flat[..., 1] > edge
        scores = np.where(beyond, np.minimum(scores, rng.uniform(0, 0.19, scores.shape)), scores)
        scores[scores < 0.1] = 0
    place = np.array([rng.uniform(300, 900), rng.uniform(200, 500)])
    return PoseSequence((flat + place)[:, None], scores[:, None], times, skeleton("coco17"))


def _found(flat: Array, depth: Array, tall: float, noise: float, times: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """What a pose net makes of it: jitter that wanders, more of it and less certainty for limbs behind the body, legs mixed up."""
    step = float(np.median(np.diff(times)))
    keep = math.exp(-step / 0.12)
    wander = rng.normal(0, 1, flat.shape)
    for t in range(1, len(flat)):
        wander[t] = keep * wander[t - 1] + math.sqrt(1 - keep**2) * wander[t]
    behind = depth > np.median(depth, axis=1, keepdims=True) + 0.14
    spread = 0.008 * noise * tall * np.where(behind, 2.0, 1.0)[..., None]
    offset = rng.normal(0, 0.008 * noise * tall, flat.shape[1:])
    found = flat + offset + spread * (wander + 0.5 * rng.normal(0, 1, flat.shape))
    scores = np.clip(rng.normal(np.where(behind, 0.5, 0.75), 0.12), 0.05, 1)
    near = np.abs(flat[:, 15] - flat[:, 16]).max(axis=1) < 0.05 * tall
    mixed = near & (rng.random(len(flat)) < 0.15 * noise)
    found[mixed] = found[mixed][:, [*range(11), 12, 11, 14, 13, 16, 15]]
    return found, scores
