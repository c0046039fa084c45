"""Stretches of motion as vectors: like motions lie near each other, also kinds of motion that training never saw.

Two ship with the package, for joints in 3D and in a picture, trained on made motion alone (`benchmarks/train_embedding.py`).
Whatever is between two moments costs the same to embed, however long it lasted.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FormatError, UsageError
from ..types import Array, PoseSequence, Skeleton
from ..weights.bundle import pack, read_bundle, unpack, write_bundle
from .causal import CausalEncoder, channel_counts
from .encoding import Pool
from .features import Features, FeatureStream, streams
from .fewshot import Calibration, FewShotHead
from .grid import Grid, grid_clip
from .joints import map_joints
from .layout import VERSION, Layout

__all__ = ["MotionEmbedding", "MotionStepper", "shipped_embedding"]

KIND = "embedding"
REACH = 20.0  # seconds a stepper remembers
FILES = {2: "motion2d.kin", 3: "motion3d.kin"}


@functools.cache
def shipped_embedding(dims: int) -> MotionEmbedding:
    """The embedding that comes with the package, for joints with 2 or 3 coordinates.

    Raises:
        UsageError: `dims` is neither.
    """
    if dims not in FILES:
        raise UsageError(f"shipped_embedding: expected 2 or 3 coordinates a joint, got {dims}")
    with resources.as_file(resources.files("kinesics.actions").joinpath("data", FILES[dims])) as path:
        return MotionEmbedding.load(path)


class MotionEmbedding:
    """A trained network without its classes, and what belongs to it.

    Args:
        features: how joints become numbers.
        arrays: float arrays: the network's (`net.…`, see `causal.py`), `mean` (f,) and `white` (f, e) that make differences
            between people small (within-class whitening), `cohort` (m, e) of motions that nobody teaches.
        calibration: of the heads it gives.
        dilations: of the network's convolutions.
        about: what else is worth keeping: terms, recipe, numbers.

    Attributes:
        skeleton_: joints that it reads.
        dims_: coordinates a joint.
        size_: numbers in an embedding.
        version_: of the features.
    """

    def __init__(
        self,
        features: Features,
        arrays: Mapping[str, Array],
        calibration: Calibration,
        *,
        dilations: tuple[int, ...],
        about: Mapping[str, Any] | None = None,
    ) -> None:
        self.features, self.arrays, self.calibration, self.dilations = features, dict(arrays), calibration, dilations
        self.about = dict(about or {})
        net = {name[4:]: value for name, value in arrays.items() if name.startswith("net.")}
        self.encoder = CausalEncoder(net, streams(features.layout), dilations)
        groups, width = channel_counts(net)
        self._answer = net["head.weight"].astype(np.float32).reshape(groups, -1, width).transpose(0, 2, 1)  # (g, width, e)
        self._bias = net["head.bias"].astype(np.float32).reshape(groups, -1)
        self._mean, self._white = (np.asarray(arrays[name], np.float32) for name in ("mean", "white"))
        self.skeleton_: Skeleton = features.layout.skeleton()
        self.dims_, self.size_, self.version_ = features.layout.dims, self._white.shape[1], VERSION

    def embed(self, clips: Sequence[PoseSequence]) -> Array:
        """(n, e) float32 of length 1: each clip from its start to its end; of several people the first.

        Raises:
            UsageError: the clips' joints do not fit, or have another number of coordinates.
        """
        pooled = [self._pooled(clip) for clip in clips]
        return self.project(np.array(pooled, np.float32).reshape(len(clips), self.encoder.streams * self.encoder.width))

    def _pooled(self, clip: PoseSequence) -> Array:
        clip = self._fitting(clip)
        points, known = grid_clip(clip, self.features.layout.rate)
        if not known.any():
            return np.zeros(self.encoder.streams * self.encoder.width, np.float32)
        z, weight, _ = self.encoder.encode(self.features.of(points[None, :, :1], known[None, :, :1])[0], self.encoder.start())
        mean = z.sum(0, dtype=np.float64).reshape(weight.shape[1], -1) / weight.sum(0, dtype=np.float64)[:, None]
        return np.asarray(mean.ravel(), np.float32)

    def _fitting(self, clip: PoseSequence) -> PoseSequence:
        if clip.points.shape[3] != self.dims_:
            raise UsageError(
                f"an embedding of {self.dims_}D joints: got a clip with {clip.points.shape[3]} coordinates a joint"
            )
        if not clip.points.shape[1]:
            raise UsageError("an embedding is of one person; nobody is in this clip")
        return map_joints(clip, self.skeleton_)

    def project(self, pooled: Array) -> Array:
        """Pooled channels (n, f) to embeddings (n, e) of length 1."""
        groups = len(self._answer)
        parts = (
            pooled.reshape(len(pooled), groups, self.encoder.width).transpose(1, 0, 2) @ self._answer + self._bias[:, None]
        )  # (g, n, e)
        parts /= np.linalg.norm(parts, axis=-1, keepdims=True) + 1e-9
        flat = parts.transpose(1, 0, 2).reshape(len(pooled), len(self._mean)) / np.sqrt(groups)
        out = (flat - self._mean) @ self._white
        return np.asarray(out / (np.linalg.norm(out, axis=-1, keepdims=True) + 1e-9), np.float32)

    def stepper(self) -> MotionStepper:
        """One person over time."""
        return MotionStepper(self)

    def head(self) -> FewShotHead:
        """An empty head that knows this embedding's cohort and calibration."""
        return FewShotHead(np.asarray(self.arrays["cohort"], np.float64), self.calibration)

    def save(self, path: str | Path) -> None:
        """Write it as a bundle of kind "embedding".

        Raises:
            SinkError: it cannot be written.
        """
        calibration = {"sharp": list(self.calibration.sharp), "unknown": list(self.calibration.unknown)}
        head = {
            "kind": KIND,
            "features": VERSION,
            "layout": self.features.layout.to_json(),
            "dilations": list(self.dilations),
            "calibration": calibration,
            **self.about,
        }
        arrays = {"features.mean": self.features.mean, "features.scale": self.features.scale, **self.arrays}
        write_bundle(path, head, {"arrays.npz": pack({k: np.asarray(v, np.float16) for k, v in arrays.items()})})

    @classmethod
    def load(cls, path: str | Path) -> MotionEmbedding:
        """Read what `save` wrote.

        Raises:
            FormatError: no such file, a damaged one, another kind, or made with other features.
        """
        head, parts = read_bundle(path, KIND)
        if head.get("features") != VERSION:
            raise FormatError(f"{path}: made with features {head.get('features')!r}, this version has {VERSION}; train it anew")
        known = {"kind", "features", "layout", "dilations", "calibration", "format", "sha256"}
        try:
            arrays = {name: value.astype(np.float32) for name, value in unpack(parts["arrays.npz"]).items()}
            features = Features(Layout.from_json(head["layout"]), arrays.pop("features.mean"), arrays.pop("features.scale"))
            calibration = Calibration(*(tuple(head["calibration"][name]) for name in ("sharp", "unknown")))
            about = {name: value for name, value in head.items() if name not in known}
            return cls(features, arrays, calibration, dilations=tuple(head["dilations"]), about=about)
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError(f"{path}: an embedding with parts that do not fit ({error}); make it anew") from error


class MotionStepper:
    """One person over time, at constant cost a moment.

    Attributes:
        time: seconds of the newest frame.
    """

    def __init__(self, embedding: MotionEmbedding) -> None:
        self.embedding, self.time = embedding, -np.inf
        rate = embedding.features.layout.rate
        self._grid, self._stream = Grid(rate), FeatureStream(embedding.features)
        self._state = embedding.encoder.start()
        self._pool = Pool(REACH, rate)

    def push(self, points: Array, scores: Array, time: float) -> None:
        """Take one more frame of the first person: (n, k, d), (n, k), seconds; one that is not later is ignored."""
        if time <= self.time:
            return
        self.time = float(time)
        moments, known = self._grid.push(points[:1], scores[:1], self.time)
        if not len(moments):
            return
        z, weight, self._state = self.embedding.encoder.encode(self._stream.push(moments, known), self._state)
        rate = self.embedding.features.layout.rate
        for row, one in enumerate(zip(z, weight, strict=True)):
            self._pool.push(*one, self.time - (len(z) - 1 - row) / rate)

    def embed(self, since: float | None = None) -> Array:
        """(e,) float32 of what was done from `since` to now; None: from the earliest remembered.

        Raises:
            UsageError: nothing was pushed yet.
        """
        return np.asarray(self.embedding.project(self._pool.span(since)[None])[0])
