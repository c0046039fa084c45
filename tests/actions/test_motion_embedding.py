"""Embeddings of motion: what ships tells kinds of motion apart that it never saw, from any place, and streams as it embeds."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from kinesics.actions.motion_embedding import MotionEmbedding, shipped_embedding
from kinesics.bodies import motion_clips, named_motion, picture_camera
from kinesics.errors import FormatError, UsageError
from kinesics.types import Array, PoseSequence

VIEWS = [pytest.param("3d", 3, id="3d"), pytest.param("2d", 2, id="2d")]


def moved(clip: PoseSequence, matrix: Array, shift: Array) -> PoseSequence:
    points = clip.points.astype(float) @ matrix.T + shift
    return PoseSequence(points, clip.scores, clip.times, clip.skeleton, size=clip.size)


@pytest.mark.parametrize(("view", "dims"), VIEWS)
def test_kinds_it_never_saw_lie_apart(view: str, dims: int) -> None:
    clips, labels = motion_clips(20, 3, seed=77, view=view)
    rows = shipped_embedding(dims).embed(clips)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    near = rows @ rows.T - 9 * np.eye(len(rows))
    assert np.mean([labels[i] == labels[j] for i, j in enumerate(near.argmax(1))]) > (
        0.8 if dims == 3 else 0.55
    )  # by chance 0.03


@pytest.mark.parametrize(("view", "dims"), VIEWS)
def test_streaming_says_what_the_whole_clip_says(view: str, dims: int) -> None:
    used = shipped_embedding(dims)
    clip = motion_clips(1, 1, seed=3, view=view, skeleton="kinect20" if dims == 3 else "coco17")[0][0]
    from kinesics.actions.joints import map_joints

    body = map_joints(clip, used.skeleton_)
    steps = used.stepper()
    for points, scores, at in zip(body.points, body.scores, body.times.tolist(), strict=True):
        steps.push(points, scores, at)
    assert np.allclose(steps.embed(), used.embed([clip])[0], atol=2e-3)
    later = steps.embed(float(clip.times[len(clip) // 2]))
    assert later.shape == (used.size_,) and not np.allclose(later, steps.embed(), atol=1e-2)


@pytest.mark.parametrize(("view", "dims"), VIEWS)
def test_place_size_and_facing_do_not_matter(view: str, dims: int) -> None:
    clip = motion_clips(1, 1, seed=4, view=view, noise=0)[0][0]
    a = np.radians(70)
    turn = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]]) if dims == 3 else np.eye(2)
    other = moved(clip, 1.3 * turn, np.arange(1, dims + 1) * 0.7)
    one, two = shipped_embedding(dims).embed([clip, other])
    assert one @ two > 0.98


def test_it_reads_other_skeletons_and_bears_missing_joints() -> None:
    shown = named_motion("squat", 2)
    clips = [
        picture_camera(shown.joints, shown.times, np.random.default_rng(1), skeleton=name, facing=20.0, noise=0)
        for name in ("coco17", "blazepose33", "glimpse14")
    ]
    scores = clips[0].scores.copy()
    scores[:, :, 9] = 0  # a wrist is never seen
    clips.append(PoseSequence(clips[0].points, scores, clips[0].times, clips[0].skeleton))
    rows = shipped_embedding(2).embed(clips)
    assert (rows @ rows[0] > 0.7).all()


def test_nobody_and_a_clip_of_one_frame_are_embedded_all_the_same() -> None:
    clip = motion_clips(1, 1, seed=5)[0][0]
    nobody = PoseSequence(clip.points, np.zeros_like(clip.scores), clip.times, clip.skeleton)
    rows = shipped_embedding(3).embed([nobody, clip[:1], clip])
    assert np.isfinite(rows).all()
    assert shipped_embedding(3).embed([]).shape == (0, shipped_embedding(3).size_)


def test_a_saved_one_says_the_same(tmp_path: Path) -> None:
    clips, _ = motion_clips(2, 1, seed=6)
    one = shipped_embedding(3)
    one.save(tmp_path / "one.kin")
    other = MotionEmbedding.load(tmp_path / "one.kin")
    assert np.allclose(one.embed(clips), other.embed(clips), atol=1e-3)
    assert other.head().calibration == one.head().calibration
    assert "Apache-2.0" in other.about["terms"]


def test_what_ships_is_small_and_quick_to_load() -> None:
    from importlib import resources

    files = [f for f in resources.files("kinesics.actions").joinpath("data").iterdir() if f.name.endswith(".kin")]
    assert len(files) == 2 and sum(len(f.read_bytes()) for f in files) < 2_000_000
    shipped_embedding.cache_clear()
    start = time.process_time()
    shipped_embedding(3)
    assert time.process_time() - start < 0.5


def test_mistakes_are_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected 2 or 3 coordinates a joint, got 4"):
        shipped_embedding(4)
    flat = motion_clips(1, 1, view="2d")[0]
    with pytest.raises(UsageError, match="an embedding of 3D joints: got a clip with 2 coordinates"):
        shipped_embedding(3).embed(flat)
    (tmp_path / "no.kin").write_bytes(b"no")
    with pytest.raises(FormatError, match="no model of kinesics"):
        MotionEmbedding.load(tmp_path / "no.kin")
