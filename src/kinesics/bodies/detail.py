"""The second file of the baked human, read only when somebody shall sign, speak or be looked at closely.

Baked by `scripts/bake_detail.py` (CC0 sources, see NOTICE) for the `human.npz` beside it.
"""

from __future__ import annotations

import functools
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import WeightsError
from ..types import Array
from .fine_segments import FINGERS
from .human import load_human
from .shaping import Traits, target_weights

_FILE = Path(__file__).with_name("human_detail.npz")
#: The face's moves as the file has them.
MOVES = ("jaw", "smile", "pucker", "blink", "blink_bulge", "brows_up", "brows_down")
#: Points of the left side that follow every shape: the joints and the tip of each finger, the middle of the eye.
EXTRA_POINTS: tuple[str, ...] = (*(f"{finger}_{joint}" for finger in FINGERS for joint in (1, 2, 3, 4)), "eye_middle")
#: The left brow from its inner end: millimetres from the middle, above the eyes, and half of its height.
BROW_CURVE = ((10.0, 14.4, 1.2), (14.0, 15.8, 2.7), (22.0, 17.6, 2.8), (32.0, 19.0, 2.4), (42.0, 17.8, 1.9), (48.5, 15.0, 1.3),
              (54.0, 11.0, 0.5))  # fmt: skip


@dataclass(frozen=True)
class Detail:
    """What the file holds; see `load_detail`.

    `template` (n, 3) and `basis` (k, n, 3) float32 are rows as in `human.Human`, of the left half with the middle, the last of
    them `EXTRA_POINTS`; `mirrored` rows of those off the middle; `faces` (f, 3) with `labels` of `MATERIALS`: mouth, teeth,
    tongue, lashes and brows. `hand_rows` (h,) rows of the body with `hand_segments` (h, 4) of `FINE_SEGMENTS` and
    `hand_weights`. `moves` gives rows (the body's, then these) and metres for each of `MOVES`. `corners` and
    `shares` (l, 4) place landmarks on the body's vertices. `materials` (faces of the body,) uint8.
    """

    template: Array
    basis: Array
    mirrored: Array
    faces: Array
    labels: Array
    hand_rows: Array
    hand_segments: Array
    hand_weights: Array
    moves: dict[str, tuple[Array, Array]]
    corners: Array
    shares: Array
    materials: Array

    def shape(self, traits: Traits) -> Array:
        """The rows (n, 3) float32 of somebody."""
        mix = np.einsum("t,tk->k", target_weights(traits), load_human("full").shares).astype(np.float32)
        return np.asarray(self.template + np.einsum("k,knd->nd", mix, self.basis))

    @property
    def half(self) -> int:
        """How many rows are of meshes, before the points."""
        return len(self.template) - len(EXTRA_POINTS)


@functools.cache
def load_detail(path: Path = _FILE) -> Detail:
    """The file, read once in a process.

    Raises:
        WeightsError: it is missing, damaged, or does not fit the body's file.
    """
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            a = {name: file[name] for name in file.files}
        half, faces = a["fits"].tolist()
        detail = Detail(
            template=a["template"],
            basis=a["basis"].astype(np.float32) * a["scale"],
            mirrored=a["mirrored"],
            faces=a["faces"].astype(np.int32),
            labels=a["labels"],
            hand_rows=a["hand_rows"].astype(np.int64),
            hand_segments=a["hand_segments"],
            hand_weights=a["hand_strengths"].astype(np.float32) / np.float32(255),
            moves={n: (a[f"{n}_rows"].astype(np.int64), a[f"{n}_moves"].astype(np.float32)) for n in MOVES},
            corners=a["corners"],
            shares=a["shares"],
            materials=np.repeat(a["materials"], 2),
        )
    except FileNotFoundError:
        raise WeightsError(
            f"{path}: the body's second file is missing; install kinesics again or run scripts/bake_detail.py"
        ) from None
    except (OSError, ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile) as fault:
        raise WeightsError(f"{path}: the body's second file is damaged ({fault}); install kinesics again") from None
    mesh = load_human("full").meshes["body"]
    if half != len(mesh.rows) or faces != len(mesh.faces):
        raise WeightsError(f"{path}: made for another body than human.npz has; run scripts/bake_detail.py again")
    return detail
