from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinesics.actions.encoding import Pool, pool_clip, pool_clips
from kinesics.actions.rocket import RocketEncoder
from kinesics.actions.statistics import StatisticsEncoder, with_deviations
from kinesics.errors import ShapeError, UsageError


@pytest.fixture(params=[RocketEncoder, StatisticsEncoder], ids=["rocket", "statistics"])
def encoder(request):
    rng = np.random.default_rng(1)
    return request.param().fit([rng.normal(size=(20, 7)).cumsum(0).astype(np.float32) for _ in range(6)], seed=0)


@settings(max_examples=25, deadline=None)
@given(cuts=st.lists(st.integers(1, 39), max_size=6), seed=st.integers(0, 99))
def test_encode_of_parts_equals_encode_of_the_whole(cuts, seed):
    rng = np.random.default_rng(seed)
    clip = rng.normal(size=(40, 5)).cumsum(0).astype(np.float32)
    for kind in (RocketEncoder, StatisticsEncoder):
        encoder = kind().fit([clip])
        whole, _, end = encoder.encode(clip, encoder.start())
        parts, state = [], encoder.start()
        for part in np.split(clip, sorted(set(cuts))):
            z, weight, state = encoder.encode(part, state)
            assert z.dtype == weight.dtype == np.float32
            parts.append(z)
        np.testing.assert_allclose(np.concatenate(parts), whole, atol=1e-5)
        np.testing.assert_allclose(state, end, atol=1e-5)


def test_encode_never_looks_ahead(encoder):
    clip = np.random.default_rng(2).normal(size=(30, 7)).astype(np.float32)
    other = clip.copy()
    other[18:] += 5
    a, b = (encoder.encode(x, encoder.start())[0] for x in (clip, other))
    np.testing.assert_array_equal(a[:18], b[:18])
    assert not np.allclose(a[18], b[18])


def test_encode_leaves_input_and_state_alone(encoder):
    clip = np.random.default_rng(3).normal(size=(12, 7)).astype(np.float32)
    kept = clip.copy()
    _, _, state = encoder.encode(clip[:6], encoder.start())
    before = state.copy()
    first, second = (encoder.encode(clip[6:], state)[0] for _ in range(2))
    np.testing.assert_array_equal(first, second)
    np.testing.assert_array_equal(state, before)
    np.testing.assert_array_equal(clip, kept)


def test_pool_tick_by_tick_equals_the_clip_pooled(encoder):
    clip = np.random.default_rng(4).normal(size=(33, 7)).cumsum(0).astype(np.float32)
    pool, state = Pool(), encoder.start()
    for i, tick in enumerate(clip):
        z, weight, state = encoder.encode(tick[None], state)
        pool.push(z[0], weight[0], i / 15)
    np.testing.assert_allclose(pool.span(), pool_clip(encoder, clip), atol=1e-5)


@settings(max_examples=60, deadline=None)
@given(
    ticks=st.integers(1, 90), most=st.integers(1, 40), since=st.one_of(st.none(), st.floats(-3, 100)), groups=st.integers(1, 3)
)
def test_span_is_the_weighted_mean_of_what_is_remembered(ticks, most, since, groups):
    rng = np.random.default_rng(ticks)
    weight = rng.uniform(0.1, 5, (ticks, groups))
    z = rng.normal(size=(ticks, groups, 4)) * weight[..., None]
    times = np.cumsum(rng.choice([0, 1], ticks))
    pool = Pool(seconds=most, rate=1)
    for i in range(ticks):
        pool.push(z[i].ravel(), weight[i], times[i])
    keep = np.arange(ticks) >= ticks - most
    if since is not None:
        keep &= times >= since
    keep[-1] = True
    want = z[keep].sum(0) / weight[keep].sum(0)[:, None]
    np.testing.assert_allclose(pool.span(since), want.ravel(), rtol=1e-4, atol=1e-5)


def test_pool_stays_exact_and_small_for_an_hour():
    pool = Pool(seconds=2, rate=10)
    rng = np.random.default_rng(0)
    values = rng.uniform(0, 1, (36_000, 3))
    for i, value in enumerate(values):
        pool.push(value, [1.0], i / 10)
    np.testing.assert_allclose(pool.span(3599.0), values[-10:].mean(0), rtol=1e-6)
    assert pool._sums.shape == (21, 4)


def test_pool_refuses_what_cannot_be():
    pool = Pool()
    with pytest.raises(UsageError, match="at least one tick"):
        pool.span()
    pool.push([1.0, 2.0], [1.0], 1.0)
    with pytest.raises(UsageError, match="do not fall"):
        pool.push([1.0, 2.0], [1.0], 0.5)
    with pytest.raises(UsageError):
        pool.push([1.0, 2.0], [1.0], np.nan)
    with pytest.raises(ShapeError):
        pool.push([1.0], [1.0], 2.0)
    with pytest.raises(ShapeError):
        pool.push([1.0, np.nan], [1.0], 2.0)
    with pytest.raises(UsageError):
        Pool(seconds=0)
    np.testing.assert_array_equal(pool.span(), [1, 2])
    pool.reset()
    with pytest.raises(UsageError):
        pool.span()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_encode_refuses_what_is_not_finite(encoder, bad):
    clip = np.zeros((5, 7), np.float32)
    clip[2, 3] = bad
    with pytest.raises(ShapeError, match="NaN or infinity"):
        encoder.encode(clip, encoder.start())


def test_encode_refuses_other_channels_and_no_ticks(encoder):
    for shape in [(4, 6), (0, 7), (7,)]:
        with pytest.raises(ShapeError, match="expected"):
            encoder.encode(np.zeros(shape, np.float32), encoder.start())


@pytest.mark.parametrize("kind", [RocketEncoder, StatisticsEncoder])
def test_a_feature_that_never_changes_says_nothing(kind):
    rng = np.random.default_rng(5)
    clips = [np.concatenate([rng.normal(size=(15, 3)), np.full((15, 1), 1e4)], 1).astype(np.float32) for _ in range(4)]
    encoder = kind().fit(clips)
    moved = clips[0].copy()
    moved[:, 3] += 7
    np.testing.assert_array_equal(pool_clip(encoder, moved), pool_clip(encoder, clips[0]))
    assert np.isfinite(pool_clip(kind().fit([np.ones((9, 4), np.float32)]), np.ones((3, 4)))).all()


@pytest.mark.parametrize("kind", [RocketEncoder, StatisticsEncoder])
def test_arrays_bring_the_encoder_back(kind):
    rng = np.random.default_rng(6)
    clips = [rng.normal(size=(10, 4)).astype(np.float32) for _ in range(3)]
    encoder = kind().fit(clips, seed=3)
    again = kind.from_arrays(encoder.arrays())
    np.testing.assert_array_equal(pool_clip(again, clips[0]), pool_clip(encoder, clips[0]))
    np.testing.assert_array_equal(pool_clip(kind().fit(clips, seed=3), clips[0]), pool_clip(encoder, clips[0]))


@pytest.mark.parametrize("kind", [RocketEncoder, StatisticsEncoder])
def test_rounding_is_no_deviation(kind):
    rng = np.random.default_rng(0)
    clips = [rng.normal(0.7, 0.3, (length, 5)).astype(np.float32) for length in rng.integers(3, 300, 12)]
    encoder = kind().fit(clips)
    for clip in clips:
        clip[:, 2] = clip[0, 2]  # something that does not change while this clip lasts
    found = with_deviations(pool_clips(encoder, clips), 5)[:, -5:]
    assert not found[:, 2].any() and (found[:, [0, 1, 3, 4]] > 0.01).all()
