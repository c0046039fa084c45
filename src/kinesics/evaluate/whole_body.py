"""Bodies in 3D and hands held against the published joints of two videos."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from os import PathLike
from pathlib import Path

import numpy as np

from ..errors import FormatError, SourceError, UsageError
from ..pose import PoseModel, pose_model
from ..types import Array

__all__ = ["eval_whole_body"]

BODY, HAND = "pose_squats", "asl_hand"  # how the published joints are called, and the videos begin
SHOULDERS, HIPS = [11, 12], [23, 24]
PICTURES, CUTOFF, BETA, SPEED_CUTOFF = 30.0, 0.05, 80.0, 1.0  # a second; Hz; Hz per size a second; Hz: as published
Look = Callable[[Array], tuple[Array, Array] | None]


def eval_whole_body(
    folder: str | PathLike[str],
    pose: str | PoseModel = "balanced",
    *,
    threads: int = 1,
    step: Callable[[int], None] = lambda done: None,
) -> dict[str, float]:
    """How far the joints of a body and of a hand are from those that the nets' own makers published for two videos.

    Body: 33 joints, found by the 17 of a pose model in every picture. Hand: 21 joints of the one hand of a video without a
    body.
    Published joints are filtered over time (One-Euro, as if there were 30 pictures a second), ours are as each picture showed
    them; `body_error_filtered` compares like with like.

    Args:
        folder: holds `pose_squats.mp4`, `pose_squats.full.json`, `pose_squats_3d.full.json` (lists with 33 x, y, z a frame, in
            pixels and in metres) and `asl_hand*.mp4`, `asl_hand.full.json` (21).
        pose: finds the body, a name or a model; the surest person counts.
        threads: of each net.
        step: called with the number of frames done, of both videos.

    Returns:
        body_error: mean distance of the joints, in lengths of the published trunk of that frame (middle of the shoulders to
        middle of the hips), over frames and joints; body_error_p95: of the mean over joints, the 95th percentile over frames;
        body_error_filtered: body_error of our joints after the published filter;
        world_error_m: metres, both with the hips' middle at the origin; hand_error, hand_error_p95: in longest sides of the
        published hand of that frame; body_found, hand_found: share of the frames in which there was an answer, the others do
        not count in the errors (NaN if there was none); frames of both videos.

    Raises:
        FormatError: published joints are missing, damaged, or of another number of frames.
        SourceError: a video is missing or damaged.
        UsageError: a pose model of another skeleton.
        WeightsError: a net is not installed.
    """
    folder = Path(folder)
    body, world = _published(folder / f"{BODY}.full.json", 33), _published(folder / f"{BODY}_3d.full.json", 33)
    hand = _published(folder / f"{HAND}.full.json", 21)
    clips = _clip(folder, BODY), _clip(folder, HAND)
    seen = _follow(clips[0], len(body), _body(pose_model(pose), threads), step)
    held = _follow(clips[1], len(hand), _hand(threads), lambda done: step(len(body) + done))
    trunk = np.linalg.norm(body[:, SHOULDERS, :2].mean(axis=1) - body[:, HIPS, :2].mean(axis=1), axis=-1)
    side = np.ptp(hand[..., :2], axis=1).max(axis=-1)
    result = _errors("body", [one and one[0] for one in seen], body, trunk)
    filtered = _filtered([one and one[0] for one in seen])
    result["body_error_filtered"] = _errors("body", filtered, body, trunk)["body_error"]
    result["world_error_m"] = _world_error([one and one[1] for one in seen], world)
    return result | _errors("hand", [one and one[0] for one in held], hand, side) | {"frames": len(body) + len(hand)}


def _published(path: Path, joints: int) -> Array:
    """(t, joints, 3)."""
    try:
        values = np.array(json.loads(path.read_text("utf-8")), float)
    except FileNotFoundError as error:
        raise FormatError(f"{path}: no such file; expected the published joints of a video") from error
    except (UnicodeDecodeError, json.JSONDecodeError, TypeError, ValueError) as error:
        raise FormatError(f"{path}: expected a list with {joints} x, y, z a frame ({error})") from error
    if values.ndim != 3 or values.shape[1:] != (joints, 3) or not len(values) or not np.isfinite(values).all():
        raise FormatError(f"{path}: expected a list with {joints} x, y, z a frame, got an array of {values.shape}")
    return values


def _clip(folder: Path, name: str) -> Path:
    found = sorted(folder.glob(f"{name}*.mp4"))
    if not found:
        raise SourceError(
            f"{folder}: there is no {name}*.mp4 in it; give the folder with the videos and their published joints"
        )
    return found[0]


def _body(model: PoseModel, threads: int) -> Look:
    from ..pose import BodyReader

    reader, before = BodyReader(threads), None

    def look(image: Array) -> tuple[Array, Array] | None:
        nonlocal before
        people = model(image)
        if people.skeleton.name != "coco17":
            raise UsageError(f"eval whole-body: expected a pose model of coco17, this one is of {people.skeleton.name}")
        if not len(people):
            before = None
            return None
        row = int(np.argmax(people.score))
        before = reader.read(image, people.points[row, :, :2], people.point_scores[row], before)
        return None if before is None else (before.sight.points[:, :2], before.sight.world)

    return look


def _hand(threads: int) -> Look:
    from ..pose.hands import HandReader

    reader, before = HandReader(threads), None

    def look(image: Array) -> tuple[Array, Array] | None:
        nonlocal before
        before = reader.find(image, before)
        return None if before is None else (before.points, before.sight.world)

    return look


def _follow(path: Path, frames: int, look: Look, step: Callable[[int], None]) -> list[tuple[Array, Array] | None]:
    seen = []
    for number, image in enumerate(_pictures(path), 1):
        seen.append(look(image))
        step(number)
    if len(seen) != frames:
        raise FormatError(f"{path}: {len(seen)} pictures, but published joints of {frames}")
    return seen


def _pictures(path: Path) -> Iterator[Array]:
    from ..video import open_source

    with open_source(str(path)) as source:
        for frame in source:
            yield frame.image


def _errors(name: str, found: list[Array | None], truth: Array, size: Array) -> dict[str, float]:
    """Distances in the picture, in shares of `size` (t,)."""
    there = [t for t, points in enumerate(found) if points is not None]
    gap = np.array([np.linalg.norm(found[t] - truth[t, :, :2], axis=-1).mean() / size[t] for t in there])
    return {
        f"{name}_error": float(gap.mean()) if there else float("nan"),
        f"{name}_error_p95": float(np.percentile(gap, 95)) if there else float("nan"),
        f"{name}_found": len(there) / len(truth),
    }


def _filtered(found: list[Array | None]) -> list[Array | None]:
    """The One-Euro filter (Casiez et al. 2012) with the settings of BlazePose's published chain; it starts anew after a gap."""
    out: list[Array | None] = []
    calm = raw = speed = None
    for points in found:
        if points is None or calm is None or raw is None or speed is None:
            calm, raw, speed = points, points, None if points is None else np.zeros(points.shape)
        else:
            rate = PICTURES / float(np.ptp(points, axis=0).mean())  # speeds are in sizes of the body a second
            speed = speed + _share(np.array(SPEED_CUTOFF)) * ((points - raw) * rate - speed)
            calm = calm + _share(CUTOFF + BETA * np.abs(speed)) * (points - calm)
            raw = points
        out.append(calm)
    return out


def _share(cutoff: Array) -> Array:
    """Share of a new value that a low pass of so many Hz takes."""
    return np.asarray(1 / (1 + PICTURES / (2 * np.pi * cutoff)))


def _world_error(found: list[Array | None], truth: Array) -> float:
    gaps = [
        np.linalg.norm(_centred(points) - _centred(true), axis=-1).mean()
        for points, true in zip(found, truth, strict=True)
        if points is not None
    ]
    return float(np.mean(gaps)) if gaps else float("nan")


def _centred(points: Array) -> Array:
    return np.asarray(points - points[HIPS].mean(axis=0))
