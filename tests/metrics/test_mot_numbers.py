from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kinesics.errors import ShapeError
from kinesics.metrics.mot import mot_counts
from kinesics.types import People

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "mot.json").read_text("utf-8"))


def people(rows: list[list[int]]) -> People:
    table = np.array(rows, float).reshape(-1, 5)
    return People.from_boxes(table[:, 1:], np.ones(len(table)), table[:, 0])


def sequence(case: dict[str, Any], side: str) -> list[People]:
    return [people(rows) for rows in case[side]]


@pytest.mark.parametrize("name", GOLDEN)
def test_numbers_equal_the_reference_packages(name: str) -> None:
    case = GOLDEN[name]
    numbers = mot_counts(sequence(case, "truth"), sequence(case, "found")).numbers()
    for key, expected in case["numbers"].items():
        assert numbers[key] == pytest.approx(0 if np.isnan(expected) else expected, abs=1e-6), key


def test_sequences_add_up() -> None:
    counts = [mot_counts(sequence(GOLDEN[n], "truth"), sequence(GOLDEN[n], "found")) for n in ("few", "many")]
    both, parts = (counts[0] + counts[1]).numbers(), [c.numbers() for c in counts]
    for key in ("frames", "id_switches", "misses", "false_boxes", "people"):
        assert both[key] == parts[0][key] + parts[1][key]
    for key in ("MOTA", "IDF1", "HOTA"):
        assert min(p[key] for p in parts) <= both[key] <= max(p[key] for p in parts)


def test_rows_without_an_id_do_not_count() -> None:
    truth = [people([[1, 0, 0, 40, 90]])]
    found = [people([[1, 0, 0, 40, 90], [-1, 200, 0, 240, 90]])]
    assert mot_counts(truth, found).numbers()["MOTA"] == 100


def test_a_switch_after_a_gap_counts_once() -> None:
    box = [0, 0, 40, 90]
    truth = [people([[1, *box]])] * 5
    found = [people([[7, *box]]), people([]), people([[8, *box]]), people([[8, *box]]), people([[8, *box]])]
    numbers = mot_counts(truth, found).numbers()
    assert (numbers["id_switches"], numbers["fragments"], numbers["misses"]) == (1, 1, 1)


def test_an_id_twice_in_a_frame_is_refused() -> None:
    with pytest.raises(ShapeError, match="frame 0 has an id more than once"):
        mot_counts([people([])], [people([[1, 0, 0, 4, 9], [1, 9, 9, 14, 19]])])


def test_unequal_lengths_are_refused() -> None:
    with pytest.raises(ShapeError, match="equally many frames"):
        mot_counts([people([])], [])


def test_nobody_at_all_is_fine() -> None:
    numbers = mot_counts([people([])] * 3, [people([])] * 3).numbers()
    assert numbers["IDF1"] == numbers["HOTA"] == numbers["MOTA"] == 0
