"""Fitted persons that a stream may drive: those that ship, and those that were brought. Written by the desk alone.

A person's file comes from a stranger: its pictures are measured before one is decoded, its nets may not ask for other files,
and it is kept only after it was drawn once.
"""

from __future__ import annotations

import base64
import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...errors import FormatError, KinesicsError, SinkError, UsageError
from ..guard.allowed import checked_name
from ..guard.picture_header import checked_picture
from ..refusals import Absent

if TYPE_CHECKING:
    from ...types import Array
    from ...viewer import Person

__all__ = ["export_person", "import_person", "persons", "remove_person"]

MOST = 100  # persons of one's own
LARGEST = 96 << 20  # bytes of a file
NET = 16 << 20  # bytes of a net
KEYFRAMES = 1024
TITLES = {"default": "Made person, upper body", "default-full": "Made person, head to feet"}
PREVIEW = 160  # pixels, width and height
ELSEWHERE = b"\x0a\x08location"  # how an ONNX graph names a file beside it
TIERS = (("t1", ("core", "refiner")), ("t2", ("core", "refiner", "head")), ("t3", ("crops",)))


def persons(folder: Path) -> list[dict[str, Any]]:
    """Everybody whom a stream may drive.

    Args:
        folder: of the service.

    Returns:
        for each: `name` (what `settings.person` takes), `title`, `licence`, `consent`, `bytes`, `keyframes`, `tiers`, `legs`
        (drawn from head to feet), `own`, `preview` (a JPEG of 160 by 160 as a data: address), and `error`, "" unless the file
        is broken; then there is no more than name, title, own and bytes.
    """
    from ...viewer.person_file import NAMED

    shipped = [_row(name, path, own=False) for name, path in NAMED.items() if path.is_file()]
    return [*shipped, *(_row(path.stem, path, own=True) for path in sorted((folder / "persons").glob("*.kin"))[:MOST])]


def import_person(folder: Path, name: str, data: bytes) -> dict[str, Any]:
    """Check somebody's person, and keep it.

    Args:
        folder: of the service.
        name: it gets; an earlier one of that name is replaced.
        data: a file of `kinesics fit`.

    Returns:
        its row of `persons`, once it is on the disk.

    Raises:
        UsageError: a name that cannot be, or that ships; the file is too large.
        FormatError: no person, a damaged one, or one that cannot be drawn.
        SinkError: it cannot be written.
    """
    path = _path(folder, name)
    if len(data) > LARGEST:
        raise UsageError(f"a person of {len(data) >> 20} MB; expected at most {LARGEST >> 20}")
    if not path.exists() and path.parent.is_dir() and len(list(path.parent.glob("*.kin"))) >= MOST:
        raise UsageError(f"there are {MOST} persons already; remove one first")
    partial = path.with_name(f".{name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(partial, data)
        _try(partial, name)
        os.replace(partial, path)
    except OSError as error:
        if isinstance(error, KinesicsError):
            raise
        raise SinkError(f"{name}: the person could not be saved: {error.strerror or error}") from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
    return _row(path.stem, path, own=True)


def export_person(folder: Path, name: str) -> bytes:
    """The file of a person, also of one that ships.

    Raises:
        Absent: nobody has this name.
    """
    from ...viewer.person_file import NAMED

    path = NAMED.get(name) or _path(folder, name)
    try:
        return path.read_bytes()
    except OSError:
        raise Absent(f"no person is called {name!r}") from None


def remove_person(folder: Path, name: str) -> None:
    """Forget a person that was brought.

    Raises:
        Absent: there is none of this name.
        UsageError: it ships with the package.
    """
    path = _path(folder, name)
    if not path.exists():
        raise Absent(f"no person of your own is called {name!r}")
    path.unlink(missing_ok=True)


def _path(folder: Path, name: str) -> Path:
    from ...viewer.person_file import NAMED

    name = checked_name(name, "person")
    if name in NAMED:
        raise UsageError(f"{name!r} ships with the package; choose another name")
    return folder / "persons" / f"{name}.kin"


def _write(path: Path, data: bytes) -> None:
    from ...weights.bundle import flush

    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
    flush(path)


def _try(path: Path, name: str) -> None:
    """Look at all that can be looked at, then draw one picture at the highest tier.

    Raises:
        FormatError: no person, or nobody can draw it.
    """
    from ...viewer import Artist, load_person

    try:
        person = load_person(path)
        _measure(person)
        artist = Artist(person)
        key = _best(person)
        artist.draw(artist.begin(person.points[key], person.scores[key]))
    except KinesicsError as error:
        raise FormatError(f"{name}: {str(error).replace(str(path), 'the file')}") from error
    except Exception as error:  # what a stranger's net may do wrong has no end, and none of it may be kept
        raise FormatError(
            f"{name}: the person cannot be drawn: {str(error).splitlines()[0] if str(error) else error!r}"
        ) from error


def _measure(person: Person) -> None:
    from ...viewer import SIZE
    from ...viewer.stages import STAGES

    if len(person) > KEYFRAMES:
        raise FormatError(f"{len(person)} keyframes; expected at most {KEYFRAMES}")
    for picture in (*person.encoded, *((person.trunk,) if person.trunk else ())):
        if checked_picture(picture, SIZE * SIZE)[2] != "webp":
            raise FormatError("a keyframe is no WebP")
    strangers = set(person.nets) - set(STAGES)
    if strangers:
        raise FormatError(f"nets that nobody knows: {', '.join(sorted(strangers))[:100]}")
    for stage, graph in person.nets.items():
        if len(graph) > NET or ELSEWHERE in graph:
            raise FormatError(f"the net {stage} is larger than {NET >> 20} MB, or asks for other files")


def _row(name: str, path: Path, *, own: bool) -> dict[str, Any]:
    from ...viewer import load_person

    size = path.stat().st_size if path.is_file() else 0
    try:
        person = load_person(path)
        preview = _preview(person)
    except (KinesicsError, OSError) as error:
        told = str(error).replace(str(path), path.name).splitlines()[0]
        return {"name": name, "title": name, "own": own, "bytes": size, "error": told}
    tiers = ["t0", *(tier for tier, needs in TIERS if all(net in person.nets for net in needs))]
    words = {key: str(person.about.get(key) or "")[:500] for key in ("licence", "consent")}
    legs = bool((person.scores[:, [15, 16]] > 0.2).all(1).mean() > 0.2)
    return {
        "name": name,
        "title": TITLES.get(name, name) if not own else name,
        **words,
        "bytes": size,
        "keyframes": len(person),
        "tiers": tiers,
        "legs": legs,
        "own": own,
        "preview": preview,
        "error": "",
    }


def _best(person: Person) -> int:
    """A keyframe to be known by: hands low, both shoulders seen."""
    from ...pipeline.live_driving import resting_key

    return resting_key(person)


def _preview(person: Person) -> str:
    import cv2

    from ...viewer.composing import over

    picture = person.keyframe(_best(person))
    cut = _head_on(picture[..., 3])
    plain = np.full((*picture.shape[:2], 3), (232, 234, 238), np.uint8)
    small = cv2.resize(over(picture, plain)[cut], (PREVIEW, PREVIEW), interpolation=cv2.INTER_AREA)
    done, held = cv2.imencode(".jpg", small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
    return f"data:image/jpeg;base64,{base64.b64encode(held.tobytes()).decode()}" if done else ""


def _head_on(alpha: Array) -> tuple[slice, slice]:
    """A square round who is seen."""
    rows, columns = np.flatnonzero(alpha.max(1) > 32), np.flatnonzero(alpha.max(0) > 32)
    if not len(rows):
        return slice(None), slice(None)
    height, width = alpha.shape
    side = min(max(rows[-1] - rows[0], columns[-1] - columns[0]) + 24, height, width)
    left = int(np.clip((columns[0] + columns[-1] - side) // 2, 0, width - side))
    top = int(np.clip(rows[0] - 12, 0, height - side))
    return slice(top, top + side), slice(left, left + side)
