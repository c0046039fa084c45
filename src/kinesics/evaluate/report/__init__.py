"""A training report: one HTML file that stands alone, in light and dark, with films where scripts may run."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from html import escape
from importlib import resources
from pathlib import Path
from typing import Any

from ...errors import NotFittedError, ShapeError, SinkError
from ...types import PoseSequence
from .facts import Facts, asked, held_out
from .matters import importance
from .sections import SECTIONS, tiles, warnings

__all__ = ["report_html", "write_report"]


def write_report(path: str | Path, model: Any, clips: Sequence[PoseSequence], labels: Sequence[str], **about: Any) -> Path:
    """Write what a model learned, from what, and how well, as one HTML file.

    Args:
        path: where to, by custom ending in .html; an older file stays until the new one is complete.
        model: fitted; its `validation_`, `history_` and `parameters_` are told where it has them.
        clips: those that `fit` was given, in that order (the model's `validation_` refers to them).
        labels: theirs.
        about: as `report_html` takes it.

    Returns:
        the path.

    Raises:
        NotFittedError: the model has not learned.
        SinkError: the file cannot be written.
    """
    page = report_html(model, clips, labels, **about)
    target, partial = Path(path), Path(f"{os.fspath(path)}.partial")
    try:
        partial.write_text(page, "utf-8")
        os.replace(partial, target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise SinkError(f"{target}: the report could not be written: {error.strerror or error}") from error
    return target


def report_html(
    model: Any,
    clips: Sequence[PoseSequence],
    labels: Sequence[str],
    *,
    subjects: Sequence[str] | None = None,
    files: Sequence[str] | None = None,
    title: str = "Actions",
    problems: Sequence[Any] = (),
    settings: Mapping[str, Any] | None = None,
    terms: str = "",
    explained: int = 2,
    tested: tuple[Sequence[PoseSequence], Sequence[str], Sequence[str]] | None = None,
    progress: Callable[[str], None] = lambda part: None,
) -> str:
    """The page of `write_report`.

    Args:
        model: fitted.
        clips: those it was given.
        labels: theirs.
        subjects: who is in each clip; "" or None for unknown.
        files: what each clip is called.
        title: over the page, such as the name of the data set.
        problems: what was found wrong with the data: lines, or things with a `message`.
        settings: how it was trained; None: the options of the model.
        terms: under which the data may be used.
        explained: clips a label from which is told what matters; 0 leaves that part out.
        tested: clips, labels and files of a test, which are asked and told of instead of what was held out in training.
        progress: called with the name of each part before it is made.
    """
    if not hasattr(model, "classes_"):
        raise NotFittedError("a report needs a model that has learned; call fit first")
    others = [
        list(subjects) if subjects is not None else [""] * len(clips),
        list(files) if files is not None else [""] * len(clips),
    ]
    if not len(clips) or any(len(some) != len(clips) for some in (labels, *others)):
        raise ShapeError(f"a report needs one label, subject and file a clip; got {len(clips)} clips and {len(labels)} labels")
    facts = Facts(
        model, clips, list(labels), others[0], others[1],
        held_out(model, clips, others[1]) if tested is None else asked(model, *tested),
        [str(getattr(problem, "message", problem)) for problem in problems],
        _options(model) if settings is None else settings, terms,
    )  # fmt: skip
    parts: dict[str, tuple[str, str]] = {}
    for name, (heading, make) in SECTIONS.items():
        progress(heading)
        parts[name] = (heading, make(facts))
        if name == "calibration":
            progress("What matters")
            parts["importance"] = ("What matters: joints and moments", importance(facts, explained))
    return _page(title, facts, {name: part for name, part in parts.items() if part[1]})


def _options(model: Any) -> dict[str, Any]:
    """What `__init__` stored."""
    return {
        key: value
        for key, value in vars(model).items()
        if not key.startswith("_") and not key.endswith("_") and isinstance(value, str | int | float | bool | None)
    }


def _page(title: str, facts: Facts, parts: Mapping[str, tuple[str, str]]) -> str:
    css, script = (resources.files(__package__).joinpath(name).read_text("utf-8") for name in ("page.css", "films.js"))
    links = "".join(f'<a href="#{name}">{escape(heading)}</a>' for name, (heading, _) in parts.items())
    sections = "".join(
        f'<section id="{name}"><h2>{escape(heading)}</h2>{inside}</section>' for name, (heading, inside) in parts.items()
    )
    sheet = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><style>{css}</style>'
    head = f'<h1>{escape(title)}</h1><p class="quiet">Training report of Kinesics</p>{tiles(facts)}{warnings(facts)}'
    return (
        f'<!doctype html><html lang="en"><head>{sheet}<title>{escape(title)}: training report</title></head>'
        f"<body><main>{head}<nav>{links}</nav>{sections}</main><script>{script}</script></body></html>"
    )
