"""Motion for footage: somebody who signs, gestures or does sports, smoothly, without passing through oneself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter1d

from ..errors import UsageError
from ..types import Array
from .acting import faces_of
from .collisions import all_collide
from .dressing import Portrait
from .fingers import limited_fingers
from .handshapes import HANDSHAPES
from .inventing import random_recipe
from .kinematics import DOFS, Body, limited
from .motions import perform as perform_recipe
from .named import NAMED_MOTIONS
from .placing import joint_places
from .portraits import make_portrait, render
from .recipes import Recipe
from .signing import signed
from .standpoints import Standpoint, upper_body, whole_body

#: What can be asked of `perform`.
KINDS = ("signing", "gestures", "sport")
_SPORTS = ("squat", "clap", "kick", "bend", "walk", "run", "jumping jack")
_SMOOTH = 0.045  # seconds


@dataclass(frozen=True)
class Acted:
    """Motion of somebody.

    Attributes:
        times: (n,) float64 seconds.
        poses: (n, len(DOFS)) float64 degrees.
        hands: (n, 4), as for `Actor.posed`.
        shapes: (n, 2, 20) degrees of the fingers, as for `Actor.posed`.
        faces: (n, len(FACE_MOVES)) 0 to 1.
    """

    times: Array
    poses: Array
    hands: Array
    shapes: Array
    faces: Array

    def __len__(self) -> int:
        return len(self.times)


def perform(seed: int, seconds: float, fps: float = 30.0, kind: str = "signing", *, body: Body | None = None) -> Acted:
    """Smooth motion of the kind, the same for the same seed and body.

    Args:
        seed: of all chance.
        seconds: how long.
        fps: moments a second.
        kind: one of `KINDS`.
        body: who moves; by default somebody average.

    Raises:
        UsageError: another kind, or no time.
    """
    if kind not in KINDS:
        raise UsageError(f"kind of performance is one of {', '.join(KINDS)}; {kind!r} came")
    if not (seconds > 0 and fps > 0):
        raise UsageError(f"a performance lasts more than 0 s at more than 0 fps; {seconds:g} s at {fps:g} fps came")
    body = body or Body()
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    count = max(round(seconds * fps), 1)
    times = np.arange(count) / fps
    if kind == "signing":
        poses, hands, shapes = signed(rng, times, body)
    else:
        poses, hands, shapes = _moved(rng, times, fps, body, kind)
    poses = poses + _sway(rng, times)
    soft = (_SMOOTH if kind == "signing" else 2 * _SMOOTH) * fps
    poses, hands = (gaussian_filter1d(values, soft, axis=0, mode="nearest") for values in (poses, hands))
    poses = _apart(limited(poses), body, fps)
    return Acted(times, poses, hands, shapes, faces_of(rng, times, talking=kind == "signing"))


def _sway(rng: np.random.Generator, times: Array) -> Array:
    """Nobody stands quite still: slow turning, leaning, looking about; a nod now and then."""
    sizes = {
        "root_yaw": 4.0,
        "spine_side": 1.8,
        "spine_twist": 2.5,
        "spine_bend": 1.5,
        "neck_nod": 3.5,
        "neck_tilt": 3.0,
        "neck_turn": 6.0,
    }
    out = np.zeros((len(times), len(DOFS)))
    for dof, size in sizes.items():
        for period in rng.uniform(1.6, 7.0, 3):
            out[:, DOFS.index(dof)] += rng.normal(0, size / 2.4) * np.sin(2 * np.pi * (times / period + rng.uniform()))
    for at in np.arange(rng.uniform(1, 4), times[-1] + 0.01, 5.0):
        out[:, DOFS.index("neck_nod")] += rng.uniform(4, 10) * np.sin((times - at) * 9) * np.exp(-(((times - at) / 0.45) ** 2))
    return out


def _moved(rng: np.random.Generator, times: Array, fps: float, body: Body, kind: str) -> tuple[Array, Array, Array]:
    """Recipes one after the other, cross-faded."""
    poses = np.zeros((0, len(DOFS)))
    fade = max(int(0.3 * fps), 1)
    while len(poses) < len(times) + fade:
        shown = perform_recipe(_recipe(rng, kind), body, rng, fps=fps, variety=0.7).pose
        shown[:, DOFS.index("root_yaw")] = np.clip(shown[:, DOFS.index("root_yaw")], -70, 70)
        shown[:, DOFS.index("step_side") :] = 0
        if all_collide(body, joint_places(body, shown)).mean() > 0.12 or np.abs(shown[:, DOFS.index("root_pitch")]).max() > 60:
            continue
        if len(poses):
            share = (np.arange(fade) + 0.5)[:, None] / fade
            poses[-fade:] = poses[-fade:] * (1 - share) + shown[:1] * share
        poses = np.concatenate([poses, shown])
    knots = np.arange(0, times[-1] + 3, 1.1)
    hands = np.stack([np.interp(times, knots, column) for column in _loose_hands(rng, len(knots)).T], axis=1)
    return poses[: len(times)], hands, _loose_fingers(rng, times, knots)


def _loose_hands(rng: np.random.Generator, count: int) -> Array:
    return np.concatenate([rng.normal(5, 22, (count, 2)), np.clip(rng.normal(0.25, 0.2, (count, 2)), 0, 1)], axis=1)


def _loose_fingers(rng: np.random.Generator, times: Array, knots: Array) -> Array:
    """(n, 2, 20): hands half open, that close and open a little."""
    known = np.array([HANDSHAPES[name] for name in ("loose", "flat", "C", "S")])
    out = np.empty((len(times), 2, 20))
    for side in range(2):
        keys = rng.dirichlet((1.6, 0.5, 0.5, 0.4), len(knots)) @ known
        out[:, side] = np.stack([np.interp(times, knots, column) for column in keys.T], axis=1)
    return limited_fingers(out)


def _recipe(rng: np.random.Generator, kind: str) -> Recipe:
    if kind == "sport" and rng.random() < 0.6:
        return NAMED_MOTIONS[str(rng.choice(_SPORTS))]
    if kind == "gestures" and rng.random() < 0.25:
        return NAMED_MOTIONS[str(rng.choice(["wave", "raise hand", "clap"]))]
    while True:
        recipe = random_recipe(rng)
        if recipe.stance == "stand" and (kind == "sport" or not recipe.moves):
            return recipe


def _apart(poses: Array, body: Body, fps: float) -> Array:
    """Arms opened a little where a part of the body would lie in another."""
    columns = [DOFS.index(f"{side}_arm_elbow") for side in ("left", "right")]
    planes = [DOFS.index(f"{side}_arm_plane") for side in ("left", "right")]
    for _ in range(5):
        wrong = all_collide(body, joint_places(body, poses))
        if not wrong.any():
            break
        much = np.clip(gaussian_filter1d(wrong.astype(float), 0.12 * fps, mode="nearest") * 3, 0, 1)[:, None]
        poses = poses.copy()
        poses[:, columns] -= 7 * much
        poses[:, planes] -= 5 * much
        poses = limited(poses)
    return poses


def made_footage(
    seed: int,
    seconds: float = 20.0,
    kind: str = "signing",
    *,
    fps: float = 30.0,
    portrait: Portrait | None = None,
    view: Standpoint | None = None,
    background: Array | None = None,
) -> dict[str, Any]:
    """Pictures of somebody made up, with all that the viewer wants to know of them: the fields of `viewer.Footage`.

    Args:
        seed: of person, motion and room.
        seconds: how long.
        kind: one of `KINDS`.
        fps: pictures a second.
        portrait: who; by default somebody of the seed.
        view: from where; by default the upper body for signing and gestures, the whole one for sport.
        background: (512, 512, 3) uint8; by default a plain room of the seed.

    Returns:
        pictures (n, 512, 512, 3) uint8, alpha (n, 512, 512) uint8, points (n, 133, 2) float32, scores (n, 133) float32, times
        (n,) float64, clips (n,) int32, background (512, 512, 3) uint8.
    """
    rng = np.random.default_rng([seed, 77])
    portrait = portrait or make_portrait(rng)
    acted = perform(seed, seconds, fps, kind, body=portrait.actor.body)
    stand = view or (whole_body if kind == "sport" else upper_body)(portrait.actor.height)
    plate = made_plate(rng) if background is None else background
    n = len(acted)
    pictures, alpha = np.empty((n, 512, 512, 3), np.uint8), np.empty((n, 512, 512), np.uint8)
    points, scores = np.empty((n, 133, 2), np.float32), np.empty((n, 133), np.float32)
    for i in range(n):
        shot = render(portrait, acted.poses[i], acted.hands[i], acted.shapes[i], acted.faces[i], stand)
        alpha[i] = shot.picture[..., 3]
        pictures[i] = over(shot.picture, plate)
        points[i], scores[i] = shot.points, shot.scores
    return {
        "pictures": pictures,
        "alpha": alpha,
        "points": np.where(scores[..., None] > 0, points, np.nan).astype(np.float32),
        "scores": scores,
        "times": acted.times,
        "clips": np.zeros(n, np.int32),
        "background": plate,
    }


def over(picture: Array, plate: Array) -> Array:
    """A premultiplied RGBA picture laid over a plate (h, w, 3), uint8."""
    rest = (255 - picture[..., 3:]).astype(np.uint16)
    return (picture[..., :3] + (plate * rest + 127) // 255).astype(np.uint8)


def made_plate(rng: np.random.Generator, size: int = 512) -> Array:
    """(size, size, 3) uint8, a plain wall with soft light, and a floor now and then."""
    y, x = np.mgrid[:size, :size] / size
    tone = np.array([225, 222, 216]) * rng.uniform(0.55, 1.05) + rng.normal(0, 14, 3)
    glow = 1.0 + 0.16 * np.exp(-(((x - rng.uniform(0.1, 0.9)) / 0.6) ** 2) - ((y - rng.uniform(0, 0.5)) / 0.6) ** 2) - 0.14 * y
    wall = tone * glow[..., None]
    if rng.random() < 0.35:
        edge = rng.uniform(0.78, 0.93)
        floor = np.clip((y - edge) / 0.004, 0, 1)[..., None]
        wall = wall * (1 - floor) + (tone * 0.62 + [6, 0, -8]) * (1 + 0.1 * (y - edge))[..., None] * floor
    wall += rng.normal(0, 0.8, wall.shape)
    return np.asarray(np.clip(wall + 0.5, 0, 255), np.uint8)
