"""The numbers of a trial as a table: a row for each way of drawing, a column for each measure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

__all__ = ["number", "number_table", "short"]

WORDS = {"mean": "mean picture", "nearest": "nearest picture", "warp": "nearest, warped"}
COLUMNS = {
    "psnr_full": ("PSNR all", 2, 1), "psnr_person": ("PSNR person", 2, 1), "psnr_box": ("PSNR box", 2, 1),
    "psnr_hands": ("PSNR hands", 2, 1), "psnr_face": ("PSNR face", 2, 1), "ssim_person": ("SSIM person", 3, 1),
    "ssim_hands": ("SSIM hands", 3, 1), "ssim_face": ("SSIM face", 3, 1), "gmsd_person": ("GMSD person", 3, -1),
    "motion_ratio": ("motion", 2, 0), "flicker": ("flicker", 3, -1), "pck_10": ("PCK body", 3, 1),
    "hands_pck": ("PCK hands", 3, 1),
}  # fmt: skip
"""What the table shows: words, digits, and whether more (1) or less (-1) is better, or what is nearest to 1 (0)."""


def short(way: str) -> str:
    """T0 for t0; baselines keep their name."""
    return way.upper() if way.startswith("t") else way


def number_table(numbers: Mapping[str, Any]) -> tuple[list[list[str]], frozenset[str]]:
    """Rows of words, the head first, and which cells are the best of their column, as "row/column"."""
    ways = [*WORDS, *numbers["tiers"]]
    keys = [key for key in COLUMNS if any(np.isfinite(number(numbers, key, way)) for way in ways)]
    rows, best = [["", *(COLUMNS[key][0] for key in keys)]], set()
    for way in ways:
        rows.append([WORDS.get(way, short(way))])
    for j, key in enumerate(keys, 1):
        values = np.array([number(numbers, key, way) for way in ways])
        _, digits, sense = COLUMNS[key]
        for i, value in enumerate(values.tolist(), 1):
            rows[i].append(f"{value:.{digits}f}" if np.isfinite(value) else "–")
        goodness = -np.abs(values - 1) if sense == 0 else sense * values
        if np.isfinite(goodness).any():
            top = np.nanmax(goodness)
            best |= {f"{i}/{j}" for i, good in enumerate(goodness.tolist(), 1) if good == top}
    if "pck_10_real" in numbers:
        real = {"pck_10": numbers["pck_10_real"], "hands_pck": numbers["hands_pck_real"], "motion_ratio": 1.0}
        rows.append(["filmed", *(f"{real[key]:.{COLUMNS[key][1]}f}" if key in real else "" for key in keys)])
    return rows, frozenset(best)


def number(numbers: Mapping[str, Any], key: str, way: str) -> float:
    """`key_way`; NaN where it was not measured."""
    value = numbers.get(f"{key}_{way}")
    return float("nan") if value is None else float(value)
