from __future__ import annotations

import numpy as np
import pytest

from kinesics.pose import Smoother, smooth_clip, world_clip
from kinesics.types import Array, People, skeleton


def walk(name: str, tremble: float = 0.01, frames: int = 90) -> list[People]:
    """Two of a skeleton who walk 1 m/s, in pixels and in metres, with a tremble of so many metres."""
    kind, rng = skeleton(name), np.random.default_rng(0)
    body = rng.uniform(-0.8, 0.8, (len(kind), 3))
    out = []
    for t in range(frames):
        world = np.stack([body, 1.2 * body]) + [t / 30, 0, 0] + rng.normal(0, tremble, (2, len(kind), 3))
        world[0, 3] = np.nan
        points = 300 + 100 * world[..., :2]
        scores = np.where(np.isfinite(points[..., 0]), 0.9, 0.0)
        out.append(People(np.tile([0.0, 0, 200, 200], (2, 1)), np.ones(2), points, scores, kind, [5, -1], world))
    return out


def tremble(worlds: Array) -> float:
    return float(np.nanmean(np.linalg.norm(np.diff(worlds, 2, axis=0), axis=-1)))


@pytest.mark.parametrize("name", ["blazepose33", "wholebody133"])
def test_metres_are_calmed_as_pixels_are(name: str) -> None:
    smoother, people = Smoother(), walk(name)
    calm = [smoother.update(one, t / 30) for t, one in enumerate(people)]
    raw, done = (np.array([one.world for one in row]) for row in (people, calm))
    assert tremble(done[:, 0]) < 0.6 * tremble(raw[:, 0])
    assert np.nanmean(np.linalg.norm(done[30:, 0] - raw[30:, 0], axis=-1)) < 0.03  # and it does not fall behind
    np.testing.assert_array_equal(done[:, 1], raw[:, 1])  # who has no id passes
    assert np.isnan(done[:, 0, 3]).all() and np.isfinite(np.delete(done, 3, axis=2)).all()
    flat = Smoother()
    bare = [People(p.boxes, p.score, p.points, p.point_scores, p.skeleton, p.ids) for p in people]
    for t, (one, other) in enumerate(zip(calm, bare, strict=True)):
        np.testing.assert_array_equal(one.points, flat.update(other, t / 30).points)  # pixels are as without metres


def test_metres_seen_where_pixels_are_not_stay_as_they_are() -> None:
    people = walk("blazepose33", frames=1)[0]
    scores = people.point_scores.copy()
    scores[0, :5] = 0
    some = People(people.boxes, people.score, people.points, scores, people.skeleton, people.ids, people.world)
    done = Smoother().update(some, 0.0)
    np.testing.assert_allclose(done.world, some.world, atol=1e-6)


def test_a_clip_in_metres_is_calmed_without_delay() -> None:
    people = walk("blazepose33")
    clip = world_clip(people, np.arange(len(people)) / 30)
    calm = smooth_clip(clip)
    assert tremble(calm.points[:, 0]) < 0.4 * tremble(clip.points[:, 0])
    still = world_clip(walk("blazepose33", tremble=0.0), clip.times)
    np.testing.assert_allclose(smooth_clip(still).points, still.points, atol=0.03)  # at its ends
