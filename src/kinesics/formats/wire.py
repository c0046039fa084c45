"""The JSON of a Scene, version 1: what jsonl files hold, a service sends and a page reads.

`docs/scene.md` says it field by field. Numbers that are not numbers never appear: a missing joint is null. New optional
fields do not raise the version, and readers pass over fields that they do not know.
"""

from __future__ import annotations

from typing import Any

import msgspec

__all__ = ["VERSION", "ActionRow", "Empty", "Extras", "Header", "Mask", "PersonRow", "SceneRow", "SkeletonRow"]

VERSION = 1

Joints = list[list[float | None] | None]


class SkeletonRow(msgspec.Struct, omit_defaults=True):
    """A skeleton spelt out; files can hold one that is not built in."""

    name: str
    joints: list[str]
    bones: list[tuple[int, int]] = []
    mirror: list[tuple[int, int]] = []
    sigmas: list[float] = []


class Header(msgspec.Struct):
    """The first line of a file."""

    kinesics: str
    version: int
    skeleton: SkeletonRow | None = None
    source: str | None = None


class Mask(msgspec.Struct):
    """An outline: size (height, width), and run lengths packed as the COCO tools do."""

    size: tuple[int, int]
    counts: str


class PersonRow(msgspec.Struct, omit_defaults=True):
    """One row of People."""

    id: int
    score: float
    box: tuple[float, float, float, float]
    points: Joints
    point_scores: list[float]
    world: Joints | None = None
    mask: Mask | None = None


class ActionRow(msgspec.Struct):
    """An Action."""

    person: int
    label: str
    score: float
    start: float
    end: float
    progress: float | None = None
    why: dict[str, Any] = {}


class Empty(msgspec.Struct, omit_defaults=True):
    """Which optional arrays an empty People has, so that it too reads back equal."""

    world: bool = False
    mask: tuple[int, int] | None = None


class Extras(msgspec.Struct, omit_defaults=True):
    """What a Scene holds besides its frame and people; only what is not as usual."""

    actions: list[ActionRow] = []
    faces: list[dict[str, Any]] = []
    timing: dict[str, float | None] = {}
    chosen: dict[str, Any] = {}
    skipped: list[str] = []
    dims: int = 2
    skeleton: str | SkeletonRow | None = None
    empty: Empty | None = None


class SceneRow(msgspec.Struct):
    """One line of a file."""

    frame: int
    time: float
    size: tuple[int, int]
    people: list[PersonRow]
    actions: list[ActionRow] = []
    faces: list[dict[str, Any]] = []
    timing: dict[str, float | None] = {}
    chosen: dict[str, Any] = {}
    skipped: list[str] = []
    epoch: int = 0
    corrupt: bool = False
    dims: int | msgspec.UnsetType = msgspec.UNSET
    skeleton: str | SkeletonRow | msgspec.UnsetType = msgspec.UNSET
    empty: Empty | msgspec.UnsetType = msgspec.UNSET
