"""Shots as rows, with a picture each; and what is kept of a shot before anybody knows its end."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from kinesics.batch import Config, process
from kinesics.batch.cutting import LAG
from kinesics.batch.spreading import Spread
from kinesics.video import VideoWriter

COLOURS = ((200, 60, 50), (60, 180, 70), (60, 80, 200))


@pytest.fixture(scope="module")
def three_shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2 s of mostly red, 1.6 s of green, 3 s of blue, 25 a second, with cuts in between."""
    place = tmp_path_factory.mktemp("shots") / "three.mp4"
    rng = np.random.default_rng(1)
    with VideoWriter(place) as writer:
        count = 0
        for colour, frames in zip(COLOURS, (50, 40, 75), strict=True):
            blotches = cv2.resize(rng.normal(0, 30, (9, 12, 3)).astype(np.float32), (320, 240)) + np.array(colour)
            for _ in range(frames):
                writer.write(np.clip(blotches, 0, 255).astype(np.uint8), count / 25)
                count += 1
    return place


def rows_of(path: Path, config: Config, kind: str = "shots") -> list[dict[str, Any]]:
    return [row[kind] for batch in process([str(path)], config) for row in batch.to_pylist() if row["kind"] == kind]


def test_each_shot_is_a_row_with_a_picture_of_its_middle(three_shots: Path) -> None:
    rows = rows_of(three_shots, Config(jobs=("shots",)))
    assert [row["shot"] for row in rows] == [0, 1, 2]
    assert [row["start"] for row in rows] == pytest.approx([0, 2, 3.6], abs=0.03)
    assert [row["frames"] for row in rows] == [50, 40, 75]
    assert [row["before"] for row in rows] == ["start", "cut", "cut"] and all(0 <= row["score"] <= 1 for row in rows)
    for row, colour in zip(rows, COLOURS, strict=True):
        picture = cv2.cvtColor(cv2.imdecode(np.frombuffer(row["picture"], np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        assert picture.shape == (120, 160, 3)
        assert np.abs(picture.mean((0, 1)) - colour).max() < 25


def test_the_rows_are_the_same_each_time(three_shots: Path) -> None:
    config = Config(jobs=("shots",))
    assert rows_of(three_shots, config) == rows_of(three_shots, config)


def test_without_pictures_nothing_of_the_pixels_is_kept(three_shots: Path) -> None:
    assert [row["picture"] for row in rows_of(three_shots, Config(jobs=("shots",), pictures=False))] == [None] * 3


def test_a_still_is_one_shot_with_its_picture(tmp_path: Path) -> None:
    place = tmp_path / "still.png"
    cv2.imwrite(str(place), np.full((90, 300, 3), 128, np.uint8))
    (row,) = rows_of(place, Config(jobs=("shots",)))
    assert (row["shot"], row["start"], row["frames"], row["before"]) == (0, 0.0, 1, "start")
    assert cv2.imdecode(np.frombuffer(row["picture"], np.uint8), cv2.IMREAD_COLOR).shape == (48, 160, 3)


def test_a_spread_is_even_however_long_the_shot() -> None:
    spread: Spread[int] = Spread(8, 0.1)
    for i in range(30_000):
        spread.add(i / 25, lambda i=i: i)  # type: ignore[misc]
        assert len(spread._old) + len(spread._recent) <= 2 * 8 + 1 + (LAG + 0.5) / 0.1
    kept = spread.take(0.0, 1199.0)
    gaps = np.diff([0.0, *(time for time, _ in kept), 1199.0])
    assert len(kept) == 8 and gaps.max() < 2.5 * 1199 / 8
    assert all(number == round(time * 25) for time, number in kept)


def test_a_short_shot_after_a_long_one_has_its_own() -> None:
    spread: Spread[float] = Spread(4, 0.1)
    for i in range(5000):
        spread.add(i * 0.04, lambda i=i: i * 0.04)  # type: ignore[misc]
    spread.take(0.0, 198.5)
    kept = spread.take(198.5, 199.1)
    assert len(kept) == 4 and all(198.5 <= time < 199.1 for time, _ in kept)


@pytest.mark.data
def test_cuts_and_fades_of_a_film_of_real_clips_are_found(data: Path, tmp_path: Path) -> None:
    sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
    try:
        from corpora.films import film, shot_f1
    finally:
        sys.path.pop(0)
    clips = sorted((data / "video" / "asl").glob("*.mkv"))[::2] + [data / "video" / "tfjs" / "pose_1.mp4"]
    assert os.path.exists(clips[-1])
    truth = film(clips, tmp_path / "film.mp4", seed=5, cuts=3, fades=3, size=(256, 192))
    rows = rows_of(tmp_path / "film.mp4", Config(jobs=("shots",), pictures=False))
    assert len(truth) == 6 and sum(one["kind"] == "cut" for one in truth) == 3
    assert shot_f1([row["start"] for row in rows[1:]], truth)["f1"] >= 0.9


def test_boundaries_count_once_and_within_their_tolerance() -> None:
    sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
    try:
        from corpora.films import shot_f1
    finally:
        sys.path.pop(0)
    truth = [{"time": 2.0, "start": 2.0, "end": 2.0}, {"time": 5.5, "start": 5.0, "end": 6.0}]
    assert shot_f1([2.2, 6.2], truth)["f1"] == 1.0
    assert shot_f1([2.3, 5.1, 5.9], truth)["f1"] == pytest.approx(2 / 5)
    assert shot_f1([], [])["f1"] == 1.0 and shot_f1([], truth)["f1"] == 0.0
