"""Detectors of faces that judge what others have covered: none of them is used for covering."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ..errors import ShapeError, UsageError
from ..masks.heads import head_spots
from ..sights import FaceNet, Turned, face_square
from ..types import Array, People
from ..weights import load

__all__ = ["JUDGES", "FalseAlarms", "Judge", "face_judge", "on_heads", "same_places"]

JUDGES = ("mesh", "FILE.onnx")
Judge = Callable[[Array], Array]

SURE = 0.9  # presence at which the mesh net is believed, twice
SMALL = 64.0  # pixels of the smallest square it looks at
STEP = 0.4  # of a square, to the next
MOST = 1280  # pixels of the longer side at which ONNX nets see a picture


def face_judge(name: str) -> Judge:
    """A function from a picture (h, w, 3) uint8 RGB to faces (n, 5): x1 y1 x2 y2 pixels and a score.

    Args:
        name: "mesh": the face mesh net over sliding squares, believed where it says twice that there is a face; or an ONNX file
            with the outputs of YuNet (Wu et al. 2023) or CenterFace (Xu et al. 2019) whose height and width are open.

    Raises:
        UsageError: nobody knows the name.
        WeightsError: the file is missing or no net.
        ShapeError: its outputs are those of neither.
    """
    if name == "mesh":
        return _Mesh()
    if not name.endswith(".onnx"):
        raise UsageError(f"no judge of faces is called {name!r}; there are {', '.join(JUDGES)} (YuNet or CenterFace)")
    return _Onnx(name)


class _Mesh:
    """Sliding squares of three sizes; the net settles on a face when it is shown what it found."""

    def __init__(self) -> None:
        self.net = FaceNet()

    def __call__(self, image: Array) -> Array:
        found: list[Array] = []
        for square in _squares((image.shape[1], image.shape[0])):
            first = self.net.look(image, square)
            if first.presence < SURE:
                continue
            second = self.net.look(image, face_square(first.mesh))
            if second.presence >= SURE:
                low, high = second.mesh[:, :2].min(axis=0), second.mesh[:, :2].max(axis=0)
                found.append(np.concatenate([low, high, [second.presence]]))
        return _best(np.array(found).reshape(-1, 5))


class FalseAlarms:
    """Tells which findings in a picture that is not covered are no faces: on nobody's head, and none to the mesh net."""

    def __init__(self) -> None:
        self.net = FaceNet()

    def __call__(self, image: Array, people: People, found: Array) -> Array:
        """(n,) bool for findings (n, 5)."""
        heads = head_spots(people)[0]
        return np.array([not (_on_head(row, heads) or self._is_face(image, row)) for row in found], bool)

    def _is_face(self, image: Array, row: Array) -> bool:
        x, y = ((row[:2] + row[2:4]) / 2).tolist()
        size = float((row[2:4] - row[:2]).max())
        return max(self.net.look(image, Turned(x, y, room * size, 0.0)).presence for room in (1.3, 1.8)) > 0.3


def _on_head(row: Array, heads: Array, reach: float = 1.2) -> bool:
    middle = (row[:2] + row[2:4]) / 2
    return bool((np.linalg.norm((heads[:, :2] - middle) / heads[:, 2:], axis=1) < reach).any()) if len(heads) else False


def on_heads(found: Array, heads: Array) -> Array:
    """(n,) bool which findings have their middle in a head (m, 4)."""
    return np.array([_on_head(row, heads, 1.0) for row in found], bool)


def same_places(found: Array, others: Array, share: float = 0.6) -> Array:
    """(n,) bool which findings lie where one of the others lies: this share of the smaller is common."""
    return np.array([any(_overlap(row, other) > share for other in others) for row in found], bool)


def _squares(size: tuple[int, int]) -> list[Turned]:
    squares = []
    side = float(min(size))
    while side >= SMALL:
        spots = [np.linspace(side / 2, n - side / 2, int(np.ceil((n - side) / (STEP * side))) + 1).tolist() for n in size]
        squares += [Turned(x, y, side, 0.0) for y in spots[1] for x in spots[0]]
        side /= 1.8
    return squares


class _Onnx:
    """YuNet or CenterFace, told apart by their outputs."""

    def __init__(self, path: str | Path) -> None:
        self.net: Any = load(path)
        number = len(self.net.outputs)
        if number not in (4, 12):
            raise ShapeError(f"{path}: expected the 12 outputs of YuNet or the 4 of CenterFace, got {number}")
        self.read = _yunet if number == 12 else _centerface

    def __call__(self, image: Array) -> Array:
        scale = min(1.0, MOST / max(image.shape[:2]))
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else image
        high, wide = (-(-n // 32) * 32 for n in small.shape[:2])
        canvas = np.zeros((high, wide, 3), np.float32)
        canvas[: small.shape[0], : small.shape[1]] = small
        boxes = self.read(self.net, canvas)
        boxes[:, :4] /= scale
        return _best(boxes)


def _yunet(net: Any, canvas: Array) -> Array:
    """Scores are the root of class times object; distances in strides from the cell's corner, sizes as logarithms."""
    outputs = [np.asarray(out, float)[0] for out in net.run(np.ascontiguousarray(canvas[..., ::-1].transpose(2, 0, 1))[None])]
    found = []
    for level, stride in enumerate((8, 16, 32)):
        score = np.sqrt(np.clip(outputs[level][:, 0], 0, 1) * np.clip(outputs[3 + level][:, 0], 0, 1))
        rows = np.flatnonzero(score > 0.5)
        wide = canvas.shape[1] // stride
        x, y, w, h = outputs[6 + level][rows].T
        x, y = (x + rows % wide) * stride, (y + rows // wide) * stride
        w, h = np.exp(w) * stride, np.exp(h) * stride
        found.append(np.column_stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2, score[rows]]))
    return np.concatenate(found)


def _centerface(net: Any, canvas: Array) -> Array:
    """A map of scores, sizes as logarithms of four pixels, and offsets, each y before x."""
    heat, size, shift, _ = (np.asarray(out, float)[0] for out in net.run(np.ascontiguousarray(canvas.transpose(2, 0, 1))[None]))
    rows, columns = np.nonzero(heat[0] > 0.35)
    h, w = 4 * np.exp(size[:, rows, columns])
    y, x = 4 * (np.stack([rows, columns]) + shift[:, rows, columns] + 0.5)
    return np.column_stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2, heat[0, rows, columns]])


def _best(found: Array) -> Array:
    """The best of those that overlap by half of the smaller."""
    kept: list[Array] = []
    for row in found[np.argsort(-found[:, 4], kind="stable")]:
        if not any(_overlap(row, other) > 0.5 for other in kept):
            kept.append(row)
    return np.array(kept).reshape(-1, 5)


def _overlap(a: Array, b: Array) -> float:
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return float(max(wide, 0) * max(high, 0) / max(smaller, 1e-9))
