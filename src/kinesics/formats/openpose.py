"""Scenes as a folder of OpenPose JSON: one file a frame, `NAME_000000000012_keypoints.json`, BODY_25 or COCO (18 joints).

What OpenPose has and we have not is computed: the neck is the middle of the shoulders and the mid-hip that of the hips, each
with the smaller of the two scores. Toes and heels are written only where the skeleton has feet, face (70 points: the 68 of
iBUG, and two pupils that nobody has seen) and hands (21) of a wholebody133. Beside `people` a file holds `time` and `size`,
which other readers pass over.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SinkError, UsageError
from ..types import Array, People, Scene, skeleton
from .bodies import WHOLE_PARTS
from .encode import to_json
from .numbers import shortest
from .output import partial_path, sink_error, spare_path, writable

__all__ = ["FACE", "FILE", "MODELS", "OTHER_NAMES", "PARTS", "OpenPoseWriter", "to_openpose"]

_ARMS = ("right_shoulder", "right_elbow", "right_wrist", "left_shoulder", "left_elbow", "left_wrist")
_LEGS = ("right_hip", "right_knee", "right_ankle", "left_hip", "left_knee", "left_ankle")
_HEAD = ("right_eye", "left_eye", "right_ear", "left_ear")
_FEET = ("left_foot_index", "left_small_toe", "left_heel", "right_foot_index", "right_small_toe", "right_heel")
MODELS = {
    "BODY_25": ("nose", "neck", *_ARMS, "mid_hip", *_LEGS, *_HEAD, *_FEET),
    "COCO": ("nose", "neck", *_ARMS, *_LEGS, *_HEAD),
}
_MIDDLES = {"neck": ("left_shoulder", "right_shoulder"), "mid_hip": ("left_hip", "right_hip")}
OTHER_NAMES = {
    **{"shoulder_center": "neck", "hip_center": "mid_hip", "left_hand": "left_wrist", "right_hand": "right_wrist"},
    **{"left_big_toe": "left_foot_index", "right_big_toe": "right_foot_index"},
}
FACE = 70  # points of OpenPose's face, the last two of which are the pupils
PARTS = {"face_keypoints_2d": "face", "hand_left_keypoints_2d": "lefthand", "hand_right_keypoints_2d": "righthand"}
FILE = re.compile(r"(?:^|.*?_)(\d+)_keypoints\.json")
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
    strangers = sorted(name for name in names if not FILE.fullmatch(name))
    if strangers:
        raise SinkError(f"{folder}: the folder holds other things ({strangers[0][:60]}); name a new one for OpenPose files")
    return bool(names)


def _people_rows(people: People, names: tuple[str, ...]) -> list[dict[str, Any]]:
    if not len(people):
        return []
    flat = _rows(to_openpose(people, names))
    parts = _part_rows(people)
    return [
        {"person_id": [identity], "pose_keypoints_2d": row, **_NOTHING, **{name: rows[i] for name, rows in parts.items()}}
        for i, (identity, row) in enumerate(zip(people.ids.tolist(), flat, strict=True))
    ]


def _rows(triples: Array) -> list[list[float]]:
    """(n, k, 3) as n flat lists."""
    return shortest(triples).reshape(len(triples), -1).tolist()


def _part_rows(people: People) -> dict[str, list[list[float]]]:
    """Face and hands of whole bodies, a list of numbers a person; nothing for other skeletons."""
    if people.skeleton != skeleton("wholebody133"):
        return {}
    known = np.concatenate([people.points[:, :, :2], people.point_scores[:, :, None]], axis=2)
    known[known[:, :, 2] == 0] = 0
    parts = {name: known[:, slice(*WHOLE_PARTS[part])] for name, part in PARTS.items()}
    face = parts["face_keypoints_2d"]
    parts["face_keypoints_2d"] = np.concatenate([face, np.zeros((len(face), FACE - face.shape[1], 3), np.float32)], axis=1)
    return {name: _rows(part) for name, part in parts.items()}


def to_openpose(people: People, names: tuple[str, ...]) -> Array:
    """(n, len(names), 3) float32 x, y, score in OpenPose's order; zeros where a joint is missing or unknown.

    Raises:
        SinkError: the skeleton has no shoulders.
    """
    column = {OTHER_NAMES.get(name, name): i for i, name in reversed(list(enumerate(people.skeleton.joints)))}
    if "left_shoulder" not in column:
        raise SinkError(
            f"people of the skeleton {people.skeleton.name} cannot be written as OpenPose, which has whole bodies; "
            "kinesics convert --whole-body changes them"
        )
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
