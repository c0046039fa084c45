"""How well faces over clips become people; in benchmarks/: `python -m corpora.faces DIR`, DIR with a folder for each person."""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from kinesics import batch


def pair_scores(whose: Sequence[str], who: Sequence[int]) -> dict[str, float]:
    """Purity, and of the pairs of rows: right of those joined (precision), joined of those that should be (recall)."""
    alone = -1  # each that is nobody in particular is a group of its own
    groups = []
    for number in who:
        alone -= number < 0
        groups.append(number if number >= 0 else alone)
    both = Counter(zip(whose, groups, strict=True))
    most: Counter[int] = Counter()
    for (_, group), count in both.items():
        most[group] = max(most[group], count)
    right, said, true = (sum(n * (n - 1) // 2 for n in counts.values()) for counts in (both, Counter(groups), Counter(whose)))
    return {
        "faces_purity": round(sum(most.values()) / max(len(who), 1), 4),
        "faces_pair_precision": round(right / said, 4) if said else 1.0,
        "faces_pair_recall": round(right / true, 4) if true else 1.0,
    }


def measure_faces(folder: str | Path) -> dict[str, Any]:
    """Clips and pictures that show one person each, in a folder named after the person."""
    folder = Path(folder).absolute()
    with tempfile.TemporaryDirectory(prefix="kinesics-bench-") as out:
        done = batch.run(folder, out, batch.Config(jobs=("faces",), actions=None, pictures=False))
        rows = pq.read_table(Path(out) / "who.parquet").to_pylist()
    whose = [Path(row["path"]).relative_to(folder).parts[0] for row in rows]
    return {
        "faces_clips": done["clips"],
        "faces_clips_without": done["clips"] - len({row["path"] for row in rows}),
        "faces_people": len(set(whose)),
        "faces_rows": len(rows),
        "faces_found_people": done["outputs"]["faces"]["people"],
        "faces_unknown": done["outputs"]["faces"]["unknown"],
        **pair_scores(whose, [row["who"] for row in rows]),
        "faces_realtime_factor": round(done["video_seconds"] / done["seconds"], 2),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="a folder with a folder for each person")
    print(json.dumps(measure_faces(parser.parse_args().folder), indent=1))
