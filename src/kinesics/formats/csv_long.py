"""Scenes as a long CSV for spreadsheets: one row a joint, `frame, time, person, id, joint, x, y, z, score` and more.

`person` is the place within the frame (0, 1, …), as several people may have no id yet. A missing joint has empty coordinates
and score 0; people without joints (the skeleton `boxes`) are one row with an empty joint. Frames without people have no row.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FormatError
from ..geometry import points_box
from ..types import Array, People, Scene, Skeleton
from .bodies import body_with
from .input import lines
from .numbers import shortest
from .output import Output

__all__ = ["COLUMNS", "CsvWriter", "read_csv"]

COLUMNS = (
    *("frame", "time", "person", "id", "joint", "x", "y", "z", "score", "person_score"),
    *("x1", "y1", "x2", "y2", "width", "height", "action", "action_score"),
)


class CsvWriter:
    """Writes scenes as a long CSV.

    Args:
        path: the file.
        source: has no place in this format.
    """

    def __init__(self, path: str | Path, *, source: str | None = None) -> None:
        self._output = Output(path, grows=True)
        self._put([COLUMNS])

    def _put(self, rows: Any) -> None:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows(rows)
        self._output.write(text.getvalue().encode("utf-8", "replace"))

    def write(self, scene: Scene) -> None:
        """Append the rows of one scene."""
        if len(scene.people):
            self._put(_rows(scene))

    def close(self) -> None:
        """Finish the file."""
        self._output.finish()

    def discard(self) -> None:
        """Remove what was written."""
        self._output.discard()


def _rows(scene: Scene) -> Iterator[tuple[Any, ...]]:
    people = scene.people
    joints = people.skeleton.joints or ("",)
    best = {a.person: a for a in sorted(scene.actions, key=lambda a: a.score)}
    points = np.full((len(people), len(joints), 3), np.nan)
    points[:, : people.points.shape[1], : people.points.shape[2]] = shortest(people.points)
    cells = points.astype(object)
    cells[np.isnan(points)] = None
    scores: list[Any] = shortest(people.point_scores).tolist() if people.skeleton.joints else [[None]] * len(people)
    boxes = shortest(people.boxes).tolist()
    for i, (identity, score) in enumerate(zip(people.ids.tolist(), shortest(people.score).tolist(), strict=True)):
        action = best.get(identity)
        tail = (score, *boxes[i], *scene.size, *((action.label, float(action.score)) if action else (None, None)))
        for joint, cell, sure in zip(joints, cells[i].tolist(), scores[i], strict=True):
            yield (scene.index, scene.time, i, identity, joint, *cell, sure, *tail)


# ----------------------------------------------------------------------------------------------------------------- reading
@dataclass
class _Person:
    """Rows of one person in one frame."""

    first: dict[str, str]
    points: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)


def read_csv(path: Path, notes: list[str], *, fps: float | None = None, size: tuple[int, int] | None = None) -> Iterator[Scene]:
    """Scenes of a long CSV, one frame at a time.

    Only the columns frame, joint, x and y have to be there. Joint names decide the skeleton: the smallest built-in one that has
    them all, else one of their own.

    Args:
        path: the file.
        notes: gets a line for each guess.
        fps: frames a second where the file has no times; 30 if not given.
        size: (width, height) where the file has none; the extent of each frame's joints if not given.
    """
    rows = _dicts(path, notes)
    first = next(rows, None)
    if first is None:
        return
    missing = [name for name, there in (("time", fps), ("width", size)) if name not in first[1] and there is None]
    if missing:
        notes.append(f"{path}: no column {' and '.join(missing)}; 30 frames a second and the joints' extent are taken")
    body: Skeleton | None = None
    for _, group in groupby(_again(first, rows), key=lambda row: row[1]["frame"]):
        number, people = 0, dict[str, _Person]()
        for number, row in group:
            _gather(row, people, f"{path}:{number}")
        try:
            body = body or _skeleton_of(people)
            yield _scene(people, body, fps or 30.0, size)
        except (ValueError, OverflowError) as error:
            raise FormatError(f"{path}:{number}: {error}") from error


def _again(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _dicts(path: Path, notes: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and cells by column."""
    last = [b"\n"]
    reader = csv.reader(_text(path, last))
    try:
        header = next(reader, None)
        _check_header(header, path)
        for cells in reader:
            if len(cells) == len(header or ()):
                yield reader.line_num, dict(zip(header or (), cells, strict=True))
            elif cells and not last[0].endswith(b"\n"):
                notes.append(f"{path}:{reader.line_num}: the last line was cut off and is left out")
            elif cells:
                raise FormatError(f"{path}:{reader.line_num}: expected {len(header or ())} columns, got {len(cells)}")
    except csv.Error as error:
        raise FormatError(f"{path}:{reader.line_num}: {error}") from error


def _text(path: Path, last: list[bytes]) -> Iterator[str]:
    """Lines as text; the newest as bytes is left in `last`."""
    for number, line in lines(path):
        last[0] = line
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise FormatError(f"{path}:{number}: expected text (UTF-8), got other bytes") from None


def _check_header(header: list[str] | None, path: Path) -> None:
    if header is None:
        raise FormatError(f"{path}: the file is empty; expected a line of column names: {', '.join(COLUMNS[:9])} …")
    absent = [name for name in ("frame", "joint", "x", "y") if name not in header]
    if absent:
        raise FormatError(f"{path}:1: expected the columns frame, joint, x, y; missing: {', '.join(absent)}")


def _number(row: dict[str, str], name: str, where: str, fallback: float) -> float:
    text = row.get(name, "")
    try:
        value = float(text) if text else fallback
    except ValueError:
        raise FormatError(f"{where}: {name} should be a number, got {text[:40]!r}") from None
    if math.isinf(value):
        raise FormatError(f"{where}: {name} should be a finite number, got {text[:40]}")
    return value


def _gather(row: dict[str, str], people: dict[str, _Person], where: str) -> None:
    key = row.get("person") or row.get("id") or "0"
    if key not in people:
        people[key] = _Person(row)
        for name in ("frame", "time", "id", "width", "height", "person_score", "x1", "y1", "x2", "y2"):
            _number(row, name, where, 0.0)
    person, joint = people[key], row["joint"]
    if not joint:
        return
    if joint in person.points:
        raise FormatError(f"{where}: {joint} of the same person is twice in frame {row['frame']}")
    point = tuple(_number(row, axis, where, math.nan) for axis in "xyz")
    person.points[joint] = point  # type: ignore[assignment]
    person.scores[joint] = _number(row, "score", where, 1.0) if not math.isnan(point[0] + point[1]) else 0.0


def _skeleton_of(people: dict[str, _Person]) -> Skeleton:
    joints = list(dict.fromkeys(joint for person in people.values() for joint in person.points))
    known = body_with(joints)
    return Skeleton("custom", tuple(joints)) if known is None else known


def _scene(people: dict[str, _Person], body: Skeleton, fps: float, size: tuple[int, int] | None) -> Scene:
    rows = list(people.values())
    known, first = set(body.joints), rows[0].first
    strange = [joint for row in rows for joint in row.points if joint not in known]
    if strange:
        raise FormatError(f"the joint {strange[0]!r} is not among those of the frames before ({body.name})")
    lost = (math.nan, math.nan, math.nan)
    points = np.array([[row.points.get(joint, lost) for joint in body.joints] for row in rows])
    points = points.reshape(len(rows), len(body), 3)  # (n, k, 3), also for k = 0
    scores = np.array([[row.scores.get(joint, 0.0) for joint in body.joints] for row in rows]).reshape(len(rows), len(body))
    if np.isnan(points[:, :, 2]).all():
        points = points[:, :, :2]
    boxes = _boxes(rows, points, scores)
    frame = int(_number(first, "frame", "", 0))
    return Scene(
        frame,
        _number(first, "time", "", frame / fps),
        _size(first, size, boxes, points),
        People(
            boxes,
            np.array([_number(row.first, "person_score", "", 1.0) for row in rows]),
            points,
            scores,
            body,
            np.array([int(float(row.first.get("id") or -1)) for row in rows]),
        ),
    )


def _boxes(rows: list[_Person], points: Array, scores: Array) -> Array:
    sides = ("x1", "y1", "x2", "y2")
    boxes = np.array([[_number(row.first, side, "", math.nan) for side in sides] for row in rows])
    boxes = np.where(np.isnan(boxes), points_box(points[:, :, :2], scores), boxes)
    return np.where(np.isnan(boxes), 0.0, boxes)


def _size(first: dict[str, str], size: tuple[int, int] | None, boxes: Array, points: Array) -> tuple[int, int]:
    if first.get("width") and first.get("height"):
        return int(float(first["width"])), int(float(first["height"]))
    if size is not None:
        return size
    corners = np.concatenate([boxes[:, 2:], points[:, :, :2].reshape(-1, 2), np.ones((1, 2))])
    width, height = np.ceil(np.nanmax(corners, axis=0))
    return int(width), int(height)
