from __future__ import annotations

import numpy as np
import pytest

from kinesics.viewer.playing import Drawn
from kinesics.viewer.tally import Tally

NOTHING = np.zeros((1, 1, 4), np.uint8)


def test_pictures_are_counted_as_they_go_by() -> None:
    tiers, took = [0, 0, 2, 2, 1], [0.01, 0.02, 0.03, 0.04, 0.05]
    pictures = [
        Drawn(float(n), NOTHING, tier, seconds, dropped=n % 2, late=n / 1000, over=seconds > 0.035)
        for n, (tier, seconds) in enumerate(zip(tiers, took, strict=True))
    ]
    tally = Tally()
    assert list(tally.counting(pictures)) == pictures
    found = tally.report()
    assert found["tiers"] == {"t0": 2, "t1": 1, "t2": 2} and found["tier_changes"] == 2
    assert found["over_budget"] == 0.4 and found["dropped"] == 2 and found["pictures"] == 5
    assert found["ms_p50"] == pytest.approx(30) and found["late_ms"] == pytest.approx(4)


def test_no_pictures_are_counted_too() -> None:
    found = Tally().report()
    assert found["pictures"] == 0 and found["over_budget"] == 0 and found["tiers"] == {}
