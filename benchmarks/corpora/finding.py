"""How well shots and duplicates are found, and that bad files are told from good ones."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from kinesics import batch
from kinesics.batch.reading import rows, shards
from kinesics.testing.video import make_video

from .copies import copies, pair_scores
from .copies import pieces as stretches
from .films import film, shot_f1
from .material import bad_files, videos


def measure_shots(films: int = 3, cuts: int = 30, fades: int = 10) -> dict[str, Any]:
    """Films cut from the videos, with known cuts and fades; what the job "shots" finds in them."""
    with tempfile.TemporaryDirectory(prefix="kinesics-bench-") as name:
        corpus, truth = Path(name) / "corpus", dict[str, list[Any]]()
        corpus.mkdir()
        for seed in range(films):
            path = corpus / f"film{seed}.mp4"
            truth[str(path)] = film(videos(), path, seed=100 + seed, cuts=cuts, fades=fades)
        done = batch.run(corpus, Path(name) / "out", batch.Config(jobs=("shots",), pictures=False))
        found: dict[str, list[float]] = {path: [] for path in truth}
        for part in rows(Path(name) / "out", "shots"):
            for row in part.to_pylist():
                found[row["path"]] += [row["start"]] if row["shot"] else []
        scores = [shot_f1(found[path], truth[path]) for path in truth]
    return {
        "shots_films": films,
        "shots_boundaries": sum(map(len, truth.values())),
        "shots_f1": round(sum(one["f1"] for one in scores) / films, 4),
        "shots_f1_least": round(min(one["f1"] for one in scores), 4),
        "shots_realtime_factor": round(done["video_seconds"] / done["seconds"], 1),
    }


def measure_duplicates(count: int = 40) -> dict[str, Any]:
    """Five files of each of so many pieces; pairs of files that are said to be duplicates."""
    with tempfile.TemporaryDirectory(prefix="kinesics-bench-") as name:
        corpus, out = Path(name) / "corpus", Path(name) / "out"
        truth = copies(stretches(videos(), count, seed=11), corpus, seed=11)
        done = batch.run(corpus, out, batch.Config(jobs=("duplicates",)))
        groups: dict[int, list[str]] = {}
        for row in pq.read_table(out / "duplicates.parquet").to_pylist():
            groups.setdefault(row["group"], []).append(row["path"])
        scores = pair_scores(groups.values(), truth)
    counted = done["outputs"]["duplicates"]
    return {
        "duplicates_clips": len(truth),
        **{f"duplicates_{key}": round(value, 4) for key, value in scores.items()},
        "duplicates_compared": round(counted["pairs_compared"] / max(counted["pairs_all"], 1), 5),
    }


def measure_bad(good: int = 90, bad: int = 10) -> dict[str, Any]:
    """Files of every bad kind among good ones: each must have its row with a reason, and the good ones must be done."""
    with tempfile.TemporaryDirectory(prefix="kinesics-bench-") as name:
        corpus, out = Path(name) / "corpus", Path(name) / "out"
        kinds = {str(path.absolute()): kind for path, kind in bad_files(corpus / "bad", bad).items()}
        for number in range(good):
            make_video(corpus / f"good{number:03}.mp4", frames=10, fps=25, size=(160, 120))
        done = batch.run(corpus, out, batch.Config(jobs=("people", "shots"), pose="fast"))
        said = {row["path"]: row for part in rows(out, "clip") for row in part.to_pylist()}
        silent = [kinds[path] for path in kinds if said[path]["status"] == "ok" or not said[path]["error"]]
        undone = [path for path, row in said.items() if path not in kinds and row["status"] != "ok"]
        reasons = {kinds[path]: f"{said[path]['status']}: {said[path]['error']}" for path in kinds}
        written = len(shards(out))
    return {
        "bad_files": len(kinds),
        "bad_unreported": len(silent),
        "bad_good_undone": len(undone),
        "bad_without_row": good + bad - min(written, done["clips"]),
        "bad_reasons": reasons,
    }
