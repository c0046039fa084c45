"""Write training footage of made people: one npz with the fields of `viewer.Footage` for each person and kind of motion.

Developers only:  python scripts/make_viewer_people.py OUT [--people 12] [--seconds 10] [--kinds signing sport] [--seed 0]

Backgrounds are of one colour, so that the files are small and the person can be cut out exactly:
`pictures - background * (255 - alpha) / 255` is the colour premultiplied by alpha. Files that are there are kept.
"""

from __future__ import annotations

import argparse
import os
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from kinesics.bodies.performing import KINDS, made_footage
from kinesics.bodies.portraits import make_portrait


def write(path: Path, arrays: dict[str, Any]) -> None:
    """An npz packed quickly, beside its place first."""
    beside = path.with_suffix(f".{os.getpid()}.part")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, array in arrays.items():
            with packed.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.lib.format.write_array(file, np.ascontiguousarray(array), allow_pickle=False)
    beside.replace(path)


def main() -> None:
    """Draw and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--people", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--fps", type=float, default=30.0)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS[:1]))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for number in range(options.people):
        seed = options.seed + number
        portrait = None
        for kind in options.kinds:
            path = options.out / f"person{seed:04d}-{kind}.npz"
            if path.exists():
                continue
            started = time.process_time()
            rng = np.random.default_rng([seed, 5])
            portrait = portrait or make_portrait(rng)
            plate = np.broadcast_to(rng.integers(60, 235, 3).astype(np.uint8), (512, 512, 3)).copy()
            footage = made_footage(seed, options.seconds, kind, fps=options.fps, portrait=portrait, background=plate)
            write(path, footage)
            count, size = len(footage["times"]), path.stat().st_size / 1e6
            print(
                f"{path.name}: {count} pictures, {size:.0f} MB, {(time.process_time() - started) / count * 1e3:.0f} ms CPU each"
            )


if __name__ == "__main__":
    main()
