from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kinesics.video.clock import Clock


def run(raws: list[float | None], step: float = 0.04) -> tuple[list[float], list[str]]:
    notes: list[str] = []
    clock = Clock(step, notes.append)
    return [clock(raw) for raw in raws], notes


@pytest.mark.parametrize(
    ("raws", "times", "jumps"),
    [
        ([5.0, 5.04, 5.2, 9.0], [0, 0.04, 0.2, 4.0], 0),
        ([-1.0, -0.5, 0.5], [0, 0.5, 1.5], 0),
        ([0.0, None, 0.08], [0, 0.04, 0.08], 0),
        ([None, 0.04, 0.08], [0, 0.04, 0.08], 0),
        ([0.0, 0.04, 0.0, 0.04], [0, 0.04, 0.041, 0.042], 0),  # a step back of one frame is held
        ([0.0, 1.0, 2.0, 0.0, 1.0], [0, 1.0, 2.0, 2.04, 3.04], 1),  # a joined recording
        ([0.0, 0.04, 1e9, 1e9 + 0.04], [0, 0.04, 0.08, 0.12], 1),
        ([0.0, 0.04, 1e9, 0.12, 0.16], [0, 0.04, 0.08, 0.12, 0.16], 2),  # one frame with a wild time
        ([0.0, 0.0, 0.0], [0, 0.001, 0.002], 0),
        ([0.0, 0.0001, 0.0002], [0, 0.0001, 0.0002], 0),
        ([0.0, 599.0], [0, 599.0], 0),  # a long pause is a pause
    ],
)
def test_times_follow_the_timestamps_and_mend_their_faults(raws: list[float | None], times: list[float], jumps: int) -> None:
    got, notes = run(raws)
    assert np.allclose(got, times, atol=1e-6) and len(notes) == jumps


@given(st.lists(st.one_of(st.none(), st.floats(-1e12, 1e12)), min_size=1, max_size=60), st.floats(1e-6, 100))
def test_time_always_rises(raws: list[float | None], step: float) -> None:
    times, _ = run(raws, step)
    assert times[0] == 0 and all(a < b and math.isfinite(b) for a, b in itertools.pairwise(times))


def test_reconnect_goes_on_after_the_gap() -> None:
    clock = Clock(0.04, lambda text: None)
    clock(100.0), clock(100.04)
    clock.resume(3.0)
    assert clock(7.0) == pytest.approx(3.04) and clock(7.04) == pytest.approx(3.08)
