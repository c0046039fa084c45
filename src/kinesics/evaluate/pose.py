"""Pose models held against labelled pictures and against a published model's joints."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FormatError, JobError, UsageError
from ..metrics.keypoints import PoseTruth, keypoint_ap
from ..metrics.temporal import distance, jitter, lag
from ..pose import PoseModel, Smoother, pose_model, smooth_clip
from ..types import Array, People, PoseSequence, skeleton

__all__ = ["eval_golden", "eval_pose", "golden_folder", "read_coco"]

REFERENCE = "reference"
ROUNDS = 2  # times each picture is timed; the better one counts, which leaves out what other programs took


def eval_pose(
    folder: str | PathLike[str],
    pose: str | PoseModel | Sequence[str] = "balanced",
    *,
    step: Callable[[int], None] = lambda done: None,
) -> dict[str, float]:
    """Average precision and time of pose models on COCO-labelled pictures, beside the reference in the same run.

    The models take turns picture by picture, so that whatever slows the machine slows all of them.

    Args:
        folder: holds `person_keypoints*.json` and, somewhere below it, the pictures.
        pose: a name, a model, or several names.
        step: called with the number of pictures done.

    Returns:
        AP AP50 AP75 AP_medium AP_large AR (0 to 100), images, people, ms_p50 ms_p95 ms_mean, and of the reference (one look at
        the whole picture, 320 pixels long) reference_AP reference_ms_p50, gain_AP = AP - reference_AP, ratio_ms = ms_p50 over
        the reference's, ratio_ms_mean. With several names each key of a model ends in `_<name>`.

    Raises:
        FormatError: the labels are missing or damaged.
        SourceError: a picture is missing or damaged.
        WeightsError: a model's nets are not installed.
    """
    names = [pose] if not isinstance(pose, Sequence) or isinstance(pose, str) else list(pose)
    if not names:
        raise UsageError("eval_pose: expected at least one pose model, got none")
    pictures, truth = zip(*read_coco(folder), strict=True)
    models = {REFERENCE: pose_model(REFERENCE)} | {str(name): pose_model(name) for name in names if name != REFERENCE}
    found, seconds = _take_turns(models, pictures, step)
    base = _numbers(truth, found[REFERENCE], seconds[REFERENCE])
    result: dict[str, float] = {
        "images": len(truth),
        "people": int(sum((~t.ignore).sum() for t in truth)),
        "reference_AP": base["AP"],
        "reference_ms_p50": base["ms_p50"],
        "reference_ms_mean": base["ms_mean"],
    }
    for name in names:
        own = _numbers(truth, found[str(name)], seconds[str(name)])
        own["gain_AP"] = own["AP"] - base["AP"]
        own["ratio_ms"] = own["ms_p50"] / base["ms_p50"]
        own["ratio_ms_mean"] = own["ms_mean"] / base["ms_mean"]
        result |= own if len(names) == 1 else {f"{key}_{name}": value for key, value in own.items()}
    return result


def _take_turns(
    models: dict[str, PoseModel], pictures: Sequence[Path], step: Callable[[int], None]
) -> tuple[dict[str, list[People]], dict[str, Array]]:
    """What each model finds in each picture, and its best time for it in seconds."""
    from ..video import load_image

    found: dict[str, list[People]] = {name: [] for name in models}
    seconds = {name: np.full(len(pictures), np.inf) for name in models}
    for number, path in enumerate(pictures):
        image = load_image(path)
        if number == 0:
            for model in models.values():  # buffers are made on the first call
                model(image)
        for turn in range(ROUNDS):
            for name, model in models.items():
                start = time.perf_counter()
                people = model(image)
                seconds[name][number] = min(seconds[name][number], time.perf_counter() - start)
                if turn == 0:
                    found[name].append(people)
        step(number + 1)
    return found, seconds


def _numbers(truth: Sequence[PoseTruth], found: Sequence[People], seconds: Array) -> dict[str, float]:
    ap = keypoint_ap(truth, found)
    ms = 1000 * seconds
    return {key: ap[key] for key in ("AP", "AP50", "AP75", "AP_medium", "AP_large", "AR")} | {
        "ms_p50": float(np.median(ms)),
        "ms_p95": float(np.percentile(ms, 95)),
        "ms_mean": float(ms.mean()),
    }


def read_coco(folder: str | PathLike[str]) -> list[tuple[Path, PoseTruth]]:
    """Pictures and labelled people of a COCO keypoint set, in the order of the file; pictures without labels are included.

    Args:
        folder: holds one `person_keypoints*.json`, here or below, and the pictures it names.

    Raises:
        FormatError: no such file, more than one, or not what it should be.
    """
    folder = Path(folder)
    files = sorted(folder.rglob("person_keypoints*.json"))
    if len(files) != 1:
        what = ", ".join(f.name for f in files) or "none"
        raise FormatError(f"{folder}: expected one person_keypoints*.json in it, found {what}; give a folder with one set")
    try:
        labels = json.loads(files[0].read_text("utf-8"))
        people: dict[int, list[dict[str, Any]]] = {image["id"]: [] for image in labels["images"]}
        for row in labels["annotations"]:
            people[row["image_id"]].append(row)
        at = _places(folder, [image["file_name"] for image in labels["images"]], files[0])
        pairs = [(at[image["file_name"]], _truth(people[image["id"]])) for image in labels["images"]]
    except (UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, FormatError):
            raise
        raise FormatError(f"{files[0]}: not COCO keypoints ({type(error).__name__}: {error})") from error
    if not pairs:
        raise FormatError(f"{files[0]}: it names no pictures")
    return pairs


def _places(folder: Path, names: list[str], labels: Path) -> dict[str, Path]:
    """Where each picture lies, wherever below the folder."""
    below = {path.name: path for path in sorted(folder.rglob("*")) if path.suffix.lower() in (".jpg", ".jpeg", ".png")}
    missing = [name for name in names if Path(name).name not in below]
    if missing:
        raise FormatError(f"{labels}: the picture {missing[0]} is not below {folder} ({len(missing)} of {len(names)} missing)")
    return {name: below[Path(name).name] for name in names}


def _truth(rows: list[dict[str, Any]]) -> PoseTruth:
    joints = np.array([row["keypoints"] for row in rows], float).reshape(len(rows), 17, 3)
    boxes = np.array([row["bbox"] for row in rows], float).reshape(len(rows), 4)
    boxes[:, 2:] += boxes[:, :2]
    areas = np.array([row["area"] for row in rows], float)
    crowd = np.array([row.get("iscrowd", 0) for row in rows], bool)
    return PoseTruth(joints[..., :2], joints[..., 2].astype(int), boxes, areas, crowd)


def golden_folder() -> Path:
    """Where the golden clip lies: below $KINESICS_DATA, or below the folder of real data beside this checkout."""
    return Path(os.environ.get("KINESICS_DATA", "../shared/data")) / "video" / "tfjs"


def eval_golden(
    folder: str | PathLike[str], pose: str | PoseModel = "accurate", *, step: Callable[[int], None] = lambda done: None
) -> dict[str, float]:
    """A pose model on one person's video against the published joints of another (already smoothed) model.

    Args:
        folder: holds `pose_1.mp4` and `pose_1.json`: a list with one mapping a frame, joint name to {"x", "y"} in pixels.
        pose: a name or a model; it sees every frame, the best person counts.
        step: called with the number of frames done.

    Returns:
        mean_px p95_px jitter_px lag_frames with `Smoother` at its defaults, the same with raw_ in front without it and with
        offline_ by `smooth_clip`; golden_jitter_px, frames. Lags are against the raw joints.

    Raises:
        FormatError, SourceError: a file is missing or damaged.
    """
    truth = _read_golden(Path(folder) / "pose_1.json")
    clip, smoothed = _follow(Path(folder) / "pose_1.mp4", pose_model(pose), step)
    if len(clip) != len(truth):
        raise JobError(f"{folder}: {len(truth)} labelled frames, and {len(clip)} frames with a person")
    raw = clip.points[:, 0, :, :2].astype(float)
    offline = smooth_clip(clip).points[:, 0, :, :2].astype(float)
    scores = clip.scores[:, 0]
    result: dict[str, float] = {"frames": len(truth), "golden_jitter_px": jitter(truth)}
    for prefix, points in (("raw_", raw), ("", smoothed), ("offline_", offline)):
        gap = distance(truth, points)
        result[prefix + "mean_px"] = float(np.nanmean(gap))
        result[prefix + "p95_px"] = float(np.nanpercentile(gap, 95))
        result[prefix + "jitter_px"] = jitter(points, scores)
        if prefix != "raw_":
            result[prefix + "lag_frames"] = lag(raw, points)
    return result


def _read_golden(path: Path) -> Array:
    """(t, 17, 2) pixels."""
    try:
        frames = json.loads(path.read_text("utf-8"))
        return np.array([[[f[j]["x"], f[j]["y"]] for j in skeleton("coco17").joints] for f in frames], float)
    except FileNotFoundError as error:
        raise FormatError(f"{path}: no such file; expected the published joints of pose_1.mp4") from error
    except (UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise FormatError(f"{path}: expected a list of mappings from joint names to x and y ({error})") from error


def _follow(path: Path, model: PoseModel, step: Callable[[int], None]) -> tuple[PoseSequence, Array]:
    """The best person of each frame as a clip, and the same smoothed as the frames went by: (t, 17, 2)."""
    smoother = Smoother()
    people, smoothed, times = [], [], []
    for number, (seconds, image) in enumerate(_pictures(path), 1):
        found = model(image)
        if len(found):
            best = found[[int(np.argmax(found.score))]].with_ids([0])
            people.append(best)
            smoothed.append(smoother.update(best, seconds).points[0, :, :2])
            times.append(seconds)
        step(number)
    if not people:
        raise JobError(f"{path}: the model finds nobody in it")
    return PoseSequence.from_people(people, times), np.array(smoothed, float)


def _pictures(path: Path) -> Iterator[tuple[float, Array]]:
    from ..video import open_source

    with open_source(str(path)) as source:
        for frame in source:
            yield frame.time, frame.image
