"""The parts of the page, each from the facts to HTML; a part that has nothing to say is an empty string."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import numpy as np

from ...metrics.intervals import share_interval
from .answers import calibration, confusions, early, hardest, per_label
from .charts import bars, lines, shorten
from .facts import Facts, label_rows, seconds_of, versions

__all__ = ["SECTIONS", "tiles", "warnings"]


def tiles(facts: Facts) -> str:
    """The numbers that everybody asks for first."""
    rows: list[tuple[str, str]] = []
    held = facts.held
    if held is not None:
        right = int(np.trace(held.counted.counts))
        low, high = share_interval(right, len(held.labels))
        rows += [
            (
                f"{right / len(held.labels):.1%}",
                f"right of {len(held.labels)} clips it did not learn from ({low:.0%} to {high:.0%})",
            ),
            (f"{held.counted.balanced_accuracy:.1%}", "when all labels count the same"),
            (f"{held.ece:.3f}", "calibration error: 0 is honest, above 0.1 it boasts or doubts"),
        ]
    rows.append((f"{len(facts.classes)}", f"labels, from {len(facts.clips)} clips"))
    people = set(facts.subjects) - {""}
    if people:
        rows.append((f"{len(people)}", "people to learn from"))
    parameters = getattr(facts.model, "parameters_", None)
    if parameters:
        rows.append((f"{parameters / 1000:,.0f} k" if parameters >= 1000 else str(parameters), "parameters"))
    seconds = next((row["seconds"] for row in reversed(getattr(facts.model, "history_", None) or []) if "seconds" in row), None)
    if seconds is not None:
        rows.append((f"{seconds:.0f} s", "of learning"))
    return (
        '<div class="tiles">'
        + "".join(f'<div class="tile"><b>{a}</b><span>{escape(b)}</span></div>' for a, b in rows)
        + "</div>"
    )


def warnings(facts: Facts) -> str:
    """What is wrong with the data, and what the numbers cannot tell."""
    lines_ = [*facts.warnings]
    if facts.held is None:
        lines_.append(
            "No clips were held out, so how well this model does on new clips is not known. Give each label more clips."
        )
    elif len(facts.held.labels) < 5 * len(facts.classes):
        lines_.append(
            f"Only {len(facts.held.labels)} clips were held out for {len(facts.classes)} labels: read the numbers as rough."
        )
    if not lines_:
        return ""
    return '<ul class="warn">' + "".join(f"<li>{escape(line)}</li>" for line in lines_) + "</ul>"


def learning(facts: Facts) -> str:
    """Curves over the steps of training."""
    history = getattr(facts.model, "history_", None) or []
    names = [key for key in dict.fromkeys(key for row in history for key in row) if key not in ("step", "steps", "seconds")]

    def series(kind: str) -> dict[str, Any]:
        found = {}
        for name in names:
            points = [
                (row.get("step", i), row[name]) for i, row in enumerate(history) if isinstance(row.get(name), int | float)
            ]
            if kind in name and len(points) > 1:
                found[name.replace("_", " ")] = tuple(zip(*points, strict=True))
        return found

    charts = [lines(series("loss"), "step"), lines(series("accuracy"), "step", y=(0, 1))]
    charts = [chart for chart in charts if chart]
    return (
        f'<div class="grid wide" style="grid-template-columns:repeat(auto-fill,minmax(400px,1fr))">{"".join(charts)}</div>'
        if charts
        else ""
    )


def data(facts: Facts) -> str:
    """What it learned from."""
    rows, most = label_rows(facts), max((row["clips"] for row in label_rows(facts)), default=1) or 1
    body_ = "".join(
        f'<tr><td class="name">{escape(row["label"])}</td><td style="width:22%">'
        f'<span class="meter" style="display:block"><i style="width:{100 * row["clips"] / most:.0f}%"></i></span></td>'
        f'<td class="n">{row["clips"]}</td><td class="n">{row["people"] or "–"}</td>'
        f'<td class="n">{_spans(row["spans"])}</td><td class="n">{row["missing"]:.1%}</td></tr>'
        for row in rows
    )
    head = (
        '<tr><th>label</th><th></th><th class="n">clips</th><th class="n">people</th>'
        '<th class="n">seconds: least, median, most</th><th class="n">joints missing</th></tr>'
    )
    spans = np.array([seconds_of(clip) for clip in facts.clips])
    long = f'<h3 style="margin-top:18px">How long the clips are</h3>{bars(spans, "seconds")}'
    return f'<div class="scroll"><table>{head}{body_}</table></div>{long}'


def _spans(spans: Any) -> str:
    return f"{np.min(spans):.1f}, {np.median(spans):.1f}, {np.max(spans):.1f}"


def settings(facts: Facts) -> str:
    """How it was made, with what, and under which terms."""
    first = facts.clips[0]
    k, d, n = len(first.skeleton), first.points.shape[3], first.points.shape[1]
    about: Mapping[str, Any] = {
        **{key.replace("_", " "): value for key, value in facts.settings.items()},
        "skeleton": f"{first.skeleton.name}, {k} joints, {d}D, {n} a clip",
        **{f"version of {name}": value for name, value in versions().items()},
        "terms of the data": facts.terms or "none given: a model may be used only as its clips may",
    }
    rows = "".join(f"<dt>{escape(str(key))}</dt><dd>{escape(shorten(str(value), 400))}</dd>" for key, value in about.items())
    return f"<dl>{rows}</dl>"


SECTIONS: dict[str, tuple[str, Callable[[Facts], str]]] = {
    "confusions": ("What is taken for what", confusions),
    "labels": ("Label by label", per_label),
    "hardest": ("Hardest clips", hardest),
    "early": ("How soon it knows", early),
    "calibration": ("Whether its probabilities are honest", calibration),
    "data": ("What it learned from", data),
    "learning": ("How it learned", learning),
    "settings": ("Settings, versions, terms", settings),
}
