"""Where each corner of each face lies on the sheet that a person's colours are painted on.

The sheet is painted for the average body: heads by direction from their middle, trunks by direction and height, limbs by how
far along and which side. Whoever is drawn has the same mesh, so lips stay on lips.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..types import Array
from .human import load_human
from .parts import PARTS
from .shaping import Traits

#: Width and height of the sheet, pixels.
SHEET = 2048


@dataclass(frozen=True)
class Page:
    """A piece of the sheet: its left top corner and size; the first coordinate goes round when `round`."""

    x: int
    y: int
    width: int
    height: int
    round: bool = True


PAGES: dict[str, Page] = {
    "head": Page(0, 0, 2048, 1024),
    "trunk": Page(0, 1024, 1024, 1024),
    "arm": Page(1024, 1024, 256, 512),
    "leg": Page(1280, 1024, 256, 512),
    "hair": Page(1536, 1024, 512, 512),
    "left_eye": Page(1024, 1536, 256, 256, round=False),
    "right_eye": Page(1024, 1536, 256, 256, round=False),
    "inside": Page(1280, 1536, 64, 64, round=False),
}
PAGE_NAMES = tuple(PAGES)
#: What has one colour each on the page "inside", from left to right, eight pixels wide.
INSIDE = ("mouth", "teeth", "tongue", "lash", "nail")
#: Metres of height that the trunk's page shows on the average body: neck to floor.
TRUNK_SPAN = (-0.70, 0.82)
#: How far along a limb its page goes: 0 at shoulder or hip, 1 at elbow or knee, 2 at wrist or ankle.
ARM_SPAN, LEG_SPAN = (-0.8, 3.2), (-0.6, 2.6)


@dataclass(frozen=True)
class Average:
    """The average body: its skin (v, 3), faces, their pages (f,), places by name, middles of the eyes (2, 3)."""

    skin: Array
    faces: Array
    pages: Array
    points: dict[str, Array]
    eyes: Array

    @property
    def middle(self) -> Array:
        """What directions on the head's page are seen from."""
        return self.points["head"]


@functools.cache
def average() -> Average:
    """The body that the sheet is painted for."""
    human = load_human("full")
    rows = human.shape(Traits())
    mesh = human.meshes["body"]
    skin = mesh.whole(rows).astype(float)
    pages = np.array([_page_of(name) for name in PARTS])[mesh.parts]
    inner = (np.abs(skin[mesh.faces].mean(1)[:, 0]) < 0.155) & (pages == PAGE_NAMES.index("arm"))
    pages[inner] = PAGE_NAMES.index("trunk")
    eye_faces = _eye_faces(mesh.faces, skin, human.named(rows)["eye"])
    for name, faces in zip(("left_eye", "right_eye"), eye_faces, strict=True):
        pages[faces] = PAGE_NAMES.index(name)
    eyes = np.array([(skin[np.unique(mesh.faces[f])].min(0) + skin[np.unique(mesh.faces[f])].max(0)) / 2 for f in eye_faces])
    return Average(skin, mesh.faces, pages, human.named(rows), eyes)


def _page_of(part: str) -> int:
    kind = part.removeprefix("left_").removeprefix("right_")
    if kind in ("head", "head_top"):
        return PAGE_NAMES.index("head")
    if kind in ("shoulder", "upper_arm", "elbow", "forearm", "wrist", "hand"):
        return PAGE_NAMES.index("arm")
    return PAGE_NAMES.index("leg" if kind in ("thigh", "knee", "shin", "foot") else "trunk")


def _eye_faces(faces: Array, skin: Array, eye: Array) -> list[Array]:
    """The faces of the two eyeballs: loose pieces about the middle of an eye, the last that were baked."""
    tail = np.arange(len(faces) - 280, len(faces))
    left = skin[faces[tail]].mean(1)[:, 0] > 0
    return [tail[left], tail[~left]]


def turned_from(points: Array, middle: Array) -> tuple[Array, Array, Array]:
    """Direction in degrees to the left of straight ahead and up, and distance, of points (..., 3) about a middle."""
    away = points - middle
    far = np.linalg.norm(away, axis=-1)
    up = np.degrees(np.arcsin(np.clip(-away[..., 1] / np.maximum(far, 1e-9), -1, 1)))
    return np.degrees(np.arctan2(away[..., 0], -away[..., 2])), up, far


def corners(canonical: Array, faces: Array, pages: Array, mirrored: Array) -> Array:
    """Where the corners of faces are on the sheet.

    Args:
        canonical: (v, 3) places on the average body.
        faces: (f, 3).
        pages: (f,) numbers of `PAGE_NAMES`.
        mirrored: (f,) whether a face of a limb is on the right.

    Returns:
        (f, 3, 2) float32 pixels from the corner of the page; those of a page that goes round may lie beyond its width.
    """
    out = np.zeros((len(faces), 3, 2), np.float32)
    for number, name in enumerate(PAGE_NAMES):
        some = np.flatnonzero(pages == number)
        if len(some) == 0 or name in ("hair", "inside"):
            continue
        page = PAGES[name]
        at = canonical[faces[some]]
        if name in ("arm", "leg"):
            at = at * np.where(mirrored[some], -1.0, 1.0)[:, None, None] * [1, 0, 0] + at * [0, 1, 1]
        share = _SHARES[name](at)
        if page.round:
            share[:, 1:, 0] -= np.round(share[:, 1:, 0] - share[:, :1, 0])
        out[some] = share * [page.width, page.height]
    return out


def inside_corners(labels: list[str]) -> Array:
    """(f, 3, 2) float32, where on the page "inside" faces of these names of `INSIDE` are."""
    at = np.array([[8 * INSIDE.index(name) + 4.0, 8.0] for name in labels], np.float32).reshape(-1, 1, 2)
    return np.repeat(at, 3, axis=1)


def eye_corners(vertices: Array, faces: Array) -> Array:
    """(f, 3, 2) float32 of an eyeball's faces on the page of an eye, from where its vertices are at rest."""
    used = vertices[np.unique(faces)]
    away = vertices[faces] - (used.min(0) + used.max(0)) / 2 * [1, 1, 0] - [0, 0, used[:, 2].min() + np.ptp(used[:, 1]) / 2]
    way = away / np.linalg.norm(away, axis=-1, keepdims=True)
    page = PAGES["left_eye"]
    return np.asarray((0.5 + 0.5 * way[..., :2]) * [page.width, page.height], np.float32)


def _head_share(at: Array) -> Array:
    across, up, _ = turned_from(at, average().middle)
    return np.stack([across / 360 + 0.5, 0.5 - up / 180], axis=-1)


def _trunk_share(at: Array) -> Array:
    low, high = TRUNK_SPAN
    across = np.arctan2(at[..., 0], -(at[..., 2] + 0.01)) / (2 * np.pi) + 0.5
    return np.stack([across, (at[..., 1] - low) / (high - low)], axis=-1)


def along_limb(at: Array, a: Array, b: Array, c: Array) -> tuple[Array, Array]:
    """How far along a bent limb (0 at a, 1 at b, 2 at c), and the direction about it in turns (0: in front)."""
    first, second = _along(at, a, b), _along(at, b, c)
    lower = second > 0
    along = np.where(lower, 1 + second, np.minimum(first, 1.0))
    about = np.where(lower, _about(at, b, c), _about(at, a, b))
    return along, about


def _along(at: Array, a: Array, b: Array) -> Array:
    return np.asarray((at - a) @ (b - a) / ((b - a) @ (b - a)))


def _about(at: Array, a: Array, b: Array) -> Array:
    bone = (b - a) / np.linalg.norm(b - a)
    side = np.cross(bone, [0.0, 0.0, -1.0])
    side /= np.linalg.norm(side)
    front = np.cross(side, bone)
    return np.asarray(np.arctan2((at - a) @ side, (at - a) @ front) / (2 * np.pi))


def _limb_share(at: Array, names: tuple[str, str, str], span: tuple[float, float]) -> Array:
    points = average().points
    along, about = along_limb(at, *(points[name] for name in names))
    return np.stack([about + 0.5, np.clip((along - span[0]) / (span[1] - span[0]), 0, 0.999)], axis=-1)


def _eye_share(at: Array, side: int) -> Array:
    away = at - average().eyes[side]
    return np.asarray(0.5 + 0.5 * away[..., :2] / np.linalg.norm(away, axis=-1, keepdims=True))


_SHARES: dict[str, Callable[[Array], Array]] = {
    "head": _head_share,
    "trunk": _trunk_share,
    "arm": lambda at: _limb_share(at, ("shoulder", "elbow", "wrist"), ARM_SPAN),
    "leg": lambda at: _limb_share(at, ("hip", "knee", "ankle"), LEG_SPAN),
    "left_eye": lambda at: _eye_share(at, 0),
    "right_eye": lambda at: _eye_share(at, 1),
}
