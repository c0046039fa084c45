"""One shot: all tries, measured; its curves, frontier, knee and steps; as rows."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence
from typing import Any

from .curve import fit_curve, knee_rate
from .encoding import CRFS, Coded, encode
from .frontier import GAIN, choose_steps, find_frontier
from .likeness import Ssim
from .sizes import Size, tried_sizes
from .spool import Sample
from .vmaf import LEAST, Vmaf, find_vmaf

__all__ = ["LEAST_SECONDS", "try_out"]

LEAST_SECONDS = 0.5


def try_out(sample: Sample | None) -> list[dict[str, Any]]:
    """Try a shot at all sizes and qualities.

    Returns:
        a row a try, sizes from the largest, each from the finest, with the keys of the kind "ladder" but shot, start and end;
        one row with a `note` alone for a shot that cannot be measured.

    Raises:
        JobError: there is no encoder, or VMAF's program fails.
    """
    if sample is None:
        return [{"note": "no picture of it could be kept"}]
    if sample.seconds < LEAST_SECONDS:
        return [{"note": f"{sample.seconds:.2f} s of it are too few: {LEAST_SECONDS} s are needed"}]
    sizes = tried_sizes(sample.size)
    if not sizes:
        return [{"note": f"{sample.size[0]}x{sample.size[1]} is too small: 32 lines are needed"}]
    return _rated(*_tries(sample, sizes))


def _tries(sample: Sample, sizes: Sequence[Size]) -> tuple[list[dict[str, Any]], list[float]]:
    """Rows with rate and likeness, and the likenesses, as they are compared."""
    exe = find_vmaf() if min(sample.size) >= LEAST else None
    rows: list[dict[str, Any]] = []
    with contextlib.closing(Vmaf(sample, exe) if exe else Ssim(sample)) as judge:
        for size in sizes:
            with contextlib.ExitStack() as done:
                smaller = sample
                if size != sample.size:
                    smaller = sample.at(size)
                    done.callback(smaller.store.close)
                for crf in CRFS:
                    coded = encode(smaller, crf)
                    rows.append({**_facts(coded), "quality": judge(coded), "measure": judge.measure})
    return [{**row, "pictures": len(sample.slots)} for row in rows], [row["quality"] for row in rows]


def _facts(coded: Coded) -> dict[str, Any]:
    return {"width": coded.size[0], "height": coded.size[1], "crf": coded.crf, "bits_per_second": coded.bits_per_second}


def _rated(rows: list[dict[str, Any]], likeness: list[float]) -> list[dict[str, Any]]:
    """The same rows, with what only all of them together tell."""
    rates = [float(row["bits_per_second"]) for row in rows]
    front = find_frontier(rates, likeness)
    knee = _knee(front, rates, likeness)
    gain = GAIN[rows[0]["measure"]]
    steps = choose_steps(front, rates, likeness, [row["crf"] for row in rows], knee=knee, gain=gain)
    fits = {}
    for size in {(row["width"], row["height"]) for row in rows}:
        own = [i for i, row in enumerate(rows) if (row["width"], row["height"]) == size]
        curve = fit_curve([rates[i] for i in own], [likeness[i] for i in own])
        fits[size] = [curve.a, curve.b, curve.c]
    for i, row in enumerate(rows):
        step = steps.index(i) + 1 if i in steps else None
        row.update({"frontier": i in front, "knee": i == knee, "step": step, "fit": fits[row["width"], row["height"]]})
    return rows


def _knee(front: Sequence[int], rates: Sequence[float], likeness: Sequence[float]) -> int | None:
    """The try of the frontier nearest to the knee of the curve through it; None where three points are not there."""
    if len(front) < 3:
        return None
    curve = fit_curve([rates[i] for i in front], [likeness[i] for i in front])
    aim = knee_rate(curve, rates[front[0]], rates[front[-1]])
    return min(front, key=lambda i: abs(math.log(rates[i] / aim)))
