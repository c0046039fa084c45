"""The bundled clip through the whole chain, against what it gave when it was last looked at with care.

`make golden` writes `golden/demo.json` anew; ids, times and joints are compared, joints within a tolerance, since another
processor rounds differently.
"""

from __future__ import annotations

import json
import os
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from kinesics import watch
from kinesics.weights import find

GOLDEN = Path(__file__).parent / "golden" / "demo.json"
EVERY, FRAMES, TOLERANCE = 15, 121, 6.0  # pixels of 1768


@pytest.mark.parametrize("tier", ["fast", "balanced"])
def test_golden_demo_gives_the_same_people(tier: str) -> None:
    scenes = list(islice(watch(find("demo_clip"), pose=tier), FRAMES))[::EVERY]
    now = [
        {
            "index": s.index,
            "time": round(s.time, 4),
            "ids": s.people.ids.tolist(),
            "points": np.round(s.people.points.astype(float), 1).tolist(),
            "sure": (s.people.point_scores > 0.3).tolist(),
        }
        for s in scenes
    ]
    table = json.loads(GOLDEN.read_text("utf-8")) if GOLDEN.exists() else {}
    if os.environ.get("KINESICS_GOLDEN") == "write":
        GOLDEN.write_text(json.dumps(table | {tier: json.loads(json.dumps(now).replace("NaN", "null"))}) + "\n", "utf-8")
        return
    for was, is_now in zip(table[tier], now, strict=True):
        assert (was["index"], was["time"], was["ids"]) == (is_now["index"], is_now["time"], is_now["ids"])
        sure = np.array(was["sure"], bool) & np.array(is_now["sure"], bool)
        a, b = (np.array(row["points"], float) for row in (was, is_now))
        assert sure.sum() >= 0.8 * np.array(was["sure"], bool).sum()
        if sure.any():
            assert np.quantile(np.abs(a[sure] - b[sure]), 0.95) < TOLERANCE
