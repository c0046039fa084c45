"""Who appears where, over all clips: faces of one person get one number, in `who.parquet`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import Array
from .alike import alike
from .folder import replace
from .shards import read_rows

if TYPE_CHECKING:
    from .config import Config

__all__ = ["FILE", "cluster", "schema"]

FILE = "who.parquet"
EVEN = 0.5  # score of a row under which its looks are rather of several people


@dataclass(frozen=True)
class _Faces:
    """The rows of all clips, without their pictures, clip by clip.

    Attributes:
        places: shards with faces, in the order of their clips' paths.
        counts: rows in each.
        embeddings: (n, 128) float32.
        facts: (n,) structured: `start`, `end`, `best` seconds; `person`; `looks`; `score`; `clip`, the number of its shard.
        beside: for each row the people that were seen with it.
    """

    places: Sequence[Path]
    counts: Sequence[int]
    embeddings: Array
    facts: Array
    beside: Sequence[Sequence[int]]


def schema() -> Any:
    """The columns of `who.parquet`: a row for each row of faces, clip by clip.

    `who` numbers people from 0 in the order of paths and times, -1 is nobody in particular; `likeness` is the mean cosine with
    the other faces of that person, null where there are none; `name` is of those known, null where nobody asked.
    """
    import pyarrow as pa

    text, real = pa.string(), pa.float64()
    fixed = [("who", pa.int64()), ("path", text), ("row", pa.int64()), ("person", pa.int64()), ("start", real), ("end", real)]
    more = [("best", real), ("likeness", pa.float32()), ("name", text), ("name_score", pa.float32()), ("picture", pa.binary())]
    return pa.schema([*fixed, *more])


def cluster(places: Sequence[Path], out: Path, config: Config) -> dict[str, int]:
    """Say which faces of all clips are one person's, and write `who.parquet`, readable by nobody but you.

    Two groups of faces are one person where their mean cosine is that at which one face is as likely another's as not
    (`Likeness`); people who were seen at the same moment of a clip are never one. A face alone of which there was one look
    only and that nobody knows, and one whose looks do not agree, is nobody in particular: -1.

    Args:
        places: shards; those with faces are made readable by nobody but you, too.
        out: folder.
        config: `known`: a folder of pictures by name, or what `known_faces` takes.

    Returns:
        how many `people`, `faces`, and of these `unknown`.

    Raises:
        SourceError, WeightsError: `known` cannot be read, see `known_faces`.
        SinkError: the table cannot be written.
    """
    faces = _gathered(places)
    who = _grouped(faces)
    names = _names(faces.embeddings, who, config)
    kept = _more_than_glimpsed(who, faces.facts["looks"], names)
    who = np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1)[who]
    named = None if names is None else [name for name, keep in zip(names, kept, strict=True) if keep]
    _write(out / FILE, faces, who, named)
    return {"people": int(who.max(initial=-1)) + 1, "faces": len(who), "unknown": int((who < 0).sum())}


def _grouped(faces: _Faces) -> Array:
    """(n,) for each row the number of its group, in the order of clips and times; -1 where its looks do not agree."""
    from ..faces.likeness import likeness

    facts = faces.facts
    rows = np.lexsort((facts["person"], facts["start"], facts["clip"]))
    rows = rows[facts["score"][rows] >= EVEN]
    number, who = np.full(len(facts), -1), np.full(len(facts), -1)
    number[rows] = np.arange(len(rows))
    apart = [(int(number[a]), int(number[b])) for a, b in _apart(faces) if number[a] >= 0 and number[b] >= 0]
    labels = alike(faces.embeddings[rows], likeness().middle, apart)
    _, who[rows] = np.unique(labels, return_inverse=True)  # a group is labelled by its first row
    return who


def _more_than_glimpsed(who: Array, looks: Array, names: list[tuple[str, float]] | None) -> Array:
    """(groups,) bool: whether there is more to it than one look, or it is somebody known."""
    from ..faces.known import UNKNOWN

    kept = np.bincount(who[who >= 0], looks[who >= 0]) > 1
    return kept if names is None else kept | np.array([name != UNKNOWN for name, _ in names], bool)


def _gathered(places: Sequence[Path]) -> _Faces:
    """All rows; the clips in the order of their paths."""
    names = ["person", "start", "end", "looks", "best", "score", "embedding", "beside"]
    clips = []
    for place in places:
        batches = list(read_rows([place], "faces", names))
        if batches:
            clips.append((batches[0].column("path")[0].as_py(), place, batches))
            with contextlib.suppress(OSError):  # it is somebody else's, on a cluster
                os.chmod(place, 0o600)
    clips.sort(key=lambda clip: (clip[0], str(clip[1])))
    reals, whole = ("start", "end", "best", "score"), ("person", "looks", "clip")
    kinds = [*((name, float) for name in reals), *((name, int) for name in whole)]
    facts, vectors, beside = [], [np.zeros((0, 128), np.float32)], []
    for clip, (_, _, batches) in enumerate(clips):
        for batch in batches:
            some = np.empty(len(batch), kinds)
            some["clip"] = clip
            for name, _ in kinds[:-1]:
                some[name] = batch.column(name).to_numpy(zero_copy_only=False)
            facts.append(some)
            vectors.append(batch.column("embedding").flatten().to_numpy(zero_copy_only=False).reshape(len(batch), -1))
            beside += batch.column("beside").to_pylist()
    counts = [sum(len(batch) for batch in batches) for _, _, batches in clips]
    every = np.concatenate(facts) if facts else np.empty(0, kinds)
    return _Faces([place for _, place, _ in clips], counts, np.concatenate(vectors), every, beside)


def _apart(faces: _Faces) -> Iterator[tuple[int, int]]:
    """Pairs of rows that cannot be one person: both were seen in one picture."""
    first = 0
    for count in faces.counts:
        facts = faces.facts[first : first + count]
        here: list[int] = []
        for row in np.lexsort((facts["person"], facts["start"])).tolist():
            here = [other for other in here if facts["end"][other] >= facts["start"][row]]
            for other in here:
                a, b = faces.beside[first + other], faces.beside[first + row]
                met = int(facts["person"][row]) in a or int(facts["person"][other]) in b
                if met or facts["best"][row] == facts["best"][other]:
                    yield first + other, first + row
            here.append(row)
        first += count


def _names(embeddings: Array, who: Array, config: Config) -> list[tuple[str, float]] | None:
    """For each person a name and how sure it is, of those known; None where nobody asked."""
    if config.known is None:
        return None
    from ..pipeline.identity import known_faces

    known = known_faces(config.known)
    return known.recognise(_means(embeddings, who)) if who.max(initial=-1) >= 0 else []


def _means(embeddings: Array, who: Array) -> Array:
    """(people, d) of length 1."""
    sums = _sums(embeddings, who)
    return np.asarray(sums / np.linalg.norm(sums, axis=1, keepdims=True), np.float32)


def _sums(embeddings: Array, who: Array) -> Array:
    sums = np.zeros((int(who.max(initial=-1)) + 1, embeddings.shape[1]))
    np.add.at(sums, who[who >= 0], embeddings[who >= 0])
    return sums


def _likeness(embeddings: Array, who: Array) -> Array:
    """(n,) mean cosine of each row with the others of its person; NaN where there are none."""
    out = np.full(len(who), np.nan, np.float32)
    rows = np.flatnonzero(who >= 0)
    sums, sizes = _sums(embeddings, who), np.bincount(who[rows], minlength=1)
    rows = rows[sizes[who[rows]] > 1]
    out[rows] = (np.einsum("ij,ij->i", sums[who[rows]], embeddings[rows]) - 1) / (sizes[who[rows]] - 1)
    return out


def _write(place: Path, faces: _Faces, who: Array, names: list[tuple[str, float]] | None) -> None:
    """The table, for nobody else to read; pictures pass through a few at a time."""
    import pyarrow.parquet as pq

    likeness = _likeness(faces.embeddings, who)

    def write(half: Path) -> None:
        half.unlink(missing_ok=True)
        os.close(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with pq.ParquetWriter(str(half), schema(), compression="zstd") as writer:
            first = 0
            for batch in read_rows(faces.places, "faces", ["person", "start", "end", "best", "picture"]):
                some = slice(first, first := first + len(batch))
                writer.write_batch(_batch(batch, who[some], likeness[some], names))

    replace(place, write)


def _batch(batch: Any, who: Array, likeness: Array, names: list[tuple[str, float]] | None) -> Any:
    import pyarrow as pa

    named = [names[number] if names is not None and number >= 0 else (None, None) for number in who.tolist()]
    columns = {
        "who": pa.array(who, pa.int64()),
        "likeness": pa.array(likeness, pa.float32(), from_pandas=True),
        "name": pa.array([name for name, _ in named], pa.string()),
        "name_score": pa.array([score for _, score in named], pa.float32()),
    }
    return pa.RecordBatch.from_arrays(
        [columns.get(name, None) or batch.column(name) for name in schema().names], schema=schema()
    )
