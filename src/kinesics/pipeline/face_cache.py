"""Encodings of the pictures of a folder, kept in it, so that a start with known faces does not look at each again."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np

from ..errors import FormatError, SinkError
from ..faces.known import ENCODER, write_private
from ..types import Array
from ..weights.bundle import pack, read_bundle, unpack

__all__ = ["FaceCache"]

KIND = "known faces of a folder"
FILE = ".kinesics-faces.kin"

Read = tuple[Array | None, str]


class FaceCache:
    """What was read from each picture, by the hash of its file: the encoding of its face, or why there is none.

    Args:
        path: the file it is kept in; None for nowhere.
        read: what is in it.
    """

    def __init__(self, path: Path | None = None, read: dict[str, Read] | None = None) -> None:
        self._path, self._read = path, read or {}
        self._used: dict[str, Read] = {}

    @classmethod
    def open(cls, folder: Path) -> FaceCache:
        """The one of a folder; empty where there is none, or one that cannot be used."""
        path = folder / FILE
        try:
            head, parts = read_bundle(path, KIND)
            if head.get("encoder") != ENCODER:
                return cls(path)
            rows = unpack(parts["faces.npz"])["faces"]
            if rows.shape != (len(head["files"]), 128) or not np.isfinite(rows).all():
                return cls(path)
            pairs = zip(head["files"], rows, strict=True)
            return cls(path, {str(file["sha256"]): (None if file["why"] else row, str(file["why"])) for file, row in pairs})
        except (FormatError, KeyError, TypeError, ValueError, AttributeError):
            return cls(path)

    def get(self, digest: str) -> Read | None:
        """What was read from the file with this hash, or None."""
        found = self._read.get(digest)
        if found is not None:
            self._used[digest] = found
        return found

    def put(self, digest: str, encoding: Array | None, why: str) -> Read:
        """Remember, and give back, what was read."""
        self._used[digest] = (encoding, why)
        return encoding, why

    def close(self) -> None:
        """Write what was used, and nothing of pictures that are gone; a folder that cannot be written has no cache."""
        if self._path is None or self._used.keys() == self._read.keys():
            return
        files = [{"sha256": digest, "why": why} for digest, (_, why) in self._used.items()]
        rows = [np.zeros(128, np.float32) if encoding is None else encoding for encoding, _ in self._used.values()]
        parts = {"faces.npz": pack({"faces": np.stack(rows)})}
        with contextlib.suppress(SinkError):
            write_private(self._path, {"kind": KIND, "encoder": ENCODER, "files": files}, parts)
