"""What is searched for: an example of a movement, of a video, a file of poses, or a stretch of the corpus itself."""

from __future__ import annotations

import dataclasses
import heapq
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import UsageError
from ..types import Array, PoseSequence, Scene
from .config import Config
from .reading import clips, facts, read_scenes
from .shards import FOLDER, read_rows

__all__ = ["Example", "read_example"]

LONGEST = 6.0  # seconds that are one movement; what is longer is several
SHORT = 0.3  # seconds that an example must last
QUESTIONS = 16  # movements that are asked for at once, at most
MOST = 60.0  # seconds of a video or file that are looked at
LONG = 3.0  # seconds from which a stretch is asked for by long windows
HALF = 0.5  # of a window must lie in the stretch that is meant


@dataclass(frozen=True)
class Example:
    """A movement to search for.

    Attributes:
        rows: (q, e) float32: it, or if it is long its parts.
        clip: index of the clip of the corpus that it is of, -1 for none …
        epoch, person: … who of it …
        start, end: … and when, seconds: what is not worth finding again.
    """

    rows: Array
    clip: int = -1
    epoch: int = 0
    person: int = -1
    start: float = -np.inf
    end: float = np.inf


def read_example(
    folder: str | Path,
    example: str | Path,
    embedding: Any,
    *,
    person: int | None,
    start: float | None,
    end: float | None,
    mirrored: bool = False,
) -> Example:
    """Find out what is meant.

    Args:
        folder: of the corpus.
        example: a clip of it, or a video or a file of poses.
        embedding: what movements are compared by.
        person: id of who shows it; None for the one who moves most.
        start: seconds of it, None for its beginning …
        end: … and its end.
        mirrored: ask for its mirror image, too.

    Raises:
        UsageError: nobody is seen there, `start` is not before `end`, or what is to be mirrored has no joints.
        SourceError, FormatError: it cannot be read.
    """
    if (start or 0) < 0 or (end is not None and end <= (start or 0)):
        raise UsageError(f"start and end: expected seconds, the one before the other, got {start} and {end}")
    from ..formats import gather, read_sequence

    config = Config.from_json(json.dumps(facts(folder)["config"]))
    there = clips(folder)
    at, low, high = _place(example, [str(clip["path"]) for clip in there]), start or 0.0, np.inf if end is None else end
    if at is None and _holds_poses(example):
        return Example(_of_clip(read_sequence(example, start=low, end=min(high, low + MOST)), embedding, person, mirrored)[0])
    if at is not None and "people" not in config.jobs:
        if mirrored:
            raise UsageError(
                "mirrored: the corpus keeps no joints to mirror; give a file, or run it again with --jobs people,search"
            )
        return _of_windows(Path(folder) / FOLDER / str(there[at]["shard"]), at, person, low, high)
    scenes = _stretch(_watched(example, config) if at is None else read_scenes(folder, there[at]["path"]), low, high)
    if not any(len(scene.people) for scene in scenes):
        raise UsageError(f"{example}: nobody is seen there; an example needs a person")
    rows, who = _of_clip(gather(scenes, name=str(example)), embedding, person, mirrored)
    return Example(rows) if at is None else Example(rows, at, scenes[0].epoch, who, low, high)


def _holds_poses(example: str | Path) -> bool:
    from ..formats.registry import format_of
    from ..pipeline.listing import is_video

    if is_video(Path(example)) or Path(example).is_dir():
        return False
    try:
        format_of(example, reading=True)
    except UsageError:
        return False
    return True


def _place(example: str | Path, paths: list[str]) -> int | None:
    """Which clip of the corpus an example is; a name will do where no file and no other clip is called so."""
    name = os.fspath(example)
    if (whole := os.path.abspath(name)) in paths:
        return paths.index(whole)
    if os.path.exists(name):
        return None
    called = [at for at, path in enumerate(paths) if path.endswith(os.sep + name)]
    if len(called) != 1:
        many = f"{len(called)} clips of the corpus are called so; say which by its whole path"
        raise UsageError(f"{name}: {many if called else 'no such file, and no clip of the corpus is called so'}")
    return called[0]


def _watched(example: str | Path, config: Config) -> Iterator[Scene]:
    """The people of a video, as the corpus found its own."""
    from ..pipeline import watch
    from ..video import open_source
    from .nets import pose_net

    with open_source(str(example), pixel_limit=config.pixel_limit, live=False) as source:
        pose = pose_net(config.pose, config.threads)
        yield from watch(source, pose=pose, actions=None, live=False, overlap=False, whole_body=config.whole_body)


def _stretch(scenes: Iterator[Scene], start: float, end: float) -> list[Scene]:
    """The scenes between two times, without pictures; where it has cuts, the first stretch in which somebody is followed."""
    from ..pipeline.chain import seventeen

    kept: list[Scene] = []
    followed = False
    for scene in scenes:
        if scene.time > end or (kept and scene.time - kept[0].time > MOST):
            break
        if scene.time < start:
            continue
        if kept and scene.epoch != kept[-1].epoch:
            if followed:
                break
            kept = []
        followed |= bool((scene.people.ids >= 0).any())
        kept.append(dataclasses.replace(scene, people=seventeen(scene.people), frame=None))
    return kept


def _of_clip(clip: PoseSequence, embedding: Any, person: int | None, mirrored: bool = False) -> tuple[Array, int]:
    """A clip's movement, or its parts, (q, e), and whose it is."""
    from ..actions.examples import only_person, trimmed
    from .movements import motions_of

    clip = only_person(clip, person)
    flat = PoseSequence(clip.points[..., :2], clip.scores, clip.times, clip.skeleton, clip.ids, clip.size)
    seen = np.flatnonzero((flat.scores > 0).any((1, 2)))
    if np.ptp(flat.times[seen]) < SHORT:
        raise UsageError(
            f"an example of a movement lasts {SHORT} s or more, here somebody is seen for {np.ptp(flat.times[seen]):.2f} s"
        )
    asked = _parts(trimmed(flat[seen]))
    return motions_of(embedding, asked + [_mirrored(part) for part in asked if mirrored]), int(clip.ids[0])


def _mirrored(clip: PoseSequence) -> PoseSequence:
    """Seen in a mirror: left is right."""
    other = list(clip.skeleton.mirror_order)
    points = clip.points[:, :, other] * np.array([-1, 1], np.float32)
    return PoseSequence(points, clip.scores[:, :, other], clip.times, clip.skeleton, clip.ids)


def _parts(clip: PoseSequence) -> list[PoseSequence]:
    """A clip as it is, or if it is long cut into windows."""
    from .movements import WINDOWS

    first, last = float(clip.times[0]), float(clip.times[-1])
    if last - first <= LONGEST:
        return [clip]
    seconds, step = WINDOWS[-1]
    starts = np.arange(first, last - seconds, step)
    starts = starts[np.unique(np.linspace(0, len(starts) - 1, QUESTIONS).round().astype(int))]
    parts = [clip[np.flatnonzero((clip.times >= start) & (clip.times <= start + seconds))] for start in starts.tolist()]
    return [part for part in parts if len(part) > 1]


def _of_windows(shard: Path, at: int, person: int | None, low: float, high: float) -> Example:
    """The windows of one person of a clip that lie in a stretch, those with most movement: all that is known without joints.

    Of a long stretch those are asked for that are long, too: half a movement is like many others.
    """
    moved: dict[tuple[int, int], float] = {}
    found: dict[tuple[int, int], list[tuple[bool, float, int, Array]]] = {}
    wanted = high - low >= LONG
    for batch in read_rows([shard], "search", ("epoch", "person", "start", "end", "speed", "embedding")):
        for row in batch.to_pylist():
            lasts = row["end"] - row["start"]
            if person not in (None, row["person"]) or min(row["end"], high) - max(row["start"], low) < HALF * lasts:
                continue
            key = row["epoch"], row["person"]
            moved[key] = moved.get(key, 0.0) + row["speed"] * lasts
            kept = found.setdefault(key, [])
            fits = (lasts >= LONG) == wanted
            heapq.heappush(kept, (fits, row["speed"], row["row"], np.array(row["embedding"], np.float32)))
            if len(kept) > QUESTIONS:
                heapq.heappop(kept)
    if not found:
        who = "nobody is" if person is None else f"person {person} is not"
        raise UsageError(f"{who} followed for long enough in that stretch; name another")
    epoch, chosen = max(sorted(moved), key=lambda key: moved[key])
    best = sorted(found[epoch, chosen], key=lambda one: one[2])
    rows = np.array([row for fits, _, _, row in best if fits or not any(one[0] for one in best)])
    return Example(rows, at, epoch, chosen, low, high)
