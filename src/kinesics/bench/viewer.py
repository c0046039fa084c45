"""The viewer: pictures a second of each tier, pose to pixels, in turns with the viewer of 2022 rebuilt, on the same cores."""

from __future__ import annotations

import contextlib
import dataclasses
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import MissingExtra
from ..types import Array
from ..viewer.costs import CostTable, probe_costs
from ..viewer.drawing import Artist
from ..viewer.generic import generic_nets
from ..viewer.pacing import Pacer
from ..viewer.person import Person
from ..viewer.person_file import load_person
from ..viewer.playing import play
from .unet2022 import OUT, Unet2022, session, write_unet

__all__ = ["bench_viewer", "driving_poses", "simulate_slow_machine"]

PERIOD = 1 / 25  # seconds between poses
STEP = 6  # poses from one keyframe's pose to the next
CHUNK, CHUNK_2022 = 40, 6  # pictures in a turn
T2 = ("core", "refiner", "head")

_FIRST = """
import sys, time
from kinesics.viewer import load_person, play
from kinesics.viewer.drawing import Artist
person = load_person(sys.argv[1])
artist = Artist(person)
poses = [(i / 25, person.points[i % len(person)], person.scores[i % len(person)]) for i in range(30)]
pictures = play(artist, poses, realtime=True)
next(pictures)
print(time.time(), flush=True)
for _ in pictures:
    pass
from kinesics.memory import peak_mb
print(peak_mb())
"""


def bench_viewer(
    person: str | Path = "default",
    *,
    rounds: int = 5,
    workers: int = 2,
    budget: float = 0.04,
    pictures: int = 400,
    reference: bool = True,
    starts: int = 3,
) -> dict[str, Any]:
    """Draw a person in poses between those of the keyframes, 512x512, composited over a background, at each tier.

    Args:
        person: a file, or the one that ships.
        rounds: turns that each tier and the reference get; the median turn counts.
        workers: pictures that are drawn at the same time.
        budget: seconds a picture may take, for `over_budget`.
        pictures: how many are drawn with that budget; a turn has at most as many.
        reference: rebuild the viewer of 2022 and time it in the same turns; needs the package `onnx`.
        starts: fresh processes for `first_picture_seconds`; the median counts.

    Returns:
        fps_t0 …, ms_p50_t0 …, ms_p95_t0 … (one worker, one picture); fps_2022 and ms_p50_2022 (its pictures are of 768x768),
        ratio_t0 … (times as many pictures a second as in 2022); nets_ms_t2, nets_ms_2022 and ratio_nets_t2 (nets alone, one
        thread); bytes_nets; first_picture_seconds from the start of a fresh process, and peak_rss_mb of that process;
        over_budget, tiers and tier_changes of a run with `budget`, and of a simulated slow machine; nets, whose they are, and
        missing, the tiers there are none for.
    """
    whom, nets = _with_nets(load_person(person))
    start = _first_picture(person, starts)  # before this process grows: its size would count for those it starts
    artist = _Finished(whom)
    poses = driving_poses(whom, min(CHUNK, pictures))
    for tier in range(len(artist.tiers)):  # compiles, loads, decodes
        _draw(artist, poses, workers, tier)
    with contextlib.ExitStack() as stack:
        turns = {name: _Turns(_drawing(artist, poses, workers, tier)) for tier, name in enumerate(artist.tiers)}
        old, note = _reference(stack, poses, workers) if reference else (None, "not asked for")
        if old is not None:
            turns["2022"] = old.turns
        for _ in range(rounds):
            for turn in turns.values():
                turn.take()
        found = _speeds(turns)
        found |= _nets_alone(whom, old, rounds) if "t2" in artist.tiers else {}
    found |= _budgeted(artist.plain, driving_poses(whom, pictures), workers, budget)
    return found | {
        "bytes_nets": sum(map(len, whom.nets.values())),
        **start,
        "nets": nets,
        "missing": [name for name in ("t1", "t2", "t3") if name not in artist.tiers],
        "reference": f"rebuilt untrained, {OUT}x{OUT}" if old is not None else note,
        "workers": workers,
        "keyframes": len(whom),
        "size": 512,
    }


def _with_nets(person: Person) -> tuple[Person, str]:
    """Nets cost the same whatever they have learned: the generic ones stand in where a person has none."""
    generic = generic_nets()
    if person.nets or not generic:
        return person, "the person's" if person.nets else "none"
    return dataclasses.replace(person, nets=generic), "generic, for this person has none"


class _Finished:
    """An artist whose pictures are done: laid over a background, RGB."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.plain = Artist(person)
        self.tiers = self.plain.tiers
        height = width = 512
        slope = np.linspace(90, 160, height, dtype=np.uint8)[:, None, None]
        self._background = np.ascontiguousarray(np.broadcast_to(slope, (height, width, 3)))

    def begin(self, points: Array, scores: Array) -> Any:
        return self.plain.begin(points, scores)

    def draw(self, brief: Any, tier: int) -> Array:
        made: Array = self.plain.over(self.plain.draw(brief, tier), self._background)
        return made


def driving_poses(person: Person, count: int) -> list[tuple[float, Array, Array]]:
    """`count` poses that lead smoothly from one keyframe's pose to the nearest that was not visited: times, points, scores."""
    places, way = np.nan_to_num(person.points[:, :17]), [0]
    while len(way) < min(len(person), count // STEP + 2):
        far = np.abs(places - places[way[-1]]).sum((1, 2))
        far[way] = np.inf
        way.append(int(np.argmin(far)))
    at = np.minimum(np.arange(count) / STEP, len(way) - 1)
    made = []
    for number, place in enumerate(at):
        a, b = way[int(place)], way[min(int(place) + 1, len(way) - 1)]
        share = np.float32(place - int(place))
        points = person.points[a] * (1 - share) + person.points[b] * share
        made.append((number * PERIOD, points, np.minimum(person.scores[a], person.scores[b]) * np.isfinite(points).all(-1)))
    return made


@dataclass
class _Turns:
    """Something that is timed again and again: `work` returns the seconds of each picture."""

    work: Callable[[], list[float]]
    rates: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def take(self) -> None:
        start = time.perf_counter()
        took = self.work()
        self.rates.append(len(took) / (time.perf_counter() - start))
        self.seconds += took


def _drawing(artist: _Finished, poses: list[Any], workers: int, tier: int) -> Callable[[], list[float]]:
    return lambda: _draw(artist, poses, workers, tier)


def _draw(artist: _Finished, poses: list[Any], workers: int, tier: int) -> list[float]:
    return [drawn.took for drawn in play(artist, poses, tier=tier, workers=workers)]


@dataclass
class _Old:
    """The viewer of 2022, and its net on one thread."""

    turns: _Turns
    net: Unet2022
    pose: Array
    facts: dict[str, int]


def _reference(stack: contextlib.ExitStack, poses: list[Any], workers: int) -> tuple[_Old | None, str]:
    """Rebuilt in a temporary folder; drawn one picture at a time on all cores, or several side by side, whichever is faster."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    try:
        facts = write_unet(folder / "unet.onnx")
    except MissingExtra as error:
        return None, str(error)
    single, whole = Unet2022(folder / "unet.onnx"), Unet2022(folder / "unet.onnx", workers)
    some = [pose[1:] for pose in poses[:CHUNK_2022]]
    ways = [_Turns(lambda: single.timed(some, workers)), _Turns(lambda: whole.timed(some, 1))]
    for way in ways * 2:
        way.take()
    best = max(ways, key=lambda way: way.rates[-1])
    return _Old(_Turns(best.work), single, single.input(*some[0]), facts), ""


def _speeds(turns: dict[str, _Turns]) -> dict[str, Any]:
    found: dict[str, Any] = {f"fps_{name}": statistics.median(turn.rates) for name, turn in turns.items()}
    for name, turn in turns.items():
        p50, p95 = (np.percentile(turn.seconds, (50, 95)) * 1000).tolist()
        found |= {f"ms_p50_{name}": p50, f"ms_p95_{name}": p95}
    if "2022" in turns:
        found |= {f"ratio_{name}": found[f"fps_{name}"] / found["fps_2022"] for name in turns if name != "2022"}
    return found


def _nets_alone(person: Person, old: _Old | None, rounds: int) -> dict[str, Any]:
    """T1 and T2 without what is around the nets, on one thread, in turns with the net of 2022."""
    stages = [session(person.nets[name]) for name in T2]
    feeds = [_example(stage) for stage in stages]
    ours: list[float] = []
    theirs: list[float] = []
    for turn in range(rounds + 1):
        for _ in range(5):
            start = time.perf_counter()
            for stage, feed in zip(stages, feeds, strict=True):
                stage.run(None, feed)
            ours.append(time.perf_counter() - start)
        if old is not None:
            start = time.perf_counter()
            old.net.run(old.pose)
            theirs.append(time.perf_counter() - start)
        if turn == 0:
            ours, theirs = [], []
    found: dict[str, Any] = {"nets_ms_t2": statistics.median(ours) * 1000}
    if old is not None:
        found |= {"nets_ms_2022": statistics.median(theirs) * 1000, "parameters_2022": old.facts["parameters"]}
        found |= {"ratio_nets_t2": found["nets_ms_2022"] / found["nets_ms_t2"]}
    return found


def _example(stage: Any) -> dict[str, Array]:
    """Noise of the shapes a net takes, one picture."""
    rng = np.random.default_rng(0)
    shapes = {port.name: [1, *port.shape[1:]] for port in stage.get_inputs()}
    return {name: rng.random(shape, np.float32) for name, shape in shapes.items()}


def _budgeted(artist: Artist, poses: list[Any], workers: int, budget: float) -> dict[str, Any]:
    """A real run with a budget, and the same costs on a machine that is slow at times."""
    brief = artist.begin(*poses[0][1:])
    costs = probe_costs(lambda tier: artist.draw(brief, tier), len(artist.tiers))
    assert costs is not None  # nobody stops it
    drawn = list(play(artist, poses, budget=budget, workers=workers, costs=costs))
    tiers = [picture.tier for picture in drawn]
    simulated = simulate_slow_machine(costs, budget)
    return {
        "over_budget": float(np.mean([picture.over for picture in drawn])),
        "tiers": _counted(tiers),
        "tier_changes": int(np.count_nonzero(np.diff(tiers))),
        "budget_ms": budget * 1000,
        **{f"{name}_simulated": value for name, value in simulated.items()},
    }


def _counted(tiers: list[int]) -> dict[str, int]:
    return {f"t{tier}": tiers.count(tier) for tier in sorted(set(tiers))}


def simulate_slow_machine(costs: CostTable, budget: float, *, pictures: int = 1600, seed: int = 0) -> dict[str, Any]:
    """The pacer on a machine that is first as in the table, then slow, then has a spike now and then, then is as it was.

    Args:
        costs: of the tiers.
        budget: seconds a picture may take.
        pictures: how many, a quarter for each.
        seed: of the noise and the spikes.

    Returns:
        over_budget (share of the pictures), over_budget_settled (of those after the first 25 of each quarter), tier_changes and
        tiers.
    """
    rng, quarter = np.random.default_rng(seed), pictures // 4
    slow = min(3.0, 0.8 * budget / costs.p95[0])
    factor = np.repeat([1.0, slow, 1.0, 1.0], quarter) * np.exp(rng.normal(0, 0.05, quarter * 4))
    spike = np.repeat([0.0, 0.0, budget, 0.0], quarter) * (rng.random(len(factor)) < 0.01)
    pacer, tiers, over = Pacer(costs, budget=budget), [], []
    for much, more in zip(factor, spike, strict=True):
        tiers.append(pacer.choose().tier)
        over.append(pacer.learn(tiers[-1], costs.typical[tiers[-1]] * much + more))
    settled = np.arange(len(over)) % quarter >= 25
    return {
        "over_budget": float(np.mean(over)),
        "over_budget_settled": float(np.mean(np.array(over)[settled])),
        "tier_changes": pacer.changes,
        "tiers": _counted(tiers),
    }


def _first_picture(person: str | Path, starts: int) -> dict[str, float]:
    """Fresh processes, each until it has drawn its first picture."""
    seconds, memory = [], []
    for _ in range(starts):
        start = time.time()
        done = subprocess.run([sys.executable, "-c", _FIRST, str(person)], capture_output=True, text=True, check=True)
        lines = done.stdout.splitlines()
        seconds.append(float(lines[0]) - start)
        memory.append(float(lines[1]))
    return {"first_picture_seconds": statistics.median(seconds), "peak_rss_mb": max(memory)} if seconds else {}
