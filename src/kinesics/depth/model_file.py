"""A forest and what its decoders have learned, in one file.

Trees are kept as shapes: one bit a node says whether it is a leaf, for breadth-first order says the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..bodies import PARTS
from ..errors import FormatError, ShapeError
from ..types import Array
from ..weights.bundle import pack, read_bundle, unpack, write_bundle
from .anatomy import VOTED
from .forest import Forest

__all__ = ["KIND", "VERSION", "DepthModel", "load_model", "save_model"]

KIND = "depth"
VERSION = 1
_PLAIN = ("leaf_parts", "vote_joint", "vote_weight", "vote_spread")


@dataclass(frozen=True)
class DepthModel:
    """What is needed to find joints in depth pictures.

    Attributes:
        forest: labels pixels and votes for joints.
        extras: what decoders have learned: name -> name -> array.
        recipe: how all of it was made.
    """

    forest: Forest
    extras: Mapping[str, Mapping[str, Array]] = field(default_factory=dict)
    recipe: Mapping[str, Any] = field(default_factory=dict)

    @property
    def labels(self) -> tuple[str, ...]:
        """Names of the labels."""
        return self.forest.labels

    @property
    def joints(self) -> tuple[str, ...]:
        """Names of the joints."""
        return self.forest.joints


def save_model(
    path: str | Path,
    forest: Forest,
    *,
    extras: Mapping[str, Mapping[str, Array]] | None = None,
    recipe: Mapping[str, Any] | None = None,
) -> None:
    """Write a model; under its name stands an older file, or this one complete, never a part of it.

    Args:
        path: where to; by custom the ending is ".kin".
        forest: the forest.
        extras: what decoders have learned.
        recipe: plain JSON values: how all of it was made.

    Raises:
        SinkError: it cannot be written.
    """
    parts = {"forest.npz": pack(_packed(forest))}
    parts |= {f"extras/{name}.npz": pack(arrays) for name, arrays in (extras or {}).items()}
    head = {"kind": KIND, "version": VERSION, "labels": forest.labels, "joints": forest.joints, "recipe": dict(recipe or {})}
    write_bundle(path, head, parts)


def load_model(
    path: str | Path, *, labels: tuple[str, ...] | None = PARTS, joints: tuple[str, ...] | None = VOTED
) -> DepthModel:
    """Read a model.

    Args:
        path: what `save_model` wrote.
        labels: what its labels must be; None for any.
        joints: what its joints must be; None for any.

    Raises:
        FormatError: no model of ours, a damaged one, one of another version, or with other labels or joints.
    """
    head, parts = read_bundle(path, KIND)
    if head.get("version") != VERSION:
        raise FormatError(f"{path}: a depth model of version {head.get('version')!r}; expected {VERSION}; train it again")
    for name, wanted in (("labels", labels), ("joints", joints)):
        if wanted is not None and tuple(head.get(name, ())) != wanted:
            raise FormatError(f"{path}: a depth model {_difference(name, head.get(name, ()), wanted)}; train it for these")
    try:
        forest = _unpacked(unpack(parts["forest.npz"]), tuple(head["labels"]), tuple(head["joints"]))
        extras = {name[7:-4]: unpack(data) for name, data in parts.items() if name.startswith("extras/")}
    except (KeyError, ValueError, TypeError, IndexError, OSError) as error:
        words = f": {error}" if isinstance(error, ShapeError) else ""
        raise FormatError(f"{path}: what it holds is no forest{words}; train it again") from error
    return DepthModel(forest, extras, head.get("recipe", {}))


def _difference(name: str, got: Any, wanted: tuple[str, ...]) -> str:
    if len(got) != len(wanted):
        return f"with {len(got)} {name}, expected {len(wanted)}"
    at = next(i for i, (a, b) in enumerate(zip(got, wanted, strict=True)) if a != b)
    return f"whose {name} are others (number {at} is {got[at]!r}, expected {wanted[at]!r})"


def _packed(forest: Forest) -> dict[str, Array]:
    inner = forest.children >= 0
    held: dict[str, Array] = {"roots": forest.roots, "nodes": np.array(len(inner)), "inner": np.packbits(inner)}
    if not np.array_equal(_children(forest.roots, inner), forest.children):
        held["children"] = forest.children  # nodes in an order of somebody else
    for axis in range(4):
        held[f"offsets{axis}"] = forest.offsets[inner, axis]
    held["thresholds"] = forest.thresholds[inner]
    held |= {name: getattr(forest, name) for name in _PLAIN}
    tens = (forest.vote_offset % 10 == 0).all() and (abs(forest.vote_offset) <= 1270).all()
    held["vote_offset"] = (forest.vote_offset // 10).astype(np.int8) if tens else forest.vote_offset
    return held


def _unpacked(held: dict[str, Any], labels: tuple[str, ...], joints: tuple[str, ...]) -> Forest:
    nodes = int(held["nodes"])
    inner = np.unpackbits(held["inner"], count=nodes).astype(bool)
    offsets, thresholds = np.zeros((nodes, 4), np.int16), np.zeros(nodes, np.int16)
    for axis in range(4):
        offsets[inner, axis] = held[f"offsets{axis}"]
    thresholds[inner] = held["thresholds"]
    children = held["children"] if "children" in held else _children(held["roots"], inner)
    votes = held["vote_offset"]
    return Forest(
        held["roots"], children, offsets, thresholds,
        vote_offset=votes.astype(np.int16) * 10 if votes.dtype == np.int8 else votes,
        labels=labels, joints=joints, **{name: held[name] for name in _PLAIN},
    )  # fmt: skip


def _children(roots: Array, inner: Array) -> Array:
    """Left children and leaves as breadth-first order says them."""
    children = np.empty(len(inner), np.int32)
    children[~inner] = ~np.arange((~inner).sum(), dtype=np.int32)
    for first, last in zip(roots, [*roots[1:], len(inner)], strict=True):
        mine = np.flatnonzero(inner[first:last]) + first
        children[mine] = first + 1 + 2 * np.arange(len(mine), dtype=np.int32)
    return children
