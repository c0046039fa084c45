from __future__ import annotations

import numpy as np
import pytest

from kinesics.errors import UsageError
from kinesics.pose import Look
from kinesics.pose.movenet import _decode, fit_canvas, letterbox
from kinesics.pose.view import View


@pytest.mark.parametrize(
    ("size", "longest", "canvas"),
    [((640, 480), 320, (320, 256)), ((640, 427), 320, (320, 224)), ((480, 640), 256, (192, 256)), ((1, 1), 320, (320, 320))],
)
def test_canvas_is_a_multiple_of_32_and_fits(size: tuple[int, int], longest: int, canvas: tuple[int, int]) -> None:
    assert Look.whole(*size, longest).size == canvas


def test_canvas_is_not_widened_for_two_pixels() -> None:
    assert fit_canvas(640, 427, 0.45) == (288, 192)  # 192.2 pixels high


@pytest.mark.parametrize("box", [(5, 5, 5, 9), (0, 0, np.nan, 4), (9, 0, 3, 4)])
def test_looks_at_nothing_are_refused(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(UsageError, match="x1 < x2"):
        Look(box, (64, 64))


@pytest.mark.parametrize("size", [(64, 65), (0, 32), (32, -32)])
def test_canvas_that_the_net_cannot_read_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(UsageError, match="multiples of 32"):
        Look((0, 0, 5, 5), size)


def test_letterbox_shows_the_part_and_black_beyond() -> None:
    picture = np.full((100, 200, 3), 200, np.uint8)
    picture[:, 100:] = 50
    ready = letterbox(View(picture), Look((50, 0, 250, 100), (96, 96)))
    assert ready is not None
    canvas, part, scale = ready
    assert part == (50, 0, 200, 100) and canvas.shape == (1, 96, 96, 3)
    assert scale == pytest.approx([96 / 150, 64 / 100])
    assert (canvas[0, :64, :30] == 200).all() and (canvas[0, :64, 34:] == 50).all() and (canvas[0, 64:] == 0).all()
    assert letterbox(View(picture), Look((300, 0, 400, 50), (64, 64))) is None


def test_decoded_joints_come_back_to_their_pixels() -> None:
    rng = np.random.default_rng(1)
    picture = rng.uniform(20, 80, (17, 2))
    rows = np.zeros((6, 56))
    look, part, scale = Look((10, 0, 110, 100), (64, 64)), (10, 0, 110, 100), np.array([0.64, 0.64])
    share = ((picture - [10, 0] + 0.5) * 0.64 - 0.38) / 64
    rows[0, :51] = np.column_stack([share[:, 1], share[:, 0], np.full(17, 0.7)]).ravel()
    rows[0, 51:] = [0.2, 0.1, 0.9, 0.8, 0.6]
    seen = _decode(rows, part, scale, look, 0.1)
    assert len(seen.score) == 1 and not seen.full
    assert seen.points[0] == pytest.approx(picture)
    assert seen.boxes[0] == pytest.approx([20, 20, 90, 90])
    mirrored = _decode(rows, part, scale, Look(look.box, look.size, mirrored=True), 0.1)
    assert mirrored.boxes[0] == pytest.approx([30, 20, 100, 90])
    assert mirrored.points[0, 1] == pytest.approx([119 - picture[2, 0], picture[2, 1]])  # the left eye is the other's right


def test_six_finds_mean_that_there_may_be_more() -> None:
    rows = np.full((6, 56), 0.5)
    assert _decode(rows, (0, 0, 9, 9), np.ones(2), Look((0, 0, 9, 9), (32, 32)), 0.1).full
    rows[5, 55] = 0.05
    assert not _decode(rows, (0, 0, 9, 9), np.ones(2), Look((0, 0, 9, 9), (32, 32)), 0.1).full
