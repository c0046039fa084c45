"""Video in, video out: files, folders of pictures, cameras and streams become frames; frames become files."""

from __future__ import annotations

from .ahead import ahead
from .paths import clips
from .pictures import load_image, save_image
from .source import SOURCES, Source, open_source, register_source
from .writer import VideoWriter

__all__ = ["SOURCES", "Source", "VideoWriter", "ahead", "clips", "load_image", "open_source", "register_source", "save_image"]
