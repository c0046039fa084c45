"""Triangles to a depth picture with labels, by a z-buffer.

Vertices are rounded to 1/256 pixel; from there on edges are exact whole numbers (Pineda, "A parallel algorithm for polygon
rasterization", 1988), so that two triangles that share an edge leave no hole along it and draw no pixel twice (the top-left
rule). Depth is interpolated as 1/z, which is linear in the picture. Most triangles of a body are smaller than a pixel and
contain no pixel's centre: their box says so before anything else is worked out.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from ..errors import ShapeError
from ..types import Array, Camera
from ..types.arrays import locked

Box = tuple[int, int, int, int]

#: Metres: triangles with a vertex nearer to the camera than this are left out.
NEAR = 0.05
_STEPS = 8  # bits below a pixel
_FAR_OUT = float(1 << 26)  # places beyond this, in 1/256 pixel, are left out: products of two stay exact
_NOBODY = np.zeros((0, 0), np.int8)


def draw_mesh(
    vertices: Array,
    faces: Array,
    face_parts: Array,
    camera: Camera,
    depth: Array,
    parts: Array,
    *,
    owner: tuple[Array, int] | None = None,
    closed: int = 0,
) -> Box:
    """Draw a mesh into pictures that hold what was drawn before; whatever is nearer wins.

    Args:
        vertices: (V, 3) float32 metres in the camera's frame: x right, y down, z away.
        faces: (F, 3) int32 rows of `vertices`.
        face_parts: (F,) uint8 label of each face.
        camera: as large as the pictures.
        depth: (h, w) float32 metres along the axis; inf where nothing is. Changed in place.
        parts: (h, w) uint8 labels. Changed in place.
        owner: an (h, w) int8 picture and the number that is written into it wherever this mesh is seen.
        closed: the first so many vertices are those of closed surfaces, whose faces have corners that run anticlockwise seen
            from outside: those that look away are left out, which saves time. Faces that start with another vertex have two
            sides.

    Returns:
        (left, top, right, bottom): no pixel outside columns left to right - 1 and rows top to bottom - 1 was changed; right is
        left or less when nothing is in the picture. Triangles with a vertex before `NEAR`, or not finite, are not drawn.

    Raises:
        ShapeError: an array has another shape or type.
    """
    who, number = (_NOBODY, 0) if owner is None else owner
    _check(vertices, faces, face_parts, camera, depth, parts, who)
    places, nearness = np.empty((len(vertices), 2), np.int32), np.empty(len(vertices), np.float32)
    box: Box = _project(locked(vertices), camera.fx, camera.fy, camera.cx, camera.cy, depth.shape, places, nearness)
    if box[2] > box[0] and box[3] > box[1]:
        _fill(places, nearness, locked(faces), locked(face_parts), depth, parts, who, number, closed)
    return box


def draw_faces(vertices: Array, faces: Array, camera: Camera, depth: Array, ids: Array, *, closed: int = 0) -> Array:
    """As `draw_mesh`, with the number of the face that is seen instead of a part, for what is coloured afterwards.

    Args:
        vertices: (V, 3) float32 metres in the camera's frame.
        faces: (F, 3) int32 rows of `vertices`.
        camera: as large as the pictures.
        depth: (h, w) float32 metres along the axis; inf where nothing is. Changed in place.
        ids: (h, w) int32 rows of `faces`. Changed in place.
        closed: as for `draw_mesh`.

    Returns:
        (V, 2) int32, where the vertices are in the picture, in 1/256 pixel.
    """
    numbers = np.arange(len(faces), dtype=np.int32)
    places, nearness = np.empty((len(vertices), 2), np.int32), np.empty(len(vertices), np.float32)
    box = _project(locked(vertices), camera.fx, camera.fy, camera.cx, camera.cy, depth.shape, places, nearness)
    if box[2] > box[0] and box[3] > box[1]:
        _fill(places, nearness, locked(faces), locked(numbers), depth, ids, _NOBODY, 0, closed)
    return places


def _check(vertices: Array, faces: Array, face_parts: Array, camera: Camera, *pictures: Array) -> None:
    for name, array, kind in (("vertices", vertices, "float32"), ("faces", faces, "int32")):
        if array.dtype != kind or array.ndim != 2 or array.shape[1] != 3 or not array.flags.c_contiguous:
            raise ShapeError(f"draw_mesh: expected {name} as (n, 3) {kind} in one piece, got {array.shape} {array.dtype}")
    if face_parts.shape != faces.shape[:1] or face_parts.dtype != np.uint8:
        raise ShapeError(f"draw_mesh: expected face_parts as ({len(faces)},) uint8, got {face_parts.shape} {face_parts.dtype}")
    shape = (camera.height, camera.width)
    for name, picture, kind in zip(("depth", "parts", "owner"), pictures, ("float32", "uint8", "int8"), strict=True):
        if picture is not _NOBODY and (picture.shape != shape or picture.dtype != kind or not picture.flags.c_contiguous):
            raise ShapeError(f"draw_mesh: expected {name} as {shape} {kind} in one piece, got {picture.shape} {picture.dtype}")


@numba.njit(cache=True, nogil=True)
def _project(
    vertices: Array, fx: float, fy: float, cx: float, cy: float, shape: Any, places: Array, nearness: Array
) -> tuple[int, int, int, int]:
    """Fill places (V, 2) in 1/256 pixel and nearness (V,) 1/m, 0 for what is not drawn; the box of all in the picture."""
    left, top, right, bottom = 1 << 30, 1 << 30, -(1 << 30), -(1 << 30)
    for i in range(vertices.shape[0]):
        nearness[i] = np.float32(0)
        places[i, 0] = places[i, 1] = np.int32(1)  # contains no pixel's centre
        z = np.float64(vertices[i, 2])
        if not (z >= NEAR and z < np.inf):
            continue
        near = 1.0 / z
        u = np.floor((cx + fx * vertices[i, 0] * near) * 256.0 + 0.5)
        v = np.floor((cy + fy * vertices[i, 1] * near) * 256.0 + 0.5)
        if abs(u) < _FAR_OUT and abs(v) < _FAR_OUT:
            x, y = int(u), int(v)
            places[i, 0], places[i, 1], nearness[i] = x, y, np.float32(near)
            left, right = min(left, x), max(right, x)
            top, bottom = min(top, y), max(bottom, y)
    x0, y0 = max((left + 255) >> _STEPS, 0), max((top + 255) >> _STEPS, 0)
    return x0, y0, min((right >> _STEPS) + 1, shape[1]), min((bottom >> _STEPS) + 1, shape[0])


@numba.njit(cache=True, nogil=True)
def _fill(
    places: Array,
    nearness: Array,
    faces: Array,
    face_parts: Array,
    depth: Array,
    parts: Array,
    owner: Array,
    number: int,
    closed: int,
) -> None:
    height, width = depth.shape
    worth = np.empty(faces.shape[0], np.int32)
    count = _worth_drawing(places, faces, closed, worth)
    for k in range(count):
        f = worth[k]
        a, b, c = np.uint32(faces[f, 0]), np.uint32(faces[f, 1]), np.uint32(faces[f, 2])
        ax, bx, cx = places[a, 0], places[b, 0], places[c, 0]
        ay, by, cy = places[a, 1], places[b, 1], places[c, 1]
        x0, x1 = (min(ax, bx, cx) + 255) >> _STEPS, max(ax, bx, cx) >> _STEPS
        y0, y1 = (min(ay, by, cy) + 255) >> _STEPS, max(ay, by, cy) >> _STEPS
        if x1 < 0 or y1 < 0 or x0 >= width or y0 >= height:
            continue
        area = np.int64(cx - ax) * np.int64(by - ay) - np.int64(cy - ay) * np.int64(bx - ax)
        if area > 0:  # run clockwise in the picture
            b, c, bx, by, cx, cy = c, b, cx, cy, bx, by
        near = (nearness[a], nearness[b], nearness[c])
        if near[0] > 0 and near[1] > 0 and near[2] > 0:
            box = (max(x0, 0), max(y0, 0), min(x1, width - 1), min(y1, height - 1))
            _triangle((ax, ay, bx, by, cx, cy), near, box, abs(area), face_parts[f], depth, parts, owner, number)


@numba.njit(cache=True, nogil=True)
def _worth_drawing(places: Array, faces: Array, closed: int, worth: Array) -> int:
    """Fill in which faces may show: their box holds a pixel's centre, and they do not look away; how many."""
    count = 0
    for f in range(faces.shape[0]):  # rows without a sign need no test whether they count from the end
        a, b, c = np.uint32(faces[f, 0]), np.uint32(faces[f, 1]), np.uint32(faces[f, 2])
        ax, bx, cx = places[a, 0], places[b, 0], places[c, 0]
        ay, by, cy = places[a, 1], places[b, 1], places[c, 1]
        across = (max(ax, bx, cx) >> _STEPS) - ((min(ax, bx, cx) + 255) >> _STEPS)
        down = (max(ay, by, cy) >> _STEPS) - ((min(ay, by, cy) + 255) >> _STEPS)
        area = np.int64(cx - ax) * np.int64(by - ay) - np.int64(cy - ay) * np.int64(bx - ax)
        worth[count] = f
        count += ((across | down) >= 0) & ((area > 0) | ((area < 0) & (a >= closed)))
    return count


@numba.njit(cache=True, nogil=True, inline="always")
def _triangle(
    corners: tuple[int, int, int, int, int, int],
    nearness: tuple[float, float, float],
    box: Box,
    area: int,
    part: int,
    depth: Array,
    parts: Array,
    owner: Array,
    number: int,
) -> None:
    """Draw the pixels of a box that lie in a triangle whose corners run clockwise in the picture."""
    ax, ay, bx, by, cx, cy = corners
    # the edges b to c, c to a, a to b: their directions, and how far inside of them the first pixel lies
    ux, uy, vx, vy = np.int64(cx - bx), np.int64(cy - by), np.int64(ax - cx), np.int64(ay - cy)
    wx, wy = np.int64(bx - ax), np.int64(by - ay)
    x0, y0, x1, y1 = box
    px, py = np.int64(x0) << _STEPS, np.int64(y0) << _STEPS
    la, lb, lc = _owed(ux, uy), _owed(vx, vy), _owed(wx, wy)
    ea = ux * (py - by) - uy * (px - bx) - la
    eb = vx * (py - cy) - vy * (px - cx) - lb
    ec = wx * (py - ay) - wy * (px - ax) - lc
    owned = owner.shape[0] > 0
    whole, near = np.float64(area), np.float64(nearness[0])
    nb, nc, na = nearness[1] - near, nearness[2] - near, near * whole
    for y in range(y0, y1 + 1):
        ra, rb, rc = ea, eb, ec
        for x in range(x0, x1 + 1):
            if (ra | rb | rc) >= 0:
                z = np.float32(whole / (na + np.float64(rb + lb) * nb + np.float64(rc + lc) * nc))
                if z < depth[y, x]:
                    depth[y, x], parts[y, x] = z, part
                    if owned:
                        owner[y, x] = number
            ra, rb, rc = ra - (uy << _STEPS), rb - (vy << _STEPS), rc - (wy << _STEPS)
        ea, eb, ec = ea + (ux << _STEPS), eb + (vx << _STEPS), ec + (wx << _STEPS)


@numba.njit(cache=True, nogil=True)
def _owed(x: int, y: int) -> int:
    """0 for a top or a left edge, which owns the pixels on it, 1 for another."""
    return 1 - int((y < 0) | ((y == 0) & (x > 0)))
