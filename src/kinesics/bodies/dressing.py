"""Clothes, shoes, hair, eyes and colours put on a bare body: what a portrait is made of."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from ..types import Array
from .actors import Actor, finer
from .clothing import clothed
from .complexions import Complexion, paint_skin
from .detail import load_detail
from .draping import draped
from .fabrics import Fabrics, paint_clothes
from .features import paint_brows_and_lashes, paint_features
from .fine import extra_labels
from .hair_mesh import Hair, make_hair
from .hairdos import Hairdo, paint_hair
from .hollows import open_sky
from .kinematics import JOINTS
from .materials import MATERIALS
from .outfits import Outfit, wardrobe
from .painting import vertex_normals
from .shoes import Shoes, shod
from .unwrapping import INSIDE, PAGE_NAMES, SHEET, average, corners, eye_corners, inside_corners

_EYES = ("eye_white", "iris", "pupil")
_FINER = ("mouth", "teeth", "tongue", "lash", *_EYES)


@dataclass(frozen=True, eq=False)
class Portrait:
    """Somebody to draw; see `make_portrait`.

    `actor` moves; `corners` (f, 3, 2) and `pages` (f,) say where its faces are on the `sheet` (2048, 2048, 4) uint8 of
    colours and kinds of surface; `bright` (v,) how much sky a vertex sees at rest; the first `closed` vertices are those
    of closed surfaces.
    """

    actor: Actor
    corners: Array
    pages: Array
    sheet: Array
    bright: Array
    closed: int

    def describe(self) -> dict[str, Any]:
        """What the person is like, in plain words and numbers."""
        return self.actor.describe()


def dress(
    actor: Actor, outfit: Outfit, look: Complexion, fabrics: Fabrics, hairdo: Hairdo, rng: np.random.Generator
) -> Portrait:
    """Clothes, hair and colours on a bare actor of full detail."""
    base = average()
    sheet = np.zeros((SHEET, SHEET, 4), np.uint8)
    paint_skin(sheet, look, rng)
    paint_features(sheet, look, rng)
    paint_hair(sheet, hairdo, look.hair, rng)
    paint_brows_and_lashes(sheet, look, rng)
    paint_clothes(sheet, outfit, fabrics, rng)
    shoes = shod(draped(clothed(outfit, "full", actor.rest, actor.faces)))
    rest = shoes.rest
    mirrored = base.skin[base.faces].mean(1)[:, 0] < 0
    places = corners(base.skin, actor.faces, base.pages, mirrored)
    worn = {**wardrobe(outfit), "hair": hairdo.style, **look.words, **fabrics.words}
    pages = base.pages.astype(np.uint8)
    nails = load_detail().materials == MATERIALS.index("nail")
    pages[nails], places[nails] = PAGE_NAMES.index("inside"), inside_corners(["nail"])
    sewn = _Sewn(dataclasses.replace(actor, rest=rest, worn=worn, outfit=outfit), places, pages)
    if outfit.sole > 0:
        sewn = sewn.more(shoes, "leg")
    hair = make_hair(hairdo, actor.rest, rest, actor.rig.joints[JOINTS.index("head")], rng)
    if hair is not None:
        sewn = sewn.more(hair, "hair")
    sewn = sewn.finer()
    dressed = sewn.actor
    normals = vertex_normals(dressed.rest, dressed.faces)
    return Portrait(
        actor=dressed,
        corners=sewn.corners,
        pages=sewn.pages,
        sheet=sheet,
        bright=_dark_inside(open_sky(dressed.rest, normals, dressed.faces, len(rest)), sewn),
        closed=len(rest),
    )


def _dark_inside(bright: Array, sewn: _Sewn) -> Array:
    """Little light falls into a mouth."""
    labels = extra_labels(_FINER)
    own = sewn.actor.faces[len(sewn.actor.faces) - len(labels) :]
    for name in ("mouth", "teeth", "tongue"):
        bright[np.unique(own[labels == MATERIALS.index(name)])] *= np.float32(0.5)
    return bright


@dataclass(frozen=True)
class _Sewn:
    """An actor as it gets more and more on, with the places of its faces on the sheet."""

    actor: Actor
    corners: Array
    pages: Array

    def more(self, piece: Hair | Shoes, page: str) -> _Sewn:
        """With a mesh of its own."""
        actor = self.actor
        grown = dataclasses.replace(
            actor,
            faces=np.concatenate([actor.faces, piece.faces + np.int32(len(actor.rest))]),
            face_parts=np.concatenate([actor.face_parts, piece.parts]),
            rest=np.concatenate([actor.rest, piece.vertices]),
            segments=np.concatenate([actor.segments, piece.segments]),
            weights=np.concatenate([actor.weights, piece.weights]),
            pieces=(*actor.pieces, ("thing" if page == "leg" else "hair", len(actor.faces), len(piece.faces))),
        )
        pages = np.full(len(piece.faces), PAGE_NAMES.index(page), np.uint8)
        return _Sewn(grown, np.concatenate([self.corners, piece.corners]), np.concatenate([self.pages, pages]))

    def finer(self) -> _Sewn:
        """With round eyes, lashes and the inside of the mouth."""
        actor = _with_calm_lashes(finer(self.actor, _FINER))
        own = actor.faces[len(self.actor.faces) :]
        names = np.array(MATERIALS)[extra_labels(_FINER)]
        eye = np.isin(names, _EYES)
        left = actor.rest[own].mean(1)[:, 0] > 0
        pages = np.full(len(own), PAGE_NAMES.index("inside"), np.uint8)
        corners = inside_corners([INSIDE[0] if e else str(n) for n, e in zip(names, eye, strict=True)])
        for side, page in ((left, "left_eye"), (~left, "right_eye")):
            pages[eye & side] = PAGE_NAMES.index(page)
            corners[eye & side] = eye_corners(actor.rest, own[eye & side])
        return _Sewn(actor, np.concatenate([self.corners, corners]), np.concatenate([self.pages, pages]))


def _with_calm_lashes(actor: Actor) -> Actor:
    """The lashes drawn in to a dark line along the upper lid that ends in a small wing; hardly any below."""
    labels = extra_labels(_FINER)
    own = actor.faces[len(actor.faces) - len(labels) :]
    which = np.unique(own[labels == MATERIALS.index("lash")])
    body = actor.rest[: actor.standing]
    near = body[np.linalg.norm(body - [0, *actor.rest[which, 1:].mean(0)], axis=1) < 0.08]
    roots = near[cKDTree(near).query(actor.rest[which])[1]]
    eye = actor.rig.joints[JOINTS.index("left_eye")]
    share = np.where(actor.rest[which, 1] < eye[1] + 0.001, 0.15 + 0.17 * (actor.traits.sex < 0.5), 0.06) + 0.2 * (
        actor.traits.sex < 0.5
    ) * np.clip((np.abs(actor.rest[which, 0]) - eye[0] - 0.008) / 0.006, 0, 1)
    rest = actor.rest.copy()
    rest[which] = roots + share[:, None] * (rest[which] - roots)
    teeth = np.unique(own[labels == MATERIALS.index("teeth")])
    rest[teeth, 0] *= 0.85  # closed lips leave no gap at the corners of the mouth
    return dataclasses.replace(actor, rest=rest)
