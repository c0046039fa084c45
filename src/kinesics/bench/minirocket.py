"""The reference for actions: MiniRocket over coordinates and velocities, then ridge, as somebody would write it today.

MiniRocket (Dempster, Schmidt & Webb, KDD 2021) in the implementation of `aeon`, where that is installed; nothing here needs it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence

import numpy as np

from ..types import Array, PoseSequence

__all__ = ["LENGTH", "fit_minirocket", "is_here", "series"]

LENGTH = 64  # moments that each clip is resampled to


def is_here() -> bool:
    """Whether `aeon` can be imported."""
    return importlib.util.find_spec("aeon") is not None


def series(clip: PoseSequence) -> Array:
    """(channels, 64): the joints, centred on the body and scaled, and how they move; what is missing is filled in over time."""
    t, n, k, d = clip.points.shape
    flat = np.array(clip.points.reshape(t, n * k * d))
    at = np.linspace(clip.times[0], clip.times[-1], LENGTH)
    for column in np.flatnonzero(np.isnan(flat).any(0)):
        seen = np.isfinite(flat[:, column])
        flat[:, column] = np.interp(clip.times, clip.times[seen], flat[seen, column]) if seen.any() else 0
    right = np.clip(np.searchsorted(clip.times, at), 1, max(t - 1, 1)) if t > 1 else np.zeros(LENGTH, int)
    left = np.maximum(right - 1, 0)
    share = ((at - clip.times[left]) / np.maximum(clip.times[right] - clip.times[left], 1e-9))[:, None]
    filled = (1 - share) * flat[left] + share * flat[right]
    joints = filled.reshape(LENGTH, n * k, d)
    joints = joints - joints.mean((0, 1))
    joints = joints / max(float(joints[..., 1].std()), 1e-6)
    moves = np.gradient(joints, axis=0)
    return np.asarray(np.concatenate([joints, moves], -1).reshape(LENGTH, -1).T, np.float32)


def fit_minirocket(clips: Sequence[PoseSequence], labels: Sequence[str]) -> Callable[[PoseSequence], int]:
    """A function from a clip to its class, one thread."""
    from aeon.transformations.collection.convolution_based import MiniRocket
    from sklearn.linear_model import RidgeClassifierCV
    from sklearn.preprocessing import StandardScaler

    rocket = MiniRocket(n_jobs=1, random_state=0)
    features = rocket.fit_transform(np.stack([series(clip) for clip in clips]))
    scaler = StandardScaler(with_mean=False).fit(features)
    head = RidgeClassifierCV(alphas=np.logspace(-3, 3, 10)).fit(scaler.transform(features), labels)
    place = {name: i for i, name in enumerate(head.classes_)}

    def answer(clip: PoseSequence) -> int:
        return place[head.predict(scaler.transform(rocket.transform(series(clip)[None])))[0]]

    return answer
