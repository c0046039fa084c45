"""Who is to be seen in a picture or a video, of those known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ..faces import KnownFaces
from ..faces.known import UNKNOWN
from .faces import find_faces
from .identity import compare_faces, face_encodings

__all__ = ["Sighting", "find_known"]


@dataclass(frozen=True)
class Sighting:
    """One person who was seen.

    Attributes:
        name: who it is, or "unknown".
        score: how sure the name is, 0 to 1; 0 where the face could not be compared.
        person: id in the video, -1 in a picture or for somebody who is not tracked.
        start, end: seconds between which the face was seen; 0 in a picture.
        box: x1 y1 x2 y2 pixels, of the face where it was last seen.
    """

    name: str
    score: float
    person: int
    start: float
    end: float
    box: tuple[float, float, float, float]

    def record(self) -> dict[str, Any]:
        """All of it as JSON knows it."""
        return {**asdict(self), "score": round(self.score, 4), "box": [round(side, 1) for side in self.box]}


def find_known(
    source: str | Path, known: KnownFaces, *, on_frame: Callable[[int], None] = lambda count: None
) -> list[Sighting]:
    """Look for known people in a picture or a video.

    Args:
        source: a picture, or whatever `watch` takes.
        known: who is known.
        on_frame: called with the number of frames that were looked at.

    Returns:
        Everybody whose face was seen, in the order of their first picture; in a picture from left to right.

    Raises:
        SourceError: it cannot be read.
        WeightsError: a net is not installed; the text says how to get it.
    """
    if Path(source).is_file() and _is_picture(str(source)):
        return _in_picture(source, known)
    from .watching import watch

    seen: dict[tuple[int, str], Sighting] = {}
    for count, scene in enumerate(watch(source, known=known, live=False), 1):
        on_frame(count)
        for face in scene.faces:
            _add(seen, face, scene.time)
    return sorted(seen.values(), key=lambda one: (one.start, one.person))


def _is_picture(path: str) -> bool:
    from ..video.headers import picture_size

    return picture_size(path) is not None


def _in_picture(source: str | Path, known: KnownFaces) -> list[Sighting]:
    from ..video import load_image

    image = load_image(source)
    faces = sorted(find_faces(image), key=lambda face: float(face.box[0]))
    answers = compare_faces(known, face_encodings(image, faces))
    pairs = zip(faces, answers, strict=True)
    return [Sighting(name, score, -1, 0.0, 0.0, _box(face.box.tolist())) for face, (name, score) in pairs]


def _box(sides: Sequence[float]) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (float(side) for side in sides)
    return x1, y1, x2, y2


def _add(seen: dict[tuple[int, str], Sighting], face: Mapping[str, Any], time: float) -> None:
    """Somebody who is tracked is one sighting, by its last name; of others one a name."""
    person, name, score = int(face["person"]), str(face["name"] or UNKNOWN), float(face["name_score"])
    key = (person, "") if person >= 0 else (-1, name)
    box = _box(face["box"])
    old = seen.get(key)
    if old is None:
        seen[key] = Sighting(name, score, person, time, time, box)
    elif score > 0 or old.score == 0:  # the latest word rests on all that was seen
        seen[key] = replace(old, name=name, score=score, end=time, box=box)
    else:
        seen[key] = replace(old, end=time)
