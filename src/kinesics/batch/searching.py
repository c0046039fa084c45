"""Find, in a corpus, who moves like an example: the nearest of all windows, one hit for those that belong together."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FormatError, SinkError, UsageError
from ..types import Array
from .cells import Cells, open_cells
from .example import Example, read_example
from .hits import KEPT, KNOWN, WINDOW, Found
from .nearness import Nearness, placed
from .reading import clips, shards
from .shards import read_rows

__all__ = ["Hit", "search"]

LARGE = 200_000  # windows from which an index is made, for the next search
COLUMNS = ("epoch", "person", "start", "end", "score", "crowd", "embedding")


@dataclass(frozen=True)
class Hit:
    """Somebody who moves like the example.

    Attributes:
        path: of the clip.
        person: their id there, in the stretch without a cut that holds it.
        start, end: seconds.
        at: the second at which it is most like the example.
        likeness: 0 to 1: how likely it is the same kind of movement, if one in eleven is.
        score: 0 to 1, how much of it was seen.
        unknown: it is more likely another kind of movement; if that is so of the first hit, the corpus has nothing like it.
    """

    path: str
    person: int
    start: float
    end: float
    at: float
    likeness: float
    score: float
    unknown: bool


def search(
    folder: str | Path,
    example: str | Path,
    *,
    count: int = 10,
    person: int | None = None,
    start: float | None = None,
    end: float | None = None,
    mirrored: bool = False,
    index: bool | None = None,
) -> list[Hit]:
    """Find who moves like somebody in an example, most alike first.

    Args:
        folder: of a corpus that was made with the job "search".
        example: a video, in which people are found as they were in the corpus; a file of poses; or a clip of the corpus.
        count: how many hits.
        person: id of who shows the movement; None for the one who moves most.
        start: seconds of the example, None for its beginning …
        end: … and its end.
        mirrored: done the other way round, left for right, will do, too.
        index: None: exactly, unless there are so many windows that an index was made; True makes one and uses it, which
            finds nearly the same in less time; False never.

    Returns:
        at most `count` hits; the stretch that is the example itself is not among them.

    Raises:
        UsageError: the corpus knows no movements, nobody is seen in the example, or a value makes no sense.
        SourceError, FormatError: the example or the corpus cannot be read.
        SinkError: an index was asked for and cannot be written.

    Example:
        >>> from kinesics import batch
        >>> for hit in batch.search("out", "wave.mp4"):  # doctest: +SKIP
        ...     print(hit.path, hit.start, f"{hit.likeness:.0%}")
    """
    from ..actions.motion_embedding import shipped_embedding

    if count < 1:
        raise UsageError(f"count: expected 1 or more, got {count}")
    embedding = shipped_embedding(2)
    asked = read_example(folder, example, embedding, person=person, start=start, end=end, mirrored=mirrored)
    near = Nearness(embedding, asked.rows)
    places = shards(folder)
    cells = None if index is False else open_cells(folder, places, lambda: _blocks(places), make=bool(index))
    found = _exact(places, near, asked, count) if cells is None else _among(cells, near, asked, count)
    if cells is None and index is None and found.seen >= LARGE:
        with contextlib.suppress(SinkError):  # a folder that cannot be written is searched without
            open_cells(folder, places, lambda: _blocks(places), make=True)
    if not found.seen:
        raise UsageError(f"{folder}: no movements in this corpus; run kinesics batch with --jobs search")
    paths = [str(clip["path"]) for clip in clips(folder)]
    return [_hit(paths, row) for row in found.best(count)]


def _blocks(places: list[Path]) -> Iterator[tuple[Array, Array]]:
    """All windows of a corpus, block by block: (n, e + 1) placed rows, and (n,) `WINDOW` without likeness."""
    for number, place in enumerate(places):
        for batch in _read(place):
            n = len(batch)
            windows = np.zeros(n, WINDOW)
            windows["clip"] = number
            for name in ("epoch", "person", "start", "end", "score"):
                windows[name] = batch.column(name).to_numpy()
            windows["at"] = (windows["start"] + windows["end"]) / 2
            rows = batch.column("embedding").flatten().to_numpy().reshape(n, -1)
            yield placed(rows, batch.column("crowd").to_numpy()), windows


def _read(place: Path) -> Iterator[Any]:
    import pyarrow as pa

    try:
        yield from read_rows([place], "search", COLUMNS)
    except (OSError, pa.ArrowException) as error:
        words = (str(error).splitlines() or [type(error).__name__])[0]
        raise FormatError(f"{place}: cannot be read ({words}); remove it and run kinesics batch again") from error


def _exact(places: list[Path], near: Nearness, asked: Example, count: int) -> Found:
    found = Found(asked, count)
    for rows, windows in _blocks(places):
        windows["likeness"] = near.likeness(near.ranks(rows))
        found.add(windows)
    return found


def _among(cells: Cells, near: Nearness, asked: Example, count: int) -> Found:
    found = Found(asked, count)
    at = np.unique(np.concatenate([cells.nearest(question, KEPT * count)[0] for question in near.asked]))
    windows = np.array(cells.windows[at], WINDOW)
    windows["likeness"] = near.likeness(near.ranks(np.asarray(cells.rows[at], np.float32)))
    found.add(windows)
    return found


def _hit(paths: list[str], row: Any) -> Hit:
    likeness = float(row["likeness"])
    where = paths[int(row["clip"])], int(row["person"]), float(row["start"]), float(row["end"]), float(row["at"])
    return Hit(*where, round(likeness, 4), round(float(row["score"]), 4), likeness < KNOWN)
