"""Hair: a sheet over the skull from the crown to the hairline, or hanging on from there, with locks and an uneven end."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array
from .painting import KINDS
from .unwrapping import PAGES
from .weaving import noise, put

STYLES = ("buzz", "short", "crop", "waves", "bob", "long", "bun", "ponytail", "afro")


@dataclass(frozen=True)
class Hairdo:
    """A way of wearing hair: `style` of `STYLES`, `volume` metres at the top, `length` metres below the ears, `sweep` turns
    that strands go round on their way, `fringe` degrees by which it comes down over the forehead, `curl` and `receding`
    0 to 1.
    """

    style: str
    volume: float
    length: float = 0.0
    sweep: float = 0.0
    fringe: float = 0.0
    curl: float = 0.0
    receding: float = 0.0


def random_hairdo(rng: np.random.Generator, sex: float, age: float) -> Hairdo:
    """Somebody's hair."""
    woman = [0.02, 0.06, 0.08, 0.08, 0.26, 0.24, 0.12, 0.10, 0.04]
    man = [0.14, 0.40, 0.24, 0.12, 0.01, 0.02, 0.02, 0.01, 0.04]
    style = str(rng.choice(STYLES, p=woman if sex < 0.5 else man))
    volume = {
        "buzz": (0.002, 0.003),
        "short": (0.012, 0.024),
        "crop": (0.018, 0.034),
        "waves": (0.024, 0.04),
        "afro": (0.035, 0.065),
    }
    low, high = volume.get(style, (0.012, 0.026))
    length = {"bob": (0.05, 0.10), "long": (0.16, 0.30)}.get(style, (0.0, 0.0))
    return Hairdo(
        style=style,
        volume=float(rng.uniform(low, high)),
        length=float(rng.uniform(*length)),
        sweep=float(rng.choice([-1, 1]) * rng.uniform(0.02, 0.12)),
        fringe=float(rng.uniform(8, 20)) if style in ("bob", "long", "crop") and rng.random() < 0.4 else 0.0,
        curl={"waves": 0.6, "afro": 1.0}.get(style, float(rng.uniform(0, 0.3))),
        receding=float(rng.uniform(0, 1)) * float(np.clip((age - 25) / 40, 0, 1)) if sex > 0.6 else 0.0,
    )


def hairline(across: Array, receding: float = 0.0) -> Array:
    """Degrees up of the edge of the scalp's hair at degrees across (both as on the head's page)."""
    x = np.abs(across)
    temple = 5.0 + 12.0 * receding
    at = [0, 16, 33, 46, 58, 68, 74, 79, 90, 96, 108, 122, 132, 142, 180]
    up = [36 + 6 * receding, 36 + 8 * receding, 33 + temple, 27 + temple, 17, 8, -6, -16, -16, 6, 12, 4, -22, -42, -46]
    return np.interp(x, at, up)


def paint_hair(sheet: Array, do: Hairdo, colour: tuple[float, float, float], rng: np.random.Generator) -> None:
    """The page of strands, and the scalp under them on the head's page."""
    page = PAGES["hair"]
    base = np.array(colour, float)
    grain = 2.2 + 2.5 * do.curl
    strands = noise(rng, page.height, page.width, grain, 60 / (1 + 14 * do.curl))
    locks = noise(rng, page.height, page.width, 13, 14 / (1 + 4 * do.curl))
    depth = 0.15 - 0.08 * base.mean() / 255
    tone = 1 + depth * strands + depth * locks
    down = (np.arange(page.height)[:, None] + 0.5) / page.height
    tone = tone * (0.86 + 0.22 * down)
    put(sheet, page, np.clip(base * 1.12 * tone[..., None] + 3, 2, 252), KINDS.index("hair"))
    head = PAGES["head"]
    across = (np.arange(head.width)[None] + 0.5) / head.width * 360 - 180
    up = 90 - (np.arange(head.height)[:, None] + 0.5) / head.height * 180
    ragged = 1.6 * noise(rng, 1, head.width, 5) + 0.9 * noise(rng, head.height, head.width, 4, 3)
    share = np.clip((up - hairline(across, do.receding) + ragged) / 5.0, 0, 1)
    share = (
        share * (0.72 + 0.14 * np.clip(noise(rng, head.height, head.width, 3), -1, 1)) if do.style == "buzz" else share * 0.95
    )
    area = sheet[head.y : head.y + head.height, head.x : head.x + head.width]
    much = share.astype(np.float32)
    for c in range(3):
        own = area[..., c].astype(np.float32)
        area[..., c] = np.clip(own + (np.float32(0.9 * base[c]) - own) * much + np.float32(0.5), 0, 255)
    area[..., 3] = np.where(share > 0.5, KINDS.index("hair"), area[..., 3])
