"""Trees of glimpse, `.json` and `.rdt`, into our forests and back.

Their nodes ask the same as ours, D(x + u/D) - D(x + v/D) < t, with u and v in pixels times metres, so they hold for one camera
only: divided by its focal length in pixels they become metres and hold for any. That focal length follows from the vertical
field of view, which their files name, and the height of the pictures they were trained on, which they do not: it must be known.
Two differences stay: they cut places off towards 0 where we round, half a pixel on average; and leaves have no votes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..bodies import PARTS
from ..errors import FormatError
from ..types import Array
from ..types.camera import Camera
from .forest import Forest
from .glimpse_labels import our_name

__all__ = ["USUAL_HEIGHT", "PixelTree", "focal_of", "read_glimpse_trees", "write_glimpse_tree"]

USUAL_HEIGHT = 240  # rows of the pictures that glimpse's own recipe trains on
USUAL_DEGREES = 43.940769  # their vertical field of view


@dataclass(frozen=True)
class PixelTree:
    """One tree as it stands in their files; nodes breadth first.

    Attributes:
        offsets: (nodes, 4) u right, u down, v right, v down, pixels times metres.
        thresholds: (nodes,) metres.
        children: (nodes,) the left child, the right one is the next; or ~leaf.
        shares: (leaves, labels) how likely each label is.
        labels: names; () when the file has none.
        background: the label of no body.
        field: vertical field of view, radians.
        height: of the training pictures; None where the file does not say.
    """

    offsets: Array
    thresholds: Array
    children: Array
    shares: Array
    labels: tuple[str, ...]
    background: int
    field: float
    height: int | None = None


def focal_of(field: float, height: int) -> float:
    """Pixels: the focal length of a camera with this vertical field of view (radians) and so many rows.

    Raises:
        FormatError: no camera has such a field of view.
    """
    if not 0 < field < math.pi:
        raise FormatError(f"a vertical field of view of {field:g} radians; expected one above 0 and below pi")
    return height / 2 / math.tan(field / 2)


def read_glimpse_trees(
    paths: str | Path | Sequence[str | Path], *, height: int | None = None, note: Callable[[str], None] = lambda line: None
) -> Forest:
    """One or several trees of glimpse as one forest.

    Args:
        paths: `.json` and `.rdt` files.
        height: rows of the pictures they were trained on. None: what the file says (ours do in `.json`), else 240.
        note: called with a line when the height had to be assumed.

    Returns:
        a forest without votes. Labels whose names are all known are put into the order of `bodies.PARTS`; others keep their
        numbers, with the background as 0.

    Raises:
        FormatError: a file is not such a tree, is damaged or unfinished, or the trees do not belong together.
    """
    from .glimpse_json import read_json_tree
    from .glimpse_rdt import read_rdt

    files = [Path(paths)] if isinstance(paths, str | Path) else [Path(path) for path in paths]
    if not files:
        raise FormatError("no tree: expected one or several .json or .rdt files")
    trees = [(path, read_rdt(path) if path.suffix.lower() == ".rdt" else read_json_tree(path)) for path in files]
    if height is None and any(tree.height is None for _, tree in trees):
        note(
            f"{files[0]}: taken for trained on pictures of {USUAL_HEIGHT} rows, for trees do not say it; give the height if not"
        )
    named = next((tree.labels for _, tree in trees if tree.labels), ())
    orders = [_our_order(tree, named) for _, tree in trees]
    if len({names for _, names in orders}) > 1:
        counts = ", ".join(str(tree.shares.shape[1]) for _, tree in trees)
        raise FormatError(f"{files[0]} and the others: their labels differ ({counts}); expected trees of one forest")
    return _joined(trees, orders, height)


def _joined(trees: list[tuple[Path, PixelTree]], orders: list[tuple[Array, tuple[str, ...]]], height: int | None) -> Forest:
    offsets, thresholds, children, shares, roots = [], [], [], [], []
    nodes = leaves = 0
    for (path, tree), (columns, names) in zip(trees, orders, strict=True):
        focal = focal_of(tree.field, height or tree.height or USUAL_HEIGHT)
        offsets.append(_whole(path, tree.offsets / focal * 1e4, "an offset"))
        thresholds.append(_whole(path, tree.thresholds * 1e3, "a threshold"))
        children.append(np.where(tree.children >= 0, tree.children + nodes, tree.children - leaves))
        placed = np.zeros((len(tree.shares), len(names)))
        placed[:, columns] = tree.shares
        shares.append(in_255ths(placed))
        roots.append(nodes)
        nodes, leaves = nodes + len(tree.children), leaves + len(tree.shares)
    return Forest(
        roots=np.array(roots, np.int32), children=np.concatenate(children).astype(np.int32), offsets=np.concatenate(offsets),
        thresholds=np.concatenate(thresholds), leaf_parts=np.concatenate(shares), labels=orders[0][1],
    )  # fmt: skip


def _whole(path: Path, values: Array, what: str) -> Array:
    """Rounded to int16."""
    rounded = np.rint(values)
    if not (np.abs(rounded) <= 32767).all():  # NaN fails too
        raise FormatError(f"{path}: {what} is too large for a body; is the height of the training pictures right?")
    return np.asarray(rounded, np.int16)


def _our_order(tree: PixelTree, named: tuple[str, ...]) -> tuple[Array, tuple[str, ...]]:
    """(labels,) the column each of their labels becomes, and our names of the columns; `named` for a file without names."""
    count = tree.shares.shape[1]
    names = tuple(our_name(name) for name in tree.labels or (named if len(named) == count else ()))
    if names and len(set(names)) == count and all(name in PARTS for name in names):
        return np.array([PARTS.index(name) for name in names]), PARTS
    columns = np.arange(count)
    columns[: tree.background] += 1
    columns[tree.background] = 0
    kept = [""] * count
    for old, new in enumerate(columns.tolist()):
        kept[new] = names[old] if names else ("background" if new == 0 else f"label {old}")
    return columns, tuple(kept)


def in_255ths(shares: Array) -> Array:
    """(leaves, labels) numbers not below 0 as uint8 whose rows sum to 255; a row of nothing becomes label 0."""
    shares = np.where(np.isfinite(shares) & (shares > 0), shares, 0.0)
    total = shares.sum(1, keepdims=True)
    shares = np.where(total > 0, shares, np.eye(1, shares.shape[1]))
    exact = 255 * shares / shares.sum(1, keepdims=True)
    near = np.rint(exact)
    settled = np.abs(exact - near) < 1e-4  # what was in 255ths stays exactly so
    floor = np.where(settled, near, np.floor(exact))
    order = np.argsort(np.argsort(floor - exact, axis=1, kind="stable"), axis=1, kind="stable")
    floor += order < 255 - floor.sum(1, keepdims=True)
    return np.asarray(floor, np.uint8)


def write_glimpse_tree(path: str | Path, forest: Forest, tree: int = 0, *, camera: Camera | None = None) -> None:
    """Write one tree of a forest as `.json` or `.rdt`; the file appears whole or not at all. Votes have no place there.

    Args:
        path: the ending decides the format.
        forest: with at most 255 labels.
        tree: which of its trees.
        camera: that the tree is for: its field of view and height. None: 240 rows and 43.94 degrees, glimpse's own.

    Raises:
        FormatError: another ending, or what the format cannot hold.
        SinkError: it cannot be written.
    """
    from .glimpse_json import json_of
    from .glimpse_rdt import rdt_of
    from .whole_files import write_whole

    path = Path(path)
    if path.suffix.lower() not in (".json", ".rdt"):
        raise FormatError(f"{path}: expected a name that ends in .json or .rdt")
    seen = camera or Camera.of_view(320, USUAL_HEIGHT, USUAL_DEGREES)
    cut = _cut_out(forest, tree, seen)
    write_whole(path, rdt_of(cut, path) if path.suffix.lower() == ".rdt" else json_of(cut).encode())


def _cut_out(forest: Forest, tree: int, camera: Camera) -> PixelTree:
    """One tree, in pixels times metres."""
    first = int(forest.roots[tree])
    order, children, leaves = [first], list[int](), list[int]()
    for node in order:  # grows while it is read: breadth first
        left = int(forest.children[node])
        if left >= 0:
            children.append(len(order))
            order += [left, left + 1]
        else:
            children.append(~len(leaves))
            leaves.append(~left)
    inner = forest.children[order] >= 0
    return PixelTree(
        offsets=np.where(inner[:, None], forest.offsets[order] * 1e-4 * camera.fy, 0.0),
        thresholds=np.where(inner, forest.thresholds[order] * 1e-3, 0.0),
        children=np.array(children, np.int32),
        shares=forest.leaf_parts[leaves] / 255.0,
        labels=forest.labels,
        background=0,
        field=2 * math.atan(camera.height / 2 / camera.fy),
        height=camera.height,
    )
