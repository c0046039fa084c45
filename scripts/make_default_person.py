"""Draw the person who ships with the viewer, `default_person.kin`, and the same seen from head to feet.

Developers only:  python scripts/make_default_person.py [--minutes 8] [--sheet SHEET.png]

Everything is made: the body is MakeHuman's (CC0, see NOTICE), hair, clothes, colours, motion and light are this project's.
Nobody real is shown.
"""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from kinesics.bodies.actors import make_actor
from kinesics.bodies.complexions import Complexion
from kinesics.bodies.dressing import Portrait, dress
from kinesics.bodies.fabrics import Fabrics
from kinesics.bodies.hairdos import Hairdo
from kinesics.bodies.outfits import Outfit
from kinesics.bodies.performing import made_footage
from kinesics.bodies.shaping import Traits
from kinesics.bodies.standpoints import Standpoint, upper_body, whole_body
from kinesics.viewer.fitting import fit_footage
from kinesics.viewer.footage import Footage
from kinesics.viewer.person import Person
from kinesics.viewer.person_file import save_person
from kinesics.viewer.training import train_person

LIMIT = 4_000_000
#: File -> name, view, keyframes, and what is filmed: kind, seed, seconds, pictures a second.
PEOPLE: dict[str, tuple[str, Any, int, tuple[tuple[str, int, float, float], ...]]] = {
    "default_person.kin": (
        "default",
        upper_body,
        144,
        (("signing", 11, 90, 6), ("signing", 12, 60, 6), ("gestures", 13, 60, 6)),
    ),
    "default_full_person.kin": (
        "default-full",
        whole_body,
        112,
        (("sport", 21, 100, 6), ("signing", 22, 40, 5), ("gestures", 23, 50, 5)),
    ),
}


def portrait() -> Portrait:
    """The person: nobody in particular, friendly, with hands that stand out from what is worn."""
    rng = np.random.default_rng(7)
    local = {"shoulders_narrower": 0.35, "head_bigger": 0.3, "upper_arm_longer": 0.3, "hands_bigger": 0.2, "flat": 0.4}
    races = (0.25, 0.3, 0.45)
    traits = Traits(sex=0.06, age=30.0, muscle=0.45, weight=0.62, proportions=0.85, races=races, local=local)
    actor = make_actor(rng, dressed=False, traits=traits, height=1.68)
    outfit = Outfit("jumper", "trousers", sleeve=1.55, cloth=0.008, hem=0.12, leg=1.9, leg_cloth=0.008, shoe=0.006, sole=0.015,
                    folds=0.1, fold_way=(0.2, 0.5, 0.1, 0.7, 0.3, 0.6))  # fmt: skip
    skin = (216.0, 171.0, 138.0)
    nails = tuple(0.62 * c + b for c, b in zip(skin, (92, 66, 64), strict=True))
    look = Complexion(skin, (58.0, 40.0, 32.0), (92.0, 60.0, 36.0), (182.0, 92.0, 92.0), 0.8, 0.0, 0.0, 0.62, nails, {})
    fabrics = Fabrics((38, 98, 108), (235, 225, 205), (44, 52, 74), (226, 226, 224), (196, 188, 176), "plain", "crew", {})
    return dress(actor, outfit, look, fabrics, Hairdo("bob", 0.02, 0.055, 0.06, 0.0, 0.15), rng)


def film(who: Portrait, view: Any, clips: tuple[tuple[str, int, float, float], ...]) -> Footage:
    """Footage of several kinds of motion before a plain wall."""
    wall = np.full((512, 512, 3), 128, np.uint8)
    stand: Standpoint = view(who.actor.height)
    shot = [
        made_footage(seed, seconds, kind, fps=fps, portrait=who, view=stand, background=wall)
        for kind, seed, seconds, fps in clips
    ]
    whole = {name: np.concatenate([s[name] for s in shot]) for name in ("pictures", "alpha", "points", "scores", "times")}
    numbers = np.repeat(np.arange(len(shot), dtype=np.int32), [len(s["times"]) for s in shot])
    return Footage(**whole, clips=numbers, background=wall)


def sheet(person: Person, columns: int = 12) -> np.ndarray:
    """All keyframes, small, on grey; BGR."""
    tiles = []
    for index in range(len(person)):
        picture = person.keyframe(index)
        solid = picture[..., :3] + (214 * (255 - picture[..., 3:].astype(int)) // 255)
        tiles.append(cv2.resize(solid.astype(np.uint8), (128, 128), interpolation=cv2.INTER_AREA)[..., ::-1])
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % columns)
    return np.vstack([np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)])


def main() -> None:
    """Draw, fit, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[1] / "src/kinesics/viewer")
    parser.add_argument("--only", choices=list(PEOPLE))
    parser.add_argument("--sheet", type=Path)
    parser.add_argument("--minutes", type=float, default=8, help="of training the nets; 0: none")
    options = parser.parse_args()
    who = portrait()
    for file, (name, view, keyframes, clips) in PEOPLE.items():
        if options.only not in (None, file):
            continue
        footage = film(who, view, clips)
        person = fit_footage(
            footage,
            keyframes=keyframes,
            name=name,
            licence="Apache-2.0; the body is MakeHuman's, CC0",
            consent="nobody real is shown: body, face, clothes and motion are made",
            source="scripts/make_default_person.py",
        )
        if options.minutes:
            person = train_person(person, footage, minutes=options.minutes, steps=1000)
            print(person.about["training"])
        person = dataclasses.replace(person, background=None)
        save_person(options.out / file, person)
        size = (options.out / file).stat().st_size
        print(f"{file}: {len(person)} keyframes, {size / 1e6:.2f} MB")
        if size > LIMIT:
            raise SystemExit(f"{file} is larger than {LIMIT / 1e6:g} MB: keep fewer keyframes")
        if options.sheet:
            cv2.imwrite(str(options.sheet.with_name(f"{name}-{options.sheet.name}")), sheet(person))


if __name__ == "__main__":
    main()
