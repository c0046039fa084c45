"""What made people do, act by act: postures as angles of the body, with all that people vary."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..bodies import Body

__all__ = ["SCRIPTS", "Act"]


@dataclass(frozen=True)
class Act:
    """Something done for a while.

    Attributes:
        body, gesture: the labels; None: not judged.
        seconds: it lasts once it is reached.
        pose: degrees by the names of `kinesics.bodies.DOFS`; others are 0.
        into: seconds to get there.
        moves: "walk", "run", "wave left", "wave right", "fall" or "".
    """

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
    pose: dict[str, float] = {}
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
    arms = {
        f"{side}_arm_{name}": value
        for side in ("left", "right")
        for name, value in (("raise", trunk + rng.uniform(0, 70)), ("plane", 85.0), ("elbow", 30.0))
    }
    return {**arms, **_legs(flex=thigh + trunk, knee=thigh + lean, abduct=rng.uniform(5, 25), ankle=-lean), "root_pitch": trunk}


def _lie(rng: np.random.Generator) -> dict[str, float]:
    how = {"root_pitch": -88.0} if rng.random() < 0.5 else {"root_pitch": 87.0}
    if rng.random() < 0.3:
        how = {"root_roll": float(rng.choice([-86, 86]))}
    bent = rng.uniform(0, 40) if "root_pitch" not in how or how["root_pitch"] < 0 else rng.uniform(0, 5)
    return {
        **_legs(flex=bent, knee=2 * bent),
        **how,
        "left_arm_raise": rng.uniform(5, 50),
        "right_arm_raise": rng.uniform(5, 50),
    }


def _raised(rng: np.random.Generator, side: str) -> dict[str, float]:
    return {
        f"{side}_arm_raise": rng.uniform(150, 170),
        f"{side}_arm_plane": rng.uniform(10, 80),
        f"{side}_arm_elbow": rng.uniform(5, 40),
    }


def _waving(rng: np.random.Generator, side: str) -> dict[str, float]:
    """The upper arm out to the side, the forearm up."""
    return {
        f"{side}_arm_raise": rng.uniform(75, 110),
        f"{side}_arm_plane": rng.uniform(5, 30),
        f"{side}_arm_twist": -90.0,
        f"{side}_arm_elbow": rng.uniform(70, 95),
    }


def _side(rng: np.random.Generator) -> str:
    return "left" if rng.random() < 0.4 else "right"


def _script_walk(rng: np.random.Generator, body: Body) -> list[Act]:
    stand = _stand(rng)
    return [Act("standing", "", 3, stand), Act("walking", "", 5, stand, 0.5, "walk"), Act("standing", "", 3, stand, 0.5)]


def _script_sit(rng: np.random.Generator, body: Body) -> list[Act]:
    stand, arm = _stand(rng), _side(rng)
    sit = _sit(rng)
    return [
        Act("standing", "", 2, stand),
        Act("sitting", "", 5, sit, 1.3),
        Act("sitting", "hand raised", 2.5, {**sit, **_raised(rng, arm)}, 0.7),
        Act("sitting", "", 2, sit, 0.7),
        Act("standing", "", 2, stand, 1.2),
    ]


def _script_sit_on_floor(rng: np.random.Generator, body: Body) -> list[Act]:
    sit, arm = _sit_on_floor(rng), _side(rng)
    return [
        Act("standing", "", 2, _stand(rng)),
        Act("sitting", "", 4, sit, 2.2),
        Act("sitting", "waving", 3, {**sit, **_waving(rng, arm)}, 0.7, f"wave {arm}"),
    ]


def _script_crouch(rng: np.random.Generator, body: Body) -> list[Act]:
    stand = _stand(rng)
    return [Act("standing", "", 2, stand), Act("crouching", "", 4, _crouch(rng, body), 1.0), Act("standing", "", 2, stand, 1.0)]


def _script_squats(rng: np.random.Generator, body: Body) -> list[Act]:
    stand, low = _stand(rng), _crouch(rng, body, 90)
    return [Act("standing", "", 2, stand)] + 4 * [Act("crouching", "", 1.3, low, 0.9), Act("standing", "", 1.3, stand, 0.9)]


def _script_run(rng: np.random.Generator, body: Body) -> list[Act]:
    stand = {
        **_stand(rng),
        **{f"{s}_arm_{n}": v for s in ("left", "right") for n, v in (("raise", 15.0), ("plane", 60.0), ("elbow", 85.0))},
    }
    return [Act("standing", "", 2, stand), Act("running", "", 5, {**stand, "root_pitch": 6.0}, 0.6, "run")]


def _script_hand(rng: np.random.Generator, body: Body) -> list[Act]:
    stand = _stand(rng)
    up = {**stand, **_raised(rng, _side(rng))}
    return [Act("standing", "", 2, stand), Act("standing", "hand raised", 4, up, 0.7), Act("standing", "", 3, stand, 0.7)]


def _script_wave(rng: np.random.Generator, body: Body) -> list[Act]:
    stand, arm = _stand(rng), _side(rng)
    up = {**stand, **(_waving(rng, arm) if rng.random() < 0.6 else _raised(rng, arm))}
    return [
        Act("standing", "", 2, stand),
        Act("standing", "waving", 5, up, 0.6, f"wave {arm}"),
        Act("standing", "", 3, stand, 0.6),
    ]


def _script_fall(rng: np.random.Generator, body: Body) -> list[Act]:
    stand, lie = _stand(rng), _lie(rng)
    first = Act("walking", "", 3, stand, 0.5, "walk") if rng.random() < 0.5 else Act("standing", "", 3, stand)
    return [first, Act("lying", None, 4, lie, rng.uniform(0.55, 0.95), "fall")]


def _script_lie(rng: np.random.Generator, body: Body) -> list[Act]:
    low = _sit_on_floor(rng)
    return [
        Act("standing", "", 2, _stand(rng)),
        Act(None, None, 1, low, 2.2),
        Act("lying", None, 4, _lie(rng), 2.0),
        Act(None, None, 1, low, 2.0),
    ]


def _script_distract(rng: np.random.Generator, body: Body) -> list[Act]:
    """What is often taken for something else: picking up, stretching, a kick, jumping jacks."""
    stand = _stand(rng)
    bow = {
        **stand,
        "root_pitch": 40.0,
        "spine_bend": 60.0,
        **_legs(flex=rng.uniform(35, 60), knee=rng.uniform(10, 50)),
        "right_arm_raise": 70.0,
        "right_arm_plane": 85.0,
    }
    star = {**stand, **_legs(abduct=24), "left_arm_raise": 150.0, "right_arm_raise": 150.0}
    kick = {**stand, "right_leg_flex": 75.0, "root_pitch": -10.0}
    acts = [
        Act("standing", "", 2, stand),
        Act(None, "", 0.6, bow, 0.7),
        Act("standing", "", 2, stand, 0.7),
        Act(None, None, 0.2, kick, 0.4),
        Act("standing", "", 1.5, stand, 0.5),
    ]
    return acts + 4 * [Act(None, None, 0.1, star, 0.4), Act(None, None, 0.1, stand, 0.4)] + [Act("standing", "", 2, stand)]


def _script_desk(rng: np.random.Generator, body: Body) -> list[Act]:
    sit, arm = _sit(rng), _side(rng)
    return [Act("unknown", "", 4, sit), Act("unknown", "waving", 3, {**sit, **_waving(rng, arm)}, 0.7, f"wave {arm}")]


def _script_above(rng: np.random.Generator, body: Body) -> list[Act]:
    return [Act("unknown", None, 4, _stand(rng)), Act("unknown", None, 3, _sit(rng), 1.5)]


SCRIPTS: dict[str, Callable[[np.random.Generator, Body], list[Act]]] = {
    "walk": _script_walk,
    "sit": _script_sit,
    "floor": _script_sit_on_floor,
    "crouch": _script_crouch,
    "squats": _script_squats,
    "run": _script_run,
    "hand": _script_hand,
    "wave": _script_wave,
    "fall": _script_fall,
    "lie": _script_lie,
    "distract": _script_distract,
    "desk": _script_desk,
    "above": _script_above,
}
