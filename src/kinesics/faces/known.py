"""People whose faces are known by name."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import FormatError, ShapeError, SinkError, UsageError
from ..types import Array
from ..weights.bundle import pack, read_bundle, unpack, write_bundle
from .embedding import DIMENSIONS
from .likeness import likeness

__all__ = ["ENCODER", "UNKNOWN", "KnownFaces"]

KIND = "known faces"
ENCODER = "face_resnet 1"  # encodings of another net, or centred otherwise, are no use
UNKNOWN = "unknown"
LONGEST = 100  # letters of a name
MOST = 200  # encodings of a name: more say nothing new


class KnownFaces:
    """Names, and for each some encodings of that person's face (`FaceEncoder`). Nothing else of the pictures is kept."""

    def __init__(self) -> None:
        self._encodings: dict[str, Array] = {}

    @property
    def names(self) -> list[str]:
        """Who is known, in order of the alphabet."""
        return sorted(self._encodings)

    def __len__(self) -> int:
        return len(self._encodings)

    def __repr__(self) -> str:
        return f"KnownFaces({', '.join(f'{name} x {len(self._encodings[name])}' for name in self.names)})"

    def count(self, name: str) -> int:
        """How many encodings of this name there are; 0 for nobody."""
        return len(self._encodings.get(name, ()))

    def enrol(self, name: str, encodings: Array) -> int:
        """Remember a face; a name that is known already gets to be known better.

        Args:
            name: up to 100 letters.
            encodings: (n, 128) or (128,); rows of NaN are left out.

        Returns:
            How many were taken.

        Raises:
            UsageError: no name that can be shown on one line, or "unknown".
            ShapeError: another shape, or no row that is a face.
        """
        name = checked_name(name)
        rows = _rows(encodings)
        rows = rows[np.isfinite(rows).all(axis=1)]
        length = np.linalg.norm(rows, axis=1, keepdims=True)
        if not len(rows) or (length < 1e-6).any():
            raise ShapeError(f"{name}: expected encodings of a face, got none that is one")
        rows = (rows / length).astype(np.float32)
        both = np.concatenate([self._encodings[name], rows]) if name in self._encodings else rows
        self._encodings[name] = both[-MOST:]
        return len(rows)

    def forget(self, name: str) -> None:
        """Forget somebody; a file holds the old encodings until it is written anew by `save`.

        Raises:
            UsageError: nobody has this name.
        """
        if name not in self._encodings:
            raise UsageError(f"nobody is known as {name!r}; known are {', '.join(self.names) or 'no names'}")
        del self._encodings[name]

    def recognise(self, encodings: Array) -> list[tuple[str, float]]:
        """Who it is.

        Args:
            encodings: (n, 128) or (128,).

        Returns:
            For each row a name and the probability that it is right; "unknown" and the probability that it is nobody of those
            known, where that is the likelier. A row of NaN gives ("unknown", 0.0): nothing was seen.

        Raises:
            ShapeError: another shape.
        """
        rows = _rows(encodings)
        names = self.names
        seen: list[bool] = [bool(np.isfinite(row).all()) for row in rows]
        odds = np.stack([self._odds(name, rows) for name in names], axis=1) if names else np.zeros((len(rows), 0))
        return [_verdict(names, row) if is_face else (UNKNOWN, 0.0) for row, is_face in zip(odds, seen, strict=True)]

    def _odds(self, name: str, rows: Array) -> Array:
        """(n,) odds that it is this person: by the mean cosine with the more alike half of the encodings."""
        known = self._encodings[name]
        cosines = np.sort(rows @ known.T, axis=1)[:, -((len(known) + 1) // 2) :]
        return likeness().odds(np.nan_to_num(cosines.mean(axis=1), nan=-1.0))

    def save(self, path: str | Path) -> None:
        """Write all of it anew, readable by nobody but you (mode 0600): a face is biometric data.

        Raises:
            SinkError: it cannot be written.
        """
        write_private(path, {"kind": KIND, "encoder": ENCODER, "names": self.names}, self.parts())

    def parts(self) -> dict[str, bytes]:
        """The encodings as an npz: `faces` one after the other, `counts` by name in order."""
        names = self.names
        faces = np.concatenate([self._encodings[name] for name in names]) if names else np.zeros((0, DIMENSIONS), np.float32)
        return {"faces.npz": pack({"faces": faces, "counts": np.array([self.count(name) for name in names], np.int64)})}

    @classmethod
    def load(cls, path: str | Path) -> KnownFaces:
        """Read what `save` wrote.

        Raises:
            FormatError: no such file, or not one of ours.
        """
        head, parts = read_bundle(path, KIND, maker="kinesics faces enrol")
        out = cls()
        try:
            check_encoder(path, head)
            arrays = unpack(parts["faces.npz"])
            faces, ends = arrays["faces"], np.cumsum(arrays["counts"])
            if len(head["names"]) != len(ends) or (len(ends) and ends[-1] != len(faces)):
                raise ValueError("names and faces differ in number")
            for name, rows in zip(head["names"], np.split(faces, ends[:-1]) if len(ends) else [], strict=True):
                out.enrol(name, rows)
        except (KeyError, ValueError, TypeError, AttributeError) as error:
            if isinstance(error, FormatError):
                raise
            raise FormatError(f"{path}: the known faces in it are damaged ({error}); enrol them again") from error
        return out


def check_encoder(path: str | Path, head: Mapping[str, Any]) -> None:
    """Raise a `FormatError` for encodings of another net."""
    if head.get("encoder") != ENCODER:
        raise FormatError(
            f"{path}: encoded by {head.get('encoder')!r}, this version compares {ENCODER!r}; enrol the faces again"
        )


def write_private(path: str | Path, head: Mapping[str, Any], parts: Mapping[str, bytes]) -> None:
    """`write_bundle` into a file that nobody else may read, at no moment.

    Raises:
        SinkError: it cannot be written.
    """
    partial = f"{os.fspath(path)}.partial"
    try:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(partial)
        os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise SinkError(f"{path}: known faces cannot be written: {error.strerror or error}") from error
    write_bundle(path, head, parts)


def checked_name(name: str) -> str:
    """A name without blanks around it.

    Raises:
        UsageError: none that can be shown on one line, or "unknown".
    """
    name = str(name).strip()
    if not name or not name.isprintable() or len(name) > LONGEST or name == UNKNOWN:
        raise UsageError(f"expected a name of 1 to {LONGEST} letters on one line that is not {UNKNOWN!r}, got {name[:120]!r}")
    return name


def _rows(encodings: Array) -> Array:
    rows = np.asarray(encodings, np.float32)
    rows = rows[None] if rows.ndim == 1 else rows
    if rows.ndim != 2 or rows.shape[1] != DIMENSIONS:
        raise ShapeError(f"expected encodings (n, {DIMENSIONS}), got {np.shape(encodings)}")
    return rows


def _verdict(names: list[str], odds: Array) -> tuple[str, float]:
    """Of a row of odds against nobody (odds 1): whoever takes the largest share."""
    whole = 1.0 + float(odds.sum())
    if not names or odds.max() <= 1.0:
        return UNKNOWN, 1.0 / whole
    best = int(odds.argmax())
    return names[best], float(odds[best]) / whole
