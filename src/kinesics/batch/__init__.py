"""A corpus: thousands of videos in, tables out. One function for each clip; a pool of workers here, Spark on a cluster."""

from __future__ import annotations

from .config import Config
from .functions import ShotView
from .limits import Limits
from .one_pass import process
from .reading import read_scenes
from .rows import schema
from .running import run
from .searching import Hit, search
from .summary import summarize

__all__ = ["Config", "Hit", "Limits", "ShotView", "process", "read_scenes", "run", "schema", "search", "summarize"]
