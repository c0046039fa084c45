"""The page of a coach's session."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics.draw.session import BAD, GOOD, Row, session_picture
from kinesics.errors import UsageError

CURVE = [(t / 10, 120 + 50 * np.cos(t / 8)) for t in range(200)]
ROWS = [
    Row(1, 1.0, 2.5, 4.0, True, ("1.0 – 4.0 s", "70° – 170°", "96%"), (1.0, 0.5, 1.5)),
    Row(2, 6.0, 7.5, 9.0, False, ("6.0 – 9.0 s", "112° – 170°", ""), (1.0, 0.5, 1.5), "not deep enough: 112° of 100° needed"),
    Row(3, 12.0, 13.0, 14.0, None, ("12.0 – 14.0 s", "", ""), (), "the recording ends before it is finished"),
]


def _near(picture: np.ndarray, color: tuple[int, int, int]) -> int:
    return int((np.abs(picture.astype(int) - color).max(2) < 12).sum())


def test_what_counts_is_green_and_what_does_not_is_red() -> None:
    picture = session_picture("squat", summary="1 repetition", curve=CURVE, measure="knee", rows=ROWS, levels=[("bottom", 100)])
    assert picture.shape[1:] == (1600, 3) and picture.dtype == np.uint8
    only_good = session_picture("squat", curve=CURVE, measure="knee", rows=ROWS[:1])
    assert _near(picture, GOOD) > 300 and _near(picture, BAD) > 300
    assert _near(only_good, GOOD) > 300 and _near(only_good, BAD) == 0


def test_the_page_grows_with_its_rows_up_to_a_bound() -> None:
    heights = [session_picture("x", curve=CURVE, rows=ROWS[:1] * n).shape[0] for n in (0, 1, 10, 40, 400)]
    assert heights == sorted(heights) and heights[1] < heights[2] < heights[3]
    assert heights[4] - heights[3] < 60


@pytest.mark.parametrize("curve", [[], [(0.0, float("nan"))], [(0.0, 5.0)], [(0.0, 1.0), (3600.0, 1.0)]])
def test_odd_curves_are_drawn(curve: list[tuple[float, float]]) -> None:
    assert session_picture("plank", curve=curve, unit="", notes=[("next", "word " * 90)]).shape[1] == 1600


def test_it_is_written_where_wanted(tmp_path: Path) -> None:
    session_picture("squat", curve=CURVE, rows=ROWS, path=tmp_path / "page.png", width=900)
    assert (tmp_path / "page.png").stat().st_size > 5000
    with pytest.raises(UsageError, match="at least 480"):
        session_picture("squat", width=100)
