"""The front of the formats: open a sink, read scenes, convert one file to another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ..errors import SinkError, UsageError
from ..types import Scene
from .clips import scenes_of
from .input import existing
from .output import refuse_same
from .registry import Writer, format_of, only

__all__ = ["Converted", "Scenes", "Sink", "convert", "open_sink", "read_scenes"]


class Sink:
    """A stream of scenes on its way to a file; a context manager.

    Leaving the `with` closes, also when an error or Ctrl-C ends it early: what was written until then is kept. Closing
    twice is fine.

    Attributes:
        path: the finished file or folder.
        format: its format's name.
        scenes: how many were written.
    """

    def __init__(self, path: Path, name: str, writer: Writer) -> None:
        self.path, self.format, self.scenes = path, name, 0
        self._writer, self._closed = writer, False

    def write(self, scene: Scene) -> None:
        """Append one scene.

        Raises:
            SinkError: the disk is full, the sink is closed, or the scene holds what this format cannot say.
        """
        if self._closed:
            raise SinkError(f"{self.path}: the sink is closed; nothing more can be written")
        self._writer.write(scene)
        self.scenes += 1

    def close(self) -> None:
        """Finish the file and give it its name."""
        if not self._closed:
            self._closed = True
            self._writer.close()

    def discard(self) -> None:
        """Give up: remove what was written; an older file of that name stays as it was."""
        if not self._closed:
            self._closed = True
            self._writer.discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


class Scenes:
    """An iterator of scenes from a file, and what was noticed on the way; a context manager.

    Attributes:
        notes: lines for people: what was cut off, guessed or left out; complete when the iterator is at its end.
        format: the format's name.
    """

    def __init__(self, scenes: Iterator[Scene], name: str, notes: list[str]) -> None:
        self.notes, self.format = notes, name
        self._scenes = scenes

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Scene:
        return next(self._scenes)

    def close(self) -> None:
        """Close the file; not needed after the last scene."""
        close = getattr(self._scenes, "close", None)
        if close is not None:
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def open_sink(path: str | Path, format: str | None = None, *, source: str | Path | None = None, **options: Any) -> Sink:
    """Open a file (or folder) to write scenes to.

    Args:
        path: where to; its ending picks the format: `.jsonl` `.parquet` `.csv` `.json` (COCO) `.txt` (MOTChallenge), a folder
            (OpenPose), and what `FORMATS` names besides.
        format: the format's name, where the ending does not say it.
        source: where the scenes come from, kept where the format has a place for it; refused if it is `path` itself.
        **options: of the format, see `docs/formats.md`.

    Raises:
        UsageError: an unknown format or option.
        SinkError: the file cannot be made.

    Example:
        >>> with open_sink("match.parquet", source="match.mp4") as sink:  # doctest: +SKIP
        ...     for scene in watch("match.mp4"):
        ...         sink.write(scene)
    """
    name, entry = format_of(path, format)
    if entry.write is None:
        raise UsageError(f"{path}: format {name} can be read, not written")
    if source is not None:
        refuse_same(source, path)
    options = only(options, entry.write, name)
    writer = entry.write(path, source=None if source is None else str(source), **options)
    return Sink(Path(path), name, writer)


def read_scenes(path: str | Path, format: str | None = None, **options: Any) -> Scenes:
    """Scenes of a file, one at a time; what a killed writer left of it is read too, and noted.

    Raises:
        UsageError: an unknown format or option.
        FormatError: there is no such file; while iterating: the file is damaged, with file and line.
    """
    name, entry = format_of(path, format, reading=True)
    notes: list[str] = []
    if entry.read is not None:
        scenes = entry.read(existing(path, notes), notes, **only(options, entry.read, name))
    elif entry.load is not None:
        scenes = scenes_of(entry.load(existing(path, notes), **only(options, entry.load, name)))
    else:
        raise UsageError(f"{path}: format {name} can be written, not read")
    return Scenes(scenes, name, notes)


@dataclass(frozen=True)
class Converted:
    """What a conversion did: scenes and people (rows) written, notes from reading, what the target format cannot hold."""

    scenes: int
    people: int
    format: str
    notes: list[str] = field(default_factory=list)
    loses: str = ""


def convert(
    source: str | Path,
    path: str | Path,
    *,
    read_as: str | None = None,
    write_as: str | None = None,
    change: Callable[[list[Scene], str], Iterable[Scene]] | None = None,
    **options: Any,
) -> Converted:
    """Copy scenes from one file to another format, one scene at a time; on an error nothing is left behind.

    Args:
        source: the file or folder to read.
        path: where to.
        read_as: the source's format, where its ending does not say it.
        write_as: likewise.
        change: makes other scenes of all scenes of the source (which are in memory then) and its name.
        **options: of the source's reader, such as fps.

    Raises:
        FormatError: the source cannot be read.
        SinkError: the output cannot be written, or is the source.
        UsageError: an unknown format or option.
    """
    refuse_same(source, path)
    with read_scenes(source, read_as, **options) as scenes:
        name, entry = format_of(path, write_as)
        sink, people = open_sink(path, name, source=source), 0
        try:
            for scene in scenes if change is None else change(list(scenes), str(source)):
                sink.write(scene)
                people += len(scene.people)
            sink.close()
        except BaseException:
            sink.discard()
            raise
    return Converted(sink.scenes, people, name, scenes.notes, entry.loses)
