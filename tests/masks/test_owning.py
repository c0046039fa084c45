from __future__ import annotations

import numpy as np
import pytest

from kinesics.masks.owning import Soft, borne_out, owned, refined, spread
from kinesics.sights import Turned


def blob(x: int, y: int, share: float, size: int = 20) -> Soft:
    return Soft(x, y, np.full((size, size), share, np.float32), 1.0)


def test_cells_lie_where_their_square_lies_at_any_angle() -> None:
    cells = np.zeros((64, 64), np.float32)
    cells[:32] = 1  # the upper half of the square
    for angle in (0.0, 1.0, -2.5):
        square = Turned(50.0, 60.0, 40.0, angle)
        soft = spread(cells, square, (120, 110))
        y, x = np.mgrid[: soft.share.shape[0], : soft.share.shape[1]]
        up = np.array([np.sin(angle), -np.cos(angle)])
        off = (x + soft.x - 50) * up[0] + (y + soft.y - 60) * up[1]
        assert soft.share[off < -1].max() < 0.1 and soft.share.sum() == pytest.approx(800, rel=0.03)


def test_a_square_beyond_the_picture_leaves_nothing() -> None:
    soft = spread(np.ones((64, 64)), Turned(-500, 0, 40, 0), (100, 100))
    assert soft.share.size == 0 and owned([soft], (100, 100)).areas.tolist() == [0]


def test_a_pixel_goes_to_who_claims_it_most_and_equal_claims_to_the_first() -> None:
    masks = owned([blob(0, 0, 0.6), blob(10, 0, 0.9), blob(10, 0, 0.9), blob(60, 60, 0.5)], (100, 100))
    assert masks.areas.tolist() == [200, 400, 0, 0]
    assert np.asarray(masks).sum(axis=0).max() == 1


def test_crumbs_go_and_parts_stay() -> None:
    share = np.zeros((50, 60), np.float32)
    share[10:40, 5:25] = share[10:40, 30:40] = 0.9
    share[45:47, 50:52] = 0.9
    assert owned([Soft(0, 0, share, 1.0)], (60, 50)).areas.tolist() == [900]


def test_edges_move_to_those_of_the_picture() -> None:
    image = np.full((100, 100, 3), 200, np.uint8)
    image[20:80, 30:60] = (30, 60, 90)
    truth = np.zeros((100, 100), bool)
    truth[20:80, 30:60] = True
    off = np.zeros((100, 100), np.float32)
    off[18:83, 32:63] = 1
    soft = Soft(0, 0, off, 3.0)
    fine = owned([refined(image, soft)], (100, 100))[0]
    assert (fine ^ truth).sum() < 0.5 * ((off > 0.5) ^ truth).sum()


def test_doubtful_people_need_an_own_clear_outline() -> None:
    doubtful = np.array([False, True, True, True, True])
    scores = np.array([0.5, 0.2, 0.2, 0.2, 0.2])
    soft = [blob(0, 0, 0.9), blob(5, 5, 0.9), blob(50, 50, 0.9), blob(50, 50, 0.9), blob(70, 10, 0.51)]
    assert [borne_out(soft, row, doubtful, scores) for row in range(1, 5)] == [False, True, False, False]
    assert not borne_out([blob(0, 0, 0.9, 5)], 0, np.array([True]), np.ones(1))


def test_where_nobody_is_sure_more_is_asked_of_the_doubtful() -> None:
    one, both = np.array([True]), np.array([True, False])
    assert not borne_out([blob(0, 0, 0.85)], 0, one, np.array([0.2]))
    assert borne_out([blob(0, 0, 0.85)], 0, one, np.array([0.4]))
    assert borne_out([blob(0, 0, 0.85), blob(60, 60, 0.9)], 0, both, np.array([0.2, 0.8]))
