"""A training that was killed goes on from its last level: what it had is kept in one file, written beside and then renamed."""

from __future__ import annotations

import contextlib
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FormatError, SinkError, UsageError
from .growing import Level, Tally
from .leaves import Leaves

__all__ = ["Checkpoint", "Progress"]

FORMAT = 1


class Progress:
    """How far a training is: finished trees, levels of the one that grows, votes so far."""

    def __init__(self) -> None:
        self.trees: list[tuple[list[Level], Leaves]] = []
        self.levels: list[Level] = []
        self.tally = Tally()


class Checkpoint:
    """A file that remembers a training.

    Args:
        path: the file; None remembers nothing.
        settings: all that decides the trees: what a file must have been written with.
    """

    def __init__(self, path: str | Path | None, settings: Mapping[str, Any]) -> None:
        self._path = None if path is None else Path(path)
        self._settings = {"format": FORMAT, **settings}

    def save(self, progress: Progress) -> None:
        """Keep it all.

        Raises:
            SinkError: it cannot be written.
        """
        if self._path is None:
            return
        head = {
            "settings": self._settings,
            "trees": [len(levels) for levels, _ in progress.trees],
            "tally": asdict(progress.tally),
        }
        arrays: dict[str, Any] = {"head": np.frombuffer(json.dumps(head).encode(), np.uint8)}
        for number, (levels, leaves) in enumerate(progress.trees):
            arrays.update(_packed(f"{number}", levels))
            arrays.update({f"{number}.{item.name}": getattr(leaves, item.name) for item in fields(Leaves)})
        arrays.update(_packed("now", progress.levels))
        partial = self._path.with_name(self._path.name + ".partial")
        try:
            with partial.open("wb") as file:
                np.savez(file, allow_pickle=False, **arrays)
            os.replace(partial, self._path)
        except OSError as error:
            with contextlib.suppress(OSError):
                partial.unlink()
            raise SinkError(f"{self._path}: the checkpoint could not be saved: {error.strerror or error}") from error

    def load(self) -> Progress:
        """What was kept; nothing when there is no file.

        Raises:
            UsageError: the file is of a training with other settings or other samples.
            FormatError: no checkpoint, or a damaged one.
        """
        progress = Progress()
        if self._path is None or not self._path.exists():
            return progress
        try:
            with self._path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                held = {name: arrays[name] for name in arrays.files}
            head = json.loads(held["head"].tobytes())
            self._compare(head["settings"])
            for number, levels in enumerate(head["trees"]):
                leaves = Leaves(**{item.name: held[f"{number}.{item.name}"] for item in fields(Leaves)})
                progress.trees.append((_unpacked(f"{number}", held, levels), leaves))
            progress.levels = _unpacked("now", held, len(held["now.sizes"]))
            progress.tally = Tally(**head["tally"])
        except (KeyError, ValueError, TypeError, EOFError, OSError, zipfile.BadZipFile, AttributeError) as error:
            if isinstance(error, UsageError):
                raise
            raise FormatError(
                f"{self._path}: no checkpoint of a training, or a damaged one; delete it to train anew"
            ) from error
        return progress

    def _compare(self, saved: Mapping[str, Any]) -> None:
        now = json.loads(json.dumps(self._settings))
        other = sorted(key for key in {*saved, *now} if saved.get(key) != now.get(key))
        if other:
            words = ", ".join(f"{key} {saved.get(key)} there and {now.get(key)} here" for key in other)
            raise UsageError(f"{self._path}: the checkpoint of another training ({words}); delete it, or train as it says")

    def clear(self) -> None:
        """The training is done: the file goes."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)


def _packed(name: str, levels: list[Level]) -> dict[str, Any]:
    held: dict[str, Any] = {f"{name}.sizes": np.array([len(level.children) for level in levels], np.int64)}
    for item in fields(Level):
        if levels:
            held[f"{name}.{item.name}"] = np.concatenate([getattr(level, item.name) for level in levels])
    return held


def _unpacked(name: str, held: Mapping[str, Any], count: int) -> list[Level]:
    sizes = held[f"{name}.sizes"]
    if len(sizes) != count:
        raise ValueError("levels are missing")
    cuts = np.cumsum(sizes)[:-1]
    if not count:
        return []
    columns = [np.split(held[f"{name}.{item.name}"], cuts) for item in fields(Level)]
    return [Level(*values) for values in zip(*columns, strict=True)]
