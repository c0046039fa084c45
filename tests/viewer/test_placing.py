"""Movements onto the canvas, pictures back into the source."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.errors import UsageError
from kinesics.types import Array, PoseSequence, skeleton
from kinesics.viewer import Person, Placement, place

WHOLE = skeleton("wholebody133")


def standing() -> Array:
    """(133, 2) somebody who stands before the camera, shoulders 80 apart."""
    points = np.random.default_rng(0).normal(0, 6, (133, 2))
    points[:5] = [(0, -60), (9, -66), (-9, -66), (18, -62), (-18, -62)]
    points[5:11] = [(40, 0), (-40, 0), (50, 60), (-50, 60), (45, 110), (-45, 110)]
    points[11:17] = [(25, 110), (-25, 110), (26, 200), (-26, 200), (26, 285), (-26, 285)]
    points[17:23] = np.array([[30, 300], [38, 298], [24, 290], [-30, 300], [-38, 298], [-24, 290]])
    points[23:91] += (0, -55)
    points[91:112] += (48, 125)
    points[112:133] += (-48, 125)
    return points


def clip_of(size: float = 1.0, shift: tuple[float, float] = (300, 150), t: int = 40, seed: int = 1) -> PoseSequence:
    rng = np.random.default_rng(seed)
    wave = np.cumsum(rng.normal(0, 1.5, (t, 133, 2)), axis=0) * 0.3
    points = (standing() + wave) * size + shift
    return PoseSequence(points[:, None], np.full((t, 1, 133), 0.9), np.arange(t) / 25, WHOLE, [7], (640, 480))


def person_of(size: float = 0.9, at: tuple[float, float] = (256, 150), hidden: tuple[int, ...] = (), n: int = 12) -> Person:
    rng = np.random.default_rng(5)
    points = standing() * size + at + rng.normal(0, 1, (n, 133, 2))
    scores = np.full((n, 133), 0.9, np.float32)
    scores[:, list(hidden)], points[:, list(hidden)] = 0, np.nan
    return Person("she", (b"",) * n, np.zeros((n, 4), np.int32), points.astype(np.float32), scores)


@given(
    st.floats(0.2, 5), st.floats(-300, 900), st.floats(-300, 900), st.sampled_from(["scene", "follow", "auto"]), st.booleans()
)
@settings(max_examples=25, deadline=None)
def test_it_does_not_matter_where_in_the_source_somebody_stands_and_how_large(
    size: float, x: float, y: float, how: str, retargeted: bool
) -> None:
    one, _ = place(clip_of(), person_of(), how=how, retargeted=retargeted)
    other, there = place(clip_of(size, (x, y)), person_of(), how=how, retargeted=retargeted)
    assert np.allclose(one.points, other.points, atol=0.1) and one.size == (512, 512)
    assert other.ids.tolist() == [7] and there.scale == pytest.approx(0.9 / size, rel=0.1)


@given(st.floats(0.3, 3), st.sampled_from(["scene", "follow"]), st.integers(0, 30))
@settings(max_examples=15, deadline=None)
def test_the_way_back_leads_to_the_source(size: float, how: str, seed: int) -> None:
    clip = clip_of(size, seed=seed)
    placed, way = place(clip, person_of(), how=how)
    for index in (0, 17, 39):
        assert way.in_source(placed.points[index, 0], index) == pytest.approx(clip.points[index, 0], abs=0.01)
        assert way.on_canvas(clip.points[index, 0], index) == pytest.approx(placed.points[index, 0], abs=0.01)
    assert way.moment(clip.times[17] + 0.01) == 17


def test_a_clip_like_the_person_lies_on_the_person() -> None:
    placed, way = place(clip_of(2.0, (900, 500)), person_of())
    shoulders = np.median(placed.points[:, 0, [5, 6]].mean(axis=1), axis=0)
    assert shoulders == pytest.approx([256, 150], abs=2)
    assert np.median(np.linalg.norm(placed.points[:, 0, 5] - placed.points[:, 0, 6], axis=1)) == pytest.approx(72, rel=0.06)
    assert not way.followed


def test_movement_is_kept_in_a_scene_and_who_walks_away_is_followed_calmly() -> None:
    clip = clip_of()
    walk = np.linspace(0, 1200, 40)[:, None, None, None] * [1, 0]
    walking = PoseSequence(clip.points + walk, clip.scores, clip.times, WHOLE, clip.ids, clip.size)
    still, way = place(walking, person_of(), how="scene")
    assert np.ptp(still.points[:, 0, 5, 0]) == pytest.approx(1200 * way.scale, rel=0.05)
    for how in ("follow", "auto"):
        followed, way = place(walking, person_of(), how=how)
        assert way.followed and (np.diff(way.corners[:, 0]) > 0).all()
        assert ((followed.points[:, 0, 5] > 0) & (followed.points[:, 0, 5] < 512)).all()
    assert not place(clip, person_of(), how="auto")[1].followed


def test_a_person_from_the_waist_up_is_driven_by_a_whole_body() -> None:
    placed, way = place(clip_of(), person_of(size=2.4, hidden=tuple(range(11, 23))))
    assert way.scale == pytest.approx(2.4, rel=0.08) and (placed.scores[:, 0, 13:23] == 0).all()
    assert (placed.scores[:, 0, :11] > 0).all()


def test_a_whole_person_is_driven_from_the_waist_up_and_stands() -> None:
    clip = clip_of(2.0)
    scores = clip.scores.copy()
    scores[:, :, 11:23] = 0
    clip = PoseSequence(clip.points, scores, clip.times, WHOLE, clip.ids, clip.size)
    person = person_of()
    placed, way = place(clip, person)
    assert way.scale == pytest.approx(0.45, rel=0.08)
    legs = placed.points[:, 0, 11:17]
    assert np.median(legs, axis=0) == pytest.approx(np.median(person.points[:, 11:17], axis=0), abs=4)
    assert (placed.scores[:, 0, 11:23] < 0.5).all() and np.ptp(placed.points[:, 0, 15, 0]) < np.ptp(placed.points[:, 0, 5, 0])


def test_somebody_turned_to_the_side_is_not_taken_for_small() -> None:
    clip = clip_of()
    points = clip.points.copy()
    points[:, 0, :, 0] = 300 + 0.15 * (points[:, 0, :, 0] - 300)
    side = PoseSequence(points, clip.scores, clip.times, WHOLE, clip.ids, clip.size)
    for retargeted in (True, False):
        assert place(side, person_of(), retargeted=retargeted)[1].scale == pytest.approx(0.9, rel=0.12)


@pytest.mark.parametrize("lost", [0.0, 0.4, 0.8])
def test_what_is_missing_is_never_anywhere(lost: float) -> None:
    clip = clip_of()
    scores = np.where(np.random.default_rng(2).random(clip.scores.shape) < lost, 0, 0.9)
    scores[0] = 0
    clip = PoseSequence(clip.points, scores, clip.times, WHOLE, clip.ids, clip.size)
    for how in ("scene", "follow"):
        placed, way = place(clip, person_of(), how=how)
        assert np.array_equal(placed.scores, clip.scores) and np.array_equal(np.isnan(placed.points), np.isnan(clip.points))
        assert np.isfinite(way.corners).all()


def dot(x: int, y: int, radius: int = 40) -> Array:
    rows, columns = np.mgrid[:512, :512]
    inside = (rows - y) ** 2 + (columns - x) ** 2 < radius**2
    return np.where(inside[..., None], np.array([200, 100, 50, 255]), 0).astype(np.uint8)


@pytest.mark.parametrize(
    ("scale", "corner"), [(0.5, (-40.25, 10.5)), (1.0, (60.0, -30.0)), (1.1, (0.3, 0.0)), (3.7, (200.4, 111.1))]
)
def test_a_drawn_canvas_goes_back_where_it_belongs(scale: float, corner: tuple[float, float]) -> None:
    way = Placement(np.zeros(1), np.array([corner]), scale, False)
    back = way.back(dot(256, 200), 0, (701, 499))
    assert back.shape == (499, 701, 4) and back.dtype == np.uint8
    weight = back[..., 3].astype(float)
    centre = np.array([(weight.sum(axis) * np.arange(n)).sum() for axis, n in ((0, 701), (1, 499))]) / weight.sum()
    assert centre + 0.5 == pytest.approx(way.in_source(np.array([256.5, 200.5]), 0), abs=0.6)
    assert weight.sum() / 255 == pytest.approx(np.pi * (40 / scale) ** 2, rel=0.05)
    assert (back[..., 0] <= back[..., 3].astype(int) * 200 / 255 + 2).all()  # premultiplied still


def test_a_canvas_beyond_the_picture_is_nothing() -> None:
    way = Placement(np.zeros(1), np.array([[4000.0, 20.0]]), 1.0, False)
    assert not way.back(dot(10, 10), 0, (64, 33)).any()


def test_what_cannot_be_placed_is_said() -> None:
    clip, person = clip_of(), person_of()
    with pytest.raises(UsageError, match="how should be one of"):
        place(clip, person, how="somehow")
    coco = PoseSequence(clip.points[:, :, :17], clip.scores[:, :, :17], clip.times, skeleton("coco17"))
    with pytest.raises(UsageError, match="whole_body"):
        place(coco, person)
    blind = PoseSequence(clip.points, np.where(np.arange(133) < 91, 0, clip.scores), clip.times, WHOLE)
    with pytest.raises(UsageError, match="shoulders"):
        place(blind, person)
    with pytest.raises(UsageError, match="no keyframe"):
        place(clip, person_of(hidden=tuple(range(17))))


def test_a_jump_stays_on_the_canvas_with_the_head() -> None:
    clip = clip_of()
    up = np.where(np.arange(40) > 30, -180, 0)[:, None, None, None] * [0, 1]
    jumping = PoseSequence(clip.points + up, clip.scores, clip.times, WHOLE, clip.ids, clip.size)
    placed, way = place(jumping, person_of(size=2.0, at=(256, 190), hidden=tuple(range(11, 23))))
    assert (placed.points[:, 0, :7, 1] > 0).all() and not way.followed
    still, _ = place(clip, person_of(size=2.0, at=(256, 190), hidden=tuple(range(11, 23))))
    assert np.median(still.points[:, 0, 5, 1]) == pytest.approx(190, abs=3)  # nothing is moved without need


def test_legs_are_lent_from_where_the_person_stands() -> None:
    clip = clip_of()
    clip = PoseSequence(clip.points, np.where(np.isin(np.arange(133), range(11, 23)), 0, clip.scores), clip.times, WHOLE)
    person = person_of()
    points = person.points.copy()
    points[:7, 13:23, 1] -= 40  # squats in most keyframes
    points[:7, 5:13, 1] += 0
    person = Person("she", person.encoded, person.boxes, points, person.scores)
    placed, _ = place(clip, person)
    tall = np.median(placed.points[:, 0, 15, 1] - placed.points[:, 0, 5, 1])
    assert tall == pytest.approx(285 * 0.9, abs=6)


@given(st.integers(0, 99), st.sampled_from([0.3, 0.9, 0.98]), st.sampled_from([0.3, 0.8]), st.booleans())
@settings(max_examples=25, deadline=None)
def test_holes_in_person_and_clip_are_survived(seed: int, lacking: float, lost: float, retargeted: bool) -> None:
    rng = np.random.default_rng(seed)
    person, clip = person_of(n=20), clip_of(seed=seed)
    scores = np.where(rng.random(person.scores.shape) < lacking, 0, 0.8).astype(np.float32)
    scores[0, [5, 6]] = 0.8
    person = Person("she", person.encoded, person.boxes, np.where(scores[..., None] > 0, person.points, np.nan), scores)
    seen = np.where(rng.random(clip.scores.shape) < lost, 0, 0.8)
    seen[0, 0, [5, 6]] = 0.8
    clip = PoseSequence(clip.points, seen, clip.times, WHOLE)
    for how in ("scene", "follow"):
        try:
            placed, way = place(clip, person, retargeted=retargeted, how=how)
        except UsageError as error:
            assert "in common" in str(error)
            continue
        assert 0.3 < way.scale < 3 and np.isfinite(way.corners).all()
        assert np.array_equal(np.isnan(placed.points[..., 0]), placed.scores == 0)
