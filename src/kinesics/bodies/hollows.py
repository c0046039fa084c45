"""Where light reaches badly: how much sky each place of a still body sees, and what is close behind something in a picture."""

from __future__ import annotations

import cv2
import numpy as np

from ..types import Array, Camera
from .zbuffer import draw_mesh

_SIDE = 320
_FAR = 8.0


def open_sky(vertices: Array, normals: Array, faces: Array, closed: int, ways: int = 40) -> Array:
    """(v,) float32 0 to 1: the share of the light from all around, most from above, that reaches each vertex.

    Args:
        vertices: (v, 3) float32 metres.
        normals: (v, 3) pointing out.
        faces: (f, 3) int32.
        closed: as for `draw_mesh`.
        ways: how many directions light comes from.
    """
    middle = (vertices.min(0) + vertices.max(0)) / 2
    reach = float(np.linalg.norm(vertices - middle, axis=1).max())
    focal = (_SIDE / 2 - 2) * (_FAR - reach) / reach
    camera = Camera(_SIDE, _SIDE, focal, focal, (_SIDE - 1) / 2, (_SIDE - 1) / 2)
    got, whole = np.zeros(len(vertices)), np.full(len(vertices), 1e-6)
    labels = np.ones(len(faces), np.uint8)
    for way in _around(ways):
        frame = _facing(way)
        turned = np.ascontiguousarray((vertices - middle) @ frame.T + [0, 0, _FAR], np.float32)
        depth, parts = np.full((_SIDE, _SIDE), np.inf, np.float32), np.zeros((_SIDE, _SIDE), np.uint8)
        draw_mesh(turned, faces, labels, camera, depth, parts, closed=closed)
        at = camera.project(turned)
        column, row = (np.clip(np.round(at[:, k]).astype(int), 0, _SIDE - 1) for k in range(2))
        clear = np.clip(1.5 - (turned[:, 2] - depth[row, column]) / 0.010, 0, 1)
        weight = np.maximum(normals @ way, 0) * (1.0 if way[1] < 0 else 0.45)
        got += weight * clear
        whole += weight
    return np.asarray(got / whole, np.float32)


def _around(count: int) -> Array:
    """Directions spread evenly over a sphere (n, 3)."""
    k = np.arange(count) + 0.5
    y, turn = 1 - 2 * k / count, np.pi * (1 + 5**0.5) * k
    ring = np.sqrt(1 - y * y)
    return np.stack([ring * np.cos(turn), y, ring * np.sin(turn)], axis=1)


def _facing(way: Array) -> Array:
    """The frame of a camera that looks against a direction."""
    z = -way
    x = np.cross([0.0, 0, 1] if abs(way[1]) > 0.9 else [0.0, 1, 0], z)
    x /= np.linalg.norm(x)
    return np.stack([x, np.cross(z, x), z])


def depth_hollows(depth: Array) -> Array:
    """(h, w) float32, 1 in the open, less where a surface lies behind a near one beside it, of a depth picture (2h, 2w).

    The difference to the smoothed depth darkens (Luft, Colditz and Deussen, "Image enhancement by unsharp masking the
    depth buffer", 2006), with the empty background left out.
    """
    small = depth[1::4, 1::4]
    seen = np.isfinite(small)
    value = np.where(seen, small, np.float32(0))
    weight = seen.astype(np.float32)
    out = np.ones(small.shape, np.float32)
    for side, strength in ((9, 0.5), (31, 0.6)):
        around = cv2.blur(value, (side, side), borderType=cv2.BORDER_CONSTANT) / np.maximum(
            cv2.blur(weight, (side, side), borderType=cv2.BORDER_CONSTANT), np.float32(1e-4)
        )
        behind = np.clip((small - around) / np.float32(0.09), 0, 1)
        out *= 1 - np.float32(strength) * np.where(seen, behind, 0)
    whole = depth.shape[1] // 2, depth.shape[0] // 2
    return np.asarray(cv2.resize(cv2.blur(out, (3, 3)), whole, interpolation=cv2.INTER_LINEAR))
