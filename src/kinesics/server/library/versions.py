"""The versions of a file before its last changes, so that they can be taken back after a restart too."""

from __future__ import annotations

import contextlib
import filecmp
import os
import shutil
from pathlib import Path

from ...weights.bundle import flush

__all__ = ["Versions"]

STEPS, ROOM = 20, 64 << 20  # versions and bytes that are kept of one file


class Versions:
    """Versions in `.before/NAME/`, numbered as they came.

    Args:
        folder: of the files; made when something is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        for left in folder.glob("*.partial"):  # of a write that was cut off
            with contextlib.suppress(OSError):
                left.unlink()

    def before(self, path: Path) -> list[Path]:
        """The versions before the present one, the newest first."""
        found = sorted((self._home(path)).glob("*.kin"), reverse=True)
        while found and path.exists() and _same(found[0], path):
            del found[0]  # kept for a change that never came
        return found

    def keep(self, path: Path) -> None:
        """Before a change: keep the present version, if there is one.

        Raises:
            OSError: it cannot be kept.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not path.exists():
            return
        home = self._home(path)
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        newest = max((int(version.stem) for version in home.glob("*.kin") if version.stem.isdigit()), default=0)
        if newest and _same(home / _name(newest), path):
            return
        try:
            os.link(path, home / _name(newest + 1))
        except FileExistsError:
            raise
        except OSError:  # no links on this disk
            shutil.copyfile(path, home / _name(newest + 1))

    def trim(self, path: Path) -> None:
        """After a change: let go of versions beyond `STEPS` and `ROOM`; at least one stays."""
        room = ROOM
        for k, version in enumerate(sorted(self._home(path).glob("*.kin"), reverse=True)):
            room -= version.stat().st_size
            if k and (k >= STEPS or room < 0):
                version.unlink()

    def back(self, path: Path) -> bool:
        """Put the version before the present one in its place; False if there is none.

        Raises:
            OSError: it cannot be put there.
        """
        versions = self.before(path)
        if not versions:
            return False
        os.replace(versions[0], path)
        flush(path.parent)
        for left in self._home(path).glob("*.kin"):
            if left.stem > versions[0].stem:
                left.unlink()
        return True

    def remove(self, path: Path) -> None:
        """Let go of the file and all its versions."""
        path.unlink(missing_ok=True)
        shutil.rmtree(self._home(path), ignore_errors=True)
        flush(path.parent)

    def _home(self, path: Path) -> Path:
        return self._folder / ".before" / path.stem


def _name(number: int) -> str:
    return f"{number:08d}.kin"


def _same(one: Path, other: Path) -> bool:
    return os.path.samefile(one, other) or filecmp.cmp(one, other, shallow=False)
