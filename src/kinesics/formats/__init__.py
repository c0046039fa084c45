"""Scenes and clips to files and back: jsonl, Parquet, CSV, COCO, OpenPose, MOTChallenge."""

from __future__ import annotations

from .coco import outline_record
from .encode import scene_json
from .registry import FORMATS, Format, Writer, register_format
from .sequence import gather, read_sequence, scenes_of, write_sequence
from .streams import Converted, Scenes, Sink, convert, open_sink, read_scenes

__all__ = [
    "FORMATS",
    "Converted",
    "Format",
    "Scenes",
    "Sink",
    "Writer",
    "convert",
    "gather",
    "open_sink",
    "outline_record",
    "read_scenes",
    "read_sequence",
    "register_format",
    "scene_json",
    "scenes_of",
    "write_sequence",
]
