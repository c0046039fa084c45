"""What somebody has on, in words and lengths: drawn at random, the same for every detail of the mesh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .shaping import Traits


@dataclass(frozen=True)
class Outfit:
    """Lengths along limbs are 0 at hip or shoulder, 1 at knee or elbow, 2 at ankle or wrist; thicknesses are metres."""

    top: str
    bottom: str
    sleeve: float = 0.0
    cloth: float = 0.0
    hem: float = 0.0
    leg: float = 0.0
    leg_cloth: float = 0.0
    flare: float = 0.0
    skirt: float = 0.0
    shoe: float = 0.0
    sole: float = 0.0
    hair: str = "none"
    hair_thick: float = 0.0
    hair_long: float = 0.0
    folds: float = 0.0
    fold_way: tuple[float, ...] = (0.0,) * 6


def random_outfit(rng: np.random.Generator, traits: Traits) -> Outfit:
    """What somebody has on: mostly trousers and shirts, from tight to wide, a skirt or a dress now and then, shoes, hair."""
    woman = traits.sex < 0.5
    top = str(rng.choice(["shirt", "jumper", "jacket", "vest", "hood"], p=[0.36, 0.28, 0.2, 0.08, 0.08]))
    bottom = str(
        rng.choice(["trousers", "tight", "shorts", "skirt"], p=[0.5, 0.14, 0.14, 0.22] if woman else [0.65, 0.12, 0.22, 0.01])
    )
    thick = {
        "shirt": (0.003, 0.02),
        "jumper": (0.006, 0.025),
        "jacket": (0.012, 0.045),
        "vest": (0.002, 0.012),
        "hood": (0.01, 0.035),
    }
    sleeve = {"shirt": (0.35, 1.0), "jumper": (1.4, 2.0), "jacket": (1.75, 2.02), "vest": (-0.2, 0.1), "hood": (1.7, 2.02)}
    wide = {"trousers": (0.006, 0.04), "tight": (0.001, 0.006), "shorts": (0.006, 0.04), "skirt": (0.0, 0.004)}[bottom]
    hair = str(rng.choice(["none", "short", "long", "bun"], p=[0.04, 0.28, 0.45, 0.23] if woman else [0.2, 0.68, 0.07, 0.05]))
    draw = rng.uniform(0, 1, 12)

    def between(span: tuple[float, float], share: float) -> float:
        return span[0] + (span[1] - span[0]) * float(share)

    return Outfit(
        top=top,
        bottom=bottom,
        sleeve=between(sleeve[top], draw[0]),
        cloth=between(thick[top], draw[1] ** 1.5),
        hem=between((0.05, 0.75) if top == "jacket" else (0.0, 0.3), draw[2] ** 2),
        leg={"shorts": between((0.45, 1.1), draw[3]), "skirt": 0.0}.get(bottom, between((1.6, 2.0), draw[3] ** 0.5)),
        leg_cloth=between(wide, draw[4] ** 1.5),
        flare=between((0.0, 0.16) if bottom == "skirt" else (0.0, 0.02), draw[5] ** 1.5),
        skirt=between((0.5, 1.9), draw[6]) if bottom == "skirt" else 0.0,
        shoe=between((0.003, 0.012), draw[7]) if draw[8] < 0.9 else 0.0,
        sole=between((0.008, 0.035), draw[9] ** 2) if draw[8] < 0.9 else 0.0,
        hair=hair,
        hair_thick=between((0.004, 0.035) if woman else (0.002, 0.022), draw[10]),
        hair_long=between((0.25, 1.0), draw[11]),
        folds=float(rng.uniform(0, 0.35)),
        fold_way=tuple(rng.uniform(0, 1, 6).tolist()),
    )


def wardrobe(outfit: Outfit) -> dict[str, Any]:
    """In words and round numbers."""
    told: dict[str, Any] = {"top": outfit.top, "bottom": outfit.bottom, "hair": outfit.hair, "shoes": outfit.sole > 0}
    if outfit.top != "none":
        told["cloth_mm"] = round(outfit.cloth * 1000)
    if outfit.bottom != "none":
        told["leg_cloth_mm"] = round(outfit.leg_cloth * 1000)
    return told
