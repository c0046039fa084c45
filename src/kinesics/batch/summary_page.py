"""A corpus as one HTML file that stands alone: numbers, what could not be done and why, sheets of pictures."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

from ..errors import SinkError
from . import sheets
from .reading import facts
from .rows import STATUSES
from .summary import summarize

__all__ = ["summary_html", "write_page"]

SHOTS, GROUPS, MEMBERS, PEOPLE, FACES, LADDERS = 600, 40, 8, 60, 12, 24
"""So many of each are shown; the page says so where there are more."""


def write_page(folder: str | Path, path: str | Path | None = None, values: Mapping[str, Any] | None = None) -> Path:
    """Write the page of a corpus.

    Args:
        folder: the DIR of `run`.
        path: where to; `summary.html` in the folder when not given. An older file stays until the new one is complete.
        values: what `summarize` said, if it was asked already.

    Returns:
        the path.

    Raises:
        FormatError: there is no finished corpus in the folder.
        SinkError: the file cannot be written.
    """
    page = summary_html(folder, values)
    target = Path(folder) / "summary.html" if path is None else Path(path)
    beside = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    try:
        beside.write_text(page, "utf-8", "replace")
        os.replace(beside, target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise SinkError(f"{target}: the page could not be written: {error.strerror or error}") from error
    return target


def summary_html(folder: str | Path, values: Mapping[str, Any] | None = None) -> str:
    """The page's text; nothing in it is fetched from elsewhere, and no script is needed.

    Raises:
        FormatError: there is no finished corpus in the folder.
    """
    values = values or summarize(folder)
    made = [(name, title, body(folder, values)) for name, title, body in _SECTIONS]
    parts = [(name, title, body) for name, title, body in made if body]
    title = f"Corpus {Path(folder).resolve().name}"
    links = "".join(f'<a href="#{name}">{title}</a>' for name, title, _ in parts)
    sections = "".join(f'<section id="{name}"><h2>{title}</h2>{body}</section>' for name, title, body in parts)
    css = resources.files(__package__).joinpath("summary.css").read_text("utf-8")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{css}</style></head><body><main>"
        f'<h1>{escape(title)}</h1><p class="quiet">{escape(_plain(values["corpus"] or ""))}</p>'
        f"{_tiles(values)}<nav>{links}</nav>{sections}</main></body></html>\n"
    )


# ----------------------------------------------------------------------------------------------------------------- numbers
def _tiles(values: Mapping[str, Any]) -> str:
    speed = values["speed"]
    told = [
        (count(values["clips"]), "clips", ""),
        (_length(values["hours"]), "of video", ""),
        (count(values.get("people")), "people, clip by clip", ""),
        (count(values.get("shots")), "shots", ""),
        (count(values.get("groups")), "groups of duplicates", ""),
        (count(values.get("who")), "people by their faces", ""),
        (count(values["failed"]), "not done", "bad" if values["failed"] else ""),
        (f"{speed['video_per_work_second']:.2g}x", "video time per second of work", ""),
        (size(values["table_bytes"]), f"of tables, of {size(values['bytes'])}", ""),
    ]
    tiles = (f'<div class="tile {cls}"><b>{number}</b><span>{words}</span></div>' for number, words, cls in told if number)
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _length(hours: float) -> str:
    if hours < 1 / 30:
        return f"{hours * 3600:.3g} s"
    return f"{hours * 60:.3g} min" if hours < 1.5 else f"{hours:.3g} h"


def count(number: int | None) -> str:
    """A number for people; nothing for what was not counted."""
    return "" if number is None else f"{number:,}".replace(",", "&#8239;")


def size(number: float) -> str:
    """Bytes for people."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.3g} {unit}"
        number /= 1000
    return f"{number:.3g} TB"


def _clips(folder: str | Path, values: Mapping[str, Any]) -> str:
    classes = {"ok": "good", "truncated": "warn", "damaged": "warn"}
    rows = [
        (f"<b>{escape(status)}</b>", escape(STATUSES.get(status, "")), n, n / values["clips"], classes.get(status, "bad"))
        for status, n in values["statuses"].items()
    ]
    return _bars(("status", "means", "clips"), rows)


def _failures(folder: str | Path, values: Mapping[str, Any]) -> str:
    rows = []
    for one in values["failures"]:
        examples = ", ".join(escape(sheets.shown(Path(path).name)) for path in one["examples"])
        more = (
            f" and {count(one['clips'] - len(one['examples']))} more"
            if examples and one["clips"] > len(one["examples"])
            else ""
        )
        reason = f"{escape(one['reason'])}<br><small>{examples}{more}</small>"
        rows.append(
            f'<tr><td>{escape(one["status"])}</td><td class="wide">{reason}</td><td class="n">{count(one["clips"])}</td></tr>'
        )
    head = '<tr><th>status</th><th>reason, and for example</th><th class="n">clips</th></tr>'
    return f"<table>{head}{''.join(rows)}</table>" if rows else ""


def _actions(folder: str | Path, values: Mapping[str, Any]) -> str:
    hours: Mapping[str, float] = values.get("actions") or {}
    if not hours:
        return ""
    most = max(hours.values()) or 1.0
    rows = [(f"<b>{escape(label)}</b>", "", f"{of * 60:.2f}", of / most, "") for label, of in list(hours.items())[:30]]
    return "<p>Minutes in which somebody does it, summed over people.</p>" + _bars(("action", "", "minutes"), rows)


def _bars(head: Sequence[str], rows: Iterable[tuple[str, str, object, float, str]]) -> str:
    lines = [
        f'<tr><td>{name}</td><td class="wide quiet">{words}</td><td class="n">{count(n) if isinstance(n, int) else n}</td>'
        f'<td class="bar"><div class="meter"><i class="{cls}" style="width:{100 * share:.1f}%"></i></div></td></tr>'
        for name, words, n, share, cls in rows
    ]
    titles = f'<tr><th>{head[0]}</th><th>{head[1]}</th><th class="n">{head[2]}</th><th class="bar"></th></tr>'
    return f"<table>{titles}{''.join(lines)}</table>"


# ---------------------------------------------------------------------------------------------------------------- pictures
def _figure(row: Mapping[str, Any], words: str, chosen: bool = False) -> str:
    """A picture with its words; without a picture an empty field, so that the words stay in their place."""
    name = sheets.named(row)
    picture = row.get("picture")
    shown = '<div class="blank"></div>'
    if picture and picture[:2] == b"\xff\xd8":
        shown = f'<img loading="lazy" alt="{escape(name)}" src="data:image/jpeg;base64,{b64encode(picture).decode()}">'
    cls = ' class="chosen"' if chosen else ""
    return f'<figure{cls} title="{escape(name)}">{shown}<figcaption>{words}</figcaption></figure>'


def _without(folder: str | Path) -> str:
    return (
        "" if sheets.pictures_asked(folder) else "<p>No pictures: the corpus was asked for none (<code>--no-pixels</code>).</p>"
    )


def _capped(shown: int, there: int, what: str, how: str) -> str:
    return f"<p>{count(shown)} of {count(there)} {what} are shown, {how}.</p>" if shown < there else ""


def _shots(folder: str | Path, values: Mapping[str, Any]) -> str:
    if not values.get("shots"):
        return ""
    begin = ", ".join(f"{count(n)} {escape(kind)}{'s' * (n > 1)}" for kind, n in values["boundaries"].items())
    words = f"<p>{count(values['shots'])} shots{f'; between them {begin}' if begin else ''}.</p>"
    if not sheets.pictures_asked(folder):
        return words + _without(folder)
    rows, there = sheets.shot_sheet(folder, SHOTS)
    figures = (_figure(row, f"{_name(row)}<br>{row['start']:.1f} s") for row in rows)
    return f'{words}{_capped(len(rows), there, "shots", "evenly taken")}<div class="sheet">{"".join(figures)}</div>'


def _name(row: Mapping[str, Any]) -> str:
    return escape(sheets.shown(Path(row["path"]).name))


def _duplicates(folder: str | Path, values: Mapping[str, Any]) -> str:
    groups, there = sheets.duplicate_groups(folder, GROUPS, MEMBERS)
    parts = []
    for number, group in enumerate(groups, 1):
        more = group[0]["size"] - len(group)
        title = f"<h3>{number}. {count(group[0]['size'])} alike{f', {count(more)} of them not shown' if more else ''}</h3>"
        figures = (
            _figure(
                row,
                f"{_name(row)}<br>{'<b>kept</b> ' if row['exemplar'] else ''}{row['start'] or 0.0:.1f} s",
                bool(row["exemplar"]),
            )
            for row in group
        )
        parts.append(f'<div class="group">{title}<div class="sheet">{"".join(figures)}</div></div>')
    return (_without(folder) + _capped(len(groups), there, "groups", "the largest") + "".join(parts)) if parts else ""


def _who(folder: str | Path, values: Mapping[str, Any]) -> str:
    people, there = sheets.appearances(folder, PEOPLE, FACES)
    parts = []
    for rows in people:
        first = rows[0]
        name = escape(str(first["name"])) if first["name"] else f"person {first['who']}"
        title = f"<h3>{name}: {first['seconds']:.1f} s in {count(first['clips'])} clip{'s' * (first['clips'] != 1)}</h3>"
        figures = (_figure(row, f"{_name(row)}<br>{row['start']:.1f} s") for row in rows)
        parts.append(f'<div class="group">{title}<div class="faces">{"".join(figures)}</div></div>')
    return (_without(folder) + _capped(len(people), there, "people", "those seen longest") + "".join(parts)) if parts else ""


def _ladders(folder: str | Path, values: Mapping[str, Any]) -> str:
    if not values.get("ladders"):
        return ""
    from .ladder import ladder_svg

    shots, there = sheets.ladders(folder, LADDERS)
    plots = (f"<figure>{ladder_svg(rows)}<figcaption>{escape(sheets.named(rows[0]))}</figcaption></figure>" for rows in shots)
    return f'{_capped(len(shots), there, "shots", "the first")}<div class="plots">{"".join(plots)}</div>'


def _made(folder: str | Path, values: Mapping[str, Any]) -> str:
    about = facts(folder)
    told = {"version of the rows": about["version"], **about["config"], "work": f"{values['speed']['work_hours']:.3g} hours"}
    return (
        "<dl>" + "".join(f"<dt>{escape(name)}</dt><dd>{escape(_plain(value))}</dd>" for name, value in told.items()) + "</dl>"
    )


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "no" if value is None or value is False else "yes" if value is True else str(value)


_SECTIONS = (
    ("clips", "Clips", _clips),
    ("failures", "Not read whole, and why", _failures),
    ("shots", "Shots", _shots),
    ("actions", "What people do", _actions),
    ("duplicates", "Near-duplicates", _duplicates),
    ("who", "Who appears where", _who),
    ("ladders", "Bitrate ladders", _ladders),
    ("made", "How it was made", _made),
)
