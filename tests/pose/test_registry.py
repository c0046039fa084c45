from __future__ import annotations

from importlib import metadata

import numpy as np
import pytest

from kinesics.errors import UsageError, WeightsError
from kinesics.pose import POSE_MODELS, MultiPose, pose_model, register_pose_model
from kinesics.types import Array, People, skeleton


def nobody(image: Array) -> People:
    return People.empty(skeleton("coco17"))


def test_names_and_objects_are_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(POSE_MODELS, "nobody", raising=False)
    register_pose_model("nobody", build := lambda: nobody)
    register_pose_model("nobody", build)  # twice the same is fine
    assert len(pose_model("nobody")(np.zeros((4, 4, 3), np.uint8))) == 0
    assert pose_model(nobody) is nobody
    fast = pose_model("fast")
    assert isinstance(fast, MultiPose) and fast.tier == "fast" and pose_model("fast") is not fast
    default = pose_model("default")
    assert isinstance(default, MultiPose) and default.tier == "balanced"
    with pytest.raises(UsageError, match="already"):
        register_pose_model("nobody", lambda: nobody)
    del POSE_MODELS["nobody"]


def test_unknown_names_and_things_are_refused() -> None:
    with pytest.raises(UsageError, match=r"no pose model is called 'quick'; there are .*balanced"):
        pose_model("quick")
    with pytest.raises(UsageError, match="got int"):
        pose_model(3)  # type: ignore[arg-type]


def test_other_packages_bring_models(monkeypatch: pytest.MonkeyPatch) -> None:
    point = metadata.EntryPoint("theirs", f"{__name__}:make", "kinesics.pose_models")
    monkeypatch.setattr(metadata, "entry_points", lambda group: [point] if group == point.group else [])
    monkeypatch.setattr(metadata.EntryPoint, "load", lambda self: lambda: nobody)
    assert pose_model("theirs") is nobody


def test_a_path_of_a_net_is_a_model_and_a_missing_one_is_named() -> None:
    with pytest.raises(WeightsError, match=r"mine\.onnx"):
        pose_model("mine.onnx")
