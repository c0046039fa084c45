"""Scenes and clips to files and back: jsonl, Parquet, CSV, COCO, OpenPose, MOTChallenge."""

from __future__ import annotations

from .registry import FORMATS, Format, register_format
from .streams import Converted, Scenes, Sink, convert, open_sink, read_scenes

__all__ = ["FORMATS", "Converted", "Format", "Scenes", "Sink", "convert", "open_sink", "read_scenes", "register_format"]
