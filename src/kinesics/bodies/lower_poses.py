"""What trunk and legs do in still moments: stand, step, squat, lift a leg, bend down, jump, sit, kneel, crawl, lie, fall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from ..types import Array
from .footing import Footing, stand
from .kinematics import DOFS, Body

#: A maker of n poses (n, len(DOFS)) with arms at rest: (rng, n, body, wild); `wild` 0 is everyday, 1 goes to the limits.
Maker = Callable[[np.random.Generator, int, Body, float], Array]


def put(poses: Array, rng: np.random.Generator, **spans: tuple[float, float]) -> None:
    """Draw angles evenly between two values each; `leg_flex` and its like mean both sides, each drawn by itself."""
    for name, (low, high) in spans.items():
        sided = name.startswith(("leg_", "arm_"))
        for dof in (f"left_{name}", f"right_{name}") if sided else (name,):
            poses[:, DOFS.index(dof)] = rng.uniform(low, high, len(poses))


def relaxed(rng: np.random.Generator, n: int, wild: float = 0.0) -> Array:
    """(n, len(DOFS)) with hanging arms and straight legs; trunk and head as people hold them, some bent, turned or looking."""
    poses = np.zeros((n, len(DOFS)))
    for name, mean, spread, span in (
        ("spine_bend", 4, 6, (-20, 70)), ("spine_side", 0, 4, (-30, 30)), ("spine_twist", 0, 7, (-42, 42)),
        ("neck_nod", 4, 9, (-42, 48)), ("neck_tilt", 0, 6, (-32, 32)), ("neck_turn", 0, 14, (-68, 68)),
    ):  # fmt: skip
        broad = rng.random(n) < 0.22 + 0.4 * wild
        poses[:, DOFS.index(name)] = np.where(broad, rng.uniform(*span, n), rng.normal(mean, spread, n))
    poses[:, DOFS.index("root_pitch")] = rng.normal(2, 4, n)
    poses[:, DOFS.index("root_roll")] = rng.normal(0, 3, n)
    for side in ("left", "right"):
        for name, mean, spread in (("raise", 8, 5), ("plane", 20, 40), ("twist", 15, 20), ("elbow", 14, 10), ("wrist", 5, 10)):
            poses[:, DOFS.index(f"{side}_arm_{name}")] = rng.normal(mean, spread, n)
    return poses


def _footing(rng: np.random.Generator, n: int, apart: Array, ahead: Array, height: Array) -> Footing:
    """Feet `apart` (n,) metres from each other and the left one `ahead` (n,), turned a little against the pelvis."""
    ankles = np.zeros((n, 2, 3))
    ankles[:, 0, 0], ankles[:, 1, 0] = apart / 2, -apart / 2
    ankles[:, 0, 2], ankles[:, 1, 2] = -ahead / 2, ahead / 2
    turned = np.radians(rng.normal(0, 10, n))
    x, z = ankles[..., 0].copy(), ankles[..., 2].copy()
    ankles[..., 0] = np.cos(turned)[:, None] * x + np.sin(turned)[:, None] * z
    ankles[..., 2] = np.cos(turned)[:, None] * z - np.sin(turned)[:, None] * x
    weight = np.clip(np.where(rng.random(n) < 0.3, rng.uniform(0, 1, n), rng.normal(0.5, 0.12, n)), 0.03, 0.97)
    return Footing(ankles, np.clip(rng.normal(9, 11, (n, 2)), -20, 40), height, weight, np.zeros((n, 2), bool))


def _upright(rng: np.random.Generator, n: int) -> Array:
    """(n,) shares of the pelvis' height of people who stand: mostly with straight legs."""
    return np.where(rng.random(n) < 0.7, 1 - np.abs(rng.normal(0, 0.008, n)), rng.uniform(0.93, 1, n))


def _standing(rng: np.random.Generator, n: int, body: Body, wild: float) -> Array:
    near = np.clip(rng.normal(0.2, 0.07, n), 0.06, 0.4)
    apart = np.where(rng.random(n) < 0.25 + 0.5 * wild, rng.uniform(-0.08, 0.6 + 0.5 * wild, n), near)
    ahead = np.where(rng.random(n) < 0.2, rng.uniform(-0.35, 0.35, n), rng.normal(0, 0.05, n))
    ahead = np.where(apart < 0.06, np.sign(ahead) * np.maximum(np.abs(ahead), 0.14), ahead)  # crossed: one before the other
    return stand(body, relaxed(rng, n, wild), _footing(rng, n, apart, ahead, _upright(rng, n)))


def _striding(rng: np.random.Generator, n: int, body: Body, wild: float) -> Array:
    """Steps and lunges: one foot ahead, the heel behind often lifted."""
    ahead = rng.uniform(0.25, 0.8 + 0.35 * wild, n) * rng.choice([-1, 1], n)
    height = np.where(rng.random(n) < 0.5, rng.uniform(0.96, 1, n), rng.uniform(0.62 - 0.15 * wild, 1, n))
    footing = _footing(rng, n, np.abs(rng.normal(0.14, 0.08, n)), ahead, height)
    heel = rng.uniform(0, 0.12, n)
    footing.ankles[np.arange(n), (ahead > 0).astype(int), 1] -= heel
    poses = relaxed(rng, n, wild)
    put(poses, rng, root_pitch=(-4, 14 + 10 * wild))
    return stand(body, poses, footing)


def _squatting(rng: np.random.Generator, n: int, body: Body, wild: float) -> Array:
    footing = _footing(rng, n, rng.uniform(0.12, 0.55 + 0.3 * wild, n), rng.normal(0, 0.06, n), rng.uniform(0.4, 0.93, n))
    poses = relaxed(rng, n, wild)
    low = 1 - footing.height
    poses[:, DOFS.index("root_pitch")] = low * rng.uniform(10, 70, n) + rng.normal(0, 4, n)
    poses[:, DOFS.index("spine_bend")] = low * rng.uniform(-10, 60, n) + rng.normal(4, 6, n)
    return stand(body, poses, replace(footing, toes=footing.toes + 25 * low[:, None] * rng.random((n, 1))))


def _bending(rng: np.random.Generator, n: int, body: Body, wild: float) -> Array:
    """Bows, reaching to the floor, picking up: from the hips, the back, the knees."""
    poses = relaxed(rng, n, wild)
    put(poses, rng, spine_bend=(5, 80), root_pitch=(5, 75), neck_nod=(-40, 30))
    height = np.where(rng.random(n) < 0.5, rng.uniform(0.94, 1, n), rng.uniform(0.6, 1, n))
    footing = _footing(rng, n, rng.uniform(0.1, 0.5, n), rng.normal(0, 0.12, n), height)
    return stand(body, poses, footing)


def _on_one_leg(rng: np.random.Generator, n: int, body: Body, wild: float) -> Array:
    """One leg carries; the other is lifted, kicks, swings back, stands on a step, or rests on the other knee."""
    poses = relaxed(rng, n, 0.6 * wild)
    flex = rng.choice([70, 25, -20, 60, 10], n, p=[0.3, 0.2, 0.2, 0.2, 0.1]) + rng.normal(0, 14 + 14 * wild, n)
    knee = np.where(flex > 50, rng.uniform(0, 130, n), rng.uniform(0, 110, n))
    abduct = np.where(rng.random(n) < 0.3 + 0.3 * wild, rng.uniform(0, 48, n), rng.normal(4, 6, n))
    for name, value in (("flex", flex), ("knee", np.maximum(knee, 1.2 * (flex - 75))), ("abduct", abduct)):
        poses[:, DOFS.index(f"left_leg_{name}")] = value
    put(poses, rng, left_leg_turn=(-20, 34), left_leg_ankle=(-15, 40))
    lean = np.where(flex < 0, rng.uniform(0, 30 + 50 * wild, n), rng.uniform(-18, 8, n))
    poses[:, DOFS.index("root_pitch")] = lean
    poses[:, DOFS.index("root_roll")] = -0.5 * abduct * rng.random(n) + rng.normal(0, 3, n)
    height = np.where(rng.random(n) < 0.75, rng.uniform(0.97, 1, n), rng.uniform(0.8, 1, n))
    footing = _footing(rng, n, np.full(n, 0.12), np.zeros(n), height)
    free = np.tile([True, False], (n, 1))
    step = rng.random(n) < 0.15  # the foot on a stair, a box, a ball
    free[step, 0] = False
    footing.ankles[step, 0, 1] = -rng.uniform(0.08, 0.5, int(step.sum()))
    footing.ankles[step, 0, 2] = -rng.uniform(0.1, 0.4, int(step.sum()))
    return stand(body, poses, replace(footing, free=free, weight=np.where(free[:, 0], 0.0, 0.3)))


def _jumping(rng: np.random.Generator, n: int, body: Body, wild: float) -> Array:
    poses = relaxed(rng, n, wild)
    put(poses, rng, leg_flex=(-15, 60), leg_ankle=(-5, 42), leg_turn=(-10, 25), jump=(0.0, 0.4), root_pitch=(-12, 25))
    both = rng.random(n) < 0.6
    flex, abduct = rng.uniform(-10, 90, n), np.where(rng.random(n) < 0.4, rng.uniform(5, 45, n), rng.normal(4, 4, n))
    for k, side in enumerate(("left", "right")):
        column = DOFS.index(f"{side}_leg_flex")
        poses[:, column] = np.where(both, flex, poses[:, column])
        knee = np.maximum(poses[:, column], 0) * rng.uniform(0.6, 1.5, n) + rng.uniform(2, 25, n)
        poses[:, DOFS.index(f"{side}_leg_knee")] = knee
        poses[:, DOFS.index(f"{side}_leg_abduct")] = abduct * (1 if k else rng.uniform(0.7, 1.2, n))
    return poses


def _seated(rng: np.random.Generator, n: int, body: Body, wild: float) -> Array:
    """On a chair, a stool, a bed: feet on the floor, stretched out, or one leg over the other."""
    poses = relaxed(rng, n, wild)
    put(poses, rng, leg_flex=(72, 102), leg_knee=(55, 110), leg_abduct=(-3, 26), leg_turn=(-12, 20), leg_ankle=(-15, 20))
    put(poses, rng, root_pitch=(-20, 12), spine_bend=(-5, 35 + 30 * wild))
    over = rng.random(n) < 0.18
    for name, span in (("flex", (96, 116)), ("abduct", (-16, 6)), ("knee", (60, 95)), ("turn", (-10, 10))):
        poses[over, DOFS.index(f"left_leg_{name}")] = rng.uniform(*span, int(over.sum()))
    return poses


def _on_floor(rng: np.random.Generator, n: int, body: Body, wild: float) -> Array:
    """Sitting on the floor: legs crossed, stretched, drawn up, apart, or to one side."""
    poses = relaxed(rng, n, wild)
    put(poses, rng, root_pitch=(-25, 8), spine_bend=(0, 45))
    kind = rng.integers(0, 5, n)
    for k, spans in enumerate(
        (
            {"leg_flex": (85, 108), "leg_abduct": (32, 50), "leg_turn": (22, 35), "leg_knee": (108, 140)},
            {"leg_flex": (74, 98), "leg_abduct": (-2, 14), "leg_turn": (-5, 15), "leg_knee": (0, 28)},
            {"leg_flex": (98, 122), "leg_abduct": (-2, 18), "leg_turn": (-5, 10), "leg_knee": (85, 135)},
            {"leg_flex": (76, 98), "leg_abduct": (22, 48), "leg_turn": (0, 30), "leg_knee": (0, 40)},
            {"leg_flex": (60, 105), "leg_abduct": (5, 45), "leg_turn": (-25, 30), "leg_knee": (40, 140)},
        )
    ):
        some = poses[kind == k]
        put(some, rng, **spans)
        poses[kind == k] = some
    return poses


def _kneeling(rng: np.random.Generator, n: int, body: Body, wild: float) -> Array:
    """On both knees, upright or sitting on the heels, or on one."""
    poses = relaxed(rng, n, wild)
    share = np.where(rng.random(n) < 0.5, 0.0, rng.random(n))  # 0 upright, 1 on the heels
    lean = rng.uniform(-5, 25, n)
    poses[:, DOFS.index("root_pitch")] = lean
    half = rng.random(n) < 0.4
    for side in ("left", "right"):
        front = half if side == "left" else np.zeros(n, bool)
        down = np.where(half, 0.0, share)
        flex = np.where(front, rng.uniform(75, 112, n), lean + 62 * down + rng.normal(0, 3, n))
        knee = np.where(front, rng.uniform(70, 115, n), 88 + 60 * down + rng.normal(0, 4, n))
        poses[:, DOFS.index(f"{side}_leg_flex")], poses[:, DOFS.index(f"{side}_leg_knee")] = flex, knee
        poses[:, DOFS.index(f"{side}_leg_abduct")] = rng.uniform(0, 14, n)
        poses[:, DOFS.index(f"{side}_leg_ankle")] = np.where(front, 0, rng.choice([42, -20], n))
    return poses


def _on_hands_and_knees(rng: np.random.Generator, n: int, body: Body, wild: float) -> Array:
    """Crawling, push-ups, planks, climbing up from the floor."""
    poses = relaxed(rng, n, wild)
    plank = rng.random(n) < 0.35
    put(poses, rng, root_pitch=(58, 92), spine_bend=(-15, 25), neck_nod=(-42, 15), arm_plane=(70, 105), arm_twist=(-40, 40))
    put(poses, rng, arm_raise=(65, 110), arm_elbow=(0, 50))
    for side in ("left", "right"):
        poses[:, DOFS.index(f"{side}_leg_flex")] = np.where(plank, rng.uniform(-5, 20, n), rng.uniform(55, 115, n))
        poses[:, DOFS.index(f"{side}_leg_knee")] = np.where(plank, rng.uniform(0, 15, n), rng.uniform(65, 120, n))
        poses[:, DOFS.index(f"{side}_leg_ankle")] = np.where(plank, -20, rng.uniform(-10, 42, n))
    return poses


def _lying(rng: np.random.Generator, n: int, body: Body, wild: float) -> Array:
    """On the back, the front or a side, stretched or curled up."""
    poses = relaxed(rng, n, wild)
    stretched = rng.random(n) < 0.5
    curl = rng.uniform(0, 105, n)
    for side in ("left", "right"):
        bend = np.where(stretched, np.abs(rng.normal(4, 5, n)), np.clip(curl + rng.normal(0, 18, n), 0, 115))
        poses[:, DOFS.index(f"{side}_leg_flex")] = bend
        poses[:, DOFS.index(f"{side}_leg_knee")] = np.clip(bend * rng.uniform(0.9, 1.5, n), 0, 140)
    put(poses, rng, leg_abduct=(-2, 22), leg_turn=(-20, 30), leg_ankle=(0, 42))
    on_side = rng.random(n) < 0.5  # then pitch turns about the long axis of the body
    poses[:, DOFS.index("root_roll")] = np.where(on_side, rng.choice([-90, 90], n), 0) + rng.normal(0, 4, n)
    flat = rng.choice([-88, 88], n) + rng.normal(0, 5, n)
    poses[:, DOFS.index("root_pitch")] = np.where(on_side, rng.uniform(-100, 100, n), flat)
    return poses


def _falling(rng: np.random.Generator, n: int, body: Body, wild: float) -> Array:
    poses = relaxed(rng, n, 0.5)
    put(poses, rng, root_pitch=(-75, 80), root_roll=(-60, 60), leg_flex=(-15, 80), leg_abduct=(-5, 35), leg_turn=(-15, 25))
    put(poses, rng, leg_knee=(0, 100), leg_ankle=(-15, 35))
    return poses


#: Maker and share of each kind of lower body.
LOWER: dict[str, tuple[Maker, float]] = {
    "standing": (_standing, 0.45),
    "striding": (_striding, 0.12),
    "squatting": (_squatting, 0.06),
    "bending": (_bending, 0.07),
    "on one leg": (_on_one_leg, 0.08),
    "jumping": (_jumping, 0.03),
    "seated": (_seated, 0.09),
    "on floor": (_on_floor, 0.03),
    "kneeling": (_kneeling, 0.03),
    "on hands and knees": (_on_hands_and_knees, 0.01),
    "lying": (_lying, 0.02),
    "falling": (_falling, 0.01),
}
