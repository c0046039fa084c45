"""Train the viewer's generic crop net, for faces and hands, on footage of made people.

Developers only:  python scripts/make_viewer_people.py FOLDER --people 12 --seconds 18 --fps 8
                  python scripts/train_viewer_crops.py FOLDER --seconds 600 --out crops.onnx

The last person of the folder is held out: what the net does for its crops is printed.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from kinesics.viewer.crop_lessons import CropLessons, crop_lessons, crop_samples
from kinesics.viewer.crop_training import crop_gain, teach_crops
from kinesics.viewer.drawing import Artist
from kinesics.viewer.fitting import fit_footage
from kinesics.viewer.footage import Footage
from kinesics.viewer.lessons import kept_apart
from kinesics.viewer.person import Person


def load(path: Path, keyframes: int) -> tuple[Person, Footage]:
    """A person and the footage."""
    with np.load(path) as held:
        footage = Footage(**{name: held[name] for name in held.files})
    return fit_footage(footage, keyframes=keyframes, name=path.stem), footage


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--keyframes", type=int, default=64)
    parser.add_argument("--frames", type=int, default=120, help="of each person")
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--out", type=Path, default=Path("crops.onnx"))
    options = parser.parse_args()
    parts = []
    paths = sorted(options.folder.glob("*.npz"))[: options.people]
    for path in paths[:-1]:
        person, footage = load(path, options.keyframes)
        samples = crop_samples(Artist(person), footage, kept_apart(person, footage), most=options.frames)
        parts.append(crop_lessons(person, samples))
        print(path.name, len(parts[-1]), "crops", flush=True)
    losses: list[float] = []
    graph = teach_crops(CropLessons.joined(parts), seconds=options.seconds, progress=lambda step, loss: losses.append(loss))
    options.out.write_bytes(graph)
    person, footage = load(paths[-1], options.keyframes)
    before, after = crop_gain(person, crop_samples(Artist(person), footage, kept_apart(person, footage), most=40), graph)
    print(
        f"{len(losses)} steps, loss {np.mean(losses[:20]):.4f} to {np.mean(losses[-20:]):.4f}; {before:.2f} to {after:.2f} dB"
    )


if __name__ == "__main__":
    main()
