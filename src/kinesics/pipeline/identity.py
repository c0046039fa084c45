"""Who it is: a folder of known faces, the faces of a picture, and the comparison of both."""

from __future__ import annotations

import errno
import functools
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from ..errors import SourceError, UsageError
from ..faces import Face, FaceEncoder, KnownFaces
from ..faces.embedding import LEAST_SIDE
from ..faces.known import checked_name
from ..types import Array
from ..video.paths import shown
from ..weights.store import user_folder
from .face_cache import FaceCache
from .faces import find_faces

__all__ = ["compare_faces", "enrol_pictures", "face_encodings", "faces_store", "known_faces"]

BESIDE = 0.4  # a face this many times as large as the largest is somebody in the picture, not somebody in the background
Say = Callable[[str], None]


def known_faces(folder: str | Path, *, say: Say = lambda line: None) -> KnownFaces:
    """People by name, from a folder of pictures: `known/<name>.jpg`, or `known/<name>/` with several of one person.

    What was read is kept in `.kinesics-faces.kin` inside the folder (encodings by the pictures' hashes, mode 0600; no pixels),
    so that the next start is fast; it follows the pictures, and goes with the folder.

    Args:
        folder: such a folder, or a file that `KnownFaces.save` or `kinesics faces enrol` wrote.
        say: called with a line about each file that is of no use; the others are kept.

    Raises:
        SourceError: no such folder, or no picture in it with a face that can be told from others.
        FormatError: a file that is not one of ours.
        WeightsError: the optional set "faces" is not installed; the text says how to get it.

    Example:
        >>> import kinesics as ks
        >>> known = ks.known_faces("known")  # doctest: +SKIP
        >>> image = ks.load_image("party.jpg")  # doctest: +SKIP
        >>> ks.compare_faces(known, ks.face_encodings(image))  # doctest: +SKIP
        [('anna', 0.98), ('unknown', 0.99)]
    """
    folder = Path(folder)
    if folder.is_file():
        return KnownFaces.load(folder)
    if not folder.is_dir():
        raise SourceError(f"{folder}: there is no such folder; expected pictures <name>.jpg or folders <name>/ with pictures")
    pictures = list(_named_pictures(folder))
    if not pictures:
        raise SourceError(f"{folder}: no picture in it; expected <name>.jpg or folders <name>/ with pictures")
    cache = FaceCache.open(folder)
    known = KnownFaces()
    for name, path in pictures:
        _take(known, name, path, cache, say)
    cache.close()
    if not len(known):
        raise SourceError(f"{folder}: none of {len(pictures)} files shows one face that can be told from others")
    return known


def enrol_pictures(known: KnownFaces, name: str, pictures: Sequence[str | Path], *, say: Say = lambda line: None) -> int:
    """Add one person's pictures to who is known.

    Args:
        known: who is known; it is changed.
        name: who it is.
        pictures: files with one face each.
        say: called with a line about each file that is of no use; the others are taken.

    Returns:
        How many pictures were taken.

    Raises:
        UsageError: a name that cannot be.
        SourceError: no picture is of use.
        WeightsError: the optional set "faces" is not installed.
    """
    name = checked_name(name)
    taken = sum(_take(known, name, Path(path), FaceCache(), say) for path in pictures)
    if not taken:
        raise SourceError(f"{name}: none of {len(pictures)} pictures shows one face that can be told from others")
    return taken


def face_encodings(image: Array | str | Path, faces: Sequence[Face] | None = None) -> Array:
    """Faces as numbers that are alike for one person.

    Args:
        image: (h, w, 3) uint8 RGB, or the path of a picture.
        faces: what `find_faces` found in it, if that is known already.

    Returns:
        (n, 128) float32, a row of length 1 for each face; NaN where it is too small, turned away or covered. The cosine of two
        rows is about 0.8 for one person and 0.2 for two.

    Raises:
        SourceError: the picture cannot be read.
        WeightsError: the optional set "faces" is not installed; the text says how to get it.
    """
    encoder = _encoder()
    if isinstance(image, str | Path):
        from ..video import load_image

        image = load_image(image)
    return encoder(image, find_faces(image) if faces is None else faces)


def compare_faces(known: KnownFaces | Mapping[str, Array], encodings: Array) -> list[tuple[str, float]]:
    """Who each face is.

    Args:
        known: what `known_faces` gave, or names with their encodings (n, 128).
        encodings: (n, 128), of `face_encodings`.

    Returns:
        For each face its name and how sure that is, 0 to 1; "unknown" for nobody of those known.

    Raises:
        ShapeError: encodings of another shape.
    """
    if not isinstance(known, KnownFaces):
        given, known = known, KnownFaces()
        for name, rows in given.items():
            known.enrol(name, rows)
    return known.recognise(encodings)


def faces_store() -> Path:
    """The file in which `kinesics faces` keeps who is known, in the user's data folder; the folder is not made."""
    return user_folder() / "faces/known.kin"


@functools.cache
def _encoder() -> FaceEncoder:
    return FaceEncoder()


def _named_pictures(folder: Path) -> Iterator[tuple[str, Path]]:
    """Names and files in order; what begins with a dot is not looked at."""
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir():
            inside = sorted(inner for inner in path.iterdir() if not inner.is_dir() and not inner.name.startswith("."))
            yield from ((path.name, inner) for inner in inside)
        else:
            yield path.stem, path


def _take(known: KnownFaces, name: str, path: Path, cache: FaceCache, say: Say) -> bool:
    """Enrol one picture; False, and a line, where it is of no use."""
    try:
        if not path.is_file():  # a pipe would be waited for
            raise FileNotFoundError(errno.ENOENT, "there is no such file")
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        say(f"{shown(path)}: cannot be read ({error.strerror or error}); left out")
        return False
    encoding, why = cache.get(digest) or cache.put(digest, *_one_face(path))
    if encoding is None:
        say(f"{shown(path)}: {why}; left out")
        return False
    try:
        known.enrol(name, encoding)
    except UsageError as error:
        raise UsageError(f"{shown(path)}: {error}") from error
    return True


def _one_face(path: Path) -> tuple[Array | None, str]:
    """The encoding of the one face in a picture, or why there is none."""
    from ..video import load_image

    encoder = _encoder()
    try:
        image = load_image(path)
    except SourceError as error:
        return None, str(error).removeprefix(f"{shown(path)}: ")
    faces = sorted(find_faces(image), key=_side, reverse=True)
    faces = [face for face in faces if _side(face) >= BESIDE * _side(faces[0])]
    if not faces:
        return None, "no face was found in it"
    if len(faces) > 1:
        return None, f"{len(faces)} faces are in it, expected one"
    (encoding,) = encoder(image, faces)
    if np.isnan(encoding).any():
        side = _side(faces[0])
        small = f"its face is {side:.0f} px wide, expected {LEAST_SIDE:.0f} or more"
        return None, small if side < LEAST_SIDE else "its face is turned away or covered"
    return encoding, ""


def _side(face: Face) -> float:
    return float(face.box[2] - face.box[0])
