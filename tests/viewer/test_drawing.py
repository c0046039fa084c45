from __future__ import annotations

import numpy as np
import pytest
from paper_doll import doll_footage, doll_pose, draw_doll

from kinesics.errors import FormatError
from kinesics.viewer import Artist, Person, fit_footage


@pytest.fixture(scope="module")
def doll() -> Person:
    return fit_footage(doll_footage(40))


def error(made: np.ndarray, real: np.ndarray) -> float:
    return float(((made.astype(float) - real) ** 2).mean())


def test_a_pose_never_seen_is_drawn_nearer_than_by_the_nearest_keyframe(doll: Person) -> None:
    rng, artist = np.random.default_rng(9), Artist(doll)
    drawn = nearest = 0.0
    for _ in range(12):
        points, scores = doll_pose(tuple(rng.uniform(30, 160, 2)), tuple(rng.uniform(30, 160, 2)))
        real = draw_doll(points)[0]
        artist.reset()
        brief = artist.begin(points, scores)
        drawn += error(artist.over(artist.draw(brief, 0), doll.background), real)
        nearest += error(artist.over(doll.keyframe(brief.choice.keys[0]), doll.background), real)
    assert drawn < 0.5 * nearest


def test_the_same_pose_gives_the_same_picture(doll: Person) -> None:
    artist = Artist(doll)
    points, scores = doll_pose((100, 40))
    first = artist.draw(artist.begin(points, scores))
    for _ in range(3):
        assert (artist.draw(artist.begin(points, scores)) == first).all()
    artist.reset()
    assert (artist.draw(artist.begin(points, scores)) == first).all()


def test_a_keyframe_of_its_own_is_drawn_as_it_is(doll: Person) -> None:
    artist = Artist(doll)
    made = artist.draw(artist.begin(doll.points[3], doll.scores[3]))
    real = doll.keyframe(3)
    assert artist.begin(doll.points[3], doll.scores[3]).choice.keys == (3, 3, 3)
    assert np.abs(made.astype(float) - real).mean() < 3


def test_only_allowed_keyframes_are_taken(doll: Person) -> None:
    artist, allowed = Artist(doll), np.zeros(len(doll), bool)
    allowed[[4, 9]] = True
    for key in range(len(doll)):
        assert set(artist.begin(doll.points[key], doll.scores[key], allowed=allowed).choice.keys) <= {4, 9}


def test_a_pose_without_anybody_is_drawn_without_a_fault(doll: Person) -> None:
    artist = Artist(doll)
    nobody = np.full((133, 2), np.nan, np.float32), np.zeros(133, np.float32)
    picture = artist.draw(artist.begin(*nobody))
    assert picture.shape == (512, 512, 4) and (picture[..., :3] <= picture[..., 3:]).all()


def test_a_small_change_of_pose_keeps_the_keyframes(doll: Person) -> None:
    artist = Artist(doll)
    points, scores = doll_pose((100, 80), (60, 120))
    chosen = artist.begin(points, scores).choice.keys
    rng = np.random.default_rng(0)
    for _ in range(10):
        assert artist.begin(points + rng.normal(0, 0.5, points.shape), scores).choice.keys == chosen


def test_a_trunk_that_cannot_be_decoded_is_said(doll: Person) -> None:
    broken = Person(doll.name, doll.encoded, doll.boxes, doll.points, doll.scores, trunk=b"none")
    with pytest.raises(FormatError, match="trunk cannot be decoded"):
        Artist(broken)
