"""Trains a person's nets on the footage the person was fitted from, and keeps only what is better than none."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import JobError, need
from ..types import Array
from .crop_lessons import crop_samples
from .drawing import Artist
from .footage import Footage
from .generic import generic_nets
from .lessons import Lessons, frames_of, kept_apart
from .person import Person

__all__ = ["Gate", "held_out", "judge", "train_person"]

BATCH = 8
RATE = 1.5e-3
STEPS = 500
EVERY = 100  # steps between looks at the held-out frames: the best of them is kept
CROPS = 0.25  # of the time goes to face and hands
HELD = 0.15  # share of the footage that no training sees: the gate's
LOOKS = 40  # held-out frames the gate looks at, at most
Gate = dict[str, dict[str, float]]


def held_out(footage: Footage) -> Array:
    """(n,) bool: the frames that training does not see: the last clip of four or more, else the end of each clip."""
    kinds = np.unique(footage.clips)
    if len(kinds) > 3:
        count = max(1, round(HELD * len(kinds)))
        return np.asarray(np.isin(footage.clips, kinds[-count:]))
    away = np.zeros(len(footage), bool)
    for clip in kinds:
        own = np.flatnonzero(footage.clips == clip)
        away[own[len(own) - round(HELD * len(own)) :]] = True
    return away


def judge(person: Person, footage: Footage, allowed: Array) -> Gate:
    """Mean squared errors of every tier on footage, by region: `all`, and the `person`; 0 to 65025."""
    artist = Artist(person)
    sums = {tier: np.zeros(4) for tier in artist.tiers}
    for at in np.unique(np.linspace(0, len(footage) - 1, min(LOOKS, len(footage))).astype(int)).tolist():
        artist.reset()
        brief = artist.begin(footage.points[at], footage.scores[at], allowed=allowed[at] if allowed[at].any() else None)
        mask = footage.alpha[at] > 127
        for tier in range(len(artist.tiers)):
            made, real = artist.draw(brief, tier), footage.pictures[at].astype(np.float32)
            if footage.background is not None:
                apart = (artist.over(made, footage.background) - real) ** 2
            else:
                cut = footage.alpha[at][..., None] / 255
                apart = (made[..., :3] - real * cut) ** 2
            sums[artist.tiers[tier]] += apart.sum(), apart.size, apart[mask].sum(), 3 * mask.sum()
    return {tier: {"all": float(s[0] / s[1]), "person": float(s[2] / max(s[3], 1))} for tier, s in sums.items()}


def _passed(gate: Gate) -> list[str]:
    """Names of the nets worth keeping: of tiers up to the last that beats T0, in the whole picture and in the person."""
    better = [t for t in gate if t != "t0" and all(gate[t][k] < gate["t0"][k] for k in ("all", "person"))]
    return ["core", "refiner", *(["head"] if "t2" in better else [])] if better else []


def train_person(
    person: Person,
    footage: Footage,
    *,
    minutes: float = 8.0,
    steps: int = STEPS,
    start: Mapping[str, bytes] | None = None,
    seed: int = 0,
    shaken: float = 0.7,
    checkpoint: str | Path | None = None,
    sheet: Callable[[Person, int], object] | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> Person:
    """Train T1, T2 and T3 and keep what passes the gate.

    Args:
        person: fitted from `footage`.
        footage: frames to learn from; the last part of it is held out and decides what is kept.
        minutes: after which training ends, whatever has been reached.
        steps: of training, at most.
        start: nets to begin from, by name of the stage; the generic ones that ship if None, {} for none.
        seed: of the order of frames.
        shaken: pixels of noise on the poses.
        checkpoint: file that holds what has been learned so far; training that was interrupted goes on from it.
        sheet: called with the person and the step, a few times, to draw a sheet of pictures.
        progress: called with steps done and in all.

    Returns:
        the person with the nets that beat T0 on the held-out frames, and `about["training"]` with what was found.

    Raises:
        MissingExtra: PyTorch or onnx are not installed.
        JobError: too few frames.
    """
    need("torch", "train")
    from .apprentice import Apprentice

    away = held_out(footage)
    allowed = kept_apart(person, footage)
    learned, test = footage[~away], footage[away]
    lessons = Lessons(person, learned, allowed[~away], seed=seed, shaken=shaken)
    if len(lessons.usable) < BATCH:
        raise JobError(f"training needs {BATCH} frames or more apart in time from keyframes, there are {len(lessons.usable)}")
    generic = generic_nets() if start is None else start
    apprentice = Apprentice(start=generic, rate=RATE, seed=seed)
    began, done = time.monotonic(), apprentice.resume(checkpoint)
    barred = allowed[away] & ~away[frames_of(person, footage)]
    told: list[dict[str, Any]] = []
    best, gate, least = person, judge(person, test, barred), np.inf
    share = _share(done, steps, began, minutes)
    while True:
        if share < 1:
            apprentice.step([lessons.draw() for _ in range(BATCH)], share)
            done += 1
            share = _share(done, steps, began, minutes)
            if progress is not None:
                progress(done, steps)
        if done % EVERY and share < 1:
            continue
        trial = dataclasses.replace(person, nets=apprentice.nets())
        found = judge(trial, test, barred)
        told.append({"step": done, **apprentice.errors(), **_decibels(found)["t2"]})
        if found["t2"]["person"] < least:
            best, gate, least = trial, found, found["t2"]["person"]
        apprentice.save(checkpoint, done)
        if sheet is not None:
            sheet(trial, done)
        if share >= 1:
            break
    keep = _passed(gate)
    best = dataclasses.replace(person, nets={name: graph for name, graph in best.nets.items() if name in keep})
    report = {"steps": done, "learned": told, "gate": _decibels(gate), "kept": keep}
    seconds = minutes * 60 * CROPS
    best, crops = _with_crops(best, learned, allowed[~away], test, barred, generic.get("crops"), seconds)
    report |= {"crops": crops, "seconds": round(time.monotonic() - began, 1)}
    return dataclasses.replace(best, about={**person.about, "training": report})


def _share(done: int, steps: int, began: float, minutes: float) -> float:
    """How much of the training is over, 0 to 1 and beyond."""
    return max(done / steps, (time.monotonic() - began) / max(minutes * 60, 1e-3))


def _with_crops(
    person: Person, learned: Footage, allowed: Array, test: Footage, barred: Array, start: bytes | None, seconds: float
) -> tuple[Person, dict[str, float]]:
    """The person with a net for face and hands if that is better in the held-out crops; PSNR there before and after."""
    from .crop_training import crop_gain, train_crops

    artist = Artist(person)
    try:
        graph = train_crops(person, crop_samples(artist, learned, allowed), seconds=seconds, start=start)
        asked = list(crop_samples(artist, test, barred, most=LOOKS))
        before, after = crop_gain(person, asked, graph)
        if start is not None and (plain := crop_gain(person, asked, start)[1]) > after:
            graph, after = start, plain
    except JobError:  # no hand and no face to learn from
        return person, {}
    kept = dataclasses.replace(person, nets={**person.nets, "crops": graph}) if after > before else person
    return kept, {"before": round(before, 2), "after": round(after, 2)}


def _decibels(gate: Gate) -> Gate:
    """Mean squared errors as PSNR."""
    return {
        tier: {where: round(float(10 * np.log10(65025 / max(value, 1e-3))), 2) for where, value in row.items()}
        for tier, row in gate.items()
    }
