"""Laws of the estimate: it is right on average whatever clips differ in, and its interval holds what it says."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.batch.estimating import _mean, _sample
from kinesics.batch.listing import Found


def corpus(seed: int, number: int) -> list[Found]:
    sizes = np.random.default_rng(seed).lognormal(15, 1.5, number).astype(int)
    return [Found(f"/{i}.mp4", int(size)) for i, size in enumerate(sorted(sizes, reverse=True))]


@pytest.mark.parametrize("number", [1, 5, 8, 9, 40, 3000])
def test_draws_are_as_many_as_asked_and_chances_sum_to_one(number: int) -> None:
    clips = corpus(number, number)
    assert len(_sample(clips, 8)) == min(number, 8)
    assert sum(one.chance for one in _sample(clips, number)) == pytest.approx(1)


def test_clips_without_bytes_are_drawn_like_the_others() -> None:
    assert len(_sample([Found(f"/{i}", 0) for i in range(50)], 8)) == 8


def test_when_all_clips_are_tried_the_estimate_is_their_sum() -> None:
    clips = corpus(1, 6)
    cost = {clip.path: float(i + 1) for i, clip in enumerate(clips)}
    drawn = _sample(clips, 8)
    value, low, high = _mean([cost[one.path] / one.chance for one in drawn], [one.chance for one in drawn])
    assert value == pytest.approx(21) and low is not None and high is not None and low <= value <= high


def test_costs_by_bytes_with_something_for_each_clip_are_estimated_nine_times_of_ten() -> None:
    held, values = 0, []
    for seed in range(200):
        clips = corpus(seed, 500)
        rng = np.random.default_rng(seed)
        cost = {clip.path: 0.3 + clip.size / 1e6 * rng.lognormal(0, 0.7) for clip in clips}
        drawn = _sample(clips, 8)
        value, low, high = _mean([cost[one.path] / one.chance for one in drawn], [1.0] * len(drawn))
        truth = sum(cost.values())
        held += low is not None and high is not None and low <= truth <= high
        values.append(value / truth)
    assert held / 200 > 0.8 and np.mean(values) == pytest.approx(1, abs=0.06)


def test_one_draw_tells_nothing_of_the_others() -> None:
    assert _mean([3.0], [1.0]) == (3.0, None, None)
