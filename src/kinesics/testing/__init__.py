"""The laws that every stage must keep, public so that others can hold their own stages to them; and made video and people."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_HOMES = {
    "BadRequest": "rude_client",
    "Reply": "rude_client",
    "acting_people": "live_actions",
    "assert_no_pixels": "no_pixels",
    "bad_requests": "request_trasher",
    "check_action_model": "action_model",
    "check_live_actions": "live_actions",
    "MADE_ACTIONS": "clips",
    "NearestCentroid": "centroids",
    "made_clips": "clips",
    "check_pose_model": "pose_model",
    "check_sink": "sink",
    "check_source": "source",
    "check_tracker": "tracker",
    "sample_scenes": "sink",
    "counter_picture": "video",
    "damage": "video",
    "damaged": "trasher",
    "make_containers": "trasher",
    "make_pictures": "trasher",
    "make_video": "video",
    "need_rtsp": "rtsp_server",
    "pixels_in": "no_pixels",
    "read_counter": "video",
    "send_rudely": "rude_client",
    "start_rtsp": "rtsp_server",
    "walking_people": "people",
}

__all__ = sorted(_HOMES)

if TYPE_CHECKING:
    from .action_model import check_action_model as check_action_model
    from .centroids import NearestCentroid as NearestCentroid
    from .clips import MADE_ACTIONS as MADE_ACTIONS
    from .clips import made_clips as made_clips
    from .live_actions import acting_people as acting_people
    from .live_actions import check_live_actions as check_live_actions
    from .no_pixels import assert_no_pixels as assert_no_pixels
    from .no_pixels import pixels_in as pixels_in
    from .people import walking_people as walking_people
    from .pose_model import check_pose_model as check_pose_model
    from .request_trasher import bad_requests as bad_requests
    from .rtsp_server import need_rtsp as need_rtsp
    from .rtsp_server import start_rtsp as start_rtsp
    from .rude_client import BadRequest as BadRequest
    from .rude_client import Reply as Reply
    from .rude_client import send_rudely as send_rudely
    from .sink import check_sink as check_sink
    from .sink import sample_scenes as sample_scenes
    from .source import check_source as check_source
    from .tracker import check_tracker as check_tracker
    from .trasher import damaged as damaged
    from .trasher import make_containers as make_containers
    from .trasher import make_pictures as make_pictures
    from .video import counter_picture as counter_picture
    from .video import damage as damage
    from .video import make_video as make_video
    from .video import read_counter as read_counter


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'kinesics.testing' has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return __all__
