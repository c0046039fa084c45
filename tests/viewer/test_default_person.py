"""The person who ships: small, licensed, transparent, with points that lie on her."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.viewer.person_file import NAMED, load_person


@pytest.mark.parametrize(
    ("name", "seen"), [("default", [0, 1, 2, 5, 6, 11, 12]), ("default-full", list(range(7)) + [11, 12, 13, 14, 15, 16])]
)
def test_who_ships_can_be_drawn(name: str, seen: list[int]) -> None:
    assert NAMED[name].stat().st_size <= 4_000_000
    person = load_person(name)
    assert person.name == name and len(person) >= 96
    assert "Apache-2.0" in person.about["licence"] and "CC0" in person.about["licence"] and person.about["consent"]
    assert person.background is None
    assert (person.scores[:, seen] > 0).mean() > 0.97
    for index in range(0, len(person), 24):
        picture, points, scores = person.keyframe(index), person.points[index], person.scores[index]
        alpha = picture[..., 3]
        assert 0.03 < (alpha > 127).mean() < 0.5
        here = np.round(points[scores > 0.9]).astype(int).clip(0, 511)
        around = np.stack(
            [
                alpha[np.clip(here[:, 1] + dy, 0, 511), np.clip(here[:, 0] + dx, 0, 511)]
                for dx in (-2, 0, 2)
                for dy in (-2, 0, 2)
            ]
        )
        assert (around.max(axis=0) > 127).mean() > 0.99


def test_keyframes_of_who_ships_differ() -> None:
    person = load_person("default")
    wrists = person.points[:, [9, 10]].reshape(len(person), 4)
    apart = np.fmax.reduce(np.abs(wrists[:, None] - wrists[None]), axis=2) + np.eye(len(person)) * 99
    assert np.nanmedian(np.fmin.reduce(apart, axis=1)) > 5  # pixels
    assert np.nanstd(person.points[:, 91:133], axis=0).min() > 5
