"""The parts of the page that tell what the model said of clips it did not learn from."""

from __future__ import annotations

from html import escape

import numpy as np

from ...metrics.intervals import share_interval
from .charts import key, lines, matrix, reliability_chart
from .facts import Facts, Held, seconds_of
from .figures import film

__all__ = ["calibration", "confusions", "early", "hardest", "per_label"]

HARDEST = 12


def confusions(facts: Facts) -> str:
    """The matrix and the commonest mistakes."""
    if facts.held is None:
        return ""
    worst = facts.held.counted.worst(6)
    told = ", ".join(f"<b>{escape(a)}</b> taken for <b>{escape(b)}</b> ({n})" for a, b, n in worst)
    words = f"<p>Most often: {told}.</p>" if worst else "<p>Not one was taken for another.</p>"
    return (
        '<p class="quiet">Rows: what it was. Columns: what the model said. Numbers: clips that were held out. '
        f'The darker, the larger the share of its row.</p>{words}<div class="scroll">{matrix(facts.held.counted)}</div>'
    )


def per_label(facts: Facts) -> str:
    """A row a label, the weakest first."""
    if facts.held is None:
        return ""
    counted = facts.held.counted
    rows = []
    for i in np.argsort(np.nan_to_num(counted.f1, nan=2), kind="stable").tolist():
        total, right = int(counted.counts[i].sum()), int(counted.counts[i, i])
        if not total:
            continue
        low, high = share_interval(right, total)
        wrong = np.delete(np.arange(len(counted.classes)), i)
        other = int(wrong[counted.counts[i, wrong].argmax()]) if len(wrong) and counted.counts[i, wrong].any() else None
        numbers = (f"{right / total:.0%}", _share(counted.precision[i]), f"{right} of {total}")
        rows.append(
            f'<tr><td class="name">{escape(counted.classes[i])}</td>'
            f'<td style="width:30%">{_whisker(right / total, low, high)}</td>'
            + "".join(f'<td class="n">{number}</td>' for number in numbers)
            + f'<td class="quiet">{"" if other is None else escape(counted.classes[other])}</td></tr>'
        )
    head = (
        '<tr><th>label</th><th>found, with the 95 % interval</th><th class="n">found</th>'
        '<th class="n">right when said</th><th class="n">clips</th><th>most often taken for</th></tr>'
    )
    return f'<div class="scroll"><table>{head}{"".join(rows)}</table></div>'


def _whisker(share: float, low: float, high: float) -> str:
    a, b, c = 100 * low, 100 * high, 100 * share
    return (
        '<svg viewBox="0 0 100 10" width="100%" height="12" preserveAspectRatio="none" role="img" aria-label="'
        f'{share:.0%}"><rect x="0" y="2" width="100" height="6" rx="1" class="none" fill-opacity=".25"/>'
        f'<rect x="0" y="2" width="{c:.1f}" height="6" class="right" fill-opacity=".8"/>'
        f'<path d="M{a:.1f} 5H{b:.1f}" class="whisker" stroke-width="1.2"/></svg>'
    )


def _share(value: float) -> str:
    return f"{value:.0%}" if np.isfinite(value) else "–"


def hardest(facts: Facts) -> str:
    """The clips that the model understood least, as films."""
    held = facts.held
    if held is None or not held.clips:
        return ""
    cells = [_hard_clip(facts, held, row) for row in held.hardest(HARDEST)]
    return (
        '<p class="quiet">The held-out clips whose true label was believed least. Look whether the label is right, whether '
        "the joints are, and whether two labels are the same thing. Click a film to stop it. "
        f"{key('left', '--left')}{key('right', '--right')}</p>"
        f'<div class="grid">{"".join(cells)}</div>'
    )


def _hard_clip(facts: Facts, held: Held, row: int) -> str:
    clip, proba, truth = held.clips[row], held.proba[row], int(held.truth[row])
    shown = [int(i) for i in np.argsort(-proba)[:2]]
    shown += [] if truth in shown else [truth]
    beliefs = "".join(
        f'<div class="belief"><span title="{escape(facts.classes[i])}">{escape(_both_ends(facts.classes[i]))}</span>'
        f'<span class="meter"><i class="{"right" if i == truth else "wrong"}" style="width:{100 * proba[i]:.0f}%"></i></span>'
        f"<span>{proba[i]:.0%}</span></div>"
        for i in shown
    )
    name = held.files[row] or f"clip {row}"
    words = f"{held.labels[row]}, {seconds_of(clip):.1f} s"
    said = f"{escape(_tail(name))}, {seconds_of(clip):.1f} s"
    head = f"<h3>{escape(held.labels[row])}</h3>{film(clip, escape(words))}"
    return f'<div class="cell">{head}{beliefs}<small title="{escape(name)}">{said}</small></div>'


def _both_ends(label: str) -> str:
    """Short enough for a narrow column; what tells labels apart often stands last."""
    return label if len(label) <= 13 else f"{label[:5]}…{label[-6:]}"


def _tail(path: str) -> str:
    return path if len(path) <= 28 else "…" + path[-27:]


def early(facts: Facts) -> str:
    """How much is known how soon."""
    held = facts.held
    if held is None or len(held.early) < 2:
        return ""
    seen = list(held.early)
    right = [float((p.argmax(1) == held.truth).mean()) * 100 for p in held.early.values()]
    sure = [float(p.max(1).mean()) * 100 for p in held.early.values()]
    chart = lines(
        {"right": (seen, right), "how sure, on average": (seen, sure)},
        "seen of the action",
        y=(0, 100),
        x_unit=" %",
        y_unit=" %",
        dots=True,
    )
    rows = "".join(
        f'<tr><td>{s:g} %</td><td class="n">{r:.1f} %</td><td class="n">{c:.1f} %</td></tr>'
        for s, r, c in zip(seen, right, sure, strict=True)
    )
    table = f'<table><tr><th>seen</th><th class="n">right</th><th class="n">sure</th></tr>{rows}</table>'
    return (
        '<p class="quiet">The model is asked while the action is still going on. Where the curves part, it does not know '
        'what it does not know.</p><div class="grid wide" style="grid-template-columns:minmax(0,2fr) minmax(200px,1fr)">'
        f"<div>{chart}</div><div>{table}</div></div>"
    )


def calibration(facts: Facts) -> str:
    """Reliability diagrams at shares of the clip."""
    held = facts.held
    if held is None:
        return ""
    wanted = [share for share in (25.0, 50.0, 75.0, 100.0) if share in held.early]
    cells = "".join(
        f"<div>{reliability_chart(held.reliability(share), f'{share:g} % seen: error {held.error(share):.3f}')}</div>"
        for share in wanted
    )
    return (
        '<p class="quiet">Of the answers that are 70 % sure, seven in ten should be right: dots belong on the dotted line. '
        "Below it the model is surer than it may be, above it less. The larger a dot, the more answers it stands for.</p>"
        f'<div class="grid">{cells}</div>'
    )
