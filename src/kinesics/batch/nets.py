"""Nets that stay in a process from clip to clip."""

from __future__ import annotations

import functools
from typing import Any

__all__ = ["face_encoder", "pose_net"]


@functools.lru_cache(4)
def pose_net(name: str, threads: int) -> Any:
    """The pose model of a tier or name, on so many threads.

    Raises:
        UsageError: nobody knows the name.
        WeightsError: a net is not installed.
    """
    from ..pose import MultiPose, pose_model
    from ..pose.multipose import TIERS

    return MultiPose(name, threads=threads) if name in TIERS else pose_model(name)


@functools.lru_cache(1)
def face_encoder(threads: int) -> Any:
    """What tells faces from each other, on so many threads.

    Raises:
        WeightsError: a net is not installed.
    """
    from ..faces import FaceEncoder

    return FaceEncoder(threads)
