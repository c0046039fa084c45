"""Made people who stand, sit, crouch, lie, walk, run, wave, fall …, seen by one camera anywhere: what they do is known exactly.

Bodies of varied proportions (`kinesics.bodies`) go through a script of postures; transitions are not judged. A picture camera
stands on any side, looks down by up to 20 degrees and finds joints with the faults of a pose net: jitter, doubt about hidden
limbs, left and right mixed up, limbs beyond the border.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..bodies import DOFS, Body, depth_camera, forward, make_body, skeleton_of
from ..bodies.kinematics import turn
from ..types import Array, PoseSequence, skeleton
from .posture_scripts import SCRIPTS, Act

__all__ = ["Staged", "staged_people"]

_AT = {name: i for i, name in enumerate(DOFS)}
_SLACK = 0.35  # seconds at either end of an act that are not judged


@dataclass(frozen=True)
class Staged:
    """A clip of one person, and for each moment the true body posture and gesture ("" none, None not judged)."""

    script: str
    clip: PoseSequence
    body: tuple[str | None, ...]
    gesture: tuple[str | None, ...]


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


def _told(
    labels: list[str | None], gestures: list[str | None], act: Act, times: Array, start: float, there: float, end: float
) -> None:
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
    """What a pose net makes of it: jitter that wanders, more of it and less certainty behind the body, legs mixed up."""
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
