"""Scenes to files: annotated video, tables of people, a timeline and a sheet of who was seen."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ..draw import Painter
from ..errors import KinesicsError, SinkError, UsageError
from ..formats import open_sink
from ..types import Scene
from ..video import VideoWriter, save_image

if TYPE_CHECKING:
    from ..draw import ContactSheetRecorder, TimelineRecorder

VIDEOS = (".mp4", ".webm", ".mkv", ".mov")


class Sink(Protocol):
    """Where Scenes go."""

    def write(self, scene: Scene) -> None:
        """Take one more."""

    def close(self) -> None:
        """Finish the file; closing twice is fine."""


class VideoSink:
    """Draws each Scene on its picture and writes a video with the source's times."""

    def __init__(self, path: str | Path, painter: Painter | None = None, **options: Any) -> None:
        self.painter, self.writer = painter or Painter(), VideoWriter(path, **options)

    def write(self, scene: Scene) -> None:
        """Draw and encode one Scene; it must still hold its frame."""
        if scene.frame is None:
            raise UsageError("a video needs Scenes that hold their frames; these were read from a file: give the video as well")
        self.writer.write(self.painter.paint(scene), scene.time)

    def close(self) -> None:
        """Finish the file."""
        self.writer.close()


class PictureSink:
    """Keeps a summary of all Scenes and writes one picture of it at the end."""

    def __init__(self, path: str | Path, recorder: TimelineRecorder | ContactSheetRecorder) -> None:
        self.path, self.recorder, self.closed = Path(path), recorder, False

    def write(self, scene: Scene) -> None:
        """Take one more Scene into the summary."""
        self.recorder.add(scene)

    def close(self) -> None:
        """Draw the summary and write it."""
        if not self.closed:
            self.closed = True
            save_image(self.path, self.recorder.image())


def sink_for(path: str | Path, *, painter: Callable[[], Painter] = Painter, **options: Any) -> Sink:
    """Open the sink that a file's name asks for.

    `.mp4`, `.webm`: annotated video; `.timeline.png`: who was there when; `.sheet.png`: everyone's best view; all else: the
    formats of `kinesics.formats`.
    """
    name = str(path).lower()
    if name.endswith(VIDEOS):
        return VideoSink(path, painter(), **options)
    if name.endswith(".timeline.png"):
        from ..draw import TimelineRecorder

        return PictureSink(path, TimelineRecorder())
    if name.endswith(".sheet.png"):
        from ..draw import ContactSheetRecorder

        return PictureSink(path, ContactSheetRecorder())
    sink: Sink = open_sink(path, **options)
    return sink


def record(scenes: Iterable[Scene], *outputs: str | Path | Sink, painter: Callable[[], Painter] = Painter) -> int:
    """Write a stream of Scenes to any number of outputs, each chosen by its name's ending.

    Args:
        scenes: what `watch` yields.
        outputs: paths (see `sink_for`) or sinks of your own with `write(scene)` and `close()`.
        painter: makes what draws on the pictures of a film.

    Returns:
        how many Scenes were written.

    Raises:
        SinkError: an output cannot be written; the others are closed and complete up to there.

    Example:
        >>> import kinesics as ks
        >>> ks.record(ks.watch("gym.mp4"), "drawn.mp4", "gym.jsonl", "gym.parquet")  # doctest: +SKIP
    """
    sinks: list[Sink] = []
    count = 0
    try:
        for scene in scenes:
            if not sinks:  # a source that fails before its first frame leaves nothing behind
                sinks = _open(outputs, painter)
            for sink in sinks:
                sink.write(scene)
            count += 1
        sinks = sinks or _open(outputs, painter)
    except BaseException:  # an interrupt too: the files are finished with what there is
        with contextlib.suppress(KinesicsError):  # what came first is what is told
            _close(sinks)
        raise
    finally:
        close = getattr(scenes, "close", None)
        if close:
            close()
    _close(sinks)
    return count


def _open(outputs: tuple[str | Path | Sink, ...], painter: Callable[[], Painter]) -> list[Sink]:
    """Sinks for all outputs, their folders made; if one cannot be opened, none stays open."""
    sinks: list[Sink] = []
    try:
        for output in outputs:
            if isinstance(output, str | Path):
                make_folder(Path(output).parent)
                sinks.append(sink_for(output, painter=painter))
            else:
                sinks.append(output)
    except BaseException:
        _close(sinks)
        raise
    return sinks


def stem_of(name: str | Path) -> str:
    """What results of a source are called: its name without its ending, nothing in it that a file's name cannot hold."""
    return re.sub(r"[^\w.-]+", "_", Path(str(name)).stem).strip("._")[:100] or "source"


def make_folder(folder: Path) -> None:
    """Make a folder for results; SinkError when it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SinkError(f"{folder}: a folder for the results cannot be made: {error.strerror}; choose another place") from error


def _close(sinks: list[Sink]) -> None:
    """Close every sink, whatever the one before does; the first failure is raised when all are closed."""
    failure: BaseException | None = None
    for sink in sinks:
        try:
            sink.close()
        except Exception as error:
            failure = failure or error
    if failure is not None:
        raise failure
