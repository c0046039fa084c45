"""The `.rdt` form of a glimpse tree, version 6: a header, a full array of 2^depth - 1 nodes, tables of probabilities.

Little endian. Header, 272 bytes: "RDT", version, depth, labels, background label, one byte of nothing, vertical field of view
(radians) and background depth (metres) as floats, 256 bytes that say what each label becomes in a mirror. Node, 32 bytes: u, v
(two floats each), threshold (float, metres), number of the probability table counted from 1, or 0 for a node with children
(2 i + 1 and 2 i + 2), 8 bytes of nothing.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from ..errors import FormatError, SourceError
from ..types import Array
from .glimpse_labels import flipped, named_by_map
from .glimpse_trees import PixelTree
from .shots import readable

__all__ = ["rdt_of", "read_rdt"]

HEAD = struct.Struct("<3sBBBBxff256s")
NODE = np.dtype([("offsets", "<f4", 4), ("threshold", "<f4"), ("table", "<u4"), ("nothing", "V8")])
VERSION = 6
UNTRAINED = 2**31 - 1
DEEPEST = 24  # levels: half a gigabyte of nodes


def read_rdt(path: Path) -> PixelTree:
    """Read one tree. Names of labels are not in the file; where its mirror map is one we know they are given.

    Raises:
        FormatError: no such file, damaged, unfinished, of another version, or not a tree.
    """
    try:
        data = readable(path)
    except SourceError as error:
        raise FormatError(str(error)) from None
    if data[:3] != b"RDT" or len(data) < 8:
        raise FormatError(f"{path}: no RDT file; expected one that json-to-rdt wrote")
    if data[3] != VERSION:
        raise FormatError(f"{path}: RDT version {data[3]}; this reads version {VERSION}: convert its .json again")
    if len(data) < HEAD.size:
        raise FormatError(f"{path}: the file ends early; copy it again")
    _, _, depth, count, background, field, _, flips = HEAD.unpack_from(data)
    if not 1 <= depth <= 30 or not count or background >= count:
        raise FormatError(f"{path}: {depth} levels, {count} labels, background {background}: this header is damaged")
    tables, odd = divmod(len(data) - HEAD.size - NODE.itemsize * ((1 << depth) - 1), 4 * count)
    if odd or tables < 1:
        raise FormatError(f"{path}: {len(data)} bytes do not fit {depth} levels and {count} labels; copy it again")
    nodes = np.frombuffer(data, NODE, (1 << depth) - 1, HEAD.size)
    shares = np.frombuffer(data, "<f4", tables * count, len(data) - 4 * tables * count).reshape(tables, count)
    order, children, leaves = _walk(path, nodes["table"], tables)
    inner = children >= 0
    with np.errstate(invalid="ignore"):  # what is no number is found later
        offsets, thresholds = nodes["offsets"][order].astype(float), nodes["threshold"][order].astype(float)
        chances = shares[leaves].astype(float)
    return PixelTree(
        np.where(inner[:, None], offsets, 0.0),
        np.where(inner, thresholds, 0.0),
        children,
        chances,
        named_by_map(np.frombuffer(flips, np.uint8, count)) or (),
        background,
        float(field),
    )


def _walk(path: Path, table: Array, tables: int) -> tuple[Array, Array, Array]:
    """Nodes that are in use in breadth-first order, their children in that order or ~leaf, and the table of each leaf."""
    orders, children, leaves = [], [], []
    level, place, ends = np.zeros(1, np.int64), 0, 0
    while level.size:
        held = table[level].astype(np.int64)
        inner = held == 0
        if (inner & (2 * level + 2 >= len(table))).any():
            raise FormatError(f"{path}: a node of the last level has children; this file is damaged")
        if (held == UNTRAINED).any():
            raise FormatError(f"{path}: it has nodes that were never trained; finish the training first")
        if (held > tables).any():
            raise FormatError(f"{path}: a leaf names probabilities that are not there; this file is damaged")
        place += len(level)
        links = place + 2 * (np.cumsum(inner) - 1)
        links[~inner] = ~(ends + np.arange((~inner).sum()))
        ends += int((~inner).sum())
        orders.append(level)
        children.append(links)
        leaves.append(held[~inner] - 1)
        level = np.stack([2 * level[inner] + 1, 2 * level[inner] + 2], 1).ravel()
    return np.concatenate(orders), np.concatenate(children), np.concatenate(leaves)


def rdt_of(tree: PixelTree, path: Path) -> bytes:
    """The bytes of a tree's file.

    Raises:
        FormatError: deeper than 24 levels, or more than 255 labels.
    """
    places = np.zeros(len(tree.children), np.int64)
    for node, left in enumerate(tree.children.tolist()):
        if left >= 0:
            places[left], places[left + 1] = 2 * places[node] + 1, 2 * places[node] + 2
            if places[left + 1] >= (1 << DEEPEST) - 1:
                raise FormatError(f"{path}: deeper than {DEEPEST} levels, .rdt would need gigabytes; write .json")
    count = tree.shares.shape[1]
    if count > 255:
        raise FormatError(f"{path}: {count} labels; .rdt holds up to 255")
    depth = int(places.max() + 1).bit_length()
    nodes = np.zeros((1 << depth) - 1, NODE)
    nodes["table"] = UNTRAINED
    nodes["offsets"][places], nodes["threshold"][places] = tree.offsets, tree.thresholds
    nodes["table"][places] = np.where(tree.children >= 0, 0, ~tree.children.astype(np.int64) + 1)
    flips = bytes(flipped(tree.labels)).ljust(256, b"\xff")
    head = HEAD.pack(b"RDT", VERSION, depth, count, tree.background, tree.field, 32.0, flips)
    return head + nodes.tobytes() + tree.shares.astype("<f4").tobytes()
