"""The `.json` form of a glimpse tree: {"t", "u", "v", "l", "r"} within each other, {"p"} at the ends."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FormatError, SourceError
from .glimpse_labels import label_map
from .glimpse_trees import PixelTree
from .shots import readable

__all__ = ["json_of", "read_json_tree"]

LEVELS = 64  # deeper than any tree that was trained; a file that goes deeper is no tree


def read_json_tree(path: Path) -> PixelTree:
    """Read one tree.

    Raises:
        FormatError: no such file, damaged, unfinished, or not a tree.
    """
    try:
        said = json.loads(readable(path).decode())
    except SourceError as error:
        raise FormatError(str(error)) from None
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{path}: expected a tree in JSON; it is damaged or something else ({error})") from None
    try:
        count, background = int(said["n_labels"]), int(said.get("bg_label", 0))
        field = float(said["vertical_fov"])
        labels = tuple(str(label["name"]) for label in said.get("labels") or ())
        height = said.get("height")
        if not 1 <= count <= 255 or not 0 <= background < count or (labels and len(labels) != count):
            raise FormatError(f"{path}: {count} labels, {len(labels)} names, background {background}: these do not fit")
        if field > math.pi:  # some files say degrees
            field = math.radians(field)
        nodes = _Nodes(path, count)
        nodes.take(said["root"])
        return nodes.tree(labels, background, field, None if height is None else int(height))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(f"{path}: no tree of glimpse ({error!r}); expected n_labels, vertical_fov and root") from None


class _Nodes:
    """Nodes as they are found, level by level."""

    def __init__(self, path: Path, count: int) -> None:
        self.path, self.count = path, count
        self.offsets: list[list[float]] = []
        self.thresholds: list[float] = []
        self.children: list[int] = []
        self.shares: list[list[float]] = []

    def take(self, root: Any) -> None:
        level, place = [root], 0
        for _ in range(LEVELS):
            place += len(level)
            below: list[Any] = []
            for node in level:
                below += self._one(node, place + len(below))
            level = below
            if not level:
                return
        raise FormatError(f"{self.path}: deeper than {LEVELS} levels; no tree of glimpse is")

    def _one(self, node: Any, left: int) -> list[Any]:
        if not isinstance(node, dict):
            raise FormatError(f"{self.path}: node {len(self.children)} is missing")
        if "p" in node:
            shares = [float(share) for share in node["p"]]
            if len(shares) != self.count:
                raise FormatError(f"{self.path}: a leaf has {len(shares)} numbers for {self.count} labels")
            self.children.append(~len(self.shares))
            self.shares.append(shares)
            self.offsets.append([0.0] * 4)
            self.thresholds.append(0.0)
            return []
        if "t" not in node:
            raise FormatError(f"{self.path}: node {len(self.children)} was never trained; finish the training first")
        self.offsets.append([float(node["u"][0]), float(node["u"][1]), float(node["v"][0]), float(node["v"][1])])
        self.thresholds.append(float(node["t"]))
        self.children.append(left)
        return [node.get("l"), node.get("r")]

    def tree(self, labels: tuple[str, ...], background: int, field: float, height: int | None) -> PixelTree:
        offsets = np.array(self.offsets, float).reshape(-1, 4)
        shares = np.array(self.shares, float).reshape(-1, self.count)
        return PixelTree(
            offsets, np.array(self.thresholds), np.array(self.children, np.int64), shares, labels, background, field, height
        )


def json_of(tree: PixelTree) -> str:
    """The text of a tree's file; a key `height`, which glimpse does not read, says what its pixels are."""
    depth = [1] * len(tree.children)
    for node, left in enumerate(tree.children.tolist()):
        if left >= 0:
            depth[left] = depth[left + 1] = depth[node] + 1
    head: dict[str, Any] = {
        "depth": max(depth),
        "vertical_fov": tree.field,
        "height": tree.height,
        "n_labels": tree.shares.shape[1],
        "bg_label": tree.background,
        "bg_depth": 32,
        "labels": label_map(tree.labels),
        "history": [],
    }
    return json.dumps(head)[:-1] + ', "root": ' + "".join(_texts(tree)) + "}\n"


def _texts(tree: PixelTree) -> list[str]:
    """The pieces of text of all nodes, each before its children."""
    out: list[str] = []
    waiting: list[int | str] = [0]
    while waiting:
        at = waiting.pop()
        if isinstance(at, str):
            out.append(at)
            continue
        left = int(tree.children[at])
        if left < 0:
            out.append(json.dumps({"p": [float(f"{share:.9g}") for share in tree.shares[~left].tolist()]}))
            continue
        u, v = tree.offsets[at, :2].tolist(), tree.offsets[at, 2:].tolist()
        out.append(json.dumps({"t": round(float(tree.thresholds[at]), 6), "u": u, "v": v})[:-1] + ', "l": ')
        waiting += ["}", left + 1, ', "r": ', left]
    return out
