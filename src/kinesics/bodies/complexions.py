"""Skin, lips, brows, lashes, scalp and eyes, painted on a person's sheet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array
from .painting import KINDS
from .unwrapping import INSIDE, PAGES, Page
from .weaving import noise, put

_SKIN, _LIPS, _HAIR, _EYE = (KINDS.index(name) for name in ("skin", "lips", "hair", "eye"))

#: Skin tones from light to dark, sRGB, that one is drawn between.
_TONES = np.array(
    [(250, 224, 204), (243, 208, 182), (232, 190, 158), (214, 164, 128), (190, 138, 100), (156, 108, 76), (122, 82, 58),
     (92, 62, 46)],
    float,
)  # fmt: skip
_HAIRS = {
    "black": (28, 24, 26), "dark brown": (54, 38, 30), "brown": (92, 62, 42), "light brown": (140, 100, 66),
    "blond": (206, 168, 112), "red": (146, 70, 36), "grey": (150, 148, 148),
}  # fmt: skip
_IRISES = {
    "dark brown": (58, 36, 24), "brown": (104, 66, 38), "hazel": (128, 98, 54), "green": (98, 124, 84), "blue": (98, 138, 176),
    "grey": (128, 142, 150),
}  # fmt: skip


@dataclass(frozen=True)
class Complexion:
    """Colours of somebody, sRGB 0 to 255; `stubble`, `freckles`, `blush`, `brow` (how thick) are shares."""

    skin: tuple[float, float, float]
    hair: tuple[float, float, float]
    iris: tuple[float, float, float]
    lips: tuple[float, float, float]
    blush: float
    freckles: float
    stubble: float
    brow: float
    nails: tuple[float, float, float]
    words: dict[str, str]


def random_complexion(rng: np.random.Generator, sex: float, age: float) -> Complexion:
    """Somebody's colours: skin from light to dark, hair and eyes that go with it."""
    tone = float(rng.uniform(0, len(_TONES) - 1))
    skin = np.array([np.interp(tone, range(len(_TONES)), _TONES[:, c]) for c in range(3)])
    dark = tone / (len(_TONES) - 1)
    hairs = ["black", "dark brown", "brown", "light brown", "blond", "red"]
    shares = np.array([0.1 + 2 * dark, 0.5 + dark, 0.8, 0.55, 0.45, 0.25]) * np.where(
        np.arange(6) < 2, 1, max(1 - 1.6 * dark, 0.0)
    )
    hair = str(rng.choice(hairs, p=shares / shares.sum()))
    if age > 50 and rng.random() < 0.55:
        hair = "grey"
    light = max(1 - 2.2 * dark, 0.0)
    irises = list(_IRISES)
    chances = np.array([0.4 + 3 * dark, 0.8, 0.4 * light + 0.05, 0.3 * light, 0.6 * light, 0.3 * light])
    iris = str(rng.choice(irises, p=chances / chances.sum()))
    rose = np.array([176, 78, 82]) if sex > 0.5 else np.array([188, 70, 84])
    depth = 0.32 if sex > 0.5 else 0.5
    lips = skin * (1 - depth) + rose * (0.55 + 0.45 * skin.mean() / 220) * depth
    jitter = rng.normal(0, 0.04, 3)
    return Complexion(
        skin=tuple(np.clip(skin * (1 + 0.3 * jitter), 20, 255).tolist()),
        hair=tuple(np.clip(np.array(_HAIRS[hair]) * (1 + jitter), 8, 245).tolist()),
        iris=tuple(np.clip(np.array(_IRISES[iris]) * (1 + jitter), 8, 245).tolist()),
        lips=tuple(lips.tolist()),
        blush=float(rng.uniform(0.4, 1.0)),
        freckles=float(max(rng.uniform(-2, 1), 0) * light),
        stubble=float(max(rng.uniform(-0.6, 0.8), 0)) if sex > 0.6 and age > 18 else 0.0,
        brow=float(rng.uniform(0.75, 1.0) if sex > 0.5 else rng.uniform(0.5, 0.8)),
        nails=tuple((skin * 0.62 + np.array([92, 66, 64])).clip(0, 255).tolist()),
        words={"hair_colour": hair, "eyes": iris},
    )


def paint_skin(sheet: Array, look: Complexion, rng: np.random.Generator) -> None:
    """Bare skin everywhere: what cloth does not cover later stays."""
    base = np.array(look.skin, float)
    for name in ("trunk", "arm", "leg"):
        page = PAGES[name]
        tone = base * (1 + 0.02 * noise(rng, page.height, page.width, 40)[..., None])
        put(sheet, page, tone, _SKIN)
    _paint_head(sheet, look, rng)
    _paint_inside(sheet, look)


def _paint_inside(sheet: Array, look: Complexion) -> None:
    page = PAGES["inside"]
    tones = {"mouth": (92, 34, 34), "teeth": (232, 224, 212), "tongue": (176, 92, 92), "lash": (24, 18, 16), "nail": look.nails}
    kinds = {"teeth": "nail", "tongue": "lips", "nail": "nail", "lash": "hair"}
    for k, name in enumerate(INSIDE):
        area = sheet[page.y : page.y + page.height, page.x + 8 * k : page.x + 8 * k + 8]
        area[..., :3] = np.clip(tones[name], 0, 255)
        area[..., 3] = KINDS.index(kinds.get(name, "skin"))


def directions(page: Page) -> tuple[Array, Array]:
    """(1, w) degrees to the left and (h, 1) degrees up of the pixels of the head's page, float32."""
    across = (np.arange(page.width, dtype=np.float32)[None] + 0.5) / page.width * 360 - 180
    return across, 90 - (np.arange(page.height, dtype=np.float32)[:, None] + 0.5) / page.height * 180


def _spot(across: Array, up: Array, at: tuple[float, float], wide: float, tall: float) -> Array:
    """(h, w) a soft spot on both sides of the face."""
    return np.asarray(np.exp(-(((np.abs(across) - at[0]) / wide) ** 2)) * np.exp(-(((up - at[1]) / tall) ** 2)))


def _paint_head(sheet: Array, look: Complexion, rng: np.random.Generator) -> None:
    page = PAGES["head"]
    across, up = directions(page)
    grain = 1 + 0.018 * noise(rng, page.height, page.width, 60) + 0.01 * noise(rng, page.height, page.width, 4)
    warm = look.blush * (
        0.55 * _spot(across, up, (34, -30), 16, 11)
        + 0.5 * _spot(across, up, (0, -28), 9, 8)
        + 0.3 * _spot(across, up, (85, -8), 14, 16)
        + 0.15 * _spot(across, up, (0, -58), 14, 8)
    )
    grain *= 1 - 0.35 * _spot(across, up, (6.5, -33.5), 3.0, 2.0)  # nostrils
    round_eyes = _spot(across, up, (27, -9), 14, 7)
    dots = _freckles(look, across, up, rng) if look.freckles > 0 else None
    jaw = _stubble(look, across, up, rng) if look.stubble > 0 else None
    area = sheet[page.y : page.y + page.height, page.x : page.x + page.width]
    for c, (rosy, shadow, fleck) in enumerate(((1.03, 0.6, 0.25), (0.86, 1.0, 0.45), (0.86, 0.9, 0.55))):
        tone = (
            np.float32(look.skin[c]) * grain * (1 - np.float32(1 - rosy) * warm) * (1 - np.float32(0.10 * shadow) * round_eyes)
        )
        tone = tone if dots is None else tone * (1 - np.float32(fleck) * dots)
        tone = tone if jaw is None else tone + (np.float32(0.6 * look.hair[c] + 40) - tone) * jaw
        area[..., c] = np.clip(tone + np.float32(0.5), 0, 255)
    area[..., 3] = _SKIN


def _freckles(look: Complexion, across: Array, up: Array, rng: np.random.Generator) -> Array:
    where = _spot(across, up, (26, -25), 22, 12) + _spot(across, up, (0, -22), 10, 12)
    dots = np.clip(noise(rng, up.shape[0], across.shape[1], 5) - 1.1, 0, 1)
    return np.asarray(np.clip(dots * where * look.freckles, 0, 0.6), np.float32)


def _stubble(look: Complexion, across: Array, up: Array, rng: np.random.Generator) -> Array:
    jaw = np.clip((-40 - up) / 8, 0, 1) * np.clip((75 - np.abs(across)) / 12, 0, 1)
    jaw = jaw * np.clip(1.6 - _spot(across, up, (0, -47), 17, 5) * 1.6, 0, 1)
    return np.asarray(0.4 * look.stubble * jaw * (0.75 + 0.25 * noise(rng, up.shape[0], across.shape[1], 3)), np.float32)
