"""Coaching: exercises as data, repetitions and holds counted live, and why one did not count."""

from __future__ import annotations

from .coach import Coach, coach_clip
from .example import exercise_from_example
from .measures import Measure
from .reading import check_exercise, exercise, exercises, parse_exercise
from .records import Camera, Fault, Hold, Repetition, Session, Tempo
from .schema import Condition, Exercise, Limit, Phase

__all__ = [
    "Camera",
    "Coach",
    "Condition",
    "Exercise",
    "Fault",
    "Hold",
    "Limit",
    "Measure",
    "Phase",
    "Repetition",
    "Session",
    "Tempo",
    "check_exercise",
    "coach_clip",
    "exercise",
    "exercise_from_example",
    "exercises",
    "parse_exercise",
]
