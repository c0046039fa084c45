"""From traits (sex, age, muscle, weight, height, proportions) to the shape of a body: MakeHuman's way of mixing blend shapes.

A blend shape's weight is the product of how much each of its words applies, and each word's share is piecewise linear in a
trait between its anchors, as MakeHuman's `macro.json` says: baby, child, young, old at 1, 10, 25, 90 years; min, average,
max at 0, a half, 1.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass, field

import numpy as np

from ..types import Array

_AGES = {"baby": 1.0, "child": 10.0, "young": 25.0, "old": 90.0}
_RACES = ("african", "asian", "caucasian")


def _both(folder: str, name: str) -> tuple[str, ...]:
    return (f"{folder}/l-{name}", f"{folder}/r-{name}")


#: Single traits beside the macro details: name -> MakeHuman's target files, summed.
LOCAL: dict[str, tuple[str, ...]] = {
    "upper_arm_longer": ("arms/measure-upperarm-length-incr",),
    "upper_arm_shorter": ("arms/measure-upperarm-length-decr",),
    "forearm_longer": ("arms/measure-lowerarm-length-incr",),
    "forearm_shorter": ("arms/measure-lowerarm-length-decr",),
    "thigh_longer": ("legs/measure-upperleg-height-incr",),
    "thigh_shorter": ("legs/measure-upperleg-height-decr",),
    "shin_longer": ("legs/measure-lowerleg-height-incr",),
    "shin_shorter": ("legs/measure-lowerleg-height-decr",),
    "shoulders_wider": ("torso/measure-shoulder-dist-incr",),
    "shoulders_narrower": ("torso/measure-shoulder-dist-decr",),
    "hips_wider": ("hip/hip-scale-horiz-incr",),
    "hips_narrower": ("hip/hip-scale-horiz-decr",),
    "neck_longer": ("neck/measure-neck-height-incr",),
    "neck_shorter": ("neck/measure-neck-height-decr",),
    "belly": ("stomach/stomach-pregnant-incr",),
    "buttocks": ("buttocks/buttocks-volume-incr",),
    "breasts": ("breast/female-young-averagemuscle-averageweight-maxcup-averagefirmness",),
    "flat": ("breast/female-young-averagemuscle-averageweight-mincup-averagefirmness",),
    "head_bigger": ("head/head-scale-depth-incr", "head/head-scale-horiz-incr", "head/head-scale-vert-incr"),
    "head_smaller": ("head/head-scale-depth-decr", "head/head-scale-horiz-decr", "head/head-scale-vert-decr"),
    "hands_bigger": _both("hands", "hand-scale-incr"),
    "hands_smaller": _both("hands", "hand-scale-decr"),
    "feet_bigger": _both("feet", "foot-scale-incr"),
    "feet_smaller": _both("feet", "foot-scale-decr"),
}


@dataclass(frozen=True)
class Traits:
    """What a body is like. Shares are 0 to 1 with the average at a half; `age` is in years; `sex` 0 female to 1 male;
    `weight` may go on to 2.
    """

    sex: float = 0.5
    age: float = 25.0
    muscle: float = 0.5
    weight: float = 0.5
    height: float = 0.5
    proportions: float = 0.5
    races: tuple[float, float, float] = (1 / 3, 1 / 3, 1 / 3)
    local: dict[str, float] = field(default_factory=dict)


def _between(value: float, anchors: dict[str, float]) -> dict[str, float]:
    places = list(anchors.values())
    return {name: float(np.interp(value, places, np.eye(len(places))[i])) for i, name in enumerate(anchors)}


def _beyond(weight: float) -> dict[str, float]:
    """Heavier than the heaviest that was drawn: straight on from the average through it."""
    return {"minweight": 0.0, "averageweight": 2 - 2 * weight, "maxweight": 2 * weight - 1}


def _factors(traits: Traits) -> dict[str, dict[str, float]]:
    def three(noun: str, value: float) -> dict[str, float]:
        return _between(value, {f"min{noun}": 0, f"average{noun}": 0.5, f"max{noun}": 1})

    return {
        "sex": {"female": 1 - traits.sex, "male": traits.sex},
        "age": _between(traits.age, _AGES),
        "muscle": three("muscle", traits.muscle),
        "weight": three("weight", traits.weight) if traits.weight <= 1 else _beyond(traits.weight),
        "height": _between(traits.height, {"minheight": 0, "": 0.5, "maxheight": 1}),
        "proportions": _between(traits.proportions, {"uncommonproportions": 0, "": 0.5, "idealproportions": 1}),
        "race": dict(zip(_RACES, traits.races, strict=True)),
    }


#: Kind of target -> the traits its name spells, in the order of the words.
_KINDS = {
    "race": ("race", "sex", "age"),
    "universal": ("sex", "age", "muscle", "weight"),
    "height": ("sex", "age", "muscle", "weight", "height"),
    "proportions": ("sex", "age", "muscle", "weight", "proportions"),
}


@functools.cache
def _table() -> tuple[list[str], Array]:
    """Names of the macro targets, and the places of each one's words among all words; one word more always applies."""
    factors = _factors(Traits())
    words = [(trait, word) for trait in factors for word in factors[trait]]
    names, rows = [], []
    for kind, traits in _KINDS.items():
        for combination in itertools.product(*(factors[t] for t in traits)):
            if "" in combination or (kind == "proportions" and "baby" in combination):
                continue
            names.append("-".join((kind, *combination)))
            places = [words.index(pair) for pair in zip(traits, combination, strict=True)]
            rows.append(places + [len(words)] * (5 - len(places)))
    return names, np.array(rows)


def target_names() -> list[str]:
    """The blend shapes in the order of `target_weights`."""
    return [*_table()[0], *LOCAL]


def target_weights(traits: Traits) -> Array:
    """(len(target_names()),) how much of each blend shape a body with these traits has."""
    shares = [share for words in _factors(traits).values() for share in words.values()]
    macro = np.array([*shares, 1.0])[_table()[1]].prod(axis=1)
    return np.array([*macro, *(traits.local.get(name, 0.0) for name in LOCAL)])


#: Mean height in metres of girls/women and boys/men by age (WHO growth references, rounded; adults of the world about the
#: middle).
_GROWTH = np.array([[5, 1.09, 1.10], [8, 1.27, 1.28], [10, 1.39, 1.38], [12, 1.51, 1.49], [14, 1.59, 1.63], [16, 1.62, 1.73],
                    [18, 1.63, 1.76], [60, 1.62, 1.75], [90, 1.56, 1.68]])  # fmt: skip


def random_traits(rng: np.random.Generator) -> tuple[Traits, float]:
    """Somebody's traits and height in metres: four in five grown up, both sexes and between, thin to fat, 1.0 to 2.1 m."""
    kind = rng.uniform()
    age = rng.uniform(5, 16) if kind < 0.16 else rng.uniform(16, 60) if kind < 0.86 else rng.uniform(60, 88)
    sex = float(np.clip(rng.choice([0.06, 0.94]) + rng.normal(0, 0.12), 0, 1))
    mean = (1 - sex) * np.interp(age, _GROWTH[:, 0], _GROWTH[:, 1]) + sex * np.interp(age, _GROWTH[:, 0], _GROWTH[:, 2])
    height = float(np.clip(mean * (1 + np.clip(rng.normal(0, 0.045), -0.13, 0.15)), 1.0, 2.08))

    def about(middle: float, wide: float, low: float = 0.0, high: float = 1.0) -> float:
        return float(np.clip(rng.normal(middle, wide), low, high))

    weight = about(0.85, 0.36, 0.05, 1.7)
    muscle = about(0.42, 0.16) if weight < 1 else about(0.4, 0.09, 0.25, 0.7)
    local: dict[str, float] = {}
    for more, less, mean in _PAIRS:
        value = np.clip(rng.normal(mean, 0.3), -0.8, 0.9)
        local[more if value > 0 else less] = abs(float(value))
    local["belly"] = float(max(rng.normal(-0.25, 0.35), 0))
    local["buttocks"] = float(max(rng.normal(0, 0.3), 0))
    if sex < 0.5 and age > 13:
        value = rng.normal(0, 0.4)
        local["breasts" if value > 0 else "flat"] = float(min(abs(value), 1))
    traits = Traits(
        sex=sex,
        age=float(age),
        muscle=muscle,
        weight=weight,
        proportions=about(0.6, 0.2, 0.1),
        races=tuple(rng.dirichlet((1.0, 1.0, 1.0)).tolist()),
        local={name: value for name, value in local.items() if value > 0},
    )
    return traits, height


# With their means: the arms of the base mesh are shorter than people's (Drillis and Contini, 1966: 0.19 and 0.15 of the
# height).
_PAIRS = (
    ("upper_arm_longer", "upper_arm_shorter", 0.35), ("forearm_longer", "forearm_shorter", 0.15),
    ("thigh_longer", "thigh_shorter", 0), ("shin_longer", "shin_shorter", 0), ("shoulders_wider", "shoulders_narrower", 0),
    ("hips_wider", "hips_narrower", 0), ("neck_longer", "neck_shorter", 0), ("head_bigger", "head_smaller", 0),
    ("hands_bigger", "hands_smaller", 0), ("feet_bigger", "feet_smaller", 0),
)  # fmt: skip
