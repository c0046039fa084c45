"""The picture of what matters: colours keep their promise, whatever the body."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.draw.importance import AGAINST, FOR, NEUTRAL, importance, importance_color
from kinesics.errors import ShapeError
from kinesics.testing import made_clips


def test_colours_run_from_against_over_neutral_to_for() -> None:
    assert importance_color(1) == FOR and importance_color(-1) == AGAINST and importance_color(0) == NEUTRAL
    assert importance_color(9) == FOR and importance_color(float("nan")) == NEUTRAL
    reds = [importance_color(v)[0] - importance_color(v)[2] for v in np.linspace(-1, 1, 9)]
    assert reds == sorted(reds)


def share_of(picture: np.ndarray, color: tuple[int, int, int]) -> float:
    return float((np.abs(picture.astype(int) - color).max(-1) <= 12).mean())


@pytest.mark.parametrize("joints,dims,people", [("kinect20", 3, 1), ("coco17", 2, 2), ("blazepose33", 2, 1)])
def test_what_matters_is_drawn_in_the_colour_that_says_so(joints: str, dims: int, people: int) -> None:
    (clip,), _, _ = made_clips(1, ["raise_right"], joints=joints, dims=dims, people=people, missing=0.1)
    t, _, k = clip.scores.shape
    speaking, against = (
        importance(clip.points, sign * np.ones(k), sign * np.ones(t), clip.times, clip.skeleton, title="raise_right", width=600)
        for sign in (1, -1)
    )
    assert speaking.shape == against.shape == (260, 600, 3) and speaking.dtype == np.uint8
    assert share_of(speaking, FOR) > 0.1 > 0.01 > share_of(speaking, AGAINST)
    assert share_of(against, AGAINST) > 0.1 > 0.01 > share_of(against, FOR)


def test_nothing_matters_nobody_seen_and_one_moment_are_drawn_too() -> None:
    (clip,), _, _ = made_clips(1, ["march"])
    for points, times in (
        (clip.points, clip.times),
        (np.full_like(clip.points, np.nan), clip.times),
        (clip.points[:1], clip.times[:1]),
    ):
        shown = importance(points, np.zeros(20), np.zeros(len(times)), times, clip.skeleton, title="a" * 300, width=500)
        assert shown.shape[1] == 500 and share_of(shown, FOR) < 0.01


def test_arrays_that_do_not_fit_are_refused() -> None:
    (clip,), _, _ = made_clips(1, ["march"])
    with pytest.raises(ShapeError, match="importance: points"):
        importance(clip.points, np.zeros(19), np.zeros(len(clip)), clip.times, clip.skeleton)
