"""Pose nets that stay from one job to the next, and the first look at nothing that makes them warm."""

from __future__ import annotations

import importlib
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

__all__ = ["Nets", "calm"]


def calm(threads: int) -> None:
    """Keep the libraries from using more threads than these; of use only before numpy is imported."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
        os.environ.setdefault(name, str(threads))
    os.environ.setdefault("OPENCV_IO_MAX_IMAGE_PIXELS", "50000000")


class Nets:
    """Pose models by name, each made once.

    Args:
        threads: a look may use.
    """

    def __init__(self, threads: int = 1) -> None:
        self.threads = threads
        self._models: dict[tuple[str, int], Any] = {}

    def pose(self, name: str, threads: int | None = None) -> Any:
        """The model of that name.

        Args:
            name: of a tier, or of a registered model.
            threads: a look of this one may use, if it is a tier; None: as the others.

        Raises:
            UsageError: nobody knows the name.
            WeightsError: a net is not installed.
        """
        from ...errors import UsageError
        from ...pose import MultiPose, pose_model
        from ...pose.multipose import TIERS

        if name.endswith(".onnx"):  # files are opened below allowed folders only
            raise UsageError(f"pose: expected the name of a tier, such as balanced, got {name[:80]!r}")
        tier, many = "balanced" if name == "default" else name, threads or self.threads
        if (tier, many) not in self._models:
            self._models[tier, many] = MultiPose(tier, threads=many) if tier in TIERS else pose_model(tier)
        return self._models[tier, many]

    def warm(self, name: str = "balanced") -> None:
        """Import what a stream needs and let the model look at nothing, so that its first frame is no slower than others.

        Raises:
            WeightsError: a net is not installed.
        """
        import cv2
        import numpy as np

        from ...errors import need

        cv2.setNumThreads(self.threads)
        need("ai_edge_litert.interpreter")
        model = self.pose(name)
        blank = np.zeros((480, 640, 3), np.uint8)
        with ThreadPoolExecutor(1) as pool:  # the net unpacks its weights while the rest is imported
            first = pool.submit(model, blank)
            _import_all()
            first.result()
        _go_through(model, blank)


def _import_all() -> None:
    """Import what the first frame, and most streams, need."""
    for name in (
        "pipeline.watching",
        "actions.postures",
        "actions.coach",
        "actions.teacher",
        "formats.encode",
    ):
        importlib.import_module(f"kinesics.{name}")


def _go_through(model: Any, blank: Any) -> None:
    """Look at nothing the way a stream does."""
    from ...actions.postures import Postures
    from ...budget import Budget
    from ...formats.encode import encode_scene
    from ...pipeline.watching import watch
    from ...types import Frame

    frames = [Frame(blank, index=index, time=index / 15) for index in range(2)]
    for scene in watch(frames, pose=model, actions=Postures(), live=True, overlap=False, budget=Budget(0.03)):
        encode_scene(scene)
