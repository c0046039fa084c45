"""Sets of labelled depth pictures in the layout that glimpse's `train_rdt` reads.

A folder with `meta.json` (camera with its vertical field of view in degrees, labels), `index.<name>` (a frame a line), and for
each frame `depth/<frame>.exr` (half metres, 1000 for the background: 32 or more that is less than 1000 stops their trainer) and
`labels/<frame>.png` (8 bits, 0 for the background).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..bodies import PARTS
from ..errors import FormatError, SourceError
from ..types import Array
from ..types.camera import Camera
from .exr import exr_bytes, read_exr
from .glimpse_labels import label_map, our_name
from .png_folder import png_bytes
from .samples import SampleSet
from .shots import readable
from .whole_files import whole_folder

if TYPE_CHECKING:
    from ..bodies.views import View

__all__ = ["read_glimpse_set", "write_glimpse_set"]

BACKGROUND = 1000.0  # metres
FEWEST = 101  # pixels of a person: their trainer stops at a frame with fewer


def write_glimpse_set(folder: str | Path, views: Iterable[View], *, index: str = "full") -> int:
    """Write views as a training set: each person a frame of its own; who has too few pixels is left out.

    What belongs to no part (held things, leftovers of the room) is written as background: glimpse's own pictures have none.

    Args:
        folder: not there yet, or empty; it appears whole or not at all.
        views: all with the same lens.
        index: name of the list of frames.

    Returns:
        how many frames.

    Raises:
        FormatError: no frame, or views of several lenses.
        SinkError: it cannot be written.
    """
    folder, names = Path(folder), list[str]()
    camera: Camera | None = None
    with whole_folder(folder) as place:
        (place / "depth").mkdir()
        (place / "labels").mkdir()
        for view in views:
            camera = camera or view.camera
            if (view.camera.width, view.camera.height, view.camera.fy) != (camera.width, camera.height, camera.fy):
                raise FormatError(f"{folder}: the views have several lenses; glimpse's sets have one: give a focal length")
            for depth, labels in _people(view):
                name = f"frame{len(names):06d}"
                (place / "depth" / f"{name}.exr").write_bytes(exr_bytes(depth, half=True))
                (place / "labels" / f"{name}.png").write_bytes(png_bytes(labels))
                names.append(name)
        if camera is None or not names:
            raise FormatError(f"{folder}: nobody large enough is in the views")
        (place / "meta.json").write_text(json.dumps(_meta(camera), indent=1) + "\n", "utf-8")
        (place / f"index.{index}").write_text("".join(f"{name}\n" for name in names), "utf-8")
    return len(names)


def _people(view: View) -> Iterator[tuple[Array, Array]]:
    """(h, w) metres with 1000 for the background, and (h, w) labels, of each person."""
    for person in range(len(view.joints)):
        keep = (view.kept == person) & (view.parts > 0) & (view.depth > 0) & (view.depth < 32)
        if np.count_nonzero(keep) >= FEWEST:
            yield np.where(keep, view.depth, BACKGROUND), np.where(keep, view.parts, 0).astype(np.uint8)


def _meta(camera: Camera) -> dict[str, Any]:
    degrees = math.degrees(2 * math.atan(camera.height / 2 / camera.fy))
    return {
        "camera": {"width": camera.width, "height": camera.height, "vertical_fov": degrees},
        "n_labels": len(PARTS),
        "labels": label_map(PARTS),
    }


def read_glimpse_set(folder: str | Path, *, index: str = "full") -> SampleSet:
    """Read a training set, as its trainer would: the frames of `index.<name>`, background where depth is 1000 or more.

    Labels whose names are all known become `bodies.PARTS`; others keep their numbers. Nobody knows the joints.

    Raises:
        FormatError: it is not such a set.
        SourceError: a picture cannot be read.
    """
    folder = Path(folder)
    try:
        meta = json.loads(readable(folder / "meta.json"))
        said = meta["camera"]
        camera = Camera.of_view(int(said["width"]), int(said["height"]), float(said["vertical_fov"]))
        names = tuple(our_name(str(label["name"])) for label in meta["labels"])
        frames = [line for line in readable(folder / f"index.{index}").decode().splitlines() if line]
    except SourceError as error:
        raise FormatError(f"{folder}: no training set of glimpse ({error})") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FormatError(f"{folder}: meta.json or index.{index} is not what train_rdt reads ({error!r})") from None
    known = len(set(names)) == len(names) and all(name in PARTS for name in names)
    table = np.array([PARTS.index(name) if known else at for at, name in enumerate(names)], np.uint8)
    halves = _millimetres(np.arange(1 << 16, dtype=np.uint16).view(np.float16))  # of every half there is
    pairs = [_frame(folder, frame, camera, table, halves) for frame in frames]
    return SampleSet.of_pictures(
        [depth for depth, _ in pairs], [labels for _, labels in pairs], [camera] * len(pairs), labels=PARTS if known else names
    )


def _frame(folder: Path, frame: str, camera: Camera, table: Array, halves: Array) -> tuple[Array, Array]:
    """(h, w) uint16 millimetres and (h, w) labels."""
    import cv2

    depth = read_exr(folder / "depth" / f"{frame.lstrip('/')}.exr")
    path = folder / "labels" / f"{frame.lstrip('/')}.png"
    labels = cv2.imdecode(np.frombuffer(readable(path), np.uint8), cv2.IMREAD_UNCHANGED)
    if labels is None or labels.ndim != 2 or labels.dtype != np.uint8 or labels.max() >= len(table):
        raise SourceError(f"{path}: expected labels in a grey PNG of 8 bits, below {len(table)}")
    if depth.shape != labels.shape or depth.shape != (camera.height, camera.width):
        raise SourceError(f"{path}: depth {depth.shape}, labels {labels.shape}, camera {camera.height} x {camera.width}")
    half = depth.dtype == np.float16
    return halves[np.ascontiguousarray(depth).view(np.uint16)] if half else _millimetres(depth), table[labels]


def _millimetres(metres: Array) -> Array:
    """Rounded as their trainer does; 32 m and more, and what is no number, is background: 0."""
    metres = metres.astype(np.float32)
    held = (metres > 0) & (metres < 32)  # NaN fails both
    rounded = np.floor(np.where(held, metres, 0) * np.float32(1000) + np.float32(0.5))
    return np.asarray(rounded, np.uint16)
