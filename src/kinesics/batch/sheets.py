"""Pictures of a corpus for people to look at: a sheet of shots, groups of near-duplicates, who appears where, ladders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..video.paths import shown
from .reading import clips, facts, rows, shards
from .shards import read_rows

__all__ = ["appearances", "duplicate_groups", "ladders", "named", "pictures_asked", "shot_sheet", "shown"]


def shot_sheet(folder: str | Path, limit: int) -> tuple[list[dict[str, Any]], int]:
    """Shots with their pictures, evenly taken from all, and how many there are.

    Returns:
        mappings of path, shot, start, end, before, picture (JPEG bytes or None), at most `limit` of them; the number of shots.
    """
    import pyarrow as pa

    number = sum(len(batch) for batch in rows(folder, "shots", "shot"))
    every, taken, at = -(-number // limit) or 1, [], 0
    for batch in rows(folder, "shots", "shot", "start", "end", "before", "picture"):
        first = -at % every
        taken += batch.take(pa.array(range(first, len(batch), every), pa.int64())).to_pylist()
        at += len(batch)
    return taken, number


def duplicate_groups(folder: str | Path, limit: int, members: int) -> tuple[list[list[dict[str, Any]]], int]:
    """Groups of near-duplicates, the largest first, each with its exemplar first, and how many groups there are.

    Returns:
        at most `limit` lists of at most `members` mappings: path, shot, start, end, exemplar, likeness, size (of the whole
        group), picture (JPEG bytes or None); the number of groups.
    """
    groups: dict[int, list[dict[str, Any]]] = defaultdict(list)
    sizes: dict[int, int] = defaultdict(int)
    for row in _table(Path(folder) / "duplicates.parquet"):
        kept = groups[row["group"]]
        sizes[row["group"]] += 1
        kept.append(dict(row))
        kept.sort(key=lambda one: (not one["exemplar"], -(one["likeness"] or 0.0), one["path"], one["start"] or 0.0))
        del kept[members:]
    chosen = sorted(groups, key=lambda group: (-sizes[group], group))[:limit]
    wanted = {(row["path"], row["shot"] or 0) for group in chosen for row in groups[group]}  # a clip as a whole: its first shot
    pictures = _shot_pictures(folder, wanted)
    found = [
        [{**row, "size": sizes[group], "picture": pictures.get((row["path"], row["shot"] or 0))} for row in groups[group]]
        for group in chosen
    ]
    return found, len(groups)


def _shot_pictures(folder: str | Path, wanted: set[tuple[str, int]]) -> dict[tuple[str, int], bytes]:
    paths = {path for path, _ in wanted}
    places = [place for clip, place in zip(clips(folder), shards(folder), strict=True) if clip["path"] in paths]
    found = {}
    for batch in read_rows(places, "shots", ("shot", "picture")):
        for row in batch.to_pylist():
            if row["picture"] and (row["path"], row["shot"]) in wanted:
                found[row["path"], row["shot"]] = row["picture"]
    return found


def appearances(folder: str | Path, limit: int, faces: int) -> tuple[list[list[dict[str, Any]]], int]:
    """Who appears where, those seen longest first, and how many they are; the unsure (-1) are left out.

    Returns:
        at most `limit` lists of at most `faces` mappings: who, name (or None), path, person, start, end, likeness, picture,
        seconds and clips (of all the appearances of that one); the number of people.
    """
    place = Path(folder) / "who.parquet"
    seconds: dict[int, float] = defaultdict(float)
    where: dict[int, set[str]] = defaultdict(set)
    for row in _table(place, ("who", "path", "start", "end")):
        if row["who"] >= 0:
            seconds[row["who"]] += row["end"] - row["start"]
            where[row["who"]].add(row["path"])
    people: dict[int, list[dict[str, Any]]] = {who: [] for who in sorted(seconds, key=lambda who: (-seconds[who], who))[:limit]}
    for row in _table(place):
        if len(people.get(row["who"], range(faces))) < faces:
            whole = {"seconds": seconds[row["who"]], "clips": len(where[row["who"]])}
            people[row["who"]].append({"name": None, **row, **whole})
    return list(people.values()), len(seconds)


def ladders(folder: str | Path, limit: int) -> tuple[list[list[dict[str, Any]]], int]:
    """The rows of the first shots that were measured, a list a shot, and how many such shots there are."""
    taken: dict[tuple[str, int], list[dict[str, Any]]] = {}
    seen: set[tuple[str, int]] = set()
    for batch in rows(folder, "ladder"):
        for row in batch.to_pylist():
            if row["bits_per_second"] is None:  # a shot too short, say
                continue
            key = row["path"], row["shot"]
            seen.add(key)
            if len(seen) <= limit or key in taken:
                taken.setdefault(key, []).append(row)
    return list(taken.values()), len(seen)


def pictures_asked(folder: str | Path) -> bool:
    """Whether small pictures were to be kept."""
    return bool(facts(folder)["config"].get("pictures", True))


def _table(place: Path, columns: tuple[str, ...] | None = None) -> Iterator[Mapping[str, Any]]:
    import pyarrow.parquet as pq

    if place.is_file():
        with pq.ParquetFile(str(place)) as file:
            for batch in file.iter_batches(batch_size=1024, columns=columns and list(columns)):
                yield from batch.to_pylist()


def named(row: Mapping[str, Any]) -> str:
    """What a row is about, for those who cannot see its picture: the file's name and the seconds."""
    start, end = row.get("start") or 0.0, row.get("end") or 0.0
    return shown(Path(row["path"]).name) + (f", {start:.1f} to {end:.1f} s" if end > start else "")
