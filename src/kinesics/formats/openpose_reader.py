"""OpenPose JSON to scenes: a folder with a file for each frame, or one such file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from ..errors import FormatError, UsageError
from ..geometry import points_box
from ..types import Array, People, Scene, Skeleton, skeleton
from .bodies import WHOLE_PARTS
from .decode import from_json
from .input import whole
from .openpose import FACE, FILE, MODELS, OTHER_NAMES, PARTS

__all__ = ["is_openpose_json", "read_openpose"]


class Person(msgspec.Struct):
    """What is read of one person."""

    pose_keypoints_2d: list[float] = []
    face_keypoints_2d: list[float] = []
    hand_left_keypoints_2d: list[float] = []
    hand_right_keypoints_2d: list[float] = []
    person_id: int | list[int] = -1


class Picture(msgspec.Struct):
    """What is read of one file; time and size are ours."""

    people: list[Person]
    time: float | None = None
    size: tuple[int, int] | None = None


_pictures = msgspec.json.Decoder(Picture)


def is_openpose_json(head: bytes) -> bool:
    """Whether the beginning of a .json file is one frame of OpenPose."""
    return b'"pose_keypoints_2d"' in head and b'"image_id"' not in head


def read_openpose(
    path: Path, notes: list[str], *, fps: float | None = None, size: tuple[int, int] | None = None, body: str = "auto"
) -> Iterator[Scene]:
    """Scenes of a folder (or of one file), in the order of the numbers in the files' names.

    OpenPose has no boxes and no score of a person: the joints' extent and their mean score are taken.

    Args:
        path: the folder.
        notes: gets a line for each guess.
        fps: frames a second where the files have no times; 30 if not given.
        size: (width, height) where the files have none; the extent of each frame's joints if not given.
        body: skeleton to read to: coco17 (leaves out neck, mid-hip and feet), wholebody133 (without neck, mid-hip, pupils),
            auto for wholebody133 if the first frame with people has faces or hands, else coco17; or openpose for all joints
            of the body as they are.
    """
    if body not in ("auto", "coco17", "openpose", "wholebody133"):
        raise UsageError(f"body should be auto, coco17, wholebody133 or openpose, got {body!r}")
    files = _files(path)
    body = _looked_up(files) if body == "auto" else body
    for n, (number, file) in enumerate(files):
        try:
            picture = from_json(_pictures, whole(file))
        except FormatError as error:
            if n and n == len(files) - 1:
                notes.append(f"{file}: the last file was cut off and is left out")
                return
            raise FormatError(f"{file}: {error}") from error
        if n == 0 and picture.time is None and fps is None:
            notes.append(f"{path}: OpenPose files hold no times; 30 frames a second are taken")
        try:
            people = _people(picture.people, body)
            time = number / (fps or 30.0) if picture.time is None else picture.time
            yield Scene(number, time, picture.size or size or _extent(people), people)
        except ValueError as error:
            raise FormatError(f"{file}: {error}") from error


def _files(path: Path) -> list[tuple[int, Path]]:
    if not path.is_dir():
        hit = FILE.fullmatch(path.name)
        return [(int(hit[1]) if hit else 0, path)]
    try:
        names = os.listdir(path)
    except OSError as error:
        raise FormatError(f"{path}: cannot be read: {error.strerror}") from error
    files = sorted((int(hit[1]), path / name) for name in names if (hit := FILE.fullmatch(name)))
    if not files and names:
        raise FormatError(f"{path}: no files called …_keypoints.json in this folder")
    return files


def _looked_up(files: list[tuple[int, Path]]) -> str:
    """The skeleton to read to, from the first file that holds people."""
    for _, file in files:
        try:
            people = from_json(_pictures, whole(file)).people
        except FormatError:
            break  # is told in its turn
        if people:
            return "wholebody133" if any(getattr(row, name) for row in people for name in PARTS) else "coco17"
    return "coco17"


def _people(rows: list[Person], body: str) -> People:
    lengths = {len(row.pose_keypoints_2d) for row in rows}
    names = next((n for n in MODELS.values() if lengths == {3 * len(n)}), MODELS["BODY_25"] if not rows else None)
    if names is None:
        raise FormatError(f"expected 75 (BODY_25) or 54 (COCO) numbers for each person, got {sorted(lengths)}")
    ours = Skeleton(f"openpose{len(names)}", names) if body == "openpose" else skeleton(body)
    if not rows:
        return People.empty(ours)
    triples = np.array([row.pose_keypoints_2d for row in rows]).reshape(len(rows), len(names), 3)
    triples = (
        _whole(triples, names, rows) if body == "wholebody133" else triples[:, [names.index(joint) for joint in ours.joints]]
    )
    points, scores = triples[:, :, :2], np.clip(triples[:, :, 2], 0, 1)
    seen = scores > 0
    sure = scores.sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    ids = [row.person_id[0] if isinstance(row.person_id, list) and row.person_id else row.person_id for row in rows]
    boxes = points_box(points, scores)
    return People(
        np.where(np.isnan(boxes), 0.0, boxes), sure, points, scores, ours, np.array([-1 if i == [] else i for i in ids])
    )


def _whole(triples: Array, names: tuple[str, ...], rows: list[Person]) -> Array:
    """(n, 133, 3) of a body's joints and the lists of face and hands; zeros where a list is empty."""
    out = np.zeros((len(rows), 133, 3))
    for joint, name in enumerate(skeleton("wholebody133").joints[: WHOLE_PARTS["foot"][1]]):
        name = OTHER_NAMES.get(name, name)
        if name in names:
            out[:, joint] = triples[:, names.index(name)]
    for i, row in enumerate(rows):
        for field, part in PARTS.items():
            first, end = WHOLE_PARTS[part]
            numbers, allowed = getattr(row, field), {0, 3 * (end - first)} | ({3 * FACE} if part == "face" else set())
            if len(numbers) not in allowed:
                raise FormatError(f"expected {max(allowed)} numbers in {field}, got {len(numbers)}")
            if numbers:
                out[i, first:end] = np.array(numbers).reshape(-1, 3)[: end - first]
    return out


def _extent(people: People) -> tuple[int, int]:
    corners = np.concatenate([people.boxes[:, 2:], np.ones((1, 2))])
    width, height = np.ceil(corners.max(axis=0))
    return int(width), int(height)
