"""A moustache and a beard, hair by hair."""

from __future__ import annotations

import numpy as np

from ..types import Array
from .brushes import Paper, curve, hairs, mirrored, soft, strand
from .overlay import FaceFilter, Layer
from .surfaces import skin, whole_picture, window

__all__ = ["beard", "moustache"]

BROWN = ((52, 33, 22), (84, 55, 36), (38, 24, 17), (120, 84, 56), (64, 42, 28))
AUBURN = ((70, 38, 22), (112, 64, 36), (48, 26, 16), (146, 92, 54), (86, 50, 30))


def moustache() -> FaceFilter:
    """A handlebar moustache with curled tips."""
    box = (180.0, 304.0, 332.0, 376.0)
    paper = Paper((152, 72), 6.0, box[:2])
    rng = np.random.default_rng(7)
    middle = curve([(255, 329), (268, 332), (283, 339), (298, 344), (312, 341), (319, 331), (316, 323)], closed=False)
    widths = [11, 17, 17, 12, 7, 4, 1.5]
    base = paper.shape(strand(middle, widths), mirrored(strand(middle, widths)))
    paper.lay(soft(base, 3), BROWN[2], 0.9)
    lines = []
    for _ in range(900):
        start, length, off = rng.uniform(-0.02, 0.86), rng.uniform(0.16, 0.34), rng.uniform(-1, 1)
        line = _along(middle, widths, start, min(start + length, 1.0), off * 0.5, rng)
        lines.append(line if rng.random() < 0.5 else mirrored(line))
    hairs(paper, lines, BROWN, 0.42, 0.75)
    x, y = paper.grid()
    shine = np.exp(-(((y - 331 - 0.0016 * (x - 256) ** 2) / 4) ** 2)).astype(np.float32)
    paper.lay(shine * soft(base, 6) * paper.alpha, (190, 150, 110), 0.16)
    under = Paper((152, 72), 2.0, box[:2])
    cast = under.shape(strand(middle + [0, 4], widths), mirrored(strand(middle + [0, 4], widths)))
    under.lay(soft(cast, 6), (46, 20, 12), 0.4)
    place = window(skin(), box)
    return FaceFilter((Layer(under.picture(), place), Layer(paper.picture(), place, 0.35)), "moustache")


def _along(middle: Array, widths: list[float], start: float, end: float, off: float, rng: np.random.Generator) -> Array:
    """A hair beside a line, `off` widths from it, that drifts a little."""
    at = np.linspace(max(start, 0.0), end, 9)
    t = np.linspace(0, 1, len(middle))
    ahead = np.gradient(middle, axis=0)
    side = np.stack([-ahead[:, 1], ahead[:, 0]], 1) / np.linalg.norm(ahead, axis=1)[:, None]
    wide = np.interp(at, np.linspace(0, 1, len(widths)), widths)
    drift = off + rng.normal(0, 0.07) * np.linspace(0, 1, 9)
    line = np.stack([np.interp(at, t, middle[:, k]) for k in (0, 1)], 1)
    return np.asarray(line + np.stack([np.interp(at, t, side[:, k]) for k in (0, 1)], 1) * (wide * drift)[:, None])


def beard() -> FaceFilter:
    """A full beard with a moustache, trimmed."""
    box = (146.0, 262.0, 366.0, 446.0)
    paper = Paper((220, 184), 4.0, box[:2])
    rng = np.random.default_rng(11)
    outer = curve([(160, 272), (159, 300), (163, 335), (174, 370), (195, 402), (226, 424), (256, 430)], closed=False)
    inner = curve(
        [(256, 327), (240, 326), (222, 335), (208, 345), (196, 344), (183, 330), (174, 305), (168, 272)], closed=False
    )
    half = np.concatenate([outer, inner])
    mouth = paper.shape(curve([(222, 353), (238, 344), (256, 346), (274, 344), (290, 353), (276, 365), (256, 369), (236, 365)]))
    bare = paper.ellipse((229, 371), (11, 6), 35) + paper.ellipse((283, 371), (11, 6), -35)
    whole = np.clip(paper.shape(half, mirrored(half)) - soft(mouth, 2) - 0.8 * soft(np.minimum(bare, 1), 5), 0, 1)
    density = soft(whole, 9) * np.clip(1.2 * whole + 0.15, 0, 1)
    paper.lay(density, AUBURN[2], 0.62)
    lines = _growing(paper, density, 9000, rng)
    hairs(paper, lines, AUBURN, 0.5, 0.6)
    paper.erase(soft(mouth, 2))
    layers = (Layer(paper.picture(), window(whole_picture(), box), 0.5),)
    return FaceFilter(layers, "beard")


def _growing(paper: Paper, density: Array, number: int, rng: np.random.Generator) -> list[Array]:
    """Hairs that begin where the density allows it and grow down, outwards, and to the sides under the nose."""
    start = np.stack([rng.uniform(0, paper.wide, number), rng.uniform(0, paper.high, number)], 1)
    keep = density[start[:, 1].astype(int), start[:, 0].astype(int)] > rng.uniform(0.1, 0.95, number)
    start = start[keep] / paper.per_unit + paper.start
    aside = (start[:, 0] - 256) / 95
    lip = np.clip(1 - np.abs(start[:, 1] - 336) / 14, 0, 1) * (np.abs(aside) < 0.5)
    way = np.stack([0.55 * aside + 1.6 * np.tanh(aside * 4) * lip - 0.5 * aside * (start[:, 1] > 390), 1 - 0.45 * lip], 1)
    way += rng.normal(0, 0.22, way.shape)
    way /= np.linalg.norm(way, axis=1)[:, None]
    length = rng.uniform(5, 11, len(start))[:, None] * np.where(lip > 0, 0.7, 1.0)[:, None]
    bend = rng.normal(0, 0.25, len(start))[:, None] * np.stack([-way[:, 1], way[:, 0]], 1)
    return [s + t * (w * k + t * b * k) for s, w, k, b in zip(start, way, length, bend, strict=True) for t in [_STEPS]]


_STEPS = np.linspace(0, 1, 5)[:, None]
