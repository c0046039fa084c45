"""Which clips a folder holds, and what is known of each: from an `index.csv`, or from folders named after the labels."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath

from ..errors import FormatError, UsageError
from ..formats import FORMATS
from ..video.paths import VIDEOS

__all__ = ["PARTS", "Entry", "is_video", "list_clips", "part_name"]

PARTS = {
    "train": "train",
    "training": "train",
    "test": "test",
    "testing": "test",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "dev": "val",
}
FILE = ("file", "path", "filename", "file_name", "clip", "video")
LABEL = ("label", "class", "action", "class_name", "activity")
SUBJECT = ("subject", "person", "subject_id", "actor", "performer")
NO_CLIPS = frozenset({"mot", "openpose"})  # boxes alone, and folders


@dataclass(frozen=True)
class Entry:
    """One clip that was named: where it is, what it shows, who does it, which part it belongs to in each split column.

    `start` and `end` are seconds within the file, None for all of it. `name` is how the list calls the file.
    """

    name: str
    path: Path
    label: str
    subject: str = ""
    splits: dict[str, str] = field(default_factory=dict)
    start: float | None = None
    end: float | None = None


def list_clips(place: str | Path) -> list[Entry]:
    """The clips of a folder with `index.csv`, of such a file itself, or of folders by label.

    Raises:
        UsageError: there is no such folder, or nothing in it that could be a clip with a label.
        FormatError: the index cannot be read, or a column is missing.
    """
    place = Path(place)
    try:
        if place.is_file():
            return _index(place)
        if not place.is_dir():
            raise UsageError(f"{place}: there is no such folder; expected folders of clips by label, or one with an index.csv")
        index = next((file for file in place.iterdir() if file.name.lower() == "index.csv"), None)
        return _index(index) if index is not None else _folders(place)
    except OSError as error:
        raise UsageError(f"{place}: cannot be read: {error.strerror or error}") from error


def part_name(value: str) -> str:
    """What a part of a split is called here: train, test, val; any other value in lower case."""
    return PARTS.get(value.lower(), value.lower())


def is_video(path: Path) -> bool:
    """Whether a file's ending says that it is a video, whose poses have to be found first."""
    return path.suffix.lower() in VIDEOS


def _is_clip(path: Path) -> bool:
    endings = {end for name, entry in FORMATS.items() if name not in NO_CLIPS for end in entry.suffixes}
    return path.suffix.lower() in VIDEOS | endings and path.is_file()


def _folders(place: Path) -> list[Entry]:
    """`<label>/…/clip`, or `train/<label>/…/clip` and `test/<label>/…/clip`."""
    found = sorted(path for path in place.rglob("*") if _is_clip(path) and not _hidden(path.relative_to(place)))
    below = [path.relative_to(place) for path in found]
    if not below:
        raise UsageError(f"{place}: no clips; expected <label>/clip.mp4 (or .pose, .jsonl …), or an index.csv with file,label")
    loose = [path for path in below if len(path.parts) == 1]
    if loose:
        raise UsageError(f"{place}: {loose[0]} lies in no folder named after its label; expected {place}/<label>/{loose[0]}")
    nested = all(path.parts[0].lower() in PARTS and len(path.parts) > 2 for path in below)
    if nested:
        return [Entry(p.as_posix(), place / p, p.parts[1], splits={"split": part_name(p.parts[0])}) for p in below]
    return [Entry(p.as_posix(), place / p, p.parts[0]) for p in below]


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in path.parts)


def _index(path: Path) -> list[Entry]:
    """The rows of an index; BOM, `;` or tab between fields, quotes, blanks and Windows paths are fine."""
    text = _text(path)
    rows = [(n, [field.strip() for field in row]) for n, row in enumerate(_rows(path, text), 1) if any(map(str.strip, row))]
    if not rows:
        raise FormatError(f"{path}: the file is empty; expected a first line with file,label and a line for each clip")
    head = [name.lower() for name in rows[0][1]]
    twice = sorted({name for name in head if name and head.count(name) > 1})
    if twice:
        raise FormatError(f"{path}: the column {twice[0]!r} is there twice")
    file, label, subject = (next((name for name in names if name in head), "") for names in (FILE, LABEL, SUBJECT))
    if not file or not label:
        raise FormatError(f"{path}: expected columns file and label, got {', '.join(head)}")
    if len(rows) == 1:
        raise FormatError(f"{path}: no clips; expected a line for each after {','.join(head)}")
    cells = [_cells(path, number, head, row) for number, row in rows[1:]]
    columns = [name for name in head if _is_split(name, [row[name] for row in cells]) and name not in (file, label)]
    return [
        Entry(
            row[file],
            _where(path.parent, row[file]),
            row[label],
            row.get(subject, ""),
            {name: part_name(row[name]) for name in columns},
            _seconds(path, number, row.get("start", "")),
            _seconds(path, number, row.get("end", "")),
        )
        for (number, _), row in zip(rows[1:], cells, strict=True)
    ]


def _text(path: Path) -> str:
    data = path.read_bytes()
    codes = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252")
    for code in codes:
        try:
            text = data.decode(code)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FormatError(f"{path}: expected a table of text with the columns file,label; this is not text")


def _rows(path: Path, text: str) -> list[list[str]]:
    first = text.lstrip().partition("\n")[0]
    between = max(",;\t|", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=between, skipinitialspace=True))
    except csv.Error as error:
        raise FormatError(f"{path}: cannot be read as a table: {error}") from error


def _cells(path: Path, number: int, head: list[str], row: list[str]) -> dict[str, str]:
    if len(row) > len(head):
        raise FormatError(
            f"{path}:{number}: {len(row)} fields where the first line names {len(head)}; quote fields with commas"
        )
    return dict(zip(head, row + [""] * (len(head) - len(row)), strict=True))


def _is_split(name: str, values: list[str]) -> bool:
    said = {value.lower() for value in values} - {""}
    return name.startswith("split") or (bool(said) and said <= PARTS.keys())


def _where(folder: Path, name: str) -> Path:
    """The file an index means, also when it was written on another system."""
    path = folder / name
    if "\\" in name and not path.exists():
        return folder / PureWindowsPath(name).as_posix()
    return path


def _seconds(path: Path, number: int, value: str) -> float | None:
    try:
        return float(value.replace(",", ".")) if value else None
    except ValueError:
        raise FormatError(f"{path}:{number}: expected seconds in the columns start and end, got {value!r}") from None
