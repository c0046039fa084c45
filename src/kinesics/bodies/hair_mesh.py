"""The mesh of hair: a sheet of strands from the crown down the skull and beyond, a bun or a tail behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

from ..types import Array
from .hairdos import Hairdo, hairline
from .parts import PARTS
from .segments import SEGMENTS
from .solids import ball, turned_solid
from .unwrapping import PAGES, average, turned_from
from .weaving import noise

_COLUMNS, _RINGS = 144, 30


@dataclass(frozen=True)
class Hair:
    """A mesh of hair: `vertices` (v, 3) at rest, `faces` (f, 3), `corners` (f, 3, 2) on the hair's page, `parts` (f,), what the
    vertices follow: `segments` (v, 4), `weights` (v, 4).
    """

    vertices: Array
    faces: Array
    corners: Array
    parts: Array
    segments: Array
    weights: Array


def make_hair(do: Hairdo, skin: Array, dressed: Array, middle: Array, rng: np.random.Generator) -> Hair | None:
    """The hair of somebody, None for what is only painted.

    Args:
        do: the way of wearing it.
        skin: (v, 3) the bare body at rest, full detail.
        dressed: (v, 3) the same with clothes on.
        middle: (3,) the middle of the head.
        rng: of all chance.
    """
    if do.style == "buzz":
        return None
    vertices, share = _sheet(do, skin, dressed, middle, rng)
    faces, corners = _grid(share, do)
    pieces = [(vertices, faces, corners)]
    if do.style in ("bun", "ponytail"):
        pieces.append(_gathered(do, skin, middle))
    count = 0
    all_faces = []
    for points, own, _ in pieces:
        all_faces.append(own + count)
        count += len(points)
    points = np.concatenate([p[0] for p in pieces])
    faces = np.concatenate(all_faces).astype(np.int32)
    return Hair(
        points.astype(np.float32), faces, np.concatenate([p[2] for p in pieces]).astype(np.float32),
        _parts(points, faces, middle), *_followed(points, middle, skin),
    )  # fmt: skip


def _skull(skin: Array, middle: Array) -> Any:
    """How far the scalp is in a direction, as a function of (across, up) in degrees; without the ears."""
    base = average()
    head = np.unique(base.faces[base.pages == 0])
    canonical = base.skin[head]
    ear = base.points["ear"]
    ears = (np.linalg.norm(np.abs(canonical[:, :1]) * [1, 0, 0] + canonical * [0, 1, 1] - ear, axis=1) < 0.05) & (
        np.abs(canonical[:, 0]) > 0.073
    )
    head = head[~ears & ~((np.abs(canonical[:, 0]) < 0.06) & (canonical[:, 2] > -0.1) & (canonical[:, 1] > -0.72))]
    across, up, far = turned_from(skin[head].astype(float), middle)

    def ball_of(a: Array, b: Array) -> Array:
        a, b = np.radians(a), np.radians(b)
        return np.stack([np.sin(a) * np.cos(b), -np.sin(b), -np.cos(a) * np.cos(b)], axis=-1)

    tree = cKDTree(ball_of(across, up))

    def distance(a: Array, b: Array) -> Array:
        away, which = tree.query(ball_of(a, b), k=6)
        weight = 1 / (away + 0.02) ** 2
        return np.asarray((far[which] * weight).sum(-1) / weight.sum(-1))

    return distance


def _sheet(do: Hairdo, skin: Array, dressed: Array, middle: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Vertices (rings * columns, 3), ring by ring, and how far along its strand each ring is (rings, columns)."""
    across = np.linspace(-180, 180, _COLUMNS + 1)
    share = np.linspace(0, 1, _RINGS)[:, None] ** 0.85
    slick = do.style in ("bun", "ponytail")
    lock = gaussian_filter(rng.normal(0, 1, _COLUMNS), 1.1, mode="wrap") * (0.25 if slick else 1.6)
    lock = np.append(lock, lock[0])
    wavy = noise(rng, _RINGS, _COLUMNS, 3.0, 2.2)
    wavy = np.concatenate([wavy, wavy[:, :1]], axis=1)
    end, hang = _ends(do, across, lock)
    skull_end = np.where(hang > 0, np.maximum(end, -8.0), end)
    on_skull = np.where(hang > 0, 0.45, 1.0)
    t = np.minimum(share / on_skull, 1.0)
    up = 90 + (skull_end - 90) * t
    away = np.broadcast_to(across, up.shape)
    far = _skull(skin, middle)(away, up)
    far = np.maximum(far, gaussian_filter(far, (1.5, 2), mode=("nearest", "wrap")))
    thick = _thickness(do, away, up, t, hang) * (
        1 + (0.16 * lock * t + 0.10 * wavy * (0.4 + 2.4 * do.curl)) * np.minimum(4 * t, 1)
    )
    a, b = np.radians(away), np.radians(up)
    ray = np.stack([np.sin(a) * np.cos(b), -np.sin(b), -np.cos(a) * np.cos(b)], axis=-1)
    reach = far + thick
    reach[:3] = reach[3].mean() + (reach[:3] - reach[:3].mean(axis=1, keepdims=True)) * [[0], [0.3], [0.7]]
    points = middle + ray * reach[..., None]
    below = np.maximum(share - on_skull, 0) / np.maximum(1 - on_skull, 1e-6) * hang * (1 + 0.05 * lock)
    points[..., 1] += below
    inward = np.clip(below / 0.25, 0, 1)
    points[..., 0] *= 1 - 0.10 * inward + 0.02 * wavy * inward
    points = _outside(points, dressed, below, middle)
    return points.reshape(-1, 3), share * np.ones_like(up)


def _ends(do: Hairdo, across: Array, lock: Array) -> tuple[Array, Array]:
    """Degrees up at which hair ends on the skull, and metres that it hangs on below."""
    end = hairline(across, do.receding) + 1.5 * lock
    front = np.clip((50 - np.abs(across)) / 14, 0, 1)
    swept = (
        6.0
        * np.sign(do.sweep)
        * np.sin(np.radians(np.clip(across * 1.9, -90, 90)))
        * (do.style not in ("bun", "ponytail", "afro"))
    )
    end = end - (2.0 + do.fringe + swept) * front - 2.0
    hang = np.zeros_like(across)
    if do.length > 0:
        start = 52.0
        falls = np.clip((np.abs(across) - start) / 9, 0, 1)
        falls = falls * falls * (3 - 2 * falls)
        behind = np.clip((np.abs(across) - 92) / 34, 0, 1)
        side = min(do.length, 0.085)  # ends above the shoulders; what is longer falls behind them
        hang = falls * (0.05 + side + (do.length - side) * behind * behind * (3 - 2 * behind))
        end = np.where(hang > 0, end + (-8.0 - end) * np.minimum(falls * 2, 1), end)
    return end, hang


def _thickness(do: Hairdo, across: Array, up: Array, t: Array, hang: Array) -> Array:
    """Metres between scalp and the hair's surface."""
    top = np.clip((up - 5) / 45, 0, 1)
    top = top * top * (3 - 2 * top)
    side = {"short": 0.30, "crop": 0.22, "waves": 0.75, "bob": 0.9, "long": 0.8, "bun": 0.55, "ponytail": 0.5, "afro": 1.0}[
        do.style
    ]
    thick = do.volume * (side + (1 - side) * top)
    back = np.clip((np.abs(across) - 120) / 40, 0, 1) * np.clip((up + 20) / 30, 0, 1)
    thick = thick * (1 + 0.25 * back)
    close = np.clip((np.abs(across) - 46) / 40, 0, 1)  # curtains lie close to the face
    thick = np.where(hang > 0, thick * (0.12 + 0.88 * close) + 0.012 * close * np.clip((20 - up) / 20, 0, 1), thick)
    round_off = 0.55 if do.style in ("bun", "ponytail") else 0.20
    cap = np.where(hang > 0, 1.0, np.sqrt(np.clip(1 - np.clip((t - 1 + round_off) / round_off, 0, 1) ** 2, 0, 1)))
    return np.asarray(0.0025 + thick * cap - 0.004 * (1 - cap))


def _outside(points: Array, dressed: Array, below: Array, middle: Array) -> Array:
    """Hanging hair kept out of neck, shoulders and back: at the sides it goes outwards, behind it is gathered and goes back."""
    hanging = below > 0.002
    if not hanging.any():
        return points
    base = average()
    trunk = np.unique(base.faces[np.isin(base.pages, (1, 2))])
    near = dressed[trunk].astype(float)
    near = near[(near[:, 1] < middle[1] + 0.55) & (near[:, 2] > middle[2] - 0.02) & (np.abs(base.skin[trunk, 0]) < 0.24)]
    moved = points.copy()
    behind = np.clip((np.abs(np.degrees(np.arctan2(points[..., 0], middle[2] + 0.03 - points[..., 2]))) - 84) / 20, 0, 1)
    low = np.clip(below / 0.16, 0, 1)
    moved[..., 0] *= 1 - 0.45 * behind * low
    tree = cKDTree(near[:, :2])
    which = tree.query(moved[..., :2], k=5)[1]
    back = near[which, 2].max(-1) + 0.014
    moved[..., 2] = np.where(
        hanging & (behind > 0), np.maximum(moved[..., 2], back * behind + moved[..., 2] * (1 - behind)), moved[..., 2]
    )
    smooth = moved.copy()
    for axis in (0, 2):
        smooth[..., axis] = gaussian_filter(moved[..., axis], (1.2, 1.0), mode="nearest")
    smooth[:, 0] = smooth[:, -1] = (smooth[:, 0] + smooth[:, -1]) / 2
    return np.where(hanging[..., None], smooth, moved)


def _grid(share: Array, do: Hairdo) -> tuple[Array, Array]:
    rings, columns = share.shape
    r, c = np.mgrid[: rings - 1, : columns - 1]
    a, b = r * columns + c, (r + 1) * columns + c
    faces = np.stack([a, b, b + 1, a, b + 1, a + 1], axis=-1).reshape(-1, 3)
    page = PAGES["hair"]
    u = np.linspace(0, 1, columns) + do.sweep * share
    place = np.stack([u * page.width, share * (page.height - 1)], axis=-1).reshape(-1, 2)
    return faces, place[faces]


def _gathered(do: Hairdo, skin: Array, middle: Array) -> tuple[Array, Array, Array]:
    """A bun or a tail at the back of the head."""
    a, b = np.radians(180.0), np.radians(30.0 if do.style == "bun" else 18.0)
    ray = np.array([np.sin(a) * np.cos(b), -np.sin(b), -np.cos(a) * np.cos(b)])
    far = float(_skull(skin, middle)(np.array([180.0]), np.array([np.degrees(b)]))[0])
    if do.style == "bun":
        points, faces = ball(0.043, 20)
        points = points * [1.1, 0.95, 0.85] + middle + ray * (far + 0.025)
    else:
        profile = [(0.004, 0.24), (0.016, 0.20), (0.026, 0.12), (0.028, 0.05), (0.020, 0.01), (0.012, -0.012)]
        points, faces = turned_solid(profile, 16, 0.8)
        points[:, 2] += 0.02 * np.sin(np.clip(points[:, 1] / 0.24, 0, 1) * np.pi)
        points = points + middle + ray * (far + 0.022)
    page = PAGES["hair"]
    about = np.arctan2(points[:, 0] - middle[0], points[:, 2] - points[:, 2].mean()) / (2 * np.pi)
    height = (points[:, 1] - points[:, 1].min()) / np.ptp(points[:, 1])
    place = np.stack([about * 0.5 * page.width + page.width, height * (page.height - 1)], axis=-1)[faces]
    place[:, 1:, 0] -= np.round((place[:, 1:, 0] - place[:, :1, 0]) / (0.5 * page.width)) * 0.5 * page.width
    return points, faces, place


def _parts(points: Array, faces: Array, middle: Array) -> Array:
    centre = points[faces].mean(1)
    labels = np.array([[PARTS.index(f"{side}_{name}") for side in ("right", "left")] for name in ("head", "head_top")])
    top, left = (centre[:, 1] < middle[1] - 0.025).astype(int), (centre[:, 0] >= 0).astype(int)
    return np.asarray(labels[top, left], np.uint8)


def _followed(points: Array, middle: Array, skin: Array) -> tuple[Array, Array]:
    """Hair turns with the head; what hangs below the chin more and more with the chest."""
    drop = np.clip((points[:, 1] - middle[1] - 0.10) / 0.16, 0, 1)
    segments = np.zeros((len(points), 4), np.uint8)
    segments[:, 0], segments[:, 1] = SEGMENTS.index("head"), SEGMENTS.index("chest")
    weights = np.zeros((len(points), 4), np.float32)
    weights[:, 0], weights[:, 1] = np.maximum(1 - drop, 0.02), np.minimum(drop, 0.98)
    weights[drop == 0, 0], weights[drop == 0, 1] = 1, 0
    return segments, weights
