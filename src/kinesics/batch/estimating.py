"""What a corpus would cost, from a few seconds of a few of its clips: `estimate`. Nothing is written to its folder."""

from __future__ import annotations

import dataclasses
import math
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import SourceError
from ..video import open_source
from .config import Config
from .limits import Limits
from .listing import Corpus, Found, find_clips
from .reading import clips as clips_of
from .running import run
from .shards import FOLDER, shard_name

__all__ = ["estimate", "in_words"]

PATIENCE = 20.0  # seconds that trying may take, about
SAMPLES = 8  # clips that are tried
PIECE = 2.0  # seconds of each
EMPTY = 24_000.0  # bytes of a shard in which nearly nothing stands
T90 = (math.inf, 6.31, 2.92, 2.35, 2.13, 2.02, 1.94, 1.89)
"""Student's t for 90 % between both sides, by degrees of freedom."""


class _Drawn(NamedTuple):
    """One draw of the sample: a clip, and the chance with which a draw takes it."""

    path: str
    chance: float


class _Cost(NamedTuple):
    """What a clip would cost: seconds of video and of work, bytes of its shard."""

    seconds: float
    work: float
    table: float


def estimate(
    corpus: Corpus,
    config: Config | None = None,
    *,
    out: str | Path | None = None,
    workers: int | None = None,
    say: Callable[[str], None] = lambda words: None,
) -> dict[str, Any]:
    """Try the jobs on a piece of some clips, and reckon what all would cost.

    Clips are drawn with a chance that goes half with their bytes and half is the same for all; the mean of cost over chance is
    then an unbiased estimate of the whole, whatever clips differ in, and the scatter of these says how far off it may be
    (Hansen and Hurwitz 1943). They are tried as `run` does them, with as many workers, into a folder that is removed.

    Args:
        corpus: as of `run`.
        config: as of `run`.
        out: the folder of `run`, to leave out what is done there already; it is not written to.
        workers: as of `run`.
        say: takes a line of words before the work begins.

    Returns:
        clips, bytes, others, missing (clips), missing_bytes; sampled (clips), unreadable (of these); video_hours, hours (of
        wall clock, on this machine), table_bytes, each with `_low` and `_high`, within which they lie 9 times of 10 (None where
        one clip alone tells nothing of the others); seconds (of trying).

    Raises:
        SourceError: there is no clip. And what `run` raises for wishes that no clip can fulfil.
    """
    began, config = time.monotonic(), config or Config()
    listing = find_clips(corpus, out)
    missing = _missing(listing.clips, out, config)
    total = sum(clip.size for clip in missing)
    values: dict[str, Any] = {
        "clips": len(listing.clips),
        "bytes": sum(clip.size for clip in listing.clips),
        "others": listing.others,
        "missing": len(missing),
        "missing_bytes": total,
    }
    sample = _sample(missing, SAMPLES)
    each = sorted({drawn.path for drawn in sample})
    if sample:
        say(f"trying {PIECE:g} seconds of {len(each)} of {len(missing)} clips")
    costs, at_once = _tried(each, config, workers)
    told = {"video_hours": (0, 3600.0), "hours": (1, 3600.0 * at_once), "table_bytes": (2, 1.0)}
    weights = [drawn.chance if len(sample) == len(missing) else 1.0 for drawn in sample]
    for name, (which, unit) in told.items():
        whole = [costs[drawn.path][which] / unit / drawn.chance for drawn in sample]
        values |= {f"{name}{end}": value for end, value in zip(("", "_low", "_high"), _mean(whole, weights), strict=True)}
    unreadable = sum(cost.seconds == 0 for cost in costs.values())
    return {**values, "sampled": len(each), "unreadable": unreadable, "seconds": time.monotonic() - began}


def _missing(found: Sequence[Found], out: str | Path | None, config: Config) -> list[Found]:
    if out is None:
        return list(found)
    place, key = Path(out) / FOLDER, config.key
    return [clip for clip in found if not (place / shard_name(clip.path, clip.size, key)).exists()]


def _sample(found: Sequence[Found], number: int) -> list[_Drawn]:
    """Draws at evenly spaced places of all chances, laid one behind the other by size; a long clip may come several times."""
    total = sum(clip.size for clip in found)
    drawn = [_Drawn(clip.path, 0.5 / len(found) + (0.5 * clip.size / total if total else 0.5 / len(found))) for clip in found]
    if len(drawn) <= number:
        return drawn
    chosen, passed = list[_Drawn](), 0.0
    for one in drawn:
        before, passed = passed, passed + one.chance
        chosen += [one] * sum(before <= (i + 0.5) / number < passed for i in range(number))
    return chosen


def _tried(each: Sequence[str], config: Config, workers: int | None) -> tuple[dict[str, _Cost], int]:
    """What the clips of the sample would cost, and how many clips are worked on at a time."""
    from .pool import cores

    at_once = workers or cores()
    if not each:
        return {}, at_once
    number = min(at_once, len(each))
    limits = Limits(timeout=max(2.0, PATIENCE * number / len(each)))
    short = dataclasses.replace(config, seconds=min(PIECE, config.seconds or PIECE))
    with tempfile.TemporaryDirectory(prefix="kinesics-estimate-") as folder:
        run(list(each), folder, short, workers=number, limits=limits)
        told = clips_of(folder, "seconds", "work_seconds", "promised")
        return {clip["path"]: _cost(clip, Path(folder) / FOLDER / clip["shard"], short, config) for clip in told}, at_once


def _cost(clip: Mapping[str, Any], shard: Path, short: Config, config: Config) -> _Cost:
    work, seen, whole = float(clip["work_seconds"] or 0.0), clip.get("seconds"), clip.get("promised")
    if clip["status"] == "timeout":  # it takes at least so much for at most so long a piece
        seen, whole = short.seconds, _duration(clip["path"])
    whole = min(whole or seen or 0.0, config.seconds or math.inf)
    size = float(shard.stat().st_size)
    if not seen or not whole:  # a picture, or nothing that could be read
        return _Cost(0.0, work, size)
    times = max(whole / seen, 1.0)
    return _Cost(whole, work * times, EMPTY + max(size - EMPTY, 0.0) * times)


def _duration(path: str) -> float:
    try:
        with open_source(path, live=False) as source:
            return source.duration or 0.0
    except SourceError:
        return 0.0


def _mean(whole: Sequence[float], weights: Sequence[float]) -> tuple[float, float | None, float | None]:
    """The weighted mean, and between what it lies 9 times of 10; None where one draw alone tells nothing."""
    n = len(whole)
    if not n:
        return 0.0, 0.0, 0.0
    mean = sum(value * weight for value, weight in zip(whole, weights, strict=True)) / sum(weights)
    if n == 1:
        return mean, None, None
    spread = math.sqrt(sum((value - mean) ** 2 for value in whole) / (n - 1) / n)
    off = T90[min(n, len(T90)) - 1] * spread
    return mean, max(mean - off, 0.0), mean + off


def in_words(values: Mapping[str, Any]) -> str:
    """The estimate for people."""
    done = values["clips"] - values["missing"]
    lines = [
        f"{values['clips']} clips, {values['bytes'] / 1e9:.3g} GB"
        + (f"; {values['others']} other files are left out" if values["others"] else "")
        + (f"; {done} are done already" if done else "")
    ]
    if values["missing"]:
        lines.append(f"to be done: {values['missing']} clips, {_span(values, 'video_hours', _hours)} of video")
        lines.append(f"time here: {_span(values, 'hours', _hours)}; tables: {_span(values, 'table_bytes', _bytes)}")
        bad = f"; {values['unreadable']} of them could not be read or are pictures" if values["unreadable"] else ""
        lines.append(f"from {PIECE:g} seconds of {values['sampled']} clips, tried in {values['seconds']:.0f} s{bad}")
    return "\n".join(lines)


def _span(values: Mapping[str, Any], name: str, words: Callable[[float], str]) -> str:
    low, high = values[f"{name}_low"], values[f"{name}_high"]
    around = "one clip tells little of the others" if low is None else f"9 times of 10 {words(low)} to {words(high)}"
    return f"about {words(values[name])} ({around})"


def _hours(hours: float) -> str:
    return f"{hours * 3600:.0f} s" if hours < 0.025 else f"{hours * 60:.0f} min" if hours < 1.5 else f"{hours:.3g} h"


def _bytes(number: float) -> str:
    return f"{number / 1e6:.3g} MB" if number < 1e9 else f"{number / 1e9:.3g} GB"
