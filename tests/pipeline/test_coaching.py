"""The coach on a real clip, against what was seen by eye before it ever ran."""

from __future__ import annotations

from pathlib import Path

import pytest

# Looked at frame by frame (65 frames, 5 a second). start: the hips begin to sink; bottom: they are lowest; end: upright again.
# A third squat begins at 10.1 s, is lowest at 11.8 s, and the clip ends at 12.8 s when she is half way up.
SQUATS = ((0.5, 2.1, 3.6), (5.25, 6.8, 8.3))
UNFINISHED = (10.1, 11.8)


def test_squats_are_counted_as_by_eye(data: Path) -> None:
    coaching = pytest.importorskip("kinesics.pipeline.coaching")
    session = coaching.coach("squat", data / "video" / "tfjs" / "pose_squats.mp4")
    counted = [r for r in session.repetitions if r.counted]
    assert len(counted) == len(SQUATS)
    for seen, truth in zip(counted, SQUATS, strict=True):
        assert (seen.start, seen.bottom, seen.end) == pytest.approx(truth, abs=0.3)
    last = session.repetitions[-1]
    assert not last.counted and (last.start, last.bottom) == pytest.approx(UNFINISHED, abs=0.3)
