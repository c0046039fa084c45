"""Moments of bodies to numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_clips import KINDS, lossy, wandering

from kinesics.actions.features import Features, FeatureStream, raw_features, streams
from kinesics.actions.grid import grid_clip
from kinesics.actions.layout import Layout, learn_layout
from kinesics.actions.measures import Measures, widths
from kinesics.actions.reference import Reference
from kinesics.types import Array, PoseSequence


def made(body: str, dims: int, people: int, lose: float, seed: int = 0) -> tuple[Features, Array, Array]:
    """Features learned from one clip, and the clip on the grid."""
    clip = wandering(body, dims, people, lose, seed=seed)
    layout = replace(learn_layout([clip]), turn=dims == 3 and body != "unnamed" and seed % 2 == 1)
    points, known = grid_clip(clip, layout.rate)
    placed, roots = Reference(layout).place(points[None], known[None])
    return Features.learn(layout, *raw_features(placed, known[None], roots, layout)), points, known


@pytest.mark.parametrize(("body", "dims", "people", "lose"), KINDS)
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 999), cuts=st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_moment_by_moment_gives_what_the_whole_clip_gives(
    body: str, dims: int, people: int, lose: float, seed: int, cuts: list[int]
) -> None:
    features, points, known = made(body, dims, people, lose, seed)
    stream, parts, at = FeatureStream(features), [], 0
    for cut in [*cuts, *[1] * len(points)]:
        if at < len(points):
            parts.append(stream.push(points[at : at + cut], known[at : at + cut]))
            at += cut
    assert np.array_equal(np.concatenate(parts), features.of(points[None], known[None])[0])


def by_hand(points: Array, known: Array, roots: Array, layout: Layout, t: int) -> dict[str, Array]:
    """Some of what is measured at one moment of one clip of one person, in plain words."""
    before = max(t - layout.lag, 0)

    def bone(at: int) -> Array:
        lines = [points[at, 0, b] - points[at, 0, a] for a, b in layout.bones]
        return np.array([line / (np.linalg.norm(line) + 1e-3) for line in lines])

    def away(at: int) -> Array:
        return np.array([np.sqrt(((points[at, 0, i] - points[at, 0, j]) ** 2).sum() + 1e-6) for i, j in layout.pairs])

    local = points[:, 0] - roots[:, 0, None]
    return {
        "local": local[t].ravel(),
        "travel": 2 * (roots[t, 0] - roots[before, 0]),
        "velocity": (local[t] - local[max(t - 1, 0)]).ravel() * layout.rate / 8,
        "seen": known[t, 0].astype(float),
        "bone": bone(t).ravel(),
        "swing": 1.5 * (bone(t) - bone(before)).ravel(),
        "seen again": known[t, 0].astype(float),
        "away": away(t),
        "nearing": 1.5 * (away(t) - away(before)),
        "seen at last": known[t, 0].astype(float),
    }


@pytest.mark.parametrize(("body", "dims"), [("coco17", 2), ("kinect20", 3), ("unnamed", 3)])
def test_they_are_places_speeds_directions_and_distances(body: str, dims: int) -> None:
    features, points, known = made(body, dims, 1, 0.0)
    layout = features.layout
    placed, roots = Reference(layout).place(points[None], known[None])
    values, told = raw_features(placed, known[None], roots, layout)
    assert told.all() and values.shape == (1, len(points), streams(layout)[-1][1])
    for t in (0, 1, 3, len(points) - 1):
        wanted = by_hand(placed[0], known, roots[0], layout, t)
        assert [len(part) for part in wanted.values()] == [w for stream in widths(layout) for w in stream if w]
        assert np.allclose(values[0, t], np.concatenate(list(wanted.values())), atol=2e-5)


@pytest.mark.parametrize(("body", "dims", "people", "lose"), KINDS)
@settings(max_examples=4, deadline=None)
@given(size=st.floats(0.01, 500), shift=st.floats(-3, 3))
def test_place_and_size_do_not_matter(body: str, dims: int, people: int, lose: float, size: float, shift: float) -> None:
    features, points, known = made(body, dims, people, 0.0)
    known = known & (np.random.default_rng(0).random(known.shape) >= lose)
    known[0] = True  # somebody is seen whole once, so that the size is known from the start
    moved = (points + np.arange(1, dims + 1) * shift) * size
    one, other = features.of(points[None], known[None]), features.of(moved[None].astype(np.float32), known[None])
    places = widths(features.layout)[0]
    travel = slice(places[0], places[0] + places[1])  # while the size is still being learned, it is of the place too
    one[..., travel] = other[..., travel] = 0
    assert np.allclose(one, other, atol=2e-2)
    assert np.isclose(one, other, atol=1e-3).mean() > 0.99


@pytest.mark.parametrize(("body", "dims", "people", "lose"), KINDS)
def test_size_alone_does_not_matter_to_any(body: str, dims: int, people: int, lose: float) -> None:
    features, points, known = made(body, dims, people, 0.0)
    one, other = (features.of(points[None] * np.float32(size), known[None]) for size in (1, 300))
    assert np.allclose(one, other, atol=5e-3)


@pytest.mark.parametrize("garbage", [0.0, 1e5, np.nan])
@pytest.mark.parametrize(("body", "dims", "people", "lose"), KINDS)
def test_what_is_not_seen_is_masked(body: str, dims: int, people: int, lose: float, garbage: float) -> None:
    features, points, known = made(body, dims, people, lose)
    known = known & (np.random.default_rng(1).random(known.shape) < 0.7)
    given_ = np.where(known[..., None], points, np.float32(garbage))
    out = features.of(given_[None], known[None])
    assert np.isfinite(out).all() and np.array_equal(out, features.of(points[None], known[None]))
    placed, roots = Reference(features.layout).place(points[None], known[None])
    told = raw_features(placed, known[None], roots, features.layout)[1]
    assert not told.all() and not out[~told].any()
    kinds = widths(features.layout)[0]
    seen = sum(kinds[:4])
    assert np.array_equal(out[0, :, seen : seen + kinds[4]] == 0, known.reshape(len(known), -1))


def test_nobody_known_gives_finite_numbers() -> None:
    features, points, known = made("kinect20", 3, 2, 0.2)
    out = features.of(np.full_like(points[None], np.nan), np.zeros_like(known[None]))
    assert np.isfinite(out).all()


def test_the_order_of_two_people_swaps_what_is_measured() -> None:
    features, points, known = made("coco17", 2, 2, 0.2)
    measures = Measures(features.layout)
    out = []
    for order in ([0, 1], [1, 0]):
        p, k = points[None][:, :, order], known[None][:, :, order]
        placed, roots = Reference(features.layout).place(p, k)
        out.append(measures(placed, k, roots).values[0])
    count = 17 * 17
    start = streams(features.layout)[2][0] + 2 * len(features.layout.pairs)
    one, other = (values[:, start : start + count].reshape(-1, 17, 17) for values in out)
    both = (known[:, 0, :, None] & known[:, 1, None]).reshape(-1, 17, 17)
    assert np.allclose(one[both], other.transpose(0, 2, 1)[both], atol=1e-5)


def test_many_clips_are_measured_each_by_itself() -> None:
    features, points, known = made("kinect20", 3, 1, 0.3)
    rng = np.random.default_rng(0)
    many = np.stack([points * rng.uniform(0.5, 2) for _ in range(40)]).astype(np.float32)
    seen = np.stack([known & (rng.random(known.shape) < share) for share in np.linspace(0.3, 1.5, 40)])
    out = features.of(many, seen)
    assert all(np.array_equal(out[i], features.of(many[i : i + 1], seen[i : i + 1])[0]) for i in range(40))


def test_they_are_learned_from_what_is_known_alone() -> None:
    clip = wandering("kinect20", 3, 1, 0.3)
    layout = learn_layout([clip])
    points, known = grid_clip(clip, layout.rate)
    placed, roots = Reference(layout).place(points[None], known[None])
    values, told = raw_features(placed, known[None], roots, layout)
    learned = Features.learn(layout, values, told)
    again = Features.learn(layout, np.where(told, values, 1e4), told)
    assert np.allclose(learned.mean, again.mean) and np.allclose(learned.scale, again.scale)
    standard = learned.standard(values, told)
    seen = told.sum((0, 1)) > 10
    spread = np.sqrt((standard**2).sum((0, 1)) / np.maximum(told.sum((0, 1)), 1))
    assert np.abs(standard).max() <= 6 and np.median(spread[seen]) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("fps", [15.0, 24.0, 60.0])
def test_frame_rate_hardly_matters(fps: float) -> None:
    rng = np.random.default_rng(0)
    phases, sizes = rng.uniform(0, 6, (20, 3)), rng.normal(0, 0.2, (20, 3))
    rest = rng.normal(0, 0.5, (20, 3))

    def film(rate: float) -> PoseSequence:
        times = np.arange(int(3 * rate)) / rate
        points = rest + sizes * np.sin(2 * np.pi * 0.7 * times[:, None, None] + phases)
        body = wandering().skeleton
        return PoseSequence(points[:, None], np.ones((len(times), 1, 20)), times, body)

    layout = replace(learn_layout([film(30.0)]), rate=15.0)
    out = []
    for rate in (30.0, fps):
        points, known = grid_clip(lossy(film(rate), 0.0), layout.rate)
        placed, roots = Reference(layout).place(points[None], known[None])
        out.append(raw_features(placed, known[None], roots, layout)[0][0, :40])
    assert np.abs(out[0] - out[1]).max() < 0.15 and np.abs(out[0] - out[1]).mean() < 0.01
