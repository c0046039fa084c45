"""How well faces are told apart, on pictures and clips of people by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np

from ..errors import FormatError
from ..faces import FaceEncoder, FaceFinder, KnownFaces
from ..faces.known import UNKNOWN
from ..faces.likeness import likeness
from ..metrics.auroc import auroc
from ..types import Array

__all__ = ["Looks", "eval_identity", "identity_numbers", "read_looks"]

RATE = 3.0  # looks a second of a clip


@dataclass(frozen=True)
class Looks:
    """The faces of one file.

    Attributes:
        person: whose they are.
        file: its name without ending.
        encodings: (n, 128), rows of length 1.
    """

    person: str
    file: str
    encodings: Array


def eval_identity(
    folder: str | PathLike[str], probes: Sequence[str] = (), *, step: Callable[[int], None] = lambda done: None
) -> dict[str, float]:
    """Tell people apart by the pictures and clips of a folder.

    Args:
        folder: holds a folder for each person, with pictures and clips in which theirs is the largest face.
        probes: names of files, without ending: only what they have a part in counts, for what was not used to make anything;
            all if not given.
        step: called with the number of files read.

    Returns:
        See `identity_numbers`.

    Raises:
        FormatError: no such folder, or fewer than two people in it, or no file of a probe's name.
        SourceError: a file cannot be read.
        WeightsError: a net is not installed.
    """
    return identity_numbers(list(read_looks(folder, step)), probes)


def read_looks(folder: str | PathLike[str], step: Callable[[int], None] = lambda done: None) -> Iterator[Looks]:
    """The faces of each file of a folder of people, in order; a file without a face that can be encoded has none."""
    root = Path(folder)
    people = sorted(path for path in root.iterdir() if path.is_dir() and path.name[0] != ".") if root.is_dir() else []
    files = [(person.name, path) for person in people for path in sorted(person.iterdir()) if path.name[0] != "."]
    if len({name for name, _ in files}) < 2:
        raise FormatError(f"{folder}: expected a folder for each of two people or more, with pictures or clips in it")
    encoder = FaceEncoder()
    for count, (name, path) in enumerate(files, 1):
        rows = [encoding for image, finder in _pictures(path) for encoding in _largest(image, finder, encoder)]
        yield Looks(name, path.stem, np.stack(rows) if rows else np.zeros((0, 128), np.float32))
        step(count)


def identity_numbers(looks: Sequence[Looks], probes: Sequence[str] = ()) -> dict[str, float]:
    """What encodings by file say about telling people apart.

    Args:
        looks: files of at least two people.
        probes: as `eval_identity` takes them.

    Returns:
        people, files, faces; over pairs of faces of different files: auroc, same_pairs, different_pairs, true_accepts and
        false_accepts (shares of them above the threshold at which a name is given); over files, by the mean of their
        encodings: files_named and files_misnamed (shares, everything else enrolled) and strangers_named (share that gets a
        name when its own person is not enrolled).

    Raises:
        FormatError: no file of a probe's name.
    """
    missing = set(probes) - {look.file for look in looks}
    if missing:
        raise FormatError(f"no file is called {', '.join(sorted(missing))}")
    seen = [look for look in looks if len(look.encodings)]
    same, cosine = _pairs(seen, probes)
    accepted = cosine > likeness().middle
    asked = [look for look in seen if not probes or look.file in probes]
    again = [look for look in asked if any(other is not look and other.person == look.person for other in seen)]
    answers = [_named(look, [other for other in seen if other is not look]) for look in again]
    strangers = [_named(look, [other for other in seen if other.person != look.person]) for look in asked]
    return {
        "people": len({look.person for look in asked}),
        "files": len(asked),
        "faces": sum(len(look.encodings) for look in asked),
        "same_pairs": int(same.sum()),
        "different_pairs": int((~same).sum()),
        "auroc": auroc(same, cosine),
        "true_accepts": _share(accepted[same]),
        "false_accepts": _share(accepted[~same]),
        "files_named": _share([name == look.person for name, look in zip(answers, again, strict=True)]),
        "files_misnamed": _share([name not in (look.person, UNKNOWN) for name, look in zip(answers, again, strict=True)]),
        "strangers_named": _share([name != UNKNOWN for name in strangers]),
    }


def _share(flags: Array | list[bool]) -> float:
    return float(np.mean(flags)) if len(flags) else float("nan")


def _pairs(seen: Sequence[Looks], probes: Sequence[str]) -> tuple[Array, Array]:
    """Whether it is one person, and the cosine, of all pairs of faces of different files of which one is a probe."""
    same, cosine = [np.zeros(0, bool)], [np.zeros(0, np.float32)]
    for number, look in enumerate(seen):
        for other in seen[:number]:
            if probes and not {look.file, other.file} & set(probes):
                continue
            table = (look.encodings @ other.encodings.T).ravel()
            same.append(np.full(len(table), look.person == other.person))
            cosine.append(table)
    return np.concatenate(same), np.concatenate(cosine)


def _named(look: Looks, others: Sequence[Looks]) -> str:
    known = KnownFaces()
    for other in others:
        known.enrol(other.person, other.encodings)
    mean = look.encodings.mean(axis=0)
    ((name, _),) = known.recognise(mean / np.linalg.norm(mean))
    return name


def _pictures(path: Path) -> Iterator[tuple[Array, FaceFinder]]:
    """The pictures of a file that are looked at, and what finds faces in them."""
    from ..video import load_image, open_source
    from ..video.headers import picture_size

    if picture_size(str(path)) is not None:
        yield load_image(path), FaceFinder(finest=4.0)
        return
    finder, due = FaceFinder(), 0.0
    with open_source(str(path), live=False) as frames:
        for frame in frames:
            if frame.time >= due:
                due = frame.time + 1 / RATE - 1e-3
                yield frame.image, finder


def _largest(image: Array, finder: FaceFinder, encoder: FaceEncoder) -> list[Array]:
    faces = sorted(finder(image), key=lambda face: float(face.box[2] - face.box[0]))[-1:]
    return [row for row in encoder(image, faces) if np.isfinite(row).all()]
