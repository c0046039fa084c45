"""What came out of a corpus, in numbers: `summarize`."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .reading import clips, facts, rows, shards

__all__ = ["summarize"]

EXAMPLES = 3  # clips named for each reason
REASONS = 20  # reasons told for each status; the rest are counted


def summarize(folder: str | Path) -> dict[str, Any]:
    """What is in a corpus' tables, counted; memory is that of the list of clips.

    Args:
        folder: the DIR of `run`.

    Returns:
        folder, corpus, jobs, clips, bytes (of the clips), hours (of video that was read), frames; `statuses` {status: clips},
        `failures` (status, reason, clips, examples: paths), `failed` (clips that are not ok, truncated or damaged); for each
        job its counts: `people`, `person_frames`, `actions` {label: hours}, `shots`, `boundaries` {kind: n}, `windows`,
        `ladders`, `answers`, and what stands beside the shards: `groups` (of near-duplicate shots), `copies` (shots that need
        not be kept), `groups_clips`, `copies_clips`, `who` (people by their face), `appearances`, `unsure`; `speed`: work_hours
        (of all workers together), video_per_work_second, clips_per_work_hour; `table_bytes`.

    Raises:
        FormatError: there is no finished corpus in this folder.
    """
    about = facts(folder)
    there = clips(folder, "bytes", "frames", "seconds", "work_seconds")
    jobs = tuple(about["config"]["jobs"])
    states = Counter(str(clip["status"]) for clip in there)
    seconds = _total(clip.get("seconds") for clip in there)
    values: dict[str, Any] = {
        "folder": str(folder),
        "corpus": about.get("corpus"),
        "jobs": list(jobs),
        "clips": len(there),
        "bytes": int(_total(clip.get("bytes") for clip in there)),
        "hours": seconds / 3600,
        "frames": int(_total(clip.get("frames") for clip in there)),
        "statuses": dict(states.most_common()),
        "failed": sum(n for status, n in states.items() if status not in ("ok", "truncated", "damaged")),
        "failures": _failures(there),
    }
    for name in jobs:
        if name in _COUNTS:
            values |= _COUNTS[name](folder)
    return {
        **values,
        **_beside(Path(folder)),
        "speed": _speed(there),
        "table_bytes": _table_bytes(folder),
    }


def _total(values: Iterable[float | None]) -> float:
    return sum(value for value in values if value is not None)


# ---------------------------------------------------------------------------------------------------------------- failures
def _failures(there: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Reasons, the commonest first: the same words with other numbers are one reason."""
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for clip in there:
        if clip["status"] != "ok":
            found[str(clip["status"]), _reason(str(clip["error"] or ""))].append(clip)
    told = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    kept = [
        {
            "status": status,
            "reason": " ".join(str(of[0]["error"] or status).split()),
            "clips": len(of),
            "examples": [clip["path"] for clip in of[:EXAMPLES]],
        }
        for (status, _), of in told[:REASONS]
    ]
    rest = sum(len(of) for _, of in told[REASONS:])
    return [*kept, {"status": "", "reason": "other reasons", "clips": rest, "examples": []}] if rest else kept


def _reason(error: str) -> str:
    return re.sub(r"\d+(\.\d+)?", "#", error)


# ------------------------------------------------------------------------------------------------------------------ counts
def _people(folder: str | Path) -> dict[str, Any]:
    """People are counted within a clip and an epoch: who is followed has one id."""
    seen = frames = 0
    path, ids = "", set[tuple[int, int]]()
    labels: dict[str, float] = defaultdict(float)
    every = {clip["path"]: _every(clip) for clip in clips(folder, "frames", "seconds")}
    for batch in rows(folder, "people", "epoch", "id", "action"):
        names, columns = (
            batch.column("path").to_pylist(),
            (batch.column(name).to_pylist() for name in ("epoch", "id", "action")),
        )
        for name, epoch, identity, action in zip(names, *columns, strict=True):
            if name != path:
                seen, path, ids = seen + len(ids), name, set()
            if identity is None:
                continue
            frames += 1
            if identity >= 0:
                ids.add((epoch, identity))
            if action is not None:
                labels[action] += every[name]
    hours = {label: round(seconds / 3600, 6) for label, seconds in sorted(labels.items(), key=lambda item: -item[1])}
    return {"people": seen + len(ids), "person_frames": frames, "actions": hours}


def _every(clip: Mapping[str, Any]) -> float:
    """Seconds between two frames."""
    frames, seconds = clip.get("frames") or 0, clip.get("seconds") or 0.0
    return seconds / (frames - 1) if frames > 1 else 0.0


def _shots(folder: str | Path) -> dict[str, Any]:
    kinds: Counter[str] = Counter()
    for batch in rows(folder, "shots", "before"):
        kinds.update(batch.column("before").to_pylist())
    return {"shots": sum(kinds.values()), "boundaries": {k: n for k, n in kinds.most_common() if k != "start"}}


def _windows(folder: str | Path) -> dict[str, Any]:
    return {"windows": sum(len(batch) for batch in rows(folder, "search", "person"))}


def _ladders(folder: str | Path) -> dict[str, Any]:
    shots: set[tuple[str, int]] = set()
    for batch in rows(folder, "ladder", "shot", "bits_per_second"):
        measured = batch.filter(batch.column("bits_per_second").is_valid())
        shots.update(zip(measured.column("path").to_pylist(), measured.column("shot").to_pylist(), strict=True))
    return {"ladders": len(shots)}


def _answers(folder: str | Path) -> dict[str, Any]:
    return {"answers": sum(len(batch) for batch in rows(folder, "function", "shot"))}


_COUNTS = {"people": _people, "shots": _shots, "search": _windows, "ladder": _ladders, "function": _answers}


def _beside(folder: Path) -> dict[str, Any]:
    """What the finishes wrote beside the shards: groups of near-duplicates, people by their face."""
    found: dict[str, Any] = {}
    if rows := _columns(folder / "duplicates.parquet", "group", "shot"):
        shots, wholes = Counter(g for g, shot in rows if shot is not None), Counter(g for g, shot in rows if shot is None)
        found |= {"groups": len(shots), "copies": sum(shots.values()) - len(shots)}
        found |= {"groups_clips": len(wholes), "copies_clips": sum(wholes.values()) - len(wholes)}
    if seen := _columns(folder / "who.parquet", "who"):
        who = Counter(one for (one,) in seen)
        found |= {"who": len(who.keys() - {-1}), "appearances": sum(who.values()), "unsure": who.get(-1, 0)}
    return found


def _columns(place: Path, *names: str) -> list[tuple[Any, ...]]:
    import pyarrow.parquet as pq

    if not place.is_file():
        return []
    table = pq.read_table(str(place), columns=list(names))
    return list(zip(*(table.column(name).to_pylist() for name in names), strict=True))


# ------------------------------------------------------------------------------------------------------------------- speed
def _speed(there: Iterable[Mapping[str, Any]]) -> dict[str, float]:
    """Of those clips that were read: what a limit cut short says nothing of the speed."""
    read = [clip for clip in there if clip.get("seconds") is not None]
    work = _total(clip.get("work_seconds") for clip in read)
    return {
        "work_hours": _total(clip.get("work_seconds") for clip in there) / 3600,
        "video_per_work_second": _total(clip.get("seconds") for clip in read) / work if work else 0.0,
        "clips_per_work_hour": 3600 * len(read) / work if work else 0.0,
    }


def _table_bytes(folder: str | Path) -> int:
    beside = [place for place in Path(folder).glob("*.parquet") if place.is_file()]
    return sum(os.stat(place).st_size for place in (*shards(folder), *beside))
