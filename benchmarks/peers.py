"""Ourselves and others beside each other, in one run, taking turns, so that whatever slows the machine slows all.

python benchmarks/peers.py [--only tracks,chain,pose,actions] [--rounds 3] [--json]

tracks  `kinesics.tracks.Tracker` against SORT, ByteTrack and OC-SORT of PyPI's `trackers` on the same made people, one thread
chain   decode to annotated mp4 of the bundled clip, against `straight.py` at 320 (and 512) pixels
pose    pictures a second (and COCO's AP where labelled pictures are there) against mediapipe's `solutions.pose`
actions milliseconds a clip, joints to label, against `aeon`'s MiniRocket and ridge on the same made clips, one thread

The others live in environments of their own below `.venvs/`, made on the first run and kept. A `ratio_…` is our speed over
theirs: above 1 we are faster. The last line of `--json` is one flat object.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
PEERS = {"trackers": "2.6.1", "mediapipe": "0.10.21", "aeon": "1.6.0"}
KINDS = ("sort", "bytetrack", "ocsort")
TIERS = ("fast", "balanced")
Numbers = dict[str, Any]


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def environment(name: str) -> Path:
    """The Python of a peer's own environment, which is made if it is not there or holds another version."""
    home, wanted = ROOT / ".venvs" / name, f"{name}=={PEERS[name]}"
    python, note = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python"), home / "installed"
    if not note.exists() or note.read_text() != wanted:
        say(f"making {home.relative_to(ROOT)} with {wanted} (once; a few hundred MB)")
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(home)], check=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wanted]
        subprocess.run(pip, check=True, stdout=sys.stderr)
        note.write_text(wanted)
    return python


class Peer:
    """A program that answers a JSON line with a JSON line, in its own process; it waits while it is not asked."""

    def __init__(self, name: str, env: dict[str, str] | None = None) -> None:
        python = environment(name) if name in PEERS else sys.executable
        self.script, self.errors = HERE / f"peers_{name}.py", tempfile.TemporaryFile("w+")
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self.errors, "text": True}
        self.process = subprocess.Popen([str(python), str(self.script)], env={**os.environ, **(env or {})}, **pipes)

    def ask(self, **question: Any) -> Any:
        """One answer."""
        if self.process.stdin is None or self.process.stdout is None:
            raise SystemExit(f"{self.script.name} has no pipes")
        print(json.dumps(question), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            raise SystemExit(f"{self.script.name} ended: {(self.errors.read().strip().splitlines() or [line])[-1]}")
        return json.loads(line)

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process.wait(30)
        self.errors.close()


# -------------------------------------------------------------------------------------------------------------------- tracks
def tracks(rounds: int) -> Numbers:
    """Frames a second of association alone."""
    numbers: Numbers = {}
    with tempfile.TemporaryDirectory() as folder, Peer("kinesics", ONE_THREAD) as ours, Peer("trackers", ONE_THREAD) as theirs:
        for people in (20, 50):
            file = str(Path(folder) / f"{people}.npz")
            sides: dict[str, Callable[[], Any]] = {
                "tracks_joints": partial(ours.ask, people=people, joints=True, store=file + ".joints.npz"),
                "tracks": partial(ours.ask, people=people, joints=False, store=file),
                **{kind: partial(theirs.ask, boxes=file, tracker=kind) for kind in KINDS},
            }
            best, switches = dict.fromkeys(sides, 0.0), dict.fromkeys(sides, 0)
            for _ in range(rounds + 1):  # the first one warms up: buffers, caches, compiled code
                for name, side in sides.items():
                    answer = side()
                    best[name] = max(best[name], len(answer["seconds"]) / sum(answer["seconds"]))
                    switches[name] = answer["switches"]
            numbers[f"ratio_tracks_{people}"] = best["tracks"] / best["sort"]
            numbers[f"ratio_tracks_joints_{people}"] = best["tracks_joints"] / best["sort"]
            for kind in KINDS:
                numbers[f"ratio_tracks_{people}_{kind}"] = best["tracks"] / best[kind]
            for name, fps in best.items():
                numbers |= {f"fps_{name}_{people}": fps, f"switches_{name}_{people}": switches[name]}
                say(f"tracks, {people} people, {name}: {fps:.0f} frames/s, {switches[name]} switches")
    return numbers


# --------------------------------------------------------------------------------------------------------------------- chain
OURS = "import json, sys; from kinesics.bench.run import bench_run; print(json.dumps(bench_run(tier=sys.argv[1])))"


def chain(rounds: int) -> Numbers:
    """Frames a second from the bundled clip to the annotated film; each run is a process of its own."""
    from kinesics.weights import find

    clip, net = str(find("demo_clip")), str(find("movenet_multipose"))
    best: Numbers = {}
    with tempfile.TemporaryDirectory() as folder:
        straight = [sys.executable, str(HERE / "straight.py"), clip, str(Path(folder) / "out.mp4"), "--net", net]
        runs: dict[str, list[str]] = {f"chain_{tier}": [sys.executable, "-c", OURS, tier] for tier in TIERS}
        runs = {"straight_320": straight, **runs, "straight_512": [*straight, "--size", "512"]}
        for _ in range(rounds):
            for name, command in runs.items():
                fps = float(last_line(command)["fps"])
                best[f"fps_{name}"] = max(best.get(f"fps_{name}", 0.0), fps)
                say(f"chain, {name}: {fps:.1f} frames/s")
    for tier in TIERS:
        for size in (320, 512):
            best[f"ratio_chain_{tier}" + ("" if size == 320 else "_512")] = (
                best[f"fps_chain_{tier}"] / best[f"fps_straight_{size}"]
            )
    return best


def last_line(command: list[str]) -> Numbers:
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        raise SystemExit(f"{command[1:3]} failed: {(done.stderr.strip().splitlines() or ['no word'])[-1]}")
    answer: Numbers = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


# ---------------------------------------------------------------------------------------------------------------------- pose
def pose(rounds: int) -> Numbers:
    """Milliseconds a picture, letterbox to joints; AP where the pictures are labelled."""
    import numpy as np

    from kinesics.pose import pose_model

    pictures, truth, origin = labelled()
    with tempfile.TemporaryDirectory() as folder, Peer("mediapipe") as peer:
        file = Path(folder) / "picture.npy"

        def mediapipe(image: Any) -> tuple[float, Any]:
            answer = peer.ask(picture=str(file))
            return answer["seconds"], one_person(answer["joints"])

        sides = {tier: timed(pose_model(tier)) for tier in (*TIERS, *available("accurate"))} | {"mediapipe": mediapipe}
        best: dict[str, list[float]] = {name: [] for name in sides}
        found: dict[str, list[Any]] = {name: [] for name in sides}
        for number, image in enumerate(pictures):
            np.save(file, image)
            turns = [{name: look(image) for name, look in sides.items()} for _ in range(max(2, rounds) + (number == 0))]
            for name in sides:  # of the very first picture, the first turn only warms up
                best[name].append(min(turn[name][0] for turn in turns[number == 0 :]))
                found[name].append(turns[0][name][1])
    numbers: Numbers = {"pose_pictures": origin, "pose_images": len(best["mediapipe"])}
    for name, seconds in best.items():
        numbers[f"ms_pose_{name}"] = 1000 * float(np.median(seconds))
        numbers[f"ratio_pose_{name}"] = float(np.median(best["mediapipe"]) / np.median(seconds))
        numbers |= {} if truth is None else {f"AP_{name}": average_precision(truth, found[name])}
        say(f"pose, {name}: {numbers[f'ms_pose_{name}']:.1f} ms, AP {numbers.get(f'AP_{name}', float('nan')):.1f} on {origin}")
    del numbers["ratio_pose_mediapipe"]
    return numbers


def timed(model: Callable[[Any], Any]) -> Callable[[Any], tuple[float, Any]]:
    """The model with the seconds it took in front of its answer."""

    def look(image: Any) -> tuple[float, Any]:
        start = time.perf_counter()
        people = model(image)
        return time.perf_counter() - start, people

    return look


def labelled() -> tuple[Iterator[Any], Any, str]:
    """Pictures, their labels or None, and where they are from: COCO's if there are any, else the bundled clip."""
    from kinesics.video import load_image, open_source
    from kinesics.weights import find

    folder = Path(os.environ.get("KINESICS_DATA", ROOT.parent / "shared" / "data")) / "keypoints" / "coco-dev"
    if folder.is_dir():
        from kinesics.evaluate.pose import read_coco

        paths, truth = zip(*read_coco(folder), strict=True)
        return (load_image(path) for path in paths), truth, "coco-dev"

    def frames() -> Iterator[Any]:
        with open_source(find("demo_clip")) as source:
            yield from (frame.image for frame in source if frame.index % 10 == 0)

    return frames(), None, "demo_clip"


def available(name: str) -> tuple[str, ...]:
    from kinesics.weights import verify

    return (name,) if all(row["state"] == "ok" for row in verify(name).values()) else ()


def one_person(joints: list[list[float]] | None) -> Any:
    """The joints mediapipe found as our record."""
    import numpy as np

    from kinesics.types import People, skeleton

    places = np.array(joints or np.zeros((0, 17, 3)), float).reshape(-1, 17, 3)
    points, scores = places[..., :2], places[..., 2].clip(1e-6, 1)
    boxes = np.concatenate([points.min(1), points.max(1)], -1) if len(points) else np.zeros((0, 4))
    return People(boxes, scores.mean(1), points, scores, skeleton("coco17"))


def average_precision(truth: Any, found: Any) -> float:
    from kinesics.metrics.keypoints import keypoint_ap

    return keypoint_ap(truth, found)["AP"]


# ------------------------------------------------------------------------------------------------------------------- actions
def actions(rounds: int) -> Numbers:
    """Milliseconds a clip, one at a time, from joints to label; and of ours a frame of one person as it streams."""
    import numpy as np

    seconds: dict[str, list[Any]] = {"actions": [], "minirocket": []}
    with tempfile.TemporaryDirectory() as folder, Peer("actions", ONE_THREAD) as ours, Peer("aeon", ONE_THREAD) as theirs:
        file = str(Path(folder) / "clips.npz")
        numbers: Numbers = {"parameters": ours.ask(store=file)["parameters"]}
        theirs.ask(store=file)
        frames: list[float] = []
        for turn in range(rounds + 1):  # the first one warms up: buffers, caches, compiled code
            for name, side in (("actions", ours), ("minirocket", theirs)):
                answer = side.ask()
                numbers[f"right_{name}"] = answer["right"]
                if turn:
                    seconds[name].append(answer["clips"])
                    frames += answer.get("frames", [])
    best = {name: 1000 * np.min(times, axis=0) for name, times in seconds.items()}
    for name, ms in best.items():
        numbers |= {f"ms_{name}_p{q}": float(np.percentile(ms, q)) for q in (50, 95)}
        say(f"actions, {name}: {np.median(ms):.2f} ms a clip")
    numbers["ms_per_person_frame"] = 1000 * float(np.median(frames))
    return numbers | {"ratio_actions_minirocket": float(np.median(best["minirocket"]) / np.median(best["actions"]))}


# ---------------------------------------------------------------------------------------------------------------------- main
PARTS: dict[str, Callable[[int], Numbers]] = {"tracks": tracks, "chain": chain, "pose": pose, "actions": actions}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(PARTS), help="some of tracks,chain,pose,actions")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is timed; the best counts")
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    given = parser.parse_args()
    chosen = [name.strip() for name in given.only.split(",") if name.strip()]
    if unknown := set(chosen) - set(PARTS):
        parser.error(f"--only {', '.join(sorted(unknown))}: there are {', '.join(PARTS)}")
    numbers: Numbers = {}
    failed = []
    for name in chosen:
        try:
            numbers |= PARTS[name](max(1, given.rounds))
        except (Exception, SystemExit) as error:  # what the other parts measured is still worth telling
            say(f"{name} failed: {type(error).__name__}: {error}")
            failed.append(name)
    from kinesics.bench.provenance import provenance

    about = provenance(["movenet_multipose", "demo_clip"])
    about["versions"] |= {name: version for name, version in PEERS.items()}
    for key, value in numbers.items() if not given.json else ():
        print(f"{key:32} {value:.3f}" if isinstance(value, float) else f"{key:32} {value}")
    if failed:
        numbers["failed"] = ",".join(failed)
    if given.json:
        print(json.dumps({**{k: round(v, 4) if isinstance(v, float) else v for k, v in numbers.items()}, **about}))
    raise SystemExit(bool(failed))


if __name__ == "__main__":
    main()
