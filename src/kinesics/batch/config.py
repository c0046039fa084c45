"""What is asked of a corpus: which jobs, and how. A part of every shard's name, so that another wish is another file."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import UsageError
from .rows import VERSION

__all__ = ["Config"]

FREE = frozenset({"threads", "known"})  # change how long it takes, or what is made of the rows; never the rows


@dataclass(frozen=True)
class Config:
    """What is asked for; the same configuration gives the same rows on every machine.

    Attributes:
        jobs: of `JOBS`: people, shots, duplicates, faces, search, ladder, function.
        pose: the tier or the net that finds people, see `watch`.
        actions: what people are asked to be doing, see `watch`; None for nothing.
        whole_body, masks: see `watch`.
        known: a folder of pictures by name, or a file, see `known_faces`: whose faces get a name where they appear.
        function: your own per-shot function, "module:name" or "file.py:name"; the job "function" is on when it is given.
        pictures: keep a small picture of each shot for the summary; without them nothing of the pixels leaves.
        pixel_limit: refuse frames with more pixels, see `open_source`.
        seconds: stop at this time of each clip; None for its end.
        threads: a worker's nets may use.

    Raises:
        UsageError: a job nobody knows, or a value that makes no sense.
    """

    jobs: tuple[str, ...] = ("people", "shots")
    pose: str = "fast"
    actions: str | None = "postures"
    whole_body: bool = False
    masks: bool = False
    known: str | None = None
    function: str | None = None
    pictures: bool = True
    pixel_limit: int | None = None
    seconds: float | None = None
    threads: int = 1

    def __post_init__(self) -> None:
        from .jobs import JOBS

        asked: Sequence[str] = (*self.jobs, *(["function"] if self.function else []))
        unknown = [name for name in asked if name not in JOBS]
        if unknown or not asked:
            raise UsageError(f"jobs: expected some of {', '.join(JOBS)}, got {', '.join(unknown) or 'none'}")
        if "function" in asked and not self.function:
            raise UsageError('the job "function" needs to be told which: function="module:name"')
        if self.known is not None and "faces" not in asked:
            raise UsageError('known: names are for faces, and they are not asked for; add the job "faces"')
        if self.threads < 1 or (self.seconds is not None and self.seconds <= 0):
            raise UsageError("threads must be 1 or more, seconds above 0")
        object.__setattr__(self, "jobs", tuple(name for name in JOBS if name in asked))  # one order

    def to_json(self) -> str:
        """All of it as one JSON object."""
        return json.dumps(dataclasses.asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Config:
        """What `to_json` wrote."""
        values: dict[str, Any] = json.loads(text)
        return cls(**{**values, "jobs": tuple(values["jobs"])})

    @property
    def key(self) -> str:
        """32 hex digits that change with whatever could change the rows: wishes, the rows' version, files that are named."""
        wishes = {name: value for name, value in dataclasses.asdict(self).items() if name not in FREE}
        named = [_content(part) for value in (self.pose, self.actions, self.function) for part in _files(value)]
        return hashlib.sha256(json.dumps([VERSION, wishes, named], sort_keys=True).encode()).hexdigest()[:32]


def _files(value: str | None) -> list[Path]:
    """The files that a wish names: a model, a net, a function's module."""
    parts = [part.strip() for part in (value or "").split(",")]
    paths = [Path(part) for part in (*parts, *(part.rpartition(":")[0] for part in parts)) if part]
    return [path for path in paths if path.is_file()]


def _content(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
