"""The part of the page that tells what each label is known by: the body, coloured, and a strip over time."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from ...actions.explanation import Explanation, explain_label
from ...types import PoseSequence
from .charts import key
from .facts import Facts
from .figures import body, strip

__all__ = ["importance"]


def importance(facts: Facts, explained: int) -> str:
    """Per label the body, coloured, and the strip over time."""
    cells = []
    for label in facts.classes if explained else []:
        clips = _typical(facts, label, explained)
        if clips:
            cells.append(_label_cell(explain_label(facts.model, clips, label), clips[0]))
    if not cells:
        return ""
    return (
        '<p class="quiet">What the model loses, in bits, when a joint and its neighbours are hidden from it (on the body), and '
        "when all of them are hidden for a moment (over time). "
        "If something matters that should not, the clips of that label have something in common that is not the action. "
        f"{key('speaks for the label', '--for')}{key('speaks against it', '--against')}{key('does not matter', '--none')}</p>"
        f'<div class="grid wide">{"".join(cells)}</div>'
    )


def _typical(facts: Facts, label: str, most: int) -> list[PoseSequence]:
    """Clips that stand for a label: those held out that were believed most, else the first ones with somebody in them."""
    held, rows = facts.held, []
    if held is not None and held.clips:
        order = np.argsort(-held.proba[:, facts.classes.index(label)]).tolist()
        rows = [held.clips[row] for row in order if held.labels[row] == label]
    own = [clip for clip, name in zip(facts.clips, facts.labels, strict=True) if name == label]
    return (_with_somebody(rows) or _with_somebody(own))[:most]


def _with_somebody(clips: Sequence[PoseSequence]) -> list[PoseSequence]:
    return [clip for clip in clips if (clip.scores > 0).any()]


def _label_cell(found: Explanation, sequence: PoseSequence) -> str:
    share = float(found.times[int(found.moments.argmax())])
    middle = round(share * (len(sequence) - 1))
    seen = (sequence.scores > 0).sum(2)  # (t, n)
    moment, person = np.unravel_index(
        int((seen - 0.05 * np.abs(np.arange(len(sequence)) - middle)[:, None]).argmax()), seen.shape
    )
    strongest = max(float(np.abs(found.joints).max()), 1e-9)
    drawn = body(sequence.points[moment, person], found.joints / strongest, found.skeleton, f"{found.label}: joints")
    told = ", ".join(name.replace("_", " ") for name in found.names()) or "no joint alone"
    head = f'<h3>{escape(found.label)}</h3><div style="display:flex;justify-content:center">{drawn}</div>'
    return f'<div class="cell">{head}{strip(found)}<small>{escape(told)}; up to {strongest:.1f} bits</small></div>'
