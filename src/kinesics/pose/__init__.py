"""A picture to people: where they are and their joints; smoothing and gap filling over time.

`MultiPose(tier)` is the model of this package, `pose_model(name_or_object)` the door to all of them, `OnnxPose` the adapter for
nets of your own. Nothing heavy is imported before it is asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES = {
    "ANGLES": "angles",
    "Body": "body_reader",
    "BodyLandmarks": "body_landmarks",
    "BodyReader": "body_reader",
    "GapFiller": "gaps",
    "Look": "movenet",
    "MultiPose": "multipose",
    "OnnxPose": "onnx_adapter",
    "POSE_MODELS": "registry",
    "PoseModel": "registry",
    "Smoother": "smooth",
    "WholeBody": "whole_body",
    "correct_wrists": "wrists",
    "drop_doubtful_hands": "doubtful_hands",
    "fill_gaps": "gaps",
    "joint_angles": "angles",
    "limb_lengths": "limbs",
    "mirror_clip": "mirrored",
    "missing_parts": "adapting",
    "pose_model": "registry",
    "register_pose_model": "registry",
    "retarget": "retargeting",
    "smooth_clip": "smooth",
    "steady_clip": "smooth",
    "world_clip": "angles",
}

__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from .adapting import missing_parts as missing_parts
    from .angles import ANGLES as ANGLES
    from .angles import joint_angles as joint_angles
    from .angles import world_clip as world_clip
    from .body_landmarks import BodyLandmarks as BodyLandmarks
    from .body_reader import Body as Body
    from .body_reader import BodyReader as BodyReader
    from .doubtful_hands import drop_doubtful_hands as drop_doubtful_hands
    from .gaps import GapFiller as GapFiller
    from .gaps import fill_gaps as fill_gaps
    from .limbs import limb_lengths as limb_lengths
    from .mirrored import mirror_clip as mirror_clip
    from .movenet import Look as Look
    from .multipose import MultiPose as MultiPose
    from .onnx_adapter import OnnxPose as OnnxPose
    from .registry import POSE_MODELS as POSE_MODELS
    from .registry import PoseModel as PoseModel
    from .registry import pose_model as pose_model
    from .registry import register_pose_model as register_pose_model
    from .retargeting import retarget as retarget
    from .smooth import Smoother as Smoother
    from .smooth import smooth_clip as smooth_clip
    from .smooth import steady_clip as steady_clip
    from .whole_body import WholeBody as WholeBody
    from .wrists import correct_wrists as correct_wrists


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
