"""An index of movements: an inverted file. Each lies in the cell of its nearest centre, and a search looks into few cells.

Centres are learned by k-means on a sample (Lloyd 1982); cells and not rows are compared first (Sivic and Zisserman, ICCV 2003).
How many cells are looked into is not fixed: a cell is left out once even the best of it is unlikely to be among the best so
far, judged by how far its members spread. What is clustered is found in few cells, and what is not is searched for everywhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SinkError
from ..types import Array

__all__ = ["FOLDER", "Cells", "make_cells", "open_cells"]

FOLDER = "index"
VERSION = 1
SAMPLE = 16_000  # rows that centres are learned from
ROUNDS = 8
MANY = 2.0  # cells, as multiples of the root of the rows
REACH = 3.0  # spreads beyond a cell's middle that its best row may lie
FILES = ("rows.npy", "cells.npz")

Blocks = Callable[[], Iterator[tuple[Array, Array]]]


class Cells:
    """Rows by cells.

    Args:
        centres: (c, f) float32.
        spread: (c,) standard deviation of a cell's rows along the direction in which they differ most.
        starts: (c + 1,) where each cell's rows begin.
        rows: (n, f) float32 in the order of the cells; may lie in a file.
        windows: (n,) what each row is.
    """

    def __init__(self, centres: Array, spread: Array, starts: Array, rows: Array, windows: Array) -> None:
        self.centres, self.spread, self.starts, self.rows, self.windows = centres, spread, starts, rows, windows

    def nearest(self, question: Array, count: int) -> tuple[Array, Array]:
        """The rows with the highest inner product with a question (f,), nearly always all of them.

        Returns:
            (m,) places of at most `count` rows, best first, and their products.
        """
        length = float(np.linalg.norm(question))
        hope = self.centres @ question + REACH * length * self.spread
        places, products = np.zeros(0, np.int64), np.zeros(0, np.float32)
        for cell in np.argsort(-hope, kind="stable").tolist():
            if len(products) >= count and hope[cell] < products[-1]:
                break
            first, last = int(self.starts[cell]), int(self.starts[cell + 1])
            here = self.rows[first:last] @ question
            good = np.flatnonzero(here > products[-1]) if len(products) >= count else np.arange(last - first)
            if len(good):
                places, products = np.concatenate([places, first + good]), np.concatenate([products, here[good]])
                order = np.lexsort((places, -products))[:count]
                places, products = places[order], products[order]
        return places, products


def make_cells(blocks: Blocks, place: Path, *, seed: int = 0) -> Cells:
    """Sort all rows into cells, in a few passes over them; memory holds a sample and one block.

    Args:
        blocks: gives all rows anew each time: (n, f) float32 and (n,) what they are.
        place: a folder for the files.
        seed: of the choice of first centres.
    """
    counts = [len(rows) for rows, _ in blocks()]
    n = sum(counts)
    every = max(1, -(-n // SAMPLE))
    sample = np.concatenate([rows[-before % every :: every] for before, (rows, _) in _numbered(blocks)])
    centres = _centres(sample, max(1, min(round(MANY * np.sqrt(n)), len(sample) // 8)), np.random.default_rng(seed))
    cell = np.concatenate([_cell_of(rows, centres) for rows, _ in blocks()])
    starts = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=len(centres)))])
    where = np.empty(n, np.int64)
    where[np.argsort(cell, kind="stable")] = np.arange(n)
    out = np.lib.format.open_memmap(place / FILES[0], "w+", np.float32, (n, sample.shape[1]))
    windows = np.empty(n, next(blocks())[1].dtype)
    for before, (rows, about) in _numbered(blocks):
        at = where[before : before + len(rows)]
        out[at], windows[at] = rows, about
    out.flush()
    kept = np.flatnonzero(np.diff(starts))
    middles, spread = _shapes(out, starts, kept)
    cells = Cells(middles, spread, starts[[*kept, -1]], out, windows)
    np.savez(place / FILES[1], centres=middles, spread=spread, starts=cells.starts, windows=windows)
    return cells


def _numbered(blocks: Blocks) -> Iterator[tuple[int, tuple[Array, Array]]]:
    """Blocks, each with how many rows came before it."""
    before = 0
    for block in blocks():
        yield before, block
        before += len(block[0])


def _centres(sample: Array, count: int, rng: np.random.Generator) -> Array:
    """(count, f) float32 by Lloyd's rounds; a cell that nobody lies in keeps its centre."""
    centres = sample[np.sort(rng.choice(len(sample), count, replace=False))].copy()
    for _ in range(ROUNDS):
        cell = _cell_of(sample, centres)
        order = np.argsort(cell, kind="stable")
        there, first = np.unique(cell[order], return_index=True)
        centres[there] = np.add.reduceat(sample[order], first) / np.diff([*first, len(sample)])[:, None]
    return np.asarray(centres, np.float32)


def _cell_of(rows: Array, centres: Array) -> Array:
    """(n,) the nearest centre of each row."""
    half = (centres**2).sum(1) / 2
    parts = [(rows[i : i + 4096] @ centres.T - half).argmax(1) for i in range(0, len(rows), 4096)]
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _shapes(rows: Array, starts: Array, kept: Array) -> tuple[Array, Array]:
    """The middle of each cell, (c, f), and how far its rows spread, (c,)."""
    middles, spread = [], []
    for cell in kept.tolist():
        own = np.asarray(rows[starts[cell] : starts[cell + 1]])
        middles.append(own.mean(0))
        off = own - middles[-1]
        cover = off.T @ off / len(own)
        spread.append(float(np.sqrt(max(np.linalg.eigvalsh(cover)[-1], 0.0))))
    return np.array(middles, np.float32), np.array(spread, np.float32)


def open_cells(folder: str | Path, shards: list[Path], blocks: Blocks, *, make: bool) -> Cells | None:
    """The index of a corpus, if there is one and it is of these shards.

    Args:
        folder: of the corpus.
        shards: what it must be made of.
        blocks: see `make_cells`.
        make: make it, if it is not there or of other shards.

    Raises:
        SinkError: it cannot be written.
    """
    place, key = Path(folder) / FOLDER, _key(shards)
    found = _read(place, key)
    if found is not None or not make:
        return found
    beside = place.with_name(f"{FOLDER}.{os.getpid()}.tmp")
    if not any(len(rows) for rows, _ in blocks()):
        return None
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        make_cells(blocks, beside)
        about = {"version": VERSION, "shards": key, "files": {name: _hash(beside / name) for name in FILES}}
        (beside / "index.json").write_text(json.dumps(about, indent=1) + "\n", "utf-8")
        shutil.rmtree(place, ignore_errors=True)
        os.replace(beside, place)
    except OSError as error:
        raise SinkError(f"{place}: the index cannot be written ({error.strerror or error}); search without one") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return _read(place, key)


def _read(place: Path, key: str) -> Cells | None:
    """What is there, unless it is damaged, of another version or of other shards."""
    try:
        about: dict[str, Any] = json.loads((place / "index.json").read_text("utf-8"))
        fits = (about["version"], about["shards"]) == (VERSION, key)
        if not fits or any(_hash(place / name) != about["files"][name] for name in FILES):
            return None
    except (OSError, ValueError, LookupError, TypeError):
        return None
    rows = np.load(place / FILES[0], mmap_mode="r")
    with np.load(place / FILES[1]) as parts:
        return Cells(parts["centres"], parts["spread"], parts["starts"], rows, parts["windows"])


def _key(shards: list[Path]) -> str:
    """Changes when a shard comes, goes or is written anew."""
    facts = [(place.name, (stat := place.stat()).st_size, stat.st_mtime_ns) for place in shards if place.is_file()]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
