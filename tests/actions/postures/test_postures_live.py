"""Postures of made people of whom the truth is known, and the laws of live action models."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from kinesics.actions.postures import Postures
from kinesics.evaluate.postures import one_person, tally_made
from kinesics.evaluate.staged import Staged, staged_people
from kinesics.testing import check_live_actions
from kinesics.types import People, PoseSequence, skeleton


def _told(staged: Staged, postures: Postures | None = None, *, every: int = 1) -> list[tuple[str, ...]]:
    postures = postures or Postures()
    clip = staged.clip
    return [
        tuple(
            action.label for action in postures.update(one_person(clip.points[t], clip.scores[t], clip.skeleton), clip.times[t])
        )
        for t in range(0, len(clip), every)
    ]


def _changed(staged: Staged, points: np.ndarray, scores: np.ndarray | None = None) -> Staged:
    clip = staged.clip
    changed = PoseSequence(points, clip.scores if scores is None else scores, clip.times, clip.skeleton, clip.ids)
    return Staged(staged.script, changed, staged.body, staged.gesture)


def _right(staged: Staged) -> float:
    """Share of the judged time that is told as it is."""
    body, hand = tally_made(staged, Postures())
    seconds = {**body.seconds, **hand.seconds}
    return sum(s for (true, told), s in seconds.items() if true == told) / sum(seconds.values())


def test_the_laws_of_live_actions_hold() -> None:
    check_live_actions(Postures)


@pytest.mark.parametrize("script", ["walk", "sit", "squats", "run", "hand", "wave", "fall", "lie"])
def test_made_people_are_told_in_a_picture_and_in_depth(script: str) -> None:
    right = [_right(staged_people(seed, script, view=view, fps=15)) for view in ("picture", "depth") for seed in (2, 5)]
    assert np.mean(right) > 0.9
    assert min(right) > 0.75


@pytest.mark.parametrize("script", ["desk", "above"])
def test_what_one_camera_cannot_tell_is_unknown(script: str) -> None:
    staged = staged_people(3, script, fps=15)
    told = [labels[0] for labels, true in zip(_told(staged), staged.body, strict=True) if true == "unknown"]
    assert np.mean([label == "unknown" for label in told]) > 0.9


@pytest.mark.parametrize(
    "change",
    [
        lambda s: _changed(s, s.clip.points * 2.5 + 100),
        lambda s: _changed(
            s,
            (s.clip.points * (-1, 1) + (2000, 0))[:, :, s.clip.skeleton.mirror_order],
            s.clip.scores[:, :, s.clip.skeleton.mirror_order],
        ),
    ],
    ids=["larger, elsewhere", "mirrored"],
)
@pytest.mark.parametrize("script", ["walk", "squats", "wave"])
def test_size_place_and_side_do_not_matter(script: str, change: Callable[[Staged], Staged]) -> None:
    staged = staged_people(4, script, fps=15)
    assert _told(staged) == _told(change(staged))


@pytest.mark.parametrize("script", ["walk", "squats", "hand"])
def test_half_the_frames_tell_the_same(script: str) -> None:
    staged = staged_people(4, script, fps=30)
    all_, half = _told(staged)[::2], _told(staged, every=2)
    assert np.mean([a == b for a, b in zip(all_, half, strict=True)]) > 0.9


def test_joints_lost_now_and_then_change_little() -> None:
    for script in ("walk", "hand", "sit"):
        staged = staged_people(5, script, fps=30)
        lost = np.random.default_rng(0).random(staged.clip.scores.shape) < 0.1
        assert _right(_changed(staged, staged.clip.points, np.where(lost, 0, staged.clip.scores))) > 0.8


def _lying(along: bool) -> tuple[list[str], list[str]]:
    """Labels while standing and while lying, across the picture or along the line of sight; camera level at 1.2 m, 5 m away."""
    standing = {
        "nose": (0, 1.6, 0.1), "left_shoulder": (0.18, 1.4, 0), "right_shoulder": (-0.18, 1.4, 0), "left_hip": (0.1, 0.92, 0),
        "right_hip": (-0.1, 0.92, 0), "left_knee": (0.1, 0.5, 0), "right_knee": (-0.1, 0.5, 0), "left_ankle": (0.1, 0.08, 0),
        "right_ankle": (-0.1, 0.08, 0), "left_elbow": (0.2, 1.1, 0), "right_elbow": (-0.2, 1.1, 0),
        "left_wrist": (0.2, 0.85, 0), "right_wrist": (-0.2, 0.85, 0),
    }  # fmt: skip
    coco = skeleton("coco17")
    joints = np.array([standing.get(name, standing["nose"]) for name in coco.joints])
    x, y, z = joints.T
    down = np.stack([x, 0.15 + z, y - 0.8], 1) if along else np.stack([y - 0.8, 0.15 + z, x], 1)
    postures, told = Postures(), {"up": [], "down": []}
    for t in range(90):
        share = np.clip((t - 30) / 45, 0, 1)
        p = (1 - share) * joints + share * down
        seen = np.stack([600 + 900 * p[:, 0] / (5 + p[:, 2]), 400 - 900 * (p[:, 1] - 1.2) / (5 + p[:, 2])], 1)
        label = postures.update(one_person(seen[None], np.full((1, 17), 0.9), coco), t / 15)[0].label
        if t > 10 and share in (0, 1):
            told["down" if share else "up"].append(label)
    return told["up"], told["down"][8:]


@pytest.mark.parametrize("along", [False, True], ids=["across", "along the line of sight"])
def test_who_stood_before_is_seen_to_lie(along: bool) -> None:
    up, down = _lying(along)
    assert set(up) == {"standing"}
    assert set(down) == {"lying"}


def test_an_action_shows_its_evidence() -> None:
    staged = staged_people(2, "walk", fps=15)
    postures = Postures()
    for t, time in enumerate(staged.clip.times):
        (action, *_) = postures.update(one_person(staged.clip.points[t], staged.clip.scores[t], staged.clip.skeleton), time)
        assert 0 <= action.score <= 1 and action.start <= action.end == time
        assert set(action.why) & {"leg extension", "reason"}


def test_unknown_says_why() -> None:
    postures = Postures()
    coco = skeleton("coco17")
    small = one_person(staged_people(2, "walk").clip.points[0] * 0.06, np.full((1, 17), 0.9), coco)
    blind = People(np.array([[0.0, 0, 9, 9]]), np.ones(1), np.ones((1, 17, 2)), np.zeros((1, 17)), coco, np.array([1]))
    hand = People(np.ones((1, 4)), np.ones(1), np.ones((1, 21, 2)), np.ones((1, 21)), skeleton("hand21"), np.array([2]))
    assert Postures().update(blind, 0.0)[0].why["reason"] == "trunk not seen"
    assert Postures().update(small, 0.0)[0].why["reason"] == "too small"
    assert str(Postures().update(hand, 0.0)[0].why["reason"]).startswith("this skeleton has no shoulders")
    assert all(action.label == "unknown" for action in postures.update(blind, 0.0))


def test_rows_without_an_id_are_ignored_and_who_is_gone_is_forgotten() -> None:
    clip = staged_people(2, "walk", fps=15).clip
    someone = one_person(clip.points[0], clip.scores[0], clip.skeleton)
    nobody = People(someone.boxes, someone.score, someone.points, someone.point_scores, someone.skeleton, np.array([-1]))
    postures = Postures()
    assert postures.update(nobody, 0.0) == []
    postures.update(someone, 0.1)
    postures.update(nobody, 2.2)
    assert not postures._people
