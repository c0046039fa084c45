"""Makes mot.json: small random sequences and what motmetrics 1.4.0 and trackeval 1.3.0 say of them.

python tests/golden/mot_recipe.py  (needs those two packages; the tests do not)
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Rows = list[list[list[int]]]  # frame, row, (id, x1, y1, x2, y2)


def made(seed: int, people: int, frames: int, swap: float, lose: float, add: float) -> tuple[Rows, Rows]:
    """Walkers, and a prediction with noise, swapped ids, missed and invented boxes."""
    rng = np.random.default_rng(seed)
    place, speed = rng.uniform(0, 200, (people, 2)), rng.normal(0, 4, (people, 2))
    ids, born, span = np.arange(1, people + 1), rng.integers(0, frames // 2, people), rng.integers(frames // 3, frames, people)
    truth: Rows = []
    found: Rows = []
    for t in range(frames):
        place += speed
        here = np.flatnonzero((born <= t) & (t < born + span) & (rng.random(people) > 0.05))
        corner = np.rint(place[here])
        truth.append([[int(i + 1), *map(int, c), int(c[0]) + 40, int(c[1]) + 90] for i, c in zip(here, corner, strict=True)])
        if rng.random() < swap:
            a, b = rng.choice(people, 2, replace=False)
            ids[a], ids[b] = ids[b], ids[a]
        if rng.random() < swap:
            ids[rng.integers(people)] = ids.max() + 1
        rows = []
        for i, c in zip(here, corner, strict=True):
            if rng.random() < lose:
                continue
            n = np.rint(rng.normal(0, 6, 4)).astype(int)
            rows.append([int(ids[i]), int(c[0] + n[0]), int(c[1] + n[1]), int(c[0] + 40 + n[2]), int(c[1] + 90 + n[3])])
        if rng.random() < add:
            x, y = (int(v) for v in rng.integers(0, 200, 2))
            rows.append([int(ids.max() + 1 + t * 100), x, y, x + 40, y + 90])
        found.append(rows)
    return truth, found


def overlaps(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """IoU, (n, m)."""
    low, high = np.maximum(a[:, None, :2], b[None, :, :2]), np.minimum(a[:, None, 2:], b[None, :, 2:])
    inter = np.maximum(high - low, 0).prod(-1)
    area = [(x[:, 2:] - x[:, :2]).prod(-1) for x in (a, b)]
    return np.asarray(inter / (area[0][:, None] + area[1][None] - inter))


def reference(truth: Rows, found: Rows) -> dict[str, float]:
    """The two packages' numbers."""
    import motmetrics
    import trackeval

    accumulator = motmetrics.MOTAccumulator(auto_id=True)
    names = [sorted({row[0] for frame in side for row in frame}) for side in (truth, found)]
    data: dict[str, Any] = {"gt_ids": [], "tracker_ids": [], "similarity_scores": []}
    for frames in zip(truth, found, strict=True):
        ids, boxes = zip(
            *((np.array([r[0] for r in f], int), np.array(f, float).reshape(-1, 5)[:, 1:]) for f in frames), strict=True
        )
        near = overlaps(*boxes)
        accumulator.update(*ids, np.where(near >= 0.5, 1 - near, np.nan))
        data["gt_ids"].append(np.searchsorted(names[0], ids[0]))
        data["tracker_ids"].append(np.searchsorted(names[1], ids[1]))
        data["similarity_scores"].append(near)
    data |= {"num_gt_ids": len(names[0]), "num_tracker_ids": len(names[1]), "num_timesteps": len(truth)}
    data |= {"num_gt_dets": sum(map(len, truth)), "num_tracker_dets": sum(map(len, found))}
    hota = trackeval.metrics.HOTA().eval_sequence(data)
    wanted = {
        "MOTA": "mota",
        "IDF1": "idf1",
        "IDP": "idp",
        "IDR": "idr",
        "id_switches": "num_switches",
        "fragments": "num_fragmentations",
        "false_boxes": "num_false_positives",
        "misses": "num_misses",
        "mostly_tracked": "mostly_tracked",
        "mostly_lost": "mostly_lost",
    }
    row = motmetrics.metrics.create().compute(accumulator, metrics=[*wanted.values()]).iloc[0]
    numbers = {
        name: float(row[column]) * (100 if name in ("MOTA", "IDF1", "IDP", "IDR") else 1) for name, column in wanted.items()
    }
    return numbers | {name: 100 * float(np.mean(hota[name])) for name in ("HOTA", "DetA", "AssA", "LocA")}


def main() -> None:
    """Write the file."""
    cases = {
        "few": (1, 4, 30, 0.1, 0.1, 0.2),
        "many": (2, 12, 25, 0.4, 0.2, 0.5),
        "bad": (3, 6, 30, 0.9, 0.5, 0.9),
        "blind": (4, 3, 10, 0.0, 1.0, 0.0),
        "perfect": (5, 5, 20, 0.0, 0.0, 0.0),
    }
    out = {}
    for name, options in cases.items():
        truth, found = made(*options)
        out[name] = {"truth": truth, "found": found, "numbers": reference(truth, found)}
    Path(__file__).with_name("mot.json").write_text(json.dumps(out, separators=(",", ":")) + "\n", "utf-8")


if __name__ == "__main__":
    main()
