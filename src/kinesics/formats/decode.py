"""JSON to a Scene, see `wire`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
import numpy as np

from ..errors import FormatError
from ..types import Action, Array, Masks, People, Scene, Skeleton, skeleton
from .wire import VERSION, Extras, Header, Joints, Mask, PersonRow, SceneRow, SkeletonRow

__all__ = [
    "assemble",
    "decode_extras",
    "decode_header",
    "decode_scene",
    "empty_people",
    "fits",
    "from_json",
    "row_masks",
    "skeleton_named",
]

T = TypeVar("T")

_headers = msgspec.json.Decoder(Header)
_scenes = msgspec.json.Decoder(SceneRow)
_extras = msgspec.json.Decoder(Extras)


def decode_header(line: bytes | str) -> tuple[Skeleton | None, str | None]:
    """Skeleton and source of a header.

    Raises:
        FormatError: it is not one, or of a newer version.
    """
    header = from_json(_headers, line)
    if header.kinesics != "scenes":
        raise FormatError(f"expected kinesics scenes, got kinesics {header.kinesics!r}")
    if header.version > VERSION:
        raise FormatError(f"version {header.version} of the format is newer than this program ({VERSION}); update kinesics")
    return (None if header.skeleton is None else skeleton_named(header.skeleton)), header.source


def decode_scene(line: bytes | str, body: Skeleton | None = None) -> Scene:
    """A scene from its line; `body` is the header's skeleton.

    Raises:
        FormatError: the line is not one; says where in it.
    """
    row = from_json(_scenes, line)
    rare = Extras(dims=row.dims or 2, skeleton=row.skeleton or None, empty=row.empty or None)
    people = _people(row.people, rare, body)
    return assemble(row, people)


def decode_extras(text: str | None) -> Extras:
    """What `extras` wrote."""
    return Extras() if text is None else from_json(_extras, text)


def assemble(row: Any, people: People, extra: Any = None) -> Scene:
    """A Scene from a row with frame, time, size, epoch and corrupt, its people, and a row with the rest (default: the same)."""
    extra = row if extra is None else extra
    fits(people, row.size)
    try:
        return Scene(
            row.frame,
            row.time,
            row.size,
            people,
            tuple(Action(a.person, a.label, a.score, a.start, a.end, a.progress, a.why) for a in extra.actions),
            tuple(extra.faces),
            {name: math.nan if seconds is None else seconds for name, seconds in extra.timing.items()},
            extra.chosen,
            tuple(extra.skipped),
            row.epoch,
            row.corrupt,
        )
    except ValueError as error:
        raise FormatError(str(error)) from error


def fits(people: People, size: tuple[int, int]) -> None:
    """Nothing, if the outlines are of a picture of this (width, height).

    Raises:
        FormatError: they are of another size.
    """
    if people.masks is not None and people.masks.size != tuple(size):
        wide, high = people.masks.size
        raise FormatError(f"outlines of a picture of {wide}x{high} in one of {size[0]}x{size[1]}")


def skeleton_named(row: str | SkeletonRow) -> Skeleton:
    """A Skeleton from its name or its spelt-out form.

    Raises:
        FormatError: nobody knows the name, or the parts do not fit.
    """
    if isinstance(row, str):
        known = _known(row)
        if known is None:
            raise FormatError(f"no built-in skeleton is called {row!r} and the file does not spell it out")
        return known
    try:
        body = Skeleton(row.name, tuple(row.joints), tuple(row.bones), tuple(row.mirror), tuple(row.sigmas))
    except ValueError as error:
        raise FormatError(str(error)) from error
    known = _known(row.name)
    return body if known is None or known != body else known


def row_masks(rows: Sequence[Mask]) -> Masks | None:
    """The outlines of the people of one picture from run lengths; None if there are none."""
    return Masks.from_rle([{"size": row.size, "counts": row.counts} for row in rows]) if rows else None


def empty_people(extra: Extras, body: Skeleton) -> People:
    """Nobody, with the optional arrays that the writer's empty People had."""
    people, k = People.empty(body, extra.dims), len(body)
    if extra.empty is None:
        return people
    world = np.zeros((0, k, 3)) if extra.empty.world else None
    masks = None if extra.empty.mask is None else Masks(extra.empty.mask[::-1], [], [])
    return People(people.boxes, people.score, people.points, people.point_scores, body, people.ids, world, masks)


def from_json(decoder: msgspec.json.Decoder[T], line: bytes | str) -> T:
    """Decode, or raise FormatError with the place in the text."""
    try:
        return decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:  # ValidationError is a DecodeError
        raise FormatError(f"not what it should be: {error}") from None


def _known(name: str) -> Skeleton | None:
    try:
        return skeleton(name)
    except ValueError:
        return None


def _people(rows: list[PersonRow], extra: Extras, body: Skeleton | None) -> People:
    body = body if extra.skeleton is None else skeleton_named(extra.skeleton)
    if body is None:
        raise FormatError("neither the header nor the scene names a skeleton")
    if not rows:
        return empty_people(extra, body)
    try:
        masks = [row.mask for row in rows if row.mask is not None]
        world = [row.world for row in rows if row.world is not None]
        if len(masks) not in (0, len(rows)) or len(world) not in (0, len(rows)):
            raise FormatError("either all people of a scene have a mask (and world), or nobody")
        return People(
            np.array([row.box for row in rows]),
            np.array([row.score for row in rows]),
            _joint_array([row.points for row in rows], len(body), extra.dims),
            np.array([row.point_scores for row in rows]),
            body,
            np.array([row.id for row in rows]),
            _joint_array(world, len(body), 3) if world else None,
            row_masks(masks),
        )
    except (ValueError, OverflowError) as error:
        raise FormatError(str(error)) from error


def _joint_array(rows: list[Joints], k: int, dims: int) -> Array:
    """(n, k, dims) from nested lists with nulls."""
    missing = [None] * dims
    try:
        return np.array([[joint or missing for joint in row] for row in rows], np.float32).reshape(len(rows), k, dims)
    except (ValueError, TypeError):
        raise FormatError(f"expected {k} joints of {dims} coordinates (or null) for each person") from None
