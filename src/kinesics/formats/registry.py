"""Which formats there are, and which one a path means."""

from __future__ import annotations

import importlib.metadata
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..errors import UsageError
from ..types import PoseSequence, Scene
from .bvh import load_bvh
from .coco import CocoWriter
from .coco_reader import read_coco
from .csv_long import CsvWriter, read_csv
from .dotpose import load_pose, read_pose, save_pose
from .dotpose_writer import PoseWriter
from .jsonl import JsonlWriter, read_jsonl
from .mediapipe import LandmarkWriter
from .mediapipe_reader import is_landmark_json, read_landmarks
from .mot_scenes import MotWriter, read_mot_scenes
from .openpose import OpenPoseWriter
from .openpose_reader import is_openpose_json, read_openpose
from .parquet import ParquetWriter, read_parquet

__all__ = ["FORMATS", "Format", "Writer", "format_of", "known_formats", "register_format"]


class Writer(Protocol):
    """What a format brings to write a stream of scenes: made with the path, `source` and the format's own options."""

    def write(self, scene: Scene) -> None:
        """Append one scene; what was written so far can be read even if this process is killed."""

    def close(self) -> None:
        """Finish: give the file its name, complete. Called once."""

    def discard(self) -> None:
        """Remove what was written; an older file of that name stays."""


@dataclass(frozen=True)
class Format:
    """A way to keep scenes or clips in files.

    Attributes:
        suffixes: endings of file names that mean this format, longest match wins; "/" means a folder.
        write: makes a Writer from path, `source=` and options; None if it can only be read.
        read: makes an iterator of scenes from path, a list for notes, and options; None if it can only be written.
        load: makes a clip from a path, for formats that hold clips and not scenes.
        save: writes a clip to a path, likewise.
        loses: what does not come back when written and read, in words; "" for nothing.
        knows: whether the first 64 KiB of a file are this format's, for one that shares its ending with another.
    """

    suffixes: tuple[str, ...]
    write: Callable[..., Writer] | None = None
    read: Callable[..., Iterator[Scene]] | None = None
    load: Callable[..., PoseSequence] | None = None
    save: Callable[..., None] | None = None
    loses: str = ""
    knows: Callable[[bytes], bool] | None = None


def _built_in() -> dict[str, Format]:
    rest = "actions, faces, timing, what the budget did, epoch and corrupt marks, world coordinates"
    bare = f"masks, {rest}"
    boxes = f"joints, times, sizes, frames without people, {bare}"
    return {
        "jsonl": Format((".jsonl", ".ndjson"), JsonlWriter, read_jsonl),
        "parquet": Format((".parquet", ".pq"), ParquetWriter, read_parquet),
        "csv": Format((".csv",), CsvWriter, read_csv, loses=f"frames without people, {bare}"),
        "coco": Format((".json",), CocoWriter, read_coco, loses=f"depth of joints, {rest}"),
        "openpose": Format(
            ("/",), OpenPoseWriter, read_openpose, loses=f"boxes, scores of people, {bare}", knows=is_openpose_json
        ),
        "mediapipe": Format(
            (".landmarks.json", ".mediapipe.json"),
            LandmarkWriter,
            read_landmarks,
            loses=f"masks, {rest.removesuffix(', world coordinates')}",
            knows=is_landmark_json,
        ),
        "pose": Format(
            (".pose",),
            PoseWriter,
            read_pose,
            load_pose,
            save_pose,
            loses=f"ids, people without one, boxes, scores of people, uneven times, frames without people at the end, {bare}",
        ),
        "mot": Format((".txt",), MotWriter, read_mot_scenes, loses=boxes),
        "bvh": Format((".bvh",), load=load_bvh),
    }


FORMATS: dict[str, Format] = _built_in()


def register_format(name: str, entry: Format) -> None:
    """Add a format of your own, or replace one; packages can name one in the entry-point group `kinesics.formats`."""
    FORMATS[name] = entry


def known_formats() -> dict[str, Format]:
    """All formats: those here, registered, and of installed packages (loaded now); one of ours is not replaced by a package."""
    found = {
        point.name: point.load()
        for point in importlib.metadata.entry_points(group="kinesics.formats")
        if point.name not in FORMATS
    }
    return {**found, **FORMATS}


def format_of(path: str | Path, name: str | None = None, *, reading: bool = False) -> tuple[str, Format]:
    """The format called `name`, or that which the path's ending means.

    Args:
        path: the file or folder.
        name: of the format, where the ending does not say it.
        reading: the file is there; what is in it decides between formats of one ending (.json).

    Raises:
        UsageError: nobody knows it.
    """
    if name is not None:
        if name in FORMATS:
            return name, FORMATS[name]
        formats = known_formats()
        if name not in formats:
            raise UsageError(f"no format is called {name!r}; there are {', '.join(sorted(formats))}")
        return name, formats[name]
    file = os.fspath(path)
    ending = "/" if Path(path).is_dir() or file.endswith("/") else file.lower().removesuffix(".partial")
    best = _by_ending(FORMATS, ending) or _by_ending(known_formats(), ending)  # other packages are asked last: it takes a while
    if best is not None:
        return _by_content(path, best) if reading and ending.endswith(".json") else best
    every = ", ".join(f"{name} ({' '.join(entry.suffixes)})" for name, entry in sorted(known_formats().items()))
    raise UsageError(f"{path}: its ending says nothing about the format; name one of {every}")


def _by_content(path: str | Path, best: tuple[str, Format]) -> tuple[str, Format]:
    """The format that knows the beginning of a file, else `best`."""
    try:
        with open(path, "rb") as file:
            head = file.read(1 << 16)
    except (OSError, ValueError):
        return best  # whoever reads it will say so
    return next(((name, entry) for name, entry in FORMATS.items() if entry.knows is not None and entry.knows(head)), best)


def _by_ending(formats: dict[str, Format], ending: str) -> tuple[str, Format] | None:
    hits = [(len(end), name) for name, entry in formats.items() for end in entry.suffixes if ending.endswith(end)]
    return (max(hits)[1], formats[max(hits)[1]]) if hits else None


def only(options: dict[str, Any], build: Callable[..., Any], name: str) -> dict[str, Any]:
    """`options`, if `build` knows all of them; else UsageError naming those that it knows."""
    import inspect

    known = [p.name for p in inspect.signature(build).parameters.values() if p.kind is p.KEYWORD_ONLY and p.name != "source"]
    wrong = [option for option in options if option not in known]
    if wrong:
        some = f"; it has {', '.join(known)}" if known else ""
        raise UsageError(f"format {name} has no option {', '.join(wrong)}{some}")
    return options
