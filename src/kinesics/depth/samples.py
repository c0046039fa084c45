"""What a forest learns from: many people cut out of depth pictures, in memory, no larger than they must be."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

import numpy as np

from ..bodies import JOINTS, PARTS
from ..errors import ShapeError
from ..types import Array, Camera
from .anatomy import VOTED
from .features import FARTHEST, LARGEST
from .metres import millimetres

if TYPE_CHECKING:
    from ..bodies.views import View


WIDEST = 65535  # pixels of a row or column: places are kept in two bytes


@dataclass(frozen=True, eq=False)
class SampleSet:
    """n people, each a crop of a depth picture no larger than the person. Arrays are read-only and not copied.

    Attributes:
        depth: (pixels,) uint16 millimetres, crop after crop, row after row; 0 outside the person's segment.
        starts: (n + 1,) int64, crop i is depth[starts[i]:starts[i + 1]].
        widths: (n,) int32, of the crops.
        optics: (n, 4) float32: fx, fy, cx, cy of each crop's camera.
        parts: (seen,) uint8 label of each pixel with depth, in the order of `depth`; 0 is a remnant of something else, and is
            learned as such.
        part_starts: (n + 1,) int64.
        joints: (n, joints, 3) float32 metres, camera axes; NaN for what nobody knows.
        labels: names of the labels.
        joint_names: names of the joints.
    """

    depth: Array
    starts: Array
    widths: Array
    optics: Array
    parts: Array
    part_starts: Array
    joints: Array
    labels: tuple[str, ...] = PARTS
    joint_names: tuple[str, ...] = VOTED

    def __post_init__(self) -> None:
        n = len(self)
        wanted: dict[str, tuple[type, tuple[int, ...]]] = {
            "depth": (np.uint16, self.depth.shape[:1]), "starts": (np.int64, (n + 1,)), "widths": (np.int32, (n,)),
            "optics": (np.float32, (n, 4)), "parts": (np.uint8, self.parts.shape[:1]), "part_starts": (np.int64, (n + 1,)),
            "joints": (np.float32, (n, len(self.joint_names), 3)),
        }  # fmt: skip
        for name, (dtype, shape) in wanted.items():
            value = getattr(self, name)
            if value.dtype != dtype or value.shape != shape or not value.flags.c_contiguous:
                raise ShapeError(f"SampleSet.{name}: expected {shape} {dtype.__name__}, got {value.shape} {value.dtype}")
            value = value.view()
            value.flags.writeable = False
            object.__setattr__(self, name, value)
        if self.starts[-1] != len(self.depth) or self.part_starts[-1] != len(self.parts):
            raise ShapeError("SampleSet.starts: expected the last to be where the pixels end")
        if self.parts.size and self.parts.max() >= len(self.labels):
            raise ShapeError(f"SampleSet.parts: label {self.parts.max()} of {len(self.labels)} labels")

    def __len__(self) -> int:
        return len(self.widths)

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return sum(value.nbytes for value in (self.depth, self.parts, self.joints, self.optics))

    def crop(self, index: int) -> tuple[Array, Array, Camera]:
        """One person: depth (h, w) uint16, parts (h, w) uint8, and the camera of the crop."""
        width = int(self.widths[index])
        depth = self.depth[self.starts[index] : self.starts[index + 1]].reshape(-1, width)
        parts = np.zeros(depth.shape, np.uint8)
        parts[depth > 0] = self.parts[self.part_starts[index] : self.part_starts[index + 1]]
        return depth, parts, Camera(width, len(depth), *map(float, self.optics[index]))

    def digest(self) -> str:
        """The same for the same samples: what a checkpoint is held against."""
        sums = hashlib.blake2b(digest_size=16)
        for value in (self.starts, self.widths, self.optics, self.parts, self.depth):
            sums.update(value.data)
        return sums.hexdigest()

    @classmethod
    def of_pictures(
        cls,
        depths: Iterable[Array],
        parts: Iterable[Array],
        cameras: Iterable[Camera],
        joints: Iterable[Array] | None = None,
        *,
        labels: tuple[str, ...] = PARTS,
        joint_names: tuple[str, ...] = VOTED,
    ) -> SampleSet:
        """Cut one person out of each picture; pictures without anybody are left out.

        Args:
            depths: (h, w) each, float metres or uint16 millimetres, 0 outside the person.
            parts: (h, w) uint8 labels each.
            cameras: of the pictures.
            joints: (joints, 3) metres each; None when nobody knows: the forest will label but not vote.
            labels: names of the labels.
            joint_names: names of the joints.

        Raises:
            ShapeError: a picture, its labels and its camera do not belong together.
        """
        unknown = np.full((len(joint_names), 3), np.nan, np.float32)
        every = joints if joints is not None else repeat(unknown)
        cut = [_cut(*each) for each in zip(depths, parts, cameras, every)]  # noqa: B905 (an endless one among them)
        return _flat([piece for piece in cut if piece is not None], labels, joint_names)

    @classmethod
    def from_views(cls, views: Iterable[View]) -> SampleSet:
        """The people of rendered views, cut out as an imperfect segmentation does it."""
        order = [JOINTS.index(name) for name in VOTED]
        cut = []
        for view in views:
            depth = millimetres(view.depth)
            for person in range(len(view.joints)):
                cut.append(_cut(np.where(view.kept == person, depth, 0), view.parts, view.camera, view.joints[person, order]))
        return _flat([piece for piece in cut if piece is not None], PARTS, VOTED)


Piece = tuple[Array, Array, Array, Array]


def _cut(depth: Array, parts: Array, camera: Camera, joints: Array) -> Piece | None:
    """Crop (h, w), parts of what is seen in it, optics and joints; None where nobody is."""
    depth = depth if depth.dtype == np.uint16 else millimetres(depth)
    if depth.shape != (camera.height, camera.width) or parts.shape != depth.shape:
        raise ShapeError(
            f"SampleSet: a picture of {depth.shape}, labels of {parts.shape}, a camera of {camera.height} x {camera.width}"
        )
    if depth.size > LARGEST or max(depth.shape) > WIDEST:
        raise ShapeError(f"SampleSet: expected at most {LARGEST} pixels, {WIDEST} in a row or column, got {depth.shape}")
    depth = np.where(depth < FARTHEST, depth, np.uint16(0))
    rows, columns = np.flatnonzero(depth.any(1)), np.flatnonzero(depth.any(0))
    if not rows.size:
        return None
    box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    crop = np.ascontiguousarray(depth[box])
    optics = np.array([camera.fx, camera.fy, camera.cx - columns[0], camera.cy - rows[0]], np.float32)
    return crop, parts[box][crop > 0].astype(np.uint8), optics, np.asarray(joints, np.float32)


def _flat(pieces: Sequence[Piece], labels: tuple[str, ...], joint_names: tuple[str, ...]) -> SampleSet:
    crops, parts, optics, joints = zip(*pieces, strict=True) if pieces else ((), (), (), ())
    return SampleSet(
        np.concatenate([np.zeros(0, np.uint16), *(crop.ravel() for crop in crops)]),
        _ends([crop.size for crop in crops]),
        np.array([crop.shape[1] for crop in crops], np.int32),
        np.array(optics, np.float32).reshape(-1, 4),
        np.concatenate([np.zeros(0, np.uint8), *parts]),
        _ends([part.size for part in parts]),
        np.array(joints, np.float32).reshape(-1, len(joint_names), 3),
        labels,
        joint_names,
    )


def _ends(sizes: list[int]) -> Array:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
