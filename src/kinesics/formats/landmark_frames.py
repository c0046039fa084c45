"""What one frame of a landmark document holds: people, their parts, names, world coordinates, however it was dumped.

Nobody has fixed how MediaPipe's results look as JSON, so this takes them by their structure: a person is a list of landmarks,
or an object whose keys name parts (`pose_landmarks`, `leftHandLandmarks`, …), `keypoints` (as in TensorFlow.js) or joints; a
landmark is an object with x and y, or a list of numbers. Hands with `handedness` go to the sides it says.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..errors import FormatError
from ..types import Array
from .landmarks import LENGTHS, part_called

__all__ = ["Found", "people_of"]

DEEPEST = 4  # lists within lists before it is no landmark
_SURE = ("score", "visibility", "presence", "confidence", "v")
_PEOPLE = ("people", "persons", "poses")


@dataclass
class Found:
    """One person of one frame.

    Attributes:
        parts: part, or "" for named joints -> (k, 4) x, y, z, score; NaN where missing or untold.
        world: likewise in metres.
        names: of the joints, where the landmarks name themselves.
        about: what else the object held: id, score, box.
    """

    parts: dict[str, Array] = field(default_factory=dict)
    world: dict[str, Array] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.parts or self.world or "id" in self.about)


def people_of(frame: Any) -> list[Found]:
    """Everybody in a frame.

    Raises:
        FormatError: it is no frame of landmarks.
    """
    if not frame:
        return []
    if isinstance(frame, list):
        if _is_landmarks(frame):
            return [_put(Found(), "", frame, False)]
        return [one for person in frame for one in people_of(person)]
    if not isinstance(frame, dict):
        raise FormatError(f"expected landmarks, got {str(frame)[:40]!r}")
    for key in _PEOPLE:
        if isinstance(frame.get(key), list):
            return [one for person in frame[key] for one in people_of(person)]
    return _of_object(frame)


def _of_object(frame: dict[str, Any]) -> list[Found]:
    if isinstance(frame.get("keypoints"), list):
        return [_of_keypoints(frame)]
    named = {key: value for key, value in frame.items() if isinstance(value, dict) and _is_landmark(value)}
    if len(named) > 1:
        rows = [{**value, "name": name} for name, value in named.items()]
        return [_of_keypoints({"keypoints": rows})]
    people: list[Found] = []
    for key, value in frame.items():
        called = part_called(key)
        if called is not None and isinstance(value, list | dict):
            _share_out(people, *called, value, _sides(frame))
    known = [one for one in people if one]
    if not known and not any(part_called(key) for key in frame) and "id" not in frame:
        raise FormatError(f"expected landmarks, got an object of {', '.join(map(str, list(frame)[:5])) or 'nothing'}")
    if "id" in frame:
        known = known[:1] or [Found()]
        known[0].about = frame
    return known


def _of_keypoints(person: dict[str, Any]) -> Found:
    rows, far = person["keypoints"], person.get("keypoints3D") or []
    found = Found(about={key: value for key, value in person.items() if key in ("id", "score", "box")})
    if rows and all(isinstance(row, dict) and isinstance(row.get("name"), str) for row in rows):
        found.names = tuple(row["name"] for row in rows)
        if len(set(found.names)) < len(rows):
            raise FormatError("a joint's name is there twice in one person")
        found.parts[""] = _array(rows)
        if len(far) == len(rows):
            found.world[""] = _array(far)
        return found
    side = _side(person.get("handedness"))
    _put(found, side if len(rows) == 21 else "", rows, False)
    return _put(found, side if len(far) == 21 else "", far, True) if far else found


def _share_out(people: list[Found], part: str, world: bool, value: Any, sides: Sequence[str]) -> None:
    """Give the landmarks under one key to the people: one list, or one for each."""
    value = _unwrapped(value)
    lists = [value] if _is_landmarks(value) else [_inner(one) for one in value]
    for number, landmarks in enumerate(lists):
        if not landmarks:
            continue
        kind = part or LENGTHS.get(len(landmarks), "")
        if kind == "hand" and number < len(sides):
            kind = sides[number]
        row = next((i for i, one in enumerate(people) if kind not in (one.world if world else one.parts)), len(people))
        row = row if kind in ("left", "right") else number
        while len(people) <= row:
            people.append(Found())
        _put(people[row], kind, landmarks, world)


def _inner(value: Any) -> list[Any]:
    """The landmarks of one of several people: a list, or an object with one."""
    value = _unwrapped(value)
    if value and not _is_landmarks(value):
        raise FormatError(f"expected a list of landmarks, got {str(value)[:40]!r}")
    return value or []


def _unwrapped(value: Any) -> Any:
    """What an object holds as its landmarks; other things as they are."""
    keys = ("landmark", "landmarks", "keypoints")
    return next((value[key] for key in keys if key in value), value) if isinstance(value, dict) else value


def _put(found: Found, part: str, landmarks: list[Any], world: bool) -> Found:
    kind = part or LENGTHS.get(len(landmarks), {17: "17", 133: "133"}.get(len(landmarks), ""))
    wanted = {"pose": (33,), "face": (468, 478), "left": (21,), "right": (21,), "hand": (21,)}.get(kind)
    if not kind or (wanted is not None and len(landmarks) not in wanted):
        raise FormatError(
            f"expected 33 landmarks of a pose, 468 or 478 of a face, 21 of a hand, or 17 or 133 of COCO, got {len(landmarks)}"
        )
    (found.world if world else found.parts)[kind] = _array(landmarks)
    return found


def _array(landmarks: list[Any]) -> Array:
    """(k, 4) x, y, z, score; NaN coordinates and score 0 for a landmark that is not there."""
    out = np.full((len(landmarks), 4), np.nan)
    untold = True
    for row, landmark in zip(out, landmarks, strict=True):
        if landmark is None:
            row[3] = 0
            continue
        values = _spelt(landmark)
        row[:3] = _number(values.get("x")), _number(values.get("y")), _number(values.get("z"))
        given = [values[key] for key in _SURE if values.get(key) is not None]
        row[3] = _number(given[0]) if given else 1.0
        untold = untold and (not given or all(not value for value in given))
    if untold:  # hands and faces are often dumped with visibility 0 throughout: there all the same
        there = (np.nan_to_num(out[:, :2]) != 0).any(axis=1)
        out[:, 3] = np.where(there, 1.0, out[:, 3])
    out[~np.isfinite(out[:, :2]).all(axis=1) | ~(out[:, 3] > 0), 3] = 0
    return out


def _spelt(landmark: Any) -> dict[str, Any]:
    if isinstance(landmark, dict):
        if "x" not in landmark or "y" not in landmark:
            raise FormatError(f"expected a landmark with x and y, got {', '.join(map(str, list(landmark)[:5])) or 'nothing'}")
        return landmark
    if isinstance(landmark, list) and 2 <= len(landmark) <= 5:
        return dict(zip(("x", "y", "z", "visibility", "presence"), landmark, strict=False))
    raise FormatError(f"expected a landmark, got {str(landmark)[:40]!r}")


def _number(value: Any) -> float:
    if value is None:
        return float("nan")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FormatError(f"expected a number in a landmark, got {str(value)[:40]!r}")
    return float(value)


def _is_landmark(value: Any) -> bool:
    if isinstance(value, dict):
        return "x" in value and "y" in value
    return isinstance(value, list) and 2 <= len(value) <= 5 and all(isinstance(one, int | float) for one in value)


def _is_landmarks(value: Any) -> bool:
    """Whether it is a list of landmarks, of which some may be null."""
    if not isinstance(value, list):
        return False
    first = next((one for one in value if one is not None), None)
    return first is not None and _is_landmark(first)


def _sides(frame: Mapping[str, Any]) -> list[str]:
    """The side of each hand, "hand" where nobody says."""
    for key, value in frame.items():
        if re.sub(r"[^a-z]", "", key.lower()) in ("handedness", "handednesses", "multihandedness") and isinstance(value, list):
            return [_side(one) for one in value]
    return []


def _side(value: Any, deep: int = 0) -> str:
    """Left or right from a label, or what holds one; "hand" when there is none."""
    if isinstance(value, str):
        return {"left": "left", "right": "right"}.get(value.lower(), "hand")
    if isinstance(value, dict) and deep < DEEPEST:
        value = list(value.values())
    if isinstance(value, list) and deep < DEEPEST:
        return next((side for one in value if (side := _side(one, deep + 1)) != "hand"), "hand")
    return "hand"
