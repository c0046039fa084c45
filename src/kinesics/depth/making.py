"""From nothing to a depth model: people are made, a forest learns their parts and joints, decoders learn to read the forest."""

from __future__ import annotations

import os
import time
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

from ..bodies.views import ViewMaker
from ..errors import SinkError, UsageError
from ..memory import peak_mb
from .gathering import make_samples
from .growing import CODES
from .model_file import save_model
from .samples import SampleSet
from .training import grow_forest, settings_of

__all__ = ["needed_memory", "train_depth"]

_PROBE = 64  # views that tell how large samples are
_BASE = 600 << 20  # bytes: the programs themselves, with their workers
_PIXEL = 25  # bytes that a drawn pixel takes: place, label, node, slot, order, owner
_SLACK = 1.15


class Told(Protocol):
    """Who is told how far it is."""

    def __call__(self, stage: str, share: float, **facts: Any) -> object:
        """So much of a stage ("bodies", "trees", "decoders") is done, 0 to 1."""
        ...


def train_depth(
    out: str | Path,
    *,
    bodies: int = 100_000,
    decoders: int = 200_000,
    size: tuple[int, int] = (320, 240),
    seed: int = 0,
    workers: int = 2,
    maker: ViewMaker | None = None,
    memory: float | None = None,
    progress: Told | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Make people, train a forest and its decoders, and save the model.

    A training that is killed goes on from its last level when it is started again with the same arguments: `OUT.training`
    remembers, and samples are made again from the seed.

    Args:
        out: where the model is saved, by custom *.kin.
        bodies: views that the forest learns from.
        decoders: further views that the decoders learn from; 0 saves a forest alone.
        size: width and height of the views.
        seed: of all chance.
        workers: processes that make views, threads that grow trees; changes nothing but the time.
        maker: makes the views; None: a `ViewMaker` of this seed and size, from all sides.
        memory: gigabytes that may be used; None: what is free.
        progress: is told how far it is.
        options: of `grow_forest`.

    Returns:
        what is known of it: seconds by stage, votes, size of the file.

    Raises:
        UsageError: an option out of range, or more than fits into memory.
        SinkError: the model cannot be saved there.
        FormatError: OUT.training is damaged.
    """
    out, tell = Path(out), progress or (lambda stage, share, **facts: None)
    check_place(out)
    if bodies < 1 or decoders < 0 or workers < 1:
        raise UsageError("train: expected at least 1 body, 0 views for decoders and 1 worker")
    settings = settings_of(**options)
    maker = ViewMaker(seed, size=size, yaw="round", top=0.05, views_each=16) if maker is None else maker
    need = needed_memory(make_samples(maker, 0, min(_PROBE, bodies), workers=1), bodies, settings["pixels"])
    _check_memory(need, bodies, free_memory() if memory is None else int(memory * 1e9))
    clock = Clock()
    samples = make_samples(maker, 0, bodies, workers=workers, progress=lambda made: tell("bodies", made / bodies, made=made))
    clock.stop("bodies")
    trained = grow_forest(
        samples, seed=seed, threads=workers, checkpoint=f"{out}.training", keep_checkpoint=True,
        progress=lambda share, **facts: tell("trees", share, **facts), **options,
    )  # fmt: skip
    digest = samples.digest()
    del samples
    clock.stop("trees")
    extras: dict[str, Any] = {}
    if decoders:
        from .tuning import fit_decoders

        def told(what: str, share: float) -> None:
            tell("decoders", share, what=what)

        extras = fit_decoders(trained.forest, maker, start=bodies, count=decoders, workers=workers, seed=seed, progress=told)
    clock.stop("decoders")
    values: dict[str, Any] = {
        "bodies": bodies, "decoder_views": decoders, **trained.settings, "size": list(maker.size), "workers": workers,
        "leaves": len(trained.forest.leaf_parts), **clock.seconds, "seconds": round(sum(clock.seconds.values()), 1),
        "training_cpu_seconds": round(trained.cpu_seconds, 1),
    }  # fmt: skip
    versions = {name: metadata.version(name) for name in ("kinesics", "numpy", "numba")}
    save_model(
        out, trained.forest, extras=extras, recipe={**values, "views": repr(maker), "samples": digest, "versions": versions}
    )
    Path(f"{out}.training").unlink(missing_ok=True)
    return {**values, "out": str(out), "mb": round(out.stat().st_size / 1e6, 2), "peak_memory_mb": peak_mb()}


class Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.monotonic()

    def stop(self, stage: str) -> None:
        """The stage is over."""
        now = time.monotonic()
        self.seconds[f"{stage}_seconds"], self._last = round(now - self._last, 1), now


def check_place(out: Path) -> None:
    """Refuse a place where a model cannot be saved: before training, not after.

    Raises:
        SinkError: a folder, or in a folder that is not there or not ours.
    """
    if out.exists() and not out.is_file():
        raise SinkError(f"{out}: expected the name of a file to save the model to, there is a folder or device")
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        raise SinkError(f"{out}: the folder {out.parent} is not there or may not be written to; choose another place")


def needed_memory(probe: SampleSet, bodies: int, pixels: int) -> int:
    """Bytes that a training takes at its peak, from a few samples like those it will have."""
    each = probe.nbytes / max(len(probe), 1) + 100 + pixels * _PIXEL
    return int(_SLACK * bodies * each) + CODES + _BASE


def _check_memory(need: int, bodies: int, free: int | None) -> None:
    if free is not None and need > free:
        fits = max(int((free - CODES - _BASE) / max(need - CODES - _BASE, 1) * bodies), 0)
        raise UsageError(
            f"{bodies} bodies need about {need / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB are free; "
            + (f"{fits // 100 * 100} would fit" if fits >= 100 else "not even a few would fit")
        )


def free_memory() -> int | None:
    """Bytes that are free, by the system and by the limit of a container; None where nobody knows."""
    found = []
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            found += [int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable")]
        with open("/sys/fs/cgroup/memory.max", encoding="ascii") as limit, open("/sys/fs/cgroup/memory.current") as used:
            found.append(int(limit.read()) - int(used.read()))
    except (OSError, ValueError):  # no Linux, no container, or "max"
        pass
    return min(found) if found else None
