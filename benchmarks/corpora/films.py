"""Films with known cuts and fades, made of pieces of clips, and how well found boundaries agree with them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from kinesics.video import VideoWriter, open_source

Picture = NDArray[np.uint8]


@dataclass(frozen=True)
class Piece:
    """A stretch of a clip, `count` pictures of the film long."""

    clip: Path
    start: float
    count: int


def film(
    clips: Sequence[Path],
    path: Path,
    seed: int,
    cuts: int = 30,
    fades: int = 10,
    *,
    size: tuple[int, int] = (640, 480),
    fps: float = 25.0,
    slowest: float = 1.5,
) -> list[dict[str, Any]]:
    """Cut a film: pieces of 1.5 to 6 s of different clips, scaled to one size, coded anew as H.264.

    Args:
        clips: two or more; no piece follows one of the same clip.
        path: of the film, .mp4.
        seed: which pieces, in what order, how long.
        cuts: how many hard cuts.
        fades: how many fades; every second one is a dissolve, the others go through black.
        size: (width, height).
        fps: of the film; slower clips repeat pictures, faster ones lose some.
        slowest: seconds that a fade takes at most, 0.25 at least.

    Returns:
        a mapping for each boundary, in order: its `time` (the middle), `kind` (cut, dissolve, black), `start`, `end`, and the
        names of the clips `before` and `after`.
    """
    chance = random.Random(seed)
    kinds = ["cut"] * cuts + [("dissolve", "black")[i % 2] for i in range(fades)]
    chance.shuffle(kinds)
    pieces = _pieces(clips, len(kinds) + 1, fps, chance)
    lengths = [_length(kind, pair, fps, slowest, chance) for kind, pair in zip(kinds, itertools.pairwise(pieces), strict=True)]
    truth: list[dict[str, Any]] = []
    tail: list[Picture] = []
    written = 0
    with VideoWriter(path) as writer:
        for number, piece in enumerate(pieces):
            pictures = list(_joined(tail, _pictures(piece, fps, size), kinds[number - 1] if number else "cut"))
            ahead = lengths[number] if number < len(lengths) else 0
            kept = len(pictures) - ahead
            for picture in pictures[:kept]:
                writer.write(picture, written / fps)
                written += 1
            tail = pictures[kept:]
            if number < len(lengths):
                last = ahead if kinds[number] == "dissolve" else 2 * ahead  # black: as long again on the other side
                facts = {"before": piece.clip.name, "after": pieces[number + 1].clip.name}
                truth.append(_boundary(kinds[number], written / fps, (written + last) / fps, facts))
    return truth


def _pieces(clips: Sequence[Path], count: int, fps: float, chance: random.Random) -> list[Piece]:
    lengths = {clip: _seconds(clip) for clip in clips}
    made: list[Piece] = []
    for _ in range(count):
        clip = chance.choice([clip for clip in clips if not made or clip != made[-1].clip])
        seconds = min(chance.uniform(1.5, 6.0), lengths[clip])
        made.append(Piece(clip, chance.uniform(0, lengths[clip] - seconds), max(int(seconds * fps), 4)))
    return made


def _length(kind: str, pair: tuple[Piece, Piece], fps: float, slowest: float, chance: random.Random) -> int:
    """Pictures that the piece before gives to the fade; never more than 0.4 of either piece."""
    if kind == "cut":
        return 0
    most = int(0.4 * min(piece.count for piece in pair))
    whole = min(max(round(chance.uniform(0.25, slowest) * fps), 2), most)
    return whole if kind == "dissolve" else max(whole // 2, 1)


def _seconds(clip: Path) -> float:
    with open_source(clip) as source:
        times = [frame.time for frame in source]
    return times[-1] + (times[-1] / max(len(times) - 1, 1))


def _pictures(piece: Piece, fps: float, size: tuple[int, int]) -> Iterator[Picture]:
    """The piece at the film's rate: at each moment the newest picture that the clip has."""
    given, held = 0, None
    with open_source(piece.clip) as source:
        for frame in source:
            while held is not None and given < piece.count and frame.time > piece.start + given / fps + 1e-6:
                shown = cv2.resize(held.image, size, interpolation=cv2.INTER_AREA)
                while given < piece.count and frame.time > piece.start + given / fps + 1e-6:
                    yield shown
                    given += 1
            held = frame
            if given == piece.count:
                return
    if held is not None:
        yield from [cv2.resize(held.image, size, interpolation=cv2.INTER_AREA)] * (piece.count - given)


def _joined(tail: Sequence[Picture], pictures: Iterator[Picture], kind: str) -> Iterator[Picture]:
    """What the piece before left over, led into the next piece."""
    n = len(tail)
    if kind == "dissolve":
        for i, (old, new) in enumerate(zip(tail, itertools.islice(pictures, n), strict=True)):
            share = (i + 1) / (n + 1)
            yield cv2.addWeighted(old, 1 - share, new, share, 0)
    else:
        yield from (_dimmed(old, 1 - (i + 1) / n) for i, old in enumerate(tail))
        yield from (_dimmed(new, i / n) for i, new in enumerate(itertools.islice(pictures, n)))
    yield from pictures


def _dimmed(picture: Picture, share: float) -> Picture:
    return np.rint(picture * share).astype(np.uint8)


def _boundary(kind: str, start: float, end: float, facts: Mapping[str, str]) -> dict[str, Any]:
    return {"time": (start + end) / 2, "kind": kind, "start": start, "end": end, **facts}


def shot_f1(found: Iterable[float], truth: Iterable[Mapping[str, Any]], tolerance: float = 0.25) -> dict[str, Any]:
    """How well boundaries were found: each counts once.

    Args:
        found: times in seconds, of all shots but the first.
        truth: as `film` gives it: `time`, `start`, `end`.
        tolerance: seconds before `start` and after `end` that still count.

    Returns:
        f1, precision and recall (1 for nothing of nothing), and the boundaries that were `missed` and times that are `extra`.
    """
    left = sorted(found)
    missed: list[Mapping[str, Any]] = []
    boundaries = sorted(truth, key=lambda one: float(one["end"]))
    for one in boundaries:  # the one that is over first takes the earliest that fits: no other choice matches more
        fits = [time for time in left if one["start"] - tolerance - 1e-6 <= time <= one["end"] + tolerance + 1e-6]
        if fits:
            left.remove(fits[0])
        else:
            missed.append(one)
    hits = len(boundaries) - len(missed)
    recall = hits / len(boundaries) if boundaries else 1.0
    precision = hits / (hits + len(left)) if hits + len(left) else 1.0
    f1 = 2 * hits / (2 * hits + len(left) + len(missed)) if boundaries or left else 1.0
    return {"f1": f1, "precision": precision, "recall": recall, "missed": missed, "extra": left}
