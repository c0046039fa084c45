from __future__ import annotations

import numpy as np
import pytest

from kinesics.viewer.fading import LENGTH, Fade


def picture(value: int, *, left: int = 20, size: int = 96) -> np.ndarray:
    made = np.zeros((size, size, 4), np.uint8)
    made[20:80, left : left + 40] = (value, value // 2, value // 3, 255)
    return made


def test_a_still_person_changes_in_equal_steps() -> None:
    fade = Fade()
    fade.begin(picture(200), picture(130))
    seen = [int(fade.apply(picture(130))[50, 40, 0]) for _ in range(LENGTH + 2)]
    assert seen == [190, 180, 170, 160, 150, 140, 130, 130]


def test_pictures_outside_a_fade_are_left_alone() -> None:
    fade, same = Fade(), picture(99)
    assert fade.apply(same) is same
    fade.begin(picture(99), picture(99))
    before = same.copy()
    assert (fade.apply(same) == before).all() and (same == before).all()


@pytest.mark.parametrize("moved", [0.0, 3.0, 30.0])
def test_colour_stays_below_alpha(moved: float) -> None:
    fade = Fade()
    fade.begin(picture(250, left=10), picture(20), moved)
    for _ in range(LENGTH):
        shown = fade.apply(picture(20))
        assert (shown[..., :3] <= shown[..., 3:]).all()


def test_who_moved_is_not_seen_twice() -> None:
    sharp, soft = Fade(), Fade()
    sharp.begin(picture(200, left=10), picture(200, left=30))
    soft.begin(picture(200, left=10), picture(200, left=30), 20.0)
    ghost = [int(fade.apply(picture(200, left=30))[50, 12:18, 3].max()) for fade in (sharp, soft)]
    assert ghost[0] > 200 and ghost[1] < 120


def test_brightness_fades_even_while_somebody_moves() -> None:
    fade = Fade()
    fade.begin(picture(200, left=28), picture(100, left=30), 2.0)
    assert 170 < fade.apply(picture(100, left=30))[50, 50, 0] < 200


def test_nobody_fades_into_nobody() -> None:
    fade, nobody = Fade(), np.zeros((96, 96, 4), np.uint8)
    fade.begin(nobody, nobody, 5.0)
    assert not fade.apply(nobody).any()
