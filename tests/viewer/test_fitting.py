"""Footage to a person."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from kinesics.errors import JobError, UsageError
from kinesics.viewer import Footage, fit_footage
from kinesics.viewer.fitting import bled

RED = np.array([200, 40, 60])


def footage(n: int = 6, seed: int = 0) -> Footage:
    """A red disc with a soft edge that moves over a green wall."""
    rng = np.random.default_rng(seed)
    wall = np.full((512, 512, 3), (20, 180, 60), np.uint8)
    pictures, alpha = np.zeros((n, 512, 512, 3), np.uint8), np.zeros((n, 512, 512), np.uint8)
    points = np.zeros((n, 133, 2), np.float32)
    for i in range(n):
        centre = 150 + 40 * i, 200 + 20 * i
        mask = np.zeros((512, 512), np.uint8)
        cv2.circle(mask, centre, 80, 255, -1)
        alpha[i] = cv2.GaussianBlur(mask, (0, 0), 3)
        share = alpha[i, ..., None] / 255
        pictures[i] = (RED * share + wall * (1 - share) + 0.5).astype(np.uint8)
        points[i] = np.array(centre) + rng.normal(0, 20, (133, 2))
    return Footage(pictures, alpha, points, np.ones((n, 133), np.float32), np.arange(n) / 30, np.zeros(n, np.int32), wall)


def test_keyframes_are_the_person_and_nothing_else() -> None:
    shown = footage()
    person = fit_footage(shown, keyframes=64, name="disc", licence="CC0-1.0", consent="none needed")
    assert len(person) == 6 and person.about["licence"] == "CC0-1.0" and person.about["frames"] == 6
    for i in range(6):
        drawn = person.keyframe(i).astype(int)
        want = np.where(shown.alpha[i] < 8, 0, shown.alpha[i]).astype(int)
        assert np.abs(drawn[..., 3] - want).max() == 0  # alpha is kept without loss
        there = want > 30
        colour = drawn[..., :3][there] * 255 / want[there][:, None]
        assert np.abs(colour - RED).mean() < 8  # no green fringe


@pytest.mark.parametrize("known", [True, False], ids=["known wall", "unknown wall"])
def test_colour_under_the_edge_is_the_persons(known: bool) -> None:
    shown = footage(1)
    edge = (shown.alpha[0] > 20) & (shown.alpha[0] < 235)
    colour = bled(shown.pictures[0], shown.alpha[0], shown.background if known else None).astype(int)
    assert np.abs(shown.pictures[0][edge].astype(int) - RED).mean() > 40  # the wall shines through
    assert np.abs(colour[edge] - RED).mean() < 6
    assert np.abs(colour[0, 0] - RED).mean() < 30  # and beyond the edge there is no wall either


def test_cuts_hold_the_whole_person_and_little_more() -> None:
    person = fit_footage(footage(2), keyframes=2)
    assert (person.boxes[:, 2:] < 200).all() and (person.boxes[:, 2:] > 160).all()


def test_frames_without_the_person_are_left_out_and_nobody_at_all_is_said() -> None:
    shown = footage(3)
    shown.alpha[1] = 0
    assert len(fit_footage(shown)) == 2
    shown.alpha[:] = 0
    with pytest.raises(JobError, match="no picture"):
        fit_footage(shown)


@pytest.mark.parametrize("number", [0, 257])
def test_a_number_of_keyframes_that_cannot_be_is_said(number: int) -> None:
    with pytest.raises(UsageError, match="1 to 256"):
        fit_footage(footage(1), keyframes=number)
