"""What a filter's pictures are laid on: the skin, which moves with every smile, or things as stiff as glasses and hats."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import ShapeError
from ..types import Array
from .layout import STABLE, face_layout

__all__ = ["Pinned", "Surface", "pinned", "sheet", "skin", "whole_picture", "window"]


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles in space with a place of a picture at each corner.

    Attributes:
        places: (n, 3) corners where the face of the layout is, in the layout's unit.
        spots: (n, 2) x, y in the picture, shares of its sides.
        triangles: (t, 3) clockwise on the screen where they face the camera; those that turn away are not drawn.
        soft: (n,) index of the mesh's point that a corner sticks to, -1 for corners that go with the skull.
        facing: whether it always looks into the camera, as a ball does.
    """

    places: Array
    spots: Array
    triangles: Array
    soft: Array
    facing: bool = False

    def __post_init__(self) -> None:
        n = len(self.places)
        if self.places.shape != (n, 3) or self.spots.shape != (n, 2) or self.soft.shape != (n,):
            raise ShapeError(
                f"Surface: expected places (n, 3), spots (n, 2) and soft (n,), got {self.places.shape}, {self.spots.shape} "
                f"and {self.soft.shape}"
            )


def skin(*, openings: bool = False) -> Surface:
    """The face itself, on the picture of the layout; with `openings` also over the eyes and into the mouth."""
    layout = face_layout()
    rows = np.concatenate([layout.skin, layout.openings]) if openings else layout.skin
    return Surface(layout.mesh, _shares(layout.mesh), rows, np.arange(468))


def whole_picture() -> Surface:
    """All of the layout's picture: the face, its openings and what is round it."""
    layout = face_layout()
    rows = np.concatenate([layout.skin, layout.openings, layout.rim])
    soft = np.where(np.arange(len(layout.points)) < 468, np.arange(len(layout.points)), -1)
    return Surface(layout.points, _shares(layout.points), rows, soft)


def window(surface: Surface, box: tuple[float, float, float, float]) -> Surface:
    """The part of a surface on the layout's picture that a picture of the window `box` (left, top, right, bottom) covers."""
    low, high = np.array(box[:2]), np.array(box[2:])
    at = surface.spots * 512
    spots = (at - low) / (high - low)
    corners = at[surface.triangles]  # (t, 3, 2)
    touches = ((corners.max(1) >= low) & (corners.min(1) <= high)).all(1)
    rows = surface.triangles[touches]
    used = np.unique(rows)
    index = np.full(len(at), -1)
    index[used] = np.arange(len(used))
    return Surface(surface.places[used], spots[used], index[rows], surface.soft[used])


def sheet(places: Array, *, facing: bool = False, both: bool = False) -> Surface:
    """A stiff sheet: places (rows, columns, 3) in the layout; the picture is stretched over it.

    Args:
        places: from the picture's upper left corner to its lower right one.
        facing: it turns to the camera, as the outline of a ball does.
        both: it is seen from behind too.
    """
    rows, columns = places.shape[:2]
    y, x = np.mgrid[:rows, :columns]
    spots = np.stack([x / (columns - 1), y / (rows - 1)], -1).reshape(-1, 2)
    a = (y * columns + x)[:-1, :-1].ravel()
    triangles = np.concatenate([np.stack([a, a + 1, a + columns], 1), np.stack([a + 1, a + columns + 1, a + columns], 1)])
    if both:
        triangles = np.concatenate([triangles, triangles[:, ::-1]])
    places = np.asarray(places, float).reshape(-1, 3)
    return Surface(places, spots, triangles, np.full(len(places), -1), facing)


def _shares(points: Array) -> Array:
    return np.asarray((points[:, :2] + 0.5) / 512)


@dataclass(frozen=True, eq=False)
class Pinned:
    """How the layout's head lies in a picture: place = scale * turn @ (layout - middle) + shift.

    Attributes:
        scale: pixels of the picture per pixel of the layout.
        turn: (3, 3).
        middle, shift: (3,) in the layout and in the picture.
    """

    scale: float
    turn: Array
    middle: Array
    shift: Array

    def place(self, points: Array) -> Array:
        """(n, 3) of the layout in the picture."""
        return np.asarray(self.scale * (points - self.middle) @ self.turn.T + self.shift)

    def lay(self, surface: Surface, mesh: Array) -> Array:
        """(n, 3) corners of a surface in the picture, soft ones on the mesh (468, 3)."""
        if surface.facing:
            centre = surface.places.mean(0)
            roll = np.arctan2(self.turn[1, 0], self.turn[0, 0])
            c, s = np.cos(roll), np.sin(roll)
            flat = (surface.places - centre) @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]).T
            return np.asarray(self.scale * flat + self.place(centre[None]))
        laid = self.place(surface.places) if (surface.soft < 0).any() else np.empty_like(surface.places)
        sticks = surface.soft >= 0
        laid[sticks] = mesh[surface.soft[sticks]]
        return laid


def pinned(mesh: Array) -> Pinned:
    """Lay the layout's skull on a mesh (468, 3) with the least squares (Umeyama, Least-squares estimation of
    transformation parameters between two point patterns, 1991).
    """
    rows = list(STABLE)
    model, seen = face_layout().mesh[rows], np.asarray(mesh, float)[rows]
    middle, shift = model.mean(0), seen.mean(0)
    a, b = model - middle, seen - shift
    u, spread, v = np.linalg.svd(b.T @ a)
    sign = np.array([1, 1, np.sign(np.linalg.det(u @ v)) or 1.0])
    scale = max(float((spread * sign).sum() / (a**2).sum()), 1e-6)
    return Pinned(scale, (u * sign) @ v, middle, shift)
