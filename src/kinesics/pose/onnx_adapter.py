"""Pose nets of your own, as ONNX files, behind the one contract of this package.

Two layouts of outputs are known, and told apart by their shapes:

`simcc`, top-down, as RTMPose gives it (Jiang et al. 2023; SimCC: Li et al. 2022): two outputs (n, k, s·w) and (n, k, s·h), one
bin score a place along x and along y for each of k joints, in crops (n, 3, h, w) of one person each, s bins a pixel. It needs
people to crop: from a detector, which may be any pose model, or else the whole picture is taken for one person.

`rows`, one stage, as YOLO pose heads give it: one output (1, 5 + 3k, m) or (1, m, 5 + 3k), for each of m candidates the centre,
width and height of its box, a score, and x, y, score for each of k joints, in pixels of the input (1, 3, h, w).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..errors import ShapeError, UsageError
from ..geometry import iou
from ..types import Array, People, Skeleton, skeleton
from ..weights import load
from .movenet import check_picture
from .view import View

__all__ = ["OnnxPose"]

MEAN, SPREAD = np.array([123.675, 116.28, 103.53], np.float32), np.array([58.395, 57.12, 57.375], np.float32)
MARGIN = 1.25
OVERLAP = 0.65
GREY = 114


class OnnxPose:
    """A pose net from an ONNX file as a pose model.

    Args:
        path: the file.
        joints: names of the k joints the net knows.
        detector: finds the people whom a `simcc` net then sees one by one; None: the picture shows one person.
        least: people with a lower score are left out.
        size: (width, height) of the input, for files that leave it open.
        mean: subtracted from RGB 0 to 255; None: what is usual for the layout.
        spread: then divided by this; None: what is usual for the layout.
        threads: how many threads the net may use.

    Raises:
        WeightsError: the file is missing or no net.
        ShapeError: its inputs or outputs fit neither layout.

    Example:
        >>> import kinesics as ks
        >>> model = ks.OnnxPose("rtmpose.onnx", detector=ks.MultiPose("fast"))  # doctest: +SKIP
        >>> ks.register_pose_model("mine", lambda: model)  # doctest: +SKIP
    """

    def __init__(
        self,
        path: str | Path,
        *,
        joints: Skeleton | None = None,
        detector: Callable[[Array], People] | None = None,
        least: float = 0.25,
        size: tuple[int, int] | None = None,
        mean: Array | None = None,
        spread: Array | None = None,
        threads: int = 2,
    ) -> None:
        self.net = load(path, threads=threads)
        self.joints = joints or skeleton("coco17")
        self.detector, self.least = detector, least
        self.layout = _layout(self.net.name, [port.shape for port in self.net.outputs])
        if len(self.net.inputs) != 1 or len(self.net.inputs[0].shape) != 4:
            raise ShapeError(f"{self.net.name}: expected one input (n, 3, h, w), got {[p.shape for p in self.net.inputs]}")
        shape = self.net.inputs[0].shape
        self.size = size or (shape[3], shape[2])
        if min(self.size) < 1:
            raise UsageError(f"{self.net.name}: the file leaves the size of its input open; give size=(width, height)")
        plain = self.layout == "rows"
        self.mean = np.asarray(mean if mean is not None else np.zeros(3) if plain else MEAN, np.float32)
        self.spread = np.asarray(spread if spread is not None else np.full(3, 255) if plain else SPREAD, np.float32)

    def __call__(self, image: Array) -> People:
        """Everybody in a picture (h, w, 3) uint8 RGB, best first."""
        view = View(check_picture(image))
        return self._rows(view) if self.layout == "rows" else self._simcc(image, view)

    def _input(self, view: View, box: tuple[int, int, int, int], fill: int) -> tuple[Array, float, Array]:
        """(1, 3, h, w) of a box scaled to fit, its scale, and the picture's point at the input's corner."""
        width, height = self.size
        scale = min(width / (box[2] - box[0]), height / (box[3] - box[1]))
        canvas = np.full((height, width, 3), fill, np.uint8)
        x1, y1 = max(box[0], 0), max(box[1], 0)
        x2, y2 = min(box[2], view.width), min(box[3], view.height)
        left, top = min(round((x1 - box[0]) * scale), width - 1), min(round((y1 - box[1]) * scale), height - 1)
        wide, high = max(1, round((x2 - x1) * scale)), max(1, round((y2 - y1) * scale))
        wide, high = min(wide, width - left), min(high, height - top)
        canvas[top : top + high, left : left + wide] = view.part((x1, y1, x2, y2), (wide, high))
        values = (canvas.astype(np.float32) - self.mean) / self.spread
        return np.ascontiguousarray(values.transpose(2, 0, 1)[None]), scale, np.array([box[0], box[1]], float)

    def _rows(self, view: View) -> People:
        ready, scale, corner = self._input(view, (0, 0, view.width, view.height), GREY)
        rows = np.asarray(self.net.run(ready)[0], np.float64)[0]
        k = len(self.joints)
        if rows.shape[0] == 5 + 3 * k:
            rows = rows.T
        if rows.shape[1] != 5 + 3 * k:
            raise ShapeError(f"{self.net.name}: expected {5 + 3 * k} values a person for {k} joints, got {rows.shape[1]}")
        rows = rows[rows[:, 4] >= self.least]
        rows = rows[np.argsort(-rows[:, 4], kind="stable")]
        half = rows[:, 2:4] / 2
        boxes = np.concatenate([rows[:, :2] - half, rows[:, :2] + half], axis=1)
        kept = _distinct(boxes)
        joints = rows[kept, 5:].reshape(-1, k, 3)
        points = joints[..., :2] / scale + corner - 0.5
        boxes = boxes[kept] / scale + np.tile(corner, 2)
        return People(boxes, np.clip(rows[kept, 4], 0, 1), points, np.clip(joints[..., 2], 1e-6, 1), self.joints)

    def _simcc(self, image: Array, view: View) -> People:
        whole = np.array([[0, 0, view.width, view.height]], float)
        found = None if self.detector is None else self.detector(image)
        boxes = whole if found is None else found.boxes.astype(float)
        if not len(boxes):
            return People.empty(self.joints)
        rows = [self._one(view, box, 1.0 if found is None else MARGIN) for box in boxes]
        points, scores = (np.stack(column) for column in zip(*rows, strict=True))
        people = scores.mean(axis=1) if found is None else found.score * scores.mean(axis=1)
        order = np.argsort(-people, kind="stable")
        order = order[people[order] >= (self.least if found is None else 0)]
        return People(boxes[order], people[order], points[order], scores[order], self.joints)

    def _one(self, view: View, box: Array, margin: float) -> tuple[Array, Array]:
        """Joints (k, 2) and scores (k,) of the person in a box."""
        ready, scale, corner = self._input(view, _grown(box, self.size, margin), 0)
        along_x, along_y = (np.asarray(value, np.float64)[0] for value in self.net.run(ready))
        if len(along_x) != len(self.joints):
            raise ShapeError(f"{self.net.name}: it gives {len(along_x)} joints, {self.joints.name} has {len(self.joints)}")
        bins = along_x.shape[1] / self.size[0]
        place = np.stack([along_x.argmax(1), along_y.argmax(1)], axis=1) / bins
        scores = np.minimum(along_x.max(1), along_y.max(1))
        return place / scale + corner, np.clip(scores, 1e-6, 1)


def _layout(name: str, shapes: list[tuple[int, ...]]) -> str:
    if len(shapes) == 2 and all(len(shape) == 3 for shape in shapes):
        return "simcc"
    if len(shapes) == 1 and len(shapes[0]) == 3:
        return "rows"
    raise ShapeError(f"{name}: expected outputs (n, k, x), (n, k, y) or one (1, 5 + 3k, m), got {shapes}")


def _grown(box: Array, size: tuple[int, int], margin: float) -> tuple[int, int, int, int]:
    """A box in whole pixels round `box`, `margin` times as large, of the input's proportions."""
    centre, sides = (box[:2] + box[2:]) / 2, np.maximum(box[2:] - box[:2], 2) * margin
    ratio = size[0] / size[1]
    width = max(float(sides[0]), float(sides[1]) * ratio)
    x, y, w, h = round(centre[0] - width / 2), round(centre[1] - width / ratio / 2), round(width), round(width / ratio)
    return x, y, x + max(w, 2), y + max(h, 2)


def _distinct(boxes: Array) -> list[int]:
    """Rows (best first) that overlap no better one by more than `OVERLAP`."""
    kept: list[int] = []
    overlap = iou(boxes, boxes)
    for row in range(len(boxes)):
        if not kept or overlap[row, kept].max() <= OVERLAP:
            kept.append(row)
    return kept
