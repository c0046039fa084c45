"""Postures held against labels: the labels themselves, and how time is counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kinesics.errors import FormatError
from kinesics.evaluate.postures import BODY, GESTURES, Tally, evaluate_postures, labelled_clips


def test_labels_are_sound() -> None:
    clips = labelled_clips()
    assert {clip.part for clip in clips} == {"development", "report"}
    assert len({clip.file for clip in clips}) == len(clips) and all(clip.sha256 for clip in clips)
    for clip in clips:
        for span in clip.spans:
            assert 0 <= span.start < span.end
            assert span.body is None or span.body in BODY
            assert span.gesture is None or span.gesture in ("", *GESTURES)
            assert span.path.shape[1] == 3 and np.all(np.diff(span.path[:, 0]) > 0)


def test_f1_counts_seconds() -> None:
    tally = Tally()
    for truth, told, seconds in (("a", "a", 3.0), ("a", "b", 1.0), ("b", "b", 2.0), (None, "a", 9.0)):
        tally.add(truth, told, seconds)
    assert tally.f1("a") == pytest.approx(2 * 3 / (4 + 3))
    assert tally.f1("b") == pytest.approx(2 * 2 / (2 + 3))
    assert tally.f1("c") is None
    assert (tally + tally).f1("a") == tally.f1("a") and (tally + tally).frames == 6


def test_made_people_alone_are_evaluated_and_told_well() -> None:
    values = evaluate_postures(seeds=[1000])
    assert values["postures_f1_macro"] > 0.85
    assert 0.8 < values["postures_f1_macro_made_depth"] <= 1
    assert values["frames"] > 3000 and values["hours"] == 0


def test_a_folder_without_the_clips_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="expected the labelled clips"):
        evaluate_postures(tmp_path, lambda clip: [])
