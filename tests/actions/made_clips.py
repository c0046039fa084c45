"""Clips of joints that wander, of any body, frame rate and number of people; small models of made motions."""

from __future__ import annotations

import functools

import numpy as np
from made_motions import clip, examples, motion, still

from kinesics import ActionClassifier
from kinesics.types import Array, PoseSequence, Skeleton, skeleton

UNNAMED = Skeleton("unnamed", tuple(f"p{i}" for i in range(6)), ((0, 1), (1, 2), (2, 3), (3, 4), (4, 5)))
BODIES = {"coco17": skeleton("coco17"), "kinect20": skeleton("kinect20"), "unnamed": UNNAMED}
KINDS = [
    ("coco17", 2, 1, 0.0),
    ("coco17", 2, 1, 0.3),
    ("coco17", 2, 2, 0.2),
    ("kinect20", 3, 1, 0.0),
    ("kinect20", 3, 1, 0.3),
    ("kinect20", 3, 2, 0.2),
    ("unnamed", 2, 1, 0.2),
    ("unnamed", 3, 2, 0.0),
]  # body, coordinates, people, share of joints that are lost


def wandering(
    body: str = "kinect20",
    dims: int = 3,
    people: int = 1,
    lose: float = 0.0,
    *,
    seed: int = 0,
    frames: int = 40,
    gaps: bool = False,
) -> PoseSequence:
    """Joints that wander at random, frames at random times between 10 and 60 a second; with `gaps` some seconds are missing."""
    rng = np.random.default_rng(seed)
    own = BODIES[body]
    shape = (frames, people, len(own), dims)
    points = np.cumsum(rng.normal(0, 0.03, shape), 0) + rng.normal(0, 0.4, (1, *shape[1:]))
    scores = np.where(rng.random(shape[:3]) < lose, 0, rng.uniform(0.3, 1, shape[:3]))
    steps = rng.uniform(1 / 60, 1 / 10, frames)
    if gaps:
        steps[rng.random(frames) < 0.08] = rng.uniform(0.3, 6)
    return PoseSequence(points, scores, np.cumsum(steps), own)


@functools.cache
def fitted(head: str = "rocket") -> ActionClassifier:
    """A model of three made motions in a picture: pull, raise, squat."""
    return ActionClassifier(head=head, minutes=0.02).fit(*examples(each=4))


def shown(
    label: str, fps: float = 30.0, seed: int = 7, tall: float = 220.0, at: tuple[float, float] = (300.0, 50.0)
) -> PoseSequence:
    """A clip of a made motion that no model has learned from."""
    parts = still(0.2, fps), motion(label, 1.5, fps), still(0.2, fps)
    return clip(*parts, fps=fps, tall=tall, at=at, seed=seed)


def lossy(clip: PoseSequence, share: float, seed: int = 0) -> PoseSequence:
    """The clip with some joints lost."""
    scores = np.where(np.random.default_rng(seed).random(clip.scores.shape) < share, 0, clip.scores)
    return PoseSequence(clip.points, scores, clip.times, clip.skeleton, clip.ids, clip.size)


def one_by_one(clip: PoseSequence) -> list[tuple[Array, Array, float]]:
    """The frames of a clip as a stream has them."""
    return [(clip.points[i], clip.scores[i], float(clip.times[i])) for i in range(len(clip))]
