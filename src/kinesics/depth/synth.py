"""Sample sets: made depth pictures written out for people to look at and for programs of others to learn from."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from ..bodies import JOINTS, PARTS
from ..bodies.views import View, ViewMaker
from ..errors import UsageError
from ..types import Array
from .camera_file import CAMERA_FILE, written
from .metres import millimetres
from .png_folder import png_bytes
from .whole_files import whole_folder

_ON_SHEET = 16
_README = """Made depth pictures of made people.

{count} views of {width} x {height} pixels, {people} in each; seed {seed}, sensor "{sensor}", scenery {scenery}.
The same seed and options give the same files.

depth/NNNNNN.png   16 bits: millimetres along the camera's axis, as the sensor gave them; 0 where it returned nothing
parts/NNNNNN.png   8 bits: which part of a body a perfect camera sees, 0 for none; the numbers are below
people/NNNNNN.png  8 bits: in whose cut-out a pixel is after an imperfect segmentation: 1 is the first person, 0 nobody
views.jsonl        a line a view: "camera" (pixels; the centre of the first pixel is 0, 0), "floor" (a, b, c, d: a point is
                   a x + b y + c z + d metres above it), and for each of "people" what they are like, "joints" (metres in the
                   camera's frame: x right, y down, z away) and which of them are "visible"{more}

Left is the person's left. Parts:
{parts}
"""


def synthesize(
    out: str | Path,
    *,
    count: int = 100,
    picture: Callable[[Sequence[View]], Array] | None = None,
    progress: Callable[[int], None] = lambda done: None,
    **options: Any,
) -> dict[str, Any]:
    """Write a set of made depth pictures with parts and joints; its README.txt says what is what.

    The folder appears when all is written, and not at all when the work is interrupted.

    Args:
        out: a folder that is not there yet, or empty.
        count: how many views.
        picture: draws a contact sheet, (h, w, 3) uint8 RGB, of up to 16 views spread over the set: `kinesics.draw.depth_sheet`
            does; it is written as contact.png.
        progress: called with the number of views written so far.
        options: of `kinesics.bodies.ViewMaker`: seed, size, people, sensor, yaw, scenery, focal (then all views have one
            camera, which is written as camera.json) …

    Returns:
        out, count (views), people (in all), body_pixels (of the mean cut-out).

    Raises:
        UsageError: an option has a value that nobody knows.
        SinkError: it cannot be written, or there is something already.
    """
    if count < 1:
        raise UsageError(f"synthesize: expected a count of at least 1, got {count}")
    maker, out = ViewMaker(**options), Path(out)
    shown, pixels = list[View](), 0
    with whole_folder(out) as folder:
        for name in ("depth", "parts", "people"):
            (folder / name).mkdir()
        with (folder / "views.jsonl").open("w", encoding="utf-8") as lines:
            for index in range(count):
                view = maker.view(index)
                _write(folder, view)
                lines.write(json.dumps(_line(view), allow_nan=False) + "\n")
                pixels += int(view.segment.sum())
                if index * min(_ON_SHEET, count) % count < min(_ON_SHEET, count):
                    shown.append(view)
                progress(index + 1)
        more = _extras(folder, maker, shown, picture)
        (folder / "README.txt").write_text(_readme(maker, count, more), "utf-8")
    return {"out": out, "count": count, "people": count * maker.people, "body_pixels": pixels / count / maker.people}


def _extras(
    folder: Path, maker: ViewMaker, shown: list[View], picture: Callable[[Sequence[View]], Array] | None
) -> dict[str, str]:
    """Files that some sets have, and what they are."""
    more = {}
    if maker.focal is not None:
        (folder / CAMERA_FILE).write_text(written(shown[0].camera, []).replace(',\n "times": []', ""), "utf-8")
        more[CAMERA_FILE] = "the one camera of all views"
    if picture is not None:
        import cv2

        (folder / "contact.png").write_bytes(cv2.imencode(".png", picture(shown)[..., ::-1])[1].tobytes())
        more["contact.png"] = "some of the views to look at"
    return more


def _write(folder: Path, view: View) -> None:
    pictures = {"depth": millimetres(view.depth), "parts": view.parts, "people": (view.kept + 1).astype(np.uint8)}
    for name, picture in pictures.items():
        (folder / name / f"{view.index:06d}.png").write_bytes(png_bytes(picture))


def _line(view: View) -> dict[str, Any]:
    people = [
        {
            "about": about,
            "joints": {name: [round(float(v), 4) for v in place] for name, place in zip(JOINTS, joints, strict=True)},
            "visible": [name for name, seen in zip(JOINTS, visible, strict=True) if seen],
        }
        for about, joints, visible in zip(view.people, view.joints, view.visible, strict=True)
    ]
    floor = [round(float(v), 5) for v in view.floor]
    return {"view": view.index, "camera": asdict(view.camera), "floor": floor, "people": people}


def _readme(maker: ViewMaker, count: int, more: dict[str, str]) -> str:
    parts = "\n".join(
        "  ".join(
            f"{label:3} {PARTS[label]:16}".rstrip() if label % 4 == 3 else f"{label:3} {PARTS[label]:16}" for label in row
        )
        for row in np.arange(len(PARTS)).reshape(-1, 4)
    )
    return _README.format(
        count=count,
        width=maker.size[0],
        height=maker.size[1],
        people="one person" if maker.people == 1 else f"{maker.people} people",
        seed=maker.seed,
        sensor=maker.sensor,
        scenery="yes" if maker.scenery else "no",
        more="".join(f"\n{name:18} {words}" for name, words in more.items()),
        parts=parts,
    )
