from __future__ import annotations

import io

import numpy as np
import pytest
from rich.console import Console

from kinesics.cli.confusion import TrainingPicture, grid, mistakes, sparkline

NAMES = [f"action {i}" for i in range(12)]


def counts(n: int = 12) -> np.ndarray:
    there = np.eye(n, dtype=int) * 4
    there[3, 5] = 4
    there[7] = 0
    return there


def test_a_row_a_label_with_its_share() -> None:
    lines = [line.plain for line in grid(counts(), NAMES, 80, 40)]
    assert len(lines) == 12 and lines[0].strip().startswith("action 0") and lines[0].endswith("100%")
    assert lines[3].endswith(" 50%") and lines[7].endswith("–")


def test_right_is_green_and_wrong_is_red() -> None:
    line = grid(counts(), NAMES, 80, 40)[3]
    tones = [tuple(map(int, str(span.style)[7:-1].split(","))) for span in line.spans if str(span.style).startswith("on rgb")]
    assert len(tones) == 12
    assert tones[3][1] > tones[3][0] and tones[5][0] > tones[5][1] and max(tones[0]) < 60


@pytest.mark.parametrize(("width", "height"), [(20, 5), (40, 8), (80, 24), (200, 60)])
def test_the_picture_fits_the_terminal(width: int, height: int) -> None:
    picture = TrainingPicture()
    for step in range(70):
        picture.add({"step": step, "steps": 70, "seconds": 1.0, "loss": 1 / (step + 1), "accuracy": step / 70, "classes": NAMES,
                     "confusion": counts()})  # fmt: skip
    picture.tell("ending here, the best so far is kept; Ctrl-C again leaves without it")
    console = Console(file=io.StringIO(), width=width, height=height, force_terminal=False)
    lines = console.render_lines(picture.picture(width, height), pad=False)
    assert len(lines) <= height
    assert all(sum(segment.cell_length for segment in line) <= width for line in lines)


def test_where_there_is_no_room_the_labels_with_most_mistakes_are_shown() -> None:
    shown = [line.plain for line in grid(counts(), NAMES, 80, 2)]
    assert len(shown) == 2 and any(line.strip().startswith("action 3") for line in shown)


def test_a_new_phase_begins_new_lines_and_nothing_told_is_no_failure() -> None:
    picture = TrainingPicture()
    picture.picture(80, 24)
    picture.add({"phase": "trial", "loss": 3.0})
    picture.add({"phase": "trial", "loss": None})
    picture.add({"phase": "final", "loss": 2.0, "confusion": counts()})
    assert picture.losses == [2.0] and picture.confusion is not None
    for held_out, words in ((True, "clips held out"), (False, "clips it learns from")):
        picture.add({"phase": "final", "confusion": counts(), "classes": NAMES, "held_out": held_out})
        console = Console(file=io.StringIO(), width=80, height=24, force_terminal=False)
        console.print(picture.picture(80, 24))
        assert words in console.file.getvalue()  # type: ignore[attr-defined]


def test_a_line_of_blocks_goes_from_least_to_most() -> None:
    assert sparkline([3, 1, 2]) == "█▁▅" and sparkline([1, float("nan"), 1]) == "▁ ▁" and sparkline([]) == ""
    assert len(sparkline(list(range(500)), 30)) == 30


def test_mistakes_are_told_most_frequent_first() -> None:
    assert (
        mistakes(np.array([[5, 2, 0], [1, 7, 4], [0, 0, 3]]), ["a", "b", "c"])
        == "b taken for c 4x, a taken for b 2x, b taken for a 1x"
    )
    assert mistakes(np.eye(3), ["a", "b", "c"]) == ""
