"""The report on drawn people: one HTML file that stands alone, and the sheet of pictures beside it."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable, Mapping, Sequence
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from ..draw.pictures import save_picture
from ..draw.viewer_sheet import SheetRow, close_ups, columns_of, cut, viewer_sheet, window_of
from ..errors import SinkError
from ..types import Array
from .report.charts import lines
from .viewer_regions import hand_box
from .viewer_table import number, number_table, short
from .viewer_trial import Moment, Trial

__all__ = ["report_page", "sheet", "write_viewer_report"]

MUST = {
    "t0_beats_nearest_by_half_a_decibel": "T0 beats the nearest picture by 0.5 dB (person)",
    "motion_ratio": "each tier moves 0.7 to 1.3 times as much as reality",
    "steady": "one pose drawn again and again is one picture",
    "pose_consistency": "joints read off the drawn pictures: at least 0.9 of those read off the real ones",
}
MEASURED = frozenset({"all", "person"})  # what training tells in decibels
STYLE = """
main { max-width: 1500px; }
.tiles { grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); }
ul.gate + h3 { margin-top: 14px; }
.moment { display: grid; gap: 4px; margin: 0 0 14px; min-width: 980px; }
.moment figure img + img { margin-top: 4px; }
.moment figure img, .film img { display: block; width: 100%; border-radius: 6px; }
.moment figcaption { font-size: 12px; text-align: center; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.yes::before { content: "✓ "; color: var(--good); } .no::before { content: "✗ "; color: var(--bad); }
ul.gate { list-style: none; padding: 0; margin: 0; columns: 2; } td.best { font-weight: 650; color: var(--good); }
.film { max-width: 1060px; }
"""


def write_viewer_report(folder: Path, trials: Mapping[str, Trial], *, title: str, about: Mapping[str, Any]) -> dict[str, Path]:
    """Write `report.html` and `sheet.png`; older ones stay until the new ones are complete.

    Args:
        folder: where to; it is there.
        trials: by the name of the person.
        title: over the page.
        about: settings, machine, versions: what is told at the end.

    Raises:
        SinkError: a file cannot be written.
    """
    page, picture = folder / "report.html", folder / "sheet.png"
    halves = page.with_name("report.partial.html"), picture.with_name("sheet.partial.png")
    try:
        halves[0].write_text(report_page(trials, title=title, about=about), "utf-8")
        save_picture(halves[1], sheet(trials, title))
        os.replace(halves[0], page)
        os.replace(halves[1], picture)
    except OSError as error:
        raise SinkError(f"{folder}: the report could not be written: {error.strerror or error}") from error
    finally:
        for half in halves:
            half.unlink(missing_ok=True)
    return {"report": page, "sheet": picture}


# -------------------------------------------------------------------------------------------------------------------- sheet
def sheet(trials: Mapping[str, Trial], title: str) -> Array:
    """Everybody's moments on one picture, (h, w, 3) uint8."""
    parts = []
    for name, done in trials.items():
        table, best = number_table(done.numbers)
        words = title if len(trials) == 1 else f"{title}: {name}"
        note = (
            f"{done.numbers['frames']} pictures that nothing was learned from; drawn from {done.numbers['keyframes']} keyframes"
        )
        parts.append(viewer_sheet(rows_of(done), title=words, note=note, table=table, best=best))
    width = max(part.shape[1] for part in parts)
    return np.concatenate([np.pad(p, ((0, 0), (0, width - p.shape[1]), (0, 0)), constant_values=250) for p in parts])


def rows_of(done: Trial) -> list[SheetRow]:
    """The trial's moments as the sheet takes them."""
    return [_row(moment) for moment in done.moments]


def _row(moment: Moment) -> SheetRow:
    shown = {"filmed": moment.real}
    shown |= {short(name): picture for name, picture in moment.drawn.items() if name != "warp"}
    places = [hand_box(moment.points, moment.scores, side) for side in ("right", "left")]  # as they stand before us
    return SheetRow(f"clip {moment.clip + 1}, {moment.time:.1f} s", moment.points, moment.scores, shown, places)


# --------------------------------------------------------------------------------------------------------------------- page
def report_page(trials: Mapping[str, Trial], *, title: str, about: Mapping[str, Any]) -> str:
    """The page as text; nothing in it points outside."""
    css = resources.files(__package__).joinpath("report").joinpath("page.css").read_text("utf-8")
    parts = "".join(_person(name, done, len(trials) > 1) for name, done in trials.items())
    told = "".join(f"<dt>{escape(str(key))}</dt><dd>{escape(_told(value))}</dd>" for key, value in about.items())
    head = (
        f'<h1>{escape(title)}</h1><p class="quiet">How near drawn pictures come to filmed ones, in poses that nothing was '
        "learned from. PSNR pools squared errors over all pictures before it takes decibels; SSIM and GMSD are means over "
        "pictures. Motion is the change from picture to picture, over that of the filmed ones.</p>"
    )
    sheet_ = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    return (
        f'<!doctype html><html lang="en"><head>{sheet_}<style>{css}{STYLE}</style><title>{escape(title)}</title></head><body>'
        f'<main>{head}{parts}<section id="about"><h2>How it was measured</h2><dl>{told}</dl></section></main></body></html>'
    )


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_told(item)}" for key, item in value.items())
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _person(name: str, done: Trial, named: bool) -> str:
    anchor = escape(name, quote=True)
    heading = f'<h1 id="{anchor}" style="margin-top:34px;font-size:24px">{escape(name)}</h1>' if named else ""
    sections = {
        "What came of it": _verdict(done),
        "In motion": _film(done.film),
        "Numbers": _table(done.numbers),
        "Moment by moment": _moments(done),
        "How it learned": _curves(done),
        "The person": _about(done),
    }
    shown = "".join(f"<section><h2>{words}</h2>{inside}</section>" for words, inside in sections.items() if inside)
    return f"{heading}{_tiles(done.numbers)}{shown}"


def _tiles(numbers: Mapping[str, Any]) -> str:
    last = numbers["tiers"][-1]
    gain = numbers["psnr_person_t0"] - numbers["psnr_person_nearest"]
    rows = [
        (f"{numbers[f'psnr_person_{last}']:.1f} dB", f"the person, drawn by {short(last)}"),
        (f"{gain:+.2f} dB", "T0 against the nearest picture"),
    ]
    if last != "t0":
        rows.append((f"{numbers[f'psnr_person_{last}'] - numbers['psnr_person_t0']:+.2f} dB", f"{short(last)} against T0"))
    rows.append((f"{numbers[f'motion_ratio_{last}']:.2f}", "motion, 1 is as in reality"))
    if np.isfinite(number(numbers, "pck_ratio", last)):
        rows.append((f"{numbers[f'pck_ratio_{last}']:.0%}", "of the joints that are right in the real pictures"))
    rows.append((f"{numbers['frames']}", f"pictures asked, {numbers['frames_learned']} learned from"))
    rows.append((f"{numbers['fit_seconds'] + numbers['train_seconds']:.0f} s", "to fit and train"))
    if numbers["bytes_nets"]:
        rows.append((f"{numbers['bytes_nets'] / 1e6:.2f} MB", "of nets"))
    cells = "".join(f'<div class="tile"><b>{value}</b><span>{escape(words)}</span></div>' for value, words in rows)
    return f'<div class="tiles">{cells}</div>'


def _verdict(done: Trial) -> str:
    gates = done.numbers.get("gate", {})
    items = "".join(
        f'<li class="{"yes" if fine else "no"}">{escape(MUST.get(name, f"{short(name[:2])} beats T0 (person)"))}</li>'
        for name, fine in gates.items()
    )
    kept = _kept(done)
    return f'<ul class="gate">{items}</ul>{kept}'


def _kept(done: Trial) -> str:
    """What training's own gate said of each tier, where the person tells of it."""
    told = _training(done)
    gate = {tier: row for tier, row in dict(told.get("gate", {})).items() if isinstance(row, Mapping)}
    if not gate:
        return ""
    kinds = list(dict.fromkeys(kind for row in gate.values() for kind in row))
    head = "".join(f'<th class="n">{escape(str(kind))}</th>' for kind in kinds)
    rows = []
    for tier, row in gate.items():
        cells = "".join(f'<td class="n">{_told(row.get(kind, ""))}</td>' for kind in kinds)
        fate = "kept: a whole picture without nets" if tier == "t0" else _fate(tier, gate, done.numbers["tiers"])
        rows.append(f"<tr><td>{escape(short(str(tier)))}</td>{cells}<td>{escape(fate)}</td></tr>")
    table = f'<table style="width:auto"><tr><th>tier</th>{head}<th></th></tr>{"".join(rows)}</table>'
    return f"<h3>Tiers, as training judged them on pictures that it held out itself (decibels)</h3>{table}{_crops(done)}"


def _crops(done: Trial) -> str:
    """What redrawing face and hands was worth."""
    told = _training(done).get("crops")
    if not isinstance(told, Mapping) or not {"before", "after"} <= told.keys():
        return ""
    fate = "kept" if "t3" in done.numbers["tiers"] else "refused"
    return f"<p>T3, in face and hands alone: {told['before']:.2f} dB before, {told['after']:.2f} dB after: {fate}.</p>"


def _fate(tier: str, gate: Mapping[str, Mapping[str, Any]], kept: Sequence[str]) -> str:
    """Why a learned tier is there, or is not."""
    behind = [str(kind) for kind, value in gate[tier].items() if value <= gate.get("t0", {}).get(kind, -np.inf)]
    if tier not in kept:
        return f"refused: does not beat T0 ({', '.join(behind)})" if behind else "refused with the nets that it stands on"
    return f"kept for the tiers above it; does not beat T0 itself ({', '.join(behind)})" if behind else "kept: beats T0"


def _training(done: Trial) -> Mapping[str, Any]:
    told = done.person.about.get("training")
    return told if isinstance(told, Mapping) else {}


def _film(film: Sequence[Moment]) -> str:
    """A run of pictures side by side, as one animated picture."""
    import cv2

    if len(film) < 2 or not hasattr(cv2, "imencodeanimation"):  # since OpenCV 4.11
        return ""
    names = ["filmed", *(short(name) for name in film[0].drawn)]
    strips = [np.concatenate([moment.real, *moment.drawn.values()], 1) for moment in film]
    gaps = np.diff([moment.time for moment in film])
    pause = round(1000 * float(np.median(gaps[gaps > 0]))) if (gaps > 0).any() else 40
    data = _animated(strips, pause)
    words = ", ".join(names)
    image = f'<img src="data:image/webp;base64,{data}" alt="{escape(words)}">'
    return f'<p class="quiet">From the left: {escape(words)}.</p><div class="film">{image}</div>'


def _animated(pictures: Sequence[Array], pause: int) -> str:
    import cv2

    film = cv2.Animation()
    film.frames = [np.ascontiguousarray(picture[..., ::-1]) for picture in pictures]
    film.durations = [pause] * len(pictures)
    _, data = cv2.imencodeanimation(".webp", film, [cv2.IMWRITE_WEBP_QUALITY, 72])
    return base64.b64encode(data.tobytes()).decode()


def _moments(done: Trial) -> str:
    rows = rows_of(done)
    if not rows:
        return ""
    window = window_of(rows)
    shown = []
    for row in rows:
        pictures = columns_of(row)
        last = list(row.pictures)[-1]
        cells = "".join(_cell(name if name != "error" else f"error of {last}", p, row, window) for name, p in pictures.items())
        grid = f"grid-template-columns:repeat({len(pictures)},minmax(0,1fr))"
        shown.append(f'<h3>{escape(row.title)}</h3><div class="moment" style="{grid}">{cells}</div>')
    return f'<p class="quiet">Under each picture the right and the left hand.</p><div class="scroll">{"".join(shown)}</div>'


def _cell(name: str, picture: Array, row: SheetRow, window: tuple[int, int, int, int]) -> str:
    whole = _still(cut(picture, window, 256))
    near = _still(close_ups(picture, row.close, 256, 128))
    return f"<figure><figcaption>{escape(name)}</figcaption>{whole}{near}</figure>"


def _still(picture: Array) -> str:
    import cv2

    _, data = cv2.imencode(".webp", picture[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, 84])
    return f'<img src="data:image/webp;base64,{base64.b64encode(data.tobytes()).decode()}" alt="">'


def _table(numbers: Mapping[str, Any]) -> str:
    rows, best = number_table(numbers)
    head = "".join(f'<th class="n">{escape(words)}</th>' for words in rows[0])
    body = "".join(
        f"<tr><td>{escape(row[0])}</td>"
        + "".join(
            f'<td class="n{" best" if f"{i}/{j}" in best else ""}">{escape(words)}</td>' for j, words in enumerate(row[1:], 1)
        )
        + "</tr>"
        for i, row in enumerate(rows[1:], 1)
    )
    changes = [
        f"{low.upper()} to {high.upper()} {value:.2f}"
        for key, value in numbers.items()
        if key.startswith("switch_")
        for _, low, high in [key.split("_")]
    ]
    step = (
        f'<p class="quiet">Where the tier changes, the person changes by (levels): {", ".join(changes)}.</p>' if changes else ""
    )
    return f'<div class="scroll"><table><tr>{head}</tr>{body}</table></div>{step}'


def _curves(done: Trial) -> str:
    """Losses, and decibels on pictures held out, over the steps of training, where the person tells of them."""
    told = _training(done)
    history = [row for row in told.get("learned", ()) if isinstance(row, Mapping)]
    losses, levels = (
        _series(history, "loss of ", lambda name: name[:1] == "t"),
        _series(history, "decibels, ", MEASURED.__contains__),
    )
    low = min((min(y) for _, y in levels.values()), default=0.0)
    high = max((max(y) for _, y in levels.values()), default=1.0)
    charts = lines(losses, "step", dots=len(history) < 30) + lines(
        levels, "step", y=(low - 0.5, high + 0.5), dots=len(history) < 30
    )
    words = f"{told.get('steps', '?')} steps in {float(told.get('seconds') or 0):.0f} s"
    grid = '<div class="grid" style="grid-template-columns:repeat(auto-fill,minmax(400px,1fr))">'
    return f'<p class="quiet">{words}</p>{grid}{charts}</div>' if charts else ""


def _series(
    history: Sequence[Mapping[str, Any]], words: str, wanted: Callable[[str], bool]
) -> dict[str, tuple[list[float], list[float]]]:
    series: dict[str, tuple[list[float], list[float]]] = {}
    for i, row in enumerate(history):
        for name, value in row.items():
            if wanted(name) and isinstance(value, int | float):
                x, y = series.setdefault(words + short(name), ([], []))
                x.append(float(row.get("step", i)))
                y.append(float(value))
    return series


def _about(done: Trial) -> str:
    told = {key: value for key, value in done.person.about.items() if key != "training" and value not in ("", None)}
    rows = "".join(f"<dt>{escape(str(key))}</dt><dd>{escape(_told(value))}</dd>" for key, value in told.items())
    return f"<dl>{rows}</dl>" if rows else ""
