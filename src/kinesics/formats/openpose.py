"""Scenes as a folder of OpenPose JSON: one file a frame, `NAME_000000000012_keypoints.json`, BODY_25 or COCO (18 joints).

What OpenPose has and we have not is computed: the neck is the middle of the shoulders and the mid-hip that of the hips, each
with the smaller of the two scores. Small toes are never seen; big toes and heels only where the skeleton has feet. Beside
`people` a file holds `time` and `size`, which other readers pass over.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from ..errors import FormatError, SinkError, UsageError
from ..geometry import points_box
from ..types import Array, People, Scene, Skeleton, skeleton
from .decode import from_json
from .encode import to_json
from .input import whole
from .numbers import shortest
from .output import partial_path, sink_error, spare_path, writable

__all__ = ["MODELS", "OpenPoseWriter", "read_openpose"]

_ARMS = ("right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist")
_LEGS = ("right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle")
_HEAD = ("right_eye", "left_eye", "right_ear", "left_ear")
_FEET = ("left_foot_index", "left_small_toe", "left_heel", "right_foot_index", "right_small_toe", "right_heel")
MODELS = {
    "BODY_25": ("nose", "neck", *_ARMS, "mid_hip", *_LEGS, *_HEAD, *_FEET),
    "COCO": ("nose", "neck", *_ARMS, *_LEGS, *_HEAD),
}
_MIDDLES = {"neck": ("left_shoulder", "right_shoulder"), "mid_hip": ("left_hip", "right_hip")}
_OTHER_NAMES = {"shoulder_center": "neck", "hip_center": "mid_hip", "left_hand": "left_wrist", "right_hand": "right_wrist"}
_FILE = re.compile(r"(?:^|.*?_)(\d+)_keypoints\.json")
_NOTHING: dict[str, list[float]] = {
    f"{part}_keypoints_{dims}d": []
    for dims in (2, 3)
    for part in (("pose",) if dims == 3 else ()) + ("face", "hand_left", "hand_right")
}


class OpenPoseWriter:
    """Writes scenes as a folder of files, each complete when `write` returns.

    A folder that holds anything but such files is refused. One that does is replaced when the new one is complete.

    Args:
        path: the folder.
        source: gives the files their name.
        model: BODY_25 or COCO, the order and number of joints.
    """

    def __init__(self, path: str | Path, *, source: str | None = None, model: str = "BODY_25") -> None:
        if model not in MODELS:
            raise UsageError(f"model should be {' or '.join(MODELS)}, got {model!r}")
        self._folder, self._joints = writable(path, folder=True), MODELS[model]
        stem = Path(source).stem.encode("utf-8", "ignore")[:100].decode("utf-8", "ignore") if source else ""
        self._stem = stem or "frame"
        full = _refuse_strangers(self._folder)
        self._place = partial_path(self._folder) if full else self._folder
        self._made = not self._place.exists()
        try:
            if full:
                _clear(self._place)
            self._place.mkdir(exist_ok=True)
        except OSError as error:
            raise sink_error(self._folder, error) from error

    def write(self, scene: Scene) -> None:
        """Write the file of one frame.

        Raises:
            SinkError: the skeleton has no shoulders (hands, boxes), so that OpenPose cannot say it; or the disk is full.
        """
        values = {"version": 1.3, "people": _people_rows(scene.people, self._joints)}
        text = to_json({**values, "time": scene.time, "size": list(scene.size)}, f"frame {scene.index}")
        path = self._place / f"{self._stem}_{scene.index:012d}_keypoints.json"
        try:
            path.write_bytes(text)
        except OSError as error:
            path.unlink(missing_ok=True)
            raise sink_error(self._folder, error) from error

    def close(self) -> None:
        """Give the folder its name."""
        if self._place == self._folder:
            return
        spare = spare_path(self._folder)
        try:
            _clear(spare)
            os.rename(self._folder, spare)
            os.rename(self._place, self._folder)
            shutil.rmtree(spare)
        except OSError as error:
            raise sink_error(self._folder, error) from error

    def discard(self) -> None:
        """Remove the files that were written, and the folder if it was made for them."""
        _clear(self._place)
        if not self._made:
            self._place.mkdir()


def _clear(folder: Path) -> None:
    """Remove a folder of OpenPose files; SinkError if there is anything else in it."""
    if folder.exists():
        _refuse_strangers(folder)
        shutil.rmtree(folder)


def _refuse_strangers(folder: Path) -> bool:
    """Whether there are files of an older run; SinkError if there are others."""
    try:
        names = os.listdir(folder) if folder.exists() else []
    except OSError as error:
        raise sink_error(folder, error) from error
    strangers = sorted(name for name in names if not _FILE.fullmatch(name))
    if strangers:
        raise SinkError(f"{folder}: the folder holds other things ({strangers[0][:60]}); name a new one for OpenPose files")
    return bool(names)


def _people_rows(people: People, names: tuple[str, ...]) -> list[dict[str, Any]]:
    if not len(people):
        return []
    flat = shortest(to_openpose(people, names)).reshape(len(people), -1).tolist()
    return [
        {"person_id": [identity], "pose_keypoints_2d": row, **_NOTHING}
        for identity, row in zip(people.ids.tolist(), flat, strict=True)
    ]


def to_openpose(people: People, names: tuple[str, ...]) -> Array:
    """(n, len(names), 3) float32 x, y, score in OpenPose's order; zeros where a joint is missing or unknown.

    Raises:
        SinkError: the skeleton has no shoulders.
    """
    column = {_OTHER_NAMES.get(name, name): i for i, name in reversed(list(enumerate(people.skeleton.joints)))}
    if "left_shoulder" not in column:
        raise SinkError(f"people of the skeleton {people.skeleton.name} cannot be written as OpenPose, which has whole bodies")
    known = np.concatenate([people.points[:, :, :2], people.point_scores[:, :, None]], axis=2)
    out = np.zeros((len(people), len(names), 3), np.float32)
    for j, name in enumerate(names):
        if name in column:
            out[:, j] = known[:, column[name]]
        elif name in _MIDDLES and all(part in column for part in _MIDDLES[name]):
            a, b = (known[:, column[part]] for part in _MIDDLES[name])
            out[:, j] = (a + b) / 2
            out[:, j, 2] = np.minimum(a[:, 2], b[:, 2])
    out[out[:, :, 2] == 0] = 0
    return out


# ----------------------------------------------------------------------------------------------------------------- reading
class Person(msgspec.Struct):
    """What is read of one person."""

    pose_keypoints_2d: list[float] = []
    person_id: int | list[int] = -1


class Picture(msgspec.Struct):
    """What is read of one file; time and size are ours."""

    people: list[Person]
    time: float | None = None
    size: tuple[int, int] | None = None


_pictures = msgspec.json.Decoder(Picture)


def read_openpose(
    path: Path, notes: list[str], *, fps: float | None = None, size: tuple[int, int] | None = None, body: str = "coco17"
) -> Iterator[Scene]:
    """Scenes of a folder (or of one file), in the order of the numbers in the files' names.

    OpenPose has no boxes and no score of a person: the joints' extent and their mean score are taken.

    Args:
        path: the folder.
        notes: gets a line for each guess.
        fps: frames a second where the files have no times; 30 if not given.
        size: (width, height) where the files have none; the extent of each frame's joints if not given.
        body: skeleton to read to: coco17 (leaves out neck, mid-hip and feet), or openpose for all joints as they are.
    """
    if body not in ("coco17", "openpose"):
        raise UsageError(f"body should be coco17 or openpose, got {body!r}")
    files = _files(path)
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
        hit = _FILE.fullmatch(path.name)
        return [(int(hit[1]) if hit else 0, path)]
    try:
        names = os.listdir(path)
    except OSError as error:
        raise FormatError(f"{path}: cannot be read: {error.strerror}") from error
    files = sorted((int(hit[1]), path / name) for name in names if (hit := _FILE.fullmatch(name)))
    if not files and names:
        raise FormatError(f"{path}: no files called …_keypoints.json in this folder")
    return files


def _people(rows: list[Person], body: str) -> People:
    lengths = {len(row.pose_keypoints_2d) for row in rows}
    names = next((n for n in MODELS.values() if lengths == {3 * len(n)}), MODELS["BODY_25"] if not rows else None)
    if names is None:
        raise FormatError(f"expected 75 (BODY_25) or 54 (COCO) numbers for each person, got {sorted(lengths)}")
    ours = skeleton("coco17") if body == "coco17" else Skeleton(f"openpose{len(names)}", names)
    if not rows:
        return People.empty(ours)
    triples = np.array([row.pose_keypoints_2d for row in rows]).reshape(len(rows), len(names), 3)
    triples = triples[:, [names.index(joint) for joint in ours.joints]]
    points, scores = triples[:, :, :2], np.clip(triples[:, :, 2], 0, 1)
    seen = scores > 0
    sure = scores.sum(axis=1) / np.maximum(seen.sum(axis=1), 1)
    ids = [row.person_id[0] if isinstance(row.person_id, list) and row.person_id else row.person_id for row in rows]
    boxes = points_box(points, scores)
    return People(
        np.where(np.isnan(boxes), 0.0, boxes), sure, points, scores, ours, np.array([-1 if i == [] else i for i in ids])
    )


def _extent(people: People) -> tuple[int, int]:
    corners = np.concatenate([people.boxes[:, 2:], np.ones((1, 2))])
    width, height = np.ceil(corners.max(axis=0))
    return int(width), int(height)
