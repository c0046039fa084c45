"""What a stretch of motion looks like, without any training: places of the joints at a few moments, and how they change.

Place, size and (in 3D) facing are taken out. It is what learned embeddings are measured against, and what teaching falls back
on where none is at hand.
"""

from __future__ import annotations

import functools
import math

import numpy as np

from ..errors import UsageError
from ..types import Array, PoseSequence, Skeleton
from .energy import body_length, trunk

__all__ = ["PlainEmbedding", "PlainStepper"]

MOMENTS = 12  # at which a stretch is looked at
REACH = 8.0  # seconds that are remembered
RATE = 30.0  # moments a second that are remembered
STEADY = 1.0  # seconds over which a body's length is averaged


class PlainEmbedding:
    """Embeds stretches of motion; nothing to fit.

    Args:
        skeleton: names of the joints.
        dims: coordinates a joint, 2 or 3.

    Attributes:
        skeleton_, dims_: the same.
        size_: numbers in an embedding.
    """

    def __init__(self, skeleton: Skeleton, dims: int = 2) -> None:
        self.skeleton_, self.dims_ = skeleton, dims
        self.size_ = MOMENTS * len(skeleton) * dims * 2 + MOMENTS * dims

    def stepper(self) -> PlainStepper:
        """One person over time."""
        return PlainStepper(self.skeleton_, self.dims_)

    def embed(self, clips: list[PoseSequence]) -> Array:
        """(n, e) float32: each clip from its start to its end."""
        rows = [np.zeros((0, self.size_), np.float32)]
        for clip in clips:
            stepper = self.stepper()
            for points, scores, time in zip(clip.points, clip.scores, clip.times.tolist(), strict=True):
                stepper.push(points[:1], scores[:1], time)
            rows.append(stepper.embed(float(clip.times[0]) if len(clip) else 0.0)[None])
        return np.concatenate(rows)


class PlainStepper:
    """One person's last seconds, and their embedding since any moment in them."""

    def __init__(self, skeleton: Skeleton, dims: int) -> None:
        self.skeleton, self.dims = skeleton, dims
        self.time = -math.inf
        most = int(REACH * RATE) + 1
        self._times = np.zeros(2 * most)
        self._points = np.zeros((2 * most, len(skeleton), dims))  # body lengths, missing joints where they were last
        self._roots = np.zeros((2 * most, dims))
        self._most, self._from, self._count = most, 0, 0
        self._length = 0.0
        self._across = trunk(skeleton)  # left and right shoulder, left and right hip
        self._hips = list(self._across[2:])
        self._ever, self._hops = np.zeros(len(skeleton), bool), hops(skeleton)

    def push(self, points: Array, scores: Array, time: float) -> None:
        """Take one more moment of the first person: (n, k, d), (n, k), seconds rising."""
        if points.shape[1:] != (len(self.skeleton), self.dims):
            raise UsageError(f"expected {len(self.skeleton)} joints of {self.dims} coordinates, got {points.shape[1:]}")
        if time - self.time < 0.9 / RATE:
            return
        here = np.where((scores[0] > 0)[:, None], points[0], np.nan).astype(float)
        length = body_length(here[None], self.skeleton)
        if not np.isfinite(here).any() or length <= 0:
            return
        share = 1.0 if not self._length else 1 - math.exp(-(time - self.time) / STEADY)
        self._length += share * (length - self._length)
        root = here[self._hips].mean(0) if self._hips else np.nanmean(here, axis=0)
        if not np.isfinite(root).all():
            root = np.nanmean(here, axis=0)
        self._keep((here - root) / self._length, root / self._length, time)

    def _keep(self, points: Array, root: Array, time: float) -> None:
        if self._from + self._count == len(self._times):  # amortised: every `most` moments
            for held in (self._times, self._points, self._roots):
                held[: self._count] = held[self._from : self._from + self._count]
            self._from = 0
        at = self._from + self._count
        seen = np.asarray(np.isfinite(points).all(-1))
        self._ever |= seen
        before = self._points[at - 1] if self._count else points
        here = np.where(seen[:, None], points, before)
        missing = np.flatnonzero(~self._ever)
        if len(missing):  # never seen: where the nearest joint along the bones is
            nearest = np.where(self._ever, self._hops[missing], np.inf).argmin(1)
            here[missing] = here[nearest]
        self._points[at] = here
        self._roots[at], self._times[at], self.time = root, time, time
        self._count += 1
        if self._count > self._most:
            self._from, self._count = self._from + 1, self._most

    def embed(self, since: float | None = None) -> Array:
        """(e,) float32 of what was done from `since` (None: from the earliest remembered) to now."""
        window = slice(self._from, self._from + self._count)
        times = self._times[window]
        if not len(times):
            return np.zeros(MOMENTS * len(self.skeleton) * self.dims * 2 + MOMENTS * self.dims, np.float32)
        begin = times[0] if since is None else max(since, times[0])
        at = np.linspace(min(begin, times[-1]), times[-1], MOMENTS)
        after = np.clip(np.searchsorted(times, at), 1, max(len(times) - 1, 1)) if len(times) > 1 else np.zeros(MOMENTS, int)
        before = np.maximum(after - 1, 0)
        share = (at - times[before]) / np.maximum(times[after] - times[before], 1e-9)
        points, roots = self._points[window], self._roots[window]
        points = points[before] + (points[after] - points[before]) * share[:, None, None]  # (m, k, d)
        roots = roots[before] + (roots[after] - roots[before]) * share[:, None]  # (m, d)
        roots = roots - roots[0]
        if self.dims == 3:
            turn = self._facing(points)
            points, roots = points @ turn, roots @ turn
        change = np.gradient(points, axis=0)
        return np.concatenate([points.ravel(), 2 * change.ravel(), roots.ravel()]).astype(np.float32)

    def _facing(self, points: Array) -> Array:
        """(3, 3) rotation about gravity (y) that turns the hips and shoulders of the first moments to the x axis."""
        if not self._across:
            return np.eye(3)
        first = points[: MOMENTS // 4, list(self._across)].mean(0)
        x, _, z = first[0] - first[1] + first[2] - first[3]
        size = math.hypot(x, z)
        if size < 1e-9:
            return np.eye(3)
        c, s = x / size, z / size
        return np.array([[c, 0, -s], [0, 1, 0], [s, 0, c]])


@functools.lru_cache(64)
def hops(body: Skeleton) -> Array:
    """(k, k) bones from joint to joint; k where none leads there."""
    k = len(body)
    far = np.full((k, k), float(k))
    np.fill_diagonal(far, 0)
    for a, b in body.bones:
        far[a, b] = far[b, a] = 1
    for via in range(k):
        far = np.minimum(far, far[:, via : via + 1] + far[via])
    return far
