"""Small clips cut from the videos of a folder, and files that are no good."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from av import open as open_container

from kinesics.testing.video import make_video
from kinesics.video import VideoWriter, open_source
from kinesics.video.paths import VIDEOS
from kinesics.weights import find


def videos() -> list[Path]:
    """The videos below `$KINESICS_DATA/video`, in order; without it the bundled clip."""
    root = Path(os.environ.get("KINESICS_DATA", "../shared/data")) / "video"
    found = sorted(path for path in root.rglob("*") if path.suffix.lower() in VIDEOS)
    return found or [Path(find("demo_clip"))]


def pieces(folder: Path, count: int, seconds: float = 3.0, high: int = 480) -> list[Path]:
    """Stretches of the videos, one after the other and from different places, `high` lines at most."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = [(path, _length(path)) for path in videos()]
    made: list[Path] = []
    for turn in itertools.count():
        for path, length in sources:
            start = turn * seconds
            if len(made) < count and (start + seconds <= length or not turn):
                made.append(_piece(path, folder / f"piece{len(made):03}.mp4", start, seconds, high))
        if len(made) >= count or turn > 1000:
            return made
    return made


def _length(path: Path) -> float:
    with open_source(path) as source:
        return source.duration or 0.0


def _piece(path: Path, place: Path, start: float, seconds: float, high: int) -> Path:
    with open_source(path) as source, VideoWriter(place) as writer:
        for frame in source:
            if frame.time >= start + seconds:
                break
            if frame.time >= start:
                scale = min(high / frame.size[1], 1.0)
                size = (round(frame.size[0] * scale / 2) * 2, round(frame.size[1] * scale / 2) * 2)
                writer.write(cv2.resize(frame.image, size, interpolation=cv2.INTER_AREA), frame.time)
    return place


def bad_files(folder: Path, count: int, seed: int = 0) -> dict[Path, str]:
    """So many files of every bad kind, by turns; returns the kind of each."""
    folder.mkdir(parents=True, exist_ok=True)
    makers = itertools.cycle([_truncated, _cut_head, _empty, _no_video, _sound, _bomb, _picture_bomb])
    rng = random.Random(seed)
    made = {}
    for number, make in zip(range(count), makers, strict=False):
        kind, ending = make.__name__.strip("_"), ".png" if make is _picture_bomb else ".mp4"
        place = folder / f"bad{number:03}_{kind}{ending}"
        make(place, rng)
        made[place] = kind
    return made


def _whole(place: Path) -> bytes:
    make_video(place, frames=60, fps=25, size=(320, 240))
    return place.read_bytes()


def _truncated(place: Path, rng: random.Random) -> None:
    """The index is in front, the last third is missing."""
    data = _fast_start(place)
    place.write_bytes(data[: int(len(data) * rng.uniform(0.5, 0.7))])


def _cut_head(place: Path, rng: random.Random) -> None:
    data = _fast_start(place)
    place.write_bytes(data[: rng.randrange(20, 200)])


def _fast_start(place: Path) -> bytes:
    _whole(place)
    beside = place.with_suffix(".fast.mp4")
    with (
        open_container(str(place)) as source,
        open_container(str(beside), "w", options={"movflags": "faststart"}) as target,
    ):
        copy = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.dts is not None:
                packet.stream = copy
                target.mux(packet)
    data = beside.read_bytes()
    beside.unlink()
    return data


def _empty(place: Path, rng: random.Random) -> None:
    place.write_bytes(b"")


def _no_video(place: Path, rng: random.Random) -> None:
    place.write_bytes(rng.randbytes(4000))


def _sound(place: Path, rng: random.Random) -> None:
    """A second of a tone and nothing to see."""
    with open_container(str(place), "w") as target:
        stream = target.add_stream("aac", rate=16000, layout="mono")
        for frame in _tones():
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))


def _tones() -> Iterator[object]:
    from av import AudioFrame

    for block in range(16):
        wave = (8000 * np.sin((np.arange(1000) + block * 1000) / 16000 * 2 * np.pi * 440)).astype(np.int16)
        frame = AudioFrame.from_ndarray(wave[None], format="s16", layout="mono")
        frame.sample_rate, frame.pts = 16000, block * 1000
        yield frame


def _bomb(place: Path, rng: random.Random) -> None:
    """Some kilobytes that become 67 million pixels a frame."""
    with open_container(str(place), "w") as target:
        stream = target.add_stream("libx264", rate=5, options={"preset": "ultrafast"})
        stream.width = stream.height = 8192
        stream.pix_fmt = "yuv420p"
        from av import VideoFrame

        for index in range(2):
            frame = VideoFrame(8192, 8192, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([rng.randrange(16, 200)]) * plane.buffer_size)
            frame.pts = index
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))


def _picture_bomb(place: Path, rng: random.Random) -> None:
    """A PNG of a hundred kilobytes and 144 million pixels."""
    cv2.imwrite(str(place), np.full((12000, 12000), rng.randrange(255), np.uint8))
