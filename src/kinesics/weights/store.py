"""Where pretrained files lie on this machine, and whether they are what they should be."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import sys
from pathlib import Path

from ..errors import WeightsError
from .manifest import Entry, entries, entry

__all__ = ["Report", "find", "folders", "mend", "state", "target", "verify"]

Report = dict[str, str]
LOCK = "made.json"


def folders() -> list[Path]:
    """Where files are looked for, in this order: $KINESICS_WEIGHTS if set, the package's own folder, the user's folder."""
    given = os.environ.get("KINESICS_WEIGHTS")
    return [*([Path(given)] if given else []), Path(__file__).with_name("data"), user_folder() / "weights"]


def user_folder() -> Path:
    """The user's folder for data of this package; it is not made."""
    if sys.platform == "win32":
        home = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local")
    elif sys.platform == "darwin":
        home = Path.home() / "Library/Application Support"
    else:
        home = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    return home / "kinesics"


def target() -> Path:
    """The first of `folders()` that can be written, made if need be."""
    refused = []
    for folder in folders():
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / f".probe-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError:
            refused.append(str(folder))
        else:
            return folder
    raise WeightsError(
        f"no folder for weights can be written, tried {', '.join(refused)}; set KINESICS_WEIGHTS to one that can"
    )


def mend(which: str) -> str:
    """The one command that brings a set back."""
    return "kinesics weights pull" + ("" if which == "default" else f" {which}")


def find(name: str) -> Path:
    """The path of a pretrained file, its hash checked.

    Args:
        name: as in the manifest, for example "movenet_multipose".

    Raises:
        WeightsError: no such name, not there, or damaged; the text names the command that mends it.
    """
    row = entry(name)
    word, path = state(row)
    if word == "missing":
        why = "is not installed" if row.set == "default" else f"belongs to the optional set {row.set!r}, which is not installed"
        raise WeightsError(f"{row.file} {why}; run: {mend(row.set)}")
    if word != "ok":
        raise WeightsError(f"{path} is damaged ({word}); run: {mend(row.set)}")
    return path


def state(row: Entry) -> tuple[str, Path]:
    """("ok" | "missing" | what is wrong, path) of the first copy that is good, else of the first copy."""
    first: tuple[str, Path] | None = None
    for folder in folders():
        path = folder / row.file
        if not path.is_file():
            continue
        word = _judge(row, path)
        if word == "ok":
            return word, path
        first = first or (word, path)
    return first or ("missing", folders()[0] / row.file)


def _judge(row: Entry, path: Path) -> str:
    expected: tuple[object, object] = row.parts[0].size, row.parts[0].sha256
    if row.made:
        record = read_lock(path.parent).get(row.file)
        if record is None or record["parts"] != [part.sha256 for part in row.parts]:
            return f"not made of {row.package.name} {row.package.version}"
        expected = record["size"], record["sha256"]
    try:
        stat = path.stat()
        if stat.st_size != expected[0]:
            return f"expected {expected[0]} bytes, got {stat.st_size}"
        digest = _digest(path, stat.st_size, stat.st_mtime_ns)
    except OSError as error:
        return error.strerror or type(error).__name__
    return "ok" if digest == expected[1] else f"expected sha256 {str(expected[1])[:12]}…, got {digest[:12]}…"


@functools.lru_cache(maxsize=64)
def _digest(path: Path, size: int, mtime: int) -> str:
    """Of the file as it is; size and mtime are there so that a changed file is read again."""
    return sha256(path)


def sha256(path: Path) -> str:
    """Of a whole file, as hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_lock(folder: Path) -> dict[str, dict[str, object]]:
    """What was made in this folder: size, sha256 and the hashes of the published parts, by file."""
    try:
        table = json.loads((folder / LOCK).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return table if isinstance(table, dict) else {}


def verify(which: str | None = None) -> dict[str, Report]:
    """The state of each file of a set, or of all: {name: {"state", "path", "set", "sha256"}}; "ok" is good."""
    report = {}
    for row in entries(which):
        word, path = state(row)
        lock = read_lock(path.parent).get(row.file, {}) if row.made else {}
        digest = str(lock.get("sha256", "")) if row.made else row.parts[0].sha256
        report[row.name] = {"state": word, "path": str(path), "set": row.set, "sha256": digest}
    return report
