"""Learn how much each cue of `kinesics.faces.traces` counts.

    python scripts/make_suspicion.py anna=a.mp4 anna=b.mp4 ben=c.mp4 …

Each clip shows one face; a name before `=` says whose. Faces are exchanged between people by every blend, what is real is also
taken in poorer qualities, and a logistic regression with a small penalty is fitted and written to
`src/kinesics/faces/suspicion.json`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from scipy.optimize import minimize

from kinesics.evaluate.face_check import Filmed, Judged, exchanges, filmed_face, measured
from kinesics.evaluate.face_swaps import BLENDS
from kinesics.faces import FaceFinder
from kinesics.faces.suspicion import FITTED, features
from kinesics.metrics.auroc import auroc
from kinesics.types import Array

QUALITIES = (40, 75)  # of JPEG: real faces in poor pictures are real
PENALTY = 3.0  # on squared weights, per real second of weight one


def poorer(clip: Filmed, quality: int, finder: FaceFinder) -> Filmed:
    """The clip in JPEGs of a quality, its faces found anew."""
    images, meshes, times = [], [], []
    for time, image in zip(clip.times, clip.images, strict=True):
        _, data = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
        poor = cv2.cvtColor(cv2.imdecode(data, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        found = [face.mesh for face in finder(poor) if face.mesh is not None]
        if found:
            images.append(poor)
            meshes.append(max(found, key=lambda mesh: float(np.ptp(mesh[:, 1]))))
            times.append(time)
    return Filmed(clip.name, np.array(times), images, np.array(meshes).reshape(-1, 468, 3))


def seconds(clips: list[Filmed], names: list[str], finder: FaceFinder) -> Iterator[tuple[str, Judged]]:
    """Real and exchanged seconds, with whose clip they are of."""
    for row, clip in enumerate(clips):
        for real in (clip, *(poorer(clip, quality, finder) for quality in QUALITIES)):
            yield from ((names[row], second) for second in measured(real, "real", None))
        others = [other for other, name in zip(clips, names, strict=True) if name != names[row]]
        for number, blend in enumerate(BLENDS):
            made = exchanges(clip, others[(row + number) % len(others)], blend, finder)
            yield from ((names[row], second) for second in measured(made, blend, None))
        print(clip.name, len(clip.times), "pictures", file=sys.stderr)


def fitted(x: Array, y: Array) -> Array:
    """Weights and, last, the bias; both classes count alike."""
    weight = np.where(y, 0.5 / y.mean(), 0.5 / (1 - y.mean()))

    def cost(w: Array) -> float:
        odds = np.where(y, -1.0, 1.0) * (x @ w[:-1] + w[-1])
        return float((weight * np.logaddexp(0, odds)).sum() + PENALTY / 2 * (w[:-1] ** 2).sum())

    return np.asarray(minimize(cost, np.zeros(x.shape[1] + 1), method="L-BFGS-B").x)


def main() -> None:
    """Read, exchange, fit, and say how well people who were left out are told."""
    names, paths = zip(*(word.split("=", 1) for word in sys.argv[1:]), strict=True)
    finder = FaceFinder()
    rows = list(seconds([filmed_face(path, finder) for path in paths], list(names), finder))
    who = np.array([name for name, _ in rows])
    values, y = np.stack([second.values for _, second in rows]), np.array([second.kind != "real" for _, second in rows])
    mean, spread = np.nanmean(values[~y], axis=0), np.nanstd(values[~y], axis=0) + 1e-6
    x = features((values - mean) / spread)
    scores = np.zeros(len(y))
    for name in set(names):
        out = who == name
        w = fitted(x[~out], y[~out])
        scores[out] = x[out] @ w[:-1] + w[-1]
    left_out = auroc(y, scores)
    print(f"{len(y)} seconds, {int((~y).sum())} real, {len(set(names))} people; AUROC with the person left out {left_out:.3f}")
    w = fitted(x, y)
    settings = {
        "cues": list(FITTED),
        "mean": np.round(mean, 5).tolist(),
        "spread": np.round(spread, 5).tolist(),
        "weights": np.round(w[:-1], 4).tolist(),
        "bias": round(float(w[-1]), 4),
        "people": len(set(names)),
        "seconds": len(y),
        "auroc_left_out": round(left_out, 3),
    }
    target = Path(__file__).parents[1] / "src/kinesics/faces/suspicion.json"
    target.write_text(json.dumps(settings, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
