"""A depth model on made people, or on a labelled set of real ones: precision of joints, parts, and left taken for right."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..bodies import PARTS
from ..depth.anatomy import VOTED, mirror_order
from ..depth.joints import DECODERS, Found, JointFinder
from ..depth.tuning import person_of
from ..errors import FormatError, UsageError
from ..metrics.calibration import reliability_of
from ..metrics.joints3d import joint_precision, left_right_swapped
from ..types import Array, skeleton

if TYPE_CHECKING:
    from ..bodies.views import ViewMaker
    from ..depth.model_file import DepthModel
    from .depth_sets import DepthClip

#: Made people are drawn from these seeds for measuring and from none of them for training.
TEST_SEED = 900_001
SCORED = len(skeleton("kinect20"))  # the first joints of `VOTED`


def unseen_views(seed: int = TEST_SEED) -> ViewMaker:
    """Views of bodies and poses that no training sees: one person, from all sides alike."""
    from ..bodies.pose_bank import PoseBank
    from ..bodies.views import ViewMaker

    return ViewMaker(seed, yaw="round", bank=PoseBank(seed + 1, poses=5000))


def eval_depth_made(
    model: DepthModel,
    *,
    count: int = 2000,
    decoders: Sequence[str] = tuple(DECODERS),
    seed: int = TEST_SEED,
    step: Callable[..., None] = lambda done, **facts: None,
) -> dict[str, Any]:
    """Each decoder on the same made people: bodies and poses unseen, every side, every sensor.

    Precision is Shotton's (2011, section 4.1): hidden joints are not missed, all proposals count; `_all` counts hidden
    joints too.

    Args:
        model: with what its decoders learned.
        count: people.
        decoders: which.
        seed: of the people.
        step: is told how many are done.

    Returns:
        for each decoder `map_10cm_NAME`, `map_10cm_all_NAME`, `left_right_swaps_NAME`, `error_cm_NAME` (median), `ms_NAME` and
        `calibration_NAME` (expected calibration error of its confidences); of the best, without a name; `part_recall`,
        `pixel_accuracy`, `people`, and `joints`: precision by joint and decoder.
    """
    if count < 1:
        raise UsageError(f"count should be at least 1, got {count}")
    maker = unseen_views(seed)
    finders = {name: JointFinder(model, name) for name in decoders}
    answers: dict[str, list[Found]] = {name: [] for name in decoders}
    spent = dict.fromkeys(decoders, 0.0)
    truth, visible, confusion = [], [], np.zeros((len(PARTS), len(PARTS)), np.int64)
    for index in range(count):
        view = maker.view(index)
        depth, joints, seen = person_of(view)
        if not depth.any():
            continue
        truth.append(joints[:SCORED])
        visible.append(seen[:SCORED])
        for name, finder in finders.items():
            start = time.process_time()
            answers[name].append(finder(depth, view.camera))
            spent[name] += time.process_time() - start
        confusion += _part_confusion(model, view, depth)
        step(index + 1)
    if not truth:
        raise FormatError("no view shows anybody; this is a fault of the views")
    values: dict[str, Any] = {"people": len(truth)}
    for name in decoders:
        values |= _decoder_values(name, answers[name], np.array(truth), np.array(visible))
        values[f"ms_{name}"] = 1e3 * spent[name] / len(truth)
    best = max(decoders, key=lambda name: float(values[f"map_10cm_{name}"]))
    for key in ("map_10cm", "map_10cm_all", "left_right_swaps", "error_cm"):
        values[key] = values[f"{key}_{best}"]
    rows = confusion[1:].sum(axis=1)
    values["part_recall"] = float(np.mean(confusion[1:, :].diagonal(1)[rows > 0] / rows[rows > 0]))
    values["pixel_accuracy"] = float(confusion[1:].diagonal(1).sum() / max(rows.sum(), 1))
    values["best"] = best
    values["joints"] = {name: values.pop(f"joints_{name}") for name in decoders}
    return values


def _part_confusion(model: DepthModel, view: Any, depth: Array) -> Array:
    """(32, 32) pixels by true and given part."""
    rows, columns = np.nonzero(depth)
    rows, columns = rows[::7].astype(np.int32), columns[::7].astype(np.int32)
    given = model.forest.label(depth, view.camera, rows, columns).argmax(axis=1)
    table = np.zeros((len(PARTS), len(PARTS)), np.int64)
    np.add.at(table, (view.parts[rows, columns], given), 1)
    return table


def _decoder_values(name: str, answers: Sequence[Found], truth: Array, visible: Array) -> dict[str, Any]:
    joints, sure = np.stack([a.joints[:SCORED] for a in answers]), np.stack([a.confidence[:SCORED] for a in answers])
    most = max(a.proposals.shape[1] for a in answers)
    proposals = np.stack([_padded(a.proposals[:SCORED], most, np.nan) for a in answers])
    chances = np.stack([_padded(a.proposal_confidence[:SCORED], most, 0.0) for a in answers])
    everything = np.ones_like(visible)
    by_joint = joint_precision(proposals, chances, truth, visible, 0.10)
    errors = np.linalg.norm(joints - truth, axis=-1)
    right = np.nan_to_num(errors, nan=9.0) <= 0.10
    return {
        f"map_10cm_{name}": float(np.nanmean(by_joint)),
        f"map_10cm_all_{name}": float(np.nanmean(joint_precision(proposals, chances, truth, everything, 0.10))),
        f"pck_10cm_{name}": float(right.mean()),
        f"left_right_swaps_{name}": float(left_right_swapped(joints, truth, mirror_order()[:SCORED]).mean()),
        f"error_cm_{name}": float(100 * np.nanmedian(errors)),
        f"calibration_{name}": reliability_of(sure.ravel(), right.ravel()).error,
        f"joints_{name}": dict(zip(VOTED[:SCORED], by_joint.round(4).tolist(), strict=True)),
    }


def _padded(rows: Array, most: int, fill: float) -> Array:
    out = np.full((len(rows), most, *rows.shape[2:]), fill, np.float32)
    out[:, : rows.shape[1]] = rows
    return out


# ------------------------------------------------------------------------------------------------------------------ real people
def eval_depth_set(
    model: DepthModel,
    folder: str | Path,
    *,
    decoder: str = "fit",
    stride: int = 1,
    step: Callable[..., None] = lambda done, **facts: None,
) -> dict[str, Any]:
    """A decoder on a labelled set of real depth: precision at 10 and 15 cm.

    The set's joints are a sensor's own, which lie elsewhere in the body than ours. What lies between is constant, and taken
    from the other subjects: one length along the ray for all joints (`map_15cm_ray`), or for each joint a length and a
    direction (`map_15cm`). `_raw` is without either.

    Args:
        model: with what its decoders learned.
        folder: as `read_depth_set` reads it.
        decoder: which.
        stride: every how many frames of a clip are measured; all are looked at.
        step: is told how many clips are done.
    """
    from .depth_sets import read_depth_set

    found, truth, sure, subjects = [], [], [], []
    finder = JointFinder(model, decoder)
    start, frames = time.process_time(), 0
    for number, clip in enumerate(read_depth_set(folder), 1):
        joints, chances = _followed(finder, clip)
        frames += len(joints)
        kept = slice(None, None, stride)
        found.append(joints[kept])
        sure.append(chances[kept])
        truth.append(clip.joints[kept])
        subjects += [clip.subject] * len(joints[kept])
        step(number, clip=clip.name)
    if not found:
        raise FormatError(f"{folder}: expected labelled depth clips, found none")
    spent = time.process_time() - start
    given, real, chance = np.concatenate(found), np.concatenate(truth), np.concatenate(sure)
    values = measured_across(given, real, chance, np.array(subjects))
    return {**values, "frames": frames, "subjects": len(set(subjects)), "ms_per_frame": 1e3 * spent / max(frames, 1)}


def _followed(finder: JointFinder, clip: DepthClip) -> tuple[Array, Array]:
    """Joints (t, 20, 3) and their confidence (t, 20) of one clip."""
    joints, chances, previous = [], [], None
    for picture in clip.depth:
        previous = finder(picture, clip.camera, previous=previous)
        joints.append(previous.joints[:SCORED])
        chances.append(previous.confidence[:SCORED])
    return np.stack(joints), np.stack(chances)


def measured_across(found: Array, truth: Array, sure: Array, subjects: Array) -> dict[str, Any]:
    """Precision with the constant offsets of the other subjects: (n, k, 3), (n, k, 3), (n, k), (n,) names."""
    there = np.asarray(np.isfinite(truth).all(axis=-1))
    swaps = left_right_swapped(found, truth, mirror_order()[:SCORED])
    by_ray, by_joint = found.copy(), found.copy()
    for subject in np.unique(subjects):
        mine = subjects == subject
        others = ~mine if (~mine).any() else mine
        ray, each = constant_offsets(found[others], truth[others])
        away = found[mine] / np.linalg.norm(found[mine], axis=-1, keepdims=True)
        by_ray[mine] = found[mine] + ray * away
        by_joint[mine] = found[mine] + each
    values: dict[str, Any] = {"left_right_swaps": float(swaps.mean())}
    kinds: Mapping[str, Array] = {"": by_joint, "_ray": by_ray, "_raw": found}
    for radius in (10, 15):
        for kind, joints in kinds.items():
            each = joint_precision(joints, sure, truth, there, radius / 100)
            values[f"map_{radius}cm{kind}"] = float(np.nanmean(each))
            if not kind:
                values[f"joints_{radius}cm"] = dict(zip(VOTED[:SCORED], each.round(4).tolist(), strict=True))
    values["error_cm"] = float(100 * np.nanmedian(np.linalg.norm(by_joint - truth, axis=-1)))
    return values


def constant_offsets(found: Array, truth: Array) -> tuple[float, Array]:
    """What must be added on the whole: metres along the ray, one for all joints; and (k, 3) metres, one for each joint."""
    missed = truth - found
    near = np.linalg.norm(missed, axis=-1) < 0.3
    along = (missed * found).sum(axis=-1) / np.linalg.norm(found, axis=-1)
    each = np.zeros(found.shape[1:])
    for joint in range(found.shape[1]):
        if near[:, joint].any():
            each[joint] = np.median(missed[near[:, joint], joint], axis=0)
    return (float(np.median(along[near])) if near.any() else 0.0), each


def precision_by_joint(values: Mapping[str, Any]) -> Iterable[tuple[str, list[float]]]:
    """Rows of the chart: a joint's name and its precision with each decoder."""
    by_decoder = values["joints"]
    for joint in VOTED[:SCORED]:
        yield joint, [by_decoder[name][joint] for name in by_decoder]
