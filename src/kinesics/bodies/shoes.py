"""Shoes: shells along the feet, and feet without toes that fit into them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..types import Array
from .parts import PARTS
from .segments import SEGMENTS
from .unwrapping import LEG_SPAN, PAGE_NAMES, PAGES, along_limb, average

# along the foot from heel to tip: half of the width over the widest, and height over the length
_AT = np.array([0.0, 0.03, 0.10, 0.25, 0.4, 0.55, 0.7, 0.85, 0.94, 0.985, 1.0])
_WIDE = np.array([0.06, 0.46, 0.70, 0.76, 0.80, 0.92, 1.0, 0.93, 0.74, 0.46, 0.04])
_HIGH = np.array([0.20, 0.27, 0.29, 0.29, 0.30, 0.275, 0.225, 0.19, 0.16, 0.12, 0.06])
_POWER = 2.6
_RINGS, _AROUND = 22, 24


@dataclass(frozen=True)
class Shoes:
    """`rest` (v, 3): the body with feet that fit into shoes; the shells of both shoes: `vertices`, `faces`, their `corners` on
    the page of legs, `parts`, and the `segments` and `weights` they follow.
    """

    rest: Array
    vertices: Array
    faces: Array
    corners: Array
    parts: Array
    segments: Array
    weights: Array


def shod(rest: Array) -> Shoes:
    """Shoes for the dressed body at rest (v, 3)."""
    base = average()
    legs = np.unique(base.faces[base.pages == PAGE_NAMES.index("leg")])
    mirror = np.where(base.skin[legs, :1] < 0, [-1.0, 1, 1], [1.0, 1, 1])
    points = base.points
    along = along_limb(base.skin[legs] * mirror, points["hip"], points["knee"], points["ankle"])[0]
    out, shells = rest.astype(float), []
    for left in (True, False):
        foot = legs[(along > 1.9) & ((base.skin[legs, 0] > 0) == left)]
        ahead = -base.skin[foot, 2]
        last = _Last.of(out[foot], (ahead - ahead.min()) / np.ptp(ahead))
        share = np.clip((along[np.isin(legs, foot)] - 1.93) / 0.06, 0, 1)[:, None]
        out[foot] += share * (last.inside(out[foot]) - out[foot])
        shells.append(last.shell())
    count = len(shells[0][0])
    faces = np.concatenate([shells[0][1], shells[1][1] + count]).astype(np.int32)
    half = len(shells[0][1])
    segments = np.zeros((2 * count, 4), np.uint8)
    segments[:count, 0], segments[count:, 0] = SEGMENTS.index("left_foot"), SEGMENTS.index("right_foot")
    return Shoes(
        rest=out.astype(np.float32),
        vertices=np.concatenate([shells[0][0], shells[1][0]]).astype(np.float32),
        faces=faces,
        corners=np.concatenate([shells[0][2], shells[1][2]]).astype(np.float32),
        parts=np.repeat([PARTS.index("left_foot"), PARTS.index("right_foot")], half).astype(np.uint8),
        segments=segments,
        weights=np.tile(np.array([1, 0, 0, 0], np.float32), (2 * count, 1)),
    )


@dataclass(frozen=True)
class _Last:
    """The block a shoe is made over: level ways ahead and aside, where it begins, length, half width, middle line, floor."""

    way: Array
    side: Array
    start: float
    length: float
    half: float
    line: tuple[float, float]
    floor: float

    @classmethod
    def of(cls, at: Array, toes: Array) -> _Last:
        """Around a foot (n, 3) whose vertices are `toes` (n,) of the way from heel (0) to tip (1)."""
        way = (at[toes > 0.85].mean(0) - at[toes < 0.15].mean(0)) * [1, 0, 1]
        way /= np.linalg.norm(way)
        side = np.array([way[2], 0, -way[0]])
        forward, across = at @ way, at @ side
        length = float(np.ptp(forward)) * 1.05
        start = float(forward.min()) - 0.02 * length
        share = (forward - start) / length
        ball, heel = across[(share > 0.55) & (share < 0.85)], across[share < 0.3]
        line = (float(heel.max() + heel.min()) / 2, float(ball.max() + ball.min()) / 2)
        return cls(way, side, start, length, float(np.ptp(ball)) / 2 * 1.08, line, float(at[:, 1].max()))

    def section(self, share: Array) -> tuple[Array, Array, Array]:
        """Middle, half width and height at shares of the length, metres."""
        middle = np.interp(share, [0.1, 0.65], self.line)
        return middle, np.interp(share, _AT, _WIDE) * self.half, np.interp(share, _AT, _HIGH) * self.length

    def put(self, share: Array, across: Array, height: Array) -> Array:
        """Places (..., 3)."""
        out = (self.start + share * self.length)[..., None] * self.way + across[..., None] * self.side
        out[..., 1] = self.floor - height
        return np.asarray(out)

    def inside(self, at: Array) -> Array:
        """A foot (n, 3) brought within the shell where it would stick out."""
        share = np.clip((at @ self.way - self.start) / self.length, 0, 1)
        share = np.where(share > 0.45, 0.45 + (share - 0.45) * 0.9, share)
        middle, wide, high = self.section(share)
        x, y = (at @ self.side - middle) / wide, (self.floor - at[:, 1] - high / 2) / (high / 2)
        free = (share < 0.42) & (y > 0)  # the ankle comes out of the shoe
        size = np.where(free, np.abs(x), (np.abs(x) ** _POWER + np.abs(y) ** _POWER) ** (1 / _POWER))
        scale = np.minimum(0.9 / np.maximum(size, 1e-6), 1.0)
        lasted = self.put(share, middle + x * scale * wide, high / 2 + y * scale * high / 2)
        low = np.clip((0.45 * self.length - (self.floor - at[:, 1])) / (0.12 * self.length), 0, 1)
        fitted = np.where(free[:, None], at + (lasted - at) * [1, 0, 1] * low[:, None], lasted)
        return np.asarray(fitted)

    def shell(self) -> tuple[Array, Array, Array]:
        """Vertices, faces and their corners on the page of legs."""
        share = 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, _RINGS))
        angle = 2 * np.pi * np.arange(_AROUND + 1) / _AROUND
        x = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** (2 / _POWER)
        y = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** (2 / _POWER)
        middle, wide, high = (v[:, None] for v in self.section(share))
        height = high / 2 * (1 + y)
        vertices = self.put(share[:, None] * np.ones_like(height), middle + x * wide, height).reshape(-1, 3)
        r, c = np.mgrid[: _RINGS - 1, :_AROUND]
        a, b = r * (_AROUND + 1) + c, (r + 1) * (_AROUND + 1) + c
        faces = np.stack([a, a + 1, b + 1, a, b + 1, b], axis=-1).reshape(-1, 3)
        page = PAGES["leg"]
        along = 2.165 - height / 0.41
        v = (along - LEG_SPAN[0]) / (LEG_SPAN[1] - LEG_SPAN[0]) * page.height
        u = np.broadcast_to(angle / (2 * np.pi) * page.width, v.shape)
        return vertices, faces, np.stack([u, v], axis=-1).reshape(-1, 2)[faces]
