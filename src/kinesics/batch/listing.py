"""Which clips a corpus holds: files by their ending in folders, and whatever else is named."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ..errors import SourceError
from ..video.paths import PICTURES, VIDEOS, shown

__all__ = ["Corpus", "Found", "find_clips"]

Corpus = str | Path | Iterable[str | Path]


class Found(NamedTuple):
    """One clip: its absolute path and its bytes, 0 where nobody can say."""

    path: str
    size: int


@dataclass(frozen=True)
class Listing:
    """What a corpus holds.

    Attributes:
        clips: each once, the largest first, then by path.
        others: files that were left out, because their ending is none of a video or picture.
        unreadable: folders that could not be looked into.
    """

    clips: tuple[Found, ...]
    others: int
    unreadable: tuple[str, ...]


def find_clips(corpus: Corpus, leave_out: str | Path | None = None) -> Listing:
    """List the clips of a corpus.

    Args:
        corpus: a folder (with all folders in it, but hidden ones), a glob, a file, or several of them. From folders come
            videos and pictures by their ending; a file that is named, or matched by a glob, comes whatever it is called, also
            when it is not there: then its row says so.
        leave_out: a folder that is not looked into, where it lies below one that is.

    Raises:
        SourceError: the one thing that was named is not there, or there is no clip at all.
    """
    finding = _Finding(None if leave_out is None else os.path.realpath(leave_out))
    if isinstance(corpus, str | Path):
        finding.add(str(corpus), alone=True)
        name = shown(corpus)
    else:
        for part in corpus:
            finding.add(str(part))
        name = "the corpus"
    if not finding.sizes:
        trouble = f"; cannot be read: {', '.join(map(shown, finding.unreadable))}" if finding.unreadable else ""
        raise SourceError(f"{name}: no videos or pictures found ({finding.others} other files){trouble}")
    clips = sorted((Found(path, size) for path, size in finding.sizes.items()), key=lambda clip: (-clip.size, clip.path))
    return Listing(tuple(clips), finding.others, tuple(sorted(finding.unreadable)))


class _Finding:
    """Collects clips by path."""

    def __init__(self, leave_out: str | None) -> None:
        self.leave_out = leave_out
        self.sizes: dict[str, int] = {}
        self.others = 0
        self.unreadable: list[str] = []

    def add(self, part: str, *, alone: bool = False) -> None:
        if os.path.isdir(part):
            self._folder(os.path.abspath(part))
        elif os.path.lexists(part) or not glob.has_magic(part):
            if alone and not os.path.lexists(part):
                raise SourceError(f"{shown(part)}: there is no such file or folder")
            self._file(os.path.abspath(part))
        else:
            for path in glob.iglob(part, recursive=True):
                if not os.path.isdir(path) and not self._own(os.path.dirname(path) or "."):
                    self._file(os.path.abspath(path))

    def _folder(self, root: str) -> None:
        for folder, folders, names in os.walk(root, onerror=self._note):
            folders[:] = [name for name in folders if not name.startswith(".") and not self._is_own(os.path.join(folder, name))]
            for name in _visible(names):
                if os.path.splitext(name)[1].lower() in VIDEOS | PICTURES:
                    self._file(os.path.join(folder, name))
                else:
                    self.others += 1

    def _file(self, path: str) -> None:
        try:
            self.sizes[path] = os.stat(path).st_size
        except (OSError, ValueError):
            self.sizes[path] = 0

    def _note(self, error: OSError) -> None:
        self.unreadable.append(str(error.filename))

    def _is_own(self, folder: str) -> bool:
        return self.leave_out is not None and os.path.realpath(folder) == self.leave_out

    def _own(self, folder: str) -> bool:
        if self.leave_out is None:
            return False
        return os.path.commonpath([os.path.realpath(folder), self.leave_out]) == self.leave_out


def _visible(names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if not name.startswith("."))
