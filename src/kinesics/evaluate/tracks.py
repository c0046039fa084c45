"""A tracker on labelled sequences in MOTChallenge layout: MOTA, IDF1, HOTA, switches and speed."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ..errors import FormatError
from ..formats.mot import MotRows, read_mot, read_seqinfo
from ..metrics.mot import mot_counts
from ..tracks import Tracker
from ..types import People

NUMBERS = ("MOTA", "IDF1", "HOTA", "id_switches", "false_boxes", "misses", "frames", "fps")


class _Tracks(Protocol):
    def update(self, people: People, time: float) -> People: ...


@dataclass(frozen=True)
class LabelledSequence:
    """One sequence: for each frame its time in seconds, the labelled people and the detected ones."""

    name: str
    times: tuple[float, ...]
    truth: tuple[People, ...]
    detected: tuple[People, ...]


def read_sequence(folder: str | Path) -> LabelledSequence:
    """Read `gt/gt.txt`, `det/det.txt` and `seqinfo.ini` of one sequence; labels with confidence below 1 are left out.

    Raises:
        FormatError: a file is missing or damaged, or says what cannot be; names file and line.
    """
    folder = Path(folder)
    info = read_seqinfo(folder / "seqinfo.ini")
    truth, detected = read_mot(folder / "gt" / "gt.txt"), read_mot(folder / "det" / "det.txt")
    wrong = np.flatnonzero((detected.score < 0) | (detected.score > 1))
    if len(wrong):
        raise FormatError(
            f"{folder / 'det' / 'det.txt'}: frame {detected.frames[wrong[0]]}: expected scores of 0 to 1, "
            f"got {detected.score[wrong[0]]:g}; bring them to that range"
        )
    for name, rows in (("gt", truth), ("det", detected)):
        if not len(rows):
            raise FormatError(f"{folder / name / name}.txt: expected rows of boxes, got an empty file")
        if rows.frames[-1] > info.frames:
            raise FormatError(
                f"{folder / name / name}.txt: has frame {rows.frames[-1]}, but seqinfo.ini says there are {info.frames}"
            )
    truth = truth[truth.score >= 1]
    return LabelledSequence(
        folder.name,
        tuple(frame / info.fps for frame in range(info.frames)),
        _people(truth, info.frames, with_ids=True),
        _people(detected, info.frames, with_ids=False),
    )


def _people(rows: MotRows, frames: int, with_ids: bool) -> tuple[People, ...]:
    cuts = np.searchsorted(rows.frames, np.arange(1, frames + 2))
    score = np.clip(rows.score, 0, 1)
    return tuple(
        People.from_boxes(rows.boxes[a:b], score[a:b], rows.ids[a:b] if with_ids else None)
        for a, b in itertools.pairwise(cuts.tolist())
    )


def find_sequences(folder: str | Path, names: Sequence[str] | None = None) -> list[Path]:
    """Sequences (folders with gt and det) below `folder`, or `folder` itself if it is one.

    Raises:
        FormatError: there are none, or one of `names` is not there.
    """
    folder = Path(folder)
    if names:
        found = [folder / name for name in names]
        for path in found:
            if not path.is_dir():
                raise FormatError(f"{folder}: no sequence is called {path.name}; there are {_listed(folder)}")
        return found
    found = [path for path in (folder, *sorted(folder.glob("*/"))) if _is_sequence(path)]
    if not found:
        raise FormatError(f"{folder}: expected folders with gt/gt.txt and det/det.txt (MOTChallenge), got none")
    return found


def _is_sequence(path: Path) -> bool:
    return (path / "gt" / "gt.txt").is_file() and (path / "det" / "det.txt").is_file()


def _listed(folder: Path) -> str:
    return ", ".join(path.name for path in sorted(folder.glob("*/")) if _is_sequence(path)) or "none"


def eval_tracks(
    mot: str | Path,
    sequences: Sequence[str] | None = None,
    *,
    make: Callable[[], _Tracks] = Tracker,
    each: Callable[[dict[str, Any]], object] | None = None,
) -> dict[str, Any]:
    """Run a tracker over sequences of detections and hold it against the labels.

    Boxes are those of `tracker.settled` where a tracker has that, as `watch` shows them, else those of the detections.

    Args:
        mot: folder of sequences in MOTChallenge layout.
        sequences: names of folders below it; all that have gt and det by default.
        make: makes a new tracker for each sequence.
        each: is told the numbers of each sequence as soon as they are known.

    Returns:
        MOTA, IDF1, HOTA (percent, over all sequences together), id_switches, false_boxes, misses, frames, and
        fps (frames a second, tracker alone).

    Raises:
        FormatError: a file is missing or damaged; names file and line.
    """
    total, spent = None, 0.0
    for path in find_sequences(mot, sequences):
        sequence = read_sequence(path)
        tracker = make()
        start = time.perf_counter()
        settled = getattr(tracker, "settled", _as_they_are)
        tracked = [settled(tracker.update(people, at)) for people, at in zip(sequence.detected, sequence.times, strict=True)]
        took = time.perf_counter() - start
        counts = mot_counts(sequence.truth, tracked)
        if each:
            each({"sequence": sequence.name, **_chosen({**counts.numbers(), "fps": len(tracked) / took})})
        total, spent = counts if total is None else total + counts, spent + took
    if total is None:
        raise FormatError(f"{mot}: expected at least one sequence, got none")
    return _chosen({**total.numbers(), "fps": total.frames / spent})


def table_row(row: Mapping[str, Any] | None) -> str:
    """One line of a table for people to read: the heads of the columns, or the numbers that `each` is told."""
    if row is None:
        return (
            f"{'sequence':16}{'MOTA':>7}{'IDF1':>7}{'HOTA':>7}{'switches':>10}{'false':>7}{'missed':>8}{'frames':>8}{'fps':>8}"
        )
    return (
        f"{row['sequence']:16}{row['MOTA']:7.1f}{row['IDF1']:7.1f}{row['HOTA']:7.1f}{row['id_switches']:10d}"
        f"{row['false_boxes']:7.0f}{row['misses']:8.0f}{row['frames']:8d}{row['fps']:8.0f}"
    )


def _as_they_are(people: People) -> People:
    return people


def _chosen(numbers: dict[str, Any]) -> dict[str, Any]:
    return {name: numbers[name] for name in NUMBERS}
