"""Near-duplicates with known truth: short pieces of a folder's clips, and of each piece four copies that were tampered with.

A piece is a stretch of one clip; two pieces never overlap. Of each there are five files: the piece itself; one re-encoded hard;
one scaled down; one with 5 % of its width and height cropped away; one with a logo in a corner; one brighter or darker: all
but one of the five tamperings, in turn. Pieces of one camera at different times are different pieces, and no duplicates.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np

ENDINGS = {".mp4", ".mkv", ".avi", ".webm", ".mov"}
TAMPERINGS = ("encoded", "scaled", "cropped", "logo", "brightness")
LONGEST = 768  # pixels of the longer side of a piece


@dataclass(frozen=True)
class Piece:
    """A stretch of a clip: seconds from `start` to `end`."""

    clip: Path
    start: float
    end: float


def pieces(clips: Sequence[Path], count: int, seed: int, share: tuple[float, float] = (0.0, 1.0)) -> list[Piece]:
    """Pieces of 1.2 to 3 s that do not overlap, at least one of every clip, the others where there is most left.

    Args:
        clips: the files.
        count: of pieces.
        seed: of lengths and places.
        share: the part of each clip that may be used.
    """
    chance = random.Random(seed)
    free: dict[Path, list[Piece]] = {}
    for clip in clips:
        length = _seconds(clip)
        time, stop = share[0] * length, share[1] * length
        slots = []
        while time + 1.2 <= stop:
            long = min(chance.uniform(1.2, 3.0), stop - time)
            slots.append(Piece(clip, time, time + long))
            time += long + chance.uniform(0.3, 0.6)
        chance.shuffle(slots)
        if slots:
            free[clip] = slots
    taken = [slots.pop() for slots in free.values()][:count]
    rest = [piece for slots in free.values() for piece in slots]
    chance.shuffle(rest)
    return taken + rest[: count - len(taken)]


def _seconds(clip: Path) -> float:
    from kinesics.video import open_source

    last = 0.0
    with open_source(clip) as source:
        for frame in source:
            last = frame.time
    return last


def copies(chosen: Sequence[Piece], folder: Path, seed: int) -> dict[str, int]:
    """Write five files of every piece.

    Returns:
        path of each file -> number of its piece: two files are duplicates if that is the same.
    """
    folder.mkdir(parents=True, exist_ok=True)
    truth = {}
    for number, piece in enumerate(chosen):
        chance = random.Random(seed * 1000 + number)
        pictures, times = _read(piece)
        left_out = TAMPERINGS[number % len(TAMPERINGS)]
        for kind in ("original", *(kind for kind in TAMPERINGS if kind != left_out)):
            path = folder / f"{number:03d}-{kind}.mp4"
            crf, made = _tampered(kind, pictures, chance)
            _encode(path, made, times, crf)
            truth[str(path.absolute())] = number
    return truth


def _read(piece: Piece) -> tuple[list[Any], list[float]]:
    import cv2

    from kinesics.video import open_source

    pictures, times = [], []
    with open_source(piece.clip) as source:
        for frame in source:
            if frame.time >= piece.end:
                break
            if frame.time >= piece.start:
                image = frame.image
                scale = min(1.0, LONGEST / max(frame.size))
                size = [round(side * scale / 2) * 2 for side in frame.size]
                pictures.append(cv2.resize(image, size, interpolation=cv2.INTER_AREA))
                times.append(frame.time - piece.start)
    return pictures, [time - times[0] for time in times]


def _tampered(kind: str, pictures: Sequence[Any], chance: random.Random) -> tuple[int, Iterator[Any]]:
    """The quality to encode with (CRF), and the pictures."""
    import cv2

    high, wide = pictures[0].shape[:2]
    if kind == "encoded":
        return chance.randint(34, 40), iter(pictures)
    if kind == "scaled":
        scale = chance.uniform(0.45, 0.8)
        size = (round(wide * scale / 2) * 2, round(high * scale / 2) * 2)
        return 23, (cv2.resize(picture, size, interpolation=cv2.INTER_AREA) for picture in pictures)
    if kind == "cropped":
        high_left, wide_left = (round(side * 0.95 / 2) * 2 for side in (high, wide))
        y, x = chance.randint(0, high - high_left), chance.randint(0, wide - wide_left)
        return 23, (np.ascontiguousarray(picture[y : y + high_left, x : x + wide_left]) for picture in pictures)
    if kind == "logo":
        return 23, _with_logo(pictures, chance)
    if kind == "brightness":
        gain, lift = chance.uniform(0.75, 1.2), chance.uniform(-25, 30)
        return 23, (np.clip(picture * gain + lift, 0, 255).astype(np.uint8) for picture in pictures)
    return 20, iter(pictures)


def _with_logo(pictures: Sequence[Any], chance: random.Random) -> Iterator[Any]:
    import cv2

    high, wide = pictures[0].shape[:2]
    w, h = int(wide * chance.uniform(0.12, 0.2)), int(high * chance.uniform(0.08, 0.12))
    x, y = chance.choice((8, wide - w - 8)), chance.choice((8, high - h - 8))
    colour = tuple(chance.randint(0, 255) for _ in range(3))
    for picture in pictures:
        made = picture.copy()
        cv2.rectangle(made, (x, y), (x + w, y + h), colour, -1)
        cv2.putText(made, "KINO", (x + 4, y + h - 6), cv2.FONT_HERSHEY_SIMPLEX, h / 40, (255, 255, 255), 2, cv2.LINE_AA)
        yield made


def _encode(path: Path, pictures: Iterable[Any], times: Sequence[float], crf: int) -> None:
    import av

    with av.open(str(path), "w") as file:
        stream: Any = None
        for picture, time in zip(pictures, times, strict=True):
            if stream is None:
                options = {"crf": str(crf), "preset": "veryfast", "threads": "1"}
                stream = file.add_stream("libx264", rate=30, options=options)
                stream.width, stream.height, stream.pix_fmt = picture.shape[1], picture.shape[0], "yuv420p"
                stream.codec_context.time_base = Fraction(1, 12_000)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = round(time * 12_000), Fraction(1, 12_000)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))


def pair_scores(groups: Iterable[Iterable[str]], truth: Mapping[str, int]) -> dict[str, float]:
    """How well pairs of clips that are in one group are those that are of one piece.

    Args:
        groups: paths of the clips of each group that was found.
        truth: path -> piece.

    Returns:
        precision, recall, f1: 0 to 1.
    """
    found = {tuple(sorted(pair)) for group in groups for pair in combinations(set(group), 2)}
    by_piece: dict[int, list[str]] = {}
    for path, number in truth.items():
        by_piece.setdefault(number, []).append(path)
    real = {tuple(sorted(pair)) for paths in by_piece.values() for pair in combinations(paths, 2)}
    right = len(found & real)
    precision, recall = right / max(1, len(found)), right / max(1, len(real))
    return {"precision": precision, "recall": recall, "f1": 2 * right / max(1, len(found) + len(real))}


def groups_found(out: Path) -> list[list[str]]:
    """The clips of each group in a corpus' `duplicates.parquet`."""
    import pyarrow.parquet as pq

    groups: dict[int, list[str]] = {}
    for row in pq.read_table(out / "duplicates.parquet", columns=["group", "path"]).to_pylist():
        groups.setdefault(row["group"], []).append(row["path"])
    return list(groups.values())


def clips_of(folder: Path) -> list[Path]:
    """The videos below a folder, by path."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS)
