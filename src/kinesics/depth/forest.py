"""A decision forest over depth pictures: every pixel of a person falls into one leaf a tree, and leaves say part and joints."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..errors import ShapeError
from ..types import Array, Camera
from ..types.arrays import array, locked, same
from .features import check_pixels
from .labelling import average, descend

NO_JOINT = 255  # in `vote_joint`


@dataclass(frozen=True, eq=False)
class Forest:
    """Trees one after the other, nodes breadth first, leaves in the order of their nodes.

    A node sends a pixel left when its feature (see `features.py`) is below the threshold. `joint minus the pixel's 3D point`
    is what a leaf votes with (Girshick et al., "Efficient regression of general-activity human poses from depth images", 2011).

    Attributes:
        roots: (trees,) int32, the first node of each tree.
        children: (nodes,) int32: the left child, and the right one is the next; or ~leaf for a leaf.
        offsets: (nodes, 4) int16, u right, u down, v right, v down, tenths of a millimetre; 0 in leaves.
        thresholds: (nodes,) int16 millimetres; 0 in leaves.
        leaf_parts: (leaves, labels) uint8, how likely each label is, in 255ths; rows sum to 255.
        vote_joint: (leaves, k) uint8, which joint a vote is for, the most useful first; 255: none.
        vote_offset: (leaves, k, 3) int16 millimetres, camera axes.
        vote_weight: (leaves, k) uint8, share of the leaf's pixels that agree, 255 for all; in fifteenths.
        vote_spread: (leaves, k) uint8 centimetres, root mean square distance of those from the vote.
        labels: names of the labels; 0 is no body.
        joints: names of the joints.
    """

    roots: Array
    children: Array
    offsets: Array
    thresholds: Array
    leaf_parts: Array
    vote_joint: Array = field(default_factory=lambda: np.zeros((0, 0), np.uint8))
    vote_offset: Array = field(default_factory=lambda: np.zeros((0, 0, 3), np.int16))
    vote_weight: Array = field(default_factory=lambda: np.zeros((0, 0), np.uint8))
    vote_spread: Array = field(default_factory=lambda: np.zeros((0, 0), np.uint8))
    labels: tuple[str, ...] = ()
    joints: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        nodes, leaves = len(self.children), len(self.leaf_parts)
        labels = len(self.labels) or self.leaf_parts.shape[1]
        votes = self.vote_joint.shape[1] if self.vote_joint.size else 0
        wanted: dict[str, tuple[type, tuple[int | None, ...]]] = {
            "roots": (np.int32, (None,)), "children": (np.int32, (None,)), "offsets": (np.int16, (nodes, 4)),
            "thresholds": (np.int16, (nodes,)), "leaf_parts": (np.uint8, (leaves, labels)),
            "vote_joint": (np.uint8, (leaves, votes)), "vote_offset": (np.int16, (leaves, votes, 3)),
            "vote_weight": (np.uint8, (leaves, votes)), "vote_spread": (np.uint8, (leaves, votes)),
        }  # fmt: skip
        for name, (dtype, shape) in wanted.items():
            value = getattr(self, name)
            if name.startswith("vote") and not votes:
                value = np.zeros(shape)
            object.__setattr__(self, name, array("Forest", name, value, dtype, shape))
        if not self.labels:
            object.__setattr__(self, "labels", tuple(f"label {i}" for i in range(labels)))
        self._check_links()

    def _check_links(self) -> None:
        nodes, leaves = len(self.children), len(self.leaf_parts)
        if not len(self.roots) or not leaves:
            raise ShapeError("Forest: expected at least one tree with a leaf")
        inner, ends = np.flatnonzero(self.children >= 0), ~self.children[self.children < 0]
        if (
            self.roots[0] != 0
            or (np.diff(self.roots) <= 0).any()
            or self.roots[-1] >= nodes
            or (ends.size and ends.max() >= leaves)
        ):
            raise ShapeError("Forest.children: a root or leaf that is not there")
        if (self.children[inner] <= inner).any() or (self.children[inner] + 1 >= nodes).any():
            raise ShapeError("Forest.children: expected children behind their parents")  # so that every pixel arrives
        if not (self.leaf_parts.sum(1, dtype=np.int64) == 255).all():
            raise ShapeError("Forest.leaf_parts: expected rows that sum to 255")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Forest) and same(self, other)

    @property
    def trees(self) -> int:
        """How many trees."""
        return len(self.roots)

    @property
    def has_votes(self) -> bool:
        """Whether leaves vote for joints; those of foreign files do not."""
        return bool(self.vote_joint.shape[1])

    @cached_property
    def _packed(self) -> Array:
        """(nodes, 4) int32: a node in 16 bytes."""
        packed = np.empty((len(self.children), 4), np.int32)
        packed[:, :2] = np.ascontiguousarray(self.offsets).view(np.int32)
        packed[:, 2], packed[:, 3] = self.thresholds, self.children
        packed.flags.writeable = False
        return packed

    def leaves(self, depth: Array, camera: Camera, rows: Array, columns: Array) -> Array:
        """The leaves that pixels fall into.

        Args:
            depth: (h, w) uint16 millimetres, 0 outside the person.
            camera: of the picture.
            rows: (n,) whole numbers.
            columns: (n,) whole numbers.

        Returns:
            (n, trees) int32; -1 for a pixel without depth.

        Raises:
            ShapeError: another type, another size than the camera's, or a pixel outside.
        """
        depth, rows, columns = np.asarray(depth), np.asarray(rows), np.asarray(columns)
        check_pixels(depth, camera, rows, columns)
        out = np.empty((len(rows), self.trees), np.int32)
        around = np.empty((depth.shape[0] + 2, depth.shape[1] + 2), np.int16)
        places = (locked(np.ascontiguousarray(place, np.int32)) for place in (rows, columns))
        focal = np.float32(camera.fx), np.float32(camera.fy)
        descend(locked(np.ascontiguousarray(depth)), *focal, *places, self.roots, self._packed, around, out)
        return out

    def label(self, depth: Array, camera: Camera, rows: Array, columns: Array) -> Array:
        """How likely each label is, for pixels.

        Args:
            depth: (h, w) uint16 millimetres, 0 outside the person.
            camera: of the picture.
            rows: (n,) whole numbers.
            columns: (n,) whole numbers.

        Returns:
            (n, labels) float32, rows sum to 1; label 0 for a pixel without depth.

        Raises:
            ShapeError: another type, another size than the camera's, or a pixel outside.
        """
        leaves = self.leaves(depth, camera, rows, columns)
        out = np.empty((len(leaves), len(self.labels)), np.float32)
        average(leaves, self.leaf_parts, out)
        return out
