"""Training as a picture in the terminal: the confusion as a small grid of colours, loss and accuracy as lines of blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import Array

if TYPE_CHECKING:
    from rich.console import Console, Group
    from rich.text import Text

__all__ = ["TrainingPicture", "grid", "mistakes", "sparkline"]

BLOCKS = "▁▂▃▄▅▆▇█"
RIGHT, WRONG, EMPTY = (60, 190, 110), (235, 80, 60), (38, 40, 44)
NAME = 18  # letters of a label


def sparkline(values: Sequence[float], width: int = 40) -> str:
    """The last values as blocks between the least and the most of them; a missing value is a blank.

    >>> sparkline([0, 1, 2, 3])
    '▁▃▆█'
    """
    last = np.array([np.nan if value is None else value for value in values], float)[-width:]
    known = last[np.isfinite(last)]
    if not len(known):
        return ""
    low, span = known.min(), max(float(known.max() - known.min()), 1e-9)
    return "".join(BLOCKS[round((value - low) / span * 7)] if np.isfinite(value) else " " for value in last)


def grid(confusion: Array, names: Sequence[str], width: int, height: int) -> list[Text]:
    """Lines of the confusion, a row a true label: green where it was known, red where it was taken for another.

    Args:
        confusion: (c, c) counts, rows are what it was.
        names: c labels.
        width: columns of the terminal; cells are one or two letters wide, as fits.
        height: rows; where there are more labels, those with most mistakes are shown.
    """
    from rich.text import Text

    counts = np.asarray(confusion, float)
    share = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    wrong = counts.sum(1) - np.diag(counts)
    shown = range(len(names)) if len(names) <= height else sorted(np.argsort(-wrong, kind="stable")[:height].tolist())
    letters = min(NAME, max(map(len, names), default=0))
    cell = 2 if letters + 8 + 2 * len(names) <= width else 1
    columns = max((width - letters - 8) // cell, 1)
    lines = []
    for row in shown:
        line = Text(f"{_cut(names[row], letters):>{letters}} ")
        for column, value in enumerate(share[row][:columns]):
            line.append(" " * cell, style=f"on rgb({','.join(map(str, _tone(value, row == column)))})")
        seen = counts[row].sum()
        line.append(f" {share[row, row]:4.0%}" if seen else "    –", style="dim")
        lines.append(line)
    return lines


def mistakes(confusion: Array, names: Sequence[str], most: int = 3) -> str:
    """The labels most often taken for others, in words.

    >>> mistakes(np.array([[5, 2], [0, 7]]), ["wave", "clap"])
    'wave taken for clap 2x'
    """
    counts = np.array(confusion)
    np.fill_diagonal(counts, 0)
    rows, columns = np.unravel_index(np.argsort(-counts, axis=None, kind="stable")[:most], counts.shape)
    found = [(names[r], names[c], counts[r, c]) for r, c in zip(rows, columns, strict=True) if counts[r, c] > 0]
    return ", ".join(f"{true} taken for {taken} {n}x" for true, taken, n in found)


def _tone(share: float, right: bool) -> tuple[int, ...]:
    """From dark to green or red; half a share is already bright, so that single mistakes are seen."""
    strength = float(np.sqrt(share))
    return tuple(
        round(dark + (bright - dark) * strength) for dark, bright in zip(EMPTY, RIGHT if right else WRONG, strict=True)
    )


def _cut(name: str, most: int) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


class TrainingPicture:
    """Draws what training tells, over and over, in one place of the terminal; `show` opens it."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        self.names = list(names)
        self.losses: list[float] = []
        self.accuracies: list[float] = []
        self.info: dict[str, Any] = {}
        self.confusion: Array | None = None
        self.held_out = True
        self.words = ""

    def add(self, info: dict[str, Any]) -> None:
        """Take what one step of training told; a new phase begins new lines."""
        if info.get("phase") != self.info.get("phase"):
            self.losses, self.accuracies = [], []
        self.info = info
        for name, values in (("loss", self.losses), ("accuracy", self.accuracies)):
            value = info.get(name)
            values.append(float("nan") if value is None else float(value))
        if info.get("confusion") is not None:
            self.confusion, self.held_out = np.asarray(info["confusion"]), bool(info.get("held_out", True))
        if info.get("classes"):
            self.names = list(info["classes"])

    def picture(self, width: int, height: int) -> Group:
        """The whole picture, fit for a terminal of this size."""
        from rich.console import Group
        from rich.text import Text

        room = max(min(40, width - 34), 8)
        lines = [Text(self._where())]
        for name, values in (("loss", self.losses), ("accuracy", self.accuracies)):
            known = [value for value in values if np.isfinite(value)]
            if known:
                number = f"{known[-1]:.1%}" if name == "accuracy" else f"{known[-1]:.3f}"
                lines.append(Text.assemble(f"{name:>8} ", (sparkline(values, room), "cyan"), f" {number}"))
        if self.confusion is not None and len(self.names) == len(self.confusion):
            lines.append(Text("clips held out" if self.held_out else "clips it learns from", style="dim"))
            lines += grid(self.confusion, self.names, width, max(height - len(lines) - 4, 1))
            lines.append(Text(_cut(mistakes(self.confusion, self.names), width - 1), style="dim"))
        if self.words:
            lines.append(Text(_cut(self.words, width - 1), style="bold"))
        for line in lines:
            line.no_wrap, line.overflow = True, "crop"
        return Group(*lines[: max(height - 1, 1)])

    def tell(self, words: str) -> None:
        """Show a line of words below the picture, from the next step on."""
        self.words = words

    def _where(self) -> str:
        step, steps, seconds = (self.info.get(name) for name in ("step", "steps", "seconds"))
        words = [str(self.info.get("phase") or "training")] + (
            [f"{step} of {steps}" if steps else f"{step}"] if step is not None else []
        )
        return "  ".join(words + ([f"{seconds:.0f} s"] if seconds is not None else []))

    @contextmanager
    def show(self, console: Console | None = None) -> Iterator[Callable[[dict[str, Any]], None]]:
        """A function that takes each step and draws it on stderr, from the first on, four times a second at most."""
        from rich.console import Console
        from rich.live import Live

        screen = console or Console(stderr=True)
        live = Live(console=screen, refresh_per_second=4, transient=True, redirect_stdout=False, redirect_stderr=False)

        def step(info: dict[str, Any]) -> None:
            self.add(info)
            live.update(self.picture(screen.width, screen.height))
            if not live.is_started:
                live.start(refresh=True)

        try:
            yield step
        finally:
            live.stop()
