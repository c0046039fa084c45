"""A crown and a cat's ears: what is worn on the head and goes with the skull."""

from __future__ import annotations

import itertools

import numpy as np

from ..types import Array
from .brushes import Paper, bulge, curve, hairs, soft, strand
from .overlay import FaceFilter, Layer
from .surfaces import sheet, skin, window

__all__ = ["cat_ears", "crown"]

AROUND = np.radians(88)  # of a crown: as far as it is seen from ahead
FUR = ((58, 54, 58), (84, 78, 82), (40, 37, 41), (112, 104, 106))


def crown() -> FaceFilter:
    """Gold, with seven points and stones of three colours."""
    wide, high = 320.0, 96.0
    paper = Paper((wide, high + 8), 3.0)
    tips = np.linspace(0, wide, 9)
    outline: list[tuple[float, float]] = [(0, 92), (0, 42)]
    for left, right in itertools.pairwise(tips):
        middle = (left + right) / 2
        outline += [
            (left + 3, 52),
            (middle - 10, 34),
            (middle - 2.5, 14),
            (middle, 11),
            (middle + 2.5, 14),
            (middle + 10, 34),
            (right - 3, 52),
        ]
    outline += [(wide, 42), (wide, 92)]
    body = paper.shape(np.array(outline))
    x, y = paper.grid()
    sheen = 0.5 + 0.5 * np.cos((x - 126) / wide * 11) * np.exp(-(((x - 140) / 110) ** 2))
    gold = np.array([148, 98, 22]) + (sheen * np.clip(1.15 - y / 130, 0, 1))[..., None] * np.array([118, 122, 82])
    paper.lay(body, np.clip(gold, 0, 255))
    light = bulge(body, 8)
    paper.lay(np.clip(light, 0, 1), (255, 246, 196), 0.7)
    paper.lay(np.clip(-light, 0, 1), (84, 46, 4), 0.65)
    for top, bottom in ((61, 66), (86, 92)):
        bar = paper.shape(np.array([(0, top), (wide, top), (wide, bottom), (0, bottom)]))
        paper.lay(bar, np.clip(gold * 1.1, 0, 255))
        relief = bulge(bar, 6)
        paper.lay(np.clip(relief, 0, 1), (255, 250, 214), 0.85)
        paper.lay(np.clip(-relief, 0, 1), (80, 42, 0), 0.8)
    for k, middle in enumerate((tips[:-1] + tips[1:]) / 2):
        _stone(paper, (float(middle), 76), (8.5, 6.5), ((176, 16, 40), (18, 70, 176), (14, 128, 74))[k % 3])
        _stone(paper, (float(middle), 10), (5, 5), (238, 232, 222))
        _stone(paper, (float(middle), 45), (4.2, 6.2), ((18, 70, 176), (14, 128, 74), (176, 16, 40))[k % 3])
    turn = np.linspace(-AROUND, AROUND, 25)
    down = np.linspace(0, 1, 3)
    flare = 1.0 + 0.07 * (1 - down)
    places = np.empty((3, 25, 3))
    places[..., 0] = 256 + 106 * np.sin(turn)[None] * flare[:, None]
    places[..., 1] = 90 + 104 * down[:, None] - 12 * (1 - np.cos(turn))[None]  # the back is higher
    places[..., 2] = 92 - 110 * np.cos(turn)[None] * flare[:, None]
    box = (144.0, 146.0, 368.0, 216.0)
    shadow = Paper((224, 70), 1.0, box[:2])
    shadow.lay(
        soft(shadow.shape(curve([(150, 150), (256, 158), (362, 150), (362, 192), (256, 199), (150, 192)])), 5),
        (40, 16, 8),
        0.35,
    )
    return FaceFilter((Layer(shadow.picture(), window(skin(), box)), Layer(paper.picture(), sheet(places))), "crown")


def _stone(paper: Paper, centre: tuple[float, float], radii: tuple[float, float], colour: tuple[int, int, int]) -> None:
    """A polished stone in a setting."""
    paper.lay(soft(paper.ellipse(centre, (radii[0] + 1.6, radii[1] + 1.6)), 1), (96, 58, 8), 0.8)
    x, y = paper.grid()
    inside = np.hypot((x - centre[0]) / radii[0], (y - centre[1]) / radii[1])
    deep = np.array(colour) * (
        0.55 + 0.6 * np.clip(inside, 0, 1)[..., None] * np.clip((y - centre[1]) / radii[1] + 0.6, 0.2, 1.4)[..., None]
    )
    paper.lay(paper.ellipse(centre, radii), np.clip(deep, 0, 255))
    glint = np.exp(
        -(
            ((x - centre[0] + 0.35 * radii[0]) / (0.3 * radii[0])) ** 2
            + ((y - centre[1] + 0.4 * radii[1]) / (0.25 * radii[1])) ** 2
        )
    )
    paper.lay(glint, (255, 255, 255), 0.85)


def cat_ears() -> FaceFilter:
    """Ears, a nose and whiskers of a grey cat."""
    ear = _ear()
    left = _ear_places()
    right = left[:, ::-1] * [-1, 1, 1] + [512, 0, 0]
    box = (204.0, 290.0, 308.0, 350.0)
    nose = Paper((104, 60), 5.0, box[:2])
    shape = curve(
        [(240, 304), (248, 300), (256, 301), (264, 300), (272, 304), (268, 313), (260, 320), (256, 322), (252, 320), (244, 313)]
    )
    mask = nose.shape(shape)
    nose.lay(soft(mask, 1), (66, 40, 44), 0.93)
    nose.lay(np.clip(bulge(mask, 14), 0, 1), (236, 190, 190), 0.5)
    nose.lay(nose.lines([np.array([(256.0, 322), (256, 333)])], 1.4), (52, 34, 36), 0.75)
    dots = [
        nose.ellipse((256 + side * x, y), (1.5, 1.5))
        for side in (-1, 1)
        for x, y in ((26, 331), (35, 327), (33, 336), (43, 333))
    ]
    nose.lay(np.max(dots, axis=0), (52, 36, 38), 0.8)
    beard_left = _whiskers()
    layers = [
        Layer(nose.picture(), window(skin(), box), 0.4),
        *(Layer(picture, sheet(places, both=True)) for picture, places in beard_left),
        Layer(ear, sheet(left, both=True)),
        Layer(np.ascontiguousarray(ear[:, ::-1]), sheet(right, both=True)),
    ]
    return FaceFilter(tuple(layers), "cat-ears")


def _ear() -> Array:
    """The ear on the left of the picture, 100 x 110 units."""
    paper = Paper((100, 110), 4.0)
    rng = np.random.default_rng(5)
    outer = curve([(8, 104), (5, 70), (10, 34), (20, 8), (26, 6), (52, 26), (78, 58), (92, 88), (90, 104), (50, 108)])
    mask = paper.shape(outer)
    paper.lay(soft(mask, 2), FUR[1])
    paper.lay(np.clip(-bulge(mask, 26), 0, 1), (24, 22, 26), 0.45)
    paper.lay(np.clip(bulge(mask, 26), 0, 1), (170, 160, 160), 0.3)
    inner = paper.shape(curve([(22, 100), (17, 66), (21, 36), (26, 24), (46, 40), (64, 64), (74, 90), (70, 102), (46, 104)]))
    x, y = paper.grid()
    pink = np.array([214, 148, 150]) - np.clip((y - 40) / 80, 0, 1)[..., None] * np.array([80, 66, 60]) + 0 * x[..., None]
    paper.lay(soft(inner, 5), pink, 0.95)
    lines = []
    for _ in range(1500):
        s = np.array([rng.uniform(4, 94), rng.uniform(4, 106)])
        column, row = (s * paper.per_unit).astype(int)
        if mask[row, column] < 0.5 or inner[row, column] > 0.5 - rng.uniform(0, 0.4):
            continue
        way = np.array([26.0, 6.0]) - s
        way = way / np.linalg.norm(way) + rng.normal(0, 0.25, 2)
        lines.append(s + np.linspace(0, rng.uniform(5, 10), 4)[:, None] * way)
    for _ in range(70):  # tufts before the inner side
        s = np.array([rng.uniform(16, 30), rng.uniform(48, 104)])
        way = np.array([1.0, -0.55]) + rng.normal(0, 0.14, 2)
        t = np.linspace(0, 1, 6)[:, None]
        lines.append(s + t * way * rng.uniform(14, 30) + t**2 * [0, rng.uniform(-6, 2)])
    hairs(paper, lines, (*FUR, (196, 186, 184)), 0.55, 0.6)
    fade = np.clip((108 - y) / 16, 0, 1) + 0 * x  # it grows out of the hair
    paper.alpha = paper.alpha * fade
    return paper.picture()


def _ear_places() -> Array:
    """The left ear stands on the head, leans out and opens ahead."""
    x, y = np.linspace(0, 1, 5), np.linspace(0, 1, 4)
    places = np.empty((4, 5, 3))
    foot = 1 - y[:, None]
    places[..., 0] = 148 + 80 * x[None] - 8 * foot
    places[..., 1] = 46 + 88 * y[:, None] - 6 * np.sin(np.pi * x)[None] * y[:, None]
    places[..., 2] = 52 + 14 * foot - 14 * np.sin(np.pi * x)[None] * -1 + 8 * (1 - x)[None]
    return places


def _whiskers() -> list[tuple[Array, Array]]:
    """Three long hairs a side, that stand off the cheeks."""
    paper = Paper((110, 60), 4.0)
    lines = [
        curve([(4, 24), (40, 14), (78, 6), (106, 8)], closed=False),
        curve([(2, 30), (40, 28), (78, 26), (108, 31)], closed=False),
        curve([(4, 36), (40, 42), (74, 48), (102, 57)], closed=False),
    ]

    paper.lay(soft(paper.shape(*[strand(line + [0.6, 1.2], [1.6, 1.2, 0.4]) for line in lines]), 2), (40, 30, 30), 0.3)
    paper.lay(paper.shape(*[strand(line, [1.7, 1.2, 0.35]) for line in lines]), (246, 243, 240), 0.95)
    picture = paper.picture()
    x, y = np.linspace(0, 1, 5), np.linspace(0, 1, 2)
    places = np.empty((2, 5, 3))
    places[..., 0] = 282 + 104 * x[None]
    places[..., 1] = (302 + 58 * y)[:, None]
    places[..., 2] = (-26 + 30 * x**1.5)[None]
    other = places[:, ::-1] * [-1, 1, 1] + [512, 0, 0]
    return [(picture, places), (np.ascontiguousarray(picture[:, ::-1]), other)]
