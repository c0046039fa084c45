"""What people wear, as far as a depth picture knows: skin pushed out by cloth, soles, skirts, hair, a hood.

Cloth is an offset of the skin along its normals, so it costs nothing when posing; skirts and long hair are the hulls that the
baked body brings along. Each face keeps the part that lies beneath.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.sparse import csr_matrix, diags
from scipy.spatial import cKDTree

from ..types import Array
from .human import Human, Mesh, load_human
from .outfits import Outfit
from .segments import SEGMENTS
from .shaping import Traits

Detail = Literal["full", "light"]


@dataclass(frozen=True)
class Places:
    """Where each vertex of the skin is on an average body: along arm and leg, up the trunk; how much of hand, foot, scalp."""

    arm: Array
    leg: Array
    trunk: Array
    hand: Array
    foot: Array
    scalp: Array
    nape: Array
    skirt_down: Array
    skirt_parts: Array
    hair_down: Array
    hair_parts: Array


def _sum(mesh: Mesh, names: tuple[str, ...]) -> Array:
    ids = [i for i, s in enumerate(SEGMENTS) if s.removeprefix("left_").removeprefix("right_") in names]
    return np.asarray((mesh.weights * np.isin(mesh.segments, ids)).sum(1))


def _along(at: Array, a: Array, b: Array) -> Array:
    return np.asarray((at - a) @ (b - a) / ((b - a) @ (b - a)))


@functools.cache
def skin_places(detail: Detail) -> Places:
    """Where the vertices of the skin are on the average body."""
    human = load_human(detail)
    rows = human.shape(Traits())
    p = human.named(rows)
    mesh = human.meshes["body"]
    at = mesh.whole(rows).astype(float) * [1, 1, 1]
    left = np.abs(at[:, :1]) * [1, 0, 0] + at * [0, 1, 1]
    arms = _sum(mesh, ("upper_0", "upper_1", "upper_2", "elbow_half", "fore_0", "fore_1", "fore_2", "fore_3", "hand", "fingers",
                       "tips", "thumb")) > 0.5  # fmt: skip
    legs = _sum(mesh, ("thigh", "knee_half", "shin", "foot", "hip_half")) > 0.5
    fore, shin = _along(left, p["elbow"], p["wrist"]), _along(left, p["knee"], p["ankle"])
    arm = np.where(fore > 0, 1 + fore, np.minimum(_along(left, p["shoulder"], p["elbow"]), 1))
    down = _down(at[:, 1], p)
    head = _sum(mesh, ("head",))
    eye, crown = p["eye"], p["crown"]
    size = eye[1] - crown[1]
    up = (eye[1] - at[:, 1]) / size
    back = (at[:, 2] - p["ear"][2]) / size
    forehead = np.clip((up - 0.35) / 0.4, 0, 1)
    behind = np.clip((back - 0.1) / 0.2, 0, 1) * np.clip((up + 0.75) / 0.3, 0, 1)
    nape = np.clip(1 - np.abs(at[:, 1] - p["neck"][1]) / 0.09, 0, 1) * np.clip((at[:, 2] - p["neck"][2] + 0.02) / 0.04, 0, 1)
    extra = {name: _over(human, name, rows, at, p) for name in ("skirt", "hair")}
    return Places(
        arm=np.where(arms, np.maximum(arm, 0.0), -1.0),
        leg=np.where(legs | (down > 0.6), np.where(shin > 0, 1 + shin, down), down),
        trunk=(p["hip"][1] - at[:, 1]) / (p["hip"][1] - p["shoulder"][1]),
        hand=_sum(mesh, ("hand", "fingers", "tips", "thumb")),
        foot=_sum(mesh, ("foot",)),
        scalp=np.maximum(forehead, behind) * head,
        nape=nape * (np.abs(at[:, 0]) < 0.13),
        skirt_down=extra["skirt"][0],
        skirt_parts=extra["skirt"][1],
        hair_down=extra["hair"][0],
        hair_parts=extra["hair"][1],
    )


def _down(y: Array, p: dict[str, Array]) -> Array:
    """0 at the hips, 1 at the knees, 2 at the ankles, by height alone."""
    return np.interp(y, [p["shoulder"][1], p["hip"][1], p["knee"][1], p["ankle"][1]], [-1.2, 0, 1, 2])


def _over(human: Human, name: str, rows: Array, skin: Array, p: dict[str, Array]) -> tuple[Array, Array]:
    """How far down each face of a hull is, and the part of the nearest skin."""
    mesh, body = human.meshes[name], human.meshes["body"]
    at = mesh.whole(rows)
    nearest = cKDTree(skin[body.faces].mean(1)).query(at[mesh.faces].mean(1))[1]
    parts = body.parts[nearest]
    if name == "skirt":
        return _down(at[mesh.faces][:, :, 1].max(1), p), parts
    low, high = at[:, 1].max(), p["eye"][1]
    down = (at[mesh.faces][:, :, 1].max(1) - high) / (low - high)
    centre = at[mesh.faces].mean(1)
    face = (np.abs(centre[:, 0]) < 0.07) & (centre[:, 2] < p["ear"][2] - 0.035) & (centre[:, 1] > high - 0.05)
    return np.where(face, np.inf, down), parts  # nobody's hair hangs over the face


def _ramp(value: Array, end: float, soft: float) -> Array:
    """1 before `end`, falling to 0 within `soft` beyond it."""
    return np.clip((end + soft - value) / soft, 0, 1)


def cloth_offsets(outfit: Outfit, detail: Detail, at: Array) -> Array:
    """How far out the cloth is over each vertex of the skin, metres (v,); `at` (v, 3) the skin at rest, for the folds."""
    place = skin_places(detail)
    arms = place.arm >= 0
    sleeve = _ramp(place.arm, outfit.sleeve, 0.08) * (place.hand < 0.5)
    trunk = _ramp(place.leg, outfit.hem, 0.06) * np.clip((1.12 - place.trunk) / 0.08, 0, 1)
    lower = np.clip(1.0 - place.trunk, 0, 1)  # cloth hangs from the shoulders and stands off below
    top = outfit.cloth * np.where(arms, sleeve * (0.35 + 0.3 * np.clip(place.arm, 0, 2)), trunk * (0.35 + 0.65 * lower))
    if outfit.sleeve <= 0:
        top = top * np.where(arms, 0, 1)
    legs = (place.leg > -0.45) & ~arms & (place.hand < 0.1)
    slack = (0.5 + 0.5 * np.clip(place.leg, 0, 2)) * outfit.leg_cloth + outfit.flare * np.clip(place.leg - 1, 0, 1) * (
        outfit.skirt == 0
    )
    bottom = slack * legs * _ramp(place.leg, outfit.leg, 0.06) * (place.foot < 0.5)
    way = np.asarray(outfit.fold_way)
    wave = np.sin(at @ (20 + 25 * way[:3]) * np.sign(way[3:] - 0.5).prod() + 6.3 * way[3]) + np.sin(
        at @ (35 * way[3:] - 17) + 6.3 * way[4]
    )
    cloth = np.maximum(top, bottom) * (1 + 0.5 * outfit.folds * wave)
    hair = outfit.hair_thick * place.scalp * (outfit.hair != "none")
    hood = (outfit.top == "hood") * 0.05 * place.nape
    return np.asarray(np.maximum(np.maximum(cloth, hood), np.maximum(hair, outfit.shoe * np.clip(place.foot * 2 - 0.5, 0, 1))))


def normals(vertices: Array, faces: Array) -> Array:
    """Unit normals of the vertices (v, 3), pointing out."""
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    face = np.cross(b - a, c - a)
    out = np.stack([sum(np.bincount(faces[:, i], face[:, axis], len(vertices)) for i in range(3)) for axis in range(3)], axis=1)
    return np.asarray(out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-12))


@functools.cache
def _around(detail: Detail) -> Any:
    """What takes the mean of each vertex and its neighbours, as a sparse matrix."""
    faces = load_human(detail).meshes["body"].faces
    count = int(faces.max()) + 1
    pairs = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    ones = csr_matrix((np.ones(len(pairs)), pairs.T), (count, count))
    near = ((ones + ones.T + csr_matrix((np.ones(count), (np.arange(count),) * 2), (count, count))) > 0).astype(float)
    return diags(1 / np.asarray(near.sum(1)).ravel()) @ near


def _evened(detail: Detail, skin: Array, cloth: Array) -> Array:
    """The skin as thick cloth shows it: without its small shapes."""
    around, even = _around(detail), skin
    for _ in range(14 if detail == "full" else 4):
        even = around @ even
    place = skin_places(detail)
    share = (
        np.clip((cloth - 0.003) / 0.012, 0, 0.9) * np.clip((0.95 - place.trunk) / 0.15, 0, 1) * np.clip(-2 * place.arm, 0, 1)
    )
    share = share * (place.hand < 0.2) * (place.foot < 0.2) * np.clip((1.5 - place.leg) / 0.5, 0.2, 1)
    return np.asarray(skin + share[:, None] * (even - skin))


def clothed(outfit: Outfit, detail: Detail, skin: Array, faces: Array) -> Array:
    """The skin at rest (v, 3) with the cloth on it."""
    cloth = cloth_offsets(outfit, detail, skin)
    even = _evened(detail, skin, cloth)
    out = even + cloth[:, None] * normals(even, faces)
    if outfit.sole > 0:
        foot = skin_places(detail).foot
        floor = skin[:, 1].max()
        low = np.clip(1 - (floor - skin[:, 1]) / 0.035, 0, 1) * np.clip(foot * 2 - 0.5, 0, 1)
        out[:, 1] += np.where(low > 0.55, outfit.sole, 0) + np.where(low > 0.55, 0, low * outfit.sole)
    return np.asarray(out.astype(np.float32))


def hull(name: Literal["skirt", "hair"], outfit: Outfit, detail: Detail, rows: Array) -> tuple[Array, Array, Array, Mesh]:
    """A skirt or long hair of somebody: vertices (v, 3), faces, their parts, and the mesh it is of."""
    human, place = load_human(detail), skin_places(detail)
    mesh = human.meshes[name]
    at = mesh.whole(rows).astype(float)
    if name == "skirt":
        kept = place.skirt_down <= max(outfit.skirt, float(place.skirt_down.min()) + 0.35)
        parts = place.skirt_parts
        points = human.named(rows)
        drop = np.clip(_down(at[:, 1], points), 0, 2) / 2
        centre = np.array([0, 0, points["hip"][2]])
        way = (at - centre) * [1, 0, 1]
        way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-6)
        out = at + way * (0.004 + outfit.leg_cloth + outfit.flare * drop)[:, None]
    else:
        kept = place.hair_down <= outfit.hair_long
        parts = place.hair_parts
        out = at + 0.3 * outfit.hair_thick * normals(at, mesh.faces)
    return out.astype(np.float32), mesh.faces[kept], parts[kept], mesh
