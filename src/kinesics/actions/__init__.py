"""A person over time to actions: features, classifier, few-shot, streaming, postures, coaching.

Nothing heavy is imported before it is asked for; PyTorch only while a network is trained.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES: dict[str, str] = {
    "ActionClassifier": "classifier",
    "ActionTeacher": "teacher",
    "ACTION_MODELS": "selection",
    "Coach": "coach",
    "Explanation": "explanation",
    "LiveActions": "live",
    "Postures": "postures",
    "Several": "selection",
    "coach_clip": "coach",
    "common_skeleton": "joints",
    "exercise_from_example": "coach",
    "exercises": "coach",
    "explain": "explanation",
    "explain_label": "explanation",
    "joint_map": "joints",
    "label_clip": "live",
    "live_actions": "selection",
    "map_joints": "joints",
    "register_action_model": "selection",
}

__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from .classifier import ActionClassifier as ActionClassifier
    from .coach import Coach as Coach
    from .coach import coach_clip as coach_clip
    from .coach import exercise_from_example as exercise_from_example
    from .coach import exercises as exercises
    from .explanation import Explanation as Explanation
    from .explanation import explain as explain
    from .explanation import explain_label as explain_label
    from .joints import common_skeleton as common_skeleton
    from .joints import joint_map as joint_map
    from .joints import map_joints as map_joints
    from .live import LiveActions as LiveActions
    from .live import label_clip as label_clip
    from .postures import Postures as Postures
    from .selection import ACTION_MODELS as ACTION_MODELS
    from .selection import Several as Several
    from .selection import live_actions as live_actions
    from .selection import register_action_model as register_action_model
    from .teacher import ActionTeacher as ActionTeacher


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
