"""People pleasant to look at: a dressed body with its colours, and pictures of it with exact points, parts and edges."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from ..types import Array
from .actors import Posed, make_actor
from .complexions import random_complexion
from .dressing import Portrait, dress
from .fabrics import random_fabrics
from .hairdos import random_hairdo
from .hollows import depth_hollows
from .kinematics import JOINTS
from .marks import marked
from .outfits import Outfit, random_outfit
from .painting import looks, paint, to_bytes, to_linear, vertex_normals
from .segments import SEGMENTS
from .shaping import Traits, random_traits
from .standpoints import Standpoint, upper_body
from .unwrapping import PAGE_NAMES, PAGES
from .zbuffer import draw_faces


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
    view = camera or upper_body(portrait.actor.height, size=size)
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
