"""Pose models by name: a dict, a function that adds to it, and an entry-point group for other packages."""

from __future__ import annotations

from collections.abc import Callable
from importlib import metadata
from typing import Any, Protocol

from ..errors import UsageError
from ..types import Array, People

__all__ = ["POSE_MODELS", "PoseModel", "pose_model", "register_pose_model"]

GROUP = "kinesics.pose_models"


class PoseModel(Protocol):
    """A picture to people. The same picture gets the same answer, is not changed, and may show nobody.

    A model that can also be told where to look has a second method, `look(image, looks) -> People`, see `MultiPose.look`.
    """

    def __call__(self, image: Array) -> People:
        """(h, w, 3) uint8 RGB to people."""
        ...


def _tier(name: str) -> Callable[[], PoseModel]:
    def build() -> PoseModel:
        from .multipose import MultiPose

        return MultiPose(name)

    return build


POSE_MODELS: dict[str, Callable[[], PoseModel]] = {
    name: _tier(name) for name in ("reference", "fast", "balanced", "accurate")
} | {"default": _tier("balanced")}


def register_pose_model(name: str, build: Callable[[], PoseModel]) -> None:
    """Let `name` stand for a pose model wherever a name is taken.

    Args:
        name: any text that is not taken yet.
        build: makes a new model each time.

    Raises:
        UsageError: the name is taken by another model.
    """
    if POSE_MODELS.get(name, build) is not build:
        raise UsageError(f"there is a pose model called {name!r} already; choose another name")
    POSE_MODELS[name] = build


def pose_model(model: str | PoseModel) -> PoseModel:
    """The model of this name, new; a model itself is handed back as it is.

    Names are looked up in `POSE_MODELS`, then among the entry points of the group `kinesics.pose_models`. A name that ends in
    `.onnx` is a net of yours, see `OnnxPose`; the people that a top-down net needs are found by the fast tier.

    Raises:
        UsageError: nobody knows the name, or it is no model.
        WeightsError: a pretrained file it needs is missing.
    """
    if not isinstance(model, str):
        if not callable(model):
            raise UsageError(f"expected the name of a pose model or a model, got {type(model).__name__}")
        return model
    if model in POSE_MODELS:
        return POSE_MODELS[model]()
    if model.endswith(".onnx"):
        from .onnx_adapter import OnnxPose

        return OnnxPose(model, detector=POSE_MODELS["fast"]())
    offered = {point.name: point for point in metadata.entry_points(group=GROUP)}
    if model in offered:
        built: Any = offered[model].load()()
        return pose_model(built)
    raise UsageError(f"no pose model is called {model!r}; there are {', '.join(sorted({*POSE_MODELS, *offered}))}")
