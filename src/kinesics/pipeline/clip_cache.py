"""Poses of videos, found once and kept: a file for each video's content and the way its people were found."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path

from ..errors import KinesicsError
from ..formats import gather, read_sequence, write_sequence
from ..types import PoseSequence
from ..video.paths import check_file
from .watching import watch

__all__ = ["ClipCache"]

METHOD = 1  # rises when poses are found another way, so that older ones are not taken for new


class ClipCache:
    """Where the poses of a data set's videos are kept.

    Args:
        folder: the data set; poses go to `.kinesics/` in it, or to the user's cache where nothing can be written there.
        place: another folder for them.
        pose: a tier or a model's name or path, see `watch`.

    Attributes:
        notes: a line if nothing can be kept.
    """

    def __init__(self, folder: Path, place: str | Path | None, pose: str) -> None:
        self.folder, self.place, self.pose = folder, place, pose
        self.notes: list[str] = []
        self._last: tuple[Path, PoseSequence] | None = None  # an index may name one long video a hundred times
        self._root: Path | None = None
        self._sought = False

    def poses(self, video: Path) -> PoseSequence:
        """All people of a video who were followed.

        Raises:
            SourceError: it cannot be read.
        """
        check_file(str(video))
        if self._last is None or self._last[0] != video:
            self._last = video, self._found(video)
        return self._last[1]

    def _found(self, video: Path) -> PoseSequence:
        kept = self._file(video)
        if kept is not None and kept.exists():
            try:
                return read_sequence(kept)
            except KinesicsError:
                kept.unlink(missing_ok=True)  # damaged: found anew
        with_all = gather(watch(str(video), pose=self.pose), name=str(video))
        if kept is not None:
            self._keep(kept, with_all)
        return with_all

    def _keep(self, kept: Path, clip: PoseSequence) -> None:
        try:
            write_sequence(kept, clip)
        except KinesicsError as error:
            self.notes.append(f"poses are not kept and will be found again next time: {error}")
            self._root = None

    def _file(self, video: Path) -> Path | None:
        if not self._sought:
            self._sought = True
            self._root = self._find_root()
        if self._root is None:
            return None
        model = Path(self.pose)
        how = _hash(model) if model.is_file() else self.pose
        key = hashlib.sha256(f"{METHOD} {how} {_hash(video)}".encode()).hexdigest()[:32]
        return self._root / f"{key}.jsonl"

    def _find_root(self) -> Path | None:
        places = [Path(self.place)] if self.place is not None else [self.folder / ".kinesics", user_cache() / "poses"]
        for place in places:
            try:
                place.mkdir(parents=True, exist_ok=True)
                with tempfile.TemporaryFile(dir=place):
                    return place
            except OSError as error:
                reason = f"{place}: {error.strerror or error}"
        self.notes.append(f"poses of videos cannot be kept and will be found again next time ({reason})")
        return None


def user_cache() -> Path:
    """Where this user's programs keep what can be made again."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "kinesics"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "kinesics"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kinesics"


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
