"""Does a long film cost more memory than a short one?"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from ..weights import find

_WORK = """
import json, sys
from pathlib import Path
from kinesics.memory import peak_mb
from kinesics.pipeline import record, watch
film, out, tier = sys.argv[1:]
out = Path(out)
names = [out / f"film{end}" for end in (".mp4", ".jsonl", ".parquet", ".timeline.png", ".sheet.png")]
frames = record(watch(film, pose=tier, live=False), *names)
print(json.dumps({"frames": frames, "peak_rss_mb": peak_mb()}))
"""


def bench_memory(minutes: float = 60.0, *, tier: str = "fast", fps: int = 10, width: int = 320) -> dict[str, Any]:
    """Peak memory of the whole chain on a film of `minutes` and on one of a minute: the bundled clip, small, looped.

    Returns:
        rss_long_mb, rss_short_mb, ratio_memory (long to short), frames.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        loop = shrink(find("demo_clip"), folder / "loop.mp4", fps, width)
        measured = {}
        for key, length in (("short", 1.0), ("long", minutes)):
            film = repeat(loop, folder / f"{key}.mp4", length * 60)
            (folder / key).mkdir()
            command = [sys.executable, "-c", _WORK, str(film), str(folder / key), tier]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            measured[key] = json.loads(done.stdout.splitlines()[-1])
    long, short = measured["long"], measured["short"]
    return {
        "rss_long_mb": long["peak_rss_mb"],
        "rss_short_mb": short["peak_rss_mb"],
        "ratio_memory": long["peak_rss_mb"] / short["peak_rss_mb"],
        "frames": long["frames"],
        "minutes": minutes,
    }


def shrink(clip: Path, path: Path, fps: int, width: int) -> Path:
    """A small copy of a clip with fewer frames a second."""
    import cv2

    from ..video import VideoWriter, open_source

    with open_source(clip) as source, VideoWriter(path) as writer:
        due = 0.0
        for frame in source:
            if frame.time >= due - 1e-6:
                height = round(width * frame.size[1] / frame.size[0] / 2) * 2
                writer.write(cv2.resize(frame.image, (width, height), interpolation=cv2.INTER_AREA), frame.time)
                due += 1 / fps
    return path


def repeat(clip: Path, path: Path, seconds: float) -> Path:
    """The same coded pictures over and over, without coding them again."""
    import av

    with av.open(str(clip)) as source, av.open(str(path), "w") as target:
        stream = source.streams.video[0]
        copy = target.add_stream_from_template(stream)
        packets = [p for p in source.demux(stream) if p.pts is not None and p.dts is not None]
        times = [(p.pts or 0, p.dts or 0) for p in packets]
        step = min(b[1] - a[1] for a, b in itertools.pairwise(times))
        length = max(pts for pts, _ in times) + step
        turns = max(1, round(seconds / float(length * (stream.time_base or 1))))
        for turn in range(turns):
            for packet, (pts, dts) in zip(packets, times, strict=True):
                packet.pts, packet.dts, packet.stream = pts + turn * length, dts + turn * length, copy
                target.mux(packet)
                packet.stream = stream
    return path
