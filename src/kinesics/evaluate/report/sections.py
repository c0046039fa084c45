"""The parts of the page, each from the facts to HTML; a part that has nothing to say is an empty string."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
    seconds = _learning_seconds(getattr(facts.model, "history_", None) or [])
    if seconds:
        rows.append((f"{seconds:.0f} s", "of learning"))
    return (
        '<div class="tiles">'
        + "".join(f'<div class="tile"><b>{a}</b><span>{escape(b)}</span></div>' for a, b in rows)
        + "</div>"
    )


def _learning_seconds(history: Sequence[Mapping[str, Any]]) -> float:
    """The longest time told of each phase, together."""
    phases: dict[str, float] = {}
    for row in history:
        phase = str(row.get("phase", ""))
        phases[phase] = max(phases.get(phase, 0.0), float(row.get("seconds") or 0.0))
    return sum(phases.values())


def warnings(facts: Facts) -> str:
    """What is wrong with the data, and what the numbers cannot tell."""
    lines_ = [*facts.warnings, *getattr(facts.model, "notes_", ())]
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
    """Curves over the steps of training, each phase of it on its own."""
    history = getattr(facts.model, "history_", None) or []
    charts = [lines(_series(history, ("loss",)), "step"), lines(_series(history, ("accuracy", "validation")), "step", y=(0, 1))]
    shown = "".join(chart for chart in charts if chart)
    return f'<div class="grid" style="grid-template-columns:repeat(auto-fill,minmax(400px,1fr))">{shown}</div>' if shown else ""


def _series(history: Sequence[Mapping[str, Any]], kinds: Sequence[str]) -> dict[str, tuple[list[float], list[float]]]:
    """Curves by name: what was told of these kinds; more than one phase shows in the name."""
    phases = dict.fromkeys(row.get("phase", "") for row in history)
    found: dict[str, tuple[list[float], list[float]]] = {}
    for i, row in enumerate(history):
        for name, value in row.items():
            if any(kind in name for kind in kinds) and isinstance(value, int | float):
                named = name.replace("_", " ") + (f" ({row.get('phase')})" if len(phases) > 1 else "")
                x, y = found.setdefault(named, ([], []))
                x.append(float(row.get("step", i)))
                y.append(float(value))
    return found


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
