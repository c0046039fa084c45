"""A Scene to JSON, see `wire`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np

from ..errors import SinkError
from ..types import Action, Array, Masks, People, Scene, Skeleton, skeleton
from .numbers import shortest
from .wire import VERSION, ActionRow, Empty, Extras, Header, Mask, PersonRow, SceneRow, SkeletonRow

__all__ = ["encode_header", "encode_scene", "extras", "mask_row", "scene_json", "skeleton_row", "to_json"]


def plain(value: Any) -> Any:
    """Numpy and read-only things as JSON has them."""
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no place in JSON")


_encoder = msgspec.json.Encoder(enc_hook=plain)


def to_json(value: Any, what: str) -> bytes:
    """Any of the rows as JSON; `what` is named in the error."""
    try:
        return _encoder.encode(value)
    except (TypeError, ValueError, RecursionError) as error:  # unknown objects, half characters, endless nesting
        raise SinkError(f"{what} cannot be written as JSON: {error}") from error


def encode_header(body: Skeleton | None, source: str | None = None) -> bytes:
    """The first line, without its line break."""
    name = None if source is None else source.encode("utf-8", "replace").decode()
    return to_json(Header("scenes", VERSION, None if body is None else skeleton_row(body), name), "the header")


def encode_scene(scene: Scene, body: Skeleton | None = None) -> bytes:
    """A scene as one line, without its line break.

    Args:
        scene: what to write; its picture (`frame`) is not written.
        body: the skeleton that the header names; a scene of another one carries its own.

    Raises:
        SinkError: `why`, `faces` or `chosen` hold something that JSON cannot say.
    """
    people, rare = scene.people, _rare(scene, body)
    row = SceneRow(
        int(scene.index),
        float(scene.time),
        _pair(scene.size),
        _person_rows(people),
        _action_rows(scene),
        [dict(face) for face in scene.faces],
        dict(scene.timing),
        dict(scene.chosen),
        list(scene.skipped),
        int(scene.epoch),
        bool(scene.corrupt),
        **rare,
    )
    return to_json(row, f"frame {scene.index}")


def scene_json(scene: Scene) -> str:
    """A scene on its own, without a header: it names its skeleton itself."""
    return encode_scene(scene).decode()


def extras(scene: Scene, body: Skeleton | None) -> str | None:
    """Actions, faces, timing and the like as JSON for tables that have no columns for them; None if there is nothing to say."""
    row = Extras(
        _action_rows(scene),
        [dict(face) for face in scene.faces],
        dict(scene.timing),
        dict(scene.chosen),
        list(scene.skipped),
        **_rare(scene, body),
    )
    text = to_json(row, f"frame {scene.index}").decode()
    return None if text == "{}" else text


def _rare(scene: Scene, body: Skeleton | None) -> dict[str, Any]:
    people, rare = scene.people, dict[str, Any]()
    if people.points.shape[2] != 2:
        rare["dims"] = people.points.shape[2]
    if body != people.skeleton:
        rare["skeleton"] = skeleton_row(people.skeleton, short=True)
    if not len(people) and (people.world is not None or people.masks is not None):
        rare["empty"] = Empty(people.world is not None, None if people.masks is None else _pair(people.masks.shape[1:]))
    return rare


def _pair(size: Any) -> tuple[int, int]:
    return int(size[0]), int(size[1])


def skeleton_row(body: Skeleton, short: bool = False) -> Any:
    """A skeleton spelt out, or with `short` the name of a built-in one."""
    if short and _known(body):
        return body.name
    return SkeletonRow(body.name, list(body.joints), list(body.bones), list(body.mirror), list(body.sigmas))


def _action_rows(scene: Scene) -> list[ActionRow]:
    return [_action_row(action) for action in scene.actions]


def _action_row(a: Action) -> ActionRow:
    if not (math.isfinite(a.start) and math.isfinite(a.end)):
        raise SinkError(f"an action from {a.start} to {a.end} s cannot be written; expected finite seconds")
    progress = None if a.progress is None else float(a.progress)
    return ActionRow(int(a.person), a.label, float(a.score), float(a.start), float(a.end), progress, dict(a.why))


def _person_rows(people: People) -> list[PersonRow]:
    if not len(people):
        return []
    n = len(people)
    return [
        PersonRow(*columns)
        for columns in zip(
            people.ids.tolist(),
            shortest(people.score).tolist(),
            shortest(people.boxes).tolist(),
            _joint_rows(people.points),
            shortest(people.point_scores).tolist(),
            [None] * n if people.world is None else _joint_rows(people.world),
            [None] * n if people.masks is None else [mask_row(people.masks, row) for row in range(n)],
            strict=True,
        )
    ]


def _joint_rows(points: Array) -> list[Any]:
    """(n, k, d) as nested lists, null for a joint without any coordinate (what else is NaN, the encoder turns into null)."""
    rows: list[Any] = shortest(points).tolist()
    for person, joint in zip(*np.nonzero(np.isnan(points).all(axis=2)), strict=True):
        rows[person][joint] = None
    return rows


def mask_row(masks: Masks, row: int) -> Mask:
    """An outline as run lengths."""
    return Mask(**masks.rle(row))


def _known(body: Skeleton) -> bool:
    try:
        return skeleton(body.name) == body
    except ValueError:
        return False
