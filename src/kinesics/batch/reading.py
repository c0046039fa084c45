"""What a corpus' folder holds, read back: its shards, the rows of one kind, one clip's Scenes."""

from __future__ import annotations

import difflib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import FormatError
from ..types import Scene
from .config import Config
from .shards import FOLDER, read_rows

__all__ = ["clips", "facts", "read_scenes", "rows", "shards"]

READABLE = ("ok", "truncated", "damaged", "failed")  # clips of which there may be rows


def facts(folder: str | Path) -> dict[str, Any]:
    """What `run` wrote of the corpus: version, config, corpus, schema.

    Args:
        folder: the DIR of `run`.

    Raises:
        FormatError: there is no finished corpus in it, or one of a newer version.
    """
    from .rows import VERSION

    place = Path(folder) / "corpus.json"
    try:
        found: dict[str, Any] = json.loads(place.read_text("utf-8"))
        version = int(found["version"])
    except FileNotFoundError:
        raise FormatError(f"{folder}: no corpus in this folder; run: kinesics batch CORPUS -o {folder}") from None
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise FormatError(
            f"{place}: not what kinesics batch writes ({error}); run it again, it does only what is missing"
        ) from error
    if version > VERSION:
        raise FormatError(f"{place}: version {version} is newer than this program ({VERSION}); update kinesics")
    return found


def clips(folder: str | Path, *columns: str) -> list[dict[str, Any]]:
    """The clips of the newest run, one mapping each.

    Args:
        folder: the DIR of `run`.
        columns: of `clips.parquet`, besides path, shard, status and error; those that are not there are left out.

    Raises:
        FormatError: there is no finished corpus in this folder.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    about, place = facts(folder), Path(folder) / "clips.parquet"
    try:
        with pq.ParquetFile(str(place)) as file:
            key = ((file.schema_arrow.metadata or {}).get(b"kinesics.key") or b"").decode()
            there = set(file.schema_arrow.names)
            wanted = [name for name in ("path", "shard", "status", "error", *columns) if name in there]
            found: list[dict[str, Any]] = file.read(columns=wanted).to_pylist()
    except FileNotFoundError:
        key, found = "", []
    except (OSError, ValueError, pa.ArrowException) as error:
        words = (str(error).splitlines() or [type(error).__name__])[0]
        raise FormatError(
            f"{place}: cannot be read ({words}); run kinesics batch again, it does only what is missing"
        ) from error
    if key != about.get("key", key) or not found:
        raise FormatError(f"{folder}: the run of this corpus has not finished; run it again, it does only what is missing")
    return found if about.get("finished", True) else [clip for clip in found if _place(folder, clip).is_file()]


def shards(folder: str | Path) -> list[Path]:
    """The shards of the newest run, in the order of `clips.parquet`; those of other configurations in the folder are left out.

    Raises:
        FormatError: there is no finished corpus in this folder.
    """
    return [_place(folder, clip) for clip in clips(folder)]


def _place(folder: str | Path, clip: dict[str, Any]) -> Path:
    return Path(folder) / FOLDER / Path(str(clip["shard"])).name


def rows(folder: str | Path, kind: str, *columns: str) -> Iterator[Any]:
    """RecordBatches of all rows of one kind: path, row, status, error and the kind's own columns, a few thousand at a time.

    Args:
        folder: the DIR of `run`.
        kind: clip, people, shots, duplicates, faces, search, ladder, function.
        columns: of the kind's; all when none are named.

    Raises:
        FormatError: there is no finished corpus in this folder, or no such kind of row.
    """
    from .rows import kinds

    if kind not in kinds():
        raise FormatError(f"expected a kind of row ({', '.join(kinds())}), got {kind!r}")
    return read_rows(shards(folder), kind, columns or None)


def read_scenes(folder: str | Path, path: str | Path) -> Iterator[Scene]:
    """The Scenes of one clip, as `kinesics.watch` would give them again, without their pictures; memory stays bounded.

    Args:
        folder: the DIR of `run`.
        path: the clip; a name is enough when only one clip is called so.

    Raises:
        FormatError: no such clip in the corpus (close names are told), or none of its people were looked for, with its status.
    """
    clip = _clip(folder, os.fspath(path))
    if clip["status"] not in READABLE:
        raise FormatError(f"{clip['path']}: nothing to read, its status is {clip['status']}: {clip['error']}")
    jobs = Config.from_json(json.dumps(facts(folder)["config"])).jobs
    if "people" not in jobs:
        raise FormatError(
            f"{clip['path']}: people were not looked for, only {', '.join(jobs)}; run it again with --jobs people"
        )
    return _scenes(_place(folder, clip))


def _clip(folder: str | Path, path: str) -> dict[str, Any]:
    there = clips(folder)
    whole = os.path.abspath(path)
    found = [clip for clip in there if clip["path"] in (path, whole)]
    found = found or [clip for clip in there if clip["path"].endswith(os.sep + path)]
    if len(found) == 1:
        return found[0]
    if found:
        raise FormatError(f"{path}: {len(found)} clips are called so, {found[0]['path']} and {found[1]['path']}; say which")
    names = {os.path.basename(clip["path"]): clip["path"] for clip in there}
    close = [names[name] for name in difflib.get_close_matches(os.path.basename(path), names, 3, 0.6)]
    raise FormatError(
        f"{path}: no such clip in {folder}; " + (f"close: {', '.join(close)}" if close else f"it has {len(there)} others")
    )


def _scenes(place: Path) -> Iterator[Scene]:
    """Batches end anywhere: the last frame of one waits for the next."""
    import pyarrow as pa

    from ..formats.table import frame_starts, to_scenes

    rest: Any = None
    for batch in read_rows([place], "people"):
        part = pa.Table.from_batches([batch])
        table = part if rest is None else pa.concat_tables([rest, part])
        last = int(frame_starts(table)[-1])
        yield from to_scenes(table.slice(0, last), None)
        rest = table.slice(last)
    if rest is not None:
        yield from to_scenes(rest, None)
