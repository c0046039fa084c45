"""The check of faces over time on faces that were exchanged on purpose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import UsageError
from ..faces import FaceFinder
from ..faces.suspicion import FITTED, Suspicion, pooled, spans
from ..faces.traces import FaceTrace
from ..geometry import box_area
from ..metrics.auroc import auroc
from ..types import Array
from ..video import open_source
from .face_swaps import BLENDS, swap

__all__ = ["Filmed", "Judged", "eval_face_check", "exchanges", "filmed_face", "measured", "roc"]

LONGEST = 300  # pictures of a clip
JUMP = 0.5  # of a face's size from picture to picture, else it is somebody else's


@dataclass(frozen=True, eq=False)
class Filmed:
    """The largest face of a clip.

    Attributes:
        name: of the clip.
        times: (t,) seconds.
        images: t pictures (h, w, 3) uint8.
        meshes: (t, 468, 3) pixels.
    """

    name: str
    times: Array
    images: Sequence[Array]
    meshes: Array


@dataclass(frozen=True)
class Judged:
    """A second of a face: whose clip, "real" or the blend, pooled cues, and the score."""

    clip: str
    kind: str
    values: Array
    score: float


def filmed_face(path: str | Path, finder: Any, longest: int = LONGEST) -> Filmed:
    """Follow the largest face of a clip while it has a mesh."""
    times: list[float] = []
    images: list[Array] = []
    meshes: list[Array] = []
    with open_source(path) as source:
        for frame in source:
            faces = [face for face in finder(frame.image) if face.mesh is not None]
            if faces:
                best = max(faces, key=lambda face: float(box_area(face.box)))
                images.append(frame.image)
                meshes.append(best.mesh)
                times.append(frame.time)
            if len(times) >= longest:
                break
    return Filmed(Path(path).stem, np.array(times), images, np.array(meshes).reshape(-1, 468, 3))


def exchanges(clip: Filmed, donor: Filmed, blend: str, finder: Any) -> Filmed:
    """The same clip with another's face in it; the donor's pictures go to and fro."""
    images, meshes, times = [], [], []
    turn = max(2 * len(donor.images) - 2, 1)
    for row, (image, mesh) in enumerate(zip(clip.images, clip.meshes, strict=True)):
        at = row % turn
        at = at if at < len(donor.images) else turn - at
        made = swap(image, mesh, donor.images[at], donor.meshes[at], blend, seed=row)
        middle = mesh[:, :2].mean(0)
        near = [
            face.mesh
            for face in finder(made)
            if face.mesh is not None and np.linalg.norm(face.mesh[:, :2].mean(0) - middle) < JUMP * np.ptp(mesh[:, 1])
        ]
        if near:
            images.append(made)
            meshes.append(near[0])
            times.append(clip.times[row])
    return Filmed(clip.name, np.array(times), images, np.array(meshes).reshape(-1, 468, 3))


def measured(clip: Filmed, kind: str, suspicion: Suspicion | None) -> list[Judged]:
    """Cues of a clip window by window, judged where there is something to judge with."""
    trace = FaceTrace()
    cues = [trace.add(image, mesh, time) for image, mesh, time in zip(clip.images, clip.meshes, clip.times, strict=True)]
    values = np.array([[cue[name] for name in FITTED] for cue in cues]).reshape(-1, len(FITTED))
    windows = spans(clip.times)
    scores = [window.score for window in suspicion.windows(clip.times, cues)] if suspicion else [0.5] * len(windows)
    return [Judged(clip.name, kind, pooled(values[rows]), score) for rows, score in zip(windows, scores, strict=True)]


def eval_face_check(
    clips: Sequence[str | Path],
    people: Sequence[str] | None = None,
    *,
    step: Callable[[int], object] = lambda done: None,
) -> tuple[dict[str, float], list[Judged]]:
    """Exchange faces between clips by every blend and see whether the check tells these seconds from the real ones.

    Args:
        clips: films of one face each; faces go from each to the next clip of another person.
        people: who is in each clip, any words; all different if None.
        step: called with the number of clips done.

    Returns:
        figures: auroc, auroc_<blend>, found_at_10 (share of exchanged seconds found where one real second in ten is called
        so), windows, real_windows, clips; and all that was judged.

    Raises:
        UsageError: fewer than two people.
        SourceError: a clip cannot be read.
    """
    names = [str(number) for number in range(len(clips))] if people is None else list(people)
    if len(set(names)) < 2 or len(names) != len(clips):
        raise UsageError(f"expected clips of at least two people, got {len(clips)} clips of {len(set(names))}")
    finder, suspicion = FaceFinder(), Suspicion()
    filmed = [filmed_face(clip, finder) for clip in clips]
    judged: list[Judged] = []
    for row, clip in enumerate(filmed):
        if len(clip.times):
            judged += measured(clip, "real", suspicion)
            others = [other for other, name in zip(filmed, names, strict=True) if name != names[row] and len(other.times)]
            for number, blend in enumerate(BLENDS):
                if others:
                    donor = others[(row + number) % len(others)]
                    judged += measured(exchanges(clip, donor, blend, finder), blend, suspicion)
        step(row + 1)
    real = np.array([second.score for second in judged if second.kind == "real"])
    made = np.array([second.score for second in judged if second.kind != "real"])
    figures = {"auroc": _apart(judged, *BLENDS)}
    figures |= {f"auroc_{blend}": _apart(judged, blend) for blend in BLENDS}
    limit = float(np.quantile(real, 0.9)) if len(real) else 1.0
    figures |= {"found_at_10": float((made > limit).mean()) if len(made) else 0.0}
    return figures | {"windows": len(judged), "real_windows": len(real), "clips": len(clips)}, judged


def roc(judged: Sequence[Judged]) -> Array:
    """(m, 2) shares of real and of exchanged seconds above each threshold, rising from (0, 0) to (1, 1)."""
    order = sorted(judged, key=lambda second: -second.score)
    real = np.array([second.kind == "real" for second in order], float)
    up = np.stack([np.cumsum(real) / max(real.sum(), 1), np.cumsum(1 - real) / max((1 - real).sum(), 1)], axis=1)
    return np.concatenate([np.zeros((1, 2)), up])


def _apart(judged: Sequence[Judged], *kinds: str) -> float:
    """AUROC of exchanged seconds of these kinds against the real ones."""
    rows = [second for second in judged if second.kind == "real" or second.kind in kinds]
    return auroc(np.array([second.kind != "real" for second in rows], bool), np.array([second.score for second in rows]))
