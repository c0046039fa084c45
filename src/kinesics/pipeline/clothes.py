"""Whether clips show one person, by the colours worn on the trunk: a mix of people makes nobody who can be drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from ..types import Array
from ..viewer import Footage

__all__ = ["told_if_unlike", "unlike"]

LOOKS = 6  # pictures of a clip
ALIKE = 0.85  # likeness below which it is said; clips of one person had 0.97 and more, of different people 0.37 to 0.84


def unlike(footage: Footage) -> list[int]:
    """Clips whose person wears other colours than that of the first clip."""
    numbers = np.unique(footage.clips).tolist()
    worn = {number: _worn(footage, np.flatnonzero(footage.clips == number)) for number in numbers}
    first = next((colours for colours in worn.values() if colours is not None), None)
    if first is None:
        return []
    return [n for n, colours in worn.items() if colours is not None and np.sqrt(first * colours).sum() < ALIKE]


def told_if_unlike(footage: Footage, paths: Sequence[str], said: Callable[[str], object]) -> None:
    """Say which clips seem to show somebody else."""
    others = unlike(footage)
    if others:
        names = ", ".join(Path(paths[n]).name for n in others)
        said(
            f"{names}: somebody else than in {Path(paths[int(footage.clips[0])]).name}, by the clothes? "
            "One person is fitted from all clips; fit each person alone"
        )


def _worn(footage: Footage, rows: Array) -> Array | None:
    """Colours of the trunk as a histogram in CIE Lab that sums to 1, or None where no trunk is seen."""
    total = np.zeros((6, 12, 12), np.float32)
    for row in rows[np.unique(np.linspace(0, len(rows) - 1, LOOKS).round().astype(int))].tolist():
        shoulders = footage.points[row, [5, 6]]
        width = float(np.abs(np.diff(shoulders[:, 0])[0])) if np.isfinite(shoulders).all() else 0.0
        if width < 8:
            continue
        x, y = shoulders.mean(0).tolist()
        mask = np.zeros(footage.alpha.shape[1:], np.uint8)
        top, left = max(int(y + 0.1 * width), 0), max(int(x - 0.45 * width), 0)
        part = slice(top, max(int(y + 1.2 * width), 0)), slice(left, max(int(x + 0.45 * width), 0))
        mask[part] = footage.alpha[row][part] > 200
        lab = cv2.cvtColor(footage.pictures[row], cv2.COLOR_RGB2LAB)
        total += cv2.calcHist([lab], [0, 1, 2], mask, [6, 12, 12], [0, 256, 96, 160, 96, 160])
    return total / total.sum() if total.sum() > 0 else None
