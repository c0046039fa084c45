"""Made people who walk about on a floor: boxes, joints on request, true ids, and a detector's faults in any dose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..geometry import box_area
from ..types import Array, People, skeleton

__all__ = ["walking_people"]

_SHAPE = 0.36  # width of a box, share of its height
_HORIZON = -0.2  # where people would have no height, share of the picture's height


def walking_people(
    people: int = 20,
    seconds: float = 10.0,
    fps: float = 30.0,
    drop: float = 0.05,
    seed: int = 0,
    *,
    size: tuple[int, int] = (1920, 1080),
    tall: float = 0.25,
    noise: float = 0.01,
    false: float = 0.0,
    hide: bool = False,
    joints: bool = False,
) -> list[tuple[People, float]]:
    """People who stroll, meet and pass; the same seed gives the same walks at any frame rate.

    Args:
        people: how many.
        seconds: for how long.
        fps: frames a second.
        drop: share of people that a frame misses, at random.
        seed: of all chance.
        size: (width, height) of the picture in pixels.
        tall: height of a person in the middle of the picture, share of the picture's height.
        noise: standard deviation of boxes and joints, share of the person's height.
        false: boxes a frame, on average, where nobody is; their id is -1.
        hide: whoever stands behind somebody nearer is seen less surely, with a box that is cut, and from two thirds covered on
            not at all.
        joints: give the joints of `coco17`, else boxes only.

    Returns:
        For each frame the people, whose ids are the true ones (0, 1, 2 …; trackers must not look at them), and its time.
    """
    walk = _walk(people, seconds, size, tall, np.random.default_rng([seed, 0]))
    chance = np.random.default_rng([seed, 1])
    return [
        (_seen(walk, at, size, chance, drop, noise, false, hide, joints), at)
        for at in (np.arange(round(seconds * fps)) / fps).tolist()
    ]


@dataclass(frozen=True)
class _Walk:
    """Where feet are at fine steps of time (steps, n, 2) pixels, and each person's traits."""

    step: float
    feet: Array
    heights: Array  # (steps, n)
    facing: Array  # (steps, n) cosine of the direction: 1 walks to the right, 0 towards or away from us
    build: Array  # (n,) width against others'
    pace: Array  # (n,) strides a second
    phase: Array  # (n,)


def _walk(people: int, seconds: float, size: tuple[int, int], tall: float, rng: np.random.Generator) -> _Walk:
    step = 1 / 60
    count = int(seconds / step) + 3
    low, high = np.array([0.03, 0.25]), np.array([0.97, 0.95])  # of the picture
    turn = np.cumsum(rng.normal(0, 0.6 * np.sqrt(step), (count, people)), axis=0) + rng.uniform(0, 2 * np.pi, people)
    speed = rng.uniform(0.4, 1.1, people)  # heights a second
    # the distance walked, folded back into the picture at its borders
    here = np.stack([np.cos(turn), 0.35 * np.sin(turn)], axis=-1) * (speed * tall)[None, :, None] * step
    here[..., 0] *= size[1] / size[0]
    place = rng.uniform(low, high, (people, 2)) + np.cumsum(here, axis=0)
    folded = np.abs((place - low) % (2 * (high - low)) - (high - low))
    place = high - folded
    feet = place * size
    scale = (place[..., 1] - _HORIZON) / (0.6 - _HORIZON)
    heights = tall * size[1] * scale * rng.uniform(0.9, 1.1, people)
    return _Walk(
        step,
        feet,
        heights,
        np.cos(turn),
        rng.uniform(0.85, 1.15, people),
        rng.uniform(0.7, 1.1, people),
        rng.uniform(0, 1, people),
    )


def _seen(
    walk: _Walk,
    time: float,
    size: tuple[int, int],
    rng: np.random.Generator,
    drop: float,
    noise: float,
    false: float,
    hide: bool,
    joints: bool,
) -> People:
    k = round(time / walk.step)
    feet, height = walk.feet[k], walk.heights[k]
    n = len(height)
    half = 0.5 * _SHAPE * height * walk.build
    boxes = np.stack([feet[:, 0] - half, feet[:, 1] - height, feet[:, 0] + half, feet[:, 1]], axis=1)
    covered = _covered(boxes) if hide else np.zeros(n)
    body = skeleton("coco17" if joints else "boxes")
    points = _figure(walk, time, k) if joints else np.zeros((n, 0, 2))
    boxes = boxes + rng.normal(0, 1, boxes.shape) * (noise * (1 + 2 * covered) * height)[:, None]
    points = points + rng.normal(0, 1, points.shape) * (noise * (1 + 2 * covered) * height)[:, None, None]
    boxes[:, 3] -= covered * 0.5 * height * (rng.random(n) < 0.7)  # what hides a person hides the legs first
    score = 1 / (1 + np.exp(-rng.normal(5 - 6 * covered, 1.2)))
    certainty = np.clip(rng.normal(0.8 - 0.6 * covered[:, None], 0.15, points.shape[:2]), 0, 1)
    certainty[certainty < 0.1] = 0
    shown = (rng.random(n) >= drop) & (covered < 0.67)
    found = People(boxes, score, points, certainty, body, np.arange(n))[rng.permutation(np.flatnonzero(shown))]
    extra = rng.poisson(false)
    return _with_false(found, extra, float(height.mean()) if n else 100.0, size, rng) if extra else found


def _covered(boxes: Array) -> Array:
    """Share of each box that boxes of nearer people (whose feet are lower in the picture) cover, at most."""
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    share = np.maximum(high - low, 0).prod(-1) / box_area(boxes)[:, None]
    nearer = boxes[None, :, 3] > boxes[:, None, 3]
    return np.asarray((share * nearer).max(axis=1, initial=0))


def _with_false(people: People, extra: int, height: float, size: tuple[int, int], rng: np.random.Generator) -> People:
    feet = rng.uniform((0, height), np.maximum(size, height + 1), (extra, 2))
    tall = height * rng.uniform(0.5, 1.5, extra)
    boxes = np.stack([feet[:, 0] - 0.2 * tall, feet[:, 1] - tall, feet[:, 0] + 0.2 * tall, feet[:, 1]], axis=1)
    k = len(people.skeleton)
    points = boxes[:, None, :2] + rng.random((extra, k, 2)) * (boxes[:, None, 2:] - boxes[:, None, :2])
    score = 1 / (1 + np.exp(-rng.normal(0, 1.2, extra)))
    return People(
        np.concatenate([people.boxes, boxes]),
        np.concatenate([people.score, score]),
        np.concatenate([people.points, points]),
        np.concatenate([people.point_scores, rng.uniform(0.1, 0.5, (extra, k))]),
        people.skeleton,
        np.concatenate([people.ids, np.full(extra, -1)]),
    )


# x (forward) and height of the joints of a standing figure, in heights; how far they are from the middle plane
_UP = np.array([0.93, 0.95, 0.95, 0.94, 0.94, 0.82, 0.82, 0.64, 0.64, 0.5, 0.5, 0.52, 0.52, 0.28, 0.28, 0.04, 0.04])
_SIDE = np.array([0, 0.02, -0.02, 0.04, -0.04, 0.11, -0.11, 0.13, -0.13, 0.13, -0.13, 0.07, -0.07, 0.07, -0.07, 0.07, -0.07])
_FORWARD = np.array([0.06, 0.05, 0.05, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
_SWING = np.array([0, 0, 0, 0, 0, 0, 0, -0.06, 0.06, -0.14, 0.14, 0, 0, 0.1, -0.1, 0.2, -0.2])  # left and right in turn


def _figure(walk: _Walk, time: float, k: int) -> Array:
    """Joints (n, 17, 2) of everybody, walking."""
    swing = np.sin(2 * np.pi * (walk.pace * time + walk.phase))[:, None]
    facing = walk.facing[k][:, None]
    across = np.sqrt(1 - facing**2)
    lift = np.where(_SWING[None] * swing > 0, 0.15 * np.abs(_SWING * swing), 0)
    x = facing * (_FORWARD + _SWING * swing) - across * _SIDE * walk.build[:, None]
    height = walk.heights[k][:, None]
    feet = walk.feet[k]
    return np.stack([feet[:, 0, None] + height * x, feet[:, 1, None] - height * (_UP + lift)], axis=-1)
