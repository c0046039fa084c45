"""All shots of a corpus in a few arrays: what is compared, without the pictures, which stay on disk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...types import Array
from ..shards import read_rows

__all__ = ["Units", "gather"]

FLAT = 5.0  # levels: moments with less detail (black, fades) are left out
MOST = 16  # moments of a clip that is compared as a whole


@dataclass(frozen=True)
class Units:
    """What can be duplicates: every shot, and every clip of several shots as a whole.

    Attributes:
        paths: of the clips, in the order of their shards.
        worth: (clips,) pixels times bits per second, or bytes for a picture.
        clip: (n,) index of its clip.
        shot: (n,) number of the shot, -1 for a whole clip.
        alone: (n,) bool: the clip's only shot, which stands for the clip too.
        still: (n,) bool: the clip is a picture.
        start, end: (n,) seconds.
        offsets: (n + 1,) where its moments begin.
        row: (m,) the moment's row among the clip's.
        time: (m,) seconds from the unit's first moment.
        picture, change: (m, 3) uint64 hashes.
        moves: (m,) levels.
    """

    paths: Sequence[str]
    worth: Array
    clip: Array
    shot: Array
    alone: Array
    still: Array
    start: Array
    end: Array
    offsets: Array
    row: Array
    time: Array
    picture: Array
    change: Array
    moves: Array

    def __len__(self) -> int:
        return len(self.clip)

    def moments(self, unit: int) -> slice:
        """Its moments."""
        return slice(int(self.offsets[unit]), int(self.offsets[unit + 1]))


def gather(places: Sequence[Path]) -> Units:
    """The units of the clips in these shards, in their order."""
    paths: list[str] = []
    worth, still, units, counts = [], [], [], []
    moments: dict[str, list[Array]] = {name: [empty] for name, empty in _EMPTY.items()}
    for place in places:
        rows, clip = _rows(place), _clip(place)
        if clip is None or rows is None:
            continue
        for facts, chosen in _split(rows):
            units.append((len(paths), *facts))
            counts.append(len(chosen))
            rows["since"] = rows["time"] - rows["time"][chosen[0]]
            for name, kept in moments.items():
                kept.append(rows[name][chosen])
        paths.append(clip["path"])
        still.append(clip["frames"] == 1)
        worth.append(clip["width"] * clip["height"] * clip["bytes"] * 8 / max(clip["seconds"] or 0.0, 1.0))
    columns = {name: np.array([unit[i] for unit in units], kind) for i, (name, kind) in enumerate(_FACTS.items())}
    since = {name: np.concatenate(kept) for name, kept in moments.items()}
    offsets = np.concatenate([[0], np.cumsum(np.array(counts, np.int64))])
    columns["still"] = np.array(still, bool)[columns["clip"]]
    return Units(paths, np.array(worth), **columns, offsets=offsets, time=since.pop("since"), **since)


_FACTS = {"clip": np.int64, "shot": np.int64, "alone": bool, "start": np.float64, "end": np.float64}
_EMPTY: dict[str, Array] = {
    "row": np.zeros(0, np.int64),
    "since": np.zeros(0),
    "picture": np.zeros((0, 3), np.uint64),
    "change": np.zeros((0, 3), np.uint64),
    "moves": np.zeros(0, np.float32),
}


def _clip(place: Path) -> dict[str, Any] | None:
    """What is known of a clip; None if it could not be read."""
    for batch in read_rows([place], "clip", ["bytes", "frames", "seconds", "width", "height"]):
        row: dict[str, Any] = batch.to_pylist()[0]
        return row if row["width"] and row["bytes"] else None
    return None


def _rows(place: Path) -> dict[str, Any] | None:
    """A clip's moments that show something, by column."""
    wanted = ["shot", "start", "end", "time", "hash", "change", "moves", "detail"]
    batches = list(read_rows([place], "duplicates", wanted))
    if not batches:
        return None
    rows = {
        name: np.concatenate([batch.column(name).to_numpy() for batch in batches])
        for name in ("row", *wanted[:4], "moves", "detail")
    }
    for name, column in (("picture", "hash"), ("change", "change")):
        raw = b"".join(value for batch in batches for value in batch.column(column).to_pylist())
        rows[name] = np.frombuffer(raw, np.uint64).reshape(-1, 3)
    shows = rows["detail"] >= FLAT
    return {name: column[shows] for name, column in rows.items()} if shows.any() else None


def _split(rows: dict[str, Any]) -> Iterator[tuple[tuple[int, bool, float, float], Array]]:
    """Each shot, and the clip as a whole if it has several: number, whether it is the only one, times; and which rows."""
    shots = np.unique(rows["shot"])
    for shot in shots:
        chosen = np.flatnonzero(rows["shot"] == shot)
        yield (int(shot), len(shots) == 1, float(rows["start"][chosen[0]]), float(rows["end"][chosen[0]])), chosen
    if len(shots) > 1:
        n = len(rows["shot"])
        chosen = np.unique(np.linspace(0, n - 1, min(n, MOST)).round().astype(int))
        yield (-1, False, float(rows["start"].min()), float(rows["end"].max())), chosen
