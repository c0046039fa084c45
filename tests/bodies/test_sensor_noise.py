from __future__ import annotations

import numpy as np
import pytest

from kinesics.bodies.sensor_noise import SENSORS, sense
from kinesics.errors import UsageError
from kinesics.types import Array, Camera

CAMERA = Camera(320, 240, 285.0, 285.0, 159.5, 119.5)
NOISY = [name for name in SENSORS if name not in ("none", "mixed")]


def wall(z: float, margin: int = 40) -> Array:
    """A flat wall that fills the middle of the picture, tilted by 2 cm so that steps of depth show."""
    depth = np.zeros((240, 320), np.float32)
    depth[margin:-margin, margin:-margin] = z + np.linspace(-0.01, 0.01, 320 - 2 * margin)
    return depth


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_an_empty_picture_stays_empty() -> None:
    for name in SENSORS:
        assert not sense(name, np.zeros((240, 320), np.float32), CAMERA, rng()).any()


@pytest.mark.parametrize("name", NOISY)
def test_noise_is_small_and_grows_with_distance(name: str) -> None:
    spreads = []
    for z in (1.0, 2.0, 4.0):
        clean = wall(z)
        got = sense(name, clean, CAMERA, rng())
        inside = (clean > 0) & (got > 0)
        assert inside.sum() > 0.9 * (clean > 0).sum()
        error = (got - clean)[inside]
        assert abs(np.median(error)) < 0.012 + 0.01 * z
        beside = np.diff(np.where(inside, got - clean, np.nan), axis=1)  # slow waves left out
        spreads.append(np.nanmean(np.abs(beside)))
    assert 0 < spreads[0] < spreads[1] < spreads[2] < 0.05


@pytest.mark.parametrize("name", NOISY)
def test_nothing_appears_far_from_what_is_there(name: str) -> None:
    clean = wall(2.0)
    got = sense(name, clean, CAMERA, rng())
    far = np.ones(clean.shape, bool)
    far[36:-36, 36:-36] = False
    assert not got[far].any() and np.isfinite(got).all() and (got >= 0).all()
    assert np.abs(got[got > 0] - 2).max() < 0.6


def test_steps_of_the_first_kinect_grow_with_the_square_of_the_distance() -> None:
    steps = []
    for z in (1.5, 3.0):
        values = np.unique(sense("kinect1", wall(z) + 0, CAMERA, rng()))
        values = values[values > 0]
        steps.append(np.median(np.diff(values)))
    assert steps[0] == pytest.approx(2.85e-3 * 1.5**2, rel=0.03)
    assert steps[1] / steps[0] == pytest.approx(4, rel=0.03)


def test_structured_light_has_a_shadow_on_one_side_of_near_things() -> None:
    clean = wall(3.0)
    clean[90:150, 150:170] = 1.5
    lost = np.zeros(2)
    for seed in range(6):
        got = sense("kinect1", clean, CAMERA, np.random.default_rng(seed))
        beside = np.array([(got[95:145, 140:148] == 0).mean(), (got[95:145, 172:180] == 0).mean()])
        assert beside.max() > 0.4 and beside.min() < 0.1  # 7.5 cm * 285 * (1/1.5 - 1/3) = 7 pixels
        lost[beside.argmax()] += 1
    assert lost.min() > 0  # either side


def test_time_of_flight_puts_pixels_between_near_and_far() -> None:
    clean = wall(3.0)
    clean[90:150, 130:190] = 2.0
    got = sense("tof", clean, CAMERA, rng())
    between = (got > 2.15) & (got < 2.85)
    assert between.sum() > 10
    rows, columns = np.nonzero(between)
    assert (((rows >= 88) & (rows < 152)) & ((columns >= 128) & (columns < 192))).all()


def test_a_cut_out_fares_like_the_whole() -> None:
    """Noise depends on the focal length, not on the size of the array."""
    clean = wall(2.5)
    whole = sense("kinect1", clean, CAMERA, rng())
    part = sense("kinect1", clean[60:180, 80:240], CAMERA, rng())
    errors = [np.std((got - clean[60:180, 80:240])[got > 0]) for got in (whole[60:180, 80:240], part)]
    assert errors[0] == pytest.approx(errors[1], rel=0.05)


def test_the_same_generator_gives_the_same_picture_and_the_input_is_left_alone() -> None:
    clean = wall(2.0)
    before = clean.copy()
    for name in SENSORS:
        np.testing.assert_array_equal(sense(name, clean, CAMERA, rng()), sense(name, clean, CAMERA, rng()))
        assert name == "none" or (sense(name, clean, CAMERA, np.random.default_rng(6)) != clean).any() or name == "mixed"
    np.testing.assert_array_equal(clean, before)


def test_tiny_pictures_work() -> None:
    for name in SENSORS:
        for shape in ((0, 0), (1, 1), (2, 3)):
            got = sense(name, np.full(shape, 2.0, np.float32), CAMERA, rng())
            assert got.shape == shape and got.dtype == np.float32


def test_an_unknown_sensor_is_refused_in_words() -> None:
    with pytest.raises(UsageError, match="there is no lidar; there are none, kinect1"):
        sense("lidar", wall(2.0), CAMERA, rng())
