"""A fitted classifier to a bundle and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import FormatError
from ..types import Skeleton
from ..weights.bundle import pack, read_bundle, unpack, write_bundle
from .blend import BlendEncoder, BlendHead
from .calibration import Calibration
from .choosing import ClassicalModel
from .features import Features
from .layout import VERSION, Layout
from .nearness import Nearness
from .network import NetEncoder
from .reader import Reader
from .rocket import RocketEncoder

if TYPE_CHECKING:
    from .classifier import ActionClassifier

__all__ = ["parameters", "restore", "save"]


def save(model: ActionClassifier, path: str | Path) -> None:
    """Write what the model learned."""
    body = model.skeleton_
    accuracy = None
    if model.validation_ is not None:
        accuracy = float((model.validation_["proba"].argmax(1) == model.validation_["labels"]).mean())
    head: dict[str, Any] = {
        "kind": "actions",
        "head": model.kind_,
        "features": VERSION,
        "classes": list(model.classes_),
        "skeleton": {
            "name": body.name,
            "joints": body.joints,
            "bones": body.bones,
            "mirror": body.mirror,
            "sigmas": body.sigmas,
        },
        "layout": model.layout_.to_json(),
        "parameters": parameters(model),
        "numbers": model.reader_.encoder.net.parameters if model.kind_ == "net" else 0,  # type: ignore[attr-defined]
        "seed": model.seed,
        "decide_at": model.decide_at,
        "unknown": model.unknown_,
        "trained": {**model.trained_, "validation_accuracy": accuracy},
        "terms": "what was learned follows the terms of the clips it was learned from; the code is Apache-2.0",
    }
    features, calibration = model.reader_.features, model.calibration_
    shared = {"mean": features.mean, "scale": features.scale, "durations": model.durations_, "habits": model.habits_}
    shared |= {} if model.nearness_ is None else model.nearness_.arrays()
    shared |= {"seconds": calibration.seconds, "temperature": calibration.temperature}
    parts = {"shared.npz": pack(shared)}
    encoder: Any = model.reader_.encoder
    if model.kind_ == "net":
        parts |= {"net.onnx": encoder.net.graph, "head.npz": pack(model.head_.arrays())}
        parts["rocket.npz"] = pack(encoder.rocket.arrays())
    else:
        parts["head.npz"] = pack(ClassicalModel(encoder, model.head_).arrays())
    write_bundle(path, head, parts)


def restore(model: ActionClassifier, path: str | Path) -> ActionClassifier:
    """Fill a new model with what was saved."""
    head, parts = read_bundle(path, "actions")
    if head.get("features") != VERSION:
        raise FormatError(f"{path}: made with features of version {head.get('features')}, this is {VERSION}; train it anew")
    try:
        _fill(model, head, {name: unpack(data) for name, data in parts.items() if name.endswith(".npz")}, parts)
    except FormatError:
        raise
    except Exception as error:  # whatever a stranger's file may hold: it is the file that is wrong
        raise FormatError(f"{path}: its parts do not fit together ({type(error).__name__}); train the model anew") from error
    return model


def _fill(model: ActionClassifier, head: dict[str, Any], arrays: dict[str, dict[str, Any]], parts: dict[str, bytes]) -> None:
    body, shared = head["skeleton"], arrays["shared.npz"]
    model.skeleton_ = Skeleton(
        body["name"],
        tuple(body["joints"]),
        tuple((a, b) for a, b in body["bones"]),
        tuple((a, b) for a, b in body["mirror"]),
        tuple(body["sigmas"]),
    )
    model.layout_ = Layout.from_json(head["layout"])
    model.kind_, model.seed, model.decide_at = head["head"], head["seed"], head["decide_at"]
    model.unknown_, model.trained_, model.durations_ = head["unknown"], head["trained"], shared["durations"]
    model.habits_ = shared["habits"]
    model.nearness_ = Nearness.from_arrays(shared) if "near.mean" in shared else None
    model.calibration_ = Calibration(shared["seconds"], shared["temperature"])
    encoder: Any
    if model.kind_ == "net":
        model.head_ = BlendHead.from_arrays(arrays["head.npz"])
        rocket, width = RocketEncoder.from_arrays(arrays["rocket.npz"]), model.head_.net.weight.shape[1]
        encoder = BlendEncoder(NetEncoder(parts["net.onnx"], head["numbers"]), rocket, width)
    else:
        both = ClassicalModel.from_arrays(model.kind_, arrays["head.npz"])
        encoder, model.head_ = both.encoder, both.head
    model.reader_ = Reader(Features(model.layout_, shared["mean"], shared["scale"]), encoder, model.skeleton_)
    model.classes_ = tuple(head["classes"])


def parameters(model: ActionClassifier) -> int:
    """Numbers that were learned."""
    encoder: Any = model.reader_.encoder
    count = sum(np.size(value) for value in model.head_.arrays().values())
    if model.kind_ == "net":
        count += encoder.net.parameters + encoder.rocket.learned_
    return int(count)
