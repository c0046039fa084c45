"""The trainer of glimpse, `train_rdt`, beside ours: the same pictures, the same settings, CPU seconds and recall of both.

    python benchmarks/depth_vs_glimpse.py --train-rdt PATH [--frames 1000] [--json]

PATH is a `train_rdt` that you built from https://github.com/glimpse-project/glimpse (it needs only libpng, zlib and threads).
One set of made people is written in its format and read by both, so both see depth in halves of a float. Both get the same
count of pixels, pairs of offsets, thresholds and levels, one tree, and their own ways otherwise; glimpse the reach and the
thresholds of its own recipe. CPU seconds go from the files to the tree: all of their process; of ours reading and training,
but not importing and compiling, which happens once on a machine. People and poses of the measurement are others than those of
the training.

`recall_…` is the mean over parts of the share of a part's pixels that get its label, all test pictures taken together;
`…_by_picture` is glimpse's own figure, the mean over pictures of the mean over the parts in each. Their tree is asked by their
own rule (places cut off towards 0), `recall_glimpse_imported` as our forest. `recall_kinesics` draws pixels as they do;
`recall_kinesics_usual` as we do by default, small parts more often.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

SIZE, FOCAL = (172, 224), 194.0  # rows see 60 degrees
RECIPE = {"uv_range": 0.65, "threshold_range": 0.68, "threshold_power": 2}  # what glimpse trains with
OURS = {"balance": 0.0, "votes": 0}


def write_sets(place: Path, frames: int, held_out: int, seed: int) -> None:
    from kinesics.bodies.views import ViewMaker
    from kinesics.depth import write_glimpse_set

    for name, count, first in (("train", frames, seed), ("test", held_out, seed + 1000)):
        maker = ViewMaker(first, size=SIZE, focal=FOCAL, damage=False)
        done = write_glimpse_set(place / name, (maker.view(index) for index in range(count)))
        say(f"{name}: {done} pictures")


def run_glimpse(binary: Path, place: Path, settings: dict[str, Any]) -> float:
    """Train their tree; the CPU seconds of its process."""
    queue = [
        {
            "index_name": "full", "out_file": str(place / "glimpse.json"), "n_pixels": settings["pixels"],
            "n_uvs": settings["offsets"], "n_thresholds": settings["thresholds"], "max_depth": settings["depth"],
            "n_threads": settings["threads"], "seed": settings["seed"], **RECIPE,
        }
    ]  # fmt: skip
    (place / "queue.json").write_text(json.dumps(queue))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [str(binary), "-d", str(place / "train"), "-q", str(place / "queue.json"), "-l", str(place / "glimpse.log")]
    subprocess.run(command, check=True, cwd=place)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run_ours(place: Path, settings: dict[str, Any], name: str, options: dict[str, Any]) -> dict[str, Any]:
    """Train our tree in a process of its own; what it says."""
    asked = json.dumps({"place": str(place), "name": name, "settings": settings, "options": options})
    run = subprocess.run([sys.executable, __file__, "--ours", asked], check=True, stdout=subprocess.PIPE, text=True)
    said: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return said


def ours(asked: dict[str, Any]) -> None:
    """The side of `run_ours` in its own process."""
    from kinesics.depth import read_glimpse_set
    from kinesics.depth.model_file import save_model
    from kinesics.depth.samples import SampleSet
    from kinesics.depth.training import grow_forest

    place, settings = Path(asked["place"]), {**asked["settings"], **asked["options"], "trees": 1}
    test = read_glimpse_set(place / "test")
    crops = [test.crop(index) for index in range(8)]
    few = SampleSet.of_pictures(*zip(*crops, strict=True))
    grow_forest(few, **{**settings, "depth": 4, "smallest": 1})  # compiles
    begin = time.process_time()
    samples = read_glimpse_set(place / "train")
    read = time.process_time()
    trained = grow_forest(samples, **settings)
    end = time.process_time()
    save_model(place / asked["name"], trained.forest)
    said = {"reading": read - begin, "training": end - read, "votes": trained.tally.nominal, "counted": trained.tally.counted}
    print(json.dumps(said))


def asked_as_glimpse_does(tree: Any, depth: Any) -> Any:
    """(pixels, labels) shares of the pixels of a crop by their rule: places cut off, background at 32 m, left when below."""
    rows, columns = np.nonzero(depth)
    metres = depth[rows, columns].astype(np.float32) / np.float32(1000)
    held = np.where(depth > 0, depth, 32000).astype(np.int32)
    offsets, limits = tree.offsets.astype(np.float32), np.rint(tree.thresholds * 1000).astype(np.int32)
    node = np.zeros(len(rows), np.int64)

    def at(pair: Any) -> Any:
        c = np.trunc(columns.astype(np.float32) + pair[:, 0] / metres).astype(np.int64)
        r = np.trunc(rows.astype(np.float32) + pair[:, 1] / metres).astype(np.int64)
        inside = (r >= 0) & (c >= 0) & (r < depth.shape[0]) & (c < depth.shape[1])
        return np.where(inside, held[np.where(inside, r, 0), np.where(inside, c, 0)], 32000)

    while (tree.children[node] >= 0).any():
        here = offsets[node]
        right = at(here[:, :2]) - at(here[:, 2:]) >= limits[node]
        left = tree.children[node]
        node = np.where(left >= 0, left + right, node)
    return tree.shares[~tree.children[node]]


def recalls(samples: Any, shares_of: Any) -> tuple[float, float]:
    """Mean recall over parts, all pictures together; and the mean over pictures of that of each."""
    parts = len(samples.labels)
    right, there, each = np.zeros(parts), np.zeros(parts), []
    for index in range(len(samples)):
        depth, truth, camera = samples.crop(index)
        rows, columns = np.nonzero(depth)
        labels = truth[rows, columns]
        found = shares_of(depth, camera, rows, columns)[:, 1:].argmax(1) + 1
        hits = np.bincount(labels[found == labels], minlength=parts)
        counts = np.bincount(labels, minlength=parts)
        right += hits
        there += counts
        seen = np.flatnonzero(counts[1:]) + 1
        each.append((hits[seen] / counts[seen]).mean())
    seen = np.flatnonzero(there[1:]) + 1
    return float((right[seen] / there[seen]).mean()), float(np.mean(each))


def judged(place: Path) -> dict[str, float]:
    from kinesics.depth import read_glimpse_set, read_glimpse_trees
    from kinesics.depth.glimpse_json import read_json_tree
    from kinesics.depth.model_file import load_model

    test = read_glimpse_set(place / "test")
    tree = read_json_tree(place / "glimpse.json")
    both = {
        "glimpse": lambda depth, camera, rows, columns: asked_as_glimpse_does(tree, depth),
        "glimpse_imported": read_glimpse_trees(place / "glimpse.json", height=SIZE[1]).label,
        "kinesics": load_model(place / "plain.kin").forest.label,
        "kinesics_usual": load_model(place / "usual.kin").forest.label,
    }
    found = {}
    for name, shares_of in both.items():
        found[f"recall_{name}"], found[f"recall_{name}_by_picture"] = recalls(test, shares_of)
    return found


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def compare(place: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    settings = {name: getattr(arguments, name) for name in ("pixels", "offsets", "thresholds", "depth", "threads", "seed")}
    write_sets(place, arguments.frames, arguments.held_out, arguments.seed)
    plain = run_ours(place, settings, "plain.kin", OURS)
    usual = run_ours(place, settings, "usual.kin", {"votes": 0})
    say(f"kinesics: {plain['reading']:.1f} s to read, {plain['training']:.1f} s to train")
    theirs = run_glimpse(arguments.train_rdt, place, settings)
    say(f"glimpse: {theirs:.1f} s")
    mine = plain["reading"] + plain["training"]
    votes = arguments.frames * arguments.pixels * arguments.offsets * arguments.thresholds * (arguments.depth - 1)
    return {
        "ratio_cpu": theirs / mine, "cpu_seconds_glimpse": theirs, "cpu_seconds_kinesics": mine,
        "cpu_seconds_kinesics_training": plain["training"], "cpu_seconds_kinesics_usual": usual["reading"] + usual["training"],
        **judged(place), "votes_per_cpu_second_glimpse": votes / theirs, "votes_per_cpu_second_kinesics": votes / mine,
        "frames": arguments.frames, "held_out": arguments.held_out, **settings,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--train-rdt", type=Path, help="the binary that you built")
    parser.add_argument("--keep", type=Path, help="a folder that is not there yet, for the sets and the trees")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a line a number")
    parser.add_argument("--ours", help=argparse.SUPPRESS)
    counts = {
        "frames": 1000,
        "held-out": 200,
        "pixels": 500,
        "offsets": 300,
        "thresholds": 49,
        "depth": 10,
        "threads": 1,
        "seed": 0,
    }
    for name, value in counts.items():
        parser.add_argument(f"--{name}", type=int, default=value)
    arguments = parser.parse_args()
    if arguments.ours:
        ours(json.loads(arguments.ours))
        return
    if arguments.train_rdt is None or not os.access(arguments.train_rdt, os.X_OK) or arguments.train_rdt.is_dir():
        parser.error("--train-rdt: expected the train_rdt that you built from glimpse's sources")
    from kinesics.bench.provenance import provenance

    arguments.train_rdt = arguments.train_rdt.resolve()
    if arguments.keep is not None:
        arguments.keep.mkdir(parents=True)
        values = compare(arguments.keep.resolve(), arguments)
    else:
        with tempfile.TemporaryDirectory() as place:
            values = compare(Path(place), arguments)
    values |= provenance(())
    if arguments.json:
        print(json.dumps(values))
    else:
        for name, value in values.items():
            print(f"{name:34} {value:.4g}" if isinstance(value, float) else f"{name:34} {value}")


if __name__ == "__main__":
    main()
