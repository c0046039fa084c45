"""The only place where stages meet: a picture or a video goes in, Scenes come out, Scenes go to files."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES = {
    "check_faces": "face_check",
    "compare_faces": "identity",
    "coach": "coaching",
    "ActionSet": "datasets",
    "data_problems": "problems",
    "demo": "showing",
    "draw_session": "coaching",
    "face_encodings": "identity",
    "filtered": "filtering",
    "find_faces": "faces",
    "find_people": "find",
    "fit_person": "viewing",
    "footage_of": "filming",
    "known_faces": "identity",
    "load_clips": "datasets",
    "read_actions": "datasets",
    "Outliner": "outlining",
    "outline_people": "outlining",
    "record": "recording",
    "redacted": "redacting",
    "render": "rendering",
    "run": "running",
    "sink_for": "recording",
    "teach": "teaching",
    "train": "training",
    "transfer": "transferring",
    "watch": "watching",
    "watch_depth": "depth_watching",
    "without_pixels": "redacting",
    "track_depth": "depth_running",
}

__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from .coaching import coach as coach
    from .coaching import draw_session as draw_session
    from .datasets import ActionSet as ActionSet
    from .datasets import load_clips as load_clips
    from .datasets import read_actions as read_actions
    from .depth_running import track_depth as track_depth
    from .depth_watching import watch_depth as watch_depth
    from .face_check import check_faces as check_faces
    from .faces import find_faces as find_faces
    from .filming import footage_of as footage_of
    from .filtering import filtered as filtered
    from .find import find_people as find_people
    from .identity import compare_faces as compare_faces
    from .identity import face_encodings as face_encodings
    from .identity import known_faces as known_faces
    from .outlining import Outliner as Outliner
    from .outlining import outline_people as outline_people
    from .problems import data_problems as data_problems
    from .recording import record as record
    from .recording import sink_for as sink_for
    from .redacting import redacted as redacted
    from .redacting import without_pixels as without_pixels
    from .rendering import render as render
    from .running import run as run
    from .showing import demo as demo
    from .teaching import teach as teach
    from .training import train as train
    from .transferring import transfer as transfer
    from .viewing import fit_person as fit_person
    from .watching import watch as watch


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
