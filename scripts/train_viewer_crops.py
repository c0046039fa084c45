"""Train the viewer's generic crop net, for faces and hands, on footage of made people.

Developers only:  python scripts/make_viewer_people.py FOLDER --people 12 --seconds 18 --fps 8
                  python scripts/train_viewer_crops.py FOLDER --seconds 600

The last person of the folder is held out: what the net does for its crops is printed. The net is put beside those of
scripts/train_viewer.py, in their file, unless --out names another (.onnx: the net alone).
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
from kinesics.viewer.generic import FILE, generic_nets, save_generic
from kinesics.viewer.lessons import kept_apart
from kinesics.viewer.person import Person
from kinesics.weights.bundle import read_bundle


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
    parser.add_argument("--out", type=Path, default=FILE)
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
    if options.out.suffix == ".onnx":
        options.out.write_bytes(graph)
    else:
        about = {"licence": "Apache-2.0"}
        if options.out.exists():
            about = {k: v for k, v in read_bundle(options.out)[0].items() if k not in ("kind", "format", "sha256")}
        told = {"people": len(parts), "steps": len(losses)}
        save_generic({**generic_nets(options.out), "crops": graph}, {**about, "crops": told}, options.out)
    person, footage = load(paths[-1], options.keyframes)
    before, after = crop_gain(person, crop_samples(Artist(person), footage, kept_apart(person, footage), most=40), graph)
    print(
        f"{len(losses)} steps, loss {np.mean(losses[:20]):.4f} to {np.mean(losses[-20:]):.4f}; {before:.2f} to {after:.2f} dB"
    )


if __name__ == "__main__":
    main()
