"""Render heads that turn and hands that cover: one npz for each made person, to train the net that sees what covers a face.

Developers only:  python scripts/make_covered_heads.py OUT [--people 70] [--heads 14] [--hands 8] [--seed 10000]

Files that are there are kept.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import numpy as np

from kinesics.bodies.portraits import make_portrait
from kinesics.faces.made_heads import made_hand, made_head


def main() -> None:
    """Read the arguments and render."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("out", type=Path)
    ask.add_argument("--people", type=int, default=70)
    ask.add_argument("--heads", type=int, default=14)
    ask.add_argument("--hands", type=int, default=8)
    ask.add_argument("--seed", type=int, default=10000)
    given = ask.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    for seed in range(given.seed, given.seed + given.people):
        path = given.out / f"{seed}.npz"
        if path.exists():
            continue
        rng = np.random.default_rng(seed)
        portrait = make_portrait(rng)
        angles = np.column_stack(
            [rng.uniform(-85, 85, given.heads), rng.normal(0, 17, given.heads), rng.normal(0, 15, given.heads)]
        )
        angles[: given.heads // 2, 0] *= 0.5
        heads = [made_head(portrait, rng, tuple(each), 224) for each in angles.tolist()]
        beside = path.with_suffix(f".{os.getpid()}.part.npz")
        np.savez(
            beside,
            heads=np.stack([head.picture for head in heads]),
            points=np.stack([head.points for head in heads]),
            angles=np.array([(head.yaw, head.pitch, head.roll) for head in heads]),
            hands=np.stack([made_hand(portrait, rng, 192) for _ in range(given.hands)]),
        )
        os.replace(beside, path)


if __name__ == "__main__":
    main()
