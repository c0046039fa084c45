"""People pleasant to look at: a dressed body with its colours, and pictures of it with exact points, parts and edges."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from ..types import Array, Camera
from .actors import Actor, Posed, finer, make_actor
from .clothing import clothed
from .complexions import Complexion, paint_brows_and_lashes, paint_skin, random_complexion
from .detail import load_detail
from .draping import draped
from .fabrics import Fabrics, paint_clothes, random_fabrics
from .fine import extra_labels
from .hairdos import Hair, Hairdo, make_hair, paint_hair, random_hairdo
from .hollows import depth_hollows, open_sky
from .kinematics import JOINTS
from .marks import marked
from .materials import MATERIALS
from .outfits import Outfit, random_outfit, wardrobe
from .painting import looks, paint, to_bytes, to_linear, vertex_normals
from .segments import SEGMENTS
from .shaping import Traits, random_traits
from .shoes import Shoes, shod
from .unwrapping import INSIDE, PAGE_NAMES, PAGES, SHEET, average, corners, eye_corners, inside_corners
from .zbuffer import draw_faces

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


@dataclass(frozen=True)
class Shot:
    """A picture of a portrait: `picture` (size, size, 4) uint8 RGBA with colour premultiplied by alpha; `points` (133, 2)
    float32 pixels; `scores` (133,) float32, 1 seen, 0.4 hidden, 0 outside the picture or not known; `parts` (size, size)
    uint8 labels of `PARTS`.
    """

    picture: Array
    points: Array
    scores: Array
    parts: Array


@dataclass(frozen=True)
class Standpoint:
    """Where somebody is looked at from: places of the body's frame go to the camera's by `turn` (3, 3), then `shift` (3,)."""

    camera: Camera
    turn: Array
    shift: Array

    def seen(self, places: Array) -> Array:
        """Places (..., 3) of the body's frame in the camera's frame, float32."""
        turned = places.astype(np.float32) @ self.turn.T.astype(np.float32)
        return np.ascontiguousarray(turned + self.shift.astype(np.float32))


def make_portrait(rng: np.random.Generator, *, traits: Traits | None = None, height: float | None = None) -> Portrait:
    """Somebody grown up, dressed and coloured; the same for the same state of `rng`.

    Args:
        rng: draws what is not given.
        traits: what the body is like.
        height: metres.
    """
    drawn, tall = _grown_up(rng)
    traits, height = traits or drawn, height or tall
    actor = make_actor(rng, dressed=False, traits=traits, height=height)
    outfit = _everyday(random_outfit(rng, actor.traits))
    look, fabrics = random_complexion(rng, traits.sex, traits.age), random_fabrics(rng, outfit)
    return dress(actor, outfit, look, fabrics, random_hairdo(rng, traits.sex, traits.age), rng)


def _grown_up(rng: np.random.Generator) -> tuple[Traits, float]:
    while True:
        traits, height = random_traits(rng)
        if 18 <= traits.age <= 64 and traits.weight < 1.25:
            local = {name: share for name, share in traits.local.items() if not name.startswith(("shoulders", "head"))}
            local |= {"shoulders_narrower": float(rng.uniform(0.1, 0.5)), "head_bigger": float(rng.uniform(0.0, 0.3))}
            return dataclasses.replace(traits, muscle=min(max(traits.muscle, 0.3), 0.62), local=local), height


def _everyday(outfit: Outfit) -> Outfit:
    skirt = outfit.skirt > 0
    return dataclasses.replace(
        outfit,
        hair="none",
        folds=min(outfit.folds, 0.15),
        cloth=min(outfit.cloth, 0.022),
        shoe=max(outfit.shoe, 0.005),
        sole=max(outfit.sole, 0.012),
        skirt=0.0,
        bottom="trousers" if skirt else outfit.bottom,
        leg=1.95 if skirt else outfit.leg,
    )


def dress(
    actor: Actor, outfit: Outfit, look: Complexion, fabrics: Fabrics, hairdo: Hairdo, rng: np.random.Generator
) -> Portrait:
    """Clothes, hair and colours on a bare actor of full detail."""
    base = average()
    sheet = np.zeros((SHEET, SHEET, 4), np.uint8)
    paint_skin(sheet, look, rng)
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


def upper_body(portrait: Portrait, *, size: int = 512, yaw: float = 0.0, zoom: float = 1.0) -> Standpoint:
    """From above the head to the middle of the thighs, with room for the hands at the sides, as signers are filmed.

    Args:
        portrait: who.
        size: of the picture, pixels.
        yaw: degrees that the camera goes round to the person's left.
        zoom: more than 1 comes closer.
    """
    height = portrait.actor.height
    return _looking(size, 0.67 * height / zoom, -height * (1.045 - 0.335 / zoom), yaw, 2.8)


def whole_body(portrait: Portrait, *, size: int = 512, yaw: float = 0.0, zoom: float = 1.0) -> Standpoint:
    """From above the head to below the feet, with room for raised arms; arguments as for `upper_body`."""
    height = portrait.actor.height
    return _looking(size, 1.26 * height / zoom, -0.565 * height, yaw, 4.5)


def close_up(portrait: Portrait, *, size: int = 512, yaw: float = 0.0, zoom: float = 1.0) -> Standpoint:
    """The head and the shoulders; arguments as for `upper_body`."""
    height = portrait.actor.height
    return _looking(size, 0.3 * height / zoom, -0.905 * height, yaw, 1.8)


def _looking(size: int, span: float, middle: float, yaw: float, far: float) -> Standpoint:
    focal = size * far / span
    a = np.radians(yaw)
    turn = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    camera = Camera(size, size, focal, focal, (size - 1) / 2, (size - 1) / 2)
    return Standpoint(camera, turn, np.array([0, -middle, far]))


def render(
    portrait: Portrait,
    pose: Array,
    hands: Array | None = None,
    fingers: Array | None = None,
    face: Array | None = None,
    camera: Standpoint | None = None,
    size: int = 512,
) -> Shot:
    """A picture of somebody.

    Args:
        portrait: who.
        pose: (len(DOFS),) degrees.
        hands: (4,), as for `Actor.posed`.
        fingers: (2, 20) degrees, as for `Actor.posed`.
        face: as for `Actor.posed`.
        camera: from where; by default `upper_body`.
        size: of the picture, pixels.
    """
    view = camera or upper_body(portrait, size=size)
    return shoot(portrait, portrait.actor.posed(pose, hands, fingers=fingers, face=face), view, size)


def shoot(portrait: Portrait, posed: Posed, view: Standpoint, size: int = 512) -> Shot:
    """A picture of somebody who has been posed; see `render`."""
    actor = portrait.actor
    vertices = view.seen(posed.vertices)
    depth = np.full((2 * size, 2 * size), np.inf, np.float32)
    ids = np.full((2 * size, 2 * size), -1, np.int32)
    places = draw_faces(vertices, actor.faces, view.camera.resized(2 * size, 2 * size), depth, ids, closed=portrait.closed)
    normals = vertex_normals(vertices, actor.faces)
    picture, parts = np.empty((size, size, 4), np.uint8), np.empty((size, size), np.uint8)
    paint(
        ids, depth, depth_hollows(depth), places, actor.faces, actor.face_parts, normals, portrait.bright, portrait.corners,
        portrait.pages, _fine(), _boxes(view, posed), portrait.sheet, (looks(), to_linear()), to_bytes(), lights(),
        picture, parts,
    )  # fmt: skip
    points, scores = marked(posed, view.seen, view.camera.resized(size, size), depth)
    return Shot(picture, points, scores, parts)


def _fine() -> Array:
    return np.isin(PAGE_NAMES, ["head", "left_eye", "right_eye", "hair"])


def _boxes(view: Standpoint, posed: Posed) -> Array:
    """Where the pages are on the sheet; those of the eyes moved so that the eyes look at the camera."""
    out = np.array([(p.x, p.y, p.width, p.height, 0, 0) for p in PAGES.values()], np.float32)
    head = posed.matrices[SEGMENTS.index("head"), :, :3]
    lens = -view.turn.T @ view.shift
    for side in ("left", "right"):
        way = head.T @ (lens - posed.joints[JOINTS.index(f"{side}_eye")])
        way /= max(float(np.linalg.norm(way)), 1e-9)
        page = PAGES[f"{side}_eye"]
        across, down = np.clip(way[0], -0.42, 0.42) if way[2] < 0 else 0.0, np.clip(way[1], -0.28, 0.28)
        out[PAGE_NAMES.index(f"{side}_eye"), 4:] = -0.5 * across * page.width, -0.5 * down * page.height
    return out


def lights() -> Array:
    """(5, 9) float32 for `paint`: a soft room with a window to the upper left of the camera."""
    table = [
        ((0, 1, 0), (0.20, 0.18, 0.17)),  # from below
        ((0, -1, 0), (0.40, 0.41, 0.43)),  # from above
        ((-0.45, -0.55, -0.75), (0.62, 0.59, 0.55)),  # key
        ((0.7, -0.1, -0.6), (0.14, 0.15, 0.17)),  # fill
        ((0.5, -0.6, 0.6), (0.9, 0.95, 1.0)),  # rim
    ]
    rows = []
    for way, colour in table:
        to = np.array(way, float) / np.linalg.norm(way)
        half = to + [0, 0, -1]
        rows.append([*to, *colour, *(half / np.linalg.norm(half))])
    return np.array(rows, np.float32)
