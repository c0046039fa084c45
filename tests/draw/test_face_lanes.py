from __future__ import annotations

import numpy as np
import pytest

from kinesics import UsageError
from kinesics.draw.face_lanes import FaceLane, Second, face_lanes

CUES = ("sharpness", "seam")


def page(score: float, people: int = 1, width: int = 1200) -> np.ndarray:
    seconds = [Second(t / 2, t / 2 + 1, score, {"sharpness": 4 * score}) for t in range(8)]
    views = [(1.0, np.full((96, 96, 3), 200, np.uint8))]
    lanes = [FaceLane(person, seconds, views) for person in range(people)]
    return face_lanes(lanes, title="clip: faces over time", note="a cue", cues=CUES, length=5.0, width=width)


def reddish(picture: np.ndarray) -> int:
    r, g, b = (picture[..., axis].astype(int) for axis in range(3))
    return int(((r > g + 60) & (r > b + 60)).sum())


def test_an_odd_face_is_drawn_in_red_and_a_usual_one_is_not() -> None:
    assert reddish(page(1.0)) > 5000
    assert reddish(page(0.0)) < 500


def test_each_face_takes_a_lane_and_beyond_twelve_they_are_counted() -> None:
    heights = [page(0.5, people).shape[0] for people in (0, 1, 2, 12, 14)]
    assert heights[0] == heights[1] < heights[2] < heights[3]
    assert 0 < heights[4] - heights[3] < 30


def test_a_page_too_narrow_is_refused() -> None:
    with pytest.raises(UsageError, match="640"):
        page(0.5, width=500)
