"""The whole chain, from the file to the annotated film."""

from __future__ import annotations

import tempfile
import time
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from ..memory import peak_mb
from ..pipeline import record, watch
from ..types import Scene
from ..weights import find


def bench_run(
    clip: str | PathLike[str] | None = None,
    *,
    tier: str = "balanced",
    budget: float | None = None,
    repeats: int = 1,
    overlap: bool = True,
) -> dict[str, Any]:
    """Decode, look, track, draw and encode a clip, as `kinesics run --save mp4` does.

    Args:
        clip: a video; the bundled one if None.
        tier: name of the pose model.
        budget: seconds a frame may take.
        repeats: how often; the fastest counts.
        overlap: see `watch`.

    Returns:
        fps, ms_p50, ms_p95, ms_p99 (work on a frame that is looked at, without decoding and drawing), pose_ms and tracks_ms
        (medians), looked (share of frames with a look), over_budget and within_budget (shares), peak_rss_mb.
    """
    source = find("demo_clip") if clip is None else Path(clip)
    best: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for turn in range(repeats):
            seen: list[Scene] = []
            start = time.perf_counter()
            scenes = watch(source, pose=tier, budget=budget, overlap=overlap, live=False)
            frames = record(_noting(scenes, seen), Path(folder) / f"{turn}.mp4")
            fps = frames / (time.perf_counter() - start)
            if fps > best.get("fps", 0):
                best = {"fps": fps, **_shares(seen, budget)}
    return best | {"frames": frames, "peak_rss_mb": peak_mb()}


def _noting(scenes: Any, seen: list[Any]) -> Any:
    for scene in scenes:
        seen.append((dict(scene.timing), scene.skipped))
        yield scene


def _shares(seen: list[Any], budget: float | None) -> dict[str, Any]:
    looked = [timing for timing, _ in seen if "total" in timing]
    total = np.array([timing["total"] for timing in looked]) * 1000
    numbers = {f"ms_p{q}": float(np.percentile(total, q)) for q in (50, 95, 99)}
    for stage in ("pose", "tracks", "filter"):
        numbers[f"{stage}_ms"] = float(np.median([timing.get(stage, 0.0) for timing in looked]) * 1000)
    numbers["looked"] = len(looked) / len(seen)
    if budget is not None:
        numbers["over_budget"] = float((total > budget * 1000).sum() / len(seen))
        numbers["within_budget"] = 1 - numbers["over_budget"]
    return numbers
