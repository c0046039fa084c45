from __future__ import annotations

import numpy as np
import pytest

from kinesics.draw.layout import TagLayout, Wish


def wish(key: int, x: float, y: float, size: tuple[int, int] = (60, 20), tall: float = 120) -> Wish:
    """Somebody whose head is round (x, y)."""
    return Wish(key, size, (x - 8, y - 10, x + 8, y + 10), (x - 25, y - 12, x + 25, y - 12 + tall))


def overlaps(corners: list[tuple[int, int] | None], size: tuple[int, int]) -> int:
    placed = [c for c in corners if c is not None]
    return sum(abs(a[0] - b[0]) < size[0] and abs(a[1] - b[1]) < size[1] for i, a in enumerate(placed) for b in placed[i + 1 :])


@pytest.mark.parametrize("people", [1, 2, 12, 60, 200])
def test_tags_never_overlap_and_stay_inside(people: int) -> None:
    rng = np.random.default_rng(people)
    layout = TagLayout()
    places, speed = rng.uniform(-20, (660, 380), (people, 2)), rng.normal(0, 60, (people, 2))
    for step in range(12):
        wishes = [wish(k, *(places[k] + speed[k] * step / 10)) for k in rng.permutation(people).tolist()]
        corners = layout.place(wishes, (640, 360), step / 10)
        assert overlaps(corners, (60, 20)) == 0
        assert all(0 <= c[0] <= 580 and 0 <= c[1] <= 340 and c[0] % 2 == c[1] % 2 == 0 for c in corners if c)
        assert sum(c is not None for c in corners) >= min(people, 40)


def test_a_lone_tag_stands_over_its_head_and_not_on_it() -> None:
    [corner] = TagLayout().place([wish(1, 300, 150)], (640, 360), 0.0)
    assert corner is not None
    assert corner[1] + 20 <= 140 and corner[0] < 300 < corner[0] + 60


def test_a_tag_leaves_the_face_free_at_the_top_edge() -> None:
    [corner] = TagLayout().place([wish(1, 300, 12)], (640, 360), 0.0)
    assert corner is not None
    x, y = corner
    assert x >= 308 or x + 60 <= 292 or y >= 22


def test_jitter_of_a_person_does_not_move_the_tag() -> None:
    rng, layout = np.random.default_rng(0), TagLayout()
    seen = {layout.place([wish(1, *(rng.normal((300, 150), 1.0)))], (640, 360), i / 30)[0] for i in range(90)}
    assert len(seen) <= 3  # the leash finds its middle, then it rests
    last = {layout.place([wish(1, *(rng.normal((300, 150), 1.0)))], (640, 360), 3 + i / 30)[0] for i in range(60)}
    assert len(last) == 1


def test_tags_of_people_who_cross_glide_and_do_not_jump() -> None:
    layout = TagLayout()
    before: np.ndarray | None = None
    longest = 0.0
    for i in range(120):  # two people pass each other in four seconds
        wishes = [wish(1, 200 + 2 * i, 180), wish(2, 440 - 2 * i, 186)]
        now = np.array(layout.place(wishes, (640, 360), i / 30), float)
        if before is not None:
            longest = max(longest, float(np.abs(now - before).max()))
        before = now
    assert longest <= 40  # less than a tag's width; people walk 2 pixels a frame


def test_older_people_keep_their_place_when_somebody_comes() -> None:
    layout = TagLayout()
    [alone] = layout.place([wish(9, 300, 150)], (640, 360), 0.0)
    first, _ = layout.place([wish(9, 300, 150), wish(1, 310, 150)], (640, 360), 0.03)
    assert first == alone


def test_reset_equals_new() -> None:
    used, new = TagLayout(), TagLayout()
    for i in range(5):
        used.place([wish(1, 100 + 30 * i, 100)], (640, 360), i / 10)
    used.reset()
    wishes = [wish(1, 300, 150), wish(2, 310, 150)]
    assert used.place(wishes, (640, 360), 0.5) == new.place(wishes, (640, 360), 0.5)


def test_a_tag_larger_than_the_picture_is_left_out() -> None:
    assert TagLayout().place([wish(1, 10, 10)], (30, 10), 0.0) == [None]
