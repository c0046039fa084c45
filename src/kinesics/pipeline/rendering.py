"""Poses to a film of a fitted person: what `kinesics render` does."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ..errors import UsageError
from ..types import Array, PoseSequence
from ..video import open_writer
from ..viewer import SIZE, Person
from .backdrops import PLAIN, backdrop, laid_over
from .driving import driven, person_of, poses_of, resampled
from .lower_edge import cut_below, prolonged

__all__ = ["Tally", "marked_writer", "pictures", "render"]

LARGEST = 4096  # pixels


def _quiet(words: str) -> None:
    """Nobody listens."""


def render(
    poses: str | Path | PoseSequence,
    person: str | Path | Person,
    out: str | Path,
    *,
    budget: float | None = None,
    tier: int | None = None,
    realtime: bool = False,
    offline: bool = False,
    background: str | Path = "keep",
    size: int = SIZE,
    fps: float | None = None,
    smooth: bool = True,
    person_id: int | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], object] | None = None,
    said: Callable[[str], object] = _quiet,
) -> dict[str, Any]:
    """Draw a person in the poses of a file, picture by picture, into a film that says it was generated.

    Args:
        poses: a file of poses in any format that `read_sequence` knows, or a clip; other skeletons are mapped by name.
        person: a fitted person, its file, or "default".
        out: .mp4, .webm, .gif, .apng, or a folder of PNG pictures.
        budget: seconds of one core a picture may take; None for the best each picture can be.
        tier: draw this tier only, 0 for T0.
        realtime: each picture is ready when it is due by the times of the poses; T0 rather than late.
        offline: the highest tier whatever it takes, which is what happens without budget, tier and realtime.
        background: "keep" (where the person was filmed), "#rrggbb", a picture's path, or "transparent".
        size: width and height of the pictures, pixels.
        fps: pictures a second; None for the poses' own times.
        smooth: filter the joints over time.
        person_id: whose poses, where the file has several people.
        workers: pictures drawn at the same time; None for one a core.
        progress: called with pictures done and in all.
        said: called with remarks for people, one line each.

    Returns:
        pictures, seconds, fps of the work, tiers (pictures at each), ms_p50 and ms_p95 of one core for a picture,
        over_budget (share), dropped, first_picture_seconds, and out.

    Raises:
        FormatError: no poses in the file, or no person.
        UsageError: an option that cannot be; joints that nobody knows.
        SinkError: the film cannot be written; nothing half-written stays.

    Example:
        >>> import kinesics as ks
        >>> ks.render("dance.pose", "me.kin", "dance.mp4", budget=0.04)  # doctest: +SKIP
    """
    start = time.perf_counter()
    if not 16 <= size <= LARGEST:
        raise UsageError(f"expected a size of 16 to {LARGEST} pixels, got {size}")
    given = backdrop(background, (SIZE, SIZE))
    who = person_of(person)
    clip, _ = driven(resampled(poses_of(poses, person_id, said), fps), who, smooth=smooth, said=said)
    behind = given if given is not None else _own(who) if background == "keep" else None
    tally = Tally(start)
    drawing = {"budget": budget, "tier": tier, "realtime": realtime, "offline": offline, "workers": workers}
    hint = float(1 / np.median(np.diff(clip.times))) if len(clip) > 1 else None
    with marked_writer(out, who, hint, alpha=behind is None, source=poses) as writer:
        for drawn in tally.through(pictures(who, clip, **drawing)):
            made = laid_over(drawn.picture, behind)
            writer.write(made if size == SIZE else _sized(made, size), drawn.time)
            if progress is not None:
                progress(tally.count, len(clip))
    return {**tally.values(), "out": str(out)}


def pictures(person: Person, clip: PoseSequence, **options: Any) -> Generator[Any]:
    """Canvas poses (one person's) as `Drawn` pictures, see `viewer.playing.play`."""
    from ..viewer.drawing import Artist
    from ..viewer.playing import play

    points, scores = clip.points[:, 0, :, :2], clip.scores[:, 0]
    playing = play(Artist(person), zip(clip.times.tolist(), points, scores, strict=True), **options)
    if not cut_below(person):
        return playing
    return _prolonged(playing, {time: (points[t], scores[t]) for t, time in enumerate(clip.times.tolist())})


def _prolonged(playing: Generator[Any], poses: Mapping[float, tuple[Array, Array]]) -> Generator[Any]:
    try:
        for drawn in playing:
            yield dataclasses.replace(drawn, picture=prolonged(drawn.picture, *poses[drawn.time]))
    finally:
        playing.close()


@contextmanager
def marked_writer(out: str | Path, person: Person, fps: float | None, *, alpha: bool, source: Any = None) -> Iterator[Any]:
    """A writer whose result says that it was generated, and whose pictures they are; after an error nothing stays."""
    said = [
        f"person: {person.name}",
        *(f"{key}: {person.about[key]}" for key in ("licence", "consent") if person.about.get(key)),
    ]
    read = source if isinstance(source, str | Path) else None
    writer = open_writer(out, fps_hint=fps, alpha=alpha, generated=True, comment="; ".join(said), source=read)
    try:
        yield writer
        writer.close()
    except BaseException:  # an interrupt too
        writer.discard()
        raise


class Tally:
    """Counts pictures as they go by."""

    def __init__(self, start: float) -> None:
        self.start, self.first = start, 0.0
        self.count = self.over = self.dropped = 0
        self.tiers: dict[str, int] = {}
        self.took: list[float] = []
        self.span: tuple[float, float] | None = None

    def through(self, drawn: Iterable[Any]) -> Iterator[Any]:
        """The same pictures."""
        for one in drawn:
            if not self.count:
                self.first = time.perf_counter() - self.start
            self.count += 1
            self.seconds(one.time)
            self.over, self.dropped = self.over + one.over, self.dropped + one.dropped
            self.tiers[f"t{one.tier}"] = self.tiers.get(f"t{one.tier}", 0) + 1
            self.took.append(one.took)
            yield one

    def seconds(self, time: float) -> None:
        """A picture of this time is written."""
        self.span = (time, time) if self.span is None else (min(self.span[0], time), max(self.span[1], time))

    def values(self) -> dict[str, Any]:
        """What was counted."""
        took, span = np.array(self.took or [0.0]) * 1000, self.span or (0.0, 0.0)
        return {
            "pictures": self.count,
            "seconds": round(span[1] - span[0], 3),
            "fps": round(self.count / max(time.perf_counter() - self.start, 1e-9), 2),
            "tiers": dict(sorted(self.tiers.items())),
            "ms_p50": round(float(np.percentile(took, 50)), 2),
            "ms_p95": round(float(np.percentile(took, 95)), 2),
            "over_budget": round(self.over / max(self.count, 1), 4),
            "dropped": self.dropped,
            "first_picture_seconds": round(self.first, 3),
        }


def _own(person: Person) -> Array:
    return np.full((SIZE, SIZE, 3), PLAIN, np.uint8) if person.background is None else person.background


def _sized(picture: Array, size: int) -> Array:
    how = cv2.INTER_AREA if size < SIZE else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (size, size), interpolation=how))
