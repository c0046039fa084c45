"""Made motions of made people, and a small real model of them: nearest mean of the plain embedding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from kinesics.actions.plain import PlainEmbedding
from kinesics.types import Array, PoseSequence, skeleton

BODY = skeleton("coco17")
AT = {name: i for i, name in enumerate(BODY.joints)}
# a standing figure, body lengths, x right and y down, hips at 0.5
_UP = [0.93, 0.95, 0.95, 0.94, 0.94, 0.82, 0.82, 0.64, 0.64, 0.5, 0.5, 0.52, 0.52, 0.28, 0.28, 0.04, 0.04]
_SIDE = [0, 0.02, -0.02, 0.04, -0.04, 0.11, -0.11, 0.13, -0.13, 0.13, -0.13, 0.07, -0.07, 0.07, -0.07, 0.07, -0.07]
STAND = np.stack([np.array(_SIDE), 1 - np.array(_UP)], 1)


def rise(share: Array) -> Array:
    """From 0 to 1 and back, smoothly, as `share` goes from 0 to 1."""
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * np.clip(share, 0, 1)))


def motion(label: str, seconds: float = 1.6, fps: float = 30.0) -> Array:
    """(t, 17, 2) of one action, beginning and ending at rest."""
    share = np.arange(round(seconds * fps) + 1) / round(seconds * fps)
    points = np.repeat(STAND[None], len(share), 0)
    up = rise(share)
    if label in ("raise", "wave", "pull"):
        side = "left" if label == "pull" else "right"
        sign = 1 if label == "pull" else -1
        shoulder, elbow, wrist = (AT[f"{side}_{part}"] for part in ("shoulder", "elbow", "wrist"))
        turn = np.pi * 0.9 * np.minimum(1.2 * up, 1) if label != "pull" else np.pi * 0.5 * up
        swing = 1.2 * np.sin(2 * np.pi * 3 * share) * (up > 0.3) if label == "wave" else 0
        points[:, elbow] = points[:, shoulder] + 0.18 * np.stack([sign * np.sin(turn), np.cos(turn)], 1)
        points[:, wrist] = points[:, elbow] + 0.16 * np.stack([sign * np.sin(turn + swing), np.cos(turn + swing)], 1)
    elif label == "squat":
        down = 0.28 * up
        upper = [i for name, i in AT.items() if not name.endswith(("knee", "ankle"))]
        points[:, upper, 1] += down[:, None]
        for side, sign in (("left", 1), ("right", -1)):
            points[:, AT[f"{side}_knee"]] += np.stack([sign * 0.3 * down, 0.5 * down], 1)
    return points


def still(seconds: float, fps: float = 30.0) -> Array:
    """(t, 17, 2) of standing."""
    return np.repeat(STAND[None], round(seconds * fps), 0)


def clip(
    *parts: Array,
    fps: float = 30.0,
    tall: float = 300.0,
    at: tuple[float, float] = (200.0, 80.0),
    seed: int = 0,
    noise: float = 0.002,
    identity: int = 0,
) -> PoseSequence:
    """The parts one after the other as a clip of pixels, one person."""
    rng = np.random.default_rng(seed)
    points = np.concatenate(parts)
    points = (points + rng.normal(0, noise, points.shape)) * tall + np.array(at)
    scores = np.full(points.shape[:2], 0.9)
    return PoseSequence(points[:, None], scores[:, None], np.arange(len(points)) / fps, BODY, np.array([identity]), (640, 480))


def examples(labels: Sequence[str] = ("pull", "raise", "squat"), each: int = 3) -> tuple[list[PoseSequence], list[str]]:
    """Clips to learn from, each a little different in length, size and place."""
    clips, names = [], []
    for label in labels:
        for k in range(each):
            parts = still(0.2), motion(label, 1.4 + 0.2 * k), still(0.2)
            clips.append(clip(*parts, tall=250 + 50 * k, at=(100 + 40 * k, 60), seed=k))
            names.append(label)
    return clips, names


class NearestMean:
    """A fitted action model of numpy alone: distance to each class's mean embedding, as a softmax."""

    def __init__(self, clips: list[PoseSequence], labels: list[str], warmth: float = 0.1, unknown: float = 0.6) -> None:
        self.embedding = PlainEmbedding(BODY)
        self.classes_ = tuple(sorted(set(labels)))
        self.skeleton_, self.unknown_, self.warmth = BODY, unknown, warmth
        self.rejects_ = True
        names, seconds = np.array(labels), np.array([c.times[-1] for c in clips])
        parts = [self.embedding.embed([c[: max(round(len(c) * share), 2)] for c in clips]) for share in (0.4, 0.6, 0.8, 1.0)]
        self.means = np.stack([[rows[names == label].mean(0) for rows in parts] for label in self.classes_])
        self.durations_ = np.stack([[np.median(seconds[names == x]), seconds[names == x].std()] for x in self.classes_])

    def _proba(self, row: Array) -> Array:
        far = ((self.means - row) ** 2).sum(-1).min(1)  # (c,) to the nearest of what each class has shown by then
        near = np.exp(-(far - far.min()) / self.warmth)
        return np.asarray(near / near.sum() * np.exp(-max(0.0, far.min() - 1.0)))

    def stepper(self) -> Any:
        inner, model = self.embedding.stepper(), self

        class Steps:
            push = inner.push

            def proba(self, since: float | None = None) -> Array:
                return model._proba(inner.embed(since))

        return Steps()
