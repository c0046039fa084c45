"""From beliefs to actions: whatever is believed, ends come after starts, names last, and nothing grows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.actions.anticipation import NextActions
from kinesics.actions.onsets import ANCHORS, Onsets
from kinesics.actions.segments import NONE, Rules, Segmenter, Span


def rules(at_once: bool = False, classes: int = 3) -> Rules:
    each = np.ones(classes)
    return Rules(0.6 * each, at_once, 0.6 * each, 4.0 * each, 1.2 * each, 1.5, 4.0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**31), st.booleans(), st.sampled_from([10.0, 30.0]), st.floats(0.02, 2.0))
def test_whatever_is_believed_actions_follow_each_other(seed: int, at_once: bool, fps: float, pace: float) -> None:
    rng = np.random.default_rng(seed)
    segmenter = Segmenter(rules(at_once))
    done: list[Span] = []
    energy, belief = 0.5, np.full(3, 0.3)
    for k in range(int(20 * fps)):
        time = k / fps
        energy = float(np.clip(energy + rng.normal(0, pace), 0, 2))
        belief = np.clip(belief + rng.normal(0, pace, 3), 0, 1)
        share = belief / max(belief.sum(), 1.0)
        over, now = segmenter.step(time, energy, lambda since, p=share: p * (0.8 + 0.2 * (since % 1)))
        assert len(segmenter.onsets.anchors) <= ANCHORS
        for span in (over, now):
            assert span is None or (0 <= span.score <= 1 and span.start <= span.end <= time + 1e-9)
        if over is not None:
            done.append(Span(**vars(over)))
    for one, other in pairwise(done):
        if one.label != NONE:  # a motion without a name may go on, or get one
            assert one.end <= other.start + 0.5  # a name may be found to have begun a little before
    if not at_once:
        assert all(span.label == NONE or span.end > span.start for span in done)


def test_a_name_needs_time_to_come_and_to_go() -> None:
    segmenter = Segmenter(rules())
    beliefs = {0.0: [0.1, 0.1, 0.1], 1.0: [0.9, 0.05, 0.0], 1.6: [0.1, 0.1, 0.1], 1.7: [0.9, 0.0, 0.0], 3.0: [0.1, 0.1, 0.0]}
    said = []
    for k in range(150):
        time = k / 30
        belief = np.array(beliefs[max(t for t in beliefs if t <= time)])
        _, now = segmenter.step(time, 1.0, lambda since, b=belief: b)
        said.append((time, None if now is None else now.label))
    named = [time for time, label in said if label == 0]
    assert 1.15 <= named[0] <= 1.5, "not at the first good judgement"
    assert named[-1] > 3.2, "a blink of doubt and the first moment of a longer one change nothing"
    assert all(label == 0 for time, label in said if named[0] <= time <= named[-1])


def test_rest_ends_an_action_where_it_began() -> None:
    segmenter = Segmenter(rules())
    ended = None
    for k in range(150):
        time = k / 30
        over, _ = segmenter.step(time, 1.0 if 0.5 <= time < 2.5 else 0.01, lambda since: np.array([0.9, 0.0, 0.0]))
        ended = over or ended
    assert ended is not None and ended.end == pytest.approx(2.5, abs=0.07) and ended.start <= 0.5


def test_still_points_part_motions_and_old_ones_are_forgotten() -> None:
    onsets = Onsets()
    for k in range(600):
        time = k / 30
        onsets.update(time, 0.05 if time < 1 else abs(np.sin(np.pi * (time - 1) / 1.5)) + 0.02)
    assert onsets.moving and 2 <= len(onsets.anchors) <= ANCHORS
    onsets.follow(19.0, 18.5)
    assert all(anchor >= 18.5 for anchor in onsets.anchors)


def test_what_comes_next_is_learned_from_what_came() -> None:
    following = NextActions(["a", "b", "c"], [["a", "b", "a", "b"]])
    assert following.after("a") is not None and following.after("a")[0] == "b"  # type: ignore[index]
    assert following.after("c") is None
    for label in "caca":
        following.add(label)
    assert following.after("c")[0] == "a"  # type: ignore[index]
