"""Face paint: a tiger and a butterfly."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ..types import Array
from .brushes import Paper, bulge, curve, mirrored, soft, strand
from .layout import EYES, face_layout
from .overlay import FaceFilter, Layer
from .surfaces import skin, window

__all__ = ["butterfly", "tiger"]

BLACK = (22, 17, 16)
BOX = (152.0, 176.0, 360.0, 424.0)  # left, top, right, bottom

STRIPES: tuple[tuple[Sequence[tuple[float, float]], Sequence[float]], ...] = (  # on the left of the picture: line, widths
    (((238, 190), (240, 205), (249, 216)), (2, 6.5, 1)),
    (((216, 194), (222, 210), (236, 222), (247, 226)), (2, 7, 6, 1)),
    (((194, 203), (203, 217), (220, 226)), (2, 7, 1)),
    (((176, 222), (186, 229), (200, 230)), (2, 6, 1)),
    (((161, 255), (170, 260), (184, 259)), (4, 6, 1)),
    (((161, 280), (174, 282), (194, 276)), (4, 8, 1)),
    (((163, 305), (180, 303), (204, 292)), (4, 9, 1)),
    (((167, 330), (184, 325), (207, 311)), (4, 8, 1)),
    (((175, 355), (191, 347), (208, 333)), (4, 8, 1)),
    (((189, 381), (203, 370), (215, 357)), (4, 7, 1)),
    (((213, 402), (222, 390), (230, 378)), (3, 6, 1)),
)


def tiger() -> FaceFilter:
    """Orange, white and black."""
    paper = _paper()
    face = _face(paper, 15)
    x, y = paper.grid()
    paper.lay(face, np.array([238, 122, 26]) + np.clip((250 - y) / 90, 0, 1)[..., None] * [8, 36, 24] + 0 * x[..., None], 0.74)
    white = [
        curve([(190, 243), (205, 232), (226, 236), (240, 250), (232, 254), (212, 244), (196, 250)]),
        curve([(194, 266), (208, 272), (226, 270), (234, 265), (232, 276), (214, 281), (198, 276)]),
        curve([(254, 322), (236, 322), (214, 332), (208, 348), (222, 362), (240, 366), (254, 366)]),
        curve([(256, 378), (236, 378), (226, 392), (236, 408), (256, 412)]),
    ]
    mask = soft(paper.shape(*white, *[mirrored(w) for w in white]), 11)
    paper.lay(mask * face, (252, 247, 240), 0.86)
    lines = [strand(curve(line, closed=False), widths) for line, widths in STRIPES]
    paper.lay(soft(paper.shape(*lines, *[mirrored(line) for line in lines]), 1.2) * soft(face, 10), BLACK, 0.94)
    _lids(paper, BLACK)
    nose = curve([(238, 307), (246, 300), (256, 302), (266, 300), (274, 307), (268, 316), (256, 322), (244, 316)])
    paper.lay(soft(paper.shape(nose), 1.5), (40, 22, 24), 0.92)
    paper.lay(soft(paper.ellipse((250, 305), (6, 3)), 4), (235, 190, 180), 0.4)
    paper.lay(soft(paper.shape(strand(np.array([(256.0, 320), (256, 331), (256, 343)]), [3.5, 2.4, 2.4])), 1), BLACK, 0.9)
    dots = [
        paper.ellipse((256 + s * dx, dy), (1.7, 1.7))
        for s in (-1, 1)
        for dx, dy in ((22, 335), (31, 331), (30, 341), (40, 337))
    ]
    paper.lay(np.max(dots, axis=0), BLACK, 0.85)
    _keep_lips(paper, 0.75)
    return FaceFilter((Layer(paper.picture(), window(skin(), BOX), 0.75),), "tiger")


def butterfly() -> FaceFilter:
    """Wings of blue and violet round the eyes, the body along the nose."""
    paper = _paper()
    x, y = paper.grid()
    upper = curve(
        [
            (251, 262),
            (240, 238),
            (226, 212),
            (204, 197),
            (181, 198),
            (168, 214),
            (166, 238),
            (175, 262),
            (192, 278),
            (218, 283),
            (242, 277),
        ]
    )
    lower = curve(
        [(250, 272), (236, 280), (212, 284), (192, 290), (182, 306), (186, 326), (200, 334), (214, 326), (228, 318), (241, 299)]
    )
    for part, near, far in ((lower, (250, 106, 190), (112, 44, 172)), (upper, (64, 196, 240), (64, 58, 196))):
        whole = paper.shape(part, mirrored(part))
        away = np.clip((np.hypot(np.abs(x - 256) - 8, y - 268) - 14) / 78, 0, 1)
        tint = np.array(near) + away[..., None] * (np.array(far, float) - near)
        paper.lay(soft(whole, 1.5), tint, 0.85)
        edge = whole * (1 - soft(paper.shape(_shrunk(part, 0.87), mirrored(_shrunk(part, 0.87))), 3))
        paper.lay(edge, (18, 14, 36), 0.92)
        _veins(paper, part, whole)
    spots = [
        ((183, 206), 2.6),
        ((174, 216), 2.2),
        ((170, 229), 1.9),
        ((171, 243), 1.7),
        ((199, 201), 2.2),
        ((187, 318), 1.9),
        ((187, 304), 1.7),
        ((197, 329), 1.6),
    ]
    dots = np.max([paper.ellipse((256 + s * (256 - cx), cy), (r, r)) for (cx, cy), r in spots for s in (-1, 1)], axis=0)
    paper.lay(soft(dots, 0.8), (255, 252, 244), 0.95)
    body = strand(curve([(256, 246), (256, 262), (256, 284), (256, 306)], closed=False), [3, 8, 6.5, 1.5])
    feelers = [strand(curve([(255, 250), (250, 232), (241, 218), (232, 212)], closed=False), [1.4, 1.4, 1.2])]
    mask = paper.shape(body, *feelers, *[mirrored(f) for f in feelers])
    ends = np.maximum(paper.ellipse((231, 211.5), (2.6, 2.6)), paper.ellipse((281, 211.5), (2.6, 2.6)))
    paper.lay(soft(np.maximum(mask, ends), 0.8), (24, 18, 40), 0.95)
    paper.lay(np.clip(bulge(paper.shape(body), 17), 0, 1), (150, 170, 235), 0.55)
    _lids(paper, (24, 18, 40))
    return FaceFilter((Layer(paper.picture(), window(skin(), BOX), 0.65),), "butterfly")


def _paper() -> Paper:
    return Paper((BOX[2] - BOX[0], BOX[3] - BOX[1]), 5.0, BOX[:2])


def _veins(paper: Paper, wing: Array, whole: Array) -> None:
    """Fine lines from the root of a wing to its edge."""
    root = np.array([250.0, 267.0])
    rows = []
    for k in np.linspace(0.14, 0.8, 7):
        tip = wing[int(k * len(wing))]
        bend = (root + tip) / 2 + np.array([0, -4.0])
        rows.append(strand(curve([root.tolist(), bend.tolist(), tip.tolist()], closed=False), [2.2, 1.2, 1.6]))
    paper.lay(paper.shape(*rows, *[mirrored(row) for row in rows]) * whole, (18, 14, 36), 0.6)


def _shrunk(outline: Array, share: float) -> Array:
    middle = outline.mean(0) + [6, 0]
    return np.asarray(middle + (outline - middle) * share)


def _face(paper: Paper, softness: float) -> Array:
    """The whole face, soft towards its edge."""
    hull = cv2.convexHull(face_layout().mesh[:, :2].astype(np.float32))[:, 0].astype(float)
    middle = np.array([256.0, 302.0])
    return np.clip(soft(paper.shape(middle + (hull - middle) * 0.94), softness) * 1.05, 0, 1)


def _lids(paper: Paper, colour: tuple[int, int, int]) -> None:
    """A dark line along the lids, longer at the outer corners; the eyes stay free."""
    points = face_layout().mesh[:, :2]
    for ring, side in ((EYES[0], -1), (EYES[1], 1)):
        eye = points[list(ring)]
        wing = strand(
            curve([eye[0] - [0, 0.5], eye[0] + [side * 8, -4], eye[0] + [side * 16, -10]], closed=False), [3.4, 2.4, 0.6]
        )
        paper.lay(soft(np.maximum(paper.shape(wing), paper.lines([np.concatenate([eye, eye[:1]])], 2.4)), 1), colour, 0.9)
        paper.erase(soft(paper.shape(eye), 1))


def _keep_lips(paper: Paper, share: float) -> None:
    lips = curve([(222, 353), (240, 343), (256, 346), (272, 343), (290, 353), (274, 366), (256, 370), (238, 366)])
    paper.erase(soft(paper.shape(lips), 3) * share)
