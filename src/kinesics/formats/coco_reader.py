"""COCO keypoint JSON to scenes: data sets and results, of ours and of others. One document, read at once.

Whole bodies come as COCO-WholeBody has them (parts in lists of their own) or as 133 joints in one list; AlphaPose's 26 and 136
joints (Fang et al. 2022, "Halpe") are put into the same order.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from ..errors import FormatError
from ..geometry import points_box
from ..types import Array, Masks, People, Scene, Skeleton, skeleton
from .bodies import WHOLE_PARTS, body_of
from .decode import fits, from_json, row_masks
from .input import whole
from .wire import Mask

__all__ = ["read_coco"]

EXPECTED = "COCO JSON (images and annotations, or results), landmarks of MediaPipe or a frame of OpenPose"
# AlphaPose's joints in the order of wholebody133: 17 of COCO, (head, neck, hip), big toes, small toes, heels, face, hands.
_HALPE_26 = (*range(17), 20, 22, 24, 21, 23, 25)
HALPE = {26: _HALPE_26, 136: (*_HALPE_26, *range(26, 136))}


class Image(msgspec.Struct):
    """A picture; frame and time are ours."""

    id: int | str
    width: int = 0
    height: int = 0
    frame: int | None = None
    time: float | None = None


class Annotation(msgspec.Struct):
    """A person, or a result; score, track_id and keypoint_scores are ours in a data set, box and idx AlphaPose's."""

    image_id: int | str
    category_id: int = 1
    keypoints: list[float] = []
    bbox: list[float] = []
    score: float = 1.0
    iscrowd: int = 0
    track_id: int = -1
    keypoint_scores: list[float] | None = None
    foot_kpts: list[float] = []
    face_kpts: list[float] = []
    lefthand_kpts: list[float] = []
    righthand_kpts: list[float] = []
    box: list[float] = []
    idx: int | float | list[int | float] = -1
    segmentation: msgspec.Raw = msgspec.Raw(b"null")


class Category(msgspec.Struct):
    """What is annotated, with the names of its joints."""

    id: int
    name: str = "person"
    keypoints: list[str] = []


class DataSet(msgspec.Struct):
    """The document."""

    images: list[Image]
    annotations: list[Annotation] = []
    categories: list[Category] = []


class Journal(msgspec.Struct):
    """A line of what an unfinished writer left."""

    image: Image | None = None
    annotation: Annotation | None = None
    category: Category | None = None


_data_sets = msgspec.json.Decoder(DataSet)
_results = msgspec.json.Decoder(list[Annotation])
_journal = msgspec.json.Decoder(Journal)
_masks = msgspec.json.Decoder(Mask)


def read_coco(path: Path, notes: list[str], *, fps: float | None = None) -> Iterator[Scene]:
    """Scenes of a data set in the order of its images, or of a list of results in the order of its pictures.

    A list of results holds no sizes: the extent of the people is taken. Pictures without a time are `fps` (30 if not given) a
    second. Annotations of things that are not people, and of crowds, are left out and noted.
    """
    text = whole(path)
    try:
        data = _document(text, notes, path)
        yield from _scenes(data, notes, path, fps or 30.0)
    except (ValueError, OverflowError) as error:
        raise error if str(error).startswith(str(path)) else FormatError(f"{path}: {error}") from error


def _document(text: bytes, notes: list[str], path: Path) -> DataSet:
    start = text[:64].lstrip()
    if not start:
        raise FormatError(f"the file is empty; expected {EXPECTED}")
    if start.startswith(b'{"info":') and b"\n" in text and text.split(b"\n", 1)[0].endswith(b"}"):
        return _lines(text, notes, path)
    try:
        if not start.startswith(b"["):
            return from_json(_data_sets, text)
        rows = from_json(_results, text)
    except FormatError as error:
        raise FormatError(f"{error}; expected {EXPECTED}") from None
    return DataSet(_pictures(list(dict.fromkeys(row.image_id for row in rows))), rows)


def _lines(text: bytes, notes: list[str], path: Path) -> DataSet:
    """The journal of a writer that was stopped."""
    data = DataSet([])
    for number, line in enumerate(text.split(b"\n")[1:], 2):
        try:
            row = from_json(_journal, line or b"{}")
        except FormatError:
            notes.append(f"{path}:{number}: the end was cut off; what stands before is read")
            break
        data.images += [row.image] if row.image else []
        data.annotations += [row.annotation] if row.annotation else []
        data.categories += [row.category] if row.category else []
    return data


def _pictures(names: list[int | str]) -> list[Image]:
    """The pictures of a list of results, numbered by their names where these hold rising numbers (`17.jpg`), else in order."""
    last = [int(found[-1]) if (found := re.findall(r"\d+", str(name))) else -1 for name in names]
    rising = min(last, default=-1) >= 0 and max(last) < 1 << 40 and all(a < b for a, b in itertools.pairwise(last))
    return [
        Image(name, frame=name if isinstance(name, int) else number if rising else None)
        for name, number in zip(names, last, strict=True)
    ]


def _scenes(data: DataSet, notes: list[str], path: Path, fps: float) -> Iterator[Scene]:
    bodies = _bodies(data)
    people: dict[int | str, list[Annotation]] = {image.id: [] for image in data.images}
    crowds = others = astray = 0
    for row in data.annotations:
        crowds += row.iscrowd != 0
        others += row.category_id not in bodies
        astray += row.image_id not in people
        if not row.iscrowd and row.category_id in bodies and row.image_id in people:
            people[row.image_id].append(row)
    for count, what in ((crowds, "crowds"), (others, "things that are not people"), (astray, "pictures that are not listed")):
        if count:
            notes.append(f"{path}: {count} annotations of {what} are left out")
    body = next(iter(bodies.values()))
    if any(image.time is None for image in data.images):
        notes.append(f"{path}: no times in this file; {fps:g} pictures a second are taken")
    for i, image in enumerate(data.images):
        index = i if image.frame is None else image.frame
        group = people.pop(image.id, [])
        try:
            crowd = _people(group, bodies[group[0].category_id] if group else body)
            size = (image.width, image.height) if image.width and image.height else _size(crowd)
            fits(crowd, size)
            yield Scene(index, index / fps if image.time is None else image.time, size, crowd)
        except (ValueError, OverflowError) as error:
            raise FormatError(f"{path}: picture {image.id}: {error}") from error


def _bodies(data: DataSet) -> dict[int, Skeleton]:
    """Skeleton by category, of those that are people."""
    whole = {row.category_id for row in data.annotations if _is_whole(row)}
    longest = max((len(row.keypoints) for row in data.annotations), default=0)
    fallback = skeleton("wholebody133" if whole else "coco17" if longest else "boxes")
    if not data.categories:
        return {1: fallback}
    bodies = {
        c.id: skeleton("wholebody133") if c.id in whole else _body(c.keypoints) if c.keypoints else fallback
        for c in data.categories
        if c.name == "person" or c.keypoints
    }
    if not bodies:
        raise FormatError("no category is called person or has keypoints")
    return bodies


def _is_whole(row: Annotation) -> bool:
    parts = (row.foot_kpts, row.face_kpts, row.lefthand_kpts, row.righthand_kpts)
    return any(parts) or len(row.keypoints) // 3 in (133, *HALPE)


def _body(joints: list[str]) -> Skeleton:
    known = body_of(tuple(joints))
    return Skeleton("custom", tuple(joints)) if known is None else known


def _people(rows: list[Annotation], body: Skeleton) -> People:
    if not rows:
        return People.empty(body)
    k = len(body)
    wrong = [row for row in rows if len(row.bbox or row.box) not in (0, 4)]
    if wrong:
        raise FormatError(f"expected 4 numbers in bbox, got {len(wrong[0].bbox or wrong[0].box)}")
    whole = body == skeleton("wholebody133")
    flat = [(_whole(row) if whole else row.keypoints) or [0.0] * (3 * k) for row in rows]
    if any(len(numbers) != 3 * k for numbers in flat):
        odd = next(len(numbers) for numbers in flat if len(numbers) != 3 * k)
        raise FormatError(f"expected {3 * k} numbers in keypoints, got {odd}")
    triples = np.array(flat).reshape(len(rows), k, 3)
    scores = _scores(rows, triples[:, :, 2])
    points = triples[:, :, :2]
    around = np.nan_to_num(points_box(points, scores))
    boxes = np.array([_corners(row.bbox or row.box) if row.bbox or row.box else around[i] for i, row in enumerate(rows)])
    return People(
        boxes,
        np.clip([row.score for row in rows], 0, 1),
        points,
        scores,
        body,
        np.array([_identity(row) for row in rows]),
        None,
        _outlines(rows),
    )


def _whole(row: Annotation) -> list[float]:
    """The 133 joints of a person in one list of 399 numbers, whichever way they came."""
    order = HALPE.get(len(row.keypoints) // 3)
    if order is not None and len(row.keypoints) % 3 == 0:
        joints = [row.keypoints[3 * i : 3 * i + 3] for i in order]
        return [number for joint in joints for number in joint] + [0.0] * (399 - 3 * len(order))
    if len(row.keypoints) > 51:
        return row.keypoints
    given = (row.keypoints, row.foot_kpts, row.face_kpts, row.lefthand_kpts, row.righthand_kpts)
    out: list[float] = []
    for (part, (first, end)), numbers in zip(WHOLE_PARTS.items(), given, strict=True):
        if len(numbers) not in (0, 3 * (end - first)):
            raise FormatError(f"expected {3 * (end - first)} numbers for the {part}, got {len(numbers)}")
        out += numbers or [0.0] * (3 * (end - first))
    return out


def _identity(row: Annotation) -> int:
    """The track: COCO-style track_id, or AlphaPose's idx (a number, also in a list)."""
    given = row.idx[0] if isinstance(row.idx, list) and row.idx else row.idx
    return row.track_id if row.track_id >= 0 or isinstance(given, list) else max(-1, int(given))


def _scores(rows: list[Annotation], marks: Array) -> Array:
    """Scores of the joints: ours, else the third numbers: 0, 1, 2 in a data set, a score in results."""
    given = [row.keypoint_scores for row in rows]
    ours = [scores for scores in given if scores is not None and len(scores) == marks.shape[1]]
    return np.array(ours) if len(ours) == len(rows) else np.clip(marks, 0, 1)


def _corners(box: list[float]) -> list[float]:
    left, top, width, height = box
    return [left, top, left + width, top + height]


def _outlines(rows: list[Annotation]) -> Masks | None:
    """Masks if every person has a packed one; polygons are not drawn."""
    masks = [_masks.decode(row.segmentation) for row in rows if _packed(row.segmentation)]
    if not masks or len(masks) < len(rows) or len({mask.size for mask in masks}) > 1:
        return None
    return row_masks(masks)


def _packed(segmentation: Any) -> bool:
    value = bytes(segmentation)
    return value.startswith(b"{") and b'"counts":"' in value.replace(b" ", b"")


def _size(people: People) -> tuple[int, int]:
    if people.masks is not None:
        return people.masks.size
    corners = np.concatenate([people.boxes[:, 2:], np.ones((1, 2))])
    width, height = np.ceil(corners.max(axis=0))
    return int(width), int(height)
