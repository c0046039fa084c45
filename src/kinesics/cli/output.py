"""What a command says: words to stderr, results to stdout, progress where somebody looks at it.

`--json` prints one JSON object as the last line of stdout. `--progress json` turns words and steps into JSON lines on stderr.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Protocol

import typer

from ..errors import SinkError

__all__ = ["Json", "Output", "Progress", "ProgressOption", "Quiet", "folder_for", "plain", "report"]


class Progress(StrEnum):
    """How progress is shown."""

    auto = "auto"
    json = "json"
    none = "none"


# The options that commands share; use them as types of parameters.
Json = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object, the last line.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but results and errors.")]
ProgressOption = Annotated[
    Progress,
    typer.Option("--progress", help="auto: a bar on a terminal; json: a JSON line a step on stderr.", show_choices=True),
]


class Bar(Protocol):
    """What `Output.steps` gives: call it once a step."""

    def __call__(self, done: float, **facts: Any) -> None:
        """So much is done, of the total; `facts` are added to the JSON line."""
        ...


class Output:
    """One command's voice.

    Args:
        as_json: the result is for machines.
        progress: how steps are shown.
        quiet: no words, no bar.
    """

    def __init__(self, as_json: bool = False, progress: Progress = Progress.auto, quiet: bool = False) -> None:
        self.as_json, self.progress, self.quiet = as_json, progress, quiet

    def say(self, words: str) -> None:
        """A line of words for people, on stderr."""
        if not self.quiet:
            self._err(json.dumps({"say": words}, ensure_ascii=False) if self.progress is Progress.json else words)

    def result(self, values: Mapping[str, Any], words: str | None = None) -> None:
        """The outcome, on stdout: `values` as one JSON object with `--json`, else `words`, else one line a value."""
        if self.as_json:
            print(json.dumps(plain(values), ensure_ascii=False, allow_nan=False))
        elif words is not None:
            print(words)
        else:
            width = max((len(key) for key in values), default=0)
            for key, value in values.items():
                print(f"{key:{width}}  {_show(value)}")

    @contextmanager
    def steps(self, total: float | None, words: str) -> Iterator[Bar]:
        """A bar over `total` (frames, seconds, files; None when nobody knows), as a function to call with what is done."""
        if self.progress is Progress.json:
            yield self._json_bar(total, words)
        elif self.progress is Progress.auto and not self.quiet and sys.stderr.isatty():
            with _rich_bar(total, words) as bar:
                yield bar
        else:
            yield _no_bar

    def _json_bar(self, total: float | None, words: str) -> Bar:
        def bar(done: float, **facts: Any) -> None:
            self._err(json.dumps(plain({"step": words, "done": done, "total": total, **facts}), allow_nan=False))

        return bar

    @staticmethod
    def _err(line: str) -> None:
        print(line, file=sys.stderr, flush=True)


def _no_bar(done: float, **facts: Any) -> None:
    return None


@contextmanager
def _rich_bar(total: float | None, words: str) -> Iterator[Bar]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[facts]}"), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as screen:
        task = screen.add_task(words, total=total, facts="")
        shown = 0.0

        def bar(done: float, **facts: Any) -> None:
            nonlocal shown
            now = time.monotonic()
            if now - shown > 0.1:  # a hundred steps a second are not for the eye
                shown, of = now, facts.pop("of", None) or total  # who counts may know the total later than who shows
                screen.update(task, completed=done, total=of, facts="  ".join(f"{k} {_show(v)}" for k, v in facts.items()))

        yield bar


def report(values: Mapping[str, Any], as_json: bool, weights: tuple[str, ...] = ()) -> None:
    """A measurement: its numbers, then the machine, the versions, the weights it used and the command."""
    from ..bench.provenance import provenance

    Output(as_json).result({**values, **provenance(weights)})


def folder_for(place: Path) -> Path:
    """A folder that is there now: found out before the work that fills it.

    Raises:
        SinkError: it cannot be made.
    """
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SinkError(f"{place}: this folder cannot be made: {error.strerror or error}; choose another place") from error
    return place


def plain(value: Any) -> Any:
    """The same, of nothing but what JSON knows: arrays become lists, paths strings, NaN and infinity null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):  # numpy's arrays and numbers
        return plain(value.tolist())
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _show(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_show(item)}" for key, item in value.items())
    return str(value)
