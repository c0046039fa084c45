"""Somebody does something: a recipe performed by a body, each time a little differently."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array, PoseSequence
from .inventing import recipe_of
from .kinematics import DOFS, Body, forward, limited, make_body
from .reaching import reach
from .recipes import STANCES, HandPath, Move, Recipe
from .sensors import depth_camera, picture_camera

_COLUMN = {name: i for i, name in enumerate(DOFS)}
_ARM = ("raise", "plane", "twist", "elbow")


@dataclass(frozen=True)
class Performance:
    """One performance, on a floor at y = 0.

    Attributes:
        body: who.
        times: (t,) seconds.
        pose: (t, len(DOFS)) degrees, metres for jump and steps.
        joints: (t, len(JOINTS), 3) metres.
    """

    body: Body
    times: Array
    pose: Array
    joints: Array


def motion_clips(
    classes: int,
    instances: int,
    seed: int = 0,
    *,
    view: str = "3d",
    skeleton: str | None = None,
    fps: float = 30.0,
    noise: float = 1.0,
    variety: float = 1.0,
) -> tuple[list[PoseSequence], list[str]]:
    """Labelled clips of made kinds of motion.

    Class i of a seed is always the same, however many are asked for; so is its instance j.

    Args:
        classes: how many kinds.
        instances: clips of each, everyone by another person.
        seed: of all chance.
        view: "3d", as a depth camera's skeleton (metres, y down), or "2d", as a pose net on a picture (pixels).
        skeleton: name of a built-in skeleton; by default kinect20 for 3D and coco17 for 2D.
        fps: moments a second.
        noise: dose of the sensor's faults; 0 for none.
        variety: how much people differ in how they do it; 0: only in their bodies and in place.

    Returns:
        the clips, and their labels "made-0000", "made-0001" …
    """
    clips, labels = [], []
    for number in range(classes):
        recipe = recipe_of(number, seed)
        for instance in range(instances):
            rng = np.random.default_rng([seed, 1, number, instance])
            shown = perform(recipe, make_body(rng), rng, fps=fps, variety=variety)
            clips.append(_seen(shown, rng, view, skeleton, noise))
            labels.append(f"made-{number:04d}")
    return clips, labels


def _seen(shown: Performance, rng: np.random.Generator, view: str, skeleton: str | None, noise: float) -> PoseSequence:
    if view == "3d":
        return depth_camera(shown.joints, shown.times, rng, skeleton=skeleton or "kinect20", noise=noise)
    return picture_camera(shown.joints, shown.times, rng, skeleton=skeleton or "coco17", noise=noise)


def perform(recipe: Recipe, body: Body, rng: np.random.Generator, *, fps: float = 30.0, variety: float = 1.0) -> Performance:
    """Do what a recipe says, in one's own manner.

    Args:
        recipe: what to do.
        body: who does it.
        rng: of the manner: tempo, size, pauses before and after, stance, sway, number of repetitions.
        fps: moments a second.
        variety: how far manners differ; 0: exactly as the recipe says.
    """
    low, high = recipe.cycles
    cycles = int(rng.integers(low, high + 1)) if variety else low
    long = recipe.seconds * cycles * float(np.exp(rng.normal(0, 0.2 * variety)))
    before, after = rng.uniform(0, 0.5, 2) * variety + 0.05
    times = np.arange(max(round((before + long + after) * fps), 4)) / fps
    share = np.clip((times - before) / long, 0, 1)
    share = _warped(share, rng, variety)
    envelope = _envelope(recipe, share, long)
    pose = np.zeros((len(times), len(DOFS))) + _stance(recipe.stance, rng, variety)
    for move in recipe.moves:
        _moved(pose, move, times, share * cycles, envelope, bool(recipe.paths), rng, variety)
    for path in recipe.paths:
        _reached(pose, path, body, share * cycles, envelope, rng, variety)
    pose += _sway(len(times), fps, rng) * variety
    pose = limited(pose)
    return Performance(body, times, pose, forward(body, pose, travels=recipe.travels))


def _envelope(recipe: Recipe, share: Array, seconds: float) -> Array:
    """How far out of the stance (0) and into the motion (1) it is: (t,)."""
    into = min(0.35 * recipe.seconds, 0.45) / seconds
    rise = np.ones_like(share) if recipe.starts else _ease(np.clip(share / into, 0, 1))
    return rise if recipe.stays else rise * _ease(np.clip((1 - share) / into, 0, 1))


def _ease(x: Array) -> Array:
    """Smallest jerk from 0 to 1 (Flash and Hogan, 1985)."""
    return np.asarray(x**3 * (10 - 15 * x + 6 * x * x))


def _warped(share: Array, rng: np.random.Generator, variety: float) -> Array:
    """The same way at an uneven pace: a rising curve through 0 and 1."""
    a, b = rng.normal(0, 0.05 * variety, 2)
    bent = share + a * np.sin(np.pi * share) + b * np.sin(2 * np.pi * share) / 2
    return np.asarray(np.clip(np.maximum.accumulate(bent), 0, 1))


def _stance(name: str, rng: np.random.Generator, variety: float) -> Array:
    row = np.zeros(len(DOFS))
    for dof, value in STANCES[name].items():
        row[_COLUMN[dof]] = value * (1 + rng.normal(0, 0.12 * variety))
    manner = rng.normal(0, 3, len(DOFS)) * variety
    manner[_COLUMN["root_yaw"] :] = 0
    wide = abs(rng.normal(0, 5 * variety))
    for side in ("left", "right"):
        manner[_COLUMN[f"{side}_leg_abduct"]] = wide + rng.normal(0, 1.5) * variety
        manner[_COLUMN[f"{side}_leg_knee"]] = abs(rng.normal(0, 4)) * variety
        manner[_COLUMN[f"{side}_arm_elbow"]] += abs(rng.normal(0, 8)) * variety
    return row + manner


def _through(keys: Array, at: Array, phase: Array, flows: bool) -> Array:
    """Values (t, n) at phases (t,) of keys (m, n) placed at `at` (m,): cubic when they flow, else with a stop at each key."""
    if len(at) == 1:
        return np.broadcast_to(keys, (len(phase), keys.shape[1]))
    i = np.clip(np.searchsorted(at, phase, side="right") - 1, 0, len(at) - 2)
    width = np.maximum(at[i + 1] - at[i], 1e-6)
    x = np.clip((phase - at[i]) / width, 0, 1)[:, None]
    if not flows:
        return np.asarray(keys[i] + (keys[i + 1] - keys[i]) * _ease(x))
    closed = bool(np.allclose(keys[0], keys[-1]))
    slope = np.gradient(keys, at, axis=0) if len(at) > 2 else np.zeros_like(keys)
    if closed and len(at) > 2:
        slope[0] = slope[-1] = (keys[1] - keys[-2]) / (at[1] - at[0] + at[-1] - at[-2])
    else:
        slope[0] = slope[-1] = 0
    h = width[:, None]
    return np.asarray(
        (2 * x**3 - 3 * x**2 + 1) * keys[i] + (x**3 - 2 * x**2 + x) * h * slope[i]
        + (3 * x**2 - 2 * x**3) * keys[i + 1] + (x**3 - x**2) * h * slope[i + 1]
    )  # fmt: skip


def _phase(cycles: Array) -> Array:
    """Where in its cycle it is; the end of the last cycle is 1, not 0."""
    return np.asarray(np.where((cycles > 0) & (cycles == cycles[-1]) & (cycles % 1 == 0), 1.0, cycles % 1))


def _moved(
    pose: Array,
    move: Move,
    times: Array,
    cycles: Array,
    envelope: Array,
    under: bool,
    rng: np.random.Generator,
    variety: float,
) -> None:
    """Add a move to the pose; one with a rhythm of its own goes on all the time when hands do something over it (`under`)."""
    keys = np.array(move.values, float)
    size = 1 + rng.normal(0, 0.1 * variety)
    scale = size * (1 + rng.normal(0, 0.06 * variety, keys.shape[1]))
    keys = keys * scale
    if move.own is not None:
        phase = (times / (move.own * np.exp(rng.normal(0, 0.1 * variety))) + rng.uniform(0, 1) * variety) % 1
        weight = np.ones(len(times)) if under else envelope
    else:
        keys = keys + rng.normal(0, 3 * variety, keys.shape) * (np.abs(keys) > 1) * (np.abs(keys).max(axis=0) > 3)
        phase = _phase(cycles)
        weight = envelope if keys[0].any() or keys[-1].any() else np.ones(len(times))
    columns = [_COLUMN[dof] for dof in move.dofs]
    pose[:, columns] += weight[:, None] * _through(keys, np.array(move.phases), phase, move.flows)


def _reached(
    pose: Array, path: HandPath, body: Body, cycles: Array, envelope: Array, rng: np.random.Generator, variety: float
) -> None:
    points = np.array(path.points, float)
    middle = points.mean(axis=0)
    angles = np.radians(rng.normal(0, 8 * variety, 3))
    (cx, cy, cz), (sx, sy, sz) = np.cos(angles), np.sin(angles)
    tilt = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]]) @ np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    tilt = tilt @ np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    size = 1 + rng.normal(0, 0.14 * variety)
    points = (points - middle) @ tilt.T * size + middle + rng.normal(0, 0.08 * variety, 3)
    points += rng.normal(0, 0.03 * variety, points.shape)
    at = np.linspace(0, 1, len(points))
    place = _through(points, at, (_phase(cycles) + path.lag) % 1 if path.lag else _phase(cycles), path.flows)
    angles_of_arm = reach(body, path.side, place * body.arm * (path.side, 1, 1), path.swivel + rng.normal(0, 12 * variety))
    side = "left" if path.side > 0 else "right"
    columns = [_COLUMN[f"{side}_arm_{name}"] for name in _ARM]
    rest = pose[:, columns]
    pose[:, columns] = rest + envelope[:, None] * (angles_of_arm - rest)


_RESTLESS = np.array([d.startswith(("spine", "neck", "left", "right", "root_pitch", "root_roll")) for d in DOFS], float)


def _sway(moments: int, fps: float, rng: np.random.Generator) -> Array:
    """Nobody is ever quite still: slow wandering of every angle, about a degree and a half; (t, len(DOFS))."""
    knots = max(int(moments / fps / 0.5) + 2, 4)
    values = rng.normal(0, 1.5, (knots, len(DOFS))) * _RESTLESS
    return _through(values, np.linspace(0, 1, knots), np.linspace(0, 1, moments), flows=True)
