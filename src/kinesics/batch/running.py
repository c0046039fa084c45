"""A whole corpus: which clips are missing, have them done, finish, and say what came of it."""

from __future__ import annotations

import contextlib
import importlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import JobError, SinkError, UsageError
from ..video.paths import shown
from .child import remove_folders
from .config import Config
from .finishes import finish
from .folder import forget_others, held, remove_halves, write_clips, write_corpus
from .hashing import together
from .jobs import check_jobs
from .limits import Limits
from .listing import Corpus, Listing, find_clips
from .shards import FOLDER, read_facts, remove_remains, shard_name
from .supervised import Task

__all__ = ["ENGINES", "READ", "run"]

ENGINES = {"pool": ("pool", "run_shards"), "spark": ("spark", "run_shards")}
"""Name -> module in this folder, and a function as `pool.run_shards`."""

READ = frozenset({"ok", "truncated", "damaged"})
"""What is not a failure: all that could be read was read."""


def run(
    corpus: Corpus,
    out: str | Path,
    config: Config | None = None,
    *,
    engine: str = "pool",
    workers: int | None = None,
    limits: Limits | None = None,
    retry: bool = False,
    step: Callable[[Mapping[str, Any]], None] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Do the jobs on each clip of a corpus; what is there already from an earlier run is not done again.

    Args:
        corpus: a folder (with those in it), a glob, a file, or several of them, see `find_clips`.
        out: the folder of tables: `shards/`, one file a clip; `clips.parquet`, one row a clip; `corpus.json`; what jobs finish.
        config: what is asked for; None for `Config()`.
        engine: of `ENGINES`.
        workers: at a time; None for as many as there are cores.
        limits: what a clip may cost; None for `Limits()`.
        retry: do those again that are neither ok nor truncated nor damaged; those whose workers were killed from outside,
            twice, are always done again.
        step: called once a clip that was done now, with path, status, error, rows, seconds (of work), video_seconds, bytes, and
            of this run: done, total (clips), bytes_done, bytes_total.
        options: the engine's own.

    Returns:
        clips, done (now), skipped (done before), failed (status -> how many, those of `READ` apart), statuses (all of them),
        seconds (of this run), video_seconds (of all clips), clips_per_second (of this run), rows, rows_sha256 (see `hashing`),
        others (files that were no clips), unreadable (folders), outputs (job -> what its finish counted).

    Raises:
        SourceError: there is no clip.
        UsageError, WeightsError, MissingExtra: what is asked for cannot be done with any clip; or another run holds `out`.
        SinkError: there can be no such folder as `out`.
        JobError: no worker can be started, or there was no room for what they wrote. What is done is done: run again.
    """
    began, config, limits = time.monotonic(), config or Config(), limits or Limits()
    if engine not in ENGINES:
        raise UsageError(f"engine: expected one of {', '.join(ENGINES)}, got {engine}")
    check_jobs(config)
    place = Path(out).absolute()
    listing = find_clips(corpus, place)
    with held(place), _work_failed():
        _tidy(place)
        facts = _about_corpus(corpus, listing)
        forget_others(place, config.key)
        write_corpus(place, config, {**facts, "finished": False})
        state = _State(listing, place, config, step)
        missing = state.missing(retry)
        if missing:
            module, function = ENGINES[engine]
            work = getattr(importlib.import_module(f".{module}", __package__), function)
            work(missing, config, limits, workers=workers, step=state.take, **options)
        _tidy(place)
        done = state.clips()
        write_clips(place, config.key, done)
        outputs = finish([place / FOLDER / one["shard"] for one in done], place, config)
        result = {**state.counts(time.monotonic() - began), **_left(listing), "outputs": outputs}
        write_corpus(place, config, {**facts, "finished": True, "result": result})
    return result


@contextlib.contextmanager
def _work_failed() -> Iterator[None]:
    """What could not be written is a failure of the work, and not of what was asked for."""
    try:
        yield
    except SinkError as error:
        raise JobError(str(error)) from error


def _tidy(place: Path) -> None:
    remove_remains(place / FOLDER)
    remove_halves(place)
    remove_folders()


def _about_corpus(corpus: Corpus, listing: Listing) -> dict[str, Any]:
    named = [corpus] if isinstance(corpus, str | Path) else corpus if isinstance(corpus, list | tuple) else []
    return {
        "corpus": [shown(part) for part in named],
        "clips": len(listing.clips),
        "bytes": sum(clip.size for clip in listing.clips),
        **_left(listing),
    }


def _left(listing: Listing) -> dict[str, Any]:
    return {"others": listing.others, "unreadable": list(listing.unreadable)}


class _State:
    """What is done and what is not."""

    def __init__(self, listing: Listing, out: Path, config: Config, step: Callable[[Mapping[str, Any]], None] | None) -> None:
        folder, key = out / FOLDER, config.key
        self._tasks = [Task(path, size, str(folder / shard_name(path, size, key))) for path, size in listing.clips]
        self._step = step
        self._facts: dict[str, dict[str, Any]] = {}  # by the shard's name
        self._sizes: dict[str, int] = {}  # of what is to be done now
        self._bytes = self._all_bytes = self._skipped = 0

    def missing(self, retry: bool) -> list[Task]:
        """Clips without a shard, and those whose shard, which is removed, tells of a worker that somebody killed.

        With `retry` also those whose shard tells of another failure.
        """
        missing = []
        for task in self._tasks:
            place = Path(task.place)
            facts = read_facts(place) if place.exists() else None
            if facts is not None and (_killed(facts) or (retry and facts.get("status") not in READ)):
                place.unlink(missing_ok=True)
                facts = None
            if facts is None:
                missing.append(task)
            else:
                self._facts[place.name] = facts
        self._skipped = len(self._facts)
        self._sizes = {Path(task.place).name: task.size for task in missing}
        self._all_bytes = sum(self._sizes.values())
        return missing

    def take(self, facts: dict[str, Any]) -> None:
        """A clip is done."""
        name = facts["shard"]
        again, size = name in self._facts, self._sizes.get(name, 0)
        self._facts[name] = facts
        if again:  # an engine may tell twice of what it did once
            return
        self._bytes += size
        if self._step is not None:
            told = {key: facts[key] for key in ("path", "status", "error", "rows", "seconds")}
            whole = {"done": len(self._facts) - self._skipped, "total": len(self._sizes)}
            in_bytes = {"bytes": size, "bytes_done": self._bytes, "bytes_total": self._all_bytes}
            self._step({**told, "video_seconds": _video_seconds(facts), **whole, **in_bytes})

    def clips(self) -> list[dict[str, Any]]:
        """What is known of each clip, in the order of the corpus."""
        return [self._facts[Path(task.place).name] for task in self._tasks]

    def counts(self, seconds: float) -> dict[str, Any]:
        """The result's numbers."""
        clips = self.clips()
        statuses = dict(sorted(Counter(str(clip["status"]) for clip in clips).items()))
        done = len(clips) - self._skipped
        return {
            "clips": len(clips),
            "done": done,
            "skipped": self._skipped,
            "failed": {status: n for status, n in statuses.items() if status not in READ},
            "statuses": statuses,
            "seconds": round(seconds, 3),
            "video_seconds": round(sum(map(_video_seconds, clips)), 3),
            "clips_per_second": round(done / seconds, 3),
            "rows": sum(clip["rows"] for clip in clips),
            "rows_sha256": together(clip["sha256"] for clip in clips),
        }


def _killed(facts: Mapping[str, Any]) -> bool:
    """Whether the clip's workers were killed from outside: by a person, or by a system without memory; not the clip's fault."""
    return facts.get("status") == "crashed" and "SIGKILL" in str(facts.get("error"))


def _video_seconds(facts: Mapping[str, Any]) -> float:
    return float((facts.get("clip") or {}).get("seconds") or 0.0)
