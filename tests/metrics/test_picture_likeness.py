"""PSNR, SSIM, GMSD and motion: against scikit-image's numbers, the papers' formulas written out, and laws."""

from __future__ import annotations

import numpy as np
import pytest

from kinesics.errors import ShapeError
from kinesics.metrics.pictures import Likeness, flicker, gmsd, luma, mean_step, motion_ratio, psnr, ssim, ssim_map
from kinesics.types import Array


def pair() -> tuple[Array, Array]:
    y, x = np.mgrid[:48, :64]
    real = np.stack([x * 4 % 256, (x * x + y * 3) // 5 % 256, (x ^ y) * 4 % 256], -1).astype(np.uint8)
    shifted = np.roll(real, 2, 1).astype(int)
    return ((shifted * 3 + (7 * x * y % 61)[..., None]) // 4).clip(0, 255).astype(np.uint8), real


def test_psnr_and_ssim_are_those_of_scikit_image() -> None:
    """Version 0.26: peak_signal_noise_ratio; structural_similarity(gaussian_weights=True, use_sample_covariance=False)."""
    drawn, real = pair()
    assert psnr(drawn, real) == pytest.approx(13.158238945131892, abs=1e-9)
    assert ssim(drawn, real) == pytest.approx(0.5264601862503498, abs=1e-9)
    found = ssim_map(drawn, real)
    assert found[[5, 24, 40], [5, 30, 50]] == pytest.approx([0.38876966, 0.67839162, -0.09717016], abs=1e-7)


def test_gmsd_is_the_papers_formula_written_out() -> None:
    drawn, real = pair()
    magnitudes = []
    for picture in (drawn, real):
        half = luma(picture).reshape(24, 2, 32, 2).mean((1, 3))
        edged = np.pad(half, 1, mode="edge")
        across, down = np.zeros((24, 32)), np.zeros((24, 32))
        for row in range(24):
            for column in range(32):
                window = edged[row : row + 3, column : column + 3]
                across[row, column] = (window[:, 2] - window[:, 0]).sum() / 3
                down[row, column] = (window[2] - window[0]).sum() / 3
        magnitudes.append(np.sqrt(across**2 + down**2))
    one, other = magnitudes
    likeness = (2 * one * other + 170) / (one**2 + other**2 + 170)
    assert gmsd(drawn, real) == pytest.approx(likeness.std(), abs=1e-12)


def test_equal_pictures_are_perfect() -> None:
    _, real = pair()
    assert psnr(real, real) == np.inf and ssim(real, real) == pytest.approx(1) and gmsd(real, real) == 0


def test_what_lies_outside_of_a_region_does_not_count() -> None:
    _, real = pair()
    spoilt = real.copy()
    spoilt[:, 40:] = 255 - spoilt[:, 40:]
    left = np.zeros(real.shape[:2], bool)
    left[:, :30] = True
    assert psnr(spoilt, real, left) == np.inf and ssim(spoilt, real, left) == pytest.approx(1) and gmsd(spoilt, real, left) == 0
    assert psnr(spoilt, real, ~left) < 20 and ssim(spoilt, real, ~left) < 0.9
    assert np.isnan(
        [psnr(spoilt, real, left & ~left), ssim(spoilt, real, left & ~left), gmsd(spoilt, real, left & ~left)]
    ).all()


def test_errors_of_several_pictures_are_pooled_before_the_logarithm() -> None:
    real = np.full((2, 8, 8, 3), 100, np.uint8)
    drawn = real.copy()
    drawn[0] += 1
    drawn[1] += 7
    assert psnr(drawn, real) == pytest.approx(10 * np.log10(255**2 / 25))


def test_a_tally_of_pictures_is_what_the_functions_say() -> None:
    drawn, real = pair()
    region = np.zeros(real.shape[:2], bool)
    region[10:30, 12:50] = True
    tally = Likeness()
    for picture in (drawn, np.roll(drawn, 3, 0)):
        tally.add(picture, real, {"full": None, "person": region, "nothing": region & ~region})
    found = tally.numbers()
    both = np.stack([drawn, np.roll(drawn, 3, 0)])
    assert tally.pictures == 2
    assert found["psnr_person"] == pytest.approx(psnr(both, np.stack([real, real]), region))
    assert found["ssim_full"] == pytest.approx(np.mean([ssim(picture, real) for picture in both]))
    assert found["gmsd_person"] == pytest.approx(np.mean([gmsd(picture, real, region) for picture in both]))
    assert np.isnan(found["psnr_nothing"]) and np.isnan(found["ssim_nothing"])


def test_motion_is_one_for_reality_nought_for_a_still_and_more_for_flicker() -> None:
    rng = np.random.default_rng(3)
    real = (np.full((6, 20, 24, 3), 90) + 4 * np.arange(6)[:, None, None, None]).astype(np.uint8)
    assert motion_ratio(real, real) == 1
    assert motion_ratio(np.repeat(real[:1], 6, 0), real) == 0
    noisy = (real + rng.integers(0, 60, real.shape)).astype(np.uint8)
    assert motion_ratio(noisy, real) > 1.5
    assert np.isnan(motion_ratio(real[:1], real[:1]))


def test_motion_counts_only_where_somebody_is() -> None:
    real = np.full((3, 20, 24, 3), 90, np.uint8)
    real[1, :, :12] += 10
    where = np.zeros((3, 20, 24), bool)
    where[:, :, :12] = True
    outside = real.copy()
    outside[1, :, 12:] += 50
    assert motion_ratio(outside, real, where) == 1 and motion_ratio(outside, real) > 5


def test_flicker_is_the_mean_step_between_pictures_of_one_pose() -> None:
    drawn, _ = pair()
    assert flicker(np.stack([drawn] * 4)) == 0
    other = drawn.copy()
    other[..., 0] ^= 1
    assert flicker(np.stack([drawn, other, drawn])) == pytest.approx(1 / 3) == mean_step(drawn, other)


def test_pictures_that_do_not_fit_are_refused() -> None:
    drawn, real = pair()
    with pytest.raises(ShapeError, match="one shape"):
        psnr(drawn, real[:-1])
    with pytest.raises(ShapeError, match="uint8"):
        ssim(drawn.astype(float), real.astype(float))
