"""Clothes painted on a person's sheet: colours that go together, stripes, seams, collars, pockets, soft folds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array
from .outfits import Outfit
from .painting import KINDS
from .unwrapping import ARM_SPAN, LEG_SPAN, PAGES, TRUNK_SPAN, Page, average
from .weaving import noise

_CLOTH, _LEATHER = KINDS.index("cloth"), KINDS.index("leather")
_TOPS = {
    "navy": (44, 58, 92), "teal": (38, 112, 116), "burgundy": (122, 42, 58), "forest": (52, 92, 68), "mustard": (204, 154, 54),
    "coral": (218, 108, 92), "sky": (128, 172, 208), "cream": (232, 222, 204), "charcoal": (66, 68, 74),
    "lilac": (158, 140, 186), "rust": (172, 88, 52), "white": (234, 234, 232),
    "black": (38, 38, 42), "rose": (212, 150, 158), "royal": (52, 86, 160),
    "olive": (108, 108, 66),
}  # fmt: skip
_BOTTOMS = {
    "denim": (62, 82, 118), "dark denim": (40, 50, 74), "black": (36, 36, 40), "khaki": (166, 146, 112),
    "grey": (104, 106, 112), "brown": (92, 70, 56), "navy": (40, 48, 74),
}  # fmt: skip
_SHOES = {"white": (226, 226, 224), "black": (34, 34, 36), "brown": (104, 70, 48), "blue": (58, 84, 132), "red": (160, 58, 52)}
_PATTERNS = ("plain", "stripes", "band", "logo", "heather", "two-tone")


@dataclass(frozen=True)
class Fabrics:
    """Colours and cuts of what is worn: colours sRGB 0 to 255; `neckline` "crew", "v", "collar" or "hood"."""

    top: tuple[float, float, float]
    accent: tuple[float, float, float]
    bottom: tuple[float, float, float]
    shoe: tuple[float, float, float]
    sole: tuple[float, float, float]
    pattern: str
    neckline: str
    words: dict[str, str]


def random_fabrics(rng: np.random.Generator, outfit: Outfit) -> Fabrics:
    """Colours that go together for what somebody has on."""
    top = str(rng.choice(list(_TOPS)))
    others = [name for name in _TOPS if _apart(_TOPS[name], _TOPS[top]) > 90]
    accent = str(rng.choice(others))
    bottoms = [name for name in _BOTTOMS if _apart(_BOTTOMS[name], _TOPS[top]) > 50]
    bottom = str(rng.choice(bottoms))
    shoe = str(rng.choice(list(_SHOES)))
    pattern = str(rng.choice(_PATTERNS, p=[0.46, 0.14, 0.08, 0.12, 0.12, 0.08]))
    neckline = "hood" if outfit.top == "hood" else str(rng.choice(["crew", "v", "collar"], p=[0.55, 0.2, 0.25]))
    sole = _SHOES["white"] if shoe != "white" else (196, 188, 176)
    return Fabrics(
        _TOPS[top], _TOPS[accent], _BOTTOMS[bottom], _SHOES[shoe], sole, pattern, neckline,
        {"top_colour": top, "bottom_colour": bottom, "shoe_colour": shoe, "pattern": pattern, "neckline": neckline},
    )  # fmt: skip


def _apart(a: tuple[int, int, int], b: tuple[int, int, int]) -> float:
    return float(np.abs(np.array(a, float) - b).sum())


def paint_clothes(sheet: Array, outfit: Outfit, fabrics: Fabrics, rng: np.random.Generator) -> None:
    """Everything that is worn, over the skin."""
    _paint_trunk(sheet, outfit, fabrics, rng)
    _paint_arms(sheet, outfit, fabrics, rng)
    _paint_legs(sheet, outfit, fabrics, rng)


def _smooth(value: Array, edge: float | Array, soft: float) -> Array:
    """0 below the edge, 1 above it."""
    return np.clip((value - edge) / soft + 0.5, 0, 1)


def _lay(sheet: Array, page: Page, colour: Array, share: Array, kind: int = _CLOTH) -> None:
    rows = np.flatnonzero(share.max(axis=1) > 0)
    if len(rows) == 0:
        return
    some = slice(rows[0], rows[-1] + 1)
    area = sheet[page.y : page.y + page.height, page.x : page.x + page.width][some]
    much = share[some].astype(np.float32)
    for c in range(3):
        own = area[..., c].astype(np.float32)
        new = np.broadcast_to(colour, (*share.shape, 3))[some][..., c].astype(np.float32)
        area[..., c] = np.clip(own + (new - own) * much + np.float32(0.5), 0, 255)
    area[..., 3] = np.where(much > 0.5, kind, area[..., 3])


def _woven(rng: np.random.Generator, page: Page, depth: float) -> Array:
    """(h, w, 1) factors: threads and soft folds."""
    height, width = page.height, page.width
    folds = 0.7 * noise(rng, height, width, width / 8, 1.8) + 0.4 * noise(rng, height, width, width / 18, 1.4)
    threads = noise(rng, height, width, 2.0, 0.7)
    return np.asarray(1 + depth * 0.045 * folds + 0.012 * threads)[..., None]


def _paint_trunk(sheet: Array, outfit: Outfit, fabrics: Fabrics, rng: np.random.Generator) -> None:
    page, p = PAGES["trunk"], average().points
    low, high = TRUNK_SPAN
    ones = np.ones((page.height, page.width), np.float32)
    y = ones * np.float32(low + (np.arange(page.height)[:, None] + 0.5) / page.height * (high - low))
    across = ones * np.float32((np.arange(page.width)[None] + 0.5) / page.width * 360 - 180)
    woven = _woven(rng, page, 1.0)
    leg_height = ones * np.interp(
        y[:, :1], [p["shoulder"][1], p["hip"][1], p["knee"][1], p["ankle"][1]], [-1.2, 0, 1, 2]
    ).astype(np.float32)
    end = max(outfit.skirt + 0.4, 2.3) if outfit.skirt > 0 else outfit.leg
    _lay(sheet, page, np.array(fabrics.bottom) * woven, _smooth(leg_height, -0.42, 0.03) * (1 - _smooth(leg_height, end, 0.03)))
    belt = _smooth(leg_height, -0.42, 0.02) * (1 - _smooth(leg_height, -0.33, 0.02))
    _lay(sheet, page, np.array(fabrics.bottom) * 0.7, belt)
    neck = _neckline(fabrics, across)
    colour = _top_colour(fabrics, across, y) * woven
    inside = _smooth(y, neck, 0.003) * (1 - _smooth(leg_height, outfit.hem, 0.02))
    edge = np.clip(1 - np.abs(y - neck - 0.009) / 0.008, 0, 1) * 0.9
    colour = colour * (1 - 0.16 * np.clip(edge * 1.6, 0, 1))[..., None]
    colour = colour * (1 - 0.18 * np.clip(1 - np.abs(leg_height - outfit.hem + 0.05) / 0.02, 0, 1))[..., None]
    _lay(sheet, page, colour, inside)
    _details(sheet, page, fabrics, across, y)


def _neckline(fabrics: Fabrics, across: Array) -> Array:
    """Height of the edge of the top at each direction, metres on the average body."""
    front = np.exp(-((across / 52) ** 2))
    drop = 0.045 * front + (0.012 if fabrics.neckline == "crew" else 0.0)
    if fabrics.neckline == "v":
        drop = drop + 0.085 * np.clip(1 - np.abs(across) / 40, 0, 1)
    return np.asarray(-0.594 + drop)


def _top_colour(fabrics: Fabrics, across: Array, y: Array) -> Array:
    base, accent = np.array(fabrics.top), np.array(fabrics.accent)
    share = np.zeros_like(y)
    if fabrics.pattern == "stripes":
        share = _smooth(np.cos(y * 2 * np.pi / 0.036), 0.25, 0.35) * (y > -0.47)
    elif fabrics.pattern == "band":
        share = _smooth(y, -0.27, 0.004) * (1 - _smooth(y, -0.20, 0.004))
    elif fabrics.pattern == "two-tone":
        share = _smooth(y, -0.36, 0.004)
    elif fabrics.pattern == "logo":
        share = 1.0 - _smooth(np.hypot((np.abs(across) - 0) / 26, (y + 0.37) / 0.055), 1.0, 0.06)
        share = share * _smooth(np.hypot((across - 6) / 20, (y + 0.385) / 0.042), 1.0, 0.08)
    elif fabrics.pattern == "heather":
        share = 0.12 * np.ones_like(y)
    return np.asarray(base + (accent - base) * share[..., None])


def _details(sheet: Array, page: Page, fabrics: Fabrics, across: Array, y: Array) -> None:
    """Collars, buttons, strings and pockets."""
    top = np.array(fabrics.top)
    if fabrics.neckline == "collar":
        flap = (
            (1 - _smooth(np.abs(np.abs(across) - 34 + (y + 0.56) * 300), 17, 2))
            * (y > -0.585)
            * (1 - _smooth(y, -0.525, 0.004))
        )
        _lay(sheet, page, top * 0.86, flap * (y > -0.6))
        placket = np.clip(1 - np.abs(np.abs(across) - 4.5) / 0.6, 0, 1) * (y > -0.53) * (y < -0.33)
        _lay(sheet, page, top * 0.74, placket * 0.7)
        for at in (-0.515, -0.455, -0.395):
            button = 1 - _smooth(np.hypot(across / 2.2, (y - at) / 0.005), 1, 0.3)
            _lay(sheet, page, np.array([236, 230, 220]) * 0.9, button)
    if fabrics.neckline == "hood":
        for side in (-9, 9):
            string = np.clip(1 - np.abs(across - side - (y + 0.5) * 6) / 1.1, 0, 1) * (y > -0.55) * (y < -0.40)
            _lay(sheet, page, top * 0.5 + 110, string)
        pocket = np.clip(1 - np.abs(np.abs(across) - 46 - (y + 0.2) * 160) / 1.2, 0, 1) * (y > -0.22) * (y < -0.1)
        pocket = np.maximum(pocket, np.clip(1 - np.abs(y + 0.22) / 0.004, 0, 1) * (np.abs(across) < 43))
        _lay(sheet, page, top * 0.74, pocket * 0.8)


def _limb_grid(page: Page, span: tuple[float, float]) -> tuple[Array, Array]:
    along = span[0] + (np.arange(page.height)[:, None] + 0.5) / page.height * (span[1] - span[0])
    about = (np.arange(page.width)[None] + 0.5) / page.width - 0.5
    ones = np.ones((page.height, page.width), np.float32)
    return ones * along.astype(np.float32), ones * about.astype(np.float32)


def _paint_arms(sheet: Array, outfit: Outfit, fabrics: Fabrics, rng: np.random.Generator) -> None:
    page = PAGES["arm"]
    along, about = _limb_grid(page, ARM_SPAN)
    base, accent = np.array(fabrics.top), np.array(fabrics.accent)
    share = np.zeros_like(along)
    if fabrics.pattern == "stripes":
        share = _smooth(np.cos(along * 2 * np.pi / 0.15), 0.25, 0.35) * (along > 0.12)
    elif fabrics.pattern == "two-tone":
        share = _smooth(along, 0.55, 0.02)
    elif fabrics.pattern == "heather":
        share = share + 0.12
    colour = (base + (accent - base) * share[..., None]) * _woven(rng, page, 1.0)
    creases = np.exp(-(((along - 1) / 0.2) ** 2)) * np.cos(along * 46 + 3 * np.cos(2 * np.pi * about))
    colour = colour * (1 + 0.05 * creases[..., None])
    colour = colour * (1 - 0.16 * np.clip(1 - np.abs(along - outfit.sleeve + 0.07) / 0.02, 0, 1))[..., None]
    _lay(sheet, page, colour, 1 - _smooth(along, outfit.sleeve, 0.015))


def _paint_legs(sheet: Array, outfit: Outfit, fabrics: Fabrics, rng: np.random.Generator) -> None:
    page = PAGES["leg"]
    along, about = _limb_grid(page, LEG_SPAN)
    colour = np.array(fabrics.bottom) * _woven(rng, page, 1.0)
    creases = np.exp(-(((along - 1) / 0.2) ** 2)) * np.cos(along * 40 + 3 * np.cos(2 * np.pi * about))
    colour = colour * (1 + 0.05 * creases[..., None])
    seam = np.clip(1 - np.abs(np.abs(about) - 0.25) / 0.006, 0, 1)
    colour = colour * (1 - 0.12 * seam[..., None])
    colour = colour * (1 - 0.16 * np.clip(1 - np.abs(along - outfit.leg + 0.05) / 0.012, 0, 1))[..., None]
    if outfit.skirt == 0:
        _lay(sheet, page, colour, 1 - _smooth(along, outfit.leg, 0.015))
    _lay(sheet, page, np.array(fabrics.top) * np.ones((1, 1, 1)), 1 - _smooth(along, outfit.hem, 0.015))
    if outfit.sole > 0:
        sock = np.array([58, 58, 64]) if sum(fabrics.shoe) < 420 else np.array([214, 212, 208])
        _lay(sheet, page, sock * np.ones((1, 1, 1)), _smooth(along, 1.86, 0.012) * _smooth(along, outfit.leg, 0.01))
        _lay(sheet, page, np.array(fabrics.shoe) * np.ones((1, 1, 1)), _smooth(along, 1.975, 0.012), _LEATHER)
        lace = np.clip(1 - np.abs(along - 1.984) / 0.006, 0, 1)
        _lay(sheet, page, np.array(fabrics.shoe) * 0.75 * np.ones((1, 1, 1)), lace, _LEATHER)
        _lay(sheet, page, np.array(fabrics.sole) * np.ones((1, 1, 1)), _smooth(along, 2.115, 0.012), _LEATHER)
