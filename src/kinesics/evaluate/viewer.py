"""How near drawn people come to filmed ones: fit on one part of the footage, draw the poses of the rest, compare."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import UsageError
from ..viewer import Footage, Person
from .viewer_regions import PoseReader, pose_reader
from .viewer_split import held_out
from .viewer_trial import Trial, trial

__all__ = ["average", "eval_viewer", "eval_viewer_made", "eval_viewer_people", "made_people"]

TEST_SEED = 910_001
"""Made people from this seed on are measured on; no training sees them."""
MADE = ("signing", "gestures")
MADE_RATE = 15.0  # pictures a second
BETTER_THAN_NEAREST = 0.5  # decibels by which T0 must beat the nearest picture
LIVELY = (0.7, 1.3)  # what a motion ratio may be
STEADY = 0.05  # levels that pictures of one pose may differ by
CONSISTENT = 0.9  # of the joints that are right in the real pictures


def eval_viewer(
    footage: Footage,
    *,
    clips: int = 0,
    person: Person | None = None,
    train: bool = True,
    minutes: float | None = None,
    keyframes: int | None = None,
    read: PoseReader | bool = True,
    each: Callable[[Trial], object] | None = None,
    step: Callable[..., None] = lambda done, **facts: None,
    **looks: int,
) -> dict[str, Any]:
    """Fit a person on the first part of the footage and measure on the rest.

    Of several clips the first 70 % are learned from, of one clip the first 70 % of its time. Each pose of the rest is drawn by
    each tier, laid over what is behind the person, and compared with the real picture; beside it the mean picture, the picture
    whose pose is nearest, and the nearest keyframe warped. Regions: all of the picture; the person (a little dilated); the
    person's box; the boxes of the hands and of the face.

    Args:
        footage: one person's; clips by rising number.
        clips: so many are learned from instead of 70 %.
        person: already fitted, from nothing of what is asked; None: fitted here.
        train: train the refining nets too.
        minutes: that training may take.
        keyframes: of the person.
        read: reads joints off pictures, for `pck…`; True: the most exact model that is installed; False: no such figures.
        each: is given the pictures too.
        step: is told how many poses are done.
        looks: as `trial` takes them (`looks`, `reads`, `keep`, `film`).

    Returns:
        for each way of drawing W (t0 …, mean, nearest, warp) and region R `psnr_R_W` (decibels, pooled), `ssim_R_W`,
        `gmsd_R_W`; `motion_ratio_W`; `pck_10_W`, `hands_pck_W` and their `…_real` and `pck_ratio_W`; for tiers `flicker_W`
        and `switch_W_W` (levels); `gain_t0_R` over the nearest picture and `gain_best_R` of the highest tier over T0;
        `fit_seconds`, `train_seconds`, `bytes_nets`, `frames`; and `gate`: what must hold, and whether it does.

    Raises:
        JobError: too little footage, or nobody in it.
        WeightsError: a net that reads joints is not installed.
    """
    learned, asked = held_out(footage, clips)
    spent: dict[str, Any] = {"fit_seconds": 0.0, "train_seconds": 0.0}
    if person is None:
        person, spent = _fitted(learned, train, minutes, keyframes, step)
    reader = pose_reader() if read is True else read or None
    done = trial(learned, asked, person, read=reader, step=step, **looks)
    done.numbers.update(spent)
    done.numbers.update(gains(done.numbers))
    done.numbers["gate"] = gate(done.numbers)
    if each is not None:
        each(done)
    return done.numbers


def _fitted(
    footage: Footage, train: bool, minutes: float | None, keyframes: int | None, step: Callable[..., None]
) -> tuple[Person, dict[str, Any]]:
    """The person, and the seconds by the clock."""
    from ..viewer import fit_footage

    start = time.perf_counter()
    options: dict[str, Any] = {} if keyframes is None else {"keyframes": keyframes}
    person = fit_footage(footage, **options)
    spent = {"fit_seconds": time.perf_counter() - start, "train_seconds": 0.0}
    if train:
        from ..viewer.training import train_person

        start = time.perf_counter()
        options = {} if minutes is None else {"minutes": minutes}
        person = train_person(person, footage, progress=lambda done, of: step(done, of=of, part="training"), **options)
        spent["train_seconds"] = time.perf_counter() - start
    return person, spent


def gains(numbers: Mapping[str, Any]) -> dict[str, float]:
    """Decibels of T0 over the nearest picture, and of the highest tier over T0, in the person and in the person's box."""
    best = numbers["tiers"][-1]
    return {
        f"gain_{kind}_{region}": numbers[f"psnr_{region}_{better}"] - numbers[f"psnr_{region}_{worse}"]
        for region in ("person", "box")
        for kind, better, worse in (("t0", "t0", "nearest"), ("best", best, "t0"))
    }


def gate(numbers: Mapping[str, Any]) -> dict[str, bool]:
    """What must hold of a trial's numbers, and whether it does; of all tiers there are."""
    tiers: Sequence[str] = numbers["tiers"]
    found = {
        "t0_beats_nearest_by_half_a_decibel": numbers["psnr_person_t0"] - numbers["psnr_person_nearest"] >= BETTER_THAN_NEAREST,
        **{f"{name}_beats_t0": numbers[f"psnr_person_{name}"] > numbers["psnr_person_t0"] for name in tiers[1:]},
        "motion_ratio": all(LIVELY[0] <= numbers[f"motion_ratio_{name}"] <= LIVELY[1] for name in tiers),
        "steady": all(numbers[f"flicker_{name}"] <= STEADY for name in tiers),
    }
    if "pck_10_real" in numbers:
        found["pose_consistency"] = all(numbers[f"pck_ratio_{name}"] >= CONSISTENT for name in tiers)
    return {name: bool(value) for name, value in found.items()}


# ------------------------------------------------------------------------------------------------------------ several people
def eval_viewer_people(
    cast: Iterable[tuple[str, Footage, int]],
    *,
    each: Callable[[str, Trial], object] | None = None,
    step: Callable[..., None] = lambda done, **facts: None,
    **options: Any,
) -> dict[str, Any]:
    """`eval_viewer` of several people; the mean of all, and each under `people`.

    Args:
        cast: name, footage, and how many clips of it are learned from (0: 70 %); one at a time, so that one is in memory.
        each: is given each one's name and pictures.
        step: is told how many poses are done.
        options: as `eval_viewer` takes them.

    Raises:
        UsageError: nobody.
    """
    rows: dict[str, dict[str, Any]] = {}
    for name, footage, clips in cast:
        rows[name] = eval_viewer(footage, clips=clips, each=_telling(each, name), step=step, **options)
    if not rows:
        raise UsageError("expected at least one person to draw, got none")
    return average(rows) | {"people": rows}


def _telling(each: Callable[[str, Trial], object] | None, name: str) -> Callable[[Trial], object] | None:
    return None if each is None else lambda done: each(name, done)


def eval_viewer_made(*, people: int = 2, seconds: float = 20.0, seed: int = TEST_SEED, **options: Any) -> dict[str, Any]:
    """`eval_viewer_people` of made people, whose poses and outlines are exact.

    Args:
        people: how many.
        seconds: of each.
        seed: of the first; the others follow.
        options: as `eval_viewer_people` takes them.
    """
    return eval_viewer_people(made_people(people, seconds, seed), **options)


def made_people(people: int, seconds: float, seed: int = TEST_SEED) -> Iterator[tuple[str, Footage, int]]:
    """Names and footage of made people that no training sees."""
    from ..bodies.performing import made_footage

    for number in range(people):
        kind = MADE[number % len(MADE)]
        yield f"made {number + 1}, {kind}", Footage(**made_footage(seed + number, seconds, kind, fps=MADE_RATE)), 0


def average(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The mean over people of each number that all of them have; frames are summed; a gate holds when it holds for each.

    A tier that training refused for somebody has no mean; `gain_best` is of the highest tier that each one has.
    """
    held = list(rows.values())
    found: dict[str, Any] = {}
    for key in (key for key in held[0] if all(key in row for row in held)):
        values = [row[key] for row in held]
        if key == "gate":
            names = dict.fromkeys(name for gates in values for name in gates)
            found[key] = {name: all(gates.get(name, True) for gates in values) for name in names}
        elif key == "tiers":
            found[key] = [name for name in values[0] if all(name in other for other in values)]
        elif key in ("frames", "frames_learned"):
            found[key] = sum(values)
        else:
            found[key] = float(np.mean(values))
    return found
