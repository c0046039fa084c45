"""A person in one file: keyframes as WebP pictures, their poses, the background and the nets, each with its hash.

The file is a bundle (a zip, see `kinesics.weights.bundle`): `model.json` says who it is, under which licence and with whose
consent; `keyframes/000.webp` and so on can be looked at with any viewer of pictures.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FormatError, KinesicsError
from ..types import Array
from ..weights.bundle import pack, read_bundle, unpack, write_bundle
from .footage import SIZE, WHOLE_BODY
from .person import Person

__all__ = ["load_person", "save_person"]

KIND = "person"
DEFAULT = "default"
SHIPPED = Path(__file__).with_name("default_person.kin")
#: Who ships with the package, by name: the same person to the thighs, and from head to feet.
NAMED = {DEFAULT: SHIPPED, "default-full": SHIPPED.with_name("default_full_person.kin")}
MAKER = "kinesics fit"
OURS = ("kind", "format", "sha256", "name", "size", "skeleton")  # what the head says that is not in `Person.about`


def save_person(path: str | Path, person: Person) -> None:
    """Write a person into one file, under its name only when it is complete.

    Args:
        path: where to; by custom the ending is ".kin".
        person: what is saved; `load_person` gives back the same.

    Raises:
        SinkError: it cannot be written (no room, no right, no such folder).
    """
    head = {**person.about, "kind": KIND, "name": person.name, "size": SIZE, "skeleton": WHOLE_BODY}
    poses = {"points": person.points, "scores": person.scores, "boxes": person.boxes, "trunk_key": person.trunk_key}
    parts = {"poses.npz": pack(poses)}
    if person.trunk:
        parts["trunk.webp"] = person.trunk
    if person.background is not None:
        parts["background.webp"] = _webp(person.background)
    parts |= {f"nets/{name}.onnx": data for name, data in sorted(person.nets.items())}
    parts |= {_keyframe(index): data for index, data in enumerate(person.encoded)}
    write_bundle(path, head, parts)


def load_person(path: str | Path = DEFAULT) -> Person:
    """Read a person; no keyframe is decoded before it is asked for.

    Args:
        path: a file of `kinesics fit` or `save_person`; "default" for the one that ships with this package, "default-full" for
            the same person from head to feet.

    Raises:
        FormatError: no such file, not a person, damaged, or written by a newer version.

    Example:
        >>> import kinesics as ks
        >>> person = ks.load_person("default")  # doctest: +SKIP
    """
    shipped = NAMED.get(str(path))
    if shipped is not None:
        if not shipped.is_file():
            raise FormatError(f"the {path} person is not part of this installation; name a file of kinesics fit instead")
        path = shipped
    head, parts = read_bundle(path, KIND, maker=MAKER)
    try:
        return _person(head, parts)
    except KinesicsError as error:
        raise FormatError(f"{path}: no person that can be drawn: {error}; make it again by {MAKER}") from error
    except (KeyError, ValueError, TypeError, EOFError, OSError) as error:
        raise FormatError(f"{path}: no person that can be drawn; make it again by {MAKER}") from error


def _person(head: Mapping[str, Any], parts: Mapping[str, bytes]) -> Person:
    if (head["size"], head["skeleton"]) != (SIZE, WHOLE_BODY):
        raise FormatError(f"expected poses of {WHOLE_BODY} on {SIZE} pixels, got {head['skeleton']} on {head['size']}")
    poses = unpack(parts["poses.npz"])
    points, scores = poses["points"].astype(np.float32), poses["scores"].astype(np.float32)
    boxes = poses["boxes"].astype(np.int32)
    n = sum(name.startswith("keyframes/") for name in parts)
    shapes = points.shape, scores.shape, boxes.shape
    if not n or shapes != ((n, 133, 2), (n, 133), (n, 4)):
        raise FormatError(f"{n} keyframes, and poses of shapes {shapes}")
    corners = boxes[:, :2] + boxes[:, 2:]
    if (boxes[:, :2] < 0).any() or (boxes[:, 2:] < 1).any() or (corners > SIZE).any():
        raise FormatError("a keyframe reaches beyond the canvas")
    nets = {Path(name).stem: data for name, data in parts.items() if name.startswith("nets/")}
    about = {key: value for key, value in head.items() if key not in OURS}
    encoded = tuple(parts[_keyframe(index)] for index in range(n))
    background = _picture(parts["background.webp"]) if "background.webp" in parts else None
    trunk, key = parts.get("trunk.webp", b""), int(poses.get("trunk_key", 0))
    if not 0 <= key < n:
        raise FormatError(f"its trunk is of keyframe {key} of {n}")
    return Person(str(head["name"]), encoded, boxes, points, scores, background, nets, about, trunk, key)


def _keyframe(index: int) -> str:
    return f"keyframes/{index:03d}.webp"


def _webp(picture: Array) -> bytes:
    """Without loss, so that a person that is saved again and again stays the same."""
    import cv2

    done, data = cv2.imencode(".webp", picture[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, 101])
    if not done:
        raise FormatError("the background cannot be encoded as WebP by this OpenCV")
    return bytes(data.tobytes())


def _picture(data: bytes) -> Array:
    import cv2

    held = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if held is None or held.shape != (SIZE, SIZE, 3):
        raise FormatError("its background cannot be decoded")
    return np.ascontiguousarray(held[..., ::-1])
