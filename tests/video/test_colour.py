from __future__ import annotations

import av
import numpy as np
import pytest

from kinesics.types import Array
from kinesics.video import colour
from kinesics.video.orient import UPRIGHT, Orientation


def coded(y: int, u: int, v: int, size: tuple[int, int] = (64, 48), *, matrix: int, full: bool) -> av.VideoFrame:
    """A flat picture of these sample values."""
    width, height = size
    flat = np.concatenate([np.full(width * height, y), np.full(width * height // 4, u), np.full(width * height // 4, v)])
    picture = av.VideoFrame.from_ndarray(flat.astype(np.uint8).reshape(-1, width), format="yuv420p")
    picture.colorspace, picture.color_range = matrix, 2 if full else 1
    return picture


def exact(y: float, u: float, v: float, hd: bool, full: bool) -> Array:
    """ITU-R BT.601 / BT.709, by the book."""
    kr, kb = (0.2126, 0.0722) if hd else (0.299, 0.114)
    y, u, v = (y, u - 128, v - 128) if full else ((y - 16) * 255 / 219, (u - 128) * 255 / 224, (v - 128) * 255 / 224)
    r, b = y + 2 * (1 - kr) * v, y + 2 * (1 - kb) * u
    return np.clip([r, (y - kr * r - kb * b) / (1 - kr - kb), b], 0, 255)


@pytest.mark.parametrize(
    "samples", [(16, 128, 128), (235, 128, 128), (81, 90, 200), (145, 54, 64), (60, 180, 110), (126, 128, 128)]
)
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(("matrix", "hd"), [(1, True), (6, False), (5, False)])
def test_colours_are_right_within_three_levels(samples: tuple[int, int, int], matrix: int, hd: bool, full: bool) -> None:
    image = colour.rgb(coded(*samples, matrix=matrix, full=full), UPRIGHT)
    assert np.abs(image - exact(*samples, hd, full)).max() <= 3


@pytest.mark.parametrize(("size", "hd"), [((64, 48), False), ((720, 576), False), ((1280, 720), True), ((720, 1280), True)])
def test_untold_matrix_is_what_players_take_for_the_size(size: tuple[int, int], hd: bool) -> None:
    image = colour.rgb(coded(81, 90, 200, size, matrix=2, full=False), UPRIGHT)
    assert np.abs(image - exact(81, 90, 200, hd, False)).max() <= 3


def test_planes_are_offered_only_where_they_mean_the_usual_colours() -> None:
    usual = coded(81, 90, 200, matrix=6, full=False)
    planes = colour.planes(usual, UPRIGHT)
    assert planes is not None and [int(p[0, 0]) for p in planes] == [81, 90, 200]
    assert not any(p.flags.writeable for p in planes)
    assert colour.planes(coded(81, 90, 200, matrix=1, full=False), UPRIGHT) is None  # small, yet BT.709
    assert colour.planes(coded(81, 90, 200, matrix=6, full=True), UPRIGHT) is None
    assert colour.planes(coded(81, 90, 200, (1280, 720), matrix=6, full=False), UPRIGHT) is None
    assert colour.planes(usual.reformat(format="yuv444p"), UPRIGHT) is None


@pytest.mark.parametrize("orientation", [Orientation(*(bool(n >> i & 1) for i in range(3))) for n in range(8)], ids=str)
def test_orientation_moves_pixels_as_told(orientation: Orientation) -> None:
    stored = np.arange(6 * 4 * 3, dtype=np.uint8).reshape(6, 4, 3)
    turned = orientation.apply(stored)
    assert turned.shape[1::-1] == orientation.size(4, 6)
    expected = stored.swapaxes(0, 1) if orientation.transpose else stored
    expected = expected[:, ::-1] if orientation.flip_x else expected
    assert np.array_equal(turned, expected[::-1] if orientation.flip_y else expected)
    assert np.array_equal(orientation.apply(stored[..., 0]), turned[..., 0])


@pytest.mark.parametrize("degrees", [0, 90, 180, -90, 270, 89.6])
def test_angle_and_matrix_agree(degrees: float) -> None:
    turn = np.deg2rad(degrees)
    # counterclockwise by the angle with y down: x' = cos x + sin y, y' = -sin x + cos y
    a, b, c, d = np.cos(turn), -np.sin(turn), np.sin(turn), np.cos(turn)
    matrix = [int(n * 65536) for n in (a, b, 0, c, d)]
    assert Orientation.from_matrix([*matrix, 0, 0, 0, 1 << 30]) == Orientation.from_angle(degrees)


def test_fit_keeps_the_shape_of_the_picture() -> None:
    image = np.full((10, 40, 3), 200, np.uint8)
    out = colour.fit(image, (20, 20))
    assert out.shape == (20, 20, 3) and (out[8:12] > 190).all() and not out[:7].any() and not out[13:].any()
    assert (colour.fit(np.full((1, 1, 3), 9, np.uint8), (20, 20)) == 9).all()
