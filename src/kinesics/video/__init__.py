"""Video in, video out: files, folders of pictures, cameras and streams become frames; frames become files."""

from __future__ import annotations

from .ahead import ahead
from .marks import GENERATED, Marks, read_marks
from .outputs import PictureWriter, open_writer
from .paths import clips
from .pictures import load_image, save_image
from .scaled import load_scaled
from .source import SOURCES, Source, open_source, register_source
from .writer import VideoWriter

__all__ = [
    "GENERATED",
    "SOURCES",
    "Marks",
    "PictureWriter",
    "Source",
    "VideoWriter",
    "ahead",
    "clips",
    "load_image",
    "load_scaled",
    "open_source",
    "open_writer",
    "read_marks",
    "register_source",
    "save_image",
]
