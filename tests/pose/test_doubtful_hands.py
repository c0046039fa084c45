from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.errors import UsageError
from kinesics.pose import drop_doubtful_hands
from kinesics.pose.adapting import whole_body
from kinesics.types import PoseSequence, skeleton

WHOLE = skeleton("wholebody133")


@given(st.integers(0, 999), st.floats(0.05, 0.9))
@settings(max_examples=25, deadline=None)
def test_hands_are_kept_as_a_whole_or_not_at_all_and_the_rest_as_it_is(seed: int, level: float) -> None:
    rng = np.random.default_rng(seed)
    scores = np.clip(rng.normal(level, 0.15, (8, 2, 133)), 0, 1)
    clip = PoseSequence(rng.uniform(0, 400, (8, 2, 133, 2)), scores, np.arange(8), WHOLE)
    kept = drop_doubtful_hands(clip)
    assert np.array_equal(kept.scores[..., :91], clip.scores[..., :91])
    for hand in (slice(91, 112), slice(112, 133)):
        count = (kept.scores[..., hand] > 0).sum(axis=-1)
        assert ((count == 0) | (count > 10)).all()
        there = kept.scores[..., hand] > 0
        assert np.array_equal(kept.scores[..., hand][there], clip.scores[..., hand][there])
    assert drop_doubtful_hands(kept) == kept and drop_doubtful_hands(clip.person(1)) == kept.person(1)


def test_a_palm_that_the_body_tells_stays() -> None:
    blaze = skeleton("blazepose33")
    clip = PoseSequence(np.random.default_rng(0).uniform(0, 300, (3, 1, 33, 2)), np.full((3, 1, 33), 0.9), np.arange(3), blaze)
    whole = whole_body(clip)
    assert drop_doubtful_hands(whole) == whole and (whole.scores[..., 91:] > 0).sum() == 3 * 2 * 5
    with pytest.raises(UsageError, match="wholebody133"):
        drop_doubtful_hands(clip)
