"""What can be asked of each clip of a corpus. To add one: a module with a class as `Job` says, and a row in `JOBS`."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from ...types import Frame, Scene
    from ..config import Config

__all__ = ["JOBS", "Clip", "Job", "Shot", "check_jobs", "job_classes", "make_jobs"]

JOBS = {
    "people": ("people", "People", "who is there: tracks, joints, actions, as Scenes"),
    "shots": ("shots", "Shots", "cuts, fades and dissolves"),
    "duplicates": ("duplicates", "Duplicates", "near-duplicate shots and pictures"),
    "faces": ("faces", "Faces", "who appears where"),
    "search": ("search", "Search", "movements, to be found by an example"),
    "ladder": ("ladder", "Ladder", "per shot, which bitrates at which sizes are worth having"),
    "function": ("function", "Function", "a Python function of yours, per shot"),
}
"""Name -> module in this folder, class, and a line of words. The name is that of the rows' kind."""


@dataclass(frozen=True)
class Clip:
    """What is known of a clip before its first frame.

    Attributes:
        path: as it was named.
        size: (width, height) as displayed.
        fps: nominal, or None.
        duration: seconds, as the container claims, or None.
        still: it is one picture.
    """

    path: str
    size: tuple[int, int]
    fps: float | None
    duration: float | None
    still: bool


@dataclass(frozen=True)
class Shot:
    """A stretch of frames without a cut in it.

    Attributes:
        index: 0, 1, 2 …
        start, end: seconds; the end of one is the start of the next: the time of the first frame that is not of this shot any
            more (the last one's: the time of the last frame and its length).
        frames: how many.
        before: how it begins: "start", "cut", "fade" (through one colour) or "dissolve".
        score: 0 to 1, how sure that boundary is.
    """

    index: int
    start: float
    end: float
    frames: int
    before: str
    score: float


class Job(Protocol):
    """What one job does with one clip; a new one is made for each clip (nets that last are held by `nets.py`).

    Attributes:
        scenes: it wants `scene` to be called, so people are looked for.
        faces: it wants `scene.faces`.
        shots: it wants `shot` to be called.
    """

    scenes: bool
    faces: bool
    shots: bool

    def __init__(self, clip: Clip, config: Config) -> None: ...

    def frame(self, frame: Frame) -> None:
        """Every frame, once, in order; frame.epoch is higher than before where a hard cut (or another size) begins."""
        ...

    def scene(self, scene: Scene) -> None:
        """Every frame's Scene, in order, some frames later; `scene.frame` is the picture."""
        ...

    def shot(self, shot: Shot) -> None:
        """A shot has ended. Its end may lie up to `cutting.LAG` seconds behind the newest frame."""
        ...

    def end(self) -> None:
        """The last frame and the last shot have come."""
        ...

    def rows(self) -> Sequence[dict[str, Any]] | Any:
        """Rows that are ready, as mappings or as a StructArray; each is given once, and forgotten."""
        ...


def job_classes(config: Config) -> dict[str, type[Job]]:
    """The classes of the jobs that are asked for, by name; importing them shows early what is missing."""
    return {name: getattr(importlib.import_module(f".{JOBS[name][0]}", __name__), JOBS[name][1]) for name in config.jobs}


def check_jobs(config: Config) -> None:
    """Raise what a job says before the first clip, by a function `check(config)` of its class if it has one."""
    for cls in job_classes(config).values():
        getattr(cls, "check", lambda config: None)(config)


def make_jobs(clip: Clip, config: Config) -> dict[str, Job]:
    """The jobs that are asked for, by name."""
    return {name: cls(clip, config) for name, cls in job_classes(config).items()}
