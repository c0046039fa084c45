"""Lips, brows, lashes and eyes, painted on a person's sheet."""

from __future__ import annotations

import cv2
import numpy as np

from ..types import Array
from .complexions import Complexion, directions
from .painting import KINDS
from .unwrapping import PAGES, Page
from .weaving import put

_LIPS, _EYE = KINDS.index("lips"), KINDS.index("eye")


def paint_features(sheet: Array, look: Complexion, rng: np.random.Generator) -> None:
    """Lips and eyes over bare skin."""
    _paint_lips(sheet, look, *directions(PAGES["head"]))
    _paint_eyes(sheet, look, rng)


def paint_brows_and_lashes(sheet: Array, look: Complexion, rng: np.random.Generator) -> None:
    """What is painted over skin and scalp."""
    _paint_brows(sheet, look, rng)
    _paint_lashes(sheet, look)


def _lip_share(across: Array, up: Array) -> tuple[Array, Array]:
    """How much of a pixel is lip, and how much the line between the lips."""
    x = np.abs(across) / 18.0
    inside = np.clip(1 - x, 0, 1)
    line = -45.3 - 2.2 * x**2
    bow = np.interp(x, [0, 0.2, 0.42, 0.75, 1.0], [4.0, 5.0, 4.2, 2.2, 0.0])
    low = 5.2 * np.sqrt(np.clip(1 - x**2, 0, 1))
    upper = np.clip((line + bow - up) / 0.9, 0, 1) * np.clip((up - line) / 0.4 + 1, 0, 1)
    lower = np.clip((up - (line - low)) / 1.2, 0, 1) * np.clip((line - up) / 0.4 + 1, 0, 1)
    share = np.clip(np.maximum(upper, lower), 0, 1) * np.clip(inside / 0.12, 0, 1)
    return share, np.exp(-(((up - line) / 0.55) ** 2)) * np.clip(inside / 0.1, 0, 1)


def _paint_lips(sheet: Array, look: Complexion, across: Array, up: Array) -> None:
    page = PAGES["head"]
    columns, rows = np.flatnonzero(np.abs(across[0]) < 20), np.flatnonzero(np.abs(up[:, 0] + 46) < 9)
    share, line = _lip_share(across[:, columns], up[rows])
    area = sheet[page.y + rows[0] : page.y + rows[-1] + 1, page.x + columns[0] : page.x + columns[-1] + 1]
    colour = area[..., :3] + (np.array(look.lips, float) - area[..., :3]) * (0.85 * share)[..., None]
    colour *= 1 - 0.45 * line[..., None] * np.array([0.8, 1, 1])
    area[..., :3] = np.clip(colour, 0, 255)
    area[..., 3] = np.where(share > 0.5, _LIPS, area[..., 3])


def _strokes(page: Page, lines: list[tuple[Array, float]]) -> Array:
    """(h, w) 0 to 1, drawn lines (n, 2) of degrees with their width in pixels; four times as fine inside, then made small."""
    left, top, right, bottom = 0.30, 0.40, 0.70, 0.70
    x0, y0 = int(left * page.width), int(top * page.height)
    wide, tall = int((right - left) * page.width), int((bottom - top) * page.height)
    scale = 2
    canvas = np.zeros((tall * scale, wide * scale), np.uint8)
    for line, width in lines:
        at = np.stack([(line[:, 0] + 180) / 360 * page.width - x0, (90 - line[:, 1]) / 180 * page.height - y0], axis=1) * scale
        cv2.polylines(canvas, [np.round(at * 16).astype(np.int32)], False, 255, max(round(width * scale), 1), cv2.LINE_AA, 4)
    whole = np.zeros((page.height, page.width), np.float32)
    whole[y0 : y0 + tall, x0 : x0 + wide] = cv2.resize(canvas, (wide, tall), interpolation=cv2.INTER_AREA) / 255.0
    return whole


def _paint_brows(sheet: Array, look: Complexion, rng: np.random.Generator) -> None:
    """Short hairs along an arc over each eye, lying outwards; a soft shade beneath them."""
    lines: list[tuple[Array, float]] = []
    arc_x, arc_y = [9, 16, 24, 32, 41], [1.9, 3.2, 4.3, 4.1, 1.2]
    thick = np.interp([9, 14, 26, 41], [9, 14, 26, 41], [2.2, 2.7, 2.0, 0.7]) * (0.7 + 0.6 * look.brow)
    soft: list[tuple[Array, float]] = []
    for side in (-1, 1):
        for _ in range(220):
            x = 9 + 31 * rng.uniform() ** 0.9
            y = np.interp(x, arc_x, arc_y) + rng.uniform(-0.5, 0.5) * np.interp(x, [9, 14, 26, 41], thick)
            lean = np.interp(x, [9, 18, 41], [48, 26, -18]) + rng.normal(0, 8)
            size = rng.uniform(2.0, 3.2) * np.interp(x, [9, 14], [0.65, 1])
            way = np.array([np.cos(np.radians(lean)), np.sin(np.radians(lean))])
            line = np.array([[x, y] - way * size / 2, [x, y] + way * size / 2]) * [side, 1]
            lines.append((line, 1.0))
        x = np.linspace(9.5, 40, 24)
        soft.append((np.stack([side * x, np.interp(x, arc_x, arc_y)], axis=1), 11.0 * look.brow))
    page = PAGES["head"]
    shade = cv2.GaussianBlur(_strokes(page, soft), (0, 0), 3.0) * 0.5
    share = np.clip(shade + 0.55 * _strokes(page, lines), 0, 0.9) * (0.6 + 0.4 * look.brow)
    _blend(sheet, page, np.array(look.hair) * 0.8 + 4, share)


def _paint_lashes(sheet: Array, look: Complexion) -> None:
    """A dark line along the upper lid with a wing, a faint one along the lower."""
    upper = np.array(
        [(18.2, -11.6), (20, -9.2), (22.5, -7.3), (26, -6.3), (30, -6.4), (33.5, -7.7), (36.2, -9.6), (38.2, -10.2)]
    )
    lower = np.array([(19, -12.9), (23, -13.5), (28, -13.5), (33, -12.5), (36.5, -10.6)])
    page = PAGES["head"]
    dark = np.array([26, 18, 16])
    for side in (-1, 1):
        line = _strokes(page, [(upper * [side, 1] + [0, 0.35], 4.0)])
        _blend(sheet, page, dark, np.clip(cv2.GaussianBlur(line, (0, 0), 0.8) * 1.1, 0, 0.95))
        _blend(sheet, page, dark, 0.35 * cv2.GaussianBlur(_strokes(page, [(lower * [side, 1], 2.0)]), (0, 0), 0.8))


def _blend(sheet: Array, page: Page, colour: Array, share: Array) -> None:
    area = sheet[page.y : page.y + page.height, page.x : page.x + page.width, :3]
    rows = np.flatnonzero(share.max(axis=1) > 0)
    if len(rows) == 0:
        return
    some = slice(rows[0], rows[-1] + 1)
    area[some] = np.clip(area[some] + (colour - area[some]) * share[some, :, None] + 0.5, 0, 255)


def _paint_eyes(sheet: Array, look: Complexion, rng: np.random.Generator) -> None:
    """White with a warm edge, an iris with rays and a dark ring, the pupil, two lights that reflect in it."""
    page = PAGES["left_eye"]
    y, x = np.mgrid[: page.height, : page.width] / page.width * 2.0 - 1.0 + 1.0 / page.width
    far, way = np.hypot(x, y), np.arctan2(y, x)
    white = (
        np.array([230, 226, 222])
        * (1 - 0.30 * np.clip((-y - 0.12) / 0.35, 0, 1))[..., None]
        * (1 - 0.22 * np.clip((far - 0.55) / 0.4, 0, 1) ** 2)[..., None]
    )
    white[..., 1:] *= (1 - 0.06 * np.clip((far - 0.6) / 0.4, 0, 1))[..., None]
    radius = 0.50
    t = far / radius
    rays = np.interp(np.mod(way, 2 * np.pi), np.linspace(0, 2 * np.pi, 65), np.append(r := rng.normal(0, 1, 64), r[0]))
    iris = (
        np.array(look.iris)
        * (0.85 + 0.5 * np.clip(t, 0, 1) ** 2 + 0.10 * rays * np.clip(2 * t - 0.8, 0, 1) + 0.25 * np.clip(y / radius, -1, 1))[
            ..., None
        ]
    )
    iris *= (1 - 0.55 * np.clip((t - 0.78) / 0.2, 0, 1))[..., None]
    pupil = np.clip((0.46 - t) / 0.05, 0, 1)
    iris += (np.array([10, 8, 8]) - iris) * pupil[..., None]
    colour = white + (iris - white) * np.clip((1.03 - t) / 0.08, 0, 1)[..., None]
    for at, size, strength in (((-0.17, -0.17), 0.13, 1.0), ((0.2, 0.2), 0.07, 0.4)):
        light = np.clip((size - np.hypot(x - at[0], y - at[1])) / 0.03, 0, 1) * strength
        colour += (np.array([255, 255, 255]) - colour) * light[..., None]
    put(sheet, page, colour, _EYE)
