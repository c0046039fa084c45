"""Kinesics sees what people do: video in; people, joints, ids and actions out."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES = {
    "Action": "types",
    "Frame": "types",
    "Masks": "types",
    "People": "types",
    "PoseSequence": "types",
    "Scene": "types",
    "Skeleton": "types",
    "skeleton": "types",
    "ACTION_MODELS": "actions",
    "ActionTeacher": "actions",
    "Coach": "actions",
    "LiveActions": "actions",
    "Postures": "actions",
    "coach_clip": "actions",
    "exercise_from_example": "actions",
    "exercises": "actions",
    "explain": "actions",
    "label_clip": "actions",
    "live_actions": "actions",
    "register_action_model": "actions",
    "FaceFilter": "faces",
    "KnownFaces": "faces",
    "filter_template": "faces",
    "filtered": "pipeline",
    "Painter": "draw",
    "draw": "draw",
    "PeopleMasks": "masks",
    "PersonMask": "masks",
    "BodyLandmarks": "pose",
    "GapFiller": "pose",
    "Look": "pose",
    "MultiPose": "pose",
    "OnnxPose": "pose",
    "POSE_MODELS": "pose",
    "Smoother": "pose",
    "WholeBody": "pose",
    "joint_angles": "pose",
    "pose_model": "pose",
    "register_pose_model": "pose",
    "world_clip": "pose",
    "ActionSet": "pipeline",
    "check_faces": "pipeline",
    "coach": "pipeline",
    "compare_faces": "pipeline",
    "data_problems": "pipeline",
    "demo": "pipeline",
    "draw_session": "pipeline",
    "face_encodings": "pipeline",
    "find_faces": "pipeline",
    "find_people": "pipeline",
    "fit_person": "pipeline",
    "known_faces": "pipeline",
    "load_clips": "pipeline",
    "Outliner": "pipeline",
    "outline_people": "pipeline",
    "read_actions": "pipeline",
    "record": "pipeline",
    "redacted": "pipeline",
    "render": "pipeline",
    "run": "pipeline",
    "teach": "pipeline",
    "train": "pipeline",
    "transfer": "pipeline",
    "watch": "pipeline",
    "evaluate_actions": "evaluate.actions",
    "write_report": "evaluate.report",
    "ActionClassifier": "actions",
    "Budget": "budget",
    "convert": "formats",
    "open_sink": "formats",
    "read_scenes": "formats",
    "read_sequence": "formats",
    "register_format": "formats",
    "write_sequence": "formats",
    "Tracker": "tracks",
    "VideoWriter": "video",
    "load_image": "video",
    "open_source": "video",
    "open_writer": "video",
    "read_marks": "video",
    "register_source": "video",
    "save_image": "video",
    "KinesicsError": "errors",
    "ShapeError": "errors",
    "UsageError": "errors",
    "load_person": "viewer",
    "serve": "server",
    "watch_depth": "pipeline",
    "without_pixels": "pipeline",
    "track_depth": "pipeline",
}

__all__ = sorted([*_HOMES, "__version__"])
__version__ = "0.1.0"

if TYPE_CHECKING:
    from .actions import ACTION_MODELS as ACTION_MODELS
    from .actions import ActionClassifier as ActionClassifier
    from .actions import ActionTeacher as ActionTeacher
    from .actions import Coach as Coach
    from .actions import LiveActions as LiveActions
    from .actions import Postures as Postures
    from .actions import coach_clip as coach_clip
    from .actions import exercise_from_example as exercise_from_example
    from .actions import exercises as exercises
    from .actions import explain as explain
    from .actions import label_clip as label_clip
    from .actions import live_actions as live_actions
    from .actions import register_action_model as register_action_model
    from .budget import Budget as Budget
    from .draw import Painter as Painter
    from .draw import draw as draw
    from .errors import KinesicsError as KinesicsError
    from .errors import ShapeError as ShapeError
    from .errors import UsageError as UsageError
    from .evaluate.actions import evaluate_actions as evaluate_actions
    from .evaluate.report import write_report as write_report
    from .faces import FaceFilter as FaceFilter
    from .faces import KnownFaces as KnownFaces
    from .faces import filter_template as filter_template
    from .formats import convert as convert
    from .formats import open_sink as open_sink
    from .formats import read_scenes as read_scenes
    from .formats import read_sequence as read_sequence
    from .formats import register_format as register_format
    from .formats import write_sequence as write_sequence
    from .masks import PeopleMasks as PeopleMasks
    from .masks import PersonMask as PersonMask
    from .pipeline import ActionSet as ActionSet
    from .pipeline import Outliner as Outliner
    from .pipeline import check_faces as check_faces
    from .pipeline import coach as coach
    from .pipeline import compare_faces as compare_faces
    from .pipeline import data_problems as data_problems
    from .pipeline import demo as demo
    from .pipeline import draw_session as draw_session
    from .pipeline import face_encodings as face_encodings
    from .pipeline import filtered as filtered
    from .pipeline import find_faces as find_faces
    from .pipeline import find_people as find_people
    from .pipeline import fit_person as fit_person
    from .pipeline import known_faces as known_faces
    from .pipeline import load_clips as load_clips
    from .pipeline import outline_people as outline_people
    from .pipeline import read_actions as read_actions
    from .pipeline import record as record
    from .pipeline import redacted as redacted
    from .pipeline import render as render
    from .pipeline import run as run
    from .pipeline import teach as teach
    from .pipeline import track_depth as track_depth
    from .pipeline import train as train
    from .pipeline import transfer as transfer
    from .pipeline import watch as watch
    from .pipeline import watch_depth as watch_depth
    from .pipeline import without_pixels as without_pixels
    from .pose import POSE_MODELS as POSE_MODELS
    from .pose import BodyLandmarks as BodyLandmarks
    from .pose import GapFiller as GapFiller
    from .pose import Look as Look
    from .pose import MultiPose as MultiPose
    from .pose import OnnxPose as OnnxPose
    from .pose import Smoother as Smoother
    from .pose import WholeBody as WholeBody
    from .pose import joint_angles as joint_angles
    from .pose import pose_model as pose_model
    from .pose import register_pose_model as register_pose_model
    from .pose import world_clip as world_clip
    from .server import serve as serve
    from .tracks import Tracker as Tracker
    from .types import Action as Action
    from .types import Frame as Frame
    from .types import Masks as Masks
    from .types import People as People
    from .types import PoseSequence as PoseSequence
    from .types import Scene as Scene
    from .types import Skeleton as Skeleton
    from .types import skeleton as skeleton
    from .video import VideoWriter as VideoWriter
    from .video import load_image as load_image
    from .video import open_source as open_source
    from .video import open_writer as open_writer
    from .video import read_marks as read_marks
    from .video import register_source as register_source
    from .video import save_image as save_image
    from .viewer import load_person as load_person


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'kinesics' has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
