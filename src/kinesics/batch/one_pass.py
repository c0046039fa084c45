"""One clip, decoded once for all jobs: `process`, the function that the pool and Spark call."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..errors import KinesicsError, SourceError
from ..types import Frame
from ..video import Source, open_source
from ..video.paths import shown
from .config import Config
from .cutting import Cutter
from .jobs import Clip, Job, make_jobs
from .nets import pose_net
from .rows import batch_of, struct_of

__all__ = ["process"]

ROWS = 32  # frames after which rows are handed out


def process(paths: Iterable[str], config: Config) -> Iterator[Any]:
    """Do all jobs on each clip, reading it once.

    Args:
        paths: videos and pictures, one after the other.
        config: what is asked for.

    Yields:
        RecordBatches of `rows.schema()`; the last one of each clip is one row of the kind "clip", with its status and, unless
        that is "ok", the reason in one line. A clip that cannot be read is such a row and nothing else.

    Raises:
        UsageError, WeightsError: what is asked for can be done with no clip at all.
    """
    for path in paths:
        yield from _Pass(str(path), config).run()


class _Pass:
    """One clip on its way through the jobs."""

    def __init__(self, path: str, config: Config) -> None:
        self.path, self.config = path, config
        self.jobs: dict[str, Job] = {}
        self.given: dict[str, int] = {}
        self.failed: dict[str, str] = {}
        self.trouble: str | None = None
        self.frames, self.first, self.last = 0, 0.0, 0.0

    def run(self) -> Iterator[Any]:
        """All rows of this clip; never raises for what is wrong with it."""
        try:
            source = open_source(self.path, pixel_limit=self.config.pixel_limit, live=False)
        except SourceError as error:
            yield self._clip_row("unreadable", self._words(error), {"notes": []})
            return
        with source:
            clip = Clip(self.path, source.size or (0, 0), source.fps, source.duration, source.frames == 1)
            self.jobs = make_jobs(clip, self.config)
            for _ in self._scenes(source):
                if self.frames % ROWS == 0:
                    yield from self._rows()
            for name, job in self.jobs.items():
                self._do(name, job.end)
            yield from self._rows()
            yield self._summary(source, clip)

    def _summary(self, source: Source, clip: Clip) -> Any:
        notes = [self._words(note) for note in source.notes]
        status = {"truncated": "truncated", "damaged": "damaged"}.get(source.status, "ok")
        error = None if status == "ok" else "; ".join(notes) or status
        if self.trouble is not None:
            status, error = ("damaged" if self.frames else "unreadable"), self.trouble
        if self.failed:
            status, error = "failed", "; ".join(f"{name}: {words}" for name, words in self.failed.items())
        facts = {
            "frames": self.frames,
            "seconds": self.last - self.first,
            "promised": clip.duration,
            "width": clip.size[0],
            "height": clip.size[1],
            "fps": clip.fps,
            "notes": notes,
        }
        return self._clip_row(status, error, facts)

    def _clip_row(self, status: str, error: str | None, facts: Mapping[str, Any]) -> Any:
        try:
            size = os.stat(self.path).st_size
        except (OSError, ValueError):
            size = None
        return batch_of(self.path, "clip", 0, struct_of("clip", [{"bytes": size, **facts}]), status=status, error=error)

    def _scenes(self, source: Source) -> Iterator[None]:
        """Drive the jobs; yields once a frame."""
        frames = self._tapped(source)
        if not any(job.scenes for job in self.jobs.values()):
            for _ in frames:
                yield
            return
        from ..pipeline import watch

        config = self.config
        pose = pose_net(config.pose, config.threads)
        wishes: dict[str, Any] = {"whole_body": config.whole_body, "masks": config.masks}
        wishes["faces"] = any(job.faces for job in self.jobs.values())
        for scene in watch(frames, pose=pose, actions=config.actions, live=False, overlap=False, **wishes):
            for name, job in self.jobs.items():
                if job.scenes:
                    self._do(name, job.scene, scene)
            yield

    def _tapped(self, source: Source) -> Iterator[Frame]:
        """The frames, shown to all jobs on their way; a hard cut begins a new epoch, so that nobody is followed across it."""
        cutter = Cutter() if any(job.shots or job.scenes for job in self.jobs.values()) else None
        cuts = 0
        for frame in self._whole(source):
            if self.config.seconds is not None and frame.time > self.config.seconds:
                break
            if cutter is not None:
                cut, ended = cutter.update(frame)
                cuts += cut
                self._tell(ended)
                frame = _later(frame, cuts)
            self.first = frame.time if not self.frames else self.first
            self.last, self.frames = frame.time, self.frames + 1
            for name, job in self.jobs.items():
                self._do(name, job.frame, frame)
            yield frame
        if cutter is not None:
            self._tell(cutter.end())

    def _whole(self, source: Source) -> Iterator[Frame]:
        """All frames that can be read: one that cannot is the clip's end, and its shots and scenes come to theirs."""
        try:
            yield from source
        except SourceError as error:
            self.trouble = self._words(error)

    def _tell(self, ended: Iterable[Any]) -> None:
        for shot in ended:
            for name, job in self.jobs.items():
                if job.shots:
                    self._do(name, job.shot, shot)

    def _do(self, name: str, work: Any, *given: Any) -> None:
        """Let a job do something; one that fails is left alone from then on, and the others go on."""
        if name in self.failed:
            return
        try:
            work(*given)
        except MemoryError:
            raise
        except Exception as error:  # a user's function may raise anything
            words = self._words(error)
            self.failed[name] = words if isinstance(error, KinesicsError) else f"{type(error).__name__}: {words}"

    def _rows(self) -> Iterator[Any]:
        for name, job in self.jobs.items():
            ready = job.rows()
            if len(ready):
                values = struct_of(name, ready) if isinstance(ready, list | tuple) else ready
                first = self.given.get(name, 0)
                self.given[name] = first + len(values)
                yield batch_of(self.path, name, first, values)

    def _words(self, error: object) -> str:
        """One line, without the path, which stands in the row anyway."""
        named = " ".join(shown(self.path).split())
        return " ".join(str(error).split()).removeprefix(f"{named}: ")


def _later(frame: Frame, cuts: int) -> Frame:
    """The same frame, in an epoch that also counts the cuts."""
    if not cuts:
        return frame
    given: dict[str, Any] = {"index": frame.index, "time": frame.time, "size": frame.size, "epoch": frame.epoch + cuts}
    return Frame(lambda: frame.image, **given, corrupt=frame.corrupt, depth=frame.depth, planes=lambda: frame.planes)
