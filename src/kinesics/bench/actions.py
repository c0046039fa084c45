"""Action models at work: milliseconds a clip, and a frame of one person as it streams; one thread, beside a reference."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from os import PathLike, fspath
from typing import Any

import numpy as np

from ..errors import JobError
from ..evaluate.cost import stepping_seconds
from ..testing.clips import made_clips
from ..types import PoseSequence
from .minirocket import fit_minirocket, is_here

__all__ = ["bench_actions", "measure"]

STREAMED = 10  # clips that are streamed frame by frame
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_WORK = "import json, sys; from kinesics.bench.actions import measure; print(json.dumps(measure(**json.loads(sys.argv[1]))))"


def bench_actions(model: str | PathLike[str] | None = None, *, clips: int = 60, rounds: int = 5) -> dict[str, Any]:
    """Ask a model in a process of its own that has one thread.

    Args:
        model: what `kinesics train` wrote; None: one that learns made clips for a moment (which does not change its speed): the
            network, where PyTorch is there to train it.
        clips: how many, one at a time.
        rounds: how often; the better time of each clip counts, which leaves out what other programs took.

    Returns:
        ms_per_clip (median) with ms_clip_p95 and ms_clip_p99; ms_per_person_frame (a step of the stream and what is believed
        after it: the mean, as not every frame costs the same) with ms_frame_p50, ms_frame_p95 and ms_frame_p99; frames_a_clip,
        clips, head, parameters, and, where `aeon` is installed, ms_minirocket and ratio_minirocket: its time over ours for the
        same clips in the same process, by turns; else `reference` says so.

    Raises:
        FormatError: the file is no model.
        JobError: the measurement ended before its end.
    """
    if model is not None:
        from ..actions import ActionClassifier

        ActionClassifier.load(fspath(model))  # what is wrong with the file is told here
    asked = {"model": None if model is None else fspath(model), "clips": clips, "rounds": rounds}
    env = {**os.environ, **dict.fromkeys(THREADS, "1")}
    done = subprocess.run([sys.executable, "-c", _WORK, json.dumps(asked)], capture_output=True, text=True, env=env)
    if done.returncode:
        raise JobError((done.stderr.strip().splitlines() or ["the measurement ended without a word"])[-1])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(model: str | None = None, clips: int = 60, rounds: int = 5) -> dict[str, Any]:
    """The same in this process, with as many threads as it has."""
    asked, labels, ours = _prepared(model, clips)
    sides: dict[str, Callable[[PoseSequence], Any]] = {"ours": lambda clip: ours.predict_proba([clip])}
    missing = "aeon is not installed, so nothing to compare with; benchmarks/peers.py --only actions brings it"
    if is_here():
        try:
            sides["minirocket"] = fit_minirocket(asked, labels)
        except ImportError as error:
            missing = f"aeon is installed and cannot be used: {error}"
    best = {name: np.full(len(asked), np.inf) for name in sides}
    for turn in range(rounds + 1):  # the first one warms up: buffers, caches, compiled code
        for i, clip in enumerate(asked):
            for name, side in sides.items():
                start = time.perf_counter()
                side(clip)
                best[name][i] = min(best[name][i], time.perf_counter() - start) if turn else np.inf
    frames = np.min([stepping_seconds(ours, asked[:STREAMED], 10**9) for _ in range(rounds)], axis=0)
    numbers: dict[str, Any] = {
        "ms_per_clip": 1000 * float(np.median(best["ours"])),
        **_percentiles("ms_clip", best["ours"]),
        "ms_per_person_frame": 1000 * float(np.mean(frames)),
        **_percentiles("ms_frame", frames),
        "frames_a_clip": float(np.mean([len(clip) for clip in asked])),
        "clips": len(asked),
        "head": ours.kind_,
        "parameters": ours.parameters_,
    }
    if "minirocket" in best:
        theirs = 1000 * float(np.median(best["minirocket"]))
        return numbers | {"ms_minirocket": theirs, "ratio_minirocket": theirs / numbers["ms_per_clip"]}
    return numbers | {"reference": missing}


def _prepared(model: str | None, clips: int) -> tuple[list[PoseSequence], list[str], Any]:
    """Clips to ask about, their labels, and the model."""
    from ..actions import ActionClassifier
    from ..actions.learning import can_learn_net

    each = max(-(-clips // 10), 3)
    if model is None:
        made, labels, subjects = made_clips(each)
        head = "net" if can_learn_net() else "auto"
        ours = ActionClassifier(head=head, minutes=0.05).fit(made, labels, subjects=subjects)
        return made[:clips], labels[:clips], ours
    ours = ActionClassifier.load(model)
    made, labels, _ = made_clips(each)
    return [_fitting(clip, ours) for clip in made[:clips]], labels[:clips], ours


def _fitting(clip: PoseSequence, model: Any) -> PoseSequence:
    """Motion for the model's skeleton, whatever it is: a joint it calls i moves as the made joint i modulo their number."""
    skeleton, dims, people = model.skeleton_, model.layout_.dims, model.layout_.people
    k = np.arange(len(skeleton)) % len(clip.skeleton)
    points = np.repeat(clip.points[:, :, k, :dims], people, axis=1)
    return PoseSequence(points, np.repeat(clip.scores[:, :, k], people, axis=1), clip.times, skeleton)


def _percentiles(name: str, seconds: Any) -> dict[str, float]:
    return {f"{name}_p{q}": 1000 * float(np.percentile(seconds, q)) for q in (50, 95, 99)}
