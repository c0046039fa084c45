from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics.bench.masks import KINDS, bench_masks, made_picture
from kinesics.errors import SourceError
from kinesics.video import load_image, save_image


def test_the_made_picture_shows_six_people_to_both(tmp_path: Path) -> None:
    path = made_picture(tmp_path / "a.jpg")
    assert load_image(path).shape == (3000, 4000, 3)
    for kind in KINDS.values():
        record = kind()(str(path))
        assert len(record["annotations"]) == 6
        areas = [row["area"] for row in record["annotations"]]
        assert min(areas) > 150_000 and max(areas) < 400_000
        middles = sorted(row["bbox"][0] + row["bbox"][2] / 2 for row in record["annotations"])
        assert np.allclose(middles, (np.arange(6) + 0.5) * 4000 / 6, atol=250)


def test_a_picture_of_ones_own_is_measured(tmp_path: Path) -> None:
    save_image(tmp_path / "a.png", np.zeros((60, 80, 3), np.uint8))
    found = bench_masks(tmp_path / "a.png", repeats=1, peer=False)
    assert found["people"] == 0 and found["seconds_per_image"] > 0 and found["peak_rss_mb"] > 50
    assert (found["width"], found["height"]) == (80, 60) and "ratio_seconds" not in found
    with pytest.raises(SourceError):
        bench_masks(tmp_path)
