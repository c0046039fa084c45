"""A face that speaks: what it can do, at random and in the mirror."""

from __future__ import annotations

import numpy as np

from ..errors import UsageError
from ..types import Array

#: The six values of a face. Each is 0 at rest and 1 at most; brows may go to -1: drawn together and down.
FACE_MOVES: tuple[str, ...] = ("jaw_open", "smile", "pucker", "blink_left", "blink_right", "brows_up")


def checked_face(face: Array) -> Array:
    """(6,) float64 within what a face can do.

    Raises:
        UsageError: another shape, or values that are no numbers.
    """
    face = np.ascontiguousarray(face, np.float64)
    if face.shape != (len(FACE_MOVES),) or not np.isfinite(face).all():
        raise UsageError(f"a face has the {len(FACE_MOVES)} finite values of FACE_MOVES, {face.shape} came")
    return np.clip(face, [0, 0, 0, 0, 0, -1], 1)


def move_amounts(face: Array) -> Array:
    """(9,) how much of each of the file's moves: jaw, smile, pucker, left blink and its bulge, right ones, brows up, down."""
    jaw, smile, pucker, left, right, brows = face.tolist()
    lids = [left, left * (1 - left), right, right * (1 - right)]
    return np.array([jaw, smile, pucker, *lids, max(brows, 0.0), max(-brows, 0.0)], np.float32)


def mirrored_face(face: Array) -> Array:
    """What a mirror shows of faces (..., 6)."""
    return np.asarray(np.asarray(face)[..., [0, 1, 2, 4, 3, 5]])


def random_faces(rng: np.random.Generator, count: int) -> Array:
    """(count, 6) faces as people who sign or speak make them: mostly calm, a mouth that forms sounds, now and then a blink."""
    mood = rng.uniform(0, 1, (count, 6))
    speaks = mood[:, 0] < 0.6
    jaw = np.where(speaks, rng.beta(1.3, 2.6, count), rng.beta(1, 12, count))
    pucker = np.where(speaks & (mood[:, 1] < 0.35), rng.beta(2, 2, count), 0.1 * rng.beta(1, 4, count))
    smile = np.where(mood[:, 2] < 0.35, rng.beta(1.6, 2, count), 0.12 * rng.uniform(0, 1, count)) * (1 - 0.8 * pucker)
    closed = np.where(mood[:, 3] < 0.12, rng.beta(2, 0.8, count), 0.18 * rng.beta(1, 3, count))
    apart = np.where(mood[:, 4] < 0.05, rng.uniform(-1, 1, count), 0.0)  # a wink
    left, right = (np.clip(closed + s * apart, 0, 1) for s in (1, -1))
    brows = np.where(mood[:, 5] < 0.25, rng.beta(2, 2, count), np.where(mood[:, 5] > 0.8, -rng.beta(2, 2.5, count), 0.0))
    return np.stack([jaw * (1 - 0.6 * pucker), smile, pucker, left, right, brows], axis=1)
