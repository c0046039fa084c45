"""What a long clip costs, and how much faster than its own time a video is read."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2

from kinesics import batch
from kinesics.bench.memory import repeat, shrink
from kinesics.video import VideoWriter, open_source
from kinesics.weights import find

from .material import videos

SIZE = 768, 576
_WORK = """
import json, sys
from pathlib import Path
from kinesics import batch
from kinesics.batch.shards import write_shard
from kinesics.memory import peak_mb
film, place, jobs = sys.argv[1:]
config = batch.Config(jobs=tuple(jobs.split(",")), pose="fast")
write_shard(Path(place), batch.process([film], config), {})
print(json.dumps(peak_mb()))
"""


def measure_memory(minutes: float = 60.0, short: float = 1.0, jobs: str = "people,shots,duplicates,search") -> dict[str, Any]:
    """Peak memory of a worker's work on a film of `minutes` and on one of `short` ones: the bundled clip, small, looped."""
    peak = {}
    with tempfile.TemporaryDirectory(prefix="kinesics-bench-") as name:
        loop = shrink(find("demo_clip"), Path(name) / "loop.mp4", 10, 320)
        for key, length in (("short", short), ("long", minutes)):
            path = repeat(loop, Path(name) / f"{key}.mp4", length * 60)
            command = [sys.executable, "-c", _WORK, str(path), str(Path(name) / f"{key}.parquet"), jobs]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            peak[key] = float(json.loads(done.stdout.splitlines()[-1]))
    return {
        "memory_minutes": minutes,
        "memory_short_mb": round(peak["short"], 1),
        "memory_long_mb": round(peak["long"], 1),
        "ratio_memory": round(peak["long"] / peak["short"], 3),
    }


def measure_realtime(parts: int = 4, seconds: float = 80.0) -> dict[str, Any]:
    """Seconds of video a second for the job "people": 768x576, 10 pictures a second, by two workers and by one."""
    long = next((path for path in videos() if path.name == "vtest.avi"), videos()[0])
    with tempfile.TemporaryDirectory(prefix="kinesics-bench-") as name:
        corpus = Path(name) / "corpus"
        corpus.mkdir()
        length = _cut(long, corpus, parts, seconds)
        config = batch.Config(jobs=("people",))
        done = batch.run(corpus, Path(name) / "out", config, workers=2)
        single = batch.run(next(iter(sorted(corpus.iterdir()))), Path(name) / "one", config, workers=1)
        closer = batch.run(corpus, Path(name) / "closer", batch.Config(jobs=("people",), pose="balanced"), workers=2)
    return {
        "realtime_video_seconds": round(length, 1),
        "realtime_factor": round(done["video_seconds"] / done["seconds"], 2),
        "realtime_factor_balanced": round(closer["video_seconds"] / closer["seconds"], 2),
        "realtime_factor_1_worker": round(single["video_seconds"] / single["seconds"], 2),
    }


def _cut(source: Path, folder: Path, parts: int, seconds: float) -> float:
    """The first seconds of a video in equal parts, at the size and rate that is measured."""
    writer, due, last = None, 0.0, 0.0
    with open_source(source) as frames:
        length = min(frames.duration or seconds, seconds)
        for frame in frames:
            if frame.time >= length:
                break
            if frame.time < due - 1e-6:
                continue
            due = frame.time + 0.1
            place = folder / f"part{int(frame.time / length * parts)}.mp4"
            if writer is None or writer.path != place:
                if writer is not None:
                    writer.close()
                writer = VideoWriter(place)
            writer.write(cv2.resize(frame.image, SIZE, interpolation=cv2.INTER_AREA), frame.time)
            last = frame.time
    if writer is not None:
        writer.close()
    return last
