"""Train the viewer's generic nets on footage of made people.

Developers only:  python scripts/make_viewer_people.py FOLDER --people 12 --seconds 18 --fps 8
                  python scripts/train_viewer.py FOLDER --minutes 60

The last person of the folder is held out: what the nets do for it is printed. Interrupted, it goes on where it was.
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import time
from pathlib import Path

import numpy as np

from kinesics.viewer.apprentice import Apprentice
from kinesics.viewer.fitting import fit_footage
from kinesics.viewer.footage import Footage
from kinesics.viewer.generic import FILE, generic_nets, save_generic
from kinesics.viewer.lessons import Lessons, kept_apart
from kinesics.viewer.person import Person
from kinesics.viewer.training import BATCH, judge

SHAKEN = 1.5  # pixels


def load(path: Path, keyframes: int) -> tuple[Person, Footage]:
    """A person and the footage, without a background."""
    with np.load(path) as held:
        footage = Footage(**{name: held[name] for name in held.files})
    return fit_footage(footage, keyframes=keyframes, name=path.stem), footage


def decibels(person: Person, footage: Footage) -> str:
    """PSNR of the person by tier."""
    gate = judge(person, footage, kept_apart(person, footage))
    return " ".join(f"{tier} {10 * math.log10(65025 / row['person']):.2f}" for tier, row in gate.items())


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--keyframes", type=int, default=64)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--out", type=Path, default=FILE)
    parser.add_argument("--go-on", action="store_true", help="begin with the nets of --out")
    options = parser.parse_args()
    paths = sorted(options.folder.glob("*.npz"))[: options.people]
    *learned, test = [load(path, options.keyframes) for path in paths]
    school = [Lessons(p, f, kept_apart(p, f), seed=i, shaken=SHAKEN) for i, (p, f) in enumerate(learned)]
    apprentice = Apprentice(start=generic_nets(options.out) if options.go_on else {}, rate=options.rate)
    kept = {name: graph for name, graph in generic_nets(options.out).items() if name == "crops"}  # of train_viewer_crops.py
    rng, began, steps, told = np.random.default_rng(0), time.monotonic(), 0, 0.0
    while (share := (time.monotonic() - began) / (options.minutes * 60)) < 1:
        apprentice.step([school[who].draw() for who in rng.integers(len(school), size=BATCH)], share)
        steps += 1
        if share > told + 0.05:
            told = share
            nets = apprentice.nets()
            print(
                f"{share:.0%}",
                steps,
                apprentice.errors(),
                decibels(dataclasses.replace(test[0], nets=nets), test[1]),
                flush=True,
            )
            save_generic({**kept, **nets}, {"people": len(school), "steps": steps, "licence": "Apache-2.0"}, options.out)
    save_generic({**kept, **apprentice.nets()}, {"people": len(school), "steps": steps, "licence": "Apache-2.0"}, options.out)


if __name__ == "__main__":
    main()
